"""Reading a chat: what was said after a place, and how far it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Prefetch, Q

from amends.desk.channels.chat.actions import CLIENT, WRITES_FOR
from amends.desk.channels.chat.models import Chat
from amends.desk.channels.chat.standing import going_on
from amends.desk.complaints.models import Attachment, By, Complaint, EventKind, ReadMark

SAID: Final = frozenset({EventKind.CUSTOMER_WROTE, EventKind.REPLIED, EventKind.ACKNOWLEDGED})
MOST: Final = 200
# Whether the customer writes, and how far they have read, by the number of the complaint.
type Standings = Mapping[int, tuple[bool, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One word of a chat."""

    sequence: int
    who: str  # "you", "person" or "desk"
    name: str
    text: str
    at: datetime
    client: str
    files: tuple[Attachment, ...] = ()
    html: str = ""  # of what was written with marks; to be cleaned once more where it is shown


def find(*, key: str) -> Chat | None:
    """The chat of a window; none for a key that nobody gave out."""
    found = Chat.objects.select_related("complaint__owner", "complaint__customer").filter(key=key).first()
    return found if found is not None and found.complaint.customer.erased_at is None else None


def said_after(*, chat: Chat, sequence: int) -> list[Said]:
    """What was said after a place, in order, from where the chat begins."""
    rows = (
        chat.complaint.events.filter(sequence__gt=sequence, kind__in=SAID, at__gte=chat.opened_at)
        .select_related("content", "agent")
        .prefetch_related(Prefetch("attachments", Attachment.objects.order_by("pk")))
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
            files=tuple(row.attachments.all()),
            html=row.content.html if row.by == By.AGENT and row.content.data.get("marks") else "",
        )
        for row in rows
    ]


def standings(*, now: datetime) -> Standings:
    """How it stands with the windows that were heard of in the last seconds, by the number of their complaint."""
    lately = Q(ended_at=None, heard_at__gt=now - WRITES_FOR)
    rows = Chat.objects.filter(lately).values_list("complaint__number", "typing_until", "read_up_to")
    return {number: (until is not None and until > now, read) for number, until, read in rows}


def moved(before: Standings, now: Standings) -> list[int]:
    """The complaints whose customers began or stopped to write, or have read on, since an earlier look."""
    stopped = (number for number, (writes, _) in before.items() if writes and number not in now)
    others = (number for number, stands in now.items() if stands != before.get(number, (False, stands[1])))
    return sorted({*stopped, *others})


@dataclass(frozen=True, slots=True, kw_only=True)
class There:
    """A customer who has the window of a chat open."""

    writes: bool
    has_read: bool  # all that our side said in this chat


def there(*, complaint: Complaint, now: datetime) -> There | None:
    """How it stands with the customer's window; none where there is none, or it is closed."""
    chat = Chat.objects.filter(going_on(now=now), complaint=complaint).order_by("-pk").first()
    if chat is None:
        return None
    ours = complaint.events.filter(kind=EventKind.REPLIED, at__gte=chat.opened_at).order_by("-sequence")
    last = ours.values_list("sequence", flat=True).first()
    return There(
        writes=chat.typing_until is not None and chat.typing_until > now,
        has_read=last is not None and chat.read_up_to >= last,
    )


def read_by_us(*, chat: Chat) -> int:
    """Up to which of the customer's words their own person has read."""
    mark = ReadMark.objects.filter(complaint=chat.complaint_id, agent=chat.complaint.owner_id).first()
    if mark is None:
        return 0
    read = chat.complaint.events.filter(kind=EventKind.CUSTOMER_WROTE, at__lte=mark.at)
    return read.order_by("-sequence").values_list("sequence", flat=True).first() or 0
