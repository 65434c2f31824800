"""Limits that a law gives: in hours, days, working days, weeks or months, from the day after an event.

What counts as a working day is the law's own affair: in a Turkish repair Saturday counts, in Iran Friday is free. So
the days of rest are given with the limit, and only the holidays come from a calendar. Some laws let a limit that ends
on a free day end on the next working day, some do not say: `roll` is data too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal

from amends.engine.promises.calendar import Hours, WorkingCalendar
from amends.engine.promises.months import GREGORIAN, Months

Unit = Literal["hours", "days", "working-days", "weeks", "months"]
Roll = Literal["none", "next", "previous"]
End = Literal["end-of-day", "close-of-business"]
DayWhy = Literal["event", "counted", "weekend", "day-off", "rolled"]

UNITS: Final = ("hours", "days", "working-days", "weeks", "months")
ROLLS: Final = ("none", "next", "previous")
ENDS: Final = ("end-of-day", "close-of-business")
WEEKEND: Final = frozenset({5, 6})
_DAY = timedelta(days=1)
_LONGEST = {"hours": 24 * 3660, "days": 3660, "working-days": 2600, "weeks": 520, "months": 120}


@dataclass(frozen=True, slots=True)
class Limit:
    """So many units from an event; `rest` are the weekdays (Monday is 0) on which nobody works by this law."""

    n: int
    unit: Unit
    rest: frozenset[int] = WEEKEND
    roll: Roll = "none"
    end: End = "end-of-day"

    def __post_init__(self) -> None:
        if not 1 <= self.n <= _LONGEST[self.unit]:
            raise ValueError(f"a limit of {self.n} {self.unit} cannot be counted")
        if self.unit == "working-days" and len(self.rest) > 6:
            raise ValueError("a week without a working day cannot be counted in")


@dataclass(frozen=True, slots=True)
class Days:
    """Days in a row that are told in one line of the sum."""

    first: date
    last: date
    why: DayWhy
    counted: int = 0


@dataclass(frozen=True, slots=True)
class Term:
    """The end of a limit: the day, the last moment of it, and the days on the way."""

    day: date
    due: datetime  # the first moment that is too late
    days: tuple[Days, ...]


def term(limit: Limit, *, start: datetime, calendar: WorkingCalendar, months: Months = GREGORIAN) -> Term:
    """Count a limit from the moment of its event, by the holidays and in the zone of a calendar.

    The day of the event itself is not counted. Hours are true hours from the moment on, whoever sleeps.
    """
    start = start.astimezone(calendar.zone)
    first = start.date()
    if limit.unit == "hours":
        due = (start.astimezone(UTC) + timedelta(hours=limit.n)).astimezone(calendar.zone)
        return Term(due.date(), due, (Days(first, due.date(), "counted", limit.n),))
    works = _Works(limit.rest, calendar.days_off)
    if limit.unit == "working-days":
        day = _week(limit.rest, calendar).add_working_days(first, limit.n)
        told = _told(first, day, works, only_working=True)
    else:
        day = _later(first, limit, months)
        told = _told(first, day, works, only_working=False)
    ends = _rolled(day, limit.roll, works)
    if ends > day:
        told = (*told, Days(day + _DAY, ends, "rolled"))
    elif ends < day:
        told = (*_told(first, ends, works, only_working=False), Days(ends + _DAY, day, "rolled"))
    return Term(ends, _last_moment(ends, limit.end, calendar), told)


def extended(limit: Limit, *, to: int | None = None, by: int | None = None, unit: Unit | None = None) -> Limit:
    """The limit after an extension: so many units in all (`to`), or so many more (`by`, in the same unit).

    :raises ValueError: if it names neither, or both, or would shorten the limit
    """
    if (to is None) == (by is None):
        raise ValueError("an extension is either up to a number or by a number")
    if by is not None:
        if unit not in {None, limit.unit}:
            raise ValueError("an extension by a number is in the unit of the limit")
        return replace(limit, n=limit.n + by)
    longer = replace(limit, n=to or 0, unit=unit or limit.unit)
    if longer.unit == limit.unit and longer.n <= limit.n:
        raise ValueError("an extension does not shorten")
    return longer


@dataclass(frozen=True, slots=True)
class _Works:
    rest: frozenset[int]
    days_off: frozenset[date]

    def why_not(self, day: date) -> DayWhy | None:
        if day in self.days_off:
            return "day-off"
        return "weekend" if day.weekday() in self.rest else None


def _week(rest: frozenset[int], calendar: WorkingCalendar) -> WorkingCalendar:
    hours = (Hours(time(9), time(17)),)
    return WorkingCalendar(calendar.zone, tuple((day, hours) for day in range(7) if day not in rest), calendar.days_off)


def _later(first: date, limit: Limit, months: Months) -> date:
    if limit.unit == "months":
        return months.later(first, limit.n)
    return first + timedelta(days=limit.n * (7 if limit.unit == "weeks" else 1))


def _rolled(day: date, roll: Roll, works: _Works) -> date:
    step = {"none": timedelta(0), "next": _DAY, "previous": -_DAY}[roll]
    while step and works.why_not(day) is not None:
        day += step
    return day


def _told(first: date, last: date, works: _Works, *, only_working: bool) -> tuple[Days, ...]:
    """The days from the event to the end, those of one kind side by side in one line."""
    told = [Days(first, first, "event")]
    day = first + _DAY
    while day <= last:
        why = (works.why_not(day) if only_working else None) or "counted"
        counted = int(why == "counted")
        before = told[-1]
        if before.why == why:
            told[-1] = Days(before.first, day, why, before.counted + counted)
        else:
            told.append(Days(day, day, why, counted))
        day += _DAY
    return tuple(told)


def _last_moment(day: date, end: End, calendar: WorkingCalendar) -> datetime:
    closing = calendar.last_working_moment(day) if end == "close-of-business" else None
    return closing or datetime.combine(day + _DAY, time.min, calendar.zone)
