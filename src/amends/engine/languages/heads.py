"""The heads of the learned reader: small models that turn what is known of a sentence into speech acts.

A head looks at the sentence's vector, the vector of the sentence before it in the same turn, what the cues said, and
the letters and words themselves (hashed). Each is a linear model; one hidden layer that all heads of a side share says
what vectors and cues mean together. `make model` trains them from `training/`; here they are only applied.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from amends.engine.languages.hidden import NOTHING_HIDDEN, Hidden, unpack_hidden
from amends.engine.languages.vectors import Matrix

BITS: Final = 13
GRAMS: Final = 1 << BITS
LENGTHS: Final = (3, 4, 5)  # letters of a stretch
BEFORE: Final = 0.4  # how much the sentence before counts beside the sentence itself

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """The heads for what one side says: `kinds` names the columns of the answer."""

    kinds: tuple[str, ...]
    centre: Matrix  # (384,)
    cue_kinds: tuple[str, ...]
    table: Matrix  # (384 of the sentence, 384 of the one before, cue kinds; kinds)
    grams: NDArray[np.int8]  # (8192, kinds)
    scale: Matrix  # (kinds,): what one step of a gram weighs
    bias: Matrix  # (kinds,), with the cut folded in: 0.5 is where precision and recall balance best
    hidden: Hidden = NOTHING_HIDDEN  # looks at vectors and cues

    def read(self, *, vectors: Matrix, before: Matrix, cues: Matrix, folded: Sequence[str]) -> Matrix:
        """Return how sure each act is: shape (sentences, kinds), in [0, 1]."""
        seen = looked_at(vectors, before, cues, self.centre)
        logit: Matrix = seen @ self.table + self.bias + self.hidden.read(seen)
        for row, text in enumerate(folded):
            found = grams_of(text)
            if len(found):
                logit[row] += self.grams[found].sum(axis=0, dtype=np.int32) * self.scale / np.sqrt(len(found))
        return np.asarray(1.0 / (1.0 + np.exp(-logit)), dtype=np.float32)


def looked_at(vectors: Matrix, before: Matrix, cues: Matrix, centre: Matrix) -> Matrix:
    """Return the numbers that heads look at beside letters and words: a row for each sentence."""
    return np.hstack([directions(vectors, centre), BEFORE * directions(before, centre), cues])


def directions(vectors: Matrix, centre: Matrix) -> Matrix:
    """Return vectors seen from their common centre, of unit length; a row of zeros (no sentence) stays one."""
    moved = np.where(np.any(vectors, axis=1, keepdims=True), vectors - centre, 0.0)
    unit: Matrix = (moved / (np.linalg.norm(moved, axis=1, keepdims=True) + 1e-9)).astype(np.float32)
    return unit


def grams_of(folded: str) -> Whole:
    """Return the places of a folded sentence's stretches of letters, words and pairs of words, each once."""
    words = folded.split()
    text = f" {' '.join(words)} "
    pieces = {text[at : at + length] for length in LENGTHS for at in range(len(text) - length + 1)}
    pieces.update("w" + word for word in words)
    pieces.update(f"b{one} {two}" for one, two in pairwise(words))
    return np.array(sorted({zlib.crc32(piece.encode()) & (GRAMS - 1) for piece in pieces}), dtype=np.int64)


@lru_cache(maxsize=1)
def load_heads() -> Mapping[str, Heads]:
    """Return the shipped heads: for what an agent says, and for what a customer says."""
    source = resources.files("amends.engine.languages") / "heads.npz"
    with resources.as_file(source) as path, np.load(path) as kept:
        return {side: unpack(kept, side) for side in ("agent", "customer")}


def unpack(kept: Mapping[str, Any], side: str) -> Heads:
    """Make heads of the arrays of a file."""

    def real(name: str) -> Matrix:
        return np.asarray(kept[f"{side}-{name}"], dtype=np.float32)

    return Heads(
        kinds=tuple(str(kept[f"{side}-kinds"]).split()),
        centre=real("centre"),
        cue_kinds=tuple(str(kept[f"{side}-cue-kinds"]).split()),
        table=real("table"),
        grams=np.asarray(kept[f"{side}-grams"], dtype=np.int8),
        scale=real("scale"),
        bias=real("bias"),
        hidden=unpack_hidden(kept, before=f"{side}-"),
    )
