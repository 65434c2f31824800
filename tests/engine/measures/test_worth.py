import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.engine.measures.explained import ORIGINS, Figure, Input, Origin
from amends.engine.measures.money import TARP_LARGE_PROBLEM
from amends.engine.measures.worth import at_risk, direct_loss, keep_or_win, lost_value, word_of_mouth


def one(value: float, *, low: float | None = None, high: float | None = None, origin: Origin = "told") -> Input:
    return Input(name="x", value=value, unit="share", origin=origin, low=low, high=high)


def test_the_cappuccino() -> None:
    found = direct_loss(low=15, high=20)
    assert (found.low, found.high) == (5475, 7300)
    assert found.inputs[1].value == 365
    assert found.is_a_range


def test_other_days_are_other_money() -> None:
    assert direct_loss(low=15, high=20, days=300).high == 6000


def test_lifetime_value_is_that_of_the_formula() -> None:
    found = lost_value(yearly=one(100), margin=one(1), stays=one(0.8), discount=one(0.1))
    assert found.value == pytest.approx(100 * 0.8 / 0.3)
    assert not found.is_a_range


@given(st.floats(0.1, 0.5), st.floats(0.5, 0.9), st.floats(0.05, 0.1), st.floats(0.1, 0.2))
def test_a_range_holds_its_middle(low_stay: float, high_stay: float, low_rate: float, high_rate: float) -> None:
    found = lost_value(
        yearly=one(100),
        margin=one(0.3),
        stays=one((low_stay + high_stay) / 2, low=low_stay, high=high_stay),
        discount=one((low_rate + high_rate) / 2, low=low_rate, high=high_rate),
    )
    assert found.low <= found.value <= found.high


def test_market_at_risk_says_where_its_inputs_come_from() -> None:
    loyalty = {
        name: one(getattr(TARP_LARGE_PROBLEM, name), origin="default")
        for name in ("no_problem", "silent", "satisfied", "mollified", "dissatisfied")
    }
    found = at_risk(
        customers=one(10_000),
        problem_rate=one(0.2, low=0.1, high=0.3),
        complain_rate=one(0.5),
        satisfied=one(0.5),
        mollified=one(0.2),
        loyalty=loyalty,
        value=one(100),
    )
    assert found.low < found.value < found.high
    assert found.rests_on_defaults
    assert {each.origin for each in found.inputs} <= set(ORIGINS)


def test_winning_costs_so_many_times_more() -> None:
    assert keep_or_win(customers=one(10), keeping=one(20), times=one(5)).value == 800


def test_word_of_mouth_stands_apart() -> None:
    found = word_of_mouth(customers=one(10), tells=one(10), swayed=one(0.02), value=one(100))
    assert found.value == pytest.approx(200)
    assert found.caution


def test_a_figure_without_a_range_says_so() -> None:
    figure = Figure(name="x", value=1, low=1, high=1, unit="money", formula="x", inputs=())
    assert not figure.is_a_range
    assert not figure.rests_on_defaults


def test_a_range_upside_down_is_refused() -> None:
    with pytest.raises(ValueError, match="range"):
        direct_loss(low=20, high=15)
