"""Find speech acts by the cues of a language: the reader that is always there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import Any, Final

from amends.engine.conversation import By
from amends.engine.languages.acts import BY_TYPOGRAPHY, KINDS, LEARNED_ONLY, Act
from amends.engine.languages.announced import Announced
from amends.engine.languages.parsed import read as read_parsed
from amends.engine.languages.phrase import BadPhraseError, Phrase, parse
from amends.engine.languages.silhouette import Language
from amends.engine.languages.text import Text

USUAL_CONFIDENCE: Final = 0.8
_NEAR = 2  # words that may stand between a cue and its not_before or not_after
_KEYS = {
    "cues",
    "confidence",
    "says",
    "says_not",
    "not_before",
    "not_after",
    "unless",
    "with",
    "question",
    "plain",
    "by",
    "note",
}


class BadCuesError(ValueError):
    """A cue file that breaks its own rules: the message names the table."""


@dataclass(frozen=True)
class Conditions:
    """What must hold around a cue."""

    not_before: tuple[Phrase, ...] = ()
    not_after: tuple[Phrase, ...] = ()
    unless: tuple[Phrase, ...] = ()
    beside: tuple[Phrase, ...] = ()
    question: bool | None = None

    @cached_property
    def _before(self) -> re.Pattern[str] | None:
        return _any(self.not_before, after=rf"(?:\W+\w+){{0,{_NEAR}}}\W*\Z")

    @cached_property
    def _after(self) -> re.Pattern[str] | None:
        return _any(self.not_after, before=rf"\A\W*(?:\w+\W+){{0,{_NEAR}}}")

    @cached_property
    def _unless(self) -> re.Pattern[str] | None:
        return _any(self.unless)

    @cached_property
    def _beside(self) -> re.Pattern[str] | None:
        return _any(self.beside)

    def hold(self, text: str, span: tuple[int, int], *, question: bool) -> bool:
        """Tell whether a cue found in a stretch of a sentence counts."""
        start, end = span
        if self.question is not None and self.question != question:
            return False
        if self._unless and self._unless.search(text):
            return False
        if self._beside and not self._beside.search(text):
            return False
        if self._before and self._before.search(text[:start]):
            return False
        return not (self._after and self._after.search(text[end:]))


@dataclass(frozen=True)
class Cue:
    """One phrase that performs one act."""

    kind: str
    by: str
    written: str
    phrase: Phrase
    confidence: float
    conditions: Conditions
    plain: bool = False

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        # Compiled when first met: most cues of a file never are.
        return re.compile(self.phrase.pattern)


@dataclass(frozen=True)
class Example:
    """A sentence of a cue file that must, or must not, perform an act."""

    kind: str
    by: str
    says: str
    expected: bool


@dataclass(frozen=True, eq=False)
class Cues:
    """All cues of one language, indexed by the words that announce them."""

    language: Language
    cues: tuple[Cue, ...]
    examples: tuple[Example, ...]

    name: str = "cues"

    @cached_property
    def _announced(self) -> dict[By, tuple[Announced, tuple[Cue, ...], tuple[int, ...]]]:
        """The cues for the words of each party, with their numbers, as far as any were asked for."""
        return {}

    def _of(self, by: By) -> tuple[Announced, tuple[Cue, ...], tuple[int, ...]]:
        if (known := self._announced.get(by)) is None:
            numbers = tuple(number for number, cue in enumerate(self.cues) if cue.by in ("both", by))
            cues = tuple(self.cues[number] for number in numbers)
            known = self._announced[by] = Announced(cue.phrase for cue in cues), cues, numbers
        return known

    def read(self, text: Text, *, by: By) -> Iterable[Act]:
        """Yield the acts of a text, one for each stretch of words and kind."""
        found: list[Act] = []
        cues, back = self.cues, text.folded.back
        for sentence in text.sentences:
            at = sentence.start
            told = _read_sentence(self, sentence.text, sentence.words, sentence.sentence.question, by)
            for start, end, number in told:
                first, last = back(at + start, at + end)
                cue = cues[number]
                found.append(Act(start=first, end=last, kind=cue.kind, confidence=cue.confidence, plain=cue.plain))
        return merge(found)

    def look(self, text: str, *, words: Iterable[str], question: bool, by: By) -> Iterator[tuple[int, int, int]]:
        """Yield what one folded sentence, whose skeleton has these words, does: start, end, number of the cue."""
        announced, cues, numbers = self._of(by)
        for place in announced.by(words):
            cue = cues[place]
            asks = cue.conditions.question
            if asks is not None and asks != question:
                continue
            for match in cue.pattern.finditer(text):
                start, end = match.span()
                if end > start and cue.conditions.hold(text, (start, end), question=question):
                    yield start, end, numbers[place]


@lru_cache(maxsize=32_768)
def _read_sentence(
    cues: Cues,
    text: str,
    words: tuple[str, ...],
    question: bool,  # noqa: FBT001
    by: By,
) -> tuple[tuple[int, int, int], ...]:
    # While a draft is typed, all its sentences but one are read again and again: they are remembered.
    return tuple(cues.look(text, words=words, question=question, by=by))


in_place: Final = attrgetter("start", "end", "kind")


def merge(acts: Iterable[Act]) -> tuple[Act, ...]:
    """Join acts of one kind that overlap; the surer one lends its confidence."""
    joined: list[Act] = []
    last: dict[str, int] = {}
    acts = list(acts)
    if len(acts) < 2:
        return tuple(acts)
    for act in sorted(acts, key=in_place):
        at = last.get(act.kind)
        if at is not None and act.start < joined[at].end:
            old = joined[at]
            surer = max(old, act, key=lambda one: one.confidence)
            joined[at] = Act(
                start=old.start,
                end=max(old.end, act.end),
                kind=act.kind,
                confidence=surer.confidence,
                reader=surer.reader,
                plain=old.plain or act.plain,
            )
        else:
            last[act.kind] = len(joined)
            joined.append(act)
    return tuple(joined)


@lru_cache(maxsize=32)
def load(language: Language) -> Cues:
    """Read the cue file of a language."""
    tables, parsed = read_parsed(language.code, "cues")
    return compile_cues(tables, language=language, parsed=parsed)


def compile_cues(tables: Mapping[str, Any], *, language: Language, parsed: dict[str, Phrase] | None = None) -> Cues:
    """Compile the tables of a cue file; phrases not yet among the parsed ones are parsed, and put there.

    :raises BadCuesError: when a table, a key, a set or a phrase is not understood
    """
    sets = {name: tuple(lines) for name, lines in tables.get("sets", {}).items()}
    known = {} if parsed is None else parsed
    cues: list[Cue] = []
    examples: list[Example] = []
    for kind, groups in tables.items():
        if kind == "sets":
            continue
        if kind not in KINDS or kind in BY_TYPOGRAPHY | LEARNED_ONLY:
            raise BadCuesError(f"{language.code}: no speech act is called {kind}")
        for group in groups if isinstance(groups, list) else [groups]:
            cues += _group(kind, group, language=language, sets=sets, known=known)
            by = group.get("by", KINDS[kind].by)
            examples += [Example(kind, by, says, expected=True) for says in group.get("says", ())]
            examples += [Example(kind, by, says, expected=False) for says in group.get("says_not", ())]
    return Cues(language, tuple(cues), tuple(examples))


def _group(
    kind: str,
    group: Mapping[str, Any],
    *,
    language: Language,
    sets: Mapping[str, tuple[str, ...]],
    known: dict[str, Phrase],
) -> Iterator[Cue]:
    if unknown := set(group) - _KEYS:
        raise BadCuesError(f"{language.code}: [[{kind}]] knows no {sorted(unknown)}")

    def phrase(written: str) -> Phrase:
        if written not in known:
            known[written] = _parse(written, kind, language, sets)
        return known[written]

    def phrases(key: str) -> tuple[Phrase, ...]:
        written = group.get(key, ())
        return tuple(phrase(one) for one in ([written] if isinstance(written, str) else written))

    conditions = Conditions(
        not_before=phrases("not_before"),
        not_after=phrases("not_after"),
        unless=phrases("unless"),
        beside=phrases("with"),
        question=group.get("question"),
    )
    for written in group.get("cues", ()):
        yield Cue(
            kind=kind,
            by=group.get("by", KINDS[kind].by),
            written=written,
            phrase=phrase(written),
            confidence=float(group.get("confidence", USUAL_CONFIDENCE)),
            conditions=conditions,
            plain=bool(group.get("plain", False)),
        )


def _parse(written: str, kind: str, language: Language, sets: Mapping[str, tuple[str, ...]]) -> Phrase:
    try:
        return parse(written, language=language, sets=sets)
    except BadPhraseError as error:
        raise BadCuesError(f"{language.code}: [[{kind}]] {error}") from error


def _any(phrases: tuple[Phrase, ...], *, before: str = "", after: str = "") -> re.Pattern[str] | None:
    if not phrases:
        return None
    return re.compile(before + "(?:" + "|".join(phrase.pattern for phrase in phrases) + ")" + after)
