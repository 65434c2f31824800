"""The cues of one language: phrases of a complaint that point at a layer, each with a weight and a theme."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import import_module
from typing import Any

from amends.engine.causes.layers import LAYERS, THEMES, Layer
from amends.engine.languages.announced import Announced
from amends.engine.languages.parsed import read as read_parsed
from amends.engine.languages.phrase import BadPhraseError, Phrase, parse
from amends.engine.languages.silhouette import Language
from amends.engine.languages.text import Text

_KEYS = {"theme", "weight", "cues", "note"}


class BadCauseCuesError(ValueError):
    """A cause file that breaks its own rules: the message names the table."""


@dataclass(frozen=True)
class CauseCue:
    """One phrase that points at a layer."""

    layer: Layer
    theme: str
    weight: float
    phrase: Phrase

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(self.phrase.pattern)


@dataclass(slots=True, unsafe_hash=True)
class Hint:
    """A place in a text that points at a layer; `start` and `end` count its original characters."""

    layer: Layer
    theme: str
    weight: float
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class CauseCues:
    """All cause cues of a language, indexed by the words that announce them."""

    cues: tuple[CauseCue, ...]
    told: tuple[Phrase, ...] = ()  # an employee did what a rule or a script says

    def says_told(self, text: Text) -> bool:
        """Tell whether a closing note says that an employee did as told."""
        return any(pattern.search(sentence.text) for sentence in text.sentences for pattern in self._told)

    @cached_property
    def _told(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(phrase.pattern) for phrase in self.told)

    @cached_property
    def _announced(self) -> Announced:
        return Announced(cue.phrase for cue in self.cues)

    def read(self, text: Text) -> Iterator[Hint]:
        """Yield every place of the text that points at a layer."""
        cues, back = self.cues, text.folded.back
        for sentence in text.sentences:
            at = sentence.start
            for start, end, number in _read_sentence(self, sentence.text, sentence.words):
                cue = cues[number]
                yield Hint(cue.layer, cue.theme, cue.weight, *back(at + start, at + end))

    def look(self, text: str, *, words: Iterable[str]) -> Iterator[tuple[int, int, int]]:
        """Yield where one folded sentence points at a layer: start, end, number of the cue."""
        for number in self._announced.by(words):
            for match in self.cues[number].pattern.finditer(text):
                yield *match.span(), number


@lru_cache(maxsize=32_768)
def _read_sentence(cues: CauseCues, text: str, words: tuple[str, ...]) -> tuple[tuple[int, int, int], ...]:
    # Much of what is written was written before, sentence by sentence.
    return tuple(cues.look(text, words=words))


@lru_cache(maxsize=16)
def load(code: str) -> tuple[Language, CauseCues]:
    """Return a language with its cause file, read once."""
    package = f"amends.engine.languages.{code}"
    language: Language = import_module(package).LANGUAGE
    tables, parsed = read_parsed(code, "causes")
    return language, compile_cause_cues(tables, language=language, parsed=parsed)


def compile_cause_cues(
    tables: Mapping[str, Any], *, language: Language, parsed: dict[str, Phrase] | None = None
) -> CauseCues:
    """Compile the tables of a cause file; phrases not yet among the parsed ones are parsed, and put there.

    :raises BadCauseCuesError: when a layer, a theme, a key or a phrase is not understood
    """
    sets = {name: tuple(lines) for name, lines in tables.get("sets", {}).items()}
    known = {} if parsed is None else parsed

    def phrase(written: str, *, place: str) -> Phrase:
        if written not in known:
            known[written] = _parse(written, place=place, language=language, sets=sets)
        return known[written]

    cues: list[CauseCue] = []
    for layer in (name for name in tables if name not in {"sets", "told"}):
        if layer not in LAYERS:
            raise BadCauseCuesError(f"{language.code}: no layer is called {layer}")
        for group in tables[layer]:
            if unknown := set(group) - _KEYS:
                raise BadCauseCuesError(f"{language.code}: [[{layer}]] knows no {sorted(unknown)}")
            theme = group["theme"]
            if theme not in THEMES or THEMES[theme][0] != layer:
                raise BadCauseCuesError(f"{language.code}: {layer} has no theme {theme}")
            weight = float(group.get("weight", 2))
            cues += [CauseCue(layer, theme, weight, phrase(written, place=layer)) for written in group["cues"]]
    told = tables.get("told", {}).get("cues", ())
    return CauseCues(tuple(cues), tuple(phrase(written, place="told") for written in told))


def _parse(written: str, *, place: str, language: Language, sets: Mapping[str, tuple[str, ...]]) -> Phrase:
    try:
        return parse(written, language=language, sets=sets)
    except BadPhraseError as error:
        raise BadCauseCuesError(f"{language.code}: [{place}] {error}") from error
