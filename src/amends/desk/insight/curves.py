"""How long something takes, as a curve: so many are left after so long."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from amends.desk.insight.lasting import Lasting
from amends.desk.web import drawings, wording
from amends.engine.measures import bounds

# What a scale may end at, so that its words are round.
ENDS: Final = tuple(
    timedelta(**{unit: many})
    for unit, many in (
        ("hours", 2), ("hours", 8), ("hours", 24), ("days", 2), ("days", 4), ("days", 8), ("days", 14), ("days", 30),
        ("days", 60), ("days", 90), ("days", 180), ("days", 366),
    )
)  # fmt: skip
A_MINUTE: Final = timedelta(minutes=1)
FEW_LEFT: Final = 0.05  # the scale ends where the curve is as low as that, or where it goes no further


def curve(found: Lasting, *, language: str) -> drawings.Picture | None:
    """Draw it; of too few cases there is no curve."""
    if found.few or not found.steps:
        return None
    far = next((step.at for step in found.steps if step.share <= FEW_LEFT), found.steps[-1].at)
    end = next((one for one in ENDS if one.total_seconds() >= far), ENDS[-1])
    reach = end.total_seconds()
    steps = [step for step in found.steps if step.at < reach]
    treads = [drawings.Tread(at=0, left=1, low=1, high=1)]
    for step in steps:
        low, high = bounds(step)
        treads.append(drawings.Tread(at=step.at, left=step.share, low=low, high=high))
    return drawings.curve(
        treads=treads,
        reach=reach,
        ticks=[(0, ""), *((reach * part, wording.span(end * part, language=language)) for part in (0.5, 1.0))],
        marks=[(1, pgettext("of those who wait", "all")), (0.5, pgettext("of those who wait", "half"))],
        language=language,
    )


def span_words(value: timedelta, *, language: str) -> str:
    """Say a length of time; what took less than a minute happened at once."""
    return pgettext("a length of time", "at once") if value < A_MINUTE else wording.span(value, language=language)


def median_words(found: Lasting, *, language: str) -> str:
    """Say the median; empty where it is not reached yet."""
    return "" if found.median is None else span_words(found.median, language=language)


def range_words(found: Lasting, *, language: str) -> str:
    """Say between what the true median lies, as far as chance lets one say; empty where there is nothing to add."""
    if found.median is None:
        return ""
    first = "" if found.first is None else span_words(found.first, language=language)
    if found.last is None:
        return _("{first} or more").format(first=first)
    last = span_words(found.last, language=language)
    return "" if first == last else f"{first} – {last}"
