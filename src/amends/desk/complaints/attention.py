"""How many conversations somebody held at the moment of a reply: written with it, for it cannot be told later.

A conversation is held while both sides speak: the customer wrote within the last minutes, and the agent answered them
within the same. Who answers ten letters one after the other holds none of them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import BigIntegerField, DateTimeField, QuerySet

from amends.desk.complaints.models import Complaint, Event, EventKind
from amends.desk.people.models import Agent
from amends.desk.web import questions
from amends.desk.web.questions import Blank

HELD: Final = timedelta(minutes=10)
_ANSWERS: Final = (EventKind.REPLIED, EventKind.CALLED)


def held_at_once(*, complaint: Complaint, kind: str, agent: Agent | None, now: datetime) -> dict[str, Any]:
    """Return what an answer's event keeps: how many, this one counted; nothing when it is the only one."""
    if agent is None or kind not in _ANSWERS:
        return {}
    others = questions.count("held at once", _others, since=now - HELD, now=now, agent=agent.pk, complaint=complaint.pk)
    return {"at_once": others + 1} if others else {}


def _others() -> QuerySet[Event, Any]:
    moment = DateTimeField()
    lately = Event.objects.filter(at__gt=Blank("since", moment), at__lte=Blank("now", moment))
    answered = lately.filter(kind__in=_ANSWERS, agent=Blank("agent", BigIntegerField()))
    answered = answered.exclude(complaint=Blank("complaint", BigIntegerField()))
    live = lately.filter(kind=EventKind.CUSTOMER_WROTE, complaint__in=answered.values("complaint"))
    return live.values_list("complaint").distinct()
