"""Putting a complaint aside until later, and its coming back.

It comes back at its time or as soon as the customer speaks, whichever is first (`timeline`); a promise of today, a
broken one and a new owner bring it back too. The worker only says that the time has come, so that open pages hear it:
what lists hold goes by the time itself, and is right without a worker.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from amends.desk.complaints.actions import append
from amends.desk.complaints.models import By, Complaint, Event, EventKind
from amends.desk.people.models import Agent

FURTHEST: Final = timedelta(days=90)
AT_ONCE: Final = 200


class UnableToPutAside(Exception):
    """The time does not do, there is nothing to put aside, or it is not theirs to do so."""


class PassesOver(UnableToPutAside):
    """A promise or a time limit falls due before it would come back, and nobody has said that they know."""


def why_not(*, complaint: Complaint, by: Agent) -> str:
    """Say why this agent cannot put a complaint aside until whenever; nothing if they can."""
    if not complaint.live:
        return _("Nobody has to do anything here any more, so there is nothing to put aside.")
    if complaint.owner_id != by.pk and not by.leads_people:
        return _("Only %(name)s, who owns it, can put it aside.") % {"name": complaint.owner.name}
    if complaint.broken_since is not None:
        return _("A promise to this customer is broken. That cannot wait: say sorry first.")
    return ""


@transaction.atomic
def put_aside(*, complaint: Complaint, by: Agent, until: datetime, now: datetime, passes: bool = False) -> Event:
    """Take a complaint out of what needs its owner now, until a time or the customer's next word.

    `passes` says that the agent was told what falls due before then, and wants it all the same; it is kept with it.

    :raises PassesOver: if a promise falls due before, and the agent has not said that they know
    :raises UnableToPutAside: if the time does not do, nobody has to do anything, or it is somebody else's
    """
    row = Complaint.objects.select_for_update().select_related("owner").get(pk=complaint.pk)
    if reason := why_not(complaint=row, by=by):
        raise UnableToPutAside(reason)
    if not now < until <= now + FURTHEST:
        raise UnableToPutAside(_("Choose a time that is ahead, within the next three months."))
    if not passes and row.promise_due_at is not None and row.promise_due_at <= until:
        raise PassesOver(_("A promise to this customer falls due before then."))
    data = {"until": until.isoformat(), **({"past": True} if passes else {})}
    return append(complaint=complaint, kind=EventKind.SNOOZED, by=By.AGENT, agent=by, data=data, now=now)


@transaction.atomic
def bring_back(*, complaint: Complaint, by: Agent, now: datetime) -> Event:
    """Put a complaint back among the others: before its time, or when its owner has seen to it.

    :raises UnableToPutAside: if it was not put aside
    """
    row = Complaint.objects.select_for_update().get(pk=complaint.pk)
    if row.snoozed_until is None:
        raise UnableToPutAside(_("This is back already."))
    return append(complaint=complaint, kind=EventKind.WOKEN, by=By.AGENT, agent=by, now=now)


def tell_who_is_back(*, now: datetime) -> int:
    """Say of each complaint whose time has come that it has, once; return how many."""
    come = Complaint.objects.filter(live=True, snoozed_until__lte=now, last_event_at__lt=F("snoozed_until"))
    told = 0
    for pk in list(come.order_by("snoozed_until", "pk").values_list("pk", flat=True)[:AT_ONCE]):
        told += _tell(pk, now)
    return told


@transaction.atomic
def _tell(pk: int, now: datetime) -> bool:
    row = Complaint.objects.select_for_update().get(pk=pk)
    if row.snoozed_until is None or row.snoozed_until > now or row.last_event_at >= row.snoozed_until:
        return False
    append(complaint=row, kind=EventKind.WOKEN, by=By.SYSTEM, now=now)
    return True
