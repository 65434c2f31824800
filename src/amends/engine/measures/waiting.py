"""How long it takes until something happens, when many cases are still waiting (Kaplan and Meier)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby
from math import exp, log, sqrt
from operator import itemgetter
from typing import Final

from amends.engine.measures.share import Z95

HALF: Final = 0.5

# Of fewer cases than this not even the shortest and the longest enclose the true median with 95 % certainty
# (1 − 2·½ⁿ: 94 % for five, 97 % for six), so it is not told.
FEWEST_FOR_MEDIAN = 6


@dataclass(frozen=True, slots=True)
class Step:
    """At time `at`, `events` of `at_risk` waiting cases ended; `share` are left waiting (± `error`, standard)."""

    at: float
    at_risk: int
    events: int
    share: float
    error: float


def survival(cases: Iterable[tuple[float, bool]]) -> tuple[Step, ...]:
    """Return the share still waiting after each time at which a case ended.

    A case is (how long, did it end); one that is still open counts as waiting at least so long. Leaving the open ones
    out would flatter: the bad cases are the open ones. Units are those of the times given.

    Formula: S(t) = Π (1 − d/n); error by Greenwood S·√Σ d/(n(n−d)). Source: Kaplan & Meier 1958, JASA 53, 457.
    """
    rows = sorted(cases)
    left, kept, spread = len(rows), 1.0, 0.0
    steps: list[Step] = []
    for when, group in groupby(rows, key=itemgetter(0)):
        here = [ended for _, ended in group]
        ends = sum(here)
        if ends:
            kept *= 1 - ends / left
            spread += ends / (left * (left - ends)) if left > ends else 0.0
            steps.append(Step(when, left, ends, kept, kept * sqrt(spread)))
        left -= len(here)
    return tuple(steps)


def median_wait(cases: Iterable[tuple[float, bool]]) -> float | None:
    """Return the time by which half of the cases ended, or None when fewer than half did so far."""
    return next((step.at for step in survival(cases) if step.share <= 0.5 + 1e-12), None)


def told_median(cases: Collection[tuple[float, bool]]) -> float | None:
    """Return the median as a page may tell it: nothing for fewer cases than a median can be told of."""
    return median_wait(cases) if len(cases) >= FEWEST_FOR_MEDIAN else None


def bounds(step: Step) -> tuple[float, float]:
    """Return the 95 % interval of the share that still waits after a step; it never leaves 0 … 1.

    Formula: S^exp(±z·s/(S·ln S)), s the error by Greenwood (log-log). Source: Kalbfleisch & Prentice 1980, 1.4.
    """
    if not 0 < step.share < 1:
        return step.share, step.share
    reach = Z95 * step.error / (step.share * log(step.share))
    low, high = step.share ** exp(-reach), step.share ** exp(reach)
    return min(low, high), max(low, high)


def median_interval(cases: Iterable[tuple[float, bool]]) -> tuple[float | None, float | None]:
    """Return from when until when the true median may lie (95 %); None for an end that is not reached yet.

    It is every time at which one half lies within the interval of the share that still waits.
    Source: Brookmeyer & Crowley 1982, Biometrics 38, 29, with the log-log interval.
    """
    steps = survival(cases)
    first = next((step.at for step in steps if bounds(step)[0] <= HALF), None)
    last = next((step.at for step in steps if bounds(step)[1] < HALF), None)
    return first, last
