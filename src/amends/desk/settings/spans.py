"""Spans of time as they are written in the environment and on the command line: 3y, 18m, 400d, 12h."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

LEAST: Final = timedelta(days=30)
_DAYS: Final = {"d": 1, "m": 30, "y": 365}


def long_span(told: str) -> timedelta:
    """Read a span of a month or more.

    :raises ValueError: in words for whoever wrote it
    """
    found = re.fullmatch(r"([0-9]{1,5})([dmy])", told.strip())
    if found is None:
        raise ValueError(f"'{told}' is no span of time: write years, months or days, as 3y, 18m or 400d.")
    span = timedelta(days=int(found[1]) * _DAYS[found[2]])
    if span < LEAST:
        raise ValueError(f"'{told}' is too short: {LEAST.days} days are the least.")
    return span


def short_span(told: str) -> timedelta:
    """Read a span of an hour to a year.

    :raises ValueError: in words for whoever wrote it
    """
    found = re.fullmatch(r"([0-9]{1,4})([hd])", told.strip())
    if found is None:
        raise ValueError(f"'{told}' is no span of time: write hours or days, as 12h or 3d.")
    span = timedelta(hours=int(found[1]) * (24 if found[2] == "d" else 1))
    if not timedelta(hours=1) <= span <= timedelta(days=365):
        raise ValueError(f"'{told}' is out of bounds: an hour is the least and a year the most.")
    return span
