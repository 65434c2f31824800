"""The word that the acknowledgement promised: whoever writes to the customer, or speaks with them, has kept it."""

from __future__ import annotations

from datetime import datetime

from amends.desk.complaints.models import Complaint, EventKind
from amends.desk.people.models import Agent
from amends.desk.promises import actions as promises
from amends.desk.promises.models import Promise, State


def keep_next_word(*, complaint: Complaint, by: Agent, now: datetime) -> int:
    """Keep the desk's own promise of a word; return how many such promises were open."""
    kept = list(
        Promise.objects.filter(
            complaint=complaint, state=State.OPEN, made_in__kind=EventKind.ACKNOWLEDGED
        ).select_related("complaint", "owner")
    )
    for promise in kept:
        promises.keep(promise=promise, by=by, now=now)
    return len(kept)
