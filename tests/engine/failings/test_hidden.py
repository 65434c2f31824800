"""What numbers mean together: a hidden layer, and the file that keeps it."""

import numpy as np
import pytest

from amends.engine.failings.hidden import NOTHING_HIDDEN, Hidden, pack_hidden, unpack_hidden
from amends.engine.failings.weighing import Weights


def one_without_the_other():
    """A layer that speaks where the first number stands without the second."""
    return Hidden(
        into=np.array([[4.0], [-4.0]], dtype=np.float32),
        onset=np.array([-1.0], dtype=np.float32),
        out=np.array([[2.0]], dtype=np.float32),
    )


def test_it_knows_one_thing_without_another():
    seen = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], dtype=np.float32)
    assert one_without_the_other().read(seen).ravel().tolist() == [0.0, 6.0, 0.0, 0.0]


def test_weights_add_what_it_says():
    plain = np.zeros((2, 1), dtype=np.float32), np.array([-3.0], dtype=np.float32)
    weights = Weights(("refused", "offered"), ("dead-end",), *plain, hidden=one_without_the_other())
    assert weights.weigh({"refused": 1.0})["dead-end"] > 0.9
    assert weights.weigh({"refused": 1.0, "offered": 1.0})["dead-end"] < 0.1


def test_without_one_nothing_is_added():
    weights = Weights(("dated",), ("denial",), np.zeros((1, 1), dtype=np.float32), np.zeros(1, dtype=np.float32))
    assert weights.hidden is NOTHING_HIDDEN
    assert weights.weigh({"dated": 1.0}) == {"denial": 0.5}


def test_a_file_keeps_it_to_a_byte():
    seen = np.array([1.0, 0.3], dtype=np.float32)
    kept = unpack_hidden(pack_hidden(one_without_the_other()))
    assert kept.read(seen) == pytest.approx(one_without_the_other().read(seen), abs=0.05)
