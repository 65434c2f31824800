from decimal import Decimal

import pytest

from amends.engine.measures import (
    Loyalty,
    lifetime_value,
    market_at_risk,
    short_market_at_risk,
    simple_lifetime_value,
    yearly_value_at_risk,
)
from amends.engine.measures.money import TARP_LARGE_PROBLEM

LOYALTY = Loyalty(no_problem=0.85, silent=0.60, satisfied=0.83, mollified=0.55, dissatisfied=0.30)


def test_the_three_dollar_customer_is_a_three_thousand_dollar_customer() -> None:
    assert simple_lifetime_value(margin=3, times_a_year=200, years=5) == 3000


@pytest.mark.parametrize(("paid_now", "value"), [(False, 266.67), (True, 366.67)])
def test_lifetime_value_agrees_with_the_worked_numbers(paid_now: bool, value: float) -> None:
    found = lifetime_value(margin=100, retention=0.8, discount=0.1, paid_now=paid_now)
    assert found == pytest.approx(value, abs=0.005)


def test_a_customer_who_never_leaves_needs_a_discount() -> None:
    with pytest.raises(ValueError, match="endless"):
        lifetime_value(margin=100, retention=1.0, discount=0.0)


def test_market_at_risk_agrees_with_the_worked_numbers() -> None:
    found = market_at_risk(
        customers=100_000,
        problem_rate=0.3,
        complain_rate=0.4,
        satisfied=0.4,
        mollified=0.35,
        loyalty=LOYALTY,
        value=120,
    )
    assert dict(found.segments) == pytest.approx(
        {"silent": 18_000, "satisfied": 4_800, "mollified": 4_200, "dissatisfied": 3_000}
    )
    assert dict(found.lost) == pytest.approx(
        {"silent": 4_500, "satisfied": 96, "mollified": 1_260, "dissatisfied": 1_650}
    )
    assert (found.lost_customers, found.revenue) == pytest.approx((7_506, 900_720))


def test_market_at_risk_by_the_table_of_tarp() -> None:
    found = market_at_risk(
        customers=10_000,
        problem_rate=0.1,
        complain_rate=0.5,
        satisfied=0.4,
        mollified=0.0,
        loyalty=TARP_LARGE_PROBLEM,
        value=100,
    )
    assert (found.lost_customers, found.revenue) == pytest.approx((690, 69_000))


def test_asking_for_complaints_without_handling_them_better_gains_nothing() -> None:
    def lost(complain_rate: float) -> float:
        return market_at_risk(
            customers=100_000,
            problem_rate=0.3,
            complain_rate=complain_rate,
            satisfied=0.4,
            mollified=0.35,
            loyalty=LOYALTY,
            value=120,
        ).lost_customers

    assert lost(0.8) > lost(0.4)


def test_short_form() -> None:
    assert short_market_at_risk(customers=1000, problem_rate=0.35, loyalty_drop=0.25) == pytest.approx(87.5)


def test_yearly_value_keeps_currencies_apart_and_counts_the_unknown() -> None:
    found = yearly_value_at_risk([(Decimal(100), "TRY"), (Decimal(50), "USD"), (Decimal(20), "TRY"), (None, "")])
    assert found.totals == (("TRY", Decimal(120)), ("USD", Decimal(50)))
    assert (found.known, found.customers) == (3, 4)
