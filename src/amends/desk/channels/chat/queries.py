"""Reading a chat: what was said after a place, and how far it was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from amends.desk.channels.chat.actions import CLIENT
from amends.desk.channels.chat.models import Chat
from amends.desk.complaints.models import By, EventKind, ReadMark

SAID: Final = frozenset({EventKind.CUSTOMER_WROTE, EventKind.REPLIED, EventKind.ACKNOWLEDGED})
MOST: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One word of a chat."""

    sequence: int
    who: str  # "you", "person" or "desk"
    name: str
    text: str
    at: datetime
    client: str


def find(*, key: str) -> Chat | None:
    """The chat of a window; none for a key that nobody gave out."""
    found = Chat.objects.select_related("complaint__owner", "complaint__customer").filter(key=key).first()
    return found if found is not None and found.complaint.customer.erased_at is None else None


def said_after(*, chat: Chat, sequence: int) -> list[Said]:
    """What was said after a place, in order, from where the chat begins."""
    rows = (
        chat.complaint.events.filter(sequence__gt=sequence, kind__in=SAID, at__gte=chat.opened_at)
        .select_related("content", "agent")
        .order_by("sequence")[:MOST]
    )
    return [
        Said(
            sequence=row.sequence,
            who="you" if row.by == By.CUSTOMER else "person" if row.by == By.AGENT else "desk",
            name=row.agent.name_for(chat.complaint.language) if row.by == By.AGENT and row.agent else "",
            text=row.content.text,
            at=row.at,
            client=str(row.content.data.get(CLIENT, "")),
        )
        for row in rows
    ]


def read_by_us(*, chat: Chat) -> int:
    """Up to which of the customer's words their own person has read."""
    mark = ReadMark.objects.filter(complaint=chat.complaint_id, agent=chat.complaint.owner_id).first()
    if mark is None:
        return 0
    read = chat.complaint.events.filter(kind=EventKind.CUSTOMER_WROTE, at__lte=mark.at)
    return read.order_by("-sequence").values_list("sequence", flat=True).first() or 0
