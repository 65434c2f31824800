"""What a lost customer costs, from the organisation's own figures. Direct loss only; word of mouth is told apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class YearlyValue:
    """What customers spend a year, by currency (never mixed); `known` of `customers` have a figure on record."""

    totals: tuple[tuple[str, Decimal], ...]
    known: int
    customers: int


def yearly_value_at_risk(customers: Iterable[tuple[Decimal | None, str]]) -> YearlyValue:
    """Add up what unhappy customers spend a year: the most that can leave with them, no forecast.

    Formula: Σ yearly value of each customer once. Units: money a year, one total per currency. A customer with no
    figure adds nothing and is counted in `customers`, so that the gap is seen.
    """
    totals: dict[str, Decimal] = {}
    known = everybody = 0
    for value, currency in customers:
        everybody += 1
        if value is not None:
            known += 1
            totals[currency] = totals.get(currency, Decimal(0)) + value
    return YearlyValue(tuple(sorted(totals.items())), known, everybody)


def simple_lifetime_value(*, margin: float, times_a_year: float, years: float) -> float:
    """Return what one customer brings in all, with nothing discounted.

    Formula: m·f·T. Source: the coffee shop, $3 × 200 visits a year × 5 years = $3,000. Units: those of `margin`.
    """
    return margin * times_a_year * years


def lifetime_value(*, margin: float, retention: float, discount: float, paid_now: bool = False) -> float:
    """Return the present value of a customer who stays each period with probability `retention`.

    Formula: m·r/(1 + d − r) with the first margin at the end of the first period, m·(1 + d)/(1 + d − r) when it is
    paid now. Source: Gupta & Lehmann 2003, J. Interactive Marketing 17, 9. Units: those of `margin`; d per period.
    """
    if not 0 <= retention <= 1 or discount < 0 or 1 + discount - retention <= 0:
        raise ValueError("retention must lie in [0, 1], and discount be 0 or more and not leave the sum endless")
    return margin * ((1 + discount) if paid_now else retention) / (1 + discount - retention)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loyalty:
    """The share of customers who would buy again, by what happened to them."""

    no_problem: float
    silent: float
    satisfied: float
    mollified: float
    dissatisfied: float


# The classic table of TARP (1979/86): well known, and old. A default to be replaced by the organisation's own survey.
TARP_LARGE_PROBLEM = Loyalty(no_problem=0.90, silent=0.09, satisfied=0.54, mollified=0.19, dissatisfied=0.19)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketAtRisk:
    """Customers with a problem and customers lost, by segment, and the revenue that goes with them."""

    problems: float
    segments: tuple[tuple[str, float], ...]
    lost: tuple[tuple[str, float], ...]
    revenue: float

    @property
    def lost_customers(self) -> float:
        return sum(count for _, count in self.lost)


def market_at_risk(
    *,
    customers: float,
    problem_rate: float,
    complain_rate: float,
    satisfied: float,
    mollified: float,
    loyalty: Loyalty,
    value: float,
) -> MarketAtRisk:
    """Return what poor service puts at risk, from those who never complain to those who complained in vain.

    Formula: problems = customers × problem rate, split into silent, satisfied, mollified and dissatisfied;
    lost = Σ segment × max(0, loyalty without a problem − loyalty of the segment); revenue = lost × value.
    Source: TARP / CCMC market at risk (reconstruction). Units: customers, and money in the unit of `value`.
    Word of mouth is not in it.
    """
    if satisfied + mollified > 1:
        raise ValueError("satisfied and mollified are shares of the complainants and cannot exceed one together")
    problems = customers * problem_rate
    heard = problems * complain_rate
    segments = {
        "silent": (problems - heard, loyalty.silent),
        "satisfied": (heard * satisfied, loyalty.satisfied),
        "mollified": (heard * mollified, loyalty.mollified),
        "dissatisfied": (heard * (1 - satisfied - mollified), loyalty.dissatisfied),
    }
    lost = {name: count * max(0.0, loyalty.no_problem - stays) for name, (count, stays) in segments.items()}
    return MarketAtRisk(
        problems=problems,
        segments=tuple((name, count) for name, (count, _) in segments.items()),
        lost=tuple(lost.items()),
        revenue=sum(lost.values()) * value,
    )


def short_market_at_risk(*, customers: float, problem_rate: float, loyalty_drop: float) -> float:
    """Return customers at risk by the short form: customers × share with a problem × drop in loyalty.

    Source: CTMA. 1,000 × 35 % × 25 % = 87.5 customers.
    """
    return customers * problem_rate * loyalty_drop
