"""A text taken apart for promises, a sentence at a time: what was taken apart once is not taken apart again.

Much of what an organisation writes it wrote before, sentence by sentence. A text is only cut where no time, no deed and
no row of words can go on behind the cut; two sentences that it would be wrong to part stay one piece.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Final

from amends.engine.languages.folding import Folded, fold, skeleton
from amends.engine.promises.clauses import PUTS_OFF, Deeds, deeds_in, follows
from amends.engine.promises.grammar import Grammar, Tape
from amends.engine.promises.reading import bases, quick_tags
from amends.engine.promises.times import Told, told_in
from amends.engine.promises.tokens import Token, keys_of, tokens_of

# A mark behind a whole word, or the end of a line behind any mark.
_CUT: Final = re.compile(r"(?<!\S)([^\W\d_]{3,})[.!?؟…]+\s+|[,،:;؛.!?؟…\n]\n\s*")
_SHORT: Final = 400  # characters: a longer piece is taken apart anew each time


@dataclass(slots=True, unsafe_hash=True)
class Said:
    """What is read for promises: two are the same that have the same words."""

    text: str
    folded: Folded | None = field(default=None, compare=False)


@dataclass(eq=False)
class Piece:
    """A sentence, or a few: its words, its times and its deeds, as far as they depend on no moment and no calendar.

    Most sentences tell no time and put nobody off. That is seen by their words alone; only others are read further.
    """

    text: str
    folded: Folded
    plain: str  # the skeleton of what is folded
    grammar: Grammar

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """Its words, by the characters of the piece."""
        return tokens_of(self.text, language=self.grammar.language, folded=self.folded, plain=self.plain)

    @cached_property
    def told(self) -> Told:
        """The words that tell a time."""
        tape = self.grammar.time
        tags = quick_tags(self._keys, tape=tape, grammar=self.grammar)
        if tags is not None and tape.pattern.search(tags) is None:
            return ()
        return told_in(self.tokens, grammar=self.grammar)

    @cached_property
    def deeds(self) -> Deeds:
        """Its words read as deeds."""
        return deeds_in(self.tokens, grammar=self.grammar)

    @cached_property
    def puts_off(self) -> bool:
        """Whether it can undertake anything at no time: only what puts the customer off does."""
        grammar = self.grammar
        tags = quick_tags(self._keys, tape=grammar.acts, grammar=grammar)
        if tags is None:
            tags = self.deeds.tags
        begins = grammar.acts.begins
        if any(kind in begins and begins[kind].search(tags) for kind in PUTS_OFF):
            return True
        return any(follows(key, grammar) for key in self._keys)

    @cached_property
    def _keys(self) -> list[str]:
        return keys_of(self.plain, language=self.grammar.language)


@lru_cache(maxsize=32)
def pieces_of(said: Said, grammar: Grammar) -> tuple[tuple[int, Piece], ...]:
    """Take a text apart; each piece with the character of the text at which it begins."""
    text, folded = said.text, said.folded or fold(said.text, language=grammar.language)
    plain = skeleton(folded.text, language=grammar.language)  # letter by letter
    starts, ends, found = folded.starts, folded.ends, []
    for first, last in pairwise((0, *_cuts(plain, grammar))):
        begin = starts[first] if first else 0
        end = starts[last] if last < len(starts) else len(text)
        letters = folded.text[first:last], plain[first:last]
        one = _Stretch(text[begin:end], *letters, begin, starts[first:last], ends[first:last])
        take = _known if last - first <= _SHORT else _take_apart
        found.append((begin, take(one, grammar)))
    return tuple(found)


@dataclass(slots=True, unsafe_hash=True)
class _Stretch:
    """A stretch of a folded text: two are the same that are written and folded the same."""

    text: str
    folded: str
    plain: str = field(compare=False)
    begin: int = field(compare=False)
    starts: Sequence[int] = field(compare=False)
    ends: Sequence[int] = field(compare=False)


@lru_cache(maxsize=8192)
def _known(one: _Stretch, grammar: Grammar) -> Piece:
    return _take_apart(one, grammar)


def _take_apart(one: _Stretch, grammar: Grammar) -> Piece:
    begin = one.begin
    folded = Folded(one.text, one.folded, _from(begin, one.starts), _from(begin, one.ends))
    return Piece(one.text, folded, one.plain, grammar)


def _from(begin: int, places: Sequence[int]) -> Sequence[int]:
    """Count places from the first character of a piece."""
    if isinstance(places, range):
        return range(places.start - begin, places.stop - begin)
    return tuple([at - begin for at in places])


def _cuts(plain: str, grammar: Grammar) -> Iterator[int]:
    """Yield where a text may be cut, and its end."""
    for match in _CUT.finditer(plain):
        word = match.group(1)
        if match.end() < len(plain) and (word is None or _may_end(word, grammar)):
            yield match.end()
    yield len(plain)


@lru_cache(maxsize=16384)
def _may_end(word: str, grammar: Grammar) -> bool:
    """Whether nothing that the grammar knows goes on behind a word and a mark."""
    return not (_goes_on(word, grammar.time) or _goes_on(word, grammar.acts))


def _goes_on(word: str, tape: Tape) -> bool:
    """Whether a mark may stand behind a word in a row of words, or anything at all in a pattern ('is … sending')."""
    own = bases(word, tape)
    if not tape.before_a_mark.isdisjoint(own) or not tape.before_anything.isdisjoint(own):
        return True
    return any(form.fullmatch(word) for form, name in tape.forms if name in tape.with_anything)
