"""Do two judges agree? Cohen's kappa, never without its count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

from amends.engine.measures.share import FEWEST, Z95


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two judges agree beyond chance, from `n` answers that both judged; `agreed` of them alike."""

    n: int
    agreed: int
    kappa: float | None  # None where chance alone would agree always, or nothing was judged
    low: float | None
    high: float | None

    @property
    def too_few(self) -> bool:
        """Whether the answers are too few for a kappa to mean anything."""
        return self.n < FEWEST


def agreement(pairs: Iterable[tuple[bool, bool]]) -> Agreement:
    """Return Cohen's kappa of two judges who said yes or no to the same answers.

    Formula: (p_o − p_e)/(1 − p_e); 95 % interval ± z·√(p_o(1 − p_o)/(n(1 − p_e)²)), cut to −1 … 1.
    Source: Cohen 1960, Educational and Psychological Measurement 20, 37.
    """
    told = list(pairs)
    n = len(told)
    agreed = sum(one == other for one, other in told)
    if not n:
        return Agreement(0, 0, None, None, None)
    first, second = sum(one for one, _ in told) / n, sum(other for _, other in told) / n
    by_chance = first * second + (1 - first) * (1 - second)
    if by_chance >= 1:
        return Agreement(n, agreed, None, None, None)
    share = agreed / n
    kappa = (share - by_chance) / (1 - by_chance)
    reach = Z95 * sqrt(share * (1 - share) / n) / (1 - by_chance)
    return Agreement(n, agreed, kappa, max(-1.0, kappa - reach), min(1.0, kappa + reach))
