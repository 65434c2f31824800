"""Read a conversation: the speech acts of every turn, from all readers, ready for judgement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Final, Protocol, runtime_checkable

from amends.engine import languages
from amends.engine.conversation import By, Conversation, Turn
from amends.engine.languages import cues
from amends.engine.languages.acts import Act
from amends.engine.languages.cues import in_place, merge
from amends.engine.languages.recognition import recognise
from amends.engine.languages.sentences import Sentence
from amends.engine.languages.text import Text, prepare
from amends.engine.languages.typography import Typography
from amends.engine.languages.vectors import Matrix


class Reader(Protocol):
    """Finds speech acts in a text. Equal readers must give equal answers: what they read is remembered."""

    @property
    def name(self) -> str:
        """A stable name, kept with every act."""
        ...

    def read(self, text: Text, *, by: By) -> Iterable[Act]:
        """Yield the acts that one party performs in one text."""
        ...


@runtime_checkable
class KnowsMeaning(Protocol):
    """A reader that can also say what a text means as a whole."""

    def meaning(self, text: Text) -> Matrix | None:
        """Return a text's place among all meanings; None where that cannot be told."""
        ...


class CueReader:
    """Reads by the cue files of the languages that have one."""

    name = "cues"

    def read(self, text: Text, *, by: By) -> Iterable[Act]:
        """Yield the acts found by cues; none for a language without a folder."""
        if not languages.is_known(text.language.code):
            return ()
        return cues.load(text.language).read(text, by=by)


LEARNED: Final = "learned"
"""The name of the reader whose confidences are weighed together, not judged rule by rule."""
_READ: Final = 50_000
"""Characters of a turn that are read: ten times the longest letter. What comes after is a file pasted in."""
_QUOTED: Final = re.compile(r"^[ \t\u200e\u200f]*>[^\n]*", re.MULTILINE)
USUAL_READERS: Final[tuple[Reader, ...]] = (CueReader(), Typography())


@dataclass(unsafe_hash=True)
class TurnReading:
    """One turn, read: its language, its sentences and what it does with words."""

    index: int
    turn: Turn
    text: Text
    acts: tuple[Act, ...]
    meaning: Matrix | None = field(default=None, compare=False, repr=False)  # the mean of its sentences' vectors

    @property
    def by(self) -> By:
        """Who spoke."""
        return self.turn.by

    @property
    def language(self) -> str:
        """The code of the language it was read in; '' when unknown."""
        return self.text.language.code

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """Its sentences, in characters of the original."""
        return tuple(each.sentence for each in self.text.sentences)

    def of(self, *kinds: str, within: Sentence | None = None, at_least: float = 0.0) -> tuple[Act, ...]:
        """Return the acts of some kinds, in order; those that begin in one sentence when it is given."""
        found = self._by_kind.get(kinds[0]) if len(kinds) == 1 else self._of_kinds(kinds)
        if not found:
            return ()
        if within is None:
            return tuple([act for act in found if act.confidence >= at_least])
        start, end = within.start, within.end
        return tuple([act for act in found if act.confidence >= at_least and start <= act.start < end])

    def has(self, *kinds: str, within: Sentence | None = None, at_least: float = 0.0) -> bool:
        """Tell whether an act of some kinds is there."""
        met = self._by_kind
        if met.keys().isdisjoint(kinds):
            return False
        for kind in kinds:
            for act in met.get(kind, ()):
                if act.confidence >= at_least and (within is None or within.start <= act.start < within.end):
                    return True
        return False

    @cached_property
    def _by_kind(self) -> dict[str, list[Act]]:
        found: dict[str, list[Act]] = {}
        for act in self.acts:
            found.setdefault(act.kind, []).append(act)
        return found

    def _of_kinds(self, kinds: tuple[str, ...]) -> list[Act]:
        by_kind = self._by_kind
        met = [by_kind[kind] for kind in dict.fromkeys(kinds) if kind in by_kind]
        return met[0] if len(met) == 1 else sorted([act for acts in met for act in acts], key=in_place)

    def sentence_of(self, act: Act) -> Sentence:
        """Return the sentence in which an act begins."""
        for sentence in self.sentences:
            if act.start < sentence.end:
                return sentence
        return Sentence(act.start, act.end)

    def words(self, start: int, end: int) -> str:
        """Return the original words of a stretch."""
        return self.turn.text[start:end]


@dataclass(slots=True, unsafe_hash=True)
class Reading:
    """A conversation, read."""

    conversation: Conversation
    turns: tuple[TurnReading, ...]
    language: str  # what most of it is written in
    readers: tuple[str, ...] = ()  # the names of those who read it

    @property
    def learned(self) -> bool:
        """Whether the learned reader was among them."""
        return LEARNED in self.readers


def read(conversation: Conversation, *, readers: Sequence[Reader] = USUAL_READERS, language: str = "") -> Reading:
    """Read every turn of a conversation.

    A turn's own language counts first, then what its words show, then `language`, then what the rest speaks. What an
    agent quotes (`> …`) is not theirs, and is not read.
    """
    prior = language or conversation.facts.language or _spoken(conversation)
    turns = []
    for index, turn in enumerate(conversation.turns):
        said = replace(turn, text=without_quotes(turn.text)) if turn.by == "agent" and ">" in turn.text else turn
        code = turn.language or (recognise(said.text, prior=prior) if said.text.strip() else prior)
        text, acts, meaning = _read_text(said.text, code, turn.by, tuple(readers))
        turns.append(TurnReading(index, said, text, acts, meaning))
    return Reading(conversation, tuple(turns), prior, tuple(reader.name for reader in readers))


def without_quotes(text: str) -> str:
    """Blank the lines that quote somebody else (`> …`); every other word stays in its place."""
    return _QUOTED.sub(lambda line: " " * len(line[0]), text)


def _spoken(conversation: Conversation) -> str:
    """Return the language that most of the conversation's characters are written in."""
    weight: dict[str, int] = {}
    for turn in conversation.turns:
        if len(turn.text) >= 12 and (code := turn.language or recognise(turn.text)):
            weight[code] = weight.get(code, 0) + len(turn.text)
    if not weight:
        return recognise(" ".join(turn.text for turn in conversation.turns)[:400])
    return max(weight, key=lambda code: weight[code])


@lru_cache(maxsize=1024)
def _read_text(
    text: str, code: str, by: By, readers: tuple[Reader, ...]
) -> tuple[Text, tuple[Act, ...], Matrix | None]:
    # While a draft is typed, the turns before it are read again and again: they are remembered.
    prepared = prepare(text[:_READ], language=languages.get(code))
    found = [act for reader in readers for act in reader.read(prepared, by=by)]
    meaning = next((reader.meaning(prepared) for reader in readers if isinstance(reader, KnowsMeaning)), None)
    return prepared, tuple(sorted(merge(found), key=in_place)), meaning
