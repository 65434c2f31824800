import pytest

from amends.engine.measures import bounds, median_interval, median_wait, survival

CASES = [
    *((1, True), (2, True), (2, True), (3, False), (4, True), (5, True), (5, False)),
    *((7, True), (9, False), (10, True), (14, True), (20, False), (30, False), (30, False)),
]


def test_survival_agrees_with_the_worked_table() -> None:
    table = [(s.at, s.at_risk, s.events, round(s.share, 6), round(s.error, 6)) for s in survival(CASES)]
    assert table == [
        (1, 14, 1, 0.928571, 0.068830),
        (2, 13, 2, 0.785714, 0.109664),
        (4, 10, 1, 0.707143, 0.123683),
        (5, 9, 1, 0.628571, 0.132568),
        (7, 7, 1, 0.538776, 0.140795),
        (10, 5, 1, 0.431020, 0.148242),
        (14, 4, 1, 0.323265, 0.145154),
    ]


def test_the_median_counts_the_open_cases() -> None:
    assert median_wait(CASES) == 10


@pytest.mark.parametrize("cases", [[], [(3, False)], [(1, True), (9, False), (9, False)]])
def test_no_median_until_half_have_ended(cases: list[tuple[float, bool]]) -> None:
    assert median_wait(cases) is None


def test_all_ended_leaves_nobody_waiting() -> None:
    assert survival([(1, True), (2, True)])[-1].share == 0


def test_the_interval_never_leaves_none_and_all() -> None:
    for step in survival(CASES):
        low, high = bounds(step)
        assert 0 <= low <= step.share <= high <= 1


def test_the_log_log_interval_agrees_with_its_formula() -> None:
    step = survival(CASES)[4]  # S = .538776, SE = .140795
    assert bounds(step) == pytest.approx((0.24275, 0.76325), abs=5e-5)


def test_the_median_has_an_interval_that_may_have_no_end_yet() -> None:
    assert median_interval(CASES) == (2, None)
    assert median_interval([(float(at), True) for at in range(1, 41)]) == (14, 26)
    assert median_interval([]) == (None, None)
