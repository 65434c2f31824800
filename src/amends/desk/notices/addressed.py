"""Whom an event is meant for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from amends.desk.complaints.models import By, EventKind

TO: Final = frozenset({
    EventKind.WARNED, EventKind.HANDED_OVER, EventKind.TAKEOVER_ASKED, EventKind.MANAGER_RUNG, EventKind.ROOM_ASKED,
    EventKind.ROOM_ANSWERED,
})  # fmt: skip
KINDS: Final = TO | {
    EventKind.TAKEOVER_DECLINED,
    EventKind.COMPANION,
    EventKind.OWNER_TAKEN,
    EventKind.CUSTOMER_WROTE,
    EventKind.NOT_CONTENT,
}
# What a notice of a mention is kept as: such a row lets its reader into the complaint as well.
MENTIONED: Final = "mentioned"
# Words that may wait until somebody is back at their desk.
ONLY_NEWS: Final = frozenset({EventKind.CUSTOMER_WROTE, EventKind.ROOM_ANSWERED, EventKind.OWNER_TAKEN})


def addressee(*, kind: str, by: str, agent: int | None, data: Mapping[str, Any], owner: int) -> int | None:
    """Return the agent for whom an event is news, or None: nobody is told of what they did themselves.

    :param agent: who did it, or for a new owner who it is
    :param owner: who owns the complaint
    """
    told: Any = None
    if kind in TO:
        told = data.get("to")
    elif kind == EventKind.TAKEOVER_DECLINED:
        told = data.get("from")
    elif kind == EventKind.COMPANION:
        told = data.get("agent")
    elif kind == EventKind.OWNER_TAKEN:
        return agent if by == By.SYSTEM else None
    elif kind in {EventKind.CUSTOMER_WROTE, EventKind.NOT_CONTENT}:
        told = owner
    return int(told) if told not in {None, "", agent} else None
