"""An interrupted time series: a line before, a line after, and what would have come without the cure.

So a rise or a fall that was on its way already is not taken for the cure, nor for its failing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from amends.engine.measures.people import t_point

FEWEST_POINTS: Final = 8  # on each side; three are the very least elsewhere (EPOC), eight to twelve better
FEWEST_A_POINT: Final = 2.0  # events a point before: of fewer a line tells nothing
FARTHEST: Final = 2.0  # times the most of any period before: a line gone on beyond that tells of itself alone
_ROUNDS: Final = 50
_SETTLED: Final = 1e-10
_STEEP: Final = 20.0  # of a logarithm: beyond it the fit runs away, as where one side has no event at all

type Rows = NDArray[np.float64]
type Told = Literal["improved", "no-evidence", "worse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """b0 + b1·T + b2·D + b3·P: T counts periods from 1, D is 1 after, P counts periods after from 0."""

    start: float
    slope: float
    step: float
    bend: float
    without: tuple[float, ...]  # what the line before would have gone on to, for each period after
    difference: float  # Σ without − seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """What became of counts at the moment of a cure, as ratios, with their 95 % intervals."""

    told: Told
    slope: tuple[float, float, float]  # before, a period: the ratio, from, to
    step: tuple[float, float, float]  # the level at once: the ratio, from, to
    bend: tuple[float, float, float]  # the slope a period: the ratio, from, to
    spread: float  # how many times more than by chance the counts vary about the lines
    without: tuple[float, ...]  # periods after, had the line before gone on
    whole: tuple[float, float, float]  # all periods after, as a ratio of that: the ratio, from, to
    avoided: float
    is_too_far: bool  # the line gone on leaves all that was ever seen behind: `whole` and `avoided` are not to be told


def segments(values: Sequence[float], *, at: int) -> Line:
    """Fit straight lines by least squares; `at` is the place (from 0) of the first period after.

    P is 0 in that period, so `step` is the change at once; with P from 1 the same lines give step − bend.
    Source: Wagner et al. 2002, J. Clin. Pharm. Ther. 27, 299; PMC8271192 for where P begins.
    """
    rows = _rows(len(values), at)
    found, *_rest = np.linalg.lstsq(rows, np.asarray(values, dtype=float), rcond=None)
    without = rows[at:, :2] @ found[:2]
    return Line(
        start=float(found[0]),
        slope=float(found[1]),
        step=float(found[2]),
        bend=float(found[3]),
        without=tuple(map(float, without)),
        difference=float(without.sum() - sum(values[at:])),
    )


def interrupted(counts: Sequence[int], *, at: int) -> Interrupted | None:
    """Fit the lines to the logarithm of counts of equal periods; None where there are too few to tell anything.

    Formula: ln E(count) = b0 + b1·T + b2·D + b3·P by iterated least squares (Poisson); standard errors times √φ,
    φ = Pearson χ²/(n − 4), at least 1; intervals with t of n − 4 degrees of freedom. `whole` holds Σ fitted after
    against Σ of the line before gone on, by the delta method, and decides what is told.
    Source: Bernal, Cummins & Gasparrini 2017, Int. J. Epidemiol. 46, 348. None when a side has fewer than eight periods
    or the side before fewer than two events a period.
    """
    before, after = counts[:at], counts[at:]
    if min(len(before), len(after)) < FEWEST_POINTS or sum(before) < FEWEST_A_POINT * len(before):
        return None
    rows, seen = _rows(len(counts), at), np.asarray(counts, dtype=float)
    fitted = _fit(rows, seen)
    if fitted is None:
        return None
    found, covariance = fitted
    means = np.exp(rows @ found)
    freedom = len(counts) - rows.shape[1]
    spread = max(1.0, float((((seen - means) ** 2) / means).sum() / freedom))
    covariance = covariance * spread
    reach = t_point(freedom)

    def ratio(value: float, variance: float) -> tuple[float, float, float]:
        wide = reach * sqrt(max(0.0, variance))
        return exp(value), exp(value - wide), exp(value + wide)

    going_on = rows[at:].copy()
    going_on[:, 2:] = 0.0
    without = np.exp(going_on @ found)
    # d ln(Σ after / Σ without) by the coefficients
    weighs = (means[at:] @ rows[at:]) / means[at:].sum() - (without @ going_on) / without.sum()
    whole = ratio(float(np.log(means[at:].sum() / without.sum())), float(weighs @ covariance @ weighs))
    return Interrupted(
        told="improved" if whole[2] < 1 else "worse" if whole[1] > 1 else "no-evidence",
        slope=ratio(float(found[1]), float(covariance[1, 1])),
        step=ratio(float(found[2]), float(covariance[2, 2])),
        bend=ratio(float(found[3]), float(covariance[3, 3])),
        spread=spread,
        without=tuple(map(float, without)),
        whole=whole,
        avoided=float(without.sum() - seen[at:].sum()),
        is_too_far=bool(without.max() > FARTHEST * max(before)),
    )


def _rows(many: int, at: int) -> Rows:
    periods = np.arange(many)
    is_after = periods >= at
    return np.column_stack([np.ones(many), periods + 1.0, is_after * 1.0, is_after * (periods - at)]).astype(float)


def _fit(rows: Rows, seen: Rows) -> tuple[Rows, Rows] | None:
    """Fit by iterated least squares; None where it does not settle."""
    found, *_rest = np.linalg.lstsq(rows, np.log(seen + 0.5), rcond=None)
    for _ in range(_ROUNDS):
        line = np.clip(rows @ found, -_STEEP, _STEEP)
        means = np.exp(line)
        weighted = rows * means[:, None]
        try:
            information = rows.T @ weighted
            moved = np.linalg.solve(information, weighted.T @ (line + (seen - means) / means))
        except np.linalg.LinAlgError:
            return None
        done = bool(np.abs(moved - found).max() < _SETTLED)
        found = moved
        if done:
            is_bounded = bool(np.abs(rows @ found).max() < _STEEP)
            return (found, np.linalg.inv(information)) if is_bounded else None
    return None
