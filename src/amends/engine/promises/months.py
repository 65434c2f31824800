"""Months of the Gregorian and of the Jalali calendar, in which dates are told and months counted."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Any

from persiantools import jdatetime

_Jalali: Any = jdatetime.JalaliDate  # it carries no types


@dataclass(frozen=True, slots=True)
class Months:
    """One calendar's months."""

    jalali: bool

    def split(self, day: date) -> tuple[int, int, int]:
        """Tell year, month and day of the month."""
        if not self.jalali:
            return day.year, day.month, day.day
        told = _Jalali.to_jalali(day)
        return int(told.year), int(told.month), int(told.day)

    def day(self, year: int, month: int, day: int) -> date | None:
        """The day so called, or None when there is no such day."""
        try:
            if not self.jalali:
                return date(year, month, day)
            return date.fromordinal(int(_Jalali(year, month, day).to_gregorian().toordinal()))
        except ValueError:
            return None

    def length(self, year: int, month: int) -> int:
        """How many days a month has."""
        return int(_Jalali.days_in_month(month, year)) if self.jalali else monthrange(year, month)[1]

    def ahead(self, day: date, months: int) -> tuple[int, int]:
        """Year and month that come so many months after the month of a day."""
        year, month, _ = self.split(day)
        count = month - 1 + months
        return year + count // 12, count % 12 + 1

    def end_of_month(self, day: date, months: int = 0) -> date:
        """The last day of the month of a day, or of one so many months after it."""
        year, month = self.ahead(day, months)
        return self.day(year, month, self.length(year, month)) or day

    def end_of_year(self, day: date, years: int = 0) -> date:
        year = self.split(day)[0] + years
        return self.day(year, 12, self.length(year, 12)) or day

    def later(self, day: date, months: int) -> date:
        """The same day of a later month, or its last when it is shorter."""
        year, month = self.ahead(day, months)
        return self.day(year, month, min(self.split(day)[2], self.length(year, month))) or day


GREGORIAN = Months(jalali=False)
JALALI = Months(jalali=True)
