"""How people act in the load tests, and how it is said whether memory grows; nothing is served here."""

from __future__ import annotations

import itertools
import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

import acting
import steady

PAUSES = acting.Pauses(read=0.25, reads=3.0, rest=0.7, fully=0.6, save=0.8, saves=3.0)


def asked(times: list[float]) -> list[tuple[float, str, int]]:
    return [(round(at, 2), what, n) for at, what, n in sorted(acting.asked_while_typing(times, PAUSES))]


class TestTyping:
    def test_the_pauses_are_those_of_the_page(self):
        pauses = acting.Pauses()
        assert 0 < pauses.read < pauses.rest < pauses.reads
        assert 0 < pauses.save < pauses.saves
        assert acting.of_page("present.ts", "EVERY") < 60

    def test_who_types_on_asks_nothing_and_the_last_words_are_read_and_saved(self):
        assert asked([0.0, 0.2, 0.4]) == [(0.65, "read", 3), (1.2, "save", 3), (1.25, "fully", 3)]

    def test_a_slow_typist_is_read_every_three_seconds_and_at_once_when_they_rest(self):
        reads = [at for at, what, _n in asked([0.3 * n for n in range(30)]) if what == "read"]
        assert reads[0] == 0.25
        assert all(later - earlier >= 2.99 for earlier, later in itertools.pairwise(reads[:-1]))
        assert 0.3 * 29 + 0.2 < reads[-1] < 0.3 * 29 + 0.8

    def test_half_a_hundred_words_a_minute(self):
        times = acting.keys("ab" * 2000, random.Random(1))
        assert times[-1] / len(times) == pytest.approx(acting.A_KEY, rel=0.05)


def test_all_customers_do_something():
    assert sum(acting.CUSTOMERS.values()) == 100


def test_as_many_complain_as_agents_answer():
    answered = 500 * acting.AN_HOUR / 6  # in ten minutes
    assert acting.CUSTOMERS["complains"] / 100 * 5000 == pytest.approx(answered, rel=0.05)


def test_twice_as_many_people_ask_twice_as_often_but_for_lists_of_others():
    few, many = (acting.asked_for(agents=n, customers=10 * n, pauses=PAUSES) for n in (100, 200))
    for who in ("agents who answer", "agents who chat", "customers"):
        assert many[who] == pytest.approx(2 * few[who])
    assert many["pages that are open"] < 2 * few["pages that are open"]


class TestTheLine:
    def test_what_stays_is_flat(self):
        told = steady.line([(15.0 * n, 500 + random.Random(n).uniform(-3, 3)) for n in range(240)])
        assert abs(told.slope) < 2
        assert not told.rises(12)

    def test_what_grows_is_told_with_its_slope(self):
        told = steady.line([(15.0 * n, 500 + n / 4 + random.Random(n).uniform(-3, 3)) for n in range(240)])
        assert told.slope == pytest.approx(60, abs=3)
        assert told.off < 5
        assert told.rises(12)

    def test_a_few_minutes_say_nothing(self):
        assert not steady.line([(0.0, 1.0), (60.0, 900.0)]).rises(12)

    def test_one_high_moment_is_no_growth(self):
        told = steady.line([(15.0 * n, 900.0 if n == 238 else 500.0) for n in range(240)])
        assert not told.rises(12)
