"""The reader of a report: their language, digits, calendar and direction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent
from babel.units import format_unit
from persiantools.jdatetime import JalaliDate

from amends.engine import languages
from amends.engine.languages.wording import N_, say
from amends.engine.measures import PerHundred, Share

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True)
class Reader:
    """Says sentences, numbers and days as one reader expects them."""

    language: str

    @cached_property
    def locale(self) -> Locale:
        """The locale of the language, English where it has none."""
        return Locale.parse(self.language if languages.is_known(self.language) else "en")

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
        return str(format_decimal(value, format=form, locale=self.locale, numbering_system="default"))

    def percent(self, fraction: float) -> str:
        """Return a fraction of one as a per cent."""
        return str(format_percent(fraction, locale=self.locale, numbering_system="default"))

    def share(self, part: Share) -> str:
        """Return a share as a per cent, or as 'k of n' where the whole is too small for one."""
        return self.fraction(part) if part.too_few or part.value is None else self.percent(part.value)

    def fraction(self, part: Share | PerHundred) -> str:
        """Return 'k of n'."""
        return self.say(N_("{k} of {n}"), k=self.number(part.k), n=self.number(part.n))

    def rate(self, rate: PerHundred) -> str:
        """Return happenings per hundred; with one digit after the point where it is small."""
        if rate.value is None:
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
        length = timedelta(minutes=minutes)
        if length >= 2 * _DAY:
            return self._unit(round(length / _DAY), "duration-day")
        if length >= 2 * _HOUR:
            return self._unit(round(length / _HOUR), "duration-hour")
        return self._unit(round(minutes), "duration-minute")

    def money(self, amount: Decimal, currency: str) -> str:
        """Return an amount without its small coins."""
        whole = amount.quantize(Decimal(1))
        if not currency:
            return self.number(int(whole))
        pattern = self.locale.currency_formats["standard"].pattern.replace(".00", "")
        return str(
            format_currency(
                whole,
                currency,
                format=pattern,
                locale=self.locale,
                currency_digits=False,
                numbering_system="default",
            )
        )

    def _unit(self, value: float, unit: str) -> str:
        return str(format_unit(value, unit, length="long", locale=self.locale, numbering_system="default"))
