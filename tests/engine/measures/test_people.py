"""Rates of people: reckoned by the person, and never surer than chance alone allows."""

import pytest
from scipy import stats

from amends.engine.measures.people import Wrote, between_people, beyond, side, t_point, within_people
from amends.engine.measures.rates import per_hundred


def wrote(*rows: tuple[int, int, int, int]) -> list[Wrote]:
    return [Wrote(before=b, of_before=of_b, after=a, of_after=of_a) for b, of_b, a, of_a in rows]


@pytest.mark.parametrize("freedom", [1, 2, 5, 11, 60])
def test_students_t_is_what_scipy_says(freedom: int) -> None:
    assert t_point(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=1e-4)
    for t in (0.3, 1.5, 4.0):
        assert beyond(t, freedom) == pytest.approx(2 * stats.t.sf(t, freedom), abs=1e-5)


def test_one_persons_bad_day_widens_the_span() -> None:
    even, uneven = side([(5, 50)] * 4), side([(20, 50), (0, 50), (0, 50), (0, 50)])
    plain = per_hundred(20, 200)
    assert (even.k, even.n, uneven.k, uneven.n) == (20, 200, 20, 200)
    assert even.high >= plain.high
    assert uneven.high > 2 * even.high


def test_one_person_is_no_evidence_however_many_replies() -> None:
    all_by_one = wrote((40, 100, 0, 0), (1, 100, 0, 0), (0, 0, 5, 100), (0, 0, 4, 100), (0, 0, 5, 100))
    by_everybody = wrote(
        (21, 100, 0, 0), (20, 100, 0, 0), (0, 0, 5, 100), (0, 0, 4, 100), (0, 0, 5, 100), (20, 100, 0, 0)
    )
    first, second = between_people(all_by_one), between_people(by_everybody)
    assert first is not None
    assert first.verdict == "no-evidence"
    assert second is not None
    assert second.verdict == "improved"
    assert second.value == pytest.approx((14 / 300) / (61 / 300))


def test_each_is_held_against_themselves() -> None:
    # The bad one wrote much before and little after: pooled it looks like a cure, and nobody changed.
    same = wrote((90, 100, 9, 10), (1, 10, 10, 100), (5, 50, 5, 50))
    pooled, held = between_people(same), within_people(same)
    assert pooled is not None
    assert pooled.value < 0.5
    assert held is not None
    assert held.value == pytest.approx(1.0)
    assert held.verdict == "no-evidence"


def test_with_two_times_of_many_people_a_cure_is_seen() -> None:
    found = within_people(wrote(*[(10, 50, 4, 50)] * 6))
    assert found is not None
    assert found.value == pytest.approx(0.4)
    assert found.verdict == "improved"


@pytest.mark.parametrize(
    "rows", [[], [(3, 10, 2, 10)], [(0, 10, 2, 10), (0, 10, 1, 10)], [(2, 10, 0, 0), (1, 5, 0, 0)]]
)
def test_where_nothing_can_be_said_nothing_is(rows: list[tuple[int, int, int, int]]) -> None:
    assert within_people(wrote(*rows)) is None
    assert between_people(wrote(*rows)) is None
