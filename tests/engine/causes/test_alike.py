"""Complaints that tell of the same thing are found; others are left alone."""

from __future__ import annotations

import numpy as np
import pytest

from amends.engine.causes.alike import MOST, alike, groups, telling

CARDS = (
    "My gift card expired and the shop kept the money.",
    "The gift card expired after a year, nobody said so.",
    "Your gift card expired in my drawer, I want the money.",
    "They say that my gift card expired last week.",
)
OTHERS = ("The kettle leaks from below.", "A waiter shouted at my father.", "Blue paint peels off the fence.")


def test_words_find_what_is_said_in_like_words():
    texts = (OTHERS[0], *CARDS, *OTHERS[1:])
    (found,) = alike(texts, spoken=["en"] * len(texts), vectors=None)
    assert sorted(found.members) == [1, 2, 3, 4]
    assert set(telling(texts, spoken=["en"] * len(texts), of=found.members)) >= {"gift", "card", "expired"}


@pytest.mark.parametrize("many", [0, 1, 3])
def test_of_few_nothing_is_said(many):
    assert alike(CARDS[:many], spoken=["en"] * many, vectors=None) == ()


def test_more_than_fit_are_refused():
    with pytest.raises(ValueError, match="at most"):
        alike(["a"] * (MOST + 1), spoken=["en"] * (MOST + 1), vectors=None)


def test_a_language_written_in_another_script_is_read_too():
    texts = ("Бэлгийн картын хугацаа дууссан.",) * 4
    assert len(alike(texts, spoken=["mn"] * 4, vectors=None)) == 1


class TestGroups:
    def test_join_what_is_near_on_the_average_and_are_the_same_each_time(self):
        dice = np.random.default_rng(1)
        middles = np.linalg.qr(dice.normal(size=(40, 40)))[0][:3]
        near = np.vstack([middles[at] + 0.05 * dice.normal(size=(6 + at, 40)) for at in range(3)])
        far = np.linalg.qr(dice.normal(size=(40, 40)))[0][3:20]
        rows = np.vstack([near, far])
        rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        found = groups(rows, near=0.5)
        assert [len(group.members) for group in found] == [8, 7, 6]
        assert {min(group.members) for group in found} == {0, 6, 13}
        assert groups(rows, near=0.5) == found

    def test_agree_with_joining_step_by_step(self):
        rows = np.random.default_rng(2).normal(size=(30, 4))
        rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        found = {frozenset(group.members) for group in groups(rows, near=0.6, fewest=1)}
        assert found == _step_by_step(rows, near=0.6)


def _step_by_step(rows, *, near):
    parts = [[at] for at in range(len(rows))]
    like = np.asarray(rows @ rows.T, dtype=np.float64)
    while len(parts) > 1:
        best = max(
            ((like[np.ix_(a, b)].mean(), x, y) for x, a in enumerate(parts) for y, b in enumerate(parts) if x < y),
        )
        if best[0] < near:
            break
        parts[best[1]] += parts.pop(best[2])
    return {frozenset(part) for part in parts}
