"""A network learns what no sum of numbers can say, and learns the same again from the same dice."""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "training"))

from fitting import Walk, learn_network, side_by_side

WALK = Walk(hidden=16, rounds=60, at_once=16, pace=2e-2, past=0.1, even=0.1, blind=0.0, silent=0.0)
SEEN = np.array([[0, 0], [0, 1], [1, 0], [1, 1]] * 32, dtype=np.float32)
ONE_ALONE = np.array([[False], [True], [True], [False]] * 32)


def test_it_learns_that_one_stands_without_the_other():
    found = learn_network(SEEN, ONE_ALONE, np.ones(ONE_ALONE.shape, dtype=np.float32), WALK, seed=0).read(SEEN[:4])
    assert (found > 0).tolist() == ONE_ALONE[:4].tolist()


def test_the_same_dice_give_the_same_network():
    once, again = (learn_network(SEEN, ONE_ALONE, np.ones((128, 1), dtype=np.float32), WALK, seed=1) for _ in "12")
    assert all(np.array_equal(getattr(once, name), getattr(again, name)) for name in once.__slots__)


def test_a_row_that_says_nothing_of_an_answer_teaches_nothing():
    counts = np.ones(ONE_ALONE.shape, dtype=np.float32)
    counts[SEEN.sum(axis=1) == 2] = 0
    answers = ONE_ALONE.copy()
    answers[SEEN.sum(axis=1) == 2] = True
    kept = learn_network(SEEN, ONE_ALONE, counts, WALK, seed=0)
    turned = learn_network(SEEN, answers, counts, WALK, seed=0)
    assert np.sign(kept.read(SEEN[:3])).tolist() == np.sign(turned.read(SEEN[:3])).tolist()


def test_networks_side_by_side_say_their_mean():
    counts = np.ones(ONE_ALONE.shape, dtype=np.float32)
    ours = [learn_network(SEEN, ONE_ALONE, counts, WALK, seed=seed) for seed in range(2)]
    past, bias, hidden = side_by_side(ours, share=0.5)
    said = SEEN[:4] @ past + bias + hidden.read(SEEN[:4])
    assert np.allclose(said, sum(one.read(SEEN[:4]) for one in ours) / 4, atol=1e-4)
