"""Template tags and filters of the desk: the reader's calendar, digits, names in any direction, icons."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_bidi

from amends.desk.web import wording
from amends.desk.web.pictures import is_seen

register = template.Library()
_ADDRESS: Final = re.compile(r"(https?://[^\s<>\"]+[^\s<>\".,;:!?)]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)")


def _language() -> str:
    return (get_language() or "en").split("-")[0]


def _now(context: template.Context) -> datetime:
    """The moment of the page, so that every time on it agrees."""
    reader = context.get("reader")
    return timezone.localtime(reader.now if reader is not None else timezone.now())


@register.simple_tag
def icon(name: str, css: str = "", *, turns: bool = False) -> SafeString:
    """Draw a lucide icon; it is silent to screen readers, so a word belongs beside it."""
    return _drawn(name, css, turns)


@lru_cache(maxsize=1000)
def _drawn(name: str, css: str, turns: bool) -> SafeString:  # noqa: FBT001 - a page has a hundred of them
    classes = " ".join(filter(None, ["icon", "icon-turns" if turns else "", css]))
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        classes,
        static("built/icons.svg"),
        name,
    )


@register.filter
def dial(number: str) -> str:
    """The address that a click on a telephone number opens, as whoever runs the desk has said (AMENDS_DIAL)."""
    pattern = settings.DIAL if settings.DIAL.startswith(("tel:", "sip:", "sips:")) else "tel:%s"
    return pattern.replace("%s", quote(number, safe="+"))


@register.filter
def digits(value: object) -> str:
    """Write digits as the reader does: Persian digits for Persian readers."""
    return wording.digits(value, language=_language())


@register.filter
def figure(value: str) -> str:
    """Write a stored number in the reader's digits, with their mark before its parts and none between thousands."""
    language = _language()
    return wording.digits(value.replace(".", {"fa": "٫", "tr": ","}.get(language, ".")), language=language)


@register.filter
def money(amount: Decimal | float | None, currency: str) -> str:
    return "" if amount is None else wording.money(amount, currency=currency, language=_language())


@register.filter
def number(value: float | Decimal | None) -> str:
    """A number with the reader's separators and digits."""
    return "" if value is None else wording.number(value, language=_language())


@register.filter
def percent(share: float | None) -> str:
    """A share between 0 and 1 as whole per cent."""
    return "" if share is None else wording.percent(share, language=_language())


@register.filter
def reader_date(value: date | datetime | None) -> str:
    """A whole date in the reader's calendar: '24 November 2026', '۳ آذر ۱۴۰۵'."""
    return "" if value is None else wording.day(_local(value), language=_language(), year=True)


@register.filter
def reader_day(value: date | datetime | None) -> str:
    """Weekday and date without the year, as a separator between days."""
    return "" if value is None else wording.weekday_and_day(_local(value), language=_language())


@register.filter
def reader_month(value: date | datetime | None) -> str:
    """Month and year in the reader's calendar."""
    return "" if value is None else wording.month(_local(value), language=_language())


@register.filter
def reader_time(value: datetime | None) -> str:
    """The hour: '17:00', '۱۷:۰۰'."""
    return "" if value is None else wording.clock(timezone.localtime(value), language=_language())


@register.filter
def zone_time(zone: ZoneInfo) -> str:
    """Whose time an hour is: 'Istanbul time'."""
    return wording.zone_time(zone, language=_language())


@register.filter
def exact(value: datetime | None) -> str:
    """Weekday, date and hour in full, for a title or a screen reader."""
    return "" if value is None else wording.exact(timezone.localtime(value), language=_language())


@register.filter
def file_size(value: int | None) -> str:
    """The size of a file in the reader's digits and words."""
    return "" if value is None else wording.file_size(value, language=_language())


@register.simple_tag(takes_context=True)
def moment(context: template.Context, value: datetime | None) -> SafeString | str:
    """How long ago, with the exact time on hover."""
    if value is None:
        return ""
    at = timezone.localtime(value)
    return _time(at, wording.ago(at, now=_now(context), language=_language()))


@register.simple_tag(takes_context=True)
def due(
    context: template.Context,
    value: datetime | None,
    whole_day: bool = False,  # noqa: FBT001, FBT002
    times_of: ZoneInfo | None = None,
    meant_in: ZoneInfo | None = None,
) -> SafeString | str:
    """When something falls due: 'today 17:00', 'tomorrow', 'Tue 17:00', '24 November'.

    `times_of` says whose hour it is, to readers whose own time zone nobody knows: 'today 17:00 (Istanbul time)'.
    `meant_in` is the zone in which it was said, where that is another hour: 'today 17:00 (14:00 London time)'.
    """
    if value is None:
        return ""
    at, language = timezone.localtime(value), _language()
    words = wording.due(at, now=_now(context), whole_day=whole_day, language=language)
    names_the_hour, whose = wording.clock(at, language=language) in words, ""
    if times_of is not None and names_the_hour:
        whose += f"({wording.zone_time(times_of, language=language)})"
    if meant_in is not None and names_the_hour:
        said = at.astimezone(meant_in)
        if said.date() == at.date():
            hour = wording.clock(said, language=language)
        else:
            hour = wording.due(said, now=_now(context).astimezone(meant_in), whole_day=False, language=language)
        whose += f"{whose and ' '}({hour} {wording.zone_time(meant_in, language=language)})"
    if whose:  # it goes onto the next line as one
        words = format_html('{} <span class="inline-block">{}</span>', words, whose)
    return _time(at, words, title=wording.weekday_and_day(at, language=language) if whole_day else "")


@register.simple_tag
def clock(value: datetime | None) -> SafeString | str:
    """The hour, with the exact time on hover."""
    if value is None:
        return ""
    at = timezone.localtime(value)
    return _time(at, wording.clock(at, language=_language()))


@register.simple_tag(takes_context=True)
def their_clock(context: template.Context, zone: ZoneInfo) -> SafeString:
    """The hour in another zone; a program of the page keeps it going."""
    at = _now(context).astimezone(zone)
    words = wording.clock(at, language=_language())
    return format_html('<time data-clock-of="{}" datetime="{}">{}</time>', zone.key, at.isoformat(), words)


@register.filter
def span(value: timedelta | None) -> str:
    """A length of time in its largest unit, short: '3 h', '۳ ساعت'."""
    return "" if value is None else wording.span(value, language=_language())


@register.filter
def bidi(value: object) -> SafeString:
    """Set somebody's own words apart, so that they cannot turn the line around them."""
    return format_html("<bdi>{}</bdi>", wording.without_bidi_controls(value))


@register.filter
def addresses_apart(text: str) -> SafeString:
    """Set addresses of pages and of mail in somebody's words apart: in Persian words their ends change places."""
    return format_html_join(
        "", "{}", ((_apart(part) if address else part,) for part, address in address_or_words(text))
    )


def address_or_words(text: str) -> list[tuple[str, bool]]:
    """Part somebody's words at addresses, and say of each part whether it is one."""
    return [(part, place % 2 == 1) for place, part in enumerate(_ADDRESS.split(text))]


def _apart(address: str) -> SafeString:
    return format_html('<bdi dir="ltr">{}</bdi>', address)


@register.filter(is_safe=True)
def runs_as_page(value: str) -> str:
    """Make a sentence run in the direction of the page, in a place that runs in another one: a field's placeholder."""
    return f"{'\u2067' if get_language_bidi() else '\u2066'}{value}\u2069"


@register.filter
def bidi_plain(value: object) -> str:
    """The same for attributes and titles, where no tag can stand."""
    return wording.without_bidi_controls(value)


@register.filter
def beyond(words: str, title: str) -> str:
    """What words say beyond the title above them, which is often their own beginning."""
    return wording.beyond(words, title=title)


@register.filter
def initials(name: str) -> str:
    return wording.initials(name)


@register.filter
def direction(language: str) -> str:
    """Rtl or ltr for a language of the desk."""
    return wording.direction(language)


@register.filter
def dir_of(text: str, language: str = "") -> str:
    """Which way somebody's own words run, whoever's name they begin with: rtl, ltr, or auto where nobody can tell."""
    return wording.direction_of(text, language=language)


@register.filter
def own_name(language: str) -> str:
    """A language named in itself."""
    from django.conf import settings

    return dict(settings.LANGUAGES).get(language, language)


@register.filter
def language_name(language: str) -> str:
    """A language named in the reader's own; its code where nobody has a name for it."""
    return wording.language_name(language, reader=_language())


@register.filter
def get(mapping: dict[Any, Any], key: object) -> object:
    return mapping.get(key, "")


@register.filter
def pictures(files: Iterable[Any]) -> list[Any]:
    """Those of the files that can be seen where they stand."""
    return [file for file in files if is_seen(media_type=file.media_type, size=file.size)]


def _local(value: date | datetime) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def _time(at: datetime, words: str, *, title: str = "") -> SafeString:
    title = title or wording.exact(at, language=_language())
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), title, words)
