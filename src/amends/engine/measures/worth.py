"""
Money as figures that can be opened: direct loss, lifetime value, market at risk, keeping against winning.

Direct loss comes first. Word of mouth is a separate estimate, never added to it, and only made where somebody asks.
Every default says that it is one, and who found it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from amends.engine.languages.wording import N_
from amends.engine.measures.explained import Figure, Input, Origin
from amends.engine.measures.money import Loyalty, lifetime_value, market_at_risk

DAYS: Final = 365
KEEP_OR_WIN: Final = 5.0  # S2.2: a new customer costs about five times as much as keeping one
STAYS: Final = 0.8
DISCOUNT: Final = 0.1
TELLS: Final = 10.0  # people, of 48 % of unhappy customers (CEB 2010); folklore beyond that
SWAYED: Final = 0.02


def direct_loss(
    *, low: float, high: float, days: int = DAYS, origin: Origin = "told", days_from: Origin = "default"
) -> Figure:
    """Return what a customer who left took along in a year: what they spent a day, times the days counted.

    The coffee shop (S4.5): 15 to 20 dollars a day, all 365 days of a year, are 5,475 to 7,300 dollars.
    """
    if not 0 <= low <= high or days < 0:
        raise ValueError("what is spent a day is a range from 0 upwards")
    return Figure(
        name=N_("Direct loss in a year, one customer"),
        value=(low + high) / 2 * days,
        low=low * days,
        high=high * days,
        unit="money",
        formula=N_("spent a day × days counted"),
        inputs=(
            Input(name=N_("Spent a day"), value=(low + high) / 2, low=low, high=high, unit="money", origin=origin),
            Input(name=N_("Days counted"), value=days, unit="days", origin=days_from),
        ),
        caution=N_("Counted are all 365 days of a year: tell fewer where nobody buys on some of them.")
        if days_from == "default"
        else N_("Counted are as many days a year as were told."),
    )


def lost_value(*, yearly: Input, margin: Input, stays: Input, discount: Input) -> Figure:
    """Return what leaves with customers over the years they would have stayed, in the money of today.

    Formula: m·r/(1 + d − r), m what they bring a year (spend × margin). Its range is that of its inputs: the least with
    the least margin and staying and the highest discount, the most the other way round.
    """

    def worth(spend: float, part: float, retention: float, rate: float) -> float:
        return lifetime_value(margin=spend * part, retention=retention, discount=rate)

    return Figure(
        name=N_("Lifetime value that leaves with them"),
        value=worth(yearly.value, margin.value, stays.value, discount.value),
        low=worth(yearly.least, margin.least, stays.least, discount.most),
        high=worth(yearly.most, margin.most, stays.most, discount.least),
        unit="money",
        formula=N_("spent a year × margin × staying ÷ (1 + discount − staying)"),
        inputs=(yearly, margin, stays, discount),
        caution=N_("A present value over all years to come, not the loss of one year. The two are never added up."),
    )


def at_risk(
    *,
    customers: Input,
    problem_rate: Input,
    complain_rate: Input,
    satisfied: Input,
    mollified: Input,
    loyalty: Mapping[str, Input],
    value: Input,
) -> Figure:
    """Return TARP's market at risk a year: from those who never complain to those who complained in vain."""

    def revenue(problem: float, complain: float, worth: float) -> float:
        return market_at_risk(
            customers=customers.value,
            problem_rate=problem,
            complain_rate=complain,
            satisfied=satisfied.value,
            mollified=mollified.value,
            loyalty=Loyalty(**{name: one.value for name, one in loyalty.items()}),
            value=worth,
        ).revenue

    ends = [
        revenue(problem, complain, worth)
        for problem in (problem_rate.least, problem_rate.most)
        for complain in (complain_rate.least, complain_rate.most)
        for worth in (value.least, value.most)
    ]
    return Figure(
        name=N_("Market at risk in a year"),
        value=revenue(problem_rate.value, complain_rate.value, value.value),
        low=min(ends),
        high=max(ends),
        unit="money",
        formula=N_(
            "customers × share with a problem, split into silent, content, half content and not content; "
            "each part × the loyalty it lost × spent a year"
        ),
        inputs=(customers, problem_rate, complain_rate, satisfied, mollified, *loyalty.values(), value),
        caution=N_("A model of a survey, not a count. Word of mouth is not in it."),
    )


def keep_or_win(*, customers: Input, keeping: Input, times: Input) -> Figure:
    """Return what it costs to win as many new customers as may leave, beyond what keeping them would."""
    ends = (
        customers.least * keeping.least * (times.least - 1),
        customers.most * keeping.most * (times.most - 1),
    )
    return Figure(
        name=N_("Winning new ones instead of keeping them"),
        value=customers.value * keeping.value * (times.value - 1),
        low=min(ends),
        high=max(ends),
        unit="money",
        formula=N_("customers × cost of keeping one × (how many times as much winning one costs − 1)"),
        inputs=(customers, keeping, times),
        caution=N_("The ratio is a rule of thumb: put in what your own figures say."),
    )


def word_of_mouth(*, customers: Input, tells: Input, swayed: Input, value: Input) -> Figure:
    """Return what others who hear of it may take elsewhere: an estimate, apart from everything else."""
    inputs = (customers, tells, swayed, value)
    low = high = middle = 1.0
    for one in inputs:
        low, middle, high = low * one.least, middle * one.value, high * one.most
    return Figure(
        name=N_("Word of mouth"),
        value=middle,
        low=low,
        high=high,
        unit="money",
        formula=N_("customers × people each one tells × share of them who stay away × spent a year"),
        inputs=inputs,
        caution=N_(
            "An estimate apart: it is never added to direct loss. How many people hear of it is mostly folklore."
        ),
    )
