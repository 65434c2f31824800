"""The notation of examples: a small dialogue, a line for each turn, fact or event.

name: Ayşe Yılmaz             facts: name, honorific, address, since, value ('5400 USD'), cause ('process/late'),
                              earlier ('2025-11-03 process/late'), or any other ('order: 4711')
fact iade tutarı: 250 TL      a fact of the organisation's own, named in any language
09:05 customer: Where is it?  the time may be left out; a line without a label continues the one before
agent: [[It is on its way]].  the marked words are what must be found
09:10 promise-made due 17:00: call back
18:30 now                     the moment at which it is looked at; otherwise just after the last line

Who, how and how long stand in brackets behind the label, in any order:
agent (Can, manager, by phone, holding 4): …       a person, a role, a channel, how many conversations at once
[[held (12 min)]]                                  how long (s, min, h); a whole event may be marked too
remedy (40.00): refunded                           an amount

{{I am sorry.}} Which shoe?   in a good example: the condition that keeps it good. Taken away, the example is bad;
{{12:00|17:00}} agent: …      behind a bar stands what comes in its place. Braces may hold lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast, get_args

from amends.engine.conversation import (
    By,
    Cause,
    Channel,
    Conversation,
    Earlier,
    Event,
    Facts,
    Happening,
    Party,
    Role,
    Turn,
)

_DAY = datetime(2026, 3, 2)  # noqa: DTZ001  # a Monday, local to the organisation like all times of a conversation
_LINE = re.compile(
    r"^(?:(?:day (?P<day>\d+) )?(?P<at>\d\d:\d\d)\s+)?(?P<label>[a-z][a-z-]*)(?: \((?P<about>[^()]*)\))?"
    r"(?: due (?:day (?P<due_day>\d+) )?(?P<due>\d\d:\d\d))?(?:\s*:\s?(?P<rest>.*))?$"
)
_FACT = re.compile(r"fact (?P<name>[^:]+): (?P<value>.+)")
_MARK = re.compile(r"\[\[|\]\]")
_MARKED_LINE = re.compile(r"\[\[(?P<line>.*)\]\]")
_CONDITION = re.compile(r"\{\{(?P<kept>.*?)(?:\|(?P<instead>.*?))?\}\}", re.DOTALL)
_TAKEN = "\ue000"  # a private character where something was taken away
_LASTED = re.compile(r"(\d+) (s|min|h)")
_SECONDS = {"s": 1, "min": 60, "h": 3600}
_HAPPENINGS = frozenset(get_args(Happening))
_SPEAKERS = frozenset(get_args(By))
_CHANNELS = frozenset(get_args(Channel))


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
    """An example, read: the conversation, the marked words, and the places of marked events."""

    conversation: Conversation
    marks: tuple[Mark, ...]
    events: tuple[int, ...] = ()


def without_condition(text: str) -> str:
    """Return a good example without the condition that keeps it good; '' when it names none.

    A line of which nothing but its label is left goes too.
    """
    if not _CONDITION.search(text):
        return ""
    left = _CONDITION.sub(lambda found: _TAKEN + (found["instead"] or ""), text)
    lines = []
    for line in left.splitlines():
        bare = line.replace(_TAKEN, "").strip()
        match = _LINE.match(bare)
        emptied = match is not None and match["label"] in _SPEAKERS and not (match["rest"] or "").strip()
        if _TAKEN in line and (not bare or emptied):
            continue
        lines.append(line.replace(_TAKEN, ""))
    return "\n".join(lines)


def parse(text: str, *, language: str = "", name: str = "example") -> Dialogue:
    """Read an example.

    :raises BadDialogueError: when a line has no label and continues nothing
    """
    reading = _Reading(name=name, language=language)
    for line in _CONDITION.sub(lambda found: found["kept"], text).strip().splitlines():
        reading.take(line.strip())
    return reading.result()


@dataclass(slots=True)
class _Reading:
    """The lines so far."""

    name: str
    language: str
    clock: datetime = _DAY + timedelta(hours=9)
    now: datetime | None = None
    facts: dict[str, str] = field(default_factory=dict)
    earlier: list[str] = field(default_factory=list)
    turns: list[tuple[str, dict[str, Any]]] = field(default_factory=list)  # what was said, and the rest of a turn
    events: list[Event] = field(default_factory=list)
    marked: list[int] = field(default_factory=list)
    roles: dict[str, Role] = field(default_factory=dict)

    def take(self, line: str) -> None:
        if fact := _FACT.fullmatch(line):
            self.facts[fact["name"]] = fact["value"]
            return
        inner = _MARKED_LINE.fullmatch(line)
        match = _LINE.match(inner["line"]) if inner else None
        whole = match is not None and match["label"] in _HAPPENINGS  # a marked event, not marked words
        match = match if whole else _LINE.match(line)
        if match is None or not _is_line(match):
            self._goes_on(line)
            return
        label = match["label"]
        self.clock = _moment(match["day"], match["at"], self.clock)
        rest = (match["rest"] or "").strip()
        if label in _SPEAKERS:
            self.turns.append((rest, {"by": label, "at": self.clock, **self._about(match["about"], event=False)}))
        elif label == "now":
            self.now = self.clock
        elif label in _HAPPENINGS:
            due = _moment(match["due_day"], match["due"], self.clock) if match["due"] else None
            about = self._about(match["about"], event=True)
            kind = cast("Happening", label)
            if whole:
                self.marked.append(len(self.events))
            self.events.append(Event(kind=kind, at=self.clock, words=rest, due=due, promise=rest, **about))
        elif label == "earlier":
            self.earlier.append(rest)
        else:
            self.facts[label] = rest

    def result(self) -> Dialogue:
        marks: list[Mark] = []
        plain: list[Turn] = []
        for index, (said, rest) in enumerate(self.turns):
            clean, found = _unmark(said, index)
            marks += found
            plain.append(Turn(text=clean, language=self.language, **rest))
        conversation = Conversation(
            id=self.name,
            turns=tuple(plain),
            events=tuple(self.events),
            as_of=self.now or self.clock + timedelta(minutes=1),
            facts=_facts(self.facts, self.earlier),
            parties=tuple(Party(id=who, by="agent", name=who, role=role) for who, role in self.roles.items()),
        )
        return Dialogue(conversation, tuple(marks), tuple(self.marked))

    def _goes_on(self, line: str) -> None:
        if not self.turns:
            raise BadDialogueError(f"{self.name}: cannot read {line!r}")
        said, rest = self.turns[-1]
        self.turns[-1] = f"{said}\n{line}", rest

    def _about(self, about: str | None, *, event: bool) -> dict[str, Any]:
        """What stands in brackets."""
        found: dict[str, Any] = {}
        role: Role = ""
        for each in filter(None, (part.strip() for part in (about or "").split(","))):
            if each in {"manager", "lead"}:
                role = cast("Role", each)
            elif each.startswith("holding "):
                found["at_once"] = int(each.removeprefix("holding "))
            elif each.removeprefix("by ") in _CHANNELS and not event:
                found["channel"] = each.removeprefix("by ")
            elif (lasted := _LASTED.fullmatch(each)) and event:
                found["lasted"] = int(lasted[1]) * _SECONDS[lasted[2]]
            elif re.fullmatch(r"\d+(\.\d+)?", each) and event:
                found["amount"] = Decimal(each)
            else:
                found["party"] = each
        if "party" in found and (role or found["party"] not in self.roles):
            self.roles[found["party"]] = role
        return found


def _is_line(match: re.Match[str]) -> bool:
    """Tell whether it begins something; a sentence that goes on may have a colon or brackets too."""
    label = match["label"]
    if label in _HAPPENINGS or label == "now":
        return True
    return match["rest"] is not None and (match["about"] is None or label in _SPEAKERS)


def _moment(day: str | None, at: str | None, clock: datetime) -> datetime:
    if at is None:
        return clock
    hour, minute = map(int, at.split(":"))
    base = _DAY + timedelta(days=int(day) - 1) if day else clock
    return base.replace(hour=hour, minute=minute)


def _facts(known: dict[str, str], earlier: list[str]) -> Facts:
    ours = {"name", "honorific", "address", "since", "value", "cause"}
    value, _, currency = known.get("value", "").partition(" ")
    return Facts(
        customer_name=known.get("name", ""),
        honorific=known.get("honorific", ""),
        address=known.get("address", ""),
        since=date.fromisoformat(known["since"]) if "since" in known else None,
        yearly_value=Decimal(value) if value else None,
        currency=currency,
        other=tuple((key, value) for key, value in known.items() if key not in ours),
        cause=_cause(known.get("cause", "")),
        earlier=tuple(_earlier(each) for each in earlier),
    )


def _cause(told: str) -> Cause | None:
    layer, _, theme = told.partition("/")
    return Cause(layer=layer, theme=theme) if layer else None


def _earlier(told: str) -> Earlier:
    on, _, cause = told.partition(" ")
    return Earlier(on=date.fromisoformat(on), cause=_cause(cause))


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
