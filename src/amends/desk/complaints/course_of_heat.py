"""How hot a conversation was, message by message, and the early signs that it gets hotter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from amends.desk.complaints.heat import TEXT_LIMIT
from amends.desk.complaints.models import Complaint, Event, EventKind
from amends.engine.conversation.record import Conversation, Turn
from amends.engine.failings.escalation import EarlySign, early_signs
from amends.engine.languages.reading import read
from amends.engine.measures.counted import HOT, heat_after

THEIR_WORDS: Final = (EventKind.CUSTOMER_WROTE, EventKind.NOT_CONTENT)
WORDS_SHOWN: Final = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One message of the customer: how hot it is itself, and how hot it was after it."""

    event: int
    at: datetime
    said: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """An early sign, with the words that show it and the message they stand in."""

    name: str
    words: str
    event: int
    at: datetime
    before: int | None  # the heat of the message that it is held against
    heat: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The heat of a conversation from its first message to its last."""

    marks: tuple[Mark, ...]
    signs: tuple[Sign, ...]
    calmed: bool  # it was hot, and is not any more

    @property
    def hottest(self) -> int:
        return max((mark.said for mark in self.marks), default=0)

    @property
    def now(self) -> int:
        return self.marks[-1].after if self.marks else 0


def course(*, complaint: Complaint, now: datetime) -> Course:
    """Tell how the heat went; the customer's messages are read again, for the words that show it."""
    events = [
        event
        for event in complaint.events.filter(kind__in=[*THEIR_WORDS, EventKind.CONTENT])
        .select_related("content")
        .order_by("sequence")
        if event.kind == EventKind.CONTENT or event.content.text.strip()
    ]
    spoken = [event for event in events if event.kind in THEIR_WORDS]
    marks = _marks(events)
    return Course(
        marks=marks,
        signs=tuple(
            Sign(
                name=sign.name,
                words=_short(sign.words),
                event=spoken[sign.turn].pk,
                at=spoken[sign.turn].at,
                before=None if sign.before is None else marks[sign.before].said,
                heat=marks[sign.turn].said,
            )
            for sign in _signs(spoken, complaint=complaint, now=now, heats=[mark.said for mark in marks])
        ),
        calmed=max((mark.said for mark in marks), default=0) >= HOT and complaint.heat < HOT,
    )


def said_heat(event: Event) -> int:
    """How hot one message was, as it was read when it came."""
    return min(int(event.content.data.get("heat", 0)), 3)


def _marks(events: Sequence[Event]) -> tuple[Mark, ...]:
    """Count as the timeline does: anger cools by one with each calmer message, and is over when they are content."""
    heat, marks = 0, []
    for event in events:
        if event.kind == EventKind.CONTENT:
            heat = 0
            continue
        said = said_heat(event)
        heat = max(heat, said) if event.kind == EventKind.NOT_CONTENT else heat_after(heat, said)
        marks.append(Mark(event=event.pk, at=event.at, said=said, after=heat))
    return tuple(marks)


def _signs(
    events: Sequence[Event], *, complaint: Complaint, now: datetime, heats: Sequence[int]
) -> tuple[EarlySign, ...]:
    turns = tuple(
        Turn(
            by="customer",
            text=event.content.text[:TEXT_LIMIT],
            at=event.at,
            language=event.language or complaint.language,
        )
        for event in events
    )
    if not turns:
        return ()
    reading = read(Conversation(id=str(complaint.number), turns=turns, as_of=now), language=complaint.language)
    return early_signs(reading.turns, heats=heats)


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= WORDS_SHOWN else words[:WORDS_SHOWN].rstrip() + "…"
