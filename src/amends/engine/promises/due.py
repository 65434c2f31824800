"""When it falls due: the times of one clause put together.

A part of a day without an hour is the day; a small hour without morning or afternoon is one at which people work.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from amends.engine.promises.calendar import WorkingCalendar
from amends.engine.promises.grammar import grammar_of
from amends.engine.promises.times import Time, local, times_in
from amends.engine.promises.tokens import tokens_of

_EARLIEST = 7  # nobody promises to call at three at night


def find_times(text: str, *, language: str, now: datetime, calendar: WorkingCalendar) -> tuple[Time, ...]:
    """Find the expressions of time in a text, in the order in which they stand; none in a language without grammar."""
    grammar = grammar_of(language)
    if grammar is None:
        return ()
    return times_in(tokens_of(text, language=grammar.language), grammar=grammar, now=now, calendar=calendar)


def due_of(times: Sequence[Time], *, now: datetime, calendar: WorkingCalendar) -> date | datetime | None:
    """Put the times of one clause together: the day of the one, the hour of the other, the later of two."""
    here = local(now, calendar=calendar)
    ahead = [each for each in times if each.sense == "ahead"]
    clocks = [each for each in ahead if each.clock is not None]
    moment = max((each.moment for each in ahead if each.moment is not None), default=None)
    day = _day(ahead)
    if moment is not None and not clocks and (day is None or day <= moment.date()):
        return moment
    if clocks:
        return _at_clock(day, clocks[-1], ahead, here)
    if day is None and any(each.kind == "part" for each in ahead):
        return here.date()
    return day


def _day(ahead: Sequence[Time]) -> date | None:
    """The day that outweighs the others; the latest of several."""
    top = max((each.rank for each in ahead if each.day is not None), default=0)
    return max((each.day for each in ahead if each.day is not None and each.rank == top), default=None)


def _at_clock(day: date | None, told: Time, ahead: Sequence[Time], here: datetime) -> date | datetime:
    hour, minute = told.clock or (0, 0)
    on = day or here.date()
    if hour == 24:
        return on
    shift = told.shift
    if shift is None:
        shift = next((each.shift for each in ahead if each.shift is not None), None)
    due = datetime.combine(on, time(_of_day(hour, shift, told, on, here), minute), here.tzinfo)
    return due + timedelta(days=1) if day is None and due <= here else due


def _of_day(hour: int, shift: float | None, told: Time, on: date, here: datetime) -> int:
    """The hour from 0 to 23."""
    if shift is None:
        gone = hour in {7, 8} and on == here.date() and here.hour >= hour
        small = 1 <= hour < _EARLIEST or gone
        return hour + 12 if small and not told.exact else hour
    if shift and hour < 12:
        return hour + 12
    return 0 if not shift and hour == 12 else hour
