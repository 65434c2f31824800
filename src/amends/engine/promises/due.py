"""Find the times that a text speaks of, and count out when each falls; every word of it is in `grammar/`.

What is counted: 'by Tuesday' is the coming Tuesday and never today; a range ('3-5 working days') is its later end; noon
is 12:00; a part of a day without an hour is the day; the end of the week is the last day worked in it; a small hour
without morning or afternoon is one at which people work. A time gone by ('two days ago', 'last Friday') is `past`, a
time that is none ('soon', 'in a few days') is `vague`, one that hangs on something else ('the same day') is `open`.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from persiantools.jdatetime import JalaliDate

from amends.engine.promises.calendar import WorkingCalendar
from amends.engine.promises.grammar import Grammar, Item, grammar_of, read
from amends.engine.promises.tokens import Token, tokens_of

Sense = Literal["ahead", "bare", "past", "vague", "open", "other"]

_DAY = timedelta(days=1)
_MINUTES_OF_DAY = 1440
_UNITS = frozenset({"UNIT", "UNITTO", "HOUR", "HOURTO", "HOURAT", "MINUTE", "SAR", "GUNICI"})
_NUMBERS = frozenset({"NUM", "NUMC", "NUMAT", "ART", "ONE"})
_HOURS = frozenset({"NUM", "NUMC", "NUMAT", "ONE", "CLOCK", "DOT"})
_HALVES = frozenset({"HALF", "HALFMORE"})
_WEEK = 10080.0
_MINUTES_OF_MONTH = 43200
_MINUTES_OF_YEAR = 525600
_LONG_AGO = timedelta(days=150)


@dataclass(frozen=True, slots=True)
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
    exact: bool = False  # '05:30' is early in the morning, '5' need not be


def find_times(text: str, *, language: str, now: datetime, calendar: WorkingCalendar) -> tuple[Time, ...]:
    """Find the expressions of time in a text, in the order in which they stand."""
    grammar = grammar_of(language)
    if grammar is None:
        return ()
    return times_in(tokens_of(text, language=grammar.language), grammar=grammar, now=now, calendar=calendar)


def times_in(
    tokens: Sequence[Token], *, grammar: Grammar, now: datetime, calendar: WorkingCalendar
) -> tuple[Time, ...]:
    """Find the expressions of time among tokens."""
    reckoning = _Reckoning(grammar, now, calendar)
    found = []
    for kind, items in grammar.time.kinds(read(tokens, grammar.time, grammar)):
        first, last = items[0].first, items[-1].last
        time_ = reckoning.time(kind, items, tokens[first].start, tokens[last - 1].end)
        if time_ is not None:
            found.append(time_)
    return tuple(found)


def due_of(times: Sequence[Time], *, now: datetime, calendar: WorkingCalendar) -> date | datetime | None:
    """Put the times of one clause together: the day of the one, the hour of the other, the later of two."""
    here = _local(now, calendar)
    ahead = [each for each in times if each.sense == "ahead"]
    days = [each for each in ahead if each.day is not None]
    clocks = [each for each in ahead if each.clock is not None]
    moments = [each.moment for each in ahead if each.moment is not None]
    if moments and not clocks:
        latest = max(moments)
        if not any(each.day and each.day > latest.date() for each in days):
            return latest
    top = max((each.rank for each in days), default=0)
    day = max((each.day for each in days if each.day and each.rank == top), default=None)
    if clocks:
        return _at_clock(day, clocks[-1], ahead, here)
    if day is None and any(each.kind == "part" for each in ahead):
        return here.date()
    return day


def _at_clock(day: date | None, told: Time, ahead: Sequence[Time], here: datetime) -> date | datetime:
    hour, minute = told.clock or (0, 0)
    shift = told.shift
    if shift is None:
        shift = next((each.shift for each in ahead if each.shift is not None), None)
    if hour == 24:
        return day or here.date()
    on = day or here.date()
    if shift is None:
        # Nobody promises to call at three at night.
        early = 1 <= hour <= 6 or (hour in {7, 8} and on == here.date() and here.hour >= hour)
        hour += 12 if early and told.kind == "clock" and not told.exact else 0
    elif shift == 12 and hour < 12:
        hour += 12
    elif shift == 0 and hour == 12:
        hour = 0
    due = datetime.combine(on, time(hour, minute), here.tzinfo)
    if day is None and due <= here:
        due = datetime.combine(on + _DAY, time(hour, minute), here.tzinfo)
    return due


def _local(now: datetime, calendar: WorkingCalendar) -> datetime:
    """The moment as the calendar's clocks show it; one without a zone is taken to be theirs."""
    return now.astimezone(calendar.zone) if now.tzinfo else now


@dataclass(frozen=True, slots=True)
class _Reckoning:
    """Counts from one moment, in one calendar, in one language."""

    grammar: Grammar
    now: datetime
    calendar: WorkingCalendar

    @property
    def here(self) -> datetime:
        return _local(self.now, self.calendar)

    @property
    def today(self) -> date:
        return self.here.date()

    def time(self, kind: str, items: tuple[Item, ...], start: int, end: int) -> Time | None:
        place = (start, end, items[0].first, items[-1].last, kind)
        if kind == "past":
            return Time(*place, "past")
        if kind in {"vague", "few"}:
            return Time(*place, "vague")
        if kind == "open":
            return Time(*place, "open")
        if kind == "every":
            return Time(*place, "other")
        if kind == "part":
            return Time(*place, "ahead", shift=items[-1].value)
        if kind == "clock":
            clock, shift = _clock(items)
            exact = any(item.name == "CLOCK" and item.value for item in items)
            return Time(*place, "ahead", clock=clock, shift=shift, exact=exact) if clock else None
        if kind == "samehour":
            return Time(*place, "ahead", clock=(self.here.hour, self.here.minute), exact=True)
        if kind in {"span", "bare"}:
            return self._span(place, items)
        if kind == "dayclock":
            clock, shift = _clock(items)
            named = self._weekday(items) if _has(items, "WEEKDAY") else self._named_day(items)
            return Time(*place, "ahead", day=named, rank=3, clock=clock, shift=shift)
        day, rank = self._day(kind, items)
        if day is None:
            return None
        if day < self.today:
            return Time(*place, "past")
        return Time(*place, "ahead", day=day, rank=rank, shift=12.0 if _has(items, "DAYPM") else None)

    def _day(self, kind: str, items: tuple[Item, ...]) -> tuple[date | None, int]:
        if kind == "date":
            return self._date(items), 4
        if kind == "monthday":
            return self._month_day(items), 4
        if kind == "weekday":
            return self._weekday(items), 3
        if kind == "day":
            return self._named_day(items), 2
        if kind == "workday":
            return self.calendar.add_working_days(self.today, int(_value(items, "WORKDAY"))), 2
        if kind == "end":
            day = self._end(items)
            return day, 0 if _has(items, "ENDDAY") else 1
        if kind == "start":
            return self._start(items), 1
        if kind == "period":
            return self._end(items), 1
        return None, 0

    def _named_day(self, items: tuple[Item, ...]) -> date:
        return self.today + timedelta(days=int(_value(items, "DAY") or _value(items, "DAYPM")))

    # dates

    def _date(self, items: tuple[Item, ...]) -> date | None:
        whole = next((item for item in items if item.name in {"DATE", "DOT"}), None)
        if whole is not None:
            return self._numeric(whole.parts)
        numbers = [int(item.value) for item in items if item.name in {"NUM", "NUMC", "NUMAT", "ORD", "ORDW"}]
        year = next((int(item.value) for item in items if item.name == "YEAR"), None)
        jalali = next((int(item.value) for item in items if item.name == "JMONTH"), None)
        month = next((int(item.value) for item in items if item.name == "MONTH"), None)
        if jalali is not None:
            return self._jalali(jalali, numbers[-1], year) if numbers else None
        if month is None and len(numbers) == 2:  # '11 сарын 25'
            month = numbers[0]
        return self._gregorian(month, numbers[-1], year) if month and numbers else None

    def _numeric(self, parts: tuple[int, ...]) -> date | None:
        if len(parts) == 3 and parts[0] > 31:
            year, month, day = parts
        elif len(parts) == 3:
            day, month, year = parts
            year += 2000 if year < 100 else 0
        else:
            day, month = parts
            if not self.grammar.day_first:
                day, month = month, day
            if month > 12:
                day, month = month, day
            return self._jalali(month, day, None) if self.grammar.jalali else self._gregorian(month, day, None)
        if month > 12:
            day, month = month, day
        return self._jalali(month, day, year) if year < 1700 else self._gregorian(month, day, year)

    def _gregorian(self, month: int, day: int, year: int | None) -> date | None:
        if year is not None:
            return _date(year, month, day)
        this = _date(self.today.year, month, day) or _date(self.today.year + 1, month, day)
        if this is not None and self.today - this > _LONG_AGO:
            return _date(self.today.year + 1, month, day)
        return this

    def _jalali(self, month: int, day: int, year: int | None) -> date | None:
        today = JalaliDate.to_jalali(self.today)
        if year is not None:
            return _from_jalali(year, month, day)
        this = _from_jalali(today.year, month, day) or _from_jalali(today.year + 1, month, day)
        if this is not None and self.today - this > _LONG_AGO:
            return _from_jalali(today.year + 1, month, day)
        return this

    def _month_day(self, items: tuple[Item, ...]) -> date | None:
        """'the 25th', 'ayın 25'i': of this month, or of the next when it is over."""
        day = next((int(item.value) for item in reversed(items) if item.name in {"NUM", "NUMC", "NUMAT", "ORD"}), 0)
        ahead = int(_value(items, "MONTHS"))
        if not 1 <= day <= 31:
            return None
        for months in range(ahead, ahead + 13):
            found = self._day_of_month(months, day)
            if found is not None and (found >= self.today or ahead):
                return found
        return None

    def _day_of_month(self, months: int, day: int) -> date | None:
        if self.grammar.jalali:
            jalali = JalaliDate.to_jalali(self.today)
            count = jalali.month - 1 + months
            return _from_jalali(jalali.year + count // 12, count % 12 + 1, day)
        count = self.today.month - 1 + months
        return _date(self.today.year + count // 12, count % 12 + 1, day)

    # weekdays and periods

    def _weekday(self, items: tuple[Item, ...]) -> date:
        wanted = int(_value(items, "WEEKDAY"))
        if _has(items, "WEEK"):
            weeks = int(_value(items, "WEEK"))
            start = self.calendar.start_of_week(self.today) + timedelta(days=7 * weeks)
            return start + timedelta(days=(wanted - start.weekday()) % 7)
        ahead = (wanted - self.today.weekday()) % 7
        return self.today + timedelta(days=ahead or (0 if _has(items, "THIS") else 7))

    def _end(self, items: tuple[Item, ...]) -> date:
        if _has(items, "ENDDAY"):
            return self.today + timedelta(days=int(_value(items, "ENDDAY")))
        if _has(items, "WEEKEND"):
            return self._weekend() + timedelta(days=7 * int(_value(items, "WEEKEND")))
        ahead = int(_value(items, "WEEK")) or int(_value(items, "MONTHS")) or int(_has(items, "NEXT"))
        unit = _minutes(items)
        if _has(items, "MONTH") or _has(items, "JMONTH"):
            return self._end_of_named_month(items)
        if _has(items, "MONTHS") or unit == _MINUTES_OF_MONTH:
            return self._end_of_month(ahead)
        if unit == _MINUTES_OF_YEAR:
            return self._end_of_year(ahead)
        if unit and unit <= _MINUTES_OF_DAY:
            return self.today
        end = self.calendar.last_working_day_of_week(self.today + timedelta(days=7 * ahead))
        return end if end >= self.today else self.calendar.last_working_day_of_week(self.today + timedelta(days=7))

    def _start(self, items: tuple[Item, ...]) -> date:
        if _has(items, "MONTHS"):
            first = self._day_of_month(max(1, int(_value(items, "MONTHS"))), 1)
            return self.calendar.on_or_after(first or self.today)
        ahead = max(1, int(_value(items, "WEEK")))
        return self.calendar.on_or_after(self.calendar.start_of_week(self.today) + timedelta(days=7 * ahead))

    def _weekend(self) -> date:
        """The last day before the next working week begins."""
        return self.calendar.start_of_week(self.today) + timedelta(days=6)

    def _end_of_month(self, ahead: int) -> date:
        if self.grammar.jalali:
            jalali = JalaliDate.to_jalali(self.today)
            count = jalali.month - 1 + ahead
            year, month = jalali.year + count // 12, count % 12 + 1
            return _from_jalali(year, month, JalaliDate.days_in_month(month, year)) or self.today
        count = self.today.month - 1 + ahead
        year, month = self.today.year + count // 12, count % 12 + 1
        return date(year, month, monthrange(year, month)[1])

    def _end_of_named_month(self, items: tuple[Item, ...]) -> date:
        if _has(items, "JMONTH"):
            jalali, month = JalaliDate.to_jalali(self.today), int(_value(items, "JMONTH"))
            year = jalali.year + (month < jalali.month)
            return _from_jalali(year, month, JalaliDate.days_in_month(month, year)) or self.today
        month = int(_value(items, "MONTH"))
        year = self.today.year + (month < self.today.month)
        return date(year, month, monthrange(year, month)[1])

    def _end_of_year(self, ahead: int) -> date:
        if self.grammar.jalali:
            year = JalaliDate.to_jalali(self.today).year + ahead
            return _from_jalali(year, 12, JalaliDate.days_in_month(12, year)) or self.today
        return date(self.today.year + ahead, 12, 31)

    # lengths of time

    def _span(self, place: tuple[int, int, int, int, str], items: tuple[Item, ...]) -> Time | None:
        amount, minutes = _amount(items), _minutes(items)
        if not minutes or amount <= 0 or amount > 400:
            return None
        working = _has(items, "WORK")
        sense: Sense = "bare" if place[-1] == "bare" else "ahead"
        if minutes < _MINUTES_OF_DAY:
            length = timedelta(minutes=minutes * amount)
            return Time(*place, sense, moment=self._later(length, working=working))
        start = self.today + timedelta(days=int(_value(items, "DAY"))) if _has(items, "DAY") else self.today
        return Time(*place, sense, day=self._days_later(start, amount, minutes, working=working), rank=2)

    def _later(self, length: timedelta, *, working: bool) -> datetime:
        here = self.here
        if working:
            aware = here if here.tzinfo else here.replace(tzinfo=self.calendar.zone)
            due = self.calendar.add_working_time(aware, length)
            return due if here.tzinfo else due.replace(tzinfo=None)
        if here.tzinfo is None:
            return here + length
        return (here.astimezone(UTC) + length).astimezone(self.calendar.zone)

    def _days_later(self, start: date, amount: float, minutes: float, *, working: bool) -> date:
        if minutes in {_MINUTES_OF_MONTH, _MINUTES_OF_YEAR}:
            months = int(amount * (12 if minutes == _MINUTES_OF_YEAR else 1))
            return self._months_later(start, months) + timedelta(days=round((amount % 1) * 30))
        days = amount * minutes / _MINUTES_OF_DAY
        if working:
            return self.calendar.add_working_days(start, round(days))
        return start + timedelta(days=round(days))

    def _months_later(self, start: date, months: int) -> date:
        """The same day of a later month, or its last when it is shorter."""
        if self.grammar.jalali:
            jalali = JalaliDate.to_jalali(start)
            count = jalali.month - 1 + months
            year, month = jalali.year + count // 12, count % 12 + 1
            return _from_jalali(year, month, min(jalali.day, JalaliDate.days_in_month(month, year))) or start
        count = start.month - 1 + months
        year, month = start.year + count // 12, count % 12 + 1
        return date(year, month, min(start.day, monthrange(year, month)[1]))


def _has(items: Sequence[Item], name: str) -> bool:
    return any(item.name == name for item in items)


def _value(items: Sequence[Item], name: str) -> float:
    return next((item.value for item in items if item.name == name), 0.0)


def _minutes(items: Sequence[Item]) -> float:
    """How long the unit is that is counted in."""
    return next((item.value for item in items if item.name in _UNITS), 0.0) or (_WEEK if _has(items, "WEEK") else 0.0)


def _amount(items: Sequence[Item]) -> float:
    """How many: the later end of a range; 'a half' alone is a half, after a number a half more."""
    numbers = [item.value for item in items if item.name in _NUMBERS]
    if not numbers and _has(items, "QUARTER") or _has(items, "QUARTER") and _has(items, "ART"):
        return 0.25
    half = next((index for index, item in enumerate(items) if item.name in _HALVES), None)
    if half is None:
        return max(numbers, default=1.0)
    before = [item.value for item in items[:half] if item.name in _NUMBERS]
    unit = next((index for index, item in enumerate(items) if item.name in {"UNIT", "HOUR"}), len(items))
    article_only = before and all(item.name == "ART" for item in items[:half] if item.name in _NUMBERS)
    if not before and half > unit:  # 'цаг хагас', 'an hour and a half'
        return 1.5
    if not before or (article_only and half < unit and not _has(items, "AND")):
        return 0.5
    return max(before) + 0.5


def _clock(items: Sequence[Item]) -> tuple[tuple[int, int] | None, float | None]:
    """The hour told: the later end of a range; what the part of the day adds to it."""
    shift = next((item.value for item in reversed(items) if item.name in {"PART", "AMPM"}), None)
    if _has(items, "NOON") and not any(item.name in _HOURS for item in items):
        return (12, 0), 12.0
    if _has(items, "NOON"):
        shift = 12.0 if shift is None else shift
    last = next((i for i in range(len(items) - 1, -1, -1) if items[i].name in _HOURS), None)
    if last is None:
        return None, None
    item = items[last]
    minute = 0
    if item.name in {"CLOCK", "DOT"}:
        hour, minute = item.parts[0], item.parts[1]
    else:
        hour = int(item.value)
        before = [each for each in items[:last] if each.name in _HOURS]
        joined = last >= 1 and items[last - 1].name == "AND" and not _has(items, "BY") and item.value >= 5
        if before and (_has(items, "MINUTE") or joined):  # 'ساعت ۵ و ۳۰ دقیقه', '5 цаг 30 минут'
            hour, minute = int(before[-1].value), int(item.value)
    names = [each.name for each in items]
    if not _HALVES.isdisjoint(names):
        minute = 30
    elif "QUARTER" in names and "AND" in names:
        minute = 15
    elif "QUARTER" in names:
        hour, minute = (hour, 15) if "PASTTO" in names else (hour - 1, 45)
    if not 0 <= hour <= 24 or not 0 <= minute < 60:
        return None, None
    return (hour, minute), shift


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _from_jalali(year: int, month: int, day: int) -> date | None:
    try:
        return date.fromordinal(JalaliDate(year, month, day).to_gregorian().toordinal())
    except ValueError:
        return None
