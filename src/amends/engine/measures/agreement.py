"""How far judges agree beyond chance, and how much of a whole a sample shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import permutations
from math import ceil, sqrt
from typing import Final

from amends.engine.measures.share import Z95

RELIABLE: Final = 0.8  # alpha from which figures may rest on such judgements; from TENTATIVE on with caution
TENTATIVE: Final = 2 / 3


def ac1(pairs: Iterable[tuple[bool, bool]]) -> float | None:
    """Return Gwet's AC1 of two judges who said yes or no to the same things; None where nothing was judged.

    Formula: (p_o − p_e)/(1 − p_e), p_e = 2·q·(1 − q), q the share of yes of both judges together. Where nearly
    everything is a no, kappa calls judges who agree in 92 of 100 strangers to each other (.16); this does not (.91).
    Source: Gwet 2008, British Journal of Mathematical and Statistical Psychology 61, 29; worked numbers of the trade.
    """
    told = list(pairs)
    if not told:
        return None
    agreed = sum(one == other for one, other in told) / len(told)
    yes = sum(one + other for one, other in told) / (2 * len(told))
    by_chance = 2 * yes * (1 - yes)
    return (agreed - by_chance) / (1 - by_chance)


def _differs(one: Hashable, other: Hashable) -> float:
    return float(one != other)


def squared(one: float, other: float) -> float:
    """How far two numbers are apart, for the alpha of what is measured on a scale."""
    return (one - other) ** 2


def alpha[Answer: Hashable](
    units: Iterable[Sequence[Answer]], *, far: Callable[[Answer, Answer], float] = _differs
) -> float | None:
    """Return Krippendorff's alpha of any number of judges; a unit holds the answers it was given.

    Formula: 1 − D_o/D_e; D_o the mean distance of two answers to one unit (each unit by its number of answers less
    one), D_e that of any two answers. None where nothing was answered twice, or all answers are the same.
    Source: Krippendorff 2011, Computing Krippendorff's Alpha-Reliability; worked numbers of the trade.
    """
    counted = [unit for unit in units if len(unit) > 1]
    answers = Counter(answer for unit in counted for answer in unit)
    n = answers.total()
    seen = sum(sum(far(one, other) for one, other in permutations(unit, 2)) / (len(unit) - 1) for unit in counted)
    by_chance = sum(answers[one] * answers[other] * far(one, other) for one, other in permutations(answers, 2)) / max(
        1, n - 1
    )
    return 1 - seen / by_chance if by_chance else None


def enough_for(reach: float) -> int:
    """Return how many must be looked at, chosen by chance, to know a share to within ± `reach` (95 per cent).

    Formula: n = z²/(4·reach²), for a share of one half; any other share needs fewer. ± 5 points: 385, ± 10: 97.
    """
    return ceil(Z95**2 / (4 * reach**2))


def reach_of(n: int) -> float:
    """Return how far a share of `n` may lie from that of all, at most (95 per cent): the same the other way round."""
    return Z95 / (2 * sqrt(n))


def missed(share: float, looked_at: int) -> float:
    """Return how likely it is to see nothing of what `share` of all have, after looking at so many: (1 − share)ⁿ."""
    return float((1 - share) ** looked_at)
