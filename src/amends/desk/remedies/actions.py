"""Putting right."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.utils.translation import gettext as _

from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import By, Complaint, EventKind
from amends.desk.customers.words import one_line
from amends.desk.people.models import Agent
from amends.desk.remedies import queries
from amends.desk.remedies.models import Kind, Remedy


class UnableToPutRight(Exception):
    """The remedy needs a reason, another cost, or the yes of somebody with a higher limit."""


@transaction.atomic
def put_right(
    *,
    complaint: Complaint,
    by: Agent,
    kind: str,
    what: str = "",
    cost: Decimal = Decimal(0),
    currency: str = "",
    is_exception: bool = False,
    reason: str = "",
    agreed_by: Agent | None = None,
    now: datetime,
) -> Remedy:
    """Record what puts the complaint right.

    Within what is left of the agent's goodwill limit for this complaint nobody need be asked. Above it, and in another
    currency than the limit's, somebody whose own limit covers the cost says yes (`remedies.queries.who_can_agree`).
    An exception to a rule gives its reason.

    :raises UnableToPutRight: if the cost, the reason or the yes does not do
    """
    Complaint.objects.select_for_update().get(pk=complaint.pk)
    cost = _money(cost)
    currency = currency.strip().upper()[:3]
    reason = one_line(reason, limit=300)
    if kind not in Kind.values:
        raise UnableToPutRight(_("Choose what puts it right."))
    if is_exception and not reason:
        raise UnableToPutRight(_("An exception needs its reason, so that the rule can be mended."))
    if agreed_by is None:
        left = queries.limit_left(complaint=complaint, agent=by, currency=currency)
        if cost and by.goodwill_limit and not by.may_spend(currency=currency):
            raise UnableToPutRight(
                _("Your limit is in %(own)s. Ask somebody who can say yes to costs in %(currency)s.")
                % {"own": by.goodwill_currency, "currency": currency}
            )
        if cost > left:
            raise UnableToPutRight(
                _("This is above what is left of your limit (%(left)s). Ask somebody who can say yes at once.")
                % {"left": left}
            )
    elif agreed_by.pk == by.pk or not agreed_by.is_active or agreed_by.may_spend(currency=currency) < cost:
        raise UnableToPutRight(
            _("%(name)s cannot say yes to this. Ask somebody with a higher limit in this currency.")
            % {"name": agreed_by.name}
        )
    remedy = Remedy.objects.create(
        complaint=complaint,
        kind=kind,
        what=one_line(what, limit=300),
        cost=cost,
        currency=currency,
        by=by,
        at=now,
        is_exception=is_exception,
        reason=reason,
        agreed_by=agreed_by,
    )
    complaints.append(
        complaint=complaint,
        kind=EventKind.REMEDY,
        by=By.AGENT,
        agent=by,
        data={
            "remedy": remedy.pk,
            "kind": kind,
            "what": remedy.what,
            "cost": str(remedy.cost),
            "currency": remedy.currency,
            "is_exception": is_exception,
            "reason": reason,
            "agreed_by": agreed_by.pk if agreed_by is not None else None,
        },
        now=now,
    )
    return remedy


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
