"""What one organisation has said of its own complaints: it bends later proposals for complaints of the same kind.

A lesson is a complaint whose cause a person confirmed, as one row of numbers; its words are not kept. A later complaint
is held against all lessons. Those that are near enough say where it comes from, each the louder the nearer it is, and
their voices are added to how sure the proposal was without them. So one lesson turns a proposal for nearly the same
complaint, and it takes several for one that is only like it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from amends.engine import languages
from amends.engine.causes.head import load_head
from amends.engine.causes.layers import LAYERS, Layer
from amends.engine.causes.propose import Proposal
from amends.engine.languages.common import common_stems, stem
from amends.engine.languages.text import prepare
from amends.engine.languages.vectors import SIZE, Vectors

Floats = NDArray[np.float32]

FEWEST: Final = 20  # confirmed complaints, before anything can be said about whether they help
_NEAR_VECTORS: Final = 0.45  # likeness from which a lesson speaks; set on our own stories in `training/causes`
_NEAR_WORDS: Final = 0.35
_LOUD: Final = 2.5  # what the nearest possible lesson says, where a proposal that is sure says 1
_VOICES: Final = 8  # lessons that are heard
_SHORTEST: Final = 3  # letters of a word that tells anything


@dataclass(frozen=True, slots=True)
class Lesson:
    """A complaint whose cause a person confirmed. `theme` is a name of any tree, '' for none."""

    row: Floats
    layer: Layer
    theme: str
    customer: int  # whose it is: nobody's complaint is judged by another of the same person when lessons are tried


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Whether lessons help: each confirmed complaint proposed by all others, and without them."""

    of: int
    right_without: int
    right_with: int

    @property
    def helps(self) -> bool:
        """Whether lessons may be used: there are enough, and more was right with them than without."""
        return self.of >= FEWEST and self.right_with > self.right_without


class Lessons:
    """All lessons of an organisation, ready to be asked."""

    def __init__(self, lessons: Sequence[Lesson], *, by_vectors: bool) -> None:
        """Keep the rows side by side; `by_vectors` says what `row_of` they were made with."""
        self._lessons = tuple(lessons)
        self._near = _NEAR_VECTORS if by_vectors else _NEAR_WORDS
        self._rows = np.stack([one.row for one in lessons]) if lessons else np.zeros((0, SIZE), dtype=np.float32)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._lessons)

    def bend(self, proposal: Proposal | None, row: Floats | None, *, without: int | None = None) -> Proposal | None:
        """Return a proposal as the lessons would have it; the same one where none of them is near.

        :param without: a customer whose own complaints are not asked
        """
        voices = self._voices(row, without=without)
        if not voices:
            return proposal
        said: dict[Layer, float] = dict.fromkeys(LAYERS, 0.0)
        if proposal is not None:
            said = dict.fromkeys(LAYERS, (1 - proposal.confidence) / (len(LAYERS) - 1))
            said[proposal.layer] = proposal.confidence
        themes: dict[str, float] = defaultdict(float)
        for lesson, loud in voices:
            said[lesson.layer] += loud
        layer = max(said, key=lambda one: said[one])
        for lesson, loud in voices:
            if lesson.layer == layer and lesson.theme:
                themes[lesson.theme] += loud
        usual = proposal.theme if proposal is not None and proposal.layer == layer else ""
        theme = max(themes, key=lambda one: themes[one]) if themes else usual
        sure = said[layer] / sum(said.values())
        if proposal is None:
            return Proposal(layer, theme, sure, ())
        kept = proposal if proposal.layer == layer else replace(proposal, words=(), said=())
        return replace(kept, layer=layer, theme=theme, confidence=sure)

    def _voices(self, row: Floats | None, *, without: int | None) -> list[tuple[Lesson, float]]:
        if row is None or not self._lessons:
            return []
        likeness = self._rows @ row
        best = np.argsort(-likeness, kind="stable")
        found: list[tuple[Lesson, float]] = []
        for at in best:
            like = float(likeness[at])
            if like < self._near or len(found) == _VOICES:
                break
            if self._lessons[at].customer != without:
                found.append((self._lessons[at], _LOUD * ((like - self._near) / (1 - self._near)) + 0.1))
        return found

    def trial(self, shipped: Sequence[Proposal | None]) -> Trial:
        """Propose each lesson's complaint by the others; `shipped` are the proposals without lessons, in their order.

        :raises ValueError: when there are not as many proposals as lessons
        """
        right_without = right_with = 0
        for lesson, proposal in zip(self._lessons, shipped, strict=True):
            bent = self.bend(proposal, lesson.row, without=lesson.customer)
            right_without += proposal is not None and proposal.layer == lesson.layer
            right_with += bent is not None and bent.layer == lesson.layer
        return Trial(of=len(self._lessons), right_without=right_without, right_with=right_with)


def row_of(text: str, *, language: str, vectors: Vectors | None) -> Floats | None:
    """Return what a customer told as one unit row; None where there is nothing to read in it.

    :param vectors: sentence vectors; without them the row is made of words, each language for itself
    """
    if not languages.is_known(language):
        return None
    prepared = prepare(text, language=languages.get(language))
    if vectors is not None:
        said = [text[one.sentence.start : one.sentence.end] for one in prepared.sentences if one.words]
        row = vectors.of(said).mean(axis=0) - load_head().middle_told if said else np.zeros(SIZE, dtype=np.float32)
    else:
        row = _of_words([word for one in prepared.sentences for word in one.words], language)
    length = float(np.linalg.norm(row))
    return np.asarray(row / length, dtype=np.float32) if length > 0 else None


def _of_words(words: Sequence[str], language: str) -> Floats:
    common = common_stems(language)
    many: dict[str, int] = defaultdict(int)
    for word in words:
        if len(word) >= _SHORTEST and not word.isdigit() and stem(word) not in common:
            many[stem(word)] += 1
    row = np.zeros(SIZE, dtype=np.float32)
    for beginning, times in many.items():
        place = crc32(f"{language} {beginning}".encode())
        row[place % SIZE] += (1 if place & 2**31 else -1) * (1 + log(times))
    return row
