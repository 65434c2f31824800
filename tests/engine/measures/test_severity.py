import pytest

from amends.engine.measures.severity import ITSELF, WEIGHTS, quality_index

# Weight and number of failures of one week of 425,000 parcels: reopened, damaged, international, invoice, late pick-up,
# lost, no proof of delivery, right day late, traced, wrong day late.
PARCELS = [(3, 125), (10, 18), (1, 102), (1, 282), (3, 209), (10, 2), (1, 26), (1, 751), (3, 115), (5, 15)]


def test_the_worked_week_of_a_parcel_carrier() -> None:
    week = quality_index(PARCELS, chances=85_000 * 5)
    assert (week.failures, week.points) == (1645, 2783)
    assert week.rate == pytest.approx(0.00387059, abs=5e-9)
    assert week.value == pytest.approx(0.00654824, abs=5e-9)


def test_what_happens_seldom_may_weigh_most() -> None:
    often, badly = quality_index([(1, 30)], chances=30), quality_index([(1, 4), (10, 3)], chances=4)
    assert badly.points > often.points
    assert (often.value, badly.value) == (1, 8.5)


def test_without_a_chance_there_is_no_rate() -> None:
    nothing = quality_index([], chances=0)
    assert (nothing.failures, nothing.points, nothing.rate, nothing.value) == (0, 0, None, None)


def test_nothing_is_below_nought() -> None:
    with pytest.raises(ValueError, match="below nought"):
        quality_index([(1, -1)], chances=3)


def test_the_steps_are_those_of_the_published_index() -> None:
    assert {ITSELF, *WEIGHTS.values()} == {weight for weight, _many in PARCELS}
