"""Very many waits at once: the same reckoning as in engine/measures/waiting.py, on columns of numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np

from amends.desk.insight.facts import Array
from amends.engine.measures import FEWEST_FOR_MEDIAN, Step
from amends.engine.measures.counted import Wait
from amends.engine.measures.share import Z95

HALF: Final = 0.5
NEAR: Final = 1e-12
MOST_STEPS: Final = 120  # of a curve: about as many as can be told apart in a picture


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Waits:
    """How long each of many waited, in seconds, and whether it has ended; `ids` are of complaints, or of waits."""

    ids: Array
    seconds: Array
    came: Array

    def __len__(self) -> int:
        return len(self.ids)

    def where(self, mask: Array) -> Waits:
        """Those for which it holds."""
        return Waits(ids=self.ids[mask], seconds=self.seconds[mask], came=self.came[mask])

    @property
    def still(self) -> int:
        """How many wait still."""
        return int(len(self.ids) - np.count_nonzero(self.came))

    def page(self, number: int, *, of: int) -> dict[int, Wait]:
        """One page of them: who still waits first, and then who waited longest."""
        order = np.lexsort((-self.ids.astype(np.int64), -self.seconds, self.came))[(number - 1) * of : number * of]
        return {
            int(self.ids[at]): Wait(timedelta(seconds=int(self.seconds[at])), came=bool(self.came[at])) for at in order
        }


def until(*, since: Array, came: Array, ends: Array | float, ids: Array) -> Waits:
    """Reckon how long each waited: until it came (0 where it did not), or else until it ended without."""
    has_come = came > 0
    length = np.where(has_come, came, ends).astype(np.int64) - since.astype(np.int64)
    return Waits(ids=ids, seconds=np.maximum(length, 0), came=has_come)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Left:
    """The share that still waits after each time at which some ended (Kaplan and Meier)."""

    at: Array
    at_risk: Array
    events: Array
    share: Array
    error: Array

    def steps(self) -> tuple[Step, ...]:
        """Some of the steps, enough to draw them: all where they are few."""
        chosen = np.arange(len(self.at))
        if len(chosen) > MOST_STEPS:
            # Even in height and even in time, for a curve falls steeply first and lies flat then.
            high = np.searchsorted(-self.share, -np.linspace(1, self.share[-1], MOST_STEPS // 2))
            late = np.searchsorted(self.at, np.geomspace(max(1, self.at[0]), self.at[-1], MOST_STEPS // 2))
            chosen = np.unique(np.clip(np.concatenate([high, late, [0, len(chosen) - 1]]), 0, len(chosen) - 1))
        columns = (self.at, self.at_risk, self.events, self.share, self.error)
        rows = zip(*(column[chosen].tolist() for column in columns), strict=True)
        return tuple(
            Step(float(at), int(at_risk), int(events), float(share), float(error))
            for at, at_risk, events, share, error in rows
        )

    def median(self) -> float | None:
        """The time by which half ended."""
        return _first(self.at, self.share <= HALF + NEAR)

    def between(self) -> tuple[float | None, float | None]:
        """From when until when the true median may lie (95 %); None for an end that is not reached yet."""
        inner = (self.share > 0) & (self.share < 1)
        share = np.where(inner, self.share, HALF)
        reach = Z95 * self.error / (share * np.log(share))
        ends = np.stack([share ** np.exp(-reach), share ** np.exp(reach)])
        low = np.where(inner, ends.min(axis=0), self.share)
        high = np.where(inner, ends.max(axis=0), self.share)
        return _first(self.at, low <= HALF), _first(self.at, high < HALF)


def _first(at: Array, mask: Array) -> float | None:
    return float(at[np.argmax(mask)]) if mask.any() else None


def left(waits: Waits) -> Left:
    """Reckon who is left after each time."""
    both = np.sort(waits.seconds << 1 | waits.came)  # sorting one number is several times as fast as an order of two
    seconds, came = both >> 1, both & 1
    starts = np.flatnonzero(np.diff(seconds, prepend=-1))
    events = np.add.reduceat(came.astype(np.int64), starts) if len(starts) else np.zeros(0, dtype=np.int64)
    at_risk = len(seconds) - starts
    ends = events > 0
    at, at_risk, events = seconds[starts][ends], at_risk[ends], events[ends]
    share = np.cumprod(1 - events / at_risk)
    last = np.maximum(at_risk - events, 1)
    spread = np.cumsum(np.where(at_risk > events, events / (at_risk * last), 0.0))
    return Left(at=at, at_risk=at_risk, events=events, share=share, error=share * np.sqrt(spread))


def median(waits: Waits) -> timedelta | None:
    """The time by which half of the cases ended; None for fewer cases than a middle can be told of."""
    found = left(waits).median() if len(waits) >= FEWEST_FOR_MEDIAN else None
    return None if found is None else timedelta(seconds=found)
