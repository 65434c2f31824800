"""Has it become more, or did the cure work? Alarms and comparisons that know chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, lgamma, log, sqrt
from typing import Literal

from amends.engine.measures.rates import geometric_interval

Verdict = Literal["improved", "no-evidence", "worse", "too-few"]

FEWEST_EVENTS = 5  # below this many events on both sides together no verdict is given
SURE = 0.05
FAR = 12.0


@dataclass(frozen=True, slots=True)
class RateRatio:
    """The rate after, as a multiple of the rate before, with its 95 % interval, its exact p and what to make of it."""

    value: float
    low: float
    high: float
    p: float
    verdict: Verdict


def rate_ratio(*, before: int, of_before: int, after: int, of_after: int) -> RateRatio | None:
    """Compare two counts, each out of its own number of chances; None when either side has no event or no chance.

    Formula: (after/of_after) / (before/of_before); 95 % interval exp(ln RR ± z·√(1/before + 1/after)) (log-Wald);
    p exact, two-sided: given the sum, `before` is binomial with p = of_before/(of_before + of_after).
    Source: Breslow & Day 1987, 3.3; Przyborowski & Wilenski 1940.
    """
    if min(before, after, of_before, of_after) <= 0:
        return None
    value = (after / of_after) / (before / of_before)
    low, high = geometric_interval(value, sqrt(1 / before + 1 / after))
    p = _binomial_p(before, before + after, of_before / (of_before + of_after))
    return RateRatio(value, low, high, p, _verdict(value, p, before + after))


def _verdict(value: float, p: float, events: int) -> Verdict:
    if events < FEWEST_EVENTS:
        return "too-few"
    if p >= SURE:
        return "no-evidence"
    return "improved" if value < 1 else "worse"


def _binomial_p(k: int, n: int, chance: float) -> float:
    """Sum the probabilities of every outcome that is no likelier than the one seen.

    Outcomes further than FAR standard deviations from the middle are left out: together they weigh less than 1e-30.
    """
    reach = FAR * sqrt(n * chance * (1 - chance))
    first, last = max(0, int(n * chance - reach)), min(n, int(n * chance + reach) + 1)
    seen = _log_binomial(k, n, chance)
    odds = (_log_binomial(i, n, chance) for i in range(first, last + 1))
    return min(1.0, sum(exp(odd) for odd in odds if odd <= seen + 1e-7))


def _log_binomial(k: int, n: int, chance: float) -> float:
    # in logarithms, since the counts of a large desk overflow a float
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(chance) + (n - k) * log(1 - chance)


def cusum(counts: Sequence[float], *, k: float, h: float) -> tuple[tuple[float, ...], int | None]:
    """Watch counts for a rise: return the running sums, and the place (from 1) of the first alarm, or None.

    Formula: S = max(0, S + x − k), alarm at S >= h; k = (λ1 − λ0)/(ln λ1 − ln λ0) for a rise from λ0 to λ1 a period.
    Source: Lucas 1985, Technometrics 27, 129; λ0 = 4, λ1 = 6, k = 5, h = 10: one false alarm in about 422 periods.
    """
    sums: list[float] = []
    total = 0.0
    for count in counts:
        total = max(0.0, total + count - k)
        sums.append(total)
    return tuple(sums), next((at for at, value in enumerate(sums, 1) if value >= h), None)


def ewma(
    counts: Sequence[float], *, mean: float, weight: float = 0.2, width: float = 3.0
) -> tuple[tuple[float, ...], tuple[float, ...], int | None]:
    """Smooth counts: return the smoothed series, the upper limit of each period, and the place of the first alarm.

    Formula: E = w·x + (1 − w)·E, from `mean`; limit mean + L·√(mean·w/(2 − w)·(1 − (1 − w)^2i)).
    Source: Borror, Champ & Rigdon 1998, J. Quality Technology 30, 352 (Poisson EWMA). Units: counts a period.
    """
    level = mean
    smooth: list[float] = []
    limits: list[float] = []
    for at, count in enumerate(counts, 1):
        level = weight * count + (1 - weight) * level
        smooth.append(level)
        limits.append(mean + width * sqrt(mean * weight / (2 - weight) * (1 - (1 - weight) ** (2 * at))))
    alarm = next((at for at, (e, u) in enumerate(zip(smooth, limits, strict=True), 1) if e > u), None)
    return tuple(smooth), tuple(limits), alarm


@dataclass(frozen=True, slots=True)
class Laney:
    """Limits of a u′ chart: the mean rate, how much wider than Poisson the points spread, the upper limit of each."""

    mean: float
    spread: float
    upper: tuple[float, ...]


def laney_limits(counts: Sequence[float], sizes: Sequence[float]) -> Laney:
    """Return the upper limits of counts per size that vary more than Poisson does.

    Formula: z = (u − ū)/√(ū/n), spread = mean |z_i − z_(i−1)| / 1.128, limit ū + 3·spread·√(ū/n). The spread is not
    raised to 1 when it is less. Source: Laney 2002, Quality Engineering 14, 531, as in Minitab (moving range, not the
    standard deviation of z). Units: those of counts per size.
    """
    if len(counts) < 2 or min(sizes) <= 0 or sum(counts) <= 0:
        raise ValueError("limits need two periods or more, sizes above zero and at least one case")
    mean = sum(counts) / sum(sizes)
    z = [(c / n - mean) / sqrt(mean / n) for c, n in zip(counts, sizes, strict=True)]
    ranges = [abs(b - a) for a, b in pairwise(z)]
    spread = sum(ranges) / len(ranges) / 1.128
    return Laney(mean, spread, tuple(mean + 3 * spread * sqrt(mean / n) for n in sizes))
