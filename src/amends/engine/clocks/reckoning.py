"""A time limit in working time that stands still while the other side has the next move.

The answer comes with its sum: stretches in order, each with what it counted and why. What they counted together is the
time used, so that nobody has to believe a due time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from amends.engine.promises.calendar import NoWorkingTimeError, WorkingCalendar

Why = Literal["counted", "their-turn", "weekend", "day-off", "outside-hours"]

_DAY = timedelta(days=1)
_NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Pause:
    """While this lasts the clock stands still; without an end it still does."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the way to the due time, and what it counted."""

    start: datetime
    end: datetime
    why: Why
    counted: timedelta = _NONE


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Where a clock stands.

    `due` is None while it stands still, for nobody knows when it will go on. `used` is what was counted up to the
    moment of looking.
    """

    start: datetime
    allowed: timedelta
    due: datetime | None
    used: timedelta
    stretches: tuple[Stretch, ...]

    @property
    def left(self) -> timedelta:
        return max(_NONE, self.allowed - self.used)

    @property
    def stands_still(self) -> bool:
        return self.due is None


def reckon(
    *,
    start: datetime,
    allowed: timedelta,
    calendar: WorkingCalendar,
    pauses: Iterable[Pause] = (),
    as_of: datetime,
    why: bool = True,
) -> Reckoning:
    """Count an allowance of working time from a moment on, leaving out the pauses.

    Without `why` only the stretches that counted are told, which is all that a due time needs.

    :raises ValueError: for an allowance of nothing or less
    :raises NoWorkingTimeError: if nobody ever works by this calendar
    """
    if allowed <= _NONE:
        raise ValueError("a limit is longer than nothing")
    if not any(spans for _, spans in calendar.week):
        raise NoWorkingTimeError("the calendar has no working hours")
    start, as_of = start.astimezone(calendar.zone), as_of.astimezone(calendar.zone)
    still = _joined(pauses, start, calendar)
    open_from = still[-1].start if still and still[-1].end is None else None
    counted, due = [], None
    left = allowed
    for begins, ends in _running(start, still, calendar):
        takes = min(left, _length(begins, ends))
        stops = _after(begins, takes)
        counted.append(Stretch(begins, stops, "counted", takes))
        left -= takes
        if not left:
            due = stops
            break
    end = due if due is not None else max(as_of, open_from or start)
    used = sum((_up_to(each, as_of) for each in counted), _NONE)
    if not why:
        return Reckoning(start, allowed, due, used, tuple(counted))
    stretches = (*counted, *_pauses_until(end, still), *_free_days(start.date(), end.date(), calendar))
    return Reckoning(start, allowed, due, used, _in_order(stretches, start, end, calendar))


def _running(start: datetime, still: Sequence[Pause], calendar: WorkingCalendar) -> Iterator[tuple[datetime, datetime]]:
    """The spans in which the clock runs; they end where a pause has no end."""
    day = start.date()
    while True:
        for opens, closes in _spans(calendar, day):
            begins = max(opens, start, key=_instant)
            for pause in still:
                if pause.end is not None and _instant(pause.end) <= _instant(begins):
                    continue
                if _instant(pause.start) >= _instant(closes):
                    break
                if _instant(pause.start) > _instant(begins):
                    yield begins, pause.start
                if pause.end is None:
                    return
                begins = pause.end
            if _instant(begins) < _instant(closes):
                yield begins, closes
        day += _DAY
        if still and still[-1].end is None and day > still[-1].start.date():
            return


@lru_cache(maxsize=8192)
def _spans(calendar: WorkingCalendar, day: date) -> tuple[tuple[datetime, datetime], ...]:
    return calendar.open_spans(day)


def _joined(pauses: Iterable[Pause], start: datetime, calendar: WorkingCalendar) -> list[Pause]:
    """The pauses after the start, in order; those that touch are one."""
    found: list[Pause] = []
    for pause in sorted(pauses, key=lambda each: _instant(each.start)):
        begins = max(pause.start.astimezone(calendar.zone), start, key=_instant)
        ends = pause.end.astimezone(calendar.zone) if pause.end is not None else None
        if ends is not None and _instant(ends) <= _instant(begins):
            continue
        before = found[-1] if found else None
        if before is None or (before.end is not None and _instant(before.end) < _instant(begins)):
            found.append(Pause(begins, ends))
        elif before.end is not None and (ends is None or _instant(ends) > _instant(before.end)):
            found[-1] = Pause(before.start, ends)
    return found


def _pauses_until(end: datetime, still: Iterable[Pause]) -> Iterator[Stretch]:
    for pause in still:
        if _instant(pause.start) < _instant(end) or pause.end is None:
            stops = min(pause.end, end, key=_instant) if pause.end is not None else max(end, pause.start, key=_instant)
            yield Stretch(pause.start, stops, "their-turn")


def _free_days(first: date, last: date, calendar: WorkingCalendar) -> Iterator[Stretch]:
    """The days in between on which nobody works, those of one kind side by side joined."""
    usual = set(calendar.weekdays)
    run: list[date] = []
    why: Why = "weekend"
    day = first
    while day <= last:
        kind: Why | None = None
        if not calendar.is_working_day(day):
            kind = "day-off" if day.weekday() in usual else "weekend"
        if run and kind != why:
            yield _whole(run, why, calendar)
            run = []
        if kind is not None:
            why = kind
            run.append(day)
        day += _DAY
    if run:
        yield _whole(run, why, calendar)


def _whole(run: Sequence[date], why: Why, calendar: WorkingCalendar) -> Stretch:
    begins = datetime.combine(run[0], datetime.min.time(), calendar.zone)
    return Stretch(begins, datetime.combine(run[-1] + _DAY, datetime.min.time(), calendar.zone), why)


def _in_order(
    stretches: Iterable[Stretch], start: datetime, end: datetime, calendar: WorkingCalendar
) -> tuple[Stretch, ...]:
    """Put everything in one line of time; what a pause covers is told once, and a start after hours says so."""
    found = sorted(stretches, key=lambda each: (_instant(each.start), each.why != "their-turn"))
    told: list[Stretch] = []
    for each in found:
        covered = any(
            pause.why == "their-turn"
            and _instant(pause.start) <= _instant(each.start)
            and _instant(each.end) <= _instant(pause.end)
            for pause in found
            if pause is not each and each.why != "counted"
        )
        if not covered:
            told.append(each)
    clipped = [
        Stretch(max(each.start, start, key=_instant), min(each.end, max(end, each.start, key=_instant), key=_instant),
                each.why, each.counted)
        for each in told
        if _instant(each.end) > _instant(start) and (_instant(each.start) < _instant(end) or each.why == "their-turn")
    ]  # fmt: skip
    if clipped and not calendar.is_open(start) and _instant(clipped[0].start) > _instant(start):
        clipped.insert(0, Stretch(start, clipped[0].start, "outside-hours"))
    return tuple(clipped)


def _up_to(stretch: Stretch, moment: datetime) -> timedelta:
    """What a counted stretch had counted at a moment."""
    return max(_NONE, min(stretch.counted, _length(stretch.start, moment)))


def _length(start: datetime, end: datetime) -> timedelta:
    """True elapsed time: two moments of one zone would be subtracted by their dials."""
    return _instant(end) - _instant(start)


def _after(start: datetime, length: timedelta) -> datetime:
    return (_instant(start) + length).astimezone(start.tzinfo)


def _instant(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def moment_of(reckoning: Reckoning, used: timedelta) -> datetime | None:
    """The moment at which so much was used; None when the clock stands still before, or was never to use so much."""
    left = used
    for stretch in reckoning.stretches:
        if stretch.why == "counted":
            if left <= stretch.counted:
                return _after(stretch.start, left)
            left -= stretch.counted
    return None


def working_time_before(moment: datetime, length: timedelta, *, calendar: WorkingCalendar) -> datetime:
    """The last moment at which so much working time is left until another; the moment less it, if a year has none."""
    moment = moment.astimezone(calendar.zone)
    left, day = length, moment.date()
    for _ in range(366):
        for opens, closes in reversed(_spans(calendar, day)):
            ends = min(closes, moment, key=_instant)
            if _instant(ends) > _instant(opens):
                if left <= _length(opens, ends):
                    return _after(ends, -left)
                left -= _length(opens, ends)
        day -= _DAY
    return _after(moment, -length)
