"""Complaints that tell of the same thing, found without anybody having named it: groups of like texts.

With sentence vectors two wordings, and two languages, of one trouble lie close together. Without them words are
hashed: then only what is said in like words is found, each language for itself.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from amends.engine import languages
from amends.engine.languages.folding import fold, skeleton
from amends.engine.languages.vectors import SIZE, Vectors

Floats = NDArray[np.float32]

FEWEST: Final = 4  # complaints that make a theme; fewer are chance
MOST: Final = 2_000  # texts at once: the table of all pairs is held in memory
# From which likeness, on the average of all pairs, two groups are one: set on our own stories in `training/causes`.
_NEAR_VECTORS: Final = 0.25
_NEAR_WORDS: Final = 0.2
_PLACES: Final = 2**14
_STEM: Final = 5  # letters of a word that count: endings differ
_SHORTEST: Final = 4
_ENOUGH: Final = 12  # texts of a language whose common middle is known
_WORD: Final = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Group:
    """Texts that tell of the same thing, by their places, what stands nearest to their middle first."""

    members: tuple[int, ...]
    closeness: float  # mean likeness of a member to the middle, 0 to 1


def groups(rows: Floats, *, near: float, fewest: int = FEWEST) -> tuple[Group, ...]:
    """Join unit rows into groups, always the two that are nearest on the average, while they are near enough.

    Average linkage by chains of nearest neighbours (Murtagh 1983): the same rows give the same groups, in n² steps.

    :returns: groups of `fewest` or more, the largest first
    """
    joined = _joined(np.asarray(rows @ rows.T, dtype=np.float64), near=near)
    found = [_group(members, rows) for members in joined if len(members) >= fewest]
    return tuple(sorted(found, key=lambda group: (-len(group.members), group.members)))


def alike(
    texts: Sequence[str], *, spoken: Sequence[str], vectors: Vectors | None, fewest: int = FEWEST
) -> tuple[Group, ...]:
    """Find what several texts tell of; `spoken` is the language of each.

    :raises ValueError: when there are more than MOST, or not as many languages as texts
    """
    if len(texts) != len(spoken) or len(texts) > MOST:
        raise ValueError(f"as many languages as texts are needed, and at most {MOST}, not {len(texts)}/{len(spoken)}")
    if len(texts) < fewest:
        return ()
    if vectors is None:
        return groups(word_rows(texts, spoken=spoken), near=_NEAR_WORDS, fewest=fewest)
    return groups(_centred(vectors.of(texts), spoken), near=_NEAR_VECTORS, fewest=fewest)


def word_rows(texts: Sequence[str], *, spoken: Sequence[str]) -> Floats:
    """Return a unit row a text: its words by their first letters, hashed, the rarer the heavier."""
    told = [_stems(text, code) for text, code in zip(texts, spoken, strict=True)]
    seen = Counter(place for places in told for place in places)
    rows = np.zeros((len(texts), _PLACES), dtype=np.float32)
    for at, places in enumerate(told):
        for place, times in places.items():
            if seen[place] > 1:  # what one alone says joins nothing
                rows[at, place] = (1 + log(times)) * log((2 + len(texts)) / (1 + seen[place]))
    return _unit(rows)


def _stems(text: str, code: str) -> Counter[int]:
    language = languages.get(code)
    plain = skeleton(fold(text, language=language).text, language=language)
    words = (word[:_STEM] for word in _WORD.findall(plain) if len(word) >= _SHORTEST)
    return Counter(crc32(f"{code} {word}".encode()) % _PLACES for word in words)


def _centred(rows: Floats, spoken: Sequence[str]) -> Floats:
    """Take away what all texts of a language have in common, or they would group by language."""
    rows = rows.reshape(len(spoken), SIZE).copy()
    whole = rows.mean(axis=0)
    codes = np.array(spoken)
    for code in sorted(set(spoken)):
        here = codes == code
        rows[here] -= rows[here].mean(axis=0) if here.sum() >= _ENOUGH else whole
    return _unit(rows)


def _unit(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths == 0, 1, lengths), dtype=np.float32)


def _joined(likeness: NDArray[np.float64], *, near: float) -> list[list[int]]:
    many = len(likeness)
    np.fill_diagonal(likeness, -np.inf)
    sizes = np.ones(many)
    members = {at: [at] for at in range(many)}
    chain: list[int] = []
    open_ends = set(range(many))
    while open_ends:
        if not chain:
            chain.append(min(open_ends))
        last = chain[-1]
        row = likeness[last]
        best = int(row.argmax())
        if len(chain) > 1 and row[chain[-2]] >= row[best]:
            best = chain[-2]
        if not row[best] >= near:  # nothing is near enough to it any more
            chain.pop()
            open_ends.discard(last)
            _take_out(likeness, last)
            continue
        if len(chain) > 1 and best == chain[-2]:
            chain[-2:] = []
            _join(likeness, sizes, last, best)
            members[best] += members.pop(last)
            open_ends.discard(last)
            continue
        chain.append(best)
    return [sorted(one) for one in members.values()]


def _join(likeness: NDArray[np.float64], sizes: NDArray[np.float64], gone: int, kept: int) -> None:
    total = sizes[gone] + sizes[kept]
    row = (likeness[gone] * sizes[gone] + likeness[kept] * sizes[kept]) / total
    likeness[kept], likeness[:, kept] = row, row
    likeness[kept, kept] = -np.inf
    sizes[kept] = total
    _take_out(likeness, gone)


def _take_out(likeness: NDArray[np.float64], gone: int) -> None:
    likeness[gone], likeness[:, gone] = -np.inf, -np.inf


def _group(members: list[int], rows: Floats) -> Group:
    middle = rows[members].mean(axis=0)
    middle /= float(np.linalg.norm(middle)) or 1.0
    near = rows[members] @ middle
    order = sorted(range(len(members)), key=lambda at: (-round(float(near[at]), 6), members[at]))
    return Group(tuple(members[at] for at in order), float(near.mean()))


def telling(texts: Sequence[str], *, spoken: Sequence[str], of: Sequence[int], most: int = 4) -> tuple[str, ...]:
    """Return the words that a group says and the others do not: a help for whoever names it."""
    inside, outside = Counter[str](), Counter[str]()
    shown: defaultdict[str, Counter[str]] = defaultdict(Counter)
    chosen = frozenset(of)
    for at, (text, code) in enumerate(zip(texts, spoken, strict=True)):
        language = languages.get(code)
        seen = set()
        for word in _WORD.findall(text):
            plain = skeleton(fold(word, language=language).text, language=language)[:_STEM]
            if len(word) >= _SHORTEST and plain not in seen:
                seen.add(plain)
                (inside if at in chosen else outside)[plain] += 1
                if at in chosen:
                    shown[plain][word] += 1
    others = max(1, len(texts) - len(chosen))

    def weight(stem: str) -> float:
        here, there = inside[stem] / max(1, len(chosen)), outside[stem] / others
        return (here - there) / sqrt(here + there + 0.02)

    best = sorted((stem for stem in inside if inside[stem] > 1), key=lambda stem: (-weight(stem), stem))[:most]
    return tuple(min(shown[stem], key=lambda word: (-shown[stem][word], word)) for stem in best)
