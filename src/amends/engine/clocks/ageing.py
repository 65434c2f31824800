"""How old a clock has grown, as one of four shades.

One standards body paints a complaint yellow at half of its time and red at three quarters; these shares are data.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

Shade = Literal["fresh", "ageing", "late", "over"]

SHADES: Final[tuple[Shade, ...]] = ("fresh", "ageing", "late", "over")


@dataclass(frozen=True, slots=True)
class Ages:
    """From which share of the time a clock is ageing, and late."""

    ageing: float = 0.5
    late: float = 0.75

    def __post_init__(self) -> None:
        if not 0 < self.ageing <= self.late <= 1:
            raise ValueError("first ageing, then late, both before the end")


USUAL: Final = Ages()


def shade(*, used: timedelta, allowed: timedelta, ages: Ages = USUAL) -> Shade:
    """Return how old a clock is that has used so much of what is allowed."""
    if used >= allowed:
        return "over"
    share = used / allowed
    return "late" if share >= ages.late else "ageing" if share >= ages.ageing else "fresh"
