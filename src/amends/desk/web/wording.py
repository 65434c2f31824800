"""Dates, times, numbers and names as a reader writes them; functions over a language code.

Persian readers have the Jalali calendar and Persian digits. Babel knows the rest but for two habits: Mongolian
screens write months by number ('11-р сарын 24'), and English here is not American.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_timedelta, get_timezone_location
from babel.numbers import format_percent
from babel.units import format_unit
from django.utils.translation import get_language, get_language_bidi, gettext_noop
from django.utils.translation import gettext as _
from persiantools.jdatetime import JalaliDate

from amends.engine.languages import figures

# Said by forms of Django, which has it in English and Turkish alone.
gettext_noop("- Select an option -")

LOCALES = figures.LOCALES
PERSIAN_MONTHS = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
)  # fmt: skip
MONGOLIAN_WEEKDAYS = ("даваа", "мягмар", "лхагва", "пүрэв", "баасан", "бямба", "ням")

_TO_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
# Marks that open an embedding, an override or an isolate, and those that close them. A name that carries one could
# turn round everything that follows it on the line.
_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Letters of the other direction, and the figures of telephone numbers, which change places beside Persian words.
_OTHERWISE_IN_LTR = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_OTHERWISE_IN_RTL = re.compile("[A-Za-z0-9\u00c0-\u024f\u0370-\u052f]")


RIGHT_TO_LEFT = frozenset({"fa", "ar", "he", "ur"})
LONGEST_GREETING = 60  # characters that may stand before what a title repeats
_CLEAR = 0.7  # the share of letters that settles a text of no known language
_ITS_OWN = 0.3  # so many letters of its language's direction make a text run as the language does


def direction(language: str) -> str:
    """Rtl or ltr for a language."""
    return "rtl" if language.split("-", maxsplit=1)[0] in RIGHT_TO_LEFT else "ltr"


def direction_of(text: str, *, language: str = "") -> str:
    """Which way a text runs: as its language, where its letters do not gainsay it, else as most of its letters do.

    Not by its first letter: an English sentence may begin with a Persian name. Where nobody can tell it is 'auto'.
    """
    kinds = Counter(map(unicodedata.bidirectional, text))
    rtl, ltr = kinds["R"] + kinds["AL"], kinds["L"]
    if rtl + ltr == 0:
        return direction(language) if language else "auto"
    share = rtl / (rtl + ltr)
    if language:
        own = direction(language)
        if (share if own == "rtl" else 1 - share) >= _ITS_OWN:
            return own
    return "rtl" if share >= _CLEAR else "ltr" if share <= 1 - _CLEAR else "auto"


def language_name(language: str, *, reader: str) -> str:
    """A language as its reader calls it: 'Turkish', 'Farsça', 'турк'; its code where nobody has a name for it."""
    try:
        return Locale.parse(language.replace("-", "_")).get_language_name(LOCALES[reader]) or language
    except (ValueError, UnknownLocaleError):
        return language


def digits(value: object, *, language: str) -> str:
    text = str(value)
    return text.translate(_TO_PERSIAN) if language == "fa" else text


def digits_of_reader(value: object) -> str:
    """Digits for whoever reads the page that is being made."""
    return digits(value, language=(get_language() or "en")[:2])


def number(value: float | Decimal, *, language: str) -> str:
    return figures.number(value, language=language)


def percent(share: float, *, language: str) -> str:
    if language == "fa":
        return f"{digits(round(share * 100), language=language)}٪"
    return format_percent(share, locale=LOCALES[language])


def money(amount: Decimal | float, *, currency: str, language: str) -> str:
    """An amount with its currency, without hundredths when there are none: '₺18,400', '۱۸٬۴۰۰ لیر', '250 000 ₮'."""
    return figures.money(amount, currency=currency, language=language)


def day(value: date, *, language: str, year: bool) -> str:
    """'24 November 2026', '۳ آذر ۱۴۰۵', '2026 оны 11-р сарын 24'."""
    if language == "fa":
        jalali = JalaliDate.to_jalali(value.year, value.month, value.day)
        text = f"{jalali.day} {PERSIAN_MONTHS[jalali.month - 1]}" + (f" {jalali.year}" if year else "")
        return digits(text, language=language)
    if language == "mn":
        return (f"{value.year} оны " if year else "") + f"{value.month}-р сарын {value.day}"
    return _written(date(value.year, value.month, value.day), "d MMMM y" if year else "d MMMM", language)


def day_in_figures(value: date, *, language: str) -> str:
    """The day as one types it: '2027-01-01', '۱۴۰۵-۱۰-۱۱'."""
    if language == "fa":
        return digits(JalaliDate.to_jalali(value.year, value.month, value.day).isoformat(), language=language)
    return value.isoformat()


def month(value: date, *, language: str) -> str:
    if language == "fa":
        jalali = JalaliDate.to_jalali(value.year, value.month, value.day)
        return digits(f"{PERSIAN_MONTHS[jalali.month - 1]} {jalali.year}", language=language)
    if language == "mn":
        return f"{value.year} оны {value.month}-р сар"
    return format_date(value, "LLLL y", locale=LOCALES[language])


def weekday(value: date, *, language: str, short: bool = False) -> str:
    if language == "mn":
        return MONGOLIAN_WEEKDAYS[value.weekday()]
    return _written(date(value.year, value.month, value.day), "EEE" if short else "EEEE", language)


@lru_cache(maxsize=1000)
def _written(value: date, pattern: str, language: str) -> str:
    """Write a date by a pattern; a list says few dates many times."""
    return format_date(value, pattern, locale=LOCALES[language])


def weekday_and_day(value: date, *, language: str) -> str:
    """'Tuesday 24 November', '24 Kasım Salı', 'سه‌شنبه ۳ آذر', 'мягмар, 11-р сарын 24'."""
    name, rest = weekday(value, language=language), day(value, language=language, year=False)
    if language == "tr":
        return f"{rest} {name}"
    return f"{name}, {rest}" if language == "mn" else f"{name} {rest}"


def clock(value: datetime, *, language: str) -> str:
    return digits(f"{value:%H:%M}", language=language)


def exact(value: datetime, *, language: str) -> str:
    """Weekday, date, year and hour, for a hover or a screen reader."""
    name, rest = weekday(value, language=language), day(value, language=language, year=True)
    whole = f"{rest} {name}" if language == "tr" else f"{name} {rest}" if language != "mn" else f"{rest}, {name}"
    comma = "،" if language == "fa" else ","
    return f"{whole}{comma} {clock(value, language=language)}"


def zone_time(zone: ZoneInfo, *, language: str) -> str:
    """Whose time an hour is: 'Istanbul time', 'به وقت تهران'; for readers whose own zone nobody knows."""
    name = str(zone)
    if name == "UTC" or name.startswith("Etc/"):
        return name.removeprefix("Etc/")
    place = get_timezone_location(zone, locale=LOCALES[language], return_city=True)
    return _("{place} time").format(place=place.rpartition("/")[2])


_UNITS = {
    "en": ("bytes", "KB", "MB", "GB"),
    "tr": ("bayt", "KB", "MB", "GB"),
    "fa": ("بایت", "کیلوبایت", "مگابایت", "گیگابایت"),
    "mn": ("байт", "КБ", "МБ", "ГБ"),
}


def file_size(size: int, *, language: str) -> str:
    """The size of a file in the reader's digits and words: '1.4 MB', '۱٫۴ مگابایت', '1,4 МБ'."""
    amount, step = float(max(0, size)), 0
    while amount >= 1024 and step < len(_UNITS["en"]) - 1:
        amount, step = amount / 1024, step + 1
    value = round(amount) if step < 2 or amount >= 10 else round(amount, 1)
    return f"{number(value, language=language)}\u00a0{_UNITS[language][step]}"


def span(value: timedelta, *, language: str) -> str:
    """A length of time in its largest unit up to days, short."""
    minutes = max(0, int(value.total_seconds() // 60))
    if minutes < 1:
        return _("now")
    amount, unit = (minutes, "minute") if minutes < 60 else (minutes // 60, "hour")
    if minutes >= 48 * 60:
        amount, unit = minutes // 1440, "day"
    return _span(amount, unit, language)


def in_minutes(seconds: int, *, language: str) -> str:
    """How long somebody spoke or waited, in whole minutes however many: '40 s', '12 min', '75 min'."""
    return _span(seconds, "second", language) if seconds < 60 else _span((seconds + 30) // 60, "minute", language)


@lru_cache(maxsize=4000)
def _span(amount: int, unit: str, language: str) -> str:
    if language == "mn" and unit == "hour":
        return f"{amount} цаг"  # the abbreviation that Babel has is not read by everybody
    if language == "en":
        return f"{amount} {unit[0] if unit != 'minute' else 'min'}"
    return digits(format_unit(amount, f"duration-{unit}", "short", locale=LOCALES[language]), language=language)


def ago(value: datetime, *, now: datetime, language: str) -> str:
    """'5 minutes ago', 'yesterday 16:20', then the date."""
    passed = now - value
    if timedelta(0) <= passed < timedelta(minutes=1):
        return _("just now")
    if timedelta(0) <= passed < timedelta(hours=8):
        unit = timedelta(hours=1) if passed >= timedelta(hours=1) else timedelta(minutes=1)
        whole = -(passed // unit) * unit
        text = format_timedelta(whole, threshold=1, add_direction=True, locale=LOCALES[language])
        return digits(text, language=language)
    if -7 < (value.date() - now.date()).days < -1:  # among what has been, a weekday is the last one
        return f"{weekday(value, language=language, short=language == 'en')} {clock(value, language=language)}"
    return due(value, now=now, whole_day=False, language=language)


def due(value: datetime, *, now: datetime, whole_day: bool, language: str) -> str:
    """A day as near as it is, with its hour unless the whole day is meant."""
    days = (value.date() - now.date()).days
    time = clock(value, language=language)
    near = {
        -1: (_("yesterday"), _("yesterday %(time)s")),
        0: (_("today"), _("today %(time)s")),
        1: (_("tomorrow"), _("tomorrow %(time)s")),
    }
    if days in near:
        plain, with_time = near[days]
        return plain if whole_day else with_time % {"time": time}
    if -7 < days < 0:  # the bare name of a weekday is the coming one
        date_ = day(value, language=language, year=value.year != now.year)
        return date_ if whole_day else f"{date_} {time}"
    if 0 < days < 7:
        name = weekday(value, language=language, short=language == "en")
        return name if whole_day else f"{name} {time}"
    return day(value, language=language, year=value.year != now.year)


def listed(names: Iterable[str], *, language: str) -> str:
    """Names one after the other, parted as the reader parts them."""
    return ("، " if language == "fa" else ", ").join(names)


def listed_for_reader(names: Iterable[str]) -> str:
    """The same for whoever reads the page that is being made."""
    return listed(names, language=(get_language() or "en")[:2])


def initials(name: str) -> str:
    """Up to two letters that stand for a person; joined scripts show one, as two would join into a word."""
    words = [word for word in without_bidi_controls(name).split() if word[0].isalpha()]
    if not words:
        return "?"
    if "\u0600" <= words[0][0] <= "\u06ff":
        return words[0][0]
    return words[0][0] + (words[-1][0] if len(words) > 1 else "")


def beyond(words: str, *, title: str) -> str:
    """What words say beyond a title that was made of their beginning, after a greeting or without; else all of them."""
    said = title.removesuffix("…").rstrip()
    greeting, found, rest = words.partition(said) if said else ("", "", words)
    if not found or len(greeting) > LONGEST_GREETING:
        return words
    rest = rest.lstrip(" .,:;!?،؛؟")
    return f"… {rest}" if rest.strip("…") else ""


def without_bidi_controls(value: object) -> str:
    """Take out the marks with which a text could turn its surroundings round."""
    return _BIDI_CONTROLS.sub("", str(value))


def apart(value: object) -> str:
    """Set somebody's own words apart within a line of plain text, where no tag can stand.

    Only words that run or count otherwise than the page are marked: most lines stay as they were written.
    """
    text = without_bidi_controls(value)
    other = _OTHERWISE_IN_RTL if get_language_bidi() else _OTHERWISE_IN_LTR
    return f"\u2068{text}\u2069" if other.search(text) else text
