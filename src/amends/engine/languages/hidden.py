"""One hidden layer: what numbers mean together, which no sum of them can say.

It stands beside a linear model and adds to what that says. `make model` trains it; here it is only applied.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Hidden:
    """Each hidden one is silent until what it looks for is there, and then speaks for and against answers."""

    into: Matrix  # (numbers, hidden)
    onset: Matrix  # (hidden,)
    out: Matrix  # (hidden, answers)

    def read(self, seen: Matrix) -> Matrix:
        """Return what to add for each answer; `seen` is one row of numbers or many."""
        if not len(self.onset):
            return np.zeros((), dtype=np.float32)
        said: Matrix = np.maximum(seen @ self.into + self.onset, 0.0) @ self.out
        return said


_NO_ROW: Final = np.zeros((0, 0), dtype=np.float32)
NOTHING_HIDDEN: Final = Hidden(_NO_ROW, np.zeros(0, dtype=np.float32), _NO_ROW)


def pack_hidden(hidden: Hidden, *, before: str = "") -> dict[str, Any]:
    """Return the arrays of a file: a byte for each number that is looked at; `before` begins their names."""
    scale = np.abs(hidden.into).max(axis=0, initial=1e-9) / 127
    return {
        f"{before}hidden": np.round(hidden.into / scale).astype(np.int8),
        f"{before}hidden-scale": scale.astype(np.float32),
        f"{before}hidden-onset": hidden.onset.astype(np.float32),
        f"{before}hidden-out": hidden.out.astype(np.float16),
    }


def unpack_hidden(kept: Mapping[str, Any], *, before: str = "") -> Hidden:
    """Make a hidden layer of the arrays of a file."""
    return Hidden(
        into=np.asarray(kept[f"{before}hidden"], dtype=np.float32) * kept[f"{before}hidden-scale"],
        onset=np.asarray(kept[f"{before}hidden-onset"], dtype=np.float32),
        out=np.asarray(kept[f"{before}hidden-out"], dtype=np.float32),
    )
