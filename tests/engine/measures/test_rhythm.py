"""Who is gone, by the rhythm of their own purchases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from amends.engine.measures.rhythm import FEWEST_OF_ALL, intervals, quantile, rhythm

START = date(2026, 1, 1)


def bought(*gaps):
    days, at = [START], START
    for gap in gaps:
        at += timedelta(days=gap)
        days.append(at)
    return days


def test_intervals_take_several_purchases_on_one_day_for_one():
    assert intervals([START, START, START + timedelta(days=3), START + timedelta(days=10)]) == [3, 7]
    assert intervals([START]) == intervals([]) == []


def test_quantiles_lie_between_the_values():
    assert quantile([1, 2, 3, 4], 0.5) == 2.5
    assert quantile([10], 0.95) == 10
    assert quantile([1, 2, 3, 4, 5], 0.95) == pytest.approx(4.8)


def test_own_intervals_speak_where_there_are_eight():
    found = rhythm(bought(7, 7, 7, 7, 7, 7, 7, 14), of_all=[])
    assert found.is_own
    assert found.usual == 7
    assert found.limit == pytest.approx(11.55)  # 7 + (14 − 7) · 0.65
    assert found.gone_from == found.last + timedelta(days=12)


def test_those_of_all_speak_for_a_short_history_and_nobody_for_none():
    assert rhythm(bought(30), of_all=[10.0] * (FEWEST_OF_ALL - 1)) is None
    found = rhythm(bought(30), of_all=[30.0] * 30 + [90.0] * 10)
    assert (found.is_own, found.usual, found.limit) == (False, 30, 90)


def test_who_buys_every_day_is_not_gone_tomorrow():
    found = rhythm(bought(*[1] * 20), of_all=[])
    assert found.gone_from == found.last + timedelta(days=3)
