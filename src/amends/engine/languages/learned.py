"""Find speech acts in wordings that nobody listed: cues and sentence vectors, weighed together by trained heads."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
_REMEMBERED: Final = 2_000  # sentences, a kilobyte each
_SENTENCES: Final = 200  # of one text; what comes after is left to the cues
_CHARACTERS: Final = 1_000  # of one sentence: more than the model looks at

_Key = tuple[str, str, str, By]  # language, sentence before, sentence, who says it


@dataclass(eq=False)
class LearnedReader:
    """Reads by cues (where it is given any) and by trained heads, which confirm, doubt or add to what the cues say."""

    heads: Mapping[str, Heads]
    vectors: Vectors
    name: str = LEARNED
    cues: Reader | None = field(default_factory=CueReader)
    _typography: Typography = field(default_factory=Typography)
    _known: OrderedDict[_Key, Matrix] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def read(self, text: Text, *, by: By) -> Iterable[Act]:
        """Yield the acts of one text; for a language without a folder, none."""
        if not languages.is_known(text.language.code) or not text.sentences:
            return ()
        heads = self.heads["customer" if by == "customer" else "agent"]
        places = [one.sentence for one in text.sentences]
        cued = _by_sentence(self.cues.read(text, by=by) if self.cues else (), places)
        shown = _by_sentence(self._typography.read(text, by=by), places)
        folded = [one.text[:_CHARACTERS] for one in text.sentences[:_SENTENCES]]
        said = _said(text)
        keys = [(text.language.code, before, one, by) for before, one in zip(["", *said], said, strict=False)]
        sure = self._sure(keys, folded, [(*one, *other) for one, other in zip(cued, shown, strict=True)], heads)
        beyond = (act for acts in cued[_SENTENCES:] for act in acts)
        return (*_acts(places[:_SENTENCES], cued[:_SENTENCES], sure, heads), *beyond)

    def meaning(self, text: Text) -> Matrix | None:
        """Return the mean of the vectors of its sentences; None for a language without a folder."""
        if not languages.is_known(text.language.code) or not text.sentences:
            return None
        middle: Matrix = self.vectors.of(_said(text)).mean(axis=0)
        return middle

    def _sure(
        self, keys: Sequence[_Key], folded: Sequence[str], acts: Sequence[Sequence[Act]], heads: Heads
    ) -> list[Matrix]:
        """Return how sure each act of each sentence is; a sentence after the same one is read once."""
        with self._lock:
            found = {key: row for key in keys if (row := self._known.get(key)) is not None}
            for key in found:
                self._known.move_to_end(key)
        new = [at for at, key in enumerate(keys) if key not in found]
        if new:
            vectors = self.vectors.of([said for _, _, said, _ in keys])
            before = np.vstack([np.zeros((1, SIZE), dtype=np.float32), vectors[:-1]])
            cues = np.stack([strength(acts[at], heads.cue_kinds) for at in new])
            read = heads.read(
                vectors=vectors[new],
                before=before[new],
                cues=cues,
                folded=[folded[at] for at in new],
            )
            found.update((keys[at], row) for at, row in zip(new, read, strict=True))
            with self._lock:
                self._known.update((keys[at], found[keys[at]]) for at in new)
                while len(self._known) > _REMEMBERED:
                    self._known.popitem(last=False)
        return [found[key] for key in keys]


def _said(text: Text) -> list[str]:
    """Return the sentences that are read, in their own words."""
    places = (one.sentence for one in text.sentences[:_SENTENCES])
    return [text.original[one.start : one.end][:_CHARACTERS] for one in places]


def _by_sentence(acts: Iterable[Act], places: Sequence[Sentence]) -> list[list[Act]]:
    """Lay acts to the sentence in which they begin."""
    found: list[list[Act]] = [[] for _ in places]
    for act in acts:
        at = next((at for at, place in enumerate(places) if act.start < place.end), len(places) - 1)
        found[at].append(act)
    return found


def strength(acts: Iterable[Act], kinds: tuple[str, ...]) -> Matrix:
    """Return the surest act of each kind, as a row."""
    row = np.zeros(len(kinds), dtype=np.float32)
    places = {kind: at for at, kind in enumerate(kinds)}
    for act in acts:
        if (at := places.get(act.kind)) is None:
            continue  # an act younger than the heads: they do not look at it
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
            if kind in BY_TYPOGRAPHY:
                continue
            if kind in found:
                yield from _weighed(found[kind], confidence)
            elif confidence >= FLOOR and kind not in NAMES_A_THING:
                yield Act(start=place.start, end=place.end, kind=kind, confidence=confidence, reader=LEARNED)


def _weighed(acts: Iterable[Act], confidence: float) -> Iterator[Act]:
    """Yield what cues found as sure as a head makes it, which does not doubt what is said outright."""
    for act in acts:
        if act.plain:
            yield replace(act, confidence=max(confidence, act.confidence))
        elif confidence >= FLOOR:
            yield replace(act, confidence=confidence, reader=LEARNED)


@lru_cache(maxsize=2)
def best_readers(*, cued: bool = True) -> tuple[Reader, ...]:
    """Return the learned reader where its model is installed, otherwise the cues alone.

    :param cued: without, it reads by vectors and letters alone, as no desk should: to see what cues are worth
    :raises VectorsMissingError: when the installed model is another than the heads were trained on
    """
    vectors = load_vectors(tuned=True)
    if vectors is None:
        return USUAL_READERS
    return LearnedReader(load_heads(), vectors, cues=CueReader() if cued else None), Typography()
