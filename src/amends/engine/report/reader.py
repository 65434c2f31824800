"""The reader of a report: their language, digits, calendar and direction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_percent
from persiantools.jdatetime import JalaliDate

from amends.engine import languages
from amends.engine.languages import figures
from amends.engine.languages.wording import N_, say
from amends.engine.measures import PerHundred, Share

UNITS: Final = {
    "minute": (N_("{n} minute"), N_("{n} minutes")),
    "hour": (N_("{n} hour"), N_("{n} hours")),
    "day": (N_("{n} day"), N_("{n} days")),
}
_PERSIAN: Final = str.maketrans("0123456789%,.", "۰۱۲۳۴۵۶۷۸۹٪٬٫")


@dataclass(frozen=True)
class Reader:
    """Says sentences, numbers and days as one reader expects them."""

    language: str

    @cached_property
    def locale(self) -> Locale:
        """The locale of the language, English where it has none."""
        return Locale.parse(figures.LOCALES.get(self.language, "en_GB"))

    @property
    def direction(self) -> str:
        """Which way the page runs."""
        return languages.get(self.language).direction

    @property
    def rtl(self) -> bool:
        """Whether it runs from right to left."""
        return self.direction == "rtl"

    def say(self, message: str, **values: str) -> str:
        """Return a marked sentence with its values, in the reader's language."""
        return say(message, self.language).format(**values)

    def number(self, value: float, *, digits: int = 0) -> str:
        """Return a number in the reader's digits."""
        form = "#,##0" + ("." + "0" * digits if digits else "")
        return figures.number(value, language=self.language, form=form)

    def percent(self, fraction: float) -> str:
        """Return a fraction of one as a per cent; with one digit after the point where it is under one."""
        form = "#,##0.0%" if 0 < fraction < 0.01 else "#,##0%"
        pattern = self.locale.percent_formats[None].pattern.replace("#,##0%", form).replace("%#,##0", f"%{form[:-1]}")
        return self._digits(str(format_percent(fraction, format=pattern, locale=self.locale)))

    def share(self, part: Share) -> str:
        """Return a share as a per cent, or as 'k of n' where the whole is too small for one."""
        return self.fraction(part) if part.too_few or part.value is None else self.percent(part.value)

    def fraction(self, part: Share | PerHundred) -> str:
        """Return 'k of n'."""
        return self.say(N_("{k} of {n}"), **self.counts(part))

    def counts(self, part: Share | PerHundred) -> dict[str, str]:
        """Return k and n apart, for a sentence that says them in its own order."""
        return {"k": self.number(part.k), "n": self.number(part.n)}

    def rate(self, rate: PerHundred) -> str:
        """Return happenings per hundred; with one digit after the point where it is small. Of a few, the few alone."""
        if rate.value is None or rate.too_few:
            return self.fraction(rate)
        return self.number(rate.value, digits=0 if rate.value >= 10 else 1)

    def interval(self, part: Share | PerHundred) -> str:
        """Return the range that chance leaves, as per cents or per hundred."""
        if not part.n:
            return "–"
        if isinstance(part, Share):
            return f"{self.percent(part.low)} – {self.percent(part.high)}"
        digits = 0 if part.high >= 20 else 1
        return f"{self.number(part.low, digits=digits)} – {self.number(part.high, digits=digits)}"

    def day(self, iso: str) -> str:
        """Return a day in words; in the Jalali calendar for a Persian reader."""
        day = date.fromisoformat(iso)
        if self.language == "fa":
            jalali: Any = JalaliDate
            return str(jalali(day).strftime("%d %B %Y", locale="fa")).lstrip("۰")
        return str(format_date(day, format="long", locale=self.locale))

    def period(self, first: str, last: str) -> str:
        """Return the days from first to last, or the one day."""
        if first == last:
            return self.day(first)
        return self.say(N_("{first} to {last}"), first=self.day(first), last=self.day(last))

    def minutes(self, minutes: float) -> str:
        """Return a length of time in the unit that suits it."""
        for unit, size in (("day", 1440), ("hour", 60)):
            if minutes >= 2 * size or minutes == size:
                return self._unit(round(minutes / size), unit)
        return self._unit(round(minutes), "minute")

    def money(self, amount: Decimal, currency: str) -> str:
        """Return an amount without its small coins, with its currency."""
        told = figures.money(amount.quantize(Decimal(1)), currency=currency, language=self.language)
        # From right to left a currency in Latin letters would run off to the figure of its neighbour.
        return f"\u2067{told}\u2069" if self.direction == "rtl" else told

    def _unit(self, value: int, unit: str) -> str:
        return self.say(UNITS[unit][value != 1], n=self.number(value))

    def _digits(self, written: str) -> str:
        # the locale's marks are right already, its digits are Latin
        return written.translate(_PERSIAN) if self.language == "fa" else written
