"""A number as a door to what it counts: no number of these pages stands without one."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from amends.desk.insight.links import address
from amends.desk.web import wording
from amends.engine.measures import Share

register = template.Library()


@register.simple_tag(takes_context=True)
def door(context: template.Context, figure: str, words: object, tells: str = "count", css: str = "") -> SafeString:
    """Draw a number that opens on its list; `tells` says what the number is: a count, a share, money, a median."""
    return format_html(
        '<a class="{}" data-tells="{}" href="{}">{}</a>',
        css or "link-teal font-semibold",
        tells,
        address(figure, choice=context["choice"]),
        words,
    )


@register.simple_tag
def opens(href: str, words: object, tells: str = "count", css: str = "") -> SafeString:
    """Draw a number that opens on a list that is told by its address."""
    return format_html(
        '<a class="{}" data-tells="{}" href="{}">{}</a>', css or "link-teal font-semibold", tells, href, words
    )


@register.simple_tag
def share_opens(href: str, part: Share) -> SafeString:
    """Draw a share as a per cent with its range, as a door that is told by its address."""
    told = [wording.percent(value, language=_language()) for value in (part.value or 0, part.low, part.high)]
    return opens(href, _with_range(told), tells="share low high", css="door-quiet")


@register.simple_tag(takes_context=True)
def share_door(context: template.Context, figure: str, part: Share) -> SafeString:
    """Draw a share as a per cent with its range, as one door."""
    told = [wording.percent(value, language=_language()) for value in (part.value or 0, part.low, part.high)]
    return door(context, figure, _with_range(told), tells="share low high", css="door-quiet")


@register.simple_tag(takes_context=True)
def range_door(context: template.Context, figure: str, part: Share) -> SafeString:
    """Draw the range that chance leaves a share, as a door to the share."""
    told = [wording.percent(value, language=_language()) for value in (part.low, part.high)]
    return door(context, figure, format_html("{} – {}", *told), tells="low high", css="door-quiet")


@register.simple_tag(takes_context=True)
def rate_door(context: template.Context, figure: str, part: Share) -> SafeString:
    """Draw how many in a hundred with its range, as one door."""
    told = [
        wording.number(round(100 * value), language=_language()) for value in (part.value or 0, part.low, part.high)
    ]
    return door(context, figure, _with_range(told), tells="rate from to", css="door-quiet")


def _with_range(told: list[str]) -> SafeString:
    return format_html('{} <span class="text-soft whitespace-nowrap">({} – {})</span>', *told)


def _language() -> str:
    return (get_language() or "en").split("-")[0]
