"""A figure's numbers and words for a reader."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from amends.desk.web import wording
from amends.engine.languages.wording import say
from amends.engine.measures.explained import ORIGINS, Input

register = template.Library()

SMALL = 100


@register.filter
def said(words: str) -> str:
    """Say an engine's sentence in the reader's language."""
    return say(words, _language()) if words else ""


@register.filter
def origin(one: Input) -> str:
    told = say(ORIGINS[one.origin], _language())
    return f"{told} ({one.cite})" if one.cite else told


@register.simple_tag
def amount(value: float, unit: str, currency: str) -> str:
    """Write a number in its unit; large sums are rounded, since nobody knows them to the hundredth."""
    if unit == "money":
        told = round(value) if value >= SMALL else round(value, 2)
        return wording.money(told, currency=currency, language=_language())
    if unit == "share":
        return wording.percent(value, language=_language())
    return wording.number(round(value, 1), language=_language())


def _language() -> str:
    return (get_language() or "en").split("-")[0]
