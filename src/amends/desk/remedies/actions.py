"""Putting right: decided, to be carried out, done.

The complaint is locked before anything that hangs on it, everywhere, so that nobody waits for each other.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import By, Complaint, Event, EventKind
from amends.desk.customers.words import one_line
from amends.desk.people.models import Agent, Team
from amends.desk.promises import actions as promises
from amends.desk.promises.models import Promise
from amends.desk.promises.models import State as PromiseState
from amends.desk.remedies import hooks, room
from amends.desk.remedies.models import Carrier, Delivery, Kind, Remedy, Request, Rule, State


class UnableToPutRight(Exception):
    """The remedy needs a reason, another cost, or the yes of somebody with a higher limit."""


class AboveTheLimit(UnableToPutRight):
    """What is left of one's own room does not cover it: somebody has to be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to put a complaint right, as somebody decides or asks for it."""

    kind: str
    what: str = ""
    cost: Decimal = Decimal(0)
    currency: str = ""
    is_exception: bool = False
    rule: Rule | None = None
    reason: str = ""
    carrier: str = Carrier.US
    carrier_team: Team | None = None
    carrier_name: str = ""
    to_be_done: bool = False
    due_at: datetime | None = None  # of what is to be done: the customer is promised it by then


@transaction.atomic
def put_right(
    *,
    complaint: Complaint,
    by: Agent,
    kind: str,
    now: datetime,
    what: str = "",
    cost: Decimal = Decimal(0),
    currency: str = "",
    is_exception: bool = False,
    rule: Rule | None = None,
    reason: str = "",
    agreed_by: Agent | None = None,
    carrier: str = Carrier.US,
    carrier_team: Team | None = None,
    carrier_name: str = "",
    to_be_done: bool = False,
    due_at: datetime | None = None,
) -> Remedy:
    """Record what puts the complaint right: done already, or to be carried out, with a promise where it has a time.

    Within what is left of the agent's room nobody need be asked (`room.room_of`). Above it, somebody whose own limit
    covers the cost has said yes, or is asked (`asking.ask`). An exception to a rule gives its reason.

    :raises AboveTheLimit: if somebody has to be asked first
    :raises UnableToPutRight: if the cost, the reason, the time or the yes does not do
    """
    Complaint.objects.select_for_update().get(pk=complaint.pk)
    plan = checked(
        Plan(
            kind=kind,
            what=what,
            cost=cost,
            currency=currency,
            is_exception=is_exception,
            rule=rule,
            reason=reason,
            carrier=carrier,
            carrier_team=carrier_team,
            carrier_name=carrier_name,
            to_be_done=to_be_done,
            due_at=due_at,
        ),
        now=now,
    )
    if agreed_by is None:
        _within_the_limit(plan, complaint=complaint, by=by, now=now)
    elif agreed_by.pk == by.pk or not agreed_by.is_active or agreed_by.may_spend(currency=plan.currency) < plan.cost:
        raise UnableToPutRight(
            _("%(name)s cannot say yes to this. Ask somebody with a higher limit in this currency.")
            % {"name": agreed_by.name}
        )
    return carry_out(complaint=complaint, by=by, plan=plan, agreed_by=agreed_by, now=now)


def checked(plan: Plan, *, now: datetime) -> Plan:
    """Return a plan as it can be kept.

    :raises UnableToPutRight: if something in it does not do
    """
    reason = one_line(plan.reason, limit=300)
    if plan.kind not in Kind.values:
        raise UnableToPutRight(_("Choose what puts it right."))
    is_exception = plan.is_exception or plan.rule is not None
    if is_exception and not reason:
        raise UnableToPutRight(_("An exception needs its reason, so that the rule can be mended."))
    if plan.carrier not in Carrier.values or (plan.carrier == Carrier.TEAM) != (plan.carrier_team is not None):
        raise UnableToPutRight(_("Say which team carries it."))
    carrier_name = one_line(plan.carrier_name, limit=200) if plan.carrier == Carrier.THIRD_PARTY else ""
    if plan.carrier == Carrier.THIRD_PARTY and not carrier_name:
        raise UnableToPutRight(_("Say which third party carries it."))
    if plan.due_at is not None and plan.due_at <= now:
        raise UnableToPutRight(_("The time by which it is to be done has passed already."))
    return Plan(
        kind=plan.kind,
        what=one_line(plan.what, limit=300),
        cost=_money(plan.cost),
        currency=plan.currency.strip().upper()[:3],
        is_exception=is_exception,
        rule=plan.rule,
        reason=reason,
        carrier=plan.carrier,
        carrier_team=plan.carrier_team,
        carrier_name=carrier_name,
        to_be_done=plan.to_be_done or plan.due_at is not None,
        due_at=plan.due_at,
    )


def carry_out(*, complaint: Complaint, by: Agent, plan: Plan, agreed_by: Agent | None, now: datetime) -> Remedy:
    """Write a remedy that is decided: the complaint is locked, and nobody need be asked any more."""
    remedy = Remedy.objects.create(
        complaint=complaint,
        kind=plan.kind,
        what=plan.what,
        cost=plan.cost,
        currency=plan.currency,
        by=by,
        at=now,
        is_exception=plan.is_exception,
        rule=plan.rule,
        reason=plan.reason,
        agreed_by=agreed_by,
        carrier=plan.carrier,
        carrier_team=plan.carrier_team,
        carrier_name=plan.carrier_name,
        state=State.TO_DO if plan.to_be_done else State.DONE,
        settled_at=None if plan.to_be_done else now,
        settled_by=None if plan.to_be_done else by,
    )
    kind = EventKind.REMEDY_PLANNED if plan.to_be_done else EventKind.REMEDY
    event = _tell(remedy, kind=kind, agent=by, due_at=plan.due_at, now=now)
    if plan.due_at is not None:
        remedy.promise = _promised(complaint, plan.due_at) or promises.make(
            complaint=complaint,
            owner=by,
            made_in=event,
            words=plan.what or str(Kind(plan.kind).label),
            due_at=plan.due_at,
            whole_day=False,
            every="",
            now=now,
        )
        remedy.save(update_fields=["promise"])
    hooks.tell(remedy=remedy, about="remedy.planned" if plan.to_be_done else "remedy.done", now=now)
    return remedy


@transaction.atomic
def finish(*, remedy: Remedy, by: Agent, now: datetime) -> Remedy:
    """Tick a remedy off: it is done; the promise that said by when is kept.

    :raises UnableToPutRight: if it was done or dropped before
    """
    return _settle(remedy, State.DONE, by=by, now=now)


@transaction.atomic
def drop(*, remedy: Remedy, by: Agent, now: datetime) -> Remedy:
    """Give up a remedy that is not done; a promise of it stays open, for only the customer lets us off a promise.

    :raises UnableToPutRight: if it was done or dropped before
    """
    return _settle(remedy, State.DROPPED, by=by, now=now)


def _settle(remedy: Remedy, state: State, *, by: Agent, now: datetime) -> Remedy:
    Complaint.objects.select_for_update().get(pk=remedy.complaint_id)
    settled = Remedy.objects.filter(pk=remedy.pk, state=State.TO_DO).update(state=state, settled_at=now, settled_by=by)
    if not settled:
        raise UnableToPutRight(_("Somebody has done or dropped this already."))
    remedy = Remedy.objects.select_related("complaint", "promise").get(pk=remedy.pk)
    kind = EventKind.REMEDY if state == State.DONE else EventKind.REMEDY_DROPPED
    _tell(remedy, kind=kind, agent=by, now=now)
    if state == State.DONE and remedy.promise is not None and remedy.promise.state == PromiseState.OPEN:
        promises.keep(promise=remedy.promise, by=by, now=now)
    hooks.tell(remedy=remedy, about="remedy.done" if state == State.DONE else "remedy.dropped", now=now)
    return remedy


def promised_already(*, complaint: Complaint, due_at: datetime) -> Promise | None:
    """Return the promise of a remedy that falls due in this minute: a letter that tells of it makes no second one."""
    of_a_remedy = Promise.objects.filter(remedies__complaint=complaint, remedies__state=State.TO_DO)
    return _in_the_minute(of_a_remedy, due_at)


def _promised(complaint: Complaint, due_at: datetime) -> Promise | None:
    """Return what was promised for this minute already, in a letter before: the remedy is what it promised."""
    return _in_the_minute(Promise.objects.filter(complaint=complaint, remedies__isnull=True), due_at)


def _in_the_minute(known: QuerySet[Promise], due_at: datetime) -> Promise | None:
    minute = due_at.replace(second=0, microsecond=0)
    in_it = known.filter(state=PromiseState.OPEN, due_at__gte=minute, due_at__lt=minute + timedelta(minutes=1))
    return in_it.order_by("pk").first()


def _within_the_limit(plan: Plan, *, complaint: Complaint, by: Agent, now: datetime) -> None:
    left = room.room_of(complaint=complaint, agent=by, currency=plan.currency, now=now).left
    if plan.cost and by.goodwill_limit and not left and not by.may_spend(currency=plan.currency):
        raise AboveTheLimit(
            _("Your limit is in %(own)s. Ask somebody who can say yes to costs in %(currency)s.")
            % {"own": by.goodwill_currency, "currency": plan.currency}
        )
    if plan.cost > left:
        raise AboveTheLimit(
            _("This is above what is left of your limit (%(left)s). Ask somebody who can say yes at once.")
            % {"left": left}
        )


def _tell(remedy: Remedy, *, kind: EventKind, agent: Agent, now: datetime, due_at: datetime | None = None) -> Event:
    data: dict[str, Any] = {
        "remedy": remedy.pk,
        "kind": remedy.kind,
        "what": remedy.what,
        "cost": str(remedy.cost),
        "currency": remedy.currency,
        "is_exception": remedy.is_exception,
        "bends": remedy.rule_id,
        "reason": remedy.reason,
        "agreed_by": remedy.agreed_by_id,
        "carrier": remedy.carrier,
    }
    if due_at is not None:
        data["due"] = due_at.isoformat()
    return complaints.append(complaint=remedy.complaint, kind=kind, by=By.AGENT, agent=agent, data=data, now=now)


def _money(cost: Decimal) -> Decimal:
    try:
        cost = Decimal(cost).quantize(Decimal("0.01"))
    except InvalidOperation as error:
        raise UnableToPutRight(_("The cost is not a number that can be kept.")) from error
    if not cost.is_finite() or not Decimal(0) <= cost < Decimal(10) ** 10:
        raise UnableToPutRight(_("The cost is not a number that can be kept."))
    return cost


def erase_words(*, customer_id: int, complaint_ids: Collection[int], now: datetime) -> None:
    """Empty what was written about an erased customer's remedies; kinds and costs stay."""
    del customer_id, now
    Remedy.objects.filter(complaint__in=complaint_ids).update(what="", reason="")
    Request.objects.filter(complaint__in=complaint_ids).update(what="", reason="", answer="")
    Delivery.objects.filter(remedy__complaint__in=complaint_ids).update(body={})
