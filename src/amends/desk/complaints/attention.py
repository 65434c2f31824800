"""How many conversations somebody held at the moment of a reply: written with it, for it cannot be told later.

A conversation is held while both sides speak: the customer wrote within the last minutes, and the agent answered them
within the same. Who answers ten letters one after the other holds none of them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from amends.desk.complaints.models import Complaint, Event, EventKind
from amends.desk.people.models import Agent

HELD: Final = timedelta(minutes=10)
_ANSWERS: Final = (EventKind.REPLIED, EventKind.CALLED)


def held_at_once(*, complaint: Complaint, kind: str, agent: Agent | None, now: datetime) -> dict[str, Any]:
    """Return what an answer's event keeps: how many, this one counted; nothing when it is the only one."""
    if agent is None or kind not in _ANSWERS:
        return {}
    lately = Event.objects.filter(at__gt=now - HELD, at__lte=now)
    answered = lately.filter(kind__in=_ANSWERS, agent=agent).exclude(complaint=complaint).values("complaint")
    live = lately.filter(kind=EventKind.CUSTOMER_WROTE, complaint__in=answered)
    others = live.values("complaint").distinct().count()
    return {"at_once": others + 1} if others else {}
