"""The notation of examples: a small dialogue, a line for each turn, fact or event.

name: Ayşe Yılmaz             facts: name, honorific, address, since, or any other ('order: 4711')
09:05 customer: Where is it?  the time may be left out; a line without a label continues the one before
agent: [[It is on its way]].  the marked words are what must be found
09:10 promise-made due 17:00: call back
18:30 now                     the moment at which it is looked at; otherwise just after the last line
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast, get_args

from amends.engine.conversation import By, Conversation, Event, Facts, Happening, Turn

_DAY = datetime(2026, 3, 2)  # noqa: DTZ001  # a Monday, local to the organisation like all times of a conversation
_LINE = re.compile(
    r"^(?:(?:day (?P<day>\d+) )?(?P<at>\d\d:\d\d)\s+)?(?P<label>[a-z][a-z-]*)"
    r"(?: due (?:day (?P<due_day>\d+) )?(?P<due>\d\d:\d\d))?(?:\s*:\s?(?P<rest>.*))?$"
)
_MARK = re.compile(r"\[\[|\]\]")
_HAPPENINGS = frozenset(get_args(Happening))


class BadDialogueError(ValueError):
    """An example that cannot be read."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Words that must be found."""

    turn: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Dialogue:
    """An example, read: the conversation and the marked words."""

    conversation: Conversation
    marks: tuple[Mark, ...]


def parse(text: str, *, language: str = "", name: str = "example") -> Dialogue:
    """Read an example.

    :raises BadDialogueError: when a line has no label and continues nothing
    """
    facts: dict[str, str] = {}
    turns: list[tuple[By, str, datetime]] = []
    events: list[Event] = []
    now, clock = None, _DAY + timedelta(hours=9)
    for line in text.strip().splitlines():
        match = _LINE.match(line.strip())
        label = match["label"] if match else ""
        if match is None or (match["rest"] is None and label not in _HAPPENINGS | {"now"}):
            if not turns:
                raise BadDialogueError(f"{name}: cannot read {line.strip()!r}")
            by, said, at = turns[-1]
            turns[-1] = by, f"{said}\n{line.strip()}", at
            continue
        clock = _moment(match["day"], match["at"], clock)
        rest = (match["rest"] or "").strip()
        if label in ("customer", "agent", "system"):
            turns.append((cast("By", label), rest, clock))
        elif label == "now":
            now = clock
        elif label in _HAPPENINGS:
            due = _moment(match["due_day"], match["due"], clock) if match["due"] else None
            events.append(Event(kind=cast("Happening", label), at=clock, words=rest, due=due, promise=rest))
        else:
            facts[label] = rest
    marks: list[Mark] = []
    plain: list[Turn] = []
    for index, (by, said, at) in enumerate(turns):
        clean, found = _unmark(said, index)
        marks += found
        plain.append(Turn(by=by, text=clean, at=at, language=language))
    conversation = Conversation(
        id=name,
        turns=tuple(plain),
        events=tuple(events),
        as_of=now or clock + timedelta(minutes=1),
        facts=_facts(facts),
    )
    return Dialogue(conversation, tuple(marks))


def _moment(day: str | None, at: str | None, clock: datetime) -> datetime:
    if at is None:
        return clock
    hour, minute = map(int, at.split(":"))
    base = _DAY + timedelta(days=int(day) - 1) if day else clock
    return base.replace(hour=hour, minute=minute)


def _facts(known: dict[str, str]) -> Facts:
    ours = {"name", "honorific", "address", "since"}
    return Facts(
        customer_name=known.get("name", ""),
        honorific=known.get("honorific", ""),
        address=known.get("address", ""),
        since=datetime.fromisoformat(known["since"]).date() if "since" in known else None,
        other=tuple((key, value) for key, value in known.items() if key not in ours),
    )


def _unmark(said: str, turn: int) -> tuple[str, list[Mark]]:
    clean, marks, opened, last = "", [], None, 0
    for sign in _MARK.finditer(said):
        clean += said[last : sign.start()]
        last = sign.end()
        if sign.group() == "[[":
            opened = len(clean)
        elif opened is not None:
            marks.append(Mark(turn, opened, len(clean)))
            opened = None
    return clean + said[last:], marks
