"""Rates that are not shares: findings per hundred replies, and the promoter score."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt

from amends.engine.measures.share import FEWEST, Z95


@dataclass(frozen=True, slots=True)
class PerHundred:
    """`k` happenings in `n` replies, as happenings per hundred replies with a 95 % interval."""

    k: int
    n: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        return 100 * self.k / self.n if self.n else None

    @property
    def too_few(self) -> bool:
        return self.n < FEWEST


def per_hundred(k: int, n: int) -> PerHundred:
    """Return happenings per hundred replies; one reply may carry several, so this is a Poisson rate and no share.

    Formula: 100·k/n; interval by Byar: k(1 − 1/9k − z/3√k)³ … (k+1)(1 − 1/9(k+1) + z/3√(k+1))³, times 100/n.
    Source: Breslow & Day 1987, Statistical Methods in Cancer Research II, 2.10. Units: per 100 replies.
    """
    if k < 0 or n < 0:
        raise ValueError(f"a rate needs k and n of 0 or more, not {k} in {n}")
    if n == 0:
        return PerHundred(k, n, 0.0, 0.0)
    low = k * (1 - 1 / (9 * k) - Z95 / (3 * sqrt(k))) ** 3 if k else 0.0
    high = (k + 1) * (1 - 1 / (9 * (k + 1)) + Z95 / (3 * sqrt(k + 1))) ** 3
    return PerHundred(k, n, 100 * max(low, 0.0) / n, 100 * high / n)


@dataclass(frozen=True, slots=True)
class PromoterScore:
    """Promoters less detractors in points (−100 … 100), give or take `reach` points, of `n` answers."""

    value: float
    reach: float
    n: int


def promoter_score(*, promoters: int, passives: int, detractors: int) -> PromoterScore | None:
    """Return the net promoter score of answers from 0 to 10 (9–10 promote, 0–6 detract), or None without answers.

    Formula: 100(p − d); 95 % reach 100·z·√((p + d − (p − d)²)/n). Units: points.
    Source: Reichheld 2003; the interval is that of a difference of two shares of one multinomial.
    """
    n = promoters + passives + detractors
    if n == 0:
        return None
    p, d = promoters / n, detractors / n
    return PromoterScore(100 * (p - d), 100 * Z95 * sqrt((p + d - (p - d) ** 2) / n), n)


def geometric_interval(value: float, standard_error_of_log: float) -> tuple[float, float]:
    """Return the 95 % interval of a ratio from the standard error of its logarithm."""
    return exp(log(value) - Z95 * standard_error_of_log), exp(log(value) + Z95 * standard_error_of_log)
