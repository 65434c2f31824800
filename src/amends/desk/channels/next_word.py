"""The word that the acknowledgement promised: whoever writes to the customer, or speaks with them, has kept it."""

from __future__ import annotations

from datetime import datetime

from amends.desk.complaints.models import Channel, Complaint, EventKind
from amends.desk.people.models import Agent
from amends.desk.promises import actions as promises
from amends.desk.promises.models import Promise, State


def keep_next_word(*, complaint: Complaint, by: Agent, called: bool = False, now: datetime) -> int:
    """Keep the desk's own promise of a word; return how many such promises were kept.

    A letter is no call: a call that was promised is kept only when they were `called`.
    """
    promised = Promise.objects.filter(complaint=complaint, state=State.OPEN, made_in__kind=EventKind.ACKNOWLEDGED)
    if not called:
        promised = promised.exclude(made_in__channel=Channel.PHONE)
    kept = list(promised.select_related("complaint", "owner"))
    for promise in kept:
        promises.keep(promise=promise, by=by, now=now)
    return len(kept)
