"""Whether a customer is gone, by the rhythm in which they used to buy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

# The longest of so many own intervals is longer than nine in ten of those that come: 8 / 9 is about 0.9.
FEWEST_OWN: Final = 8
FEWEST_OF_ALL: Final = 20  # intervals of the whole organisation, below which it has no rhythm to lend
PART: Final = 0.95  # of intervals are shorter than the limit
SHORTEST: Final = 2.0  # days: who buys twice a day is not gone tomorrow


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How long a customer is usually away: half of the time not longer than `usual` days, nearly never than `limit`."""

    last: date
    usual: float
    limit: float
    is_own: bool  # or the organisation's, since their own history is too short

    @property
    def gone_from(self) -> date:
        """The first day on which they are away longer than they usually are."""
        return self.last + timedelta(days=int(self.limit) + 1)


def intervals(days: Iterable[date]) -> list[int]:
    """Return how many days lie between purchases; several on one day are one."""
    return [(later - earlier).days for earlier, later in pairwise(sorted(set(days)))]


def quantile(values: Sequence[float], part: float) -> float:
    """Return the value below which a part of the values lies.

    Formula: linear between the values in their order, (n − 1)·p + 1. Source: Hyndman & Fan 1996, type 7.
    """
    ordered = sorted(values)
    place = (len(ordered) - 1) * part
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def rhythm(days: Sequence[date], *, of_all: Sequence[float]) -> Rhythm | None:
    """Return the rhythm of a customer who bought on these days; `of_all` are intervals of the whole organisation.

    Their own intervals speak where there are enough, and the organisation's otherwise; None where nobody's do.
    About one in twenty intervals of a customer who stays is longer than the limit, so a list of those who are gone
    holds some who come back: the page says so.
    """
    own = intervals(days)
    if len(own) >= FEWEST_OWN:
        chosen: Sequence[float] = own
    elif len(of_all) >= FEWEST_OF_ALL:
        chosen = of_all
    else:
        return None
    limit = max(SHORTEST, quantile(chosen, PART))
    return Rhythm(last=max(days), usual=quantile(chosen, 0.5), limit=limit, is_own=chosen is own)
