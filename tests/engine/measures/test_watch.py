from collections.abc import Callable

import numpy as np
import pytest

from amends.engine.measures.watch import FEWEST_DAYS, QUIET_DAYS, Usual, allowance, plan_for, ring, run_length, usual

EVEN = Usual(mean=4.0, weekdays=(1.0,) * 7, spread=1.0)


WORKED = {
    # mean before and after, k: what quiet days and days after lie between at each h
    (4, 6, 5.0): {5: (41.1, 4.87), 8: (171.8, 7.76), 10: (421.7, 9.73), 12: (1015.8, 11.71)},
    (4, 6, 4.9): {8: (162.7, 7.64), 10: (377.6, 9.48), 12: (848.3, 11.3)},
    (2, 4, 2.9): {4: (84.3, 4.22), 5: (184.9, 5.17), 6: (395.5, 6.12), 7: (830.0, 7.07)},
    (1, 2, 1.4): {3: (46.7, 5.41), 4: (97.1, 6.99), 5: (194.6, 8.61)},
    (10, 13, 11.4): {12: (147.3, 7.76), 15: (331.2, 9.61), 18: (730.5, 11.47)},
}


@pytest.mark.parametrize("case", WORKED)
def test_run_lengths_agree_with_the_worked_numbers(case: tuple[int, int, float]) -> None:
    before, after, k = case
    for h, (quiet, noticed) in WORKED[case].items():
        assert run_length(before, k=k, h=h) == pytest.approx(quiet, abs=0.05)
        assert run_length(after, k=k, h=h) == pytest.approx(noticed, abs=0.005)


def test_allowances_agree_with_the_worked_numbers() -> None:
    found = [allowance(4, 6), allowance(2, 4), allowance(1, 2), allowance(10, 13)]
    assert found == pytest.approx([4.9326, 2.8854, 1.4427, 11.4345], abs=5e-5)


@pytest.mark.parametrize("mean", [0.1, 0.5, 1, 4, 20])
def test_every_plan_is_as_quiet_as_promised(mean: float) -> None:
    plan = plan_for(mean)
    assert plan is not None
    assert QUIET_DAYS <= plan.quiet < 1.35 * QUIET_DAYS


def test_what_is_rare_has_no_silence() -> None:
    assert plan_for(0.05, way="fewer") is None


def falls_quiet(draw: Callable[[int], list[int]], *, known: Usual, runs: int, days: int) -> float:
    """The mean number of quiet days until a false alarm; runs that never ring count with all their days."""
    lasted = rung = 0
    for _ in range(runs):
        found = ring(draw(days), known=known, first_weekday=0)
        lasted += days if found is None else found.at + 1
        rung += found is not None
    return lasted / max(1, rung)


def test_quiet_days_ring_about_once_in_four_hundred() -> None:
    chance = np.random.default_rng(7)
    quiet = falls_quiet(lambda days: list(chance.poisson(4.0, days)), known=EVEN, runs=150, days=1500)
    assert 320 < quiet < 560


def test_a_week_with_quiet_sundays_rings_no_more_often() -> None:
    shares = (1.6, 1.3, 1.2, 1.1, 1.1, 0.5, 0.2)
    week = Usual(mean=4.0, weekdays=shares, spread=1.0)
    chance = np.random.default_rng(8)
    means = np.resize(4.0 * np.array(shares), 1500)
    quiet = falls_quiet(lambda _: list(chance.poisson(means)), known=week, runs=100, days=1500)
    assert 320 < quiet < 700


def test_counts_that_vary_more_than_chance_ring_no_more_often() -> None:
    spread = 2.5
    chance = np.random.default_rng(9)
    known = Usual(mean=6.0, weekdays=(1.0,) * 7, spread=spread)
    quiet = falls_quiet(
        lambda days: chance.negative_binomial(6.0 / (spread - 1), 1 / spread, days).tolist(),
        known=known,
        runs=100,
        days=1500,
    )
    assert quiet > 250


def test_a_rise_rings_soon_and_says_since_when() -> None:
    quiet, risen = [4, 3, 5, 4, 4, 3, 4] * 4, [8, 9, 7, 10, 9, 8, 9]
    found = ring([*quiet, *risen], known=EVEN, first_weekday=0)
    assert found is not None
    assert (found.way, found.since) == ("more", 28)
    assert found.at <= 31
    assert found.seen > found.usual


def test_a_silence_rings() -> None:
    found = ring([4, 3, 5, 4, 0, 0, 0, 0], known=EVEN, first_weekday=0, way="fewer")
    assert found is not None
    assert (found.seen, found.way) == (0, "fewer")
    assert found.since >= 3


def test_three_cases_never_ring() -> None:
    rare = Usual(mean=1 / 30, weekdays=(1.0,) * 7, spread=1.0)
    assert ring([0] * 20 + [1, 1, 1], known=rare, first_weekday=0) is None
    assert ring([0] * 20 + [2, 2, 2], known=rare, first_weekday=0) is not None


def test_what_is_usual_is_learnt_with_its_weekdays() -> None:
    known = usual([10, 8, 8, 8, 8, 0, 0] * 10, first_weekday=0)
    assert known is not None
    assert known.mean == pytest.approx(6.0)
    assert sum(known.weekdays) == pytest.approx(7)
    assert known.on(0) > known.on(1) > known.on(5)
    assert known.spread == 1


def test_too_short_a_time_teaches_nothing() -> None:
    assert usual([3] * (FEWEST_DAYS - 1), first_weekday=0) is None


def test_nothing_at_all_is_watched_as_if_it_came_once_a_month() -> None:
    known = usual([0] * 70, first_weekday=3)
    assert known is not None
    assert known.mean == pytest.approx(1 / 30)
