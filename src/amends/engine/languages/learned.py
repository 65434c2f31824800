"""Find speech acts in wordings that nobody listed: cues and sentence vectors, weighed together by trained heads."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock
from typing import Final

import numpy as np

from amends.engine import languages
from amends.engine.conversation import By
from amends.engine.languages.acts import BY_TYPOGRAPHY, Act
from amends.engine.languages.heads import Heads, load_heads
from amends.engine.languages.reading import LEARNED, USUAL_READERS, CueReader, Reader
from amends.engine.languages.sentences import Sentence
from amends.engine.languages.text import Text
from amends.engine.languages.typography import Typography
from amends.engine.languages.vectors import SIZE, Matrix, Vectors, load_vectors

FLOOR: Final = 0.2  # below this, nothing is said
NAMES_A_THING: Final = frozenset({"datum", "proof", "jargon", "everyday-term", "gloss"})
"""Acts of single words: heads say how sure they are, only cues say where they stand."""
_REMEMBERED: Final = 20_000


@dataclass(eq=False)
class LearnedReader:
    """Reads by cues and by trained heads, which confirm, doubt or add to what the cues say."""

    heads: Mapping[str, Heads]
    vectors: Vectors
    name: str = LEARNED
    _cues: CueReader = field(default_factory=CueReader)
    _typography: Typography = field(default_factory=Typography)
    _known: OrderedDict[tuple[str, str, str, By], Matrix] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def read(self, text: Text, *, by: By) -> Iterable[Act]:
        """Yield the acts of one text; for a language without a folder, none."""
        if not languages.is_known(text.language.code) or not text.sentences:
            return ()
        heads = self.heads["customer" if by == "customer" else "agent"]
        places = [one.sentence for one in text.sentences]
        cued = _by_sentence(self._cues.read(text, by=by), places)
        shown = _by_sentence(self._typography.read(text, by=by), places)
        sure = self._sure(text, cued, shown, heads, by)
        return tuple(_acts(places, cued, sure, heads))

    def _sure(
        self, text: Text, cued: Sequence[list[Act]], shown: Sequence[list[Act]], heads: Heads, by: By
    ) -> list[Matrix]:
        """Return how sure each act of each sentence is; a sentence after the same one is read once."""
        said = [text.original[one.sentence.start : one.sentence.end] for one in text.sentences]
        keys = [(text.language.code, before, one, by) for before, one in zip(["", *said], said, strict=False)]
        with self._lock:
            new = [at for at, key in enumerate(keys) if key not in self._known]
        if new:
            vectors = self.vectors.of(said)
            before = np.vstack([np.zeros((1, SIZE), dtype=np.float32), vectors[:-1]])
            cues = np.stack([_strength((*cued[at], *shown[at]), heads.cue_kinds) for at in new])
            read = heads.read(
                vectors=vectors[new], before=before[new], cues=cues, folded=[text.sentences[at].text for at in new]
            )
            with self._lock:
                self._known.update((keys[at], row) for at, row in zip(new, read, strict=True))
        with self._lock:
            found = [self._known[key] for key in keys]
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return found


def _by_sentence(acts: Iterable[Act], places: Sequence[Sentence]) -> list[list[Act]]:
    """Lay acts to the sentence in which they begin."""
    found: list[list[Act]] = [[] for _ in places]
    for act in acts:
        at = next((at for at, place in enumerate(places) if act.start < place.end), len(places) - 1)
        found[at].append(act)
    return found


def _strength(acts: Iterable[Act], kinds: tuple[str, ...]) -> Matrix:
    """Return the surest act of each kind, as a row."""
    row = np.zeros(len(kinds), dtype=np.float32)
    for act in acts:
        at = kinds.index(act.kind)
        row[at] = max(row[at], act.confidence)
    return row


def _acts(places: Sequence[Sentence], cued: Sequence[list[Act]], sure: Sequence[Matrix], heads: Heads) -> Iterator[Act]:
    for place, acts, row in zip(places, cued, sure, strict=True):
        found: dict[str, list[Act]] = defaultdict(list)
        for act in acts:
            if act.kind in heads.kinds:
                found[act.kind].append(act)
            else:
                yield act
        for kind, confidence in zip(heads.kinds, row.tolist(), strict=True):
            if confidence < FLOOR or kind in BY_TYPOGRAPHY:
                continue
            if kind in found:
                for act in found[kind]:
                    yield Act(start=act.start, end=act.end, kind=kind, confidence=confidence, reader=LEARNED)
            elif kind not in NAMES_A_THING:
                yield Act(start=place.start, end=place.end, kind=kind, confidence=confidence, reader=LEARNED)


@lru_cache(maxsize=1)
def best_readers() -> tuple[Reader, ...]:
    """Return the learned reader where its model is installed, otherwise the cues alone.

    :raises VectorsMissingError: when the installed model is another than the heads were trained on
    """
    vectors = load_vectors()
    if vectors is None:
        return USUAL_READERS
    return LearnedReader(load_heads(), vectors), Typography()
