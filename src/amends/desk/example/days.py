"""How a day is said in running text: today, tomorrow, a weekday, a date, in four languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from persiantools.jdatetime import JalaliDate

NEAR: Final = timedelta(days=6)  # a weekday farther away is said as a date
_PERSIAN: Final = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_TR_MONTHS: Final = "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık".split()  # noqa: SIM905
_EN_MONTHS: Final = "January February March April May June July August September October November December".split()  # noqa: SIM905
_FA_MONTHS: Final = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند".split()  # noqa: SIM905


class BadFormError(ValueError):
    """A form of a day that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a language says days."""

    weekdays: tuple[str, ...]  # Monday first
    near: Mapping[int, str]  # by days from today: -1, 0, 1
    on: str  # "on {day}"
    dated: Callable[[date], str]
    on_date: str
    clock: Callable[[datetime], str]


def _jalali(day: date) -> str:
    there = JalaliDate.to_jalali(day.year, day.month, day.day)  # type: ignore[no-untyped-call]
    return f"{there.day} {_FA_MONTHS[there.month - 1]}".translate(_PERSIAN)


MANNERS: Final[Mapping[str, Manner]] = {
    "tr": Manner(
        weekdays=("pazartesi", "salı", "çarşamba", "perşembe", "cuma", "cumartesi", "pazar"),
        near={-1: "dün", 0: "bugün", 1: "yarın"},
        on="{} günü",
        dated=lambda day: f"{day.day} {_TR_MONTHS[day.month - 1]}",
        on_date="{} günü",
        clock=lambda moment: f"{moment:%H.%M}",
    ),
    "fa": Manner(
        weekdays=("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه"),
        near={-1: "دیروز", 0: "امروز", 1: "فردا"},
        on="{}",
        dated=_jalali,
        on_date="{}",
        clock=lambda moment: f"{moment:%H:%M}".translate(_PERSIAN),
    ),
    "mn": Manner(
        weekdays=("даваа", "мягмар", "лхагва", "пүрэв", "баасан", "бямба", "ням"),
        near={-1: "өчигдөр", 0: "өнөөдөр", 1: "маргааш"},
        on="{} гарагт",
        dated=lambda day: f"{day.month}-р сарын {day.day}",
        on_date="{}-нд",
        clock=lambda moment: f"{moment:%H:%M}",
    ),
    "en": Manner(
        weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        near={-1: "yesterday", 0: "today", 1: "tomorrow"},
        on="on {}",
        dated=lambda day: f"{day.day} {_EN_MONTHS[day.month - 1]}",
        on_date="on {}",
        clock=lambda moment: f"{moment:%H:%M}",
    ),
}


def say_day(*, day: date, today: date, language: str, form: str) -> str:
    """Say a day as somebody says it who writes on `today`: 'on' Tuesday, 'On' at the head of a sentence, its 'name'."""
    manner = MANNERS[language]
    away = (day - today).days
    if form not in {"on", "On", "name"}:
        raise BadFormError(f"{form!r} is no form of a day; write on, On, name or time")
    if away in manner.near:
        said = manner.near[away]
    elif abs(day - today) <= NEAR:
        weekday = manner.weekdays[day.weekday()]
        said = weekday if form == "name" else manner.on.format(weekday)
    else:
        dated = manner.dated(day)
        said = dated if form == "name" else manner.on_date.format(dated)
    return said[:1].upper() + said[1:] if form == "On" else said


def say_hour(*, moment: datetime, language: str) -> str:
    """Say an hour in figures."""
    return MANNERS[language].clock(moment)
