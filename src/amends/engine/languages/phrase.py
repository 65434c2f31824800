"""The little language in which cues are written, and its translation into a regular expression.

    we are (very|so) sorry     words in normal spelling, alternatives
    [really] appreciate        an optional part
    refund~                    a stem with any ending
    send <3> photo             up to three words between, never over the end of the sentence
    # days                     a number
    {we} apologise             a list named in [sets]
    ^ your order …  /  … $     only at the head / at the end of the sentence

Spaces stand for spaces, commas, dashes and quotes alike; a half-space or hyphen in a cue may be a space or nothing in
the text, an apostrophe may be missing; a letter with a diacritic also matches its plain letter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from amends.engine.languages.folding import ZWNJ, fold, skeleton
from amends.engine.languages.silhouette import Language

_BETWEEN = r"\W{1,4}"
_WORD = r"\w+(?:'\w+)?"
PREFIX = 6  # letters of a stem that are looked at in search of it
_JOINT = {ZWNJ: " ?", "-": "[- ]?", "'": "'?", "’": "'?"}
_JOINTS = re.compile("([" + ZWNJ + "'’-])")
_TOKEN = re.compile(r"<(\d+)>|\{([\w-]+)\}|[\^$()\[\]|~#]|\s+|[^\s<>{}\^$()\[\]|~#]+")


class BadPhraseError(ValueError):
    """A cue that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A word (or the first letters of one) without which a phrase cannot match."""

    letters: str
    whole: bool


Triggers = frozenset[Trigger]


_DIGITS: Triggers = frozenset(Trigger(digit, whole=False) for digit in "0123456789")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A cue, understood: its regular expression, the words that announce it, and one plain way to say it.

    One of the `triggers` is in every sentence that matches, and so is one of each of the further sets in `needs`.
    """

    pattern: str
    triggers: Triggers
    sample: str
    needs: tuple[Triggers, ...] = ()


def parse(cue: str, *, language: Language, sets: Mapping[str, tuple[str, ...]] | None = None) -> Phrase:
    """Translate a cue.

    :raises BadPhraseError: when a bracket is not closed, a set is unknown, or nothing in it is obligatory
    """
    tokens = _Tokens(cue, language=language, sets=sets or {})
    alternatives = _alternatives(tokens, until="")
    return _either(alternatives).whole()


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of pattern with what is known of it."""

    pattern: str
    announced: tuple[Triggers, ...]  # one of each set is in the text, the most telling set first
    sample: str
    optional: bool = False
    gap: bool = False
    head: bool = False
    tail: bool = False

    def whole(self) -> Phrase:
        first, *others = self.announced or (Triggers(),)
        return Phrase(rf"(?<!\w)(?:{self.pattern})(?!\w)", first, self.sample, tuple(others))


class _Tokens:
    def __init__(self, cue: str, *, language: Language, sets: Mapping[str, tuple[str, ...]]) -> None:
        self.cue, self.language, self.sets = cue, language, sets
        self.items = [match.group() for match in _TOKEN.finditer(cue)]
        if "".join(self.items) != cue:
            raise BadPhraseError(f"cannot read {cue!r}")
        self.at = 0

    def peek(self) -> str:
        return self.items[self.at] if self.at < len(self.items) else ""

    def take(self) -> str:
        item = self.peek()
        self.at += 1
        return item

    def bad(self, why: str) -> BadPhraseError:
        return BadPhraseError(f"{why}: {self.cue!r}")


def _alternatives(tokens: _Tokens, *, until: str) -> list[_Part]:
    found = [_sequence(tokens, until=until)]
    while tokens.peek() == "|":
        tokens.take()
        found.append(_sequence(tokens, until=until))
    if tokens.take() != until:
        raise tokens.bad(f"expected {until or 'the end'}")
    return found


def _sequence(tokens: _Tokens, *, until: str) -> _Part:
    parts: list[_Part] = []
    while tokens.peek() not in {until, "|", ""}:
        if tokens.peek().isspace():
            tokens.take()
            continue
        parts.append(_chunk(tokens, until=until))
    return _chain(parts, tokens)


def _chunk(tokens: _Tokens, *, until: str) -> _Part:
    """Read what stands together without a space."""
    item = tokens.peek()
    if item in {"^", "$"}:
        tokens.take()
        return _Part("", (), "", head=item == "^", tail=item == "$")
    if item.startswith("<") and item != "<":
        tokens.take()
        return _Part(item[1:-1], (), "", optional=True, gap=True)
    pieces: list[_Part] = []
    while (item := tokens.peek()) and not item.isspace() and item not in {until, "|"}:
        pieces.append(_piece(tokens))
    if len(pieces) == 1:
        return pieces[0]
    first = pieces[0]
    announced: tuple[Triggers, ...] = ()
    if not first.optional:  # whichever way it begins, its word may go on with what is written to it
        announced = tuple(frozenset(map(_beginning, each)) for each in first.announced)
    return _Part(
        "".join(f"(?:{piece.pattern})?" if piece.optional else piece.pattern for piece in pieces),
        announced,
        "".join("" if piece.optional else piece.sample for piece in pieces),
    )


def _beginning(trigger: Trigger) -> Trigger:
    return Trigger(trigger.letters[:PREFIX], whole=False)


def _piece(tokens: _Tokens) -> _Part:
    item = tokens.take()
    if item == "(":
        return _either(_alternatives(tokens, until=")"))
    if item == "[":
        return _optional(tokens)
    if item == "~":
        return _Part(tokens.language.suffix, (), "")
    if item == "#":
        return _Part(r"\d[\d.,:/]*(?<=\d)", (_DIGITS,), "3")
    if item.startswith("{"):
        return _set(item[1:-1], tokens)
    if item in {")", "]", "<", ">", "}"} or any(sign in item for sign in "?*+"):
        raise tokens.bad(f"unexpected {item}")
    return _literal(item, tokens.language)


def _optional(tokens: _Tokens) -> _Part:
    if tokens.peek().startswith("<"):
        gap = tokens.take()
        if tokens.take() != "]":
            raise tokens.bad("only a gap may begin with <")
        return _Part(gap[1:-1], (), "", optional=True, gap=True)
    part = _either(_alternatives(tokens, until="]"))
    return _Part(part.pattern, (), part.sample, optional=True)


def _set(name: str, tokens: _Tokens) -> _Part:
    if name not in tokens.sets:
        raise tokens.bad(f"no set is called {name}")
    return _parse_set(tokens.sets[name], tokens.language, tuple(tokens.sets.items()))


@lru_cache(maxsize=256)
def _parse_set(lines: tuple[str, ...], language: Language, sets: tuple[tuple[str, tuple[str, ...]], ...]) -> _Part:
    read = [_Tokens(line, language=language, sets=dict(sets)) for line in lines]
    return _either([part for each in read for part in _alternatives(each, until="")])


@lru_cache(maxsize=65536)
def _literal(word: str, language: Language) -> _Part:
    """Translate a word; its joints (half-space, hyphen, apostrophe) may be written otherwise or not at all."""
    pattern: list[str] = []
    pieces: list[str] = []
    for piece in _JOINTS.split(word):
        if piece in _JOINT:
            pattern.append(_JOINT[piece])
            continue
        pieces.append("")
        for letter in fold(piece, language=language).text:
            plain = language.plain.get(letter)
            if letter.isalnum():
                pattern.append(f"[{letter}{plain}]" if plain else re.escape(letter))
                pieces[-1] += letter
            else:
                pattern.append(re.escape(letter) + "?")
                pieces.append("")
    bones = [skeleton(piece, language=language) for piece in pieces if piece]
    if not bones:
        return _Part("".join(pattern), (), word)
    if len(bones) == 1:
        return _Part("".join(pattern), (frozenset({Trigger(bones[0], whole=True)}),), word)
    # 'می‌خواهم' is found as one word, or through its longest piece as a word of its own.
    best = max(bones, key=len)
    return _Part(
        "".join(pattern),
        (frozenset({Trigger("".join(bones)[:PREFIX], whole=False), Trigger(best[:PREFIX], whole=False)}),),
        word,
    )


def _chain(parts: list[_Part], tokens: _Tokens) -> _Part:
    """Join parts by spaces; what is optional brings its own space."""
    solid = [index for index, part in enumerate(parts) if not (part.optional or part.head or part.tail)]
    if not solid:
        raise tokens.bad("nothing in it is obligatory")
    first = solid[0]
    pattern: list[str] = []
    for index, part in enumerate(parts):
        if part.head:
            pattern.append(r"\A\W*")
        elif part.tail:
            pattern.append(r"(?=\W*\Z)")
        elif part.gap:
            if index < first:
                raise tokens.bad("a gap cannot come first")
            pattern.append(rf"(?:{_BETWEEN}{_WORD}){{0,{part.pattern}}}?")
        elif index < first:
            pattern.append(rf"(?:(?:{part.pattern}){_BETWEEN})?")
        elif index == first:
            pattern.append(part.pattern)
        elif part.optional:
            pattern.append(rf"(?:{_BETWEEN}(?:{part.pattern}))?")
        else:
            pattern.append(_BETWEEN + part.pattern)
    announced = sorted((each for index in solid for each in parts[index].announced), key=_telling, reverse=True)
    sample = " ".join(part.sample for index, part in enumerate(parts) if index in solid)
    return _Part("".join(pattern), tuple(announced), sample)


def _either(parts: list[_Part]) -> _Part:
    if len(parts) == 1:
        return parts[0]
    # What each way needs first, one of them is there; and so on, as far as every way needs anything.
    announced = tuple(Triggers().union(*each) for each in zip(*(part.announced for part in parts), strict=False))
    return _Part("(?:" + "|".join(part.pattern for part in parts) + ")", announced, parts[0].sample)


def _telling(triggers: Triggers) -> int:
    """Tell how seldom words are met by chance: the shortest of them counts."""
    return min(len(trigger.letters) for trigger in triggers)
