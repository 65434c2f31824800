"""The times that a text speaks of; every word of it is in `grammar/`.

What is counted: 'by Tuesday' is the coming Tuesday and never today; a range ('3-5 working days') is its later end; noon
is 12:00; the end of the week is the last day worked in it. A time gone by ('two days ago', 'last Friday') is `past`, a
time that is none ('soon', 'in a few days') is `vague`, one that hangs on something else ('the same day') is `open`
(`then` and `thence` on the promise before: at its time, on its day), a
length with nothing that says from when ('two days') is `bare`, a habit ('every Monday') is `other`; 'right
now' is `now`, and so is 'currently', which says of no deed when it is done (the kind `meanwhile`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from amends.engine.promises.calendar import WorkingCalendar
from amends.engine.promises.grammar import Grammar, Item
from amends.engine.promises.months import GREGORIAN, JALALI, Months
from amends.engine.promises.reading import kinds, read
from amends.engine.promises.tokens import Token

Sense = Literal["ahead", "bare", "past", "vague", "open", "other", "now"]

_DAY = 1440.0  # minutes
_WEEK = 10080.0
_MONTH = 43200.0
_YEAR = 525600.0
_LONG_AGO = timedelta(days=150)  # a date without a year that lies further back is meant for next year

_SENSES: dict[str, Sense] = {
    "past": "past",
    "vague": "vague",
    "few": "vague",
    "open": "open",
    "thence": "open",
    "then": "open",
    "every": "other",
    "now": "now",
    "meanwhile": "now",
}
_NUMBERS = frozenset({"NUM", "NUMC", "NUMAT", "NUMON", "ART", "ONE"})
_DAYS = frozenset({"NUM", "NUMC", "NUMAT", "NUMON", "ORD", "ORDW"})
_HOURS = frozenset({"NUM", "NUMC", "NUMAT", "ONE", "CLOCK", "DOT"})
_HALVES = frozenset({"HALF", "HALFMORE"})
_UNITS = frozenset({"UNIT", "UNITTO", "HOUR", "HOURTO", "HOURAT", "MINUTE", "SAR", "GUNICI"})


@dataclass(slots=True, unsafe_hash=True)
class Time:
    """One expression of time: what it adds to the moment at which something falls due.

    `rank` says how much a day outweighs another in the same clause: a date more than a weekday, a weekday more than
    'tomorrow', any of them more than 'this week'.
    """

    start: int  # characters of the original
    end: int
    first: int  # tokens
    last: int
    kind: str
    sense: Sense
    day: date | None = None
    rank: int = 0
    clock: tuple[int, int] | None = None
    shift: float | None = None  # hours that a part of the day adds to a small hour: 12 after noon
    moment: datetime | None = None
    later: bool = False  # on a day after today
    soon: bool = False  # at an hour of today that is still to come, if it is of today
    exact: bool = False  # '05:30' is early in the morning, '5' need not be


type Told = tuple[tuple[str, Sequence[Item]], ...]


def local(now: datetime, *, calendar: WorkingCalendar) -> datetime:
    """The moment as the calendar's clocks show it; one without a zone is taken to be theirs."""
    return now.astimezone(calendar.zone) if now.tzinfo else now


def times_in(
    tokens: Sequence[Token], *, grammar: Grammar, now: datetime, calendar: WorkingCalendar
) -> tuple[Time, ...]:
    """Find the expressions of time among tokens, in the order in which they stand."""
    return reckoned(tokens, told_in(tokens, grammar=grammar), grammar=grammar, now=now, calendar=calendar)


def told_in(tokens: Sequence[Token], *, grammar: Grammar) -> Told:
    """Find the words that tell a time, and of which kind; that depends on no moment and no calendar."""
    return tuple(kinds(read(tokens, tape=grammar.time, grammar=grammar), tape=grammar.time))


def reckoned(
    tokens: Sequence[Token], told: Told, *, grammar: Grammar, now: datetime, calendar: WorkingCalendar
) -> tuple[Time, ...]:
    """Count what is told from a moment, in a calendar."""
    if not told:
        return ()
    reckoning = _Reckoning(grammar.months, local(now, calendar=calendar), calendar, grammar.day_first)
    found = []
    for kind, items in told:
        place = (tokens[items[0].first].start, tokens[items[-1].last - 1].end, items[0].first, items[-1].last, kind)
        one = reckoning.time(place, items)
        if one is not None:
            found.append(one)
    return tuple(found)


type _Place = tuple[int, int, int, int, str]
type _Items = Sequence[Item]


@dataclass(slots=True, unsafe_hash=True)
class _Reckoning:
    """Counts from one moment, in one calendar, in the months of one language."""

    months: Months
    here: datetime
    calendar: WorkingCalendar
    day_first: bool

    @property
    def today(self) -> date:
        return self.here.date()

    def time(self, place: _Place, items: _Items) -> Time | None:
        kind = place[-1]
        if kind in _SENSES:
            return Time(*place, _SENSES[kind])
        count = getattr(self, f"_{kind}", None)
        if count is None:  # a kind that only keeps its words from being read otherwise
            return None
        told: Time | None = count(place, items)
        return told

    def _on(self, place: _Place, items: _Items, day: date | None, rank: int) -> Time | None:
        if day is None:
            return None
        shift = 12.0 if _has(items, "DAYPM") else None
        return Time(
            *place, "ahead" if day >= self.today else "past", day=day, rank=rank, shift=shift, later=day > self.today
        )

    # hours

    def _part(self, place: _Place, items: _Items) -> Time:
        return Time(*place, "ahead", shift=items[-1].value)

    def _clock(self, place: _Place, items: _Items) -> Time | None:
        told = _hour(items)
        if told is None:
            return None
        exact = any(item.name in {"CLOCK", "DOT"} and item.value for item in items)
        shift = _shift(items)
        hour = told[0] + 12 if shift and told[0] < 12 else told[0]
        soon = (hour, told[1]) > (self.here.hour, self.here.minute)
        return Time(*place, "ahead", clock=told, shift=shift, soon=soon, exact=exact)

    def _dayclock(self, place: _Place, items: _Items) -> Time | None:
        told = _hour(items)
        day = self._coming(items) if _has(items, "WEEKDAY") else self._named(items)
        shift = 12.0 if _has(items, "DAYPM") else _shift(items)
        return Time(*place, "ahead", day=day, rank=3, clock=told, shift=shift, later=day > self.today) if told else None

    def _samehour(self, place: _Place, items: _Items) -> Time:
        clock = (self.here.hour, self.here.minute)
        if not _has(items, "DAY"):
            return Time(*place, "ahead", clock=clock, exact=True)
        day = self._named(items)
        return Time(*place, "ahead", day=day, rank=2, clock=clock, exact=True, later=day > self.today)

    # days

    def _day(self, place: _Place, items: _Items) -> Time | None:
        return self._on(place, items, self._named(items), 2)

    def _workday(self, place: _Place, items: _Items) -> Time | None:
        return self._on(place, items, self.calendar.add_working_days(self.today, int(_value(items, "WORKDAY"))), 2)

    def _weekday(self, place: _Place, items: _Items) -> Time | None:
        return self._on(place, items, self._coming(items), 3)

    def _weekago(self, place: _Place, items: _Items) -> Time | None:
        """'haftaya bugün': a week from the day named."""
        return self._on(place, items, self._named(items) + timedelta(days=7 * int(_value(items, "WEEK"))), 3)

    def _named(self, items: _Items) -> date:
        return self.today + timedelta(days=int(_value(items, "DAY") or _value(items, "DAYPM")))

    def _coming(self, items: _Items) -> date:
        wanted = int(_value(items, "WEEKDAY"))
        if _has(items, "WEEK"):
            start = self.calendar.start_of_week(self.today) + timedelta(days=7 * int(_value(items, "WEEK")))
            return start + timedelta(days=(wanted - start.weekday()) % 7)
        ahead = (wanted - self.today.weekday()) % 7
        return self.today + timedelta(days=ahead or (0 if _has(items, "THIS") else 7))

    # dates

    def _date(self, place: _Place, items: _Items) -> Time | None:
        return self._on(place, items, self._told_date(items), 4)

    def _told_date(self, items: _Items) -> date | None:
        whole = next((item for item in items if item.name in {"DATE", "DOT", "SLASH"}), None)
        if whole is not None:
            year = int(_value(items, "YEAR"))
            return self._numeric((*whole.parts, year) if year else whole.parts)
        numbers = [int(item.value) for item in items if item.name in _DAYS]
        year = int(_value(items, "YEAR"))
        if not numbers:
            return None
        if _has(items, "JMONTH"):
            return self._this_or_next(JALALI, int(_value(items, "JMONTH")), numbers[-1], year)
        # '11 сарын 25': the month is a number too.
        month = int(_value(items, "MONTH")) or (numbers[0] if len(numbers) == 2 else 0)
        return self._this_or_next(GREGORIAN, month, numbers[-1], year)

    def _numeric(self, parts: tuple[int, ...]) -> date | None:
        if len(parts) == 3:
            first, month, last = parts
            year, day = (first, last) if first > 31 else (last, first)
            months = JALALI if 1300 <= year < 1700 else GREGORIAN
            year += 2000 if year < 100 else 0
        else:
            day, month = parts if self.day_first else (parts[1], parts[0])
            year, months = 0, self.months
        if month > 12:
            day, month = month, day
        return self._this_or_next(months, month, day, year)

    def _this_or_next(self, months: Months, month: int, day: int, year: int) -> date | None:
        """The day in the year told; without one, in this year or, when that is long ago, in the next."""
        if year:
            return months.day(year, month, day)
        now = months.split(self.today)[0]
        this = months.day(now, month, day) or months.day(now + 1, month, day)
        return months.day(now + 1, month, day) if this and self.today - this > _LONG_AGO else this

    def _monthday(self, place: _Place, items: _Items) -> Time | None:
        """'the 25th', 'ayın 25'i': of this month, or of the next when it is over."""
        day = next((int(item.value) for item in reversed(items) if item.name in _DAYS), 0)
        ahead = int(_value(items, "MONTHS"))
        for count in range(ahead, ahead + 13):
            found = self.months.day(*self.months.ahead(self.today, count), day)
            if found is not None and (found >= self.today or ahead):
                return self._on(place, items, found, 4)
        return None

    # weeks, months, years

    def _period(self, place: _Place, items: _Items) -> Time | None:
        return self._end(place, items)

    def _end(self, place: _Place, items: _Items) -> Time | None:
        if _has(items, "ENDDAY"):
            return self._on(place, items, self.today, 0)
        return self._on(place, items, self._end_of(items), 1)

    def _end_of(self, items: _Items) -> date:
        ahead = int(_value(items, "WEEK")) or int(_value(items, "MONTHS")) or int(_has(items, "NEXT"))
        unit = _minutes(items)
        if _has(items, "WEEKEND"):
            return self.calendar.start_of_week(self.today) + timedelta(days=6)
        if _has(items, "MONTH") or _has(items, "JMONTH"):
            return self._end_of_named_month(items)
        if _has(items, "MONTHS") or unit == _MONTH:
            return self.months.end_of_month(self.today, ahead)
        if unit == _YEAR:
            return self.months.end_of_year(self.today, ahead)
        if unit and unit <= _DAY:
            return self.today
        end = self.calendar.last_working_day_of_week(self.today + timedelta(days=7 * ahead))
        return end if end >= self.today else self.calendar.last_working_day_of_week(self.today + timedelta(days=7))

    def _end_of_named_month(self, items: _Items) -> date:
        months = JALALI if _has(items, "JMONTH") else GREGORIAN
        wanted = int(_value(items, "JMONTH") or _value(items, "MONTH"))
        year, now, _ = months.split(self.today)
        first = months.day(year + (wanted < now), wanted, 1)
        return months.end_of_month(first or self.today)

    def _start(self, place: _Place, items: _Items) -> Time | None:
        """'early next week', 'at the beginning of next month': the first day worked in it."""
        if _has(items, "MONTHS"):
            year, month = self.months.ahead(self.today, max(1, int(_value(items, "MONTHS"))))
            begins = self.months.day(year, month, 1) or self.today
        else:
            ahead = max(1, int(_value(items, "WEEK")))
            begins = self.calendar.start_of_week(self.today) + timedelta(days=7 * ahead)
        return self._on(place, items, self.calendar.on_or_after(begins), 1)

    # lengths of time

    def _bare(self, place: _Place, items: _Items) -> Time | None:
        return self._length(place, items, "bare")

    def _span(self, place: _Place, items: _Items) -> Time | None:
        return self._length(place, items, "ahead")

    def _length(self, place: _Place, items: _Items, sense: Sense) -> Time | None:
        amount, minutes = _amount(items), _minutes(items)
        if not minutes or not 0 < amount <= 400:
            return None
        working = _has(items, "WORK")
        if minutes < _DAY:
            later = self._later(timedelta(minutes=minutes * amount), working=working)
            return Time(*place, sense, moment=later)
        start = self._coming(items) if _has(items, "WEEKDAY") else self._named(items)
        return Time(*place, sense, day=self._days_later(start, amount, minutes, working=working), rank=2)

    def _later(self, length: timedelta, *, working: bool) -> datetime:
        zoned = self.here if self.here.tzinfo else self.here.replace(tzinfo=self.calendar.zone)
        if working:
            due = self.calendar.add_working_time(zoned, length)
        else:
            due = (zoned.astimezone(UTC) + length).astimezone(self.calendar.zone)
        return due if self.here.tzinfo else due.replace(tzinfo=None)

    def _days_later(self, start: date, amount: float, minutes: float, *, working: bool) -> date:
        if minutes in {_MONTH, _YEAR}:
            months = int(amount * (12 if minutes == _YEAR else 1))
            return self.months.later(start, months) + timedelta(days=round((amount % 1) * 30))
        days = round(amount * minutes / _DAY)
        return self.calendar.add_working_days(start, days) if working else start + timedelta(days=days)


def _has(items: _Items, *names: str) -> bool:
    return any(item.name in names for item in items)


def _value(items: _Items, name: str) -> float:
    return next((item.value for item in items if item.name == name), 0.0)


def _first(items: _Items, fits: Callable[[Item], bool]) -> int:
    """The place of the first item that fits, or the length of the row."""
    return next((index for index, item in enumerate(items) if fits(item)), len(items))


def _minutes(items: _Items) -> float:
    """How long the unit is that is counted in."""
    return next((item.value for item in items if item.name in _UNITS), 0.0) or (_WEEK if _has(items, "WEEK") else 0.0)


def _amount(items: _Items) -> float:
    """How many: the later end of a range; 'a half' alone is a half, after a number a half more."""
    numbers = [item.value for item in items if item.name in _NUMBERS]
    if _has(items, "QUARTER") and (not numbers or _has(items, "ART")):
        return 0.25
    half, unit = _first(items, lambda item: item.name in _HALVES), _first(items, lambda item: item.name in _UNITS)
    if half == len(items):
        return max(numbers, default=1.0)
    before = [item for item in items[:half] if item.name in _NUMBERS]
    if not before:  # 'цаг хагас' is an hour and a half, 'хагас цаг' half an hour
        return 1.5 if half > unit else 0.5
    if all(item.name == "ART" for item in before) and half < unit and not _has(items, "AND"):
        return 0.5
    return max(item.value for item in before) + 0.5


def _shift(items: _Items) -> float | None:
    """What the part of the day adds to a small hour."""
    told = next((item.value for item in reversed(items) if item.name in {"PART", "AMPM"}), None)
    return 12.0 if told is None and _has(items, "NOON") else told


def _hour(items: _Items) -> tuple[int, int] | None:
    """The hour told: the later end of a range."""
    last = len(items) - 1 - _first(items[::-1], lambda item: item.name in _HOURS)
    if last < 0:
        return (12, 0) if _has(items, "NOON") else None
    item = items[last]
    hour, minute = (item.parts[0], item.parts[1]) if item.name in {"CLOCK", "DOT"} else (int(item.value), 0)
    before = [each for each in items[:last] if each.name in _HOURS]
    joined = items[last - 1].name == "AND" and not _has(items, "BY") and item.value >= 5 if last else False
    if before and (_has(items, "MINUTE", "UNITTO") or joined):  # 'ساعت ۵ و ۳۰ دقیقه', '5 цаг 30 минут'
        hour, minute = int(before[-1].value), int(item.value)
    if _has(items, *_HALVES):
        minute = 30
    elif _has(items, "QUARTER"):  # 'a quarter to nine' is told from the hour to come
        to = _has(items, "RANGE")
        hour, minute = (hour - 1, 45) if to else (hour, 15)
    return (hour, minute) if 0 <= hour <= 24 and 0 <= minute < 60 else None
