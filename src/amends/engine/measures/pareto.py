"""Which causes weigh most: by how often, by money, by how bad (severity.py). The orders differ, and a page says so."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from itertools import accumulate

from amends.engine.measures.share import Share, share

MOST_UNKNOWN = 0.15  # of all: above it the causes are not known well enough to rank them (standards.md 6.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed[Key: Hashable]:
    """A cause in an order: its weight, its share of all, what it adds up to with those above it."""

    key: Key
    weight: float
    share: Share
    cumulative: float
    is_apart: bool  # whether its interval lies above that of the next one: only then does its place mean anything


def pareto[Key: Hashable](rows: Iterable[tuple[Key, int]], *, last: Key | None = None) -> tuple[Weighed[Key], ...]:
    """Rank causes by count, the most frequent first; `last` (other, unknown) stands at the end whatever it counts.

    Formula: share k/n with its Wilson interval; a cause is apart from the next when its lower end is above the other's
    upper end. Source: Juran 1954; standards of the trade 6.5. Ties keep the order in which they come.
    """
    counted = [(key, count) for key, count in rows if count > 0]
    whole = sum(count for _, count in counted)
    order = sorted(counted, key=lambda row: (row[0] == last and last is not None, -row[1]))
    parts = [share(count, whole) for _, count in order]
    sums = list(accumulate(count for _, count in order))
    return tuple(
        Weighed(
            key=key,
            weight=count,
            share=parts[at],
            cumulative=sums[at] / whole,
            is_apart=at + 1 < len(order) and parts[at].low > parts[at + 1].high,
        )
        for at, (key, count) in enumerate(order)
    )


def ranks[Key: Hashable](weights: Iterable[tuple[Key, float]]) -> dict[Key, int]:
    """Number causes by a weight, from 1; equal weights share a place, and who weighs nothing has none."""
    rows = [(key, weight) for key, weight in weights if weight > 0]
    return {key: 1 + sum(other > weight for _, other in rows) for key, weight in rows}
