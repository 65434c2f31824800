from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from amends.engine.measures.cure import before_and_after, spread_of
from amends.engine.measures.interrupted import interrupted, segments

RISING_THEN_CURED = [20, 21, 22, 21, 23, 24, 24, 25, 26, 26, 27, 28, 20, 20, 19, 19, 18, 19, 18, 17, 17, 16, 16, 15]
counts = st.integers(min_value=0, max_value=60)


def mid_p(after: int, before: int, ratio: float, times: float, *, above: bool) -> float:
    """The tail of the conditional binomial, as another library reckons it."""
    chance = ratio * times / (1 + ratio * times)
    there = stats.binom(after + before, chance)
    beyond = there.sf(after) if above else there.cdf(after - 1)
    return float(beyond + 0.5 * there.pmf(after))


@pytest.mark.parametrize(("before", "after", "times"), [(40, 18, 0.9), (8, 5, 1.0), (120, 84, 1.0), (3, 30, 0.25)])
def test_the_ends_of_the_interval_leave_two_and_a_half_per_cent(before: int, after: int, times: float) -> None:
    found = before_and_after(before=before, of_before=1.0, after=after, of_after=times)
    assert found is not None
    assert mid_p(after, before, found.low, times, above=True) == pytest.approx(0.025, abs=1e-9)
    assert mid_p(after, before, found.high, times, above=False) == pytest.approx(0.025, abs=1e-9)


@pytest.mark.parametrize(
    ("before", "after", "ratio", "verdict"),
    [
        ((40, 10_000), (18, 9_000), 0.5, "improved"),
        ((8, 2_000), (5, 2_000), 0.625, "no-evidence"),
        ((120, 30_000), (84, 30_000), 0.7, "improved"),
        ((84, 30_000), (120, 30_000), 1.4286, "worse"),
        ((3, 90), (1, 90), 0.3333, "too-few"),
    ],
)
def test_verdicts_are_those_of_the_worked_numbers(
    before: tuple[int, int], after: tuple[int, int], ratio: float, verdict: str
) -> None:
    found = before_and_after(before=before[0], of_before=before[1], after=after[0], of_after=after[1])
    assert found is not None
    assert found.ratio == pytest.approx(ratio, abs=5e-5)
    assert found.verdict == verdict


def test_a_cause_that_is_gone_altogether_is_told() -> None:
    found = before_and_after(before=12, of_before=90, after=0, of_after=90)
    assert found is not None
    assert (found.ratio, found.low, found.verdict) == (0, 0, "improved")
    assert found.high == pytest.approx(20 ** (1 / 12) - 1, abs=1e-9)  # half of (1/(1 + RR))¹² is 2.5 %
    assert found.avoided == pytest.approx((12, 12 * (1 - found.high), 12))


def test_what_never_was_before_has_no_bound() -> None:
    found = before_and_after(before=0, of_before=90, after=6, of_after=90)
    assert found is not None
    assert (found.ratio, found.high, found.avoided, found.verdict) == (inf, inf, None, "worse")


def test_no_time_at_all_compares_nothing() -> None:
    assert before_and_after(before=3, of_before=0, after=3, of_after=10) is None
    nothing = before_and_after(before=0, of_before=10, after=0, of_after=10)
    assert nothing is not None
    assert nothing.verdict == "too-few"


def test_counts_that_vary_more_than_chance_widen_the_range() -> None:
    calm = before_and_after(before=40, of_before=10, after=20, of_after=10)
    restless = before_and_after(before=40, of_before=10, after=20, of_after=10, spread=4.0)
    assert calm is not None
    assert restless is not None
    assert calm.verdict == "improved"
    assert restless.verdict == "no-evidence"


@given(counts, counts, st.floats(0.1, 10), st.floats(1, 5))
def test_the_range_holds_the_ratio_and_turns_round_with_the_sides(
    before: int, after: int, times: float, spread: float
) -> None:
    one = before_and_after(before=before, of_before=1.0, after=after, of_after=times, spread=spread)
    other = before_and_after(before=after, of_before=times, after=before, of_after=1.0, spread=spread)
    assert one is not None
    assert other is not None
    if before + after:
        assert one.low <= one.ratio <= one.high
        if before and after:
            assert one.low * other.high == pytest.approx(1, rel=1e-6)
    assert {one.verdict, other.verdict} in ({"improved", "worse"}, {"no-evidence"}, {"too-few"})


def test_large_counts_are_quick_and_agree_with_the_plain_interval() -> None:
    found = before_and_after(before=40_000, of_before=10_000_000, after=18_000, of_after=9_000_000)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((0.49128, 0.50887), abs=5e-6)


def test_spread_is_one_by_chance_and_more_beyond_it() -> None:
    assert spread_of([5, 4, 6, 5, 5, 4, 6, 5]) == 1
    assert spread_of([1, 12, 0, 15, 2, 11, 0, 14]) > 5
    assert spread_of([1, 12]) == 1
    assert spread_of([]) == 1


# ── Lines before and after ───────────────────────────────────────────────────


def test_lines_agree_with_the_worked_numbers() -> None:
    line = segments(RISING_THEN_CURED, at=12)
    assert (line.start, line.slope, line.bend) == pytest.approx((19.348485, 0.702797, -1.143357), abs=5e-7)
    assert line.step == pytest.approx(-8.228438, abs=5e-7)  # P from 0 in the first period after
    assert line.step - line.bend == pytest.approx(-7.085082, abs=5e-7)  # P from 1
    assert line.difference == pytest.approx(12 * (19.348485 + 18.5 * 0.702797) - 214, abs=5e-5)  # 174.2028


def test_a_cure_shows_against_a_line_that_was_rising() -> None:
    found = interrupted(RISING_THEN_CURED, at=12)
    assert found is not None
    assert found.told == "improved"
    assert found.whole[0] == pytest.approx(0.52, abs=0.02)
    assert found.avoided > 150
    assert not found.is_too_far


def test_a_step_taken_for_a_steep_line_is_not_gone_on() -> None:
    found = interrupted([2] * 26 + [9, 8, 10] * 8 + [2] * 28, at=50)
    assert found is not None
    assert found.told == "improved"
    assert found.is_too_far


def test_a_fall_that_was_on_its_way_is_not_taken_for_the_cure() -> None:
    falling = [40, 38, 36, 34, 33, 31, 29, 28, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 16, 15, 14, 14, 13]
    plain = before_and_after(before=sum(falling[:12]), of_before=12, after=sum(falling[12:]), of_after=12)
    found = interrupted(falling, at=12)
    assert plain is not None
    assert found is not None
    assert plain.verdict == "improved"
    assert found.told == "no-evidence"


def test_the_lines_of_exact_counts_are_found_exactly() -> None:
    exact = [round(100_000 * 1.05**at * (0.5 * 0.97 ** (at - 10) if at >= 10 else 1)) for at in range(20)]
    found = interrupted(exact, at=10)
    assert found is not None
    assert found.step[0] == pytest.approx(0.5, rel=1e-4)
    assert found.bend[0] == pytest.approx(0.97, rel=1e-4)


@pytest.mark.parametrize(
    ("series", "at"), [([5] * 10, 3), ([0] * 24, 12), ([1] * 24, 12), ([9] * 12, 12), ([9] * 12 + [0] * 12, 12)]
)
def test_too_little_tells_nothing(series: list[int], at: int) -> None:
    found = interrupted(series, at=at)
    assert found is None or found.told in {"no-evidence", "improved"}
    if sum(series[:at]) < 2 * at or min(at, len(series) - at) < 8:
        assert found is None
