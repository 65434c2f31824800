"""Figures of an improvement: those that open on complaints, and those that are reckoned from them."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from amends.desk.complaints.models import Listed
from amends.desk.improvements.room_words import change_words, range_words, told_words
from amends.desk.web import wording
from amends.engine.languages import figures

register = template.Library()


@register.simple_tag(takes_context=True)
def behind(context: template.Context, figure: str, count: int) -> SafeString:
    """Draw a count that opens on its complaints."""
    return _door(context, figure, wording.number(count, language=_language()), tells="count")


@register.simple_tag(takes_context=True)
def behind_money(context: template.Context, figure: str, amount: Decimal, currency: str) -> SafeString:
    """Draw a sum that opens on what it adds up."""
    figure = f"{figure}-{currency.lower()}" if currency else figure
    return _door(context, figure, wording.money(amount, currency=currency, language=_language()), tells="money")


@register.simple_tag
def share(part: float, whole: float) -> str:
    return wording.percent(part / whole, language=_language())


@register.simple_tag
def whole(value: float) -> str:
    return wording.number(round(value), language=_language())


@register.simple_tag
def whole_less(value: float) -> str:
    return whole(-value)


@register.simple_tag
def tenth(value: float) -> str:
    return wording.number(round(value, 1), language=_language())


@register.simple_tag
def change(fewer: tuple[float, float, float]) -> str:
    """Say the best guess: so many per cent fewer, or more."""
    return change_words(fewer[0], language=_language())


@register.simple_tag
def change_range(fewer: tuple[float, float, float]) -> str:
    """Say from what to what."""
    return range_words(fewer, language=_language())


@register.simple_tag
def change_of(ratio: tuple[float, float, float]) -> str:
    """Say a ratio with its range as so many per cent fewer, or more."""
    value, low, high = ratio
    best = change_words(1 - value, language=_language())
    return _("{change} ({range})").format(change=best, range=change_range((1 - value, 1 - high, 1 - low)))


@register.filter
def name_in(entry: Listed | str | None, code: str) -> str:
    """What an entry of a list is called in a language; nothing where it has no name of its own there."""
    return "" if entry is None or isinstance(entry, str) else entry.names.get(code, "")


@register.filter
def hundredths(value: float) -> str:
    """Write a number with two places, in the reader's digits: '0.71', '۰٫۷۱'."""
    return figures.number(value, language=_language(), form="0.00")


@register.filter
def told(name: str) -> str:
    return told_words(name)


def _door(context: template.Context, figure: str, words: str, *, tells: str) -> SafeString:
    href = reverse("improving:behind", args=[context["page"].improvement.pk, figure])
    return format_html('<a class="link-teal font-semibold" data-tells="{}" href="{}">{}</a>', tells, href, words)


def _language() -> str:
    return (get_language() or "en").split("-")[0]
