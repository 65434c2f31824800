"""Kappa as the textbook has it, and nothing said where nothing can be."""

import pytest

from amends.engine.drills.agreement import agreement


def test_a_worked_example() -> None:
    # 20 both yes, 5 yes/no, 10 no/yes, 15 both no: observed 0.70, by chance 0.50, kappa 0.40
    pairs = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    found = agreement(pairs)
    assert (found.n, found.agreed, found.too_few) == (50, 35, False)
    assert found.kappa == pytest.approx(0.40)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.40 < found.high


def test_two_judges_who_always_say_yes_show_nothing() -> None:
    found = agreement([(True, True)] * 12)
    assert (found.agreed, found.kappa) == (12, None)


def test_nothing_judged() -> None:
    assert agreement([]).kappa is None
    assert agreement([(True, False)]).too_few
