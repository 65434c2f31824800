"""The word that the acknowledgement promised: whoever writes to the customer, or speaks with them, has kept it.

A customer who says that they are content waits for it no more.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from amends.desk.complaints.models import Channel, Complaint, EventKind
from amends.desk.people.models import Agent
from amends.desk.promises import actions as promises
from amends.desk.promises.models import Promise, State


def keep_next_word(*, complaint: Complaint, by: Agent, called: bool = False, now: datetime) -> int:
    """Keep the desk's own promise of a word; return how many such promises were kept.

    A letter is no call: a call that was promised is kept only when they were `called`. The complaint in hand is up to
    date: where nothing is promised in it, nothing is looked for.
    """
    if complaint.promise_due_at is None:
        return 0
    promised = _promised(complaint)
    if not called:
        promised = promised.exclude(made_in__channel=Channel.PHONE)
    kept = list(promised)
    for promise in kept:
        promises.keep(promise=promise, by=by, now=now)
    return len(kept)


def release_next_word(*, complaint: Complaint, yes: Channel, now: datetime) -> int:
    """Withdraw the desk's own promise of a word, since the customer is content; return how many there were.

    What somebody promised in words of their own stands: a customer may be content because of it.
    """
    released = list(_promised(complaint))
    for promise in released:
        promises.withdraw(promise=promise, by=promise.owner, yes=yes, now=now)
    return len(released)


def _promised(complaint: Complaint) -> QuerySet[Promise]:
    open_ = Promise.objects.filter(complaint=complaint, state=State.OPEN, made_in__kind=EventKind.ACKNOWLEDGED)
    return open_.select_related("complaint", "owner")
