"""
Spans of time as a reader tells them: the last days, last week, last month, one's own days, and their weeks and months.

Whose calendar is Jalali has Jalali months, quarters and years, and weeks that begin on Saturday; all others Gregorian
ones and Monday. A day begins where the clock of the place given here stands at midnight.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Final, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from persiantools.jdatetime import JalaliDate

from amends.desk.web import wording

type By = Literal["week", "month"]

DAYS: Final[Mapping[str, int]] = {"30": 30, "90": 90, "365": 365}
USUAL: Final = "90"
WEEKLY_UP_TO: Final = timedelta(days=100)  # a longer span is told by month unless somebody asks for weeks
MOST_PARTS: Final = 54
JALALI: Final = frozenset({"fa"})
SATURDAY, MONDAY = 5, 0
A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One week or month of a span, cut off where the span begins and ends."""

    since: datetime
    until: datetime
    words: str
    label: str  # the same where there is little room
    is_whole: bool

    def has(self, at: datetime) -> bool:
        return self.since <= at < self.until


# ── Weeks, months, quarters, years ───────────────────────────────────────────


def week_of(day: date, *, language: str) -> date:
    """The first day of the week that a day is in."""
    first = SATURDAY if language in JALALI else MONDAY
    return day - timedelta(days=(day.weekday() - first) % 7)


def month_of(day: date, *, language: str, back: int = 0, of: int = 1) -> date:
    """The first day of the month that a day is in, or of one so many before; `of` 3 for quarters, 12 for years."""
    year, month = _year_and_month(day, language)
    place = year * 12 + month - 1
    place -= place % of + back * of
    return _first_day(place, language)


def _year_and_month(day: date, language: str) -> tuple[int, int]:
    if language not in JALALI:
        return day.year, day.month
    jalali = JalaliDate.to_jalali(day.year, day.month, day.day)
    return jalali.year, jalali.month


def _first_day(place: int, language: str) -> date:
    year, month = divmod(place, 12)
    if language not in JALALI:
        return date(year, month + 1, 1)
    first: date = JalaliDate(year, month + 1, 1).to_gregorian()
    return first


def _week(day: date, language: str, back: int) -> date:
    return week_of(day, language=language) - timedelta(days=7 * back)


# How a span that the calendar cuts out is found: the first day of the one so many before that in which a day is.
_FIRST: Final[Mapping[str, Callable[[date, str, int], date]]] = {
    "week": _week,
    "month": lambda day, language, back: month_of(day, language=language, back=back),
    "quarter": lambda day, language, back: month_of(day, language=language, back=back, of=3),
    "year": lambda day, language, back: month_of(day, language=language, back=back, of=12),
}
WHOLE: Final[Mapping[str, tuple[str, int]]] = {
    "last-week": ("week", 1),
    "this-month": ("month", 0),
    "last-month": ("month", 1),
    "last-quarter": ("quarter", 1),
    "last-year": ("year", 1),
}
NAMES: Final = {
    "last-week": gettext_lazy("last week"),
    "this-month": gettext_lazy("this month"),
    "last-month": gettext_lazy("last month"),
    "last-quarter": gettext_lazy("last quarter"),
    "last-year": gettext_lazy("last year"),
    "own": gettext_lazy("days that I choose"),
}
SPANS: Final = (*DAYS, *WHOLE)  # those that move along with time
OWN: Final = "own"  # from a day to a day, as somebody chose them
LONGEST: Final = timedelta(days=4 * 365 + 1)  # of one's own choice; its months fit side by side


# ── Spans ────────────────────────────────────────────────────────────────────


def span(name: str, *, now: datetime, language: str, zone: tzinfo) -> tuple[datetime, datetime]:
    """From when to when a span goes, told at this moment; one that goes on ends now."""
    if name in DAYS:
        return now - timedelta(days=DAYS[name]), now
    kind, back = WHOLE[name]
    today = now.astimezone(zone).date()
    since = midnight(_FIRST[kind](today, language, back), zone)
    return since, min(now, midnight(_FIRST[kind](today, language, back - 1), zone))


def own_days(first: date | None, last: date | None, *, today: date) -> tuple[date, date]:
    """From which day to which an own span goes, both counted: never past today, and no longer than can be told.

    Days told the wrong way round are turned; of one that is too long its last part is left.
    """
    last = min(last or today, today)
    first = first or last - timedelta(days=DAYS[USUAL] - 1)
    first, last = min(first, last), min(max(first, last), today)
    return max(first, last - LONGEST + A_DAY), last


def own(first: date, last: date, *, now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """From when to when the days go that somebody chose, the last one with them; a day that goes on ends now."""
    return midnight(first, zone), min(now, midnight(last + A_DAY, zone))


def midnight(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day."""
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def fits_in_weeks(since: datetime, until: datetime) -> bool:
    """Say whether all weeks of a span, cut off ones with them, have their column."""
    return until - since <= timedelta(weeks=MOST_PARTS - 1)


def usual_by(since: datetime, until: datetime) -> By:
    """By what a span is told unless somebody chose."""
    return "week" if until - since <= WEEKLY_UP_TO else "month"


def parts(*, since: datetime, until: datetime, by: By, language: str, zone: tzinfo) -> tuple[Part, ...]:
    """Cut a span into weeks or months; the first and the last may be cut off."""
    found: list[Part] = []
    first = _FIRST[by](since.astimezone(zone).date(), language, 0)
    while (begins := midnight(first, zone)) < until and len(found) < MOST_PARTS:
        following = _FIRST[by](first, language, -1)
        ends = midnight(following, zone)
        found.append(
            Part(
                since=max(begins, since),
                until=min(ends, until),
                words=_words(first, by=by, language=language),
                label=_label(first, by=by, language=language),
                is_whole=begins >= since and ends <= until,
            )
        )
        first = following
    return tuple(found)


# ── Words ────────────────────────────────────────────────────────────────────


def _words(first: date, *, by: By, language: str) -> str:
    """A month by its name, a week by the day on which it begins."""
    if by == "month":
        return wording.month(first, language=language)
    return wording.day(first, language=language, year=False)


def _label(first: date, *, by: By, language: str) -> str:
    """Mongolian months are told by number, and with their words they are longer than a column is wide."""
    return f"{first:%Y.%m}" if by == "month" and language == "mn" else _words(first, by=by, language=language)


def name_words(name: str, *, language: str) -> str:
    """Name a span where it is chosen: '90 days', 'last month'."""
    if name in NAMES:
        return str(NAMES[name])
    return _("{shown} days").format(shown=wording.digits(DAYS[name], language=language))


def told(since: datetime, until: datetime, *, language: str, zone: tzinfo) -> str:
    """Say from which day to which a span goes, both counted."""
    first = since.astimezone(zone).date()
    last = (until - timedelta(microseconds=1)).astimezone(zone).date()
    whole = wording.day(last, language=language, year=True)
    if first >= last:
        return whole
    return f"{wording.day(first, language=language, year=True)} – {whole}"


def by_words(by: By) -> str:
    return _("each column: a week") if by == "week" else _("each column: a month")
