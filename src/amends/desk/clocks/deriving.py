"""Which clocks a complaint's story starts, pauses and stops: pure, values in, values out.

The first answer and the next word are met by a person's word; the resolution only by the customer's own yes; the final
answer of a law is a reply that somebody marked as such. Closing meets none of them: it ends what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from amends.desk.complaints.models import By, EventKind, Turn
from amends.desk.complaints.timeline import Happened
from amends.engine.clocks.legal import LegalClock
from amends.engine.clocks.priority import Facts
from amends.engine.clocks.reckoning import Pause

End = Literal["met", "ended"]

CUSTOMER_WAITS: Final = frozenset({
    EventKind.CUSTOMER_WROTE, EventKind.NOT_CONTENT, EventKind.ASKED_FOR_PERSON, EventKind.ASKED_FOR_MANAGER,
    EventKind.ASKED_FOR_CALL, EventKind.REOPENED, EventKind.PROMISE_BROKEN, EventKind.WAITING_ON_THIRD_PARTY,
})  # fmt: skip
OVER: Final = frozenset({EventKind.CONTENT, EventKind.CLOSED})
STILL: Final = frozenset({Turn.THEIRS, Turn.NOBODY})
ASKS: Final = frozenset({EventKind.ASKED_FOR_PERSON, EventKind.ASKED_FOR_MANAGER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A clock that the story asks for."""

    what: str
    started_at: datetime
    code: str = ""
    pauses: tuple[Pause, ...] = ()
    done: tuple[datetime, End] | None = None
    notice: int | None = None  # the event with which the customer was told of an extension


def own(story: Sequence[Happened], *, turns: Sequence[tuple[datetime, str]]) -> Iterator[Wanted]:
    """The organisation's own clocks: first answer, every next word, resolution."""
    start = story[0].at
    yield Wanted(what="answer", started_at=start, done=_first(story, is_word, or_over=True))
    yield from _next_words(story)
    yield Wanted(what="resolution", started_at=start, pauses=tuple(_still(turns)), done=_resolved(story))


def legal(story: Sequence[Happened], clock: LegalClock) -> Iterator[Wanted]:
    """The clocks that a law starts in this story; a law that was not in force yet starts none."""
    if not clock.is_ours:
        return
    extensions = [event for event in story if event.kind == EventKind.CLOCK_EXTENDED and _is_about(event, clock)]
    for started_at in _starts(story, clock):
        if not clock.holds_on(started_at.date()):
            continue
        notice = next((event.data.get("notice") for event in extensions if event.at >= started_at), None)
        yield Wanted(
            what="legal",
            code=clock.id,
            started_at=started_at,
            done=_met(story, clock, started_at),
            notice=int(notice) if notice else None,
        )


def facts(story: Iterable[Happened], *, heat: int, promise_broken: bool, third_person: bool) -> Facts:
    """What the priority is told from; a wish for a person ends with a person's word, as everywhere."""
    asked: set[str] = set()
    for event in story:
        if event.kind in ASKS:
            asked.add(event.kind)
        elif is_word(event):
            asked.clear()
    return Facts(
        heat=heat,
        promise_broken=promise_broken,
        asked_for_manager=EventKind.ASKED_FOR_MANAGER in asked,
        asked_for_person=EventKind.ASKED_FOR_PERSON in asked,
        third_person=third_person,
    )


def is_word(event: Happened) -> bool:
    """Whether a person of ours spoke with the customer; the automatic receipt is no word."""
    if event.kind in {EventKind.REPLIED, EventKind.CALLED}:
        return event.by == By.AGENT and not event.data.get("automatic")
    return event.kind == EventKind.CUSTOMER_WROTE and event.agent is not None  # told to somebody who typed it in


def _is_word_or_receipt(event: Happened) -> bool:
    if event.kind == EventKind.ACKNOWLEDGED:
        return not event.data.get("about")  # that somebody else is on it confirms no receipt
    return is_word(event)


def _next_words(story: Sequence[Happened]) -> Iterator[Wanted]:
    answered, since = False, None
    for event in story:
        if is_word(event) or event.kind in OVER:
            if since is not None:
                yield Wanted(what="next-word", started_at=since, done=(event.at, _end(event)))
            answered, since = answered or is_word(event), None
        elif answered and since is None and event.kind in CUSTOMER_WAITS:
            since = event.at
    if since is not None:
        yield Wanted(what="next-word", started_at=since)


def _still(turns: Sequence[tuple[datetime, str]]) -> Iterator[Pause]:
    since = None
    for at, turn in turns:
        if turn in STILL:
            since = since or at
        elif since is not None:
            yield Pause(since, at)
            since = None
    if since is not None:
        yield Pause(since)


def _resolved(story: Iterable[Happened]) -> tuple[datetime, End] | None:
    done: tuple[datetime, End] | None = None
    for event in story:
        if event.kind in OVER:
            done = done or (event.at, _end(event))
        elif event.kind == EventKind.REOPENED:
            done = None
    return done


def _starts(story: Sequence[Happened], clock: LegalClock) -> list[datetime]:
    match clock.starts_on:
        case "received":
            return [story[0].at]
        case "last-word":
            words = [event.at for event in story if is_word(event)]
            return words if clock.repeats else words[-1:]
        case "final-answer":
            return [event.at for event in story if event.kind == EventKind.FINAL_ANSWER][:1]
        case _:
            return [
                datetime.fromisoformat(event.data["from"])
                for event in story
                if event.kind == EventKind.CLOCK_STARTED and _is_about(event, clock)
            ]


def _met(story: Sequence[Happened], clock: LegalClock, start: datetime) -> tuple[datetime, End] | None:
    after = [event for event in story if event.at >= start]
    match clock.met_by:
        case "acknowledgement":
            return _first(after, _is_word_or_receipt, or_over=True)
        case "first-word":
            return _first(after, is_word, or_over=True)
        case "next-word":
            return _first([event for event in after if event.at > start], is_word, or_over=True)
        case "remedy":
            return _first(after, lambda event: event.kind == EventKind.REMEDY, or_over=True)
        case "final-answer":
            answered = _first(after, lambda event: event.kind == EventKind.FINAL_ANSWER, or_over=False)
            return answered or _resolved(after)
        case _:
            return _resolved(after)


def _first(
    story: Iterable[Happened], meets: Callable[[Happened], bool], *, or_over: bool
) -> tuple[datetime, End] | None:
    for event in story:
        if meets(event):
            return event.at, "met"
        if or_over and event.kind in OVER:
            return event.at, _end(event)
    return None


def _end(event: Happened) -> End:
    return "ended" if event.kind == EventKind.CLOSED else "met"


def _is_about(event: Happened, clock: LegalClock) -> bool:
    return bool(event.data.get("clock") == clock.id)
