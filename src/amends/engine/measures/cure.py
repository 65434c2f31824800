"""Did the cure work? Two rates held against each other; nothing is claimed that the counts do not bear."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, inf, lgamma, log, log1p, sqrt
from typing import Final

from amends.engine.measures.change import FEWEST_EVENTS, SURE, Verdict
from amends.engine.measures.rates import geometric_interval

_HALVINGS: Final = 80
_FAR: Final = 30.0  # e^30: beyond any ratio that counts of complaints can have
_MANY: Final = 4000  # events: above, the plain interval agrees with the exact one to every digit that is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The rate after as a multiple of the rate before, with the range that chance leaves it."""

    before: int
    of_before: float
    after: int
    of_after: float
    ratio: float  # infinite where nothing happened before
    low: float
    high: float
    spread: float  # how many times more than by chance alone the counts vary; 1 where that is less, or not known
    verdict: Verdict

    @property
    def expected(self) -> float:
        """How many there would have been after, had nothing changed."""
        return self.before / self.of_before * self.of_after

    @property
    def avoided(self) -> tuple[float, float, float] | None:
        """How many fewer there were than that, from and to; less than zero is more. None where it has no bound."""
        if self.high == inf:
            return None
        return (self.expected - self.after, self.expected * (1 - self.high), self.expected * (1 - self.low))


def before_and_after(
    *, before: int, of_before: float, after: int, of_after: float, spread: float = 1.0
) -> Comparison | None:
    """Compare two counts, each in its own length of time or number of chances; None where a side has none of these.

    Formula: RR = (after/of_after)/(before/of_before). Given the sum, `after` is binomial with
    p = RR·of_after/(RR·of_after + of_before); the 95 % interval is where its mid-P tails are 2.5 %. A spread φ above 1
    stretches it by √φ on the scale of the logarithm (quasi-Poisson; McCullagh & Nelder 1989, 6.2.3).
    Source: Berry & Armitage 1995, The Statistician 44, 417 (mid-P); Breslow & Day 1987, 3.3 (conditional binomial).
    A side without any event is no obstacle: of 12 before and none after the upper end still tells.
    """
    if min(of_before, of_after) <= 0:
        return None
    if before < 0 or after < 0:
        raise ValueError(f"counts are 0 or more, not {before} and {after}")
    spread = max(1.0, spread)
    value = (after / of_after) / (before / of_before) if before else inf
    low, high = _stretched(*_interval(before, after, of_after / of_before), value=value, spread=spread)
    return Comparison(
        before=before,
        of_before=of_before,
        after=after,
        of_after=of_after,
        ratio=value,
        low=low,
        high=high,
        spread=spread,
        verdict=_verdict(low, high, before + after),
    )


def spread_of(counts: Sequence[float]) -> float:
    """Return how many times more than by chance counts of equal periods vary about their mean; 1 where it is less.

    Formula: Pearson Σ(x − m)²/m over the degrees of freedom. Fewer than eight periods, or fewer than one event a period
    on the average, tell nothing of it: 1. Source: McCullagh & Nelder 1989, 9.2.
    """
    mean = sum(counts) / len(counts) if counts else 0.0
    if len(counts) < 8 or mean < 1:
        return 1.0
    return max(1.0, sum((x - mean) ** 2 for x in counts) / mean / (len(counts) - 1))


def _verdict(low: float, high: float, events: int) -> Verdict:
    if events < FEWEST_EVENTS:
        return "too-few"
    if high < 1:
        return "improved"
    return "worse" if low > 1 else "no-evidence"


def _interval(before: int, after: int, times: float) -> tuple[float, float]:
    if before + after == 0:
        return 0.0, inf
    if before + after > _MANY and min(before, after) * 100 > before + after:
        return geometric_interval(after / before / times, sqrt(1 / before + 1 / after))
    n = before + after
    # Both tails are of one distribution: the ways to choose are counted once.
    ways = [lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) for k in range(n + 1)]

    def beyond(log_ratio: float, *, counts: range) -> float:
        odds = log_ratio + log(times)
        # log p and log(1 − p) from the odds, without losing what is very near to 0 or 1
        yes = -log1p(exp(-odds)) if odds > 0 else odds - log1p(exp(odds))
        no = yes - odds
        tail = sum(exp(ways[k] + k * yes + (n - k) * no) for k in counts)
        return tail + 0.5 * exp(ways[after] + after * yes + (n - after) * no)

    low = exp(_where(lambda at: beyond(at, counts=range(after + 1, n + 1)) - SURE / 2)) if after else 0.0
    high = exp(_where(lambda at: SURE / 2 - beyond(at, counts=range(after)))) if before else inf
    return low, high


def _where(rising: Callable[[float], float]) -> float:
    """Find where a function that rises is zero."""
    low, high = -_FAR, _FAR
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
    return (low + high) / 2


def _stretched(low: float, high: float, *, value: float, spread: float) -> tuple[float, float]:
    wide = sqrt(spread)
    if wide == 1 or (low == 0 and high == inf):
        return low, high
    if value == 0:  # only one end is known: it moves towards 'no change'
        return low, exp(log(high) / wide) if high < 1 else high
    if value == inf:
        return exp(log(low) / wide) if low > 1 else low, high
    return value * (low / value) ** wide, value * (high / value) ** wide
