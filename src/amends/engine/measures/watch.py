"""
Watching small counts day by day for what is more than chance, and for what is suspiciously quiet.

A cumulative sum adds up what every day has above (or below) its share, and rings when the sum is too much for chance.
How much that is follows from how often it may ring in quiet times: once in about 400 days. Days of the week are not
alike, so each has its own share; counts that vary more than chance are measured in larger steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil, exp, log
from typing import Final, Literal

import numpy as np

from amends.engine.measures.cure import spread_of

QUIET_DAYS: Final = 400  # days between two false alarms of one watched thing
WEEK: Final = 7
FEWEST_DAYS: Final = 56  # of a time to learn from: eight of every day of the week
FEWEST_IN_A_RISE: Final = 5  # complaints: nothing is told from three cases
RARE: Final = 1 / 30  # a day: what came more seldom, or never, is watched as if it came once a month
FEWEST_FOR_SILENCE: Final = 1 / 7  # a day: of what comes less than once a week a quiet month says nothing
_MILD_WEEKDAYS: Final = 10  # complaints by which a weekday is pulled towards the others, while few are known
_ONCE_A_MONTH, _OFTEN = 0.1, 3.0
_LOOSEST: Final = 4.0  # a spread beyond this is a change within the time learnt from, and no habit

type Way = Literal["more", "fewer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What is usual: complaints a day on the average, the share of each day of the week, how much they vary."""

    mean: float
    weekdays: tuple[float, ...]  # 1 is an average day; Monday first
    spread: float

    def on(self, weekday: int) -> float:
        """Return how many are usual on a day of the week, 0 is Monday."""
        return self.mean * self.weekdays[weekday]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """An alarm: the day on which it rang and the one since when it had been going up (or down), as places from 0."""

    way: Way
    since: int
    at: int
    seen: int  # complaints from `since` to `at`
    usual: float  # how many are usual in that time


def usual(counts: Sequence[int], *, first_weekday: int) -> Usual | None:
    """Learn what is usual from days in a row; None while there are fewer than eight weeks of them.

    Formula: share of a weekday (its sum + 10)/(its days·mean + 10), then scaled to an average of 1; spread of weekly
    sums, which the days of the week do not touch. A mean below one a month is taken as one a month.
    """
    if len(counts) < FEWEST_DAYS:
        return None
    mean = max(RARE, sum(counts) / len(counts))
    sums, days = [0.0] * WEEK, [0] * WEEK
    for place, count in enumerate(counts):
        sums[(first_weekday + place) % WEEK] += count
        days[(first_weekday + place) % WEEK] += 1
    raw = [(had + _MILD_WEEKDAYS) / (many * mean + _MILD_WEEKDAYS) for had, many in zip(sums, days, strict=True)]
    weeks = [sum(counts[at : at + WEEK]) for at in range(0, len(counts) - WEEK + 1, WEEK)]
    return Usual(
        mean=mean,
        weekdays=tuple(WEEK * one / sum(raw) for one in raw),
        spread=min(_LOOSEST, spread_of(weeks)),
    )


def ring(
    counts: Sequence[int], *, known: Usual, first_weekday: int, way: Way = "more", quiet: int = QUIET_DAYS
) -> Rung | None:
    """Return the first alarm in days in a row, or None.

    Formula: S = max(0, S + x/φ − k·w) for a rise, S = max(0, S + k·w − x/φ) for a silence, w the share of the weekday,
    φ the spread; k = (λ1 − λ0)/ln(λ1/λ0); it rings at S ≥ h, where h is set so that quiet days ring once in `quiet`
    (`run_length`). Source: Lucas 1985, Technometrics 27, 129; Brook & Evans 1972, Biometrika 59, 539.
    """
    plan = plan_for(known.mean / known.spread, way=way, quiet=quiet)
    if plan is None:
        return None
    total, since = 0.0, 0
    for place, count in enumerate(counts):
        share = known.weekdays[(first_weekday + place) % WEEK]
        over = count / known.spread - plan.k * share
        if total <= 0:
            since = place
        total = max(0.0, total + (over if way == "more" else -over))
        if total < plan.h - _EDGE:
            continue
        seen = sum(counts[since : place + 1])
        if way == "more" and seen < FEWEST_IN_A_RISE:
            continue
        days = [known.on((first_weekday + at) % WEEK) for at in range(since, place + 1)]
        return Rung(way=way, since=since, at=place, seen=seen, usual=sum(days))
    return None


# ── How often it may ring ────────────────────────────────────────────────────

_EDGE: Final = 1e-9
_MOST_STATES: Final = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The sum's allowance a day, the height at which it rings, and how many quiet days lie between two false alarms."""

    k: float
    h: float
    quiet: float


def plan_for(mean: float, *, way: Way = "more", quiet: int = QUIET_DAYS) -> Plan | None:
    """Choose k and the lowest h with at least `quiet` days between false alarms; None where a silence cannot show.

    A rise is sought to one and a half times of many a day, to three times of few; a silence to a third.
    """
    return _plan_for(round(mean, 3), way=way, quiet=quiet)


@cache
def _plan_for(mean: float, *, way: Way, quiet: int) -> Plan | None:
    if mean <= 0 or (way == "fewer" and mean < FEWEST_FOR_SILENCE):
        return None
    k, fine = _on_a_lattice(allowance(mean, sought(mean, way=way)))
    lengths: dict[int, float] = {}

    def is_enough(height: int) -> bool:
        if height not in lengths:
            lengths[height] = run_length(mean, k=k, h=height / fine, fine=fine, way=way)
        return lengths[height] >= quiet

    def guessed(one: int, other: int) -> int:
        """Where the days should be enough, for their logarithm grows nearly evenly with the height."""
        rise = log(lengths[other] / lengths[one])
        return one + ceil((other - one) * log(quiet / lengths[one]) / rise) if rise > 0 else 2 * other

    low, high = 1, 8
    is_enough(low)
    while not is_enough(high):
        low, high = high, min(2 * high, max(high + 1, guessed(low, high)))
        if high > _MOST_STATES:
            return None
    while high - low > 1:  # a wrong guess is still half way or better
        guess = guessed(low, high)
        for height in (guess, guess - 1, (low + high) // 2):
            if low < height < high:
                low, high = (low, height) if is_enough(height) else (height, high)
    return Plan(k=k, h=high / fine, quiet=lengths[high])


def sought(mean: float, *, way: Way) -> float:
    """Return the mean whose coming is to be noticed."""
    if way == "fewer":
        return mean / 3
    # From three times of what comes once in ten days to one and a half times of three a day and more.
    steep = min(1.0, max(0.0, log(mean / _ONCE_A_MONTH) / log(_OFTEN / _ONCE_A_MONTH)))
    return mean * (3 - 1.5 * steep)


def allowance(before: float, after: float) -> float:
    """Return k of a Poisson cusum: (λ1 − λ0)/(ln λ1 − ln λ0)."""
    return (after - before) / (log(after) - log(before))


def _on_a_lattice(k: float) -> tuple[float, int]:
    """Round k to steps so fine that it stays what it is, and so coarse that sums are few."""
    fine = 10 if k >= 1 else 20 if k >= 0.4 else ceil(3 / k)
    return max(1, round(k * fine)) / fine, fine


def run_length(mean: float, *, k: float, h: float, fine: int = 10, way: Way = "more") -> float:
    """Return how many days of Poisson counts with this mean pass on the average until the sum reaches h.

    Solves (I − R)·L = 1 over the sums 0, 1/fine … below h. Source: Brook & Evans 1972; exact where k and h are
    multiples of 1/fine.
    """
    height, step = round(h * fine), round(k * fine)
    places = np.arange(height)
    most = ceil((height + step) / fine) + 1
    odds = np.empty(most + 1)
    odds[0] = exp(-mean)
    for count in range(1, most + 1):
        odds[count] = odds[count - 1] * mean / count
    stays = np.zeros((height, height))
    for count, chance in enumerate(odds):
        moved = count * fine - step
        to = np.maximum(0, places + (moved if way == "more" else -moved))
        inside = to < height
        np.add.at(stays, (places[inside], to[inside]), chance)
    if way == "fewer":  # more than `most` brings the sum back to nothing
        stays[:, 0] += max(0.0, 1 - float(odds.sum()))
    return float(np.linalg.solve(np.eye(height) - stays, np.ones(height))[0])
