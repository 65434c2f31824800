import pytest

from amends.engine.measures import Verdict, cusum, ewma, laney_limits, rate_ratio


@pytest.mark.parametrize(
    ("before", "after", "ratio", "p", "verdict"),
    [
        ((40, 10_000), (18, 9_000), (0.5, 0.2867, 0.8721), 0.012564, "improved"),
        ((8, 2_000), (5, 2_000), (0.625, 0.2045, 1.9105), 0.581055, "no-evidence"),
        ((120, 30_000), (84, 30_000), (0.7, 0.5297, 0.9251), 0.014067, "improved"),
    ],
)
def test_rate_ratio_agrees_with_the_worked_numbers(
    before: tuple[int, int], after: tuple[int, int], ratio: tuple[float, ...], p: float, verdict: Verdict
) -> None:
    found = rate_ratio(before=before[0], of_before=before[1], after=after[0], of_after=after[1])
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx(ratio, abs=5e-5)
    assert found.p == pytest.approx(p, abs=5e-7)
    assert found.verdict == verdict


def test_few_events_give_no_verdict() -> None:
    found = rate_ratio(before=3, of_before=100, after=1, of_after=100)
    assert found is not None
    assert found.verdict == "too-few"


def test_nothing_to_divide_by_is_none() -> None:
    assert rate_ratio(before=0, of_before=10, after=3, of_after=10) is None


def test_cusum_follows_the_worked_path() -> None:
    sums, alarm = cusum([4, 3, 5, 4, 6, 4, 7, 8, 6, 9, 7], k=5, h=10)
    assert sums == (0, 0, 0, 0, 1, 0, 2, 5, 6, 10, 12)
    assert alarm == 10


def test_ewma_follows_the_worked_path() -> None:
    smooth, limits, alarm = ewma([4, 3, 5, 4, 6, 4, 7, 8, 6, 9, 7], mean=4)
    expected = (4, 3.8, 4.04, 4.032, 4.4256, 4.3405, 4.8724, 5.4979, 5.5983, 6.2787, 6.4229)
    assert smooth == pytest.approx(expected, abs=5e-5)
    tops = (5.2, 5.5367, 5.718, 5.8245, 5.8896, 5.9301, 5.9555, 5.9717, 5.9819, 5.9884, 5.9926)
    assert limits == pytest.approx(tops, abs=5e-5)
    assert alarm == 10


def test_laney_agrees_with_the_worked_numbers() -> None:
    counts = [52, 61, 48, 70, 55, 66, 43, 74, 58, 63, 49, 112]
    sizes = [10.2, 11, 9.8, 12.1, 10.5, 11.9, 9.1, 12.4, 10.8, 11.3, 9.9, 11.6]
    limits = laney_limits(counts, sizes)
    assert (limits.mean, limits.spread) == pytest.approx((5.75038, 1.19609), abs=5e-6)
    tops = (8.4446, 8.3448, 8.499, 8.2241, 8.4058, 8.2448, 8.6028, 8.1939, 8.3687, 8.3101, 8.4851, 8.2768)
    assert limits.upper == pytest.approx(tops, abs=5e-5)


def test_laney_of_quiet_days_alone_shows_the_rise_as_well() -> None:
    """The first eleven teach what is usual; the twelfth is beyond it, by either limit."""
    counts = [52, 61, 48, 70, 55, 66, 43, 74, 58, 63, 49]
    sizes = [10.2, 11, 9.8, 12.1, 10.5, 11.9, 9.1, 12.4, 10.8, 11.3, 9.9]
    limits = laney_limits(counts, sizes)
    assert (limits.mean, limits.spread) == pytest.approx((5.36975, 0.79372), abs=5e-6)
    by_chance = (limits.mean / 11.6) ** 0.5
    assert limits.mean + 3 * by_chance == pytest.approx(7.4109, abs=5e-5)
    assert limits.mean + 3 * limits.spread * by_chance == pytest.approx(6.9898, abs=5e-5)
    assert limits.mean + 3 * by_chance < 112 / 11.6


def test_laney_lets_overdispersed_counts_pass() -> None:
    counts = [5200, 6100, 4800, 7000, 5500, 6600, 4300, 7400, 5800, 6300, 4900, 6900]
    sizes = [1020, 1100, 980, 1210, 1050, 1190, 910, 1240, 1080, 1130, 990, 1160]
    limits = laney_limits(counts, sizes)
    assert (limits.mean, limits.spread) == pytest.approx((5.421133, 8.27085), abs=5e-6)
    assert not [c for c, n, top in zip(counts, sizes, limits.upper, strict=True) if c / n > top]


def test_large_counts_do_not_overflow() -> None:
    found = rate_ratio(before=40_000, of_before=10_000_000, after=18_000, of_after=9_000_000)
    assert found is not None
    assert found.p < 1e-9


def test_limits_of_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one case"):
        laney_limits([0, 0], [10, 10])
