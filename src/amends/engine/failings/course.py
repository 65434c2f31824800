"""The course of events as a failing looks at it: words and happenings in one line of time, with limits and a calendar.

What lies after the moment of looking is not seen. Times without a zone are meant in the calendar's; a time that no
calendar can count in, as an import may hold, is no time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final, Self

from amends.engine.conversation import Cause, Event
from amends.engine.failings.limits import Limits
from amends.engine.failings.moment import MATTERS, Moment
from amends.engine.findings import Evidence
from amends.engine.languages.acts import Act
from amends.engine.languages.reading import TurnReading
from amends.engine.languages.sentences import Sentence
from amends.engine.promises.calendar import NoWorkingTimeError, WorkingCalendar

A_DAY: Final = timedelta(days=1)
SPOKEN: Final = frozenset({"phone", "visit"})  # channels in which nothing is written
_LONG: Final = 3  # words; so many tell something, whatever they are
_COURTESIES: Final = frozenset({"thanks", "content", "greeting", "goodbye", "apology", "please"})
_YEARS: Final = range(1900, 2200)
# What ends a matter, or tells of words just said: it stands behind the words of the same minute.
_AFTER_WORDS: Final = frozenset(
    {"content", "not-content", "rated", "closed", "reopened", "promise-made", "promise-kept", "remedy"}
)


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class Step:
    """One step of the course: words that a person said, or an event with its place among the conversation's."""

    at: datetime | None
    turn: TurnReading | None = None
    event: Event | None = None
    place: int = -1

    @property
    def by_agent(self) -> bool:
        """Whether somebody of the organisation spoke to the customer, in words or by telephone."""
        return (self.turn is not None and self.turn.by == "agent") or self.is_a("called")

    @property
    def by_customer(self) -> bool:
        """Whether the customer said something."""
        return self.turn is not None and self.turn.by == "customer"

    @property
    def party(self) -> str:
        """Who spoke or acted, or whom the event is about; '' where that is not told."""
        if self.turn is not None:
            return self.turn.turn.party
        return self.event.party if self.event is not None else ""

    def is_a(self, *kinds: str) -> bool:
        """Tell whether it is an event of one of these kinds."""
        return self.event is not None and self.event.kind in kinds


@dataclass(eq=False)
class Course(Moment):
    """A conversation from its first word to the moment at which it is looked at."""

    limits: Limits = field(default_factory=Limits)
    working: WorkingCalendar | None = None
    proposed: tuple[Cause, float] | None = None  # where it seems to come from, and how sure that is

    @classmethod
    def of(cls, moment: Moment) -> Self:
        """Look at a moment as the course of events that led to it, by the usual limits unless it brings its own."""
        return moment if isinstance(moment, cls) else cls(moment.reading, moment.at)

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """The calendar handed in; nine to six from Monday to Friday where there is none."""
        zone = self.conversation.as_of.tzinfo or UTC
        return self.working or WorkingCalendar.office(zone=zone)

    @cached_property
    def now(self) -> datetime:
        """The moment of looking."""
        seen = self.moment(self.conversation.as_of)
        known = [at for turn in self.conversation.turns if (at := self.moment(turn.at))]
        return seen or max(known, default=datetime(_YEARS.start, 1, 2, tzinfo=UTC))

    def moment(self, at: datetime | None) -> datetime | None:
        """Return a time with its zone; None where it is not known, or none that can be counted in."""
        if at is None or at.year not in _YEARS:
            return None
        return at if at.tzinfo else at.replace(tzinfo=self.calendar.zone)

    @cached_property
    def turns(self) -> tuple[TurnReading, ...]:
        """What people said until now; automatic and empty messages are left out."""
        return tuple(
            turn
            for turn in self.reading.turns
            if turn.by != "system"
            and not turn.turn.automatic
            and turn.turn.text.strip()
            and ((at := self.moment(turn.turn.at)) is None or at <= self.now)
        )

    @cached_property
    def happened(self) -> tuple[Step, ...]:
        """The events until now, in order of time."""
        found = [
            Step(at=at, event=replace(event, at=at, due=self.moment(event.due)), place=place)
            for place, event in enumerate(self.conversation.events)
            if (at := self.moment(event.at)) is not None and at <= self.now
        ]
        return tuple(sorted(found, key=lambda step: step.at or self.now))

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Words and events in one line. Words keep their order; one without a time stands where it stood."""
        line = [Step(at=self.moment(turn.turn.at), turn=turn) for turn in self.turns]
        waiting: dict[int, list[Step]] = {}
        times = self._running(line)
        for step in self.happened:
            at = step.at or self.now
            behind = sum(time is not None and time < at for time in times)
            ties = [place for place, time in enumerate(times) if time == at]
            if step.is_a(*_AFTER_WORDS):
                behind = max([behind, *(place + 1 for place in ties)])
            else:  # what is asked, taken or begun in a minute comes between the question and the answer
                for place in ties:
                    if place != behind or not line[place].by_customer:
                        break
                    behind = place + 1
            waiting.setdefault(behind, []).append(step)
        found: list[Step] = []
        for place in range(len(line) + 1):
            found += waiting.get(place, [])
            found += line[place : place + 1]
        return tuple(found)

    @staticmethod
    def _running(line: list[Step]) -> list[datetime | None]:
        """The times of words, never going back; None before the first that is known."""
        times: list[datetime | None] = []
        last: datetime | None = None
        for step in line:
            last = max(last, step.at) if last and step.at else step.at or last
            times.append(last)
        return times

    def at_end(self, turn: TurnReading) -> bool:
        """Tell whether with these words the customer was done, and waits for nothing."""
        known = self._ended.get(turn.index)
        if known is None:
            known = self._ended[turn.index] = Moment(self.reading, turn.index + 1).closed
        return known

    @cached_property
    def _ended(self) -> dict[int, bool]:
        """What `at_end` has found out: it is asked of every turn, by several failings."""
        return {}

    def awaits(self, turn: TurnReading) -> bool:
        """Tell whether words want an answer: the first ones always, later ones when they ask or tell something."""
        if self.at_end(turn):
            return False
        first = next((each for each in self.turns if each.by == "customer"), turn)
        return turn is first or _says_something(turn)

    def waits(self) -> Iterator[tuple[Step, Step | None]]:
        """Yield the words with which the customer began to wait, and what ended it; None while it lasts."""
        since: Step | None = None
        for step in self.steps:
            if step.by_customer and step.turn is not None:
                if self.at_end(step.turn):
                    since = None
                elif since is None and self.awaits(step.turn):
                    since = step
            elif since is not None and (step.by_agent or step.is_a("content", "closed")):
                yield since, step
                since = None
        if since is not None:
            yield since, None

    # time

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """Working time between two moments."""
        return self.calendar.working_time_between(start, end)

    def days_on(self, at: datetime, days: int) -> datetime:
        """The same hour so many working days on; what comes outside hours counts from the next opening."""
        try:
            opens = self.calendar.next_opening(at)
            return opens + (self.calendar.add_working_days(opens.date(), days) - opens.date())
        except NoWorkingTimeError:
            return at + days * A_DAY

    def end_of_day(self, at: datetime, *, more: int = 0) -> datetime:
        """Midnight after the day of a moment and so many working days; a day off, or an evening, begins the next."""
        here = at.astimezone(self.calendar.zone)
        try:
            closing = self.calendar.last_working_moment(here.date())
            begun = here.date() if closing is None or here < closing else here.date() + A_DAY
            day = self.calendar.add_working_days(self.calendar.on_or_after(begun), more)
        except NoWorkingTimeError:
            day = here.date() + more * A_DAY
        return datetime.combine(day + A_DAY, datetime.min.time(), self.calendar.zone)

    # evidence

    def show(self, step: Step, confidence: float) -> Evidence:
        """Point at a step: at the first words of a message that say something, or at the event."""
        if step.turn is not None:
            return self.quote(step.turn, self.heart(step.turn), confidence)
        return self.tell(step, confidence)

    def tell(self, step: Step, confidence: float) -> Evidence:
        """Point at an event."""
        event = step.event
        words = " ".join(event.words.split()) if event is not None else ""
        told = words or (f"{event.kind} {event.at:%Y-%m-%d %H:%M}" if event is not None else "")
        return Evidence(turn=-1, start=0, end=0, confidence=confidence, words=told, events=(step.place,))

    def quote(self, turn: TurnReading, part: Sentence | Act, confidence: float) -> Evidence:
        """Point at a sentence, or at the words of an act, of any turn."""
        return Evidence(
            turn=turn.index,
            start=part.start,
            end=part.end,
            confidence=max(0.0, min(1.0, confidence)),
            words=turn.words(part.start, part.end),
        )

    @staticmethod
    def heart(turn: TurnReading) -> Sentence:
        """The first sentence that does more than greet, or say 'ok'."""
        plain = [each for each in turn.sentences if not turn.has("greeting", within=each)]
        telling = (each for each in plain if _says_something(turn, each) or _is_long(turn, each))
        text = turn.turn.text
        begin = len(text) - len(text.lstrip())
        whole = next(iter(turn.sentences), Sentence(begin, len(text.rstrip())))
        return next(telling, next(iter(plain), whole))


def _is_long(turn: TurnReading, sentence: Sentence) -> bool:
    words = next((each.words for each in turn.text.sentences if each.sentence == sentence), ())
    return len(words) >= _LONG


def _says_something(turn: TurnReading, sentence: Sentence | None = None) -> bool:
    """Whether a message, or a sentence of it, asks something, or does more than to be polite."""
    asks = any(each.question for each in ([sentence] if sentence else turn.sentences))
    kinds = {act.kind for act in turn.acts if act.kind not in _COURTESIES}
    return asks or any(turn.has(kind, within=sentence, at_least=MATTERS) for kind in kinds)
