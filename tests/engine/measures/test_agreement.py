"""Agreement of judges and the size of samples, against the worked numbers of the trade."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.engine.drills.agreement import agreement
from amends.engine.measures.agreement import ac1, alpha, enough_for, missed, reach_of, squared

# Three judges, fifteen things, as Krippendorff's alpha is usually shown; '*' was not answered.
FIRST, SECOND, THIRD = "*****34121133*3", "1*213343*******", "**21344*21133*4"


def _pairs(both: int, first: int, second: int, neither: int) -> list[tuple[bool, bool]]:
    return [(True, True)] * both + [(True, False)] * first + [(False, True)] * second + [(False, False)] * neither


@pytest.mark.parametrize(
    ("counts", "kappa", "found"),
    [((20, 5, 10, 15), 0.40, 0.4059), ((1, 4, 4, 91), 0.1579, 0.9116), ((45, 4, 4, 47), 0.8399, None)],
)
def test_what_is_rare_makes_kappa_small_and_not_ac1(
    counts: tuple[int, int, int, int], kappa: float, found: float | None
) -> None:
    assert agreement(_pairs(*counts)).kappa == pytest.approx(kappa, abs=5e-5)
    assert found is None or ac1(_pairs(*counts)) == pytest.approx(found, abs=5e-5)


def test_ac1_of_nothing_is_none_and_of_one_answer_is_all() -> None:
    assert ac1([]) is None
    assert ac1([(True, True)] * 12) == 1


@pytest.mark.parametrize(("n", "reach"), [(385, 0.05), (97, 0.10)])
def test_so_many_are_enough(n: int, reach: float) -> None:
    assert enough_for(reach) == n
    assert reach_of(n) <= reach < reach_of(n - 1)


@pytest.mark.parametrize(
    ("share", "looked_at", "told"),
    [
        *((0.01, 10, 0.9044), (0.01, 50, 0.605), (0.01, 100, 0.366), (0.01, 150, 0.2215)),
        *((0.02, 1, 0.98), (0.02, 10, 0.8171), (0.02, 50, 0.3642), (0.02, 100, 0.1326), (0.02, 150, 0.0483)),
        *((0.03, 10, 0.7374), (0.03, 50, 0.2181), (0.03, 100, 0.0476), (0.03, 150, 0.0104)),
        *((0.05, 10, 0.5987), (0.05, 50, 0.0769), (0.05, 100, 0.0059), (0.05, 150, 0.0005)),
    ],
)
def test_what_is_rare_is_missed(share: float, looked_at: int, told: float) -> None:
    assert missed(share, looked_at) == pytest.approx(told, abs=5e-5)


def _units() -> list[list[int]]:
    return [[int(one) for one in unit if one != "*"] for unit in zip(FIRST, SECOND, THIRD, strict=True)]


def test_alpha_agrees_with_the_worked_numbers() -> None:
    assert alpha(_units()) == pytest.approx(0.6914, abs=5e-5)
    assert alpha(_units(), far=squared) == pytest.approx(0.8108, abs=5e-5)


def test_alpha_of_nothing_is_none() -> None:
    assert alpha([]) is None
    assert alpha([["a"], []]) is None
    assert alpha([["a", "a"], ["a", "a"]]) is None


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=4), max_size=12))
def test_alpha_is_one_for_friends_and_never_more(units: list[list[str]]) -> None:
    found = alpha(units)
    assert found is None or found <= 1
    same = alpha([unit[:1] * 2 for unit in units])
    assert same is None or same == pytest.approx(1)
