"""Rates and kappas with as many places as they deserve, in the reader's digits and with their decimal sign."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from amends.engine.languages import figures

register = template.Library()


@register.filter
def decimals(value: float | None, places: int) -> str:
    """Write a number with a fixed count of decimals: '0.80', '0,80', '۰٫۸۰'."""
    if value is None:
        return ""
    language = (get_language() or "en").split("-")[0]
    return figures.number(value, language=language, form=f"0.{'0' * places}")
