"""Moments told relative to the day on which they are looked at: "-3 10:20", "+1 17:00", "-2h".

A day counts when it is worked in full in the team's calendar: "-1" is the last such day before the day that nought
stands for, "+1" the first one after it. Nought is today, or, in a story with an anchor, a weekday some weeks ago.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from amends.engine.promises.calendar import WorkingCalendar

FULL_DAY = timedelta(hours=6)
FIRST_HOUR = 9  # nobody promises anything for earlier
_ON_A_DAY: Final = re.compile(r"([+-]?\d+) (\d\d:\d\d)")
_FROM_NOW: Final = re.compile(r"([+-]\d+)([hm])")
_DAY_ONLY: Final = re.compile(r"[+-]?\d+")
_ANCHOR: Final = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)-(\d)")
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY: Final = timedelta(days=1)


class BadMomentError(ValueError):
    """What is written is no moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """Reads moments as they fall for one team, seen from one moment."""

    now: datetime
    calendar: WorkingCalendar
    anchor: str = ""

    def at(self, told: str) -> datetime:
        """Say when something falls."""
        if found := _ON_A_DAY.fullmatch(told):
            return datetime.combine(self.day(found[1]), time.fromisoformat(found[2]), self.calendar.zone)
        if found := _FROM_NOW.fullmatch(told):
            count, unit = int(found[1]), timedelta(hours=1) if found[2] == "h" else timedelta(minutes=1)
            moment = self._here + count * unit
            return _half_past(moment) if count > 0 else moment
        raise BadMomentError(f"{told!r} is no moment; write '-3 10:20', '+1 17:00', '-2h' or '-25m'")

    def day(self, told: str) -> date:
        """Say on which day something falls; the hour may stand beside it."""
        if not _DAY_ONLY.fullmatch(told):
            return self.at(told).date()
        days = int(told)
        day, step = self._nought, _DAY if days > 0 else -_DAY
        while days:
            day += step
            days -= self._is_full(day) * (1 if days > 0 else -1)
        return day

    @property
    def _here(self) -> datetime:
        return self.now.astimezone(self.calendar.zone)

    @property
    def _nought(self) -> date:
        today = self._here.date()
        if not self.anchor:
            return today
        if not (found := _ANCHOR.fullmatch(self.anchor)):
            raise BadMomentError(f"{self.anchor!r} is no anchor; write 'tue-2'")
        back = (today.weekday() - _WEEKDAYS.index(found[1])) % 7 or 7
        return today - timedelta(days=back, weeks=int(found[2]) - 1)

    def _is_full(self, day: date) -> bool:
        if day in self.calendar.days_off:
            return False
        spans = next((spans for weekday, spans in self.calendar.week if weekday == day.weekday()), ())
        hours = sum((_length(span.opens, span.closes) for span in spans), timedelta())
        return hours >= FULL_DAY


def _length(opens: time, closes: time) -> timedelta:
    return datetime.combine(date.min, closes) - datetime.combine(date.min, opens)


def _half_past(moment: datetime) -> datetime:
    """Round up to half past, and to the morning in the small hours: a promise names an hour that can be said."""
    later = moment if moment.minute <= 30 else moment + timedelta(hours=1)
    return later.replace(hour=max(later.hour, FIRST_HOUR), minute=30, second=0, microsecond=0)
