"""An organisation's own list: words that are jargon in its replies, each with a plain one, and words that are none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from amends.engine import languages
from amends.engine.languages.acts import SEEMS, Act
from amends.engine.languages.folding import fold
from amends.engine.languages.phrase import parse
from amends.engine.languages.reading import Reading, TurnReading

LONGEST: Final = 60  # characters of a word of the list
_PLAIN: Final = re.compile(r"[\w\u200c '’./&-]+")
_BENDS: Final = 5  # letters in all; fewer are found as they stand: with any ending, 'POS' would be in 'posta'
_TERMS: Final = frozenset({"jargon", "acronym"})
_SEEMS: Final = SEEMS + "jargon"


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or a few, in one language; `instead` says it plainly where somebody has said how."""

    language: str
    words: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A word of the list in a reply. `bare` is one that stands there without an ending."""

    start: int
    end: int
    words: str  # as they stand in the list
    instead: str
    bare: bool


@dataclass(frozen=True, slots=True)
class HouseWords:
    """What this organisation calls jargon beside what everybody does, and what it does not."""

    jargon: tuple[Term, ...] = ()
    everyday: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.jargon or self.everyday)

    def found(self, turn: TurnReading) -> tuple[Found, ...]:
        """Return the words of the list that are jargon here, in order; of two in one place, the longer."""
        met = sorted(_met(self.jargon, turn), key=lambda one: (one.start, -one.end))
        kept: list[Found] = []
        for one in met:
            if not kept or one.start >= kept[-1].end:
                kept.append(one)
        return tuple(kept)

    def heard(self, reading: Reading, *, at: int) -> Reading:
        """Return a reading in which nobody hears jargon in words that are none here."""
        turn = reading.turns[at]
        places = [(one.start, one.end) for one in _met(self.everyday, turn)]
        if not places:
            return reading
        acts = tuple(act for act in turn.acts if not (act.kind in _TERMS and _lies_on(act, places)))
        acts = tuple(act for act in acts if act.kind != _SEEMS or not _is_quiet(act, turn, places, acts))
        turns = (*reading.turns[:at], replace(turn, acts=acts), *reading.turns[at + 1 :])
        return replace(reading, turns=turns)


def is_plain(words: str) -> bool:
    """Whether this can be a word of the list: letters, digits and what joins them."""
    return len(words) <= LONGEST and _PLAIN.fullmatch(words) is not None and sum(map(str.isalnum, words)) >= 2


def _met(terms: tuple[Term, ...], turn: TurnReading) -> Iterator[Found]:
    folded = turn.text.folded
    for term in terms:
        if term.language != turn.language or not is_plain(term.words):
            continue
        bare = fold(term.words, language=turn.text.language).text
        for match in _pattern(term.words, term.language).finditer(folded.text):
            start, end = folded.back(*match.span())
            yield Found(start, end, term.words, term.instead, bare=match.group() == bare)


@lru_cache(maxsize=4096)
def _pattern(words: str, code: str) -> re.Pattern[str]:
    joined = " ".join(words.split())
    bends = sum(map(str.isalnum, joined)) >= _BENDS
    return re.compile(parse(joined + "~" * bends, language=languages.get(code)).pattern)


def _lies_on(act: Act, places: list[tuple[int, int]]) -> bool:
    return any(start < act.end and act.start < end for start, end in places)


def _is_quiet(act: Act, turn: TurnReading, places: list[tuple[int, int]], left: tuple[Act, ...]) -> bool:
    """Whether a sentence only seems jargon by words that are none: it holds one of them, and no other term."""
    sentence = turn.sentence_of(act)
    holds = any(sentence.start <= start < sentence.end for start, _end in places)
    return holds and not any(one.kind in _TERMS and sentence.start <= one.start < sentence.end for one in left)
