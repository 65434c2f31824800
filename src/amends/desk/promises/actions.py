"""Writing in the ledger of promises. A promise leaves the open state once, and only here.

The complaint is locked before the promise, everywhere, so that an agent and the clock never wait for each other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import By, Complaint, Event, EventKind
from amends.desk.customers.words import one_line
from amends.desk.people.models import Agent
from amends.desk.people.queries import lead_of
from amends.desk.promises.models import Promise, State
from amends.desk.promises.warning import warn_at

BATCH = 200


class UnableToPromise(Exception):
    """The promise lacks words or a time that is still ahead."""


class UnableToSettle(Exception):
    """The promise was kept, broken or withdrawn before."""


@transaction.atomic
def make(
    *,
    complaint: Complaint,
    owner: Agent,
    made_in: Event,
    words: str,
    due_at: datetime,
    whole_day: bool,
    now: datetime,
) -> Promise:
    """Enter a promise in the ledger.

    :raises UnableToPromise: if it has no words, or its time has passed already
    """
    words = one_line(words, limit=500)
    if not words:
        raise UnableToPromise(_("Write what is promised."))
    if due_at <= now:
        raise UnableToPromise(_("The time of the promise has passed already. Choose one that you can keep."))
    promise = Promise.objects.create(
        complaint=complaint,
        owner=owner,
        made_in=made_in,
        words=words,
        made_at=now,
        due_at=due_at,
        whole_day=whole_day,
        warn_at=warn_at(due_at=due_at, calendar=owner.calendar()),
    )
    _tell(promise, complaint=complaint, kind=EventKind.PROMISE_MADE, agent=owner, now=now)
    return promise


@transaction.atomic
def keep(*, promise: Promise, by: Agent, now: datetime) -> Event:
    """Record that a promise was kept.

    :raises UnableToSettle: if it was settled before
    """
    complaint = _settle(promise, State.KEPT, at=now)
    return _tell(promise, complaint=complaint, kind=EventKind.PROMISE_KEPT, agent=by, now=now)


@transaction.atomic
def withdraw(*, promise: Promise, by: Agent, now: datetime) -> Event:
    """Withdraw a promise with the customer's yes.

    :raises UnableToSettle: if it was settled before
    """
    complaint = _settle(promise, State.WITHDRAWN, at=now)
    return _tell(promise, complaint=complaint, kind=EventKind.PROMISE_WITHDRAWN, agent=by, now=now)


@transaction.atomic
def move(*, promise: Promise, by: Agent, due_at: datetime, now: datetime, whole_day: bool | None = None) -> Event:
    """Move a promise with the customer's yes; counted, and the owner is warned anew.

    :raises UnableToSettle: if it was settled before
    :raises UnableToPromise: if the new time has passed already
    """
    if due_at <= now:
        raise UnableToPromise(_("The time of the promise has passed already. Choose one that you can keep."))
    complaint = _locked(promise)
    if promise.state != State.OPEN:
        raise UnableToSettle(_already(promise))
    promise.due_at = due_at
    promise.whole_day = promise.whole_day if whole_day is None else whole_day
    promise.moved += 1
    promise.warn_at = warn_at(due_at=due_at, calendar=promise.owner.calendar())
    promise.owner_warned_at = None
    promise.save(update_fields=["due_at", "whole_day", "moved", "warn_at", "owner_warned_at"])
    return _tell(promise, complaint=complaint, kind=EventKind.PROMISE_MOVED, agent=by, now=now)


def break_due(*, now: datetime) -> int:
    """Let the clock speak: warn owners of what falls due, break what is overdue, and tell their leads.

    Each promise is a transaction of its own and is looked at again under its lock, so that running this twice, or in
    two workers at once, says everything once. Returns how many promises were spoken about.
    """
    spoken = 0
    for pk in _in_batches(now):
        with transaction.atomic():
            spoken += _look_at(pk, now)
    return spoken


def _in_batches(now: datetime) -> Iterator[int]:
    overdue = Promise.objects.filter(state=State.OPEN, due_at__lte=now)
    to_warn = Promise.objects.filter(state=State.OPEN, owner_warned_at__isnull=True, warn_at__lte=now, due_at__gt=now)
    for waiting in (overdue, to_warn):
        yield from list(waiting.order_by("due_at", "pk").values_list("pk", flat=True)[:BATCH])


def _look_at(pk: int, now: datetime) -> bool:
    promise = Promise.objects.select_related("owner__team__lead", "complaint__owner__team__lead").get(pk=pk)
    complaint = _locked(promise)
    if promise.state != State.OPEN:
        return False
    # Who owns the complaint now is who can still keep its promise.
    owner = complaint.owner
    if promise.due_at > now:
        if promise.owner_warned_at is not None or promise.warn_at > now:
            return False
        promise.owner_warned_at = now
        promise.save(update_fields=["owner_warned_at"])
        _warn(promise, complaint=complaint, whom=owner, about="due", now=now)
        return True
    # It broke when its time passed, however late the clock was looked at.
    _settle(promise, State.BROKEN, at=promise.due_at)
    _tell(promise, complaint=complaint, kind=EventKind.PROMISE_BROKEN, agent=None, now=now)
    if promise.owner_warned_at is None:
        promise.owner_warned_at = now
    _warn(promise, complaint=complaint, whom=owner, about="broken", now=now)
    lead = lead_of(agent=owner)
    if lead is not None:
        promise.lead_warned_at = now
        _warn(promise, complaint=complaint, whom=lead, about="broken", now=now)
    promise.save(update_fields=["owner_warned_at", "lead_warned_at"])
    return True


def _locked(promise: Promise) -> Complaint:
    """Lock the complaint and the promise, in this order, and bring the promise in hand up to date."""
    complaint = (
        Complaint.objects.select_for_update(of=("self",))
        .select_related("owner__team__lead")
        .get(pk=promise.complaint_id)
    )
    fresh = Promise.objects.select_for_update().values().get(pk=promise.pk)
    for name, value in fresh.items():
        setattr(promise, name, value)
    return complaint


def _settle(promise: Promise, state: State, *, at: datetime) -> Complaint:
    complaint = _locked(promise)
    if promise.state != State.OPEN:
        raise UnableToSettle(_already(promise))
    promise.state, promise.settled_at = state, at
    # The condition in the update is the last guard: even without the lock only one settles.
    if not Promise.objects.filter(pk=promise.pk, state=State.OPEN).update(state=state, settled_at=at):
        raise UnableToSettle(_already(promise))
    return complaint


def _already(promise: Promise) -> str:
    match promise.state:
        case State.KEPT:
            return _("This promise was kept already.")
        case State.BROKEN:
            return _("This promise is broken. Say sorry to the customer, make it good, and promise anew.")
        case _:
            return _("This promise was withdrawn already.")


def _tell(promise: Promise, *, complaint: Complaint, kind: str, agent: Agent | None, now: datetime) -> Event:
    return complaints.append(
        complaint=complaint,
        kind=kind,
        by=By.SYSTEM if agent is None else By.AGENT,
        agent=agent,
        data={
            "promise": promise.pk,
            "words": promise.words,
            "due": promise.due_at.isoformat(),
            "whole_day": promise.whole_day,
            "made_in": promise.made_in_id,
        },
        now=now,
    )


def _warn(promise: Promise, *, complaint: Complaint, whom: Agent, about: str, now: datetime) -> None:
    complaints.append(
        complaint=complaint,
        kind=EventKind.WARNED,
        by=By.SYSTEM,
        data={
            "to": whom.pk,
            "about": f"promise-{about}",
            "promise": promise.pk,
            "words": promise.words,
            "due": promise.due_at.isoformat(),
        },
        now=now,
    )


def erase_words(*, customer_id: int, complaint_ids: Collection[int], now: datetime) -> None:
    """Empty the very words of an erased customer's promises; their times and outcomes stay."""
    del customer_id, now
    Promise.objects.filter(complaint__in=complaint_ids).update(words="")
