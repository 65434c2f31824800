"""Failings of people compared: replies of one person resemble each other, so chance is reckoned by the person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import atan, cos, exp, log, pi, sqrt
from statistics import NormalDist

from amends.engine.measures.change import FEWEST_EVENTS, SURE, RateRatio, Verdict
from amends.engine.measures.rates import PerHundred, per_hundred
from amends.engine.measures.share import Z95

_STEPS = 200  # of an integral; even


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrote:
    """What one person wrote on the two sides of a comparison: failings, and the replies they were found in."""

    before: int
    of_before: int
    after: int
    of_after: int


def side(counts: Sequence[tuple[int, int]]) -> PerHundred:
    """Return failings per hundred replies of several people, each with their failings and replies.

    Formula: rate as `per_hundred`; 95 % interval exp(ln r ± t·s), s² = m/(m−1)·Σ(kᵢ − r·nᵢ)²/k², t with m − 1 degrees
    of freedom for m people; never narrower than `per_hundred`. Source: cluster-robust variance of a rate, Liang & Zeger
    1986, Biometrika 73, 13.
    """
    wrote = [(k, n) for k, n in counts if n]
    plain = per_hundred(sum(k for k, _ in wrote), sum(n for _, n in wrote))
    people = len(wrote)
    if people < 2 or not plain.k:
        return plain
    rate = plain.k / plain.n
    spread = people / (people - 1) * sum((k - rate * n) ** 2 for k, n in wrote) / plain.k**2
    reach = t_point(people - 1) * sqrt(spread)
    low, high = 100 * rate * exp(-reach), 100 * rate * exp(reach)
    return replace(plain, low=min(low, plain.low), high=max(high, plain.high))


def between_people(people: Sequence[Wrote]) -> RateRatio | None:
    """Compare the rates of two groups, in which one person may stand on both sides at different times.

    Formula: RR = r_after/r_before; each person weighs dᵢ = (aᵢ − r_a·Aᵢ)/Σa − (bᵢ − r_b·Bᵢ)/Σb on ln RR;
    s² = m/(m−1)·Σdᵢ²; 95 % interval exp(ln RR ± t·s), p two-sided, t with m − 1 degrees of freedom; neither is surer
    than replies of nobody in particular would make it: exp(ln RR ± z·√(1/Σa + 1/Σb)).
    Source: cluster-robust variance, Liang & Zeger 1986, Biometrika 73, 13. None where a side has no failing.
    """
    before, of_before = sum(one.before for one in people), sum(one.of_before for one in people)
    after, of_after = sum(one.after for one in people), sum(one.of_after for one in people)
    if min(before, after, of_before, of_after) <= 0:
        return None
    rates = before / of_before, after / of_after

    def weighs(one: Wrote) -> float:
        return (one.after - rates[1] * one.of_after) / after - (one.before - rates[0] * one.of_before) / before

    return _ratio(rates[1] / rates[0], people, weighs, by_chance=1 / before + 1 / after, events=before + after)


def within_people(people: Sequence[Wrote]) -> RateRatio | None:
    """Compare the same people before and after, each held against themselves: who wrote how much moves nothing.

    Formula (Mantel-Haenszel for rates): RR = Σ(aᵢ·Bᵢ/Tᵢ)/Σ(bᵢ·Aᵢ/Tᵢ), Tᵢ = Aᵢ + Bᵢ; each person weighs
    dᵢ = (aᵢ·Bᵢ/Tᵢ − RR·bᵢ·Aᵢ/Tᵢ)/(RR·Σ bᵢ·Aᵢ/Tᵢ); s² and the interval as between people.
    Source: Greenland & Robins 1985, Biometrics 41, 55, with the variance by person. None where a side has no failing.
    """
    both = [one for one in people if one.of_before and one.of_after]
    upper = sum(one.after * one.of_before / (one.of_before + one.of_after) for one in both)
    lower = sum(one.before * one.of_after / (one.of_before + one.of_after) for one in both)
    if upper <= 0 or lower <= 0:
        return None
    value = upper / lower

    def weighs(one: Wrote) -> float:
        total = one.of_before + one.of_after
        return (one.after * one.of_before / total - value * one.before * one.of_after / total) / upper

    before, after = sum(one.before for one in both), sum(one.after for one in both)
    return _ratio(value, both, weighs, by_chance=1 / before + 1 / after, events=before + after)


def _ratio(
    value: float, people: Sequence[Wrote], weighs: Callable[[Wrote], float], *, by_chance: float, events: int
) -> RateRatio | None:
    count = len(people)
    if count < 2:
        return None
    by_person = count / (count - 1) * sum(weighs(one) ** 2 for one in people)
    apart = abs(log(value))
    reach = max(Z95 * sqrt(by_chance), t_point(count - 1) * sqrt(by_person))
    p = 2 * (1 - NormalDist().cdf(apart / sqrt(by_chance)))
    if by_person > 0:
        p = max(p, beyond(apart / sqrt(by_person), count - 1))
    return RateRatio(value, value * exp(-reach), value * exp(reach), p, _verdict(value, p, events))


def _verdict(value: float, p: float, events: int) -> Verdict:
    if events < FEWEST_EVENTS:
        return "too-few"
    if p >= SURE:
        return "no-evidence"
    return "improved" if value < 1 else "worse"


def beyond(t: float, freedom: int) -> float:
    """Return the two-sided p of Student's t, by the integral of cos^(ν−1) (Student 1908), within 1e-6."""
    whole = _integral(pi / 2, freedom - 1)
    return max(0.0, 1 - _integral(atan(t / sqrt(freedom)), freedom - 1) / whole)


def t_point(freedom: int) -> float:
    """Return the two-sided 95 % point of Student's t."""
    low, high = 1.9, 13.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if beyond(middle, freedom) > 1 - 0.95 else (low, middle)
    return (low + high) / 2


def _integral(until: float, power: int) -> float:
    """Integrate cos^power from 0 by Simpson's rule."""
    step = until / _STEPS
    inner = sum((4 if at % 2 else 2) * max(0.0, cos(at * step)) ** power for at in range(1, _STEPS))
    return step / 3 * (1.0 + inner + max(0.0, cos(until)) ** power)
