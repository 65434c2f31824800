"""What numbers mean together: a hidden layer, and the file that keeps it."""

import numpy as np
import pytest

from amends.engine.languages.hidden import Hidden, pack_hidden, unpack_hidden


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


def test_a_file_keeps_it_to_a_byte():
    seen = np.array([1.0, 0.3], dtype=np.float32)
    kept = unpack_hidden(pack_hidden(one_without_the_other()))
    assert kept.read(seen) == pytest.approx(one_without_the_other().read(seen), abs=0.05)


def test_a_file_holds_several():
    ours = one_without_the_other()
    louder = Hidden(ours.into, ours.onset, 2 * ours.out)
    kept = pack_hidden(ours, before="agent-") | pack_hidden(louder, before="customer-")
    assert unpack_hidden(kept, before="customer-").out == 2 * unpack_hidden(kept, before="agent-").out
