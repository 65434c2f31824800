"""A learned reader without its model: the real heads on made-up vectors."""

import hashlib

import numpy as np
import pytest

from amends.desk.coaching import readers
from amends.engine.languages.heads import load_heads
from amends.engine.languages.learned import LearnedReader
from amends.engine.languages.reading import USUAL_READERS
from amends.engine.languages.typography import Typography
from amends.engine.languages.vectors import SIZE, Vectors


class MadeUp:
    """Gives each text a unit vector of its own, the same one each time, and counts what it was asked."""

    def __init__(self):
        self.read = []

    def query(self, texts):
        self.read += texts
        seeds = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) for text in texts]
        rows = np.stack([np.random.default_rng(seed).normal(size=SIZE) for seed in seeds])
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def encoder():
    return MadeUp()


@pytest.fixture
def learned(encoder):
    return LearnedReader(load_heads(), Vectors(encoder)), Typography()


@pytest.fixture
def full(monkeypatch, learned):
    """The learned reader is here, and loaded."""
    monkeypatch.setattr(readers, "full", readers.FullReaders())
    monkeypatch.setattr(readers, "best_readers", lambda: learned)
    readers.full.get()
    return readers.full


@pytest.fixture
def alone(monkeypatch):
    """The model is not installed."""
    monkeypatch.setattr(readers, "full", readers.FullReaders())
    monkeypatch.setattr(readers, "find_spec", lambda _name: None)
    monkeypatch.setattr(readers, "best_readers", lambda: USUAL_READERS)
    return readers.full
