"""Spans of time as they are written in the environment and on the command line: 3y, 18m, 400d."""

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
