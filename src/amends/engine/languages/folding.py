"""Fold a text for matching, and keep the way back to its characters.

Case, presentation forms, digits, typographic quotes, half-spaces, stretched letters and invisible marks are made alike.
Nothing is ever compared by `.lower()` of a whole text: `"İ".lower()` is two characters and `"I"` never becomes `ı`.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from amends.engine.languages.silhouette import PLAIN, Language

ZWNJ = "\u200c"
_APOSTROPHES = "'’‘ʼ`´ʻ＇"
_QUOTES = '"“”„«»″'
_DASHES = "-‐‑‒–—―−"
_SHARED = (
    dict.fromkeys(_APOSTROPHES, "'")
    | dict.fromkeys(_QUOTES, '"')
    | dict.fromkeys(_DASHES, "-")
    | {ZWNJ: " ", "\u00ad": "", "\u0640": "", "\ufeff": ""}
    # Arabic letters that Persian keyboards, phones and old code pages write instead of the Persian ones.
    | {"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ۀ": "ه", "ە": "ه", "أ": "ا", "إ": "ا", "ٱ": "ا", "ؤ": "و", "ء": ""}
    # Letters drawn like the Mongolian ones that keyboards without them offer.
    | {"ѳ": "ө", "Ѳ": "ө", "є": "ө", "Є": "ө", "ї": "ү", "Ї": "ү"}
)

_THRICE = re.compile(r"([^\W\d_])\1\1")
_SHORT = 4_000  # characters: longer texts are folded anew each time they are asked for
_KNOWN = 20_000  # letters


@dataclass(slots=True, unsafe_hash=True)
class Folded:
    """A folded text: `text[i]` came from `original[starts[i]:ends[i]]`."""

    original: str
    text: str
    starts: Sequence[int]  # a range where each letter folds to one
    ends: Sequence[int]

    def back(self, start: int, end: int) -> tuple[int, int]:
        """Return the original characters of a stretch of the folded text."""
        if start >= end:
            at = self.starts[start] if start < len(self.starts) else len(self.original)
            return at, at
        return self.starts[start], self.ends[end - 1]

    def forth(self, at: int) -> int:
        """Return where the original character `at` begins in the folded text."""
        starts = self.starts
        return min(at, len(starts)) if isinstance(starts, range) else bisect_left(starts, at)


def fold(text: str, *, language: Language = PLAIN) -> Folded:
    """Fold a text in a language."""
    return _remembered(text, language) if len(text) <= _SHORT else _folded(text, language)


@lru_cache(maxsize=4096)
def _remembered(text: str, language: Language) -> Folded:
    # One text is asked for by several readers, and words come again and again.
    return _folded(text, language)


def _folded(text: str, language: Language) -> Folded:
    letters = _letters(_lower_of(text, language), language.accents_matter)
    quickly = letters.stretches(text)
    if quickly is not None and not _THRICE.search(quickly.text):
        return quickly
    return _letter_by_letter(text, letters)


def _letter_by_letter(text: str, letters: _Letters) -> Folded:
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    run = 0
    last = ""
    for at, cluster in _clusters(text):
        stop = at + len(cluster)
        for piece in letters[cluster]:
            run = run + 1 if piece == last else 1
            last = piece
            if run >= 3 and piece.isalpha():
                # 'sooo' is 'so': the third letter swallows the second.
                if run == 3:
                    pieces.pop(), starts.pop(), ends.pop()
                ends[-1] = stop
                continue
            pieces.append(piece)
            starts.append(at)
            ends.append(stop)
    return Folded(text, "".join(pieces), tuple(starts), tuple(ends))


def _clusters(text: str) -> Iterable[tuple[int, str]]:
    """Yield letters with their places; a letter and a mark that has not grown together with it stay together."""
    if unicodedata.is_normalized("NFC", text):
        yield from enumerate(text)
        return
    at, size = 0, len(text)
    while at < size:
        stop = at + 1
        while stop < size and unicodedata.combining(text[stop]):
            stop += 1
        yield at, text[at:stop]
        at = stop


def skeleton(text: str, *, language: Language = PLAIN) -> str:
    """Reduce folded text to the letters that even a plain keyboard has: what two spellings have in common."""
    if not language.plain or text.isascii():
        return text
    return _bare_remembered(text, language) if len(text) <= _SHORT else _bare(text, language)


@lru_cache(maxsize=4096)
def _bare_remembered(text: str, language: Language) -> str:
    # What a reply says is reduced for its cues, for its promises and for its print.
    return _bare(text, language)


def _bare(text: str, language: Language) -> str:
    return text.translate(_plain_table(language.code, tuple(language.plain.items())))


def same_letters(one: str, other: str, *, language: Language = PLAIN) -> bool:
    """Tell whether two words are one word but for case, accents, dots and half-spaces."""
    first, second = (
        skeleton(fold(word, language=language).text.replace(" ", ""), language=language) for word in (one, other)
    )
    return first == second


def _lower_of(text: str, language: Language) -> tuple[tuple[str, str], ...]:
    # Nobody who types without any dotted letter means a dotless I.
    return _lower(language, dotless="I" not in language.lower or not _dotted(language).isdisjoint(text))


@lru_cache(maxsize=32)
def _dotted(language: Language) -> frozenset[str]:
    return frozenset("İŞĞÇÖÜ").union(language.plain)


@lru_cache(maxsize=32)
def _lower(language: Language, *, dotless: bool) -> tuple[tuple[str, str], ...]:
    return tuple((language.lower if dotless else {**language.lower, "I": "i"}).items())


class _Letters(dict[str, str]):
    """What each letter folds to, worked out when it is first met."""

    def __init__(self, lower: dict[str, str], *, accents_matter: bool) -> None:
        super().__init__()
        self._lower, self._accents_matter = lower, accents_matter
        self._points = _Points(self)

    def __missing__(self, cluster: str) -> str:
        found = self._fold(unicodedata.normalize("NFC", cluster))
        if len(self) < _KNOWN:
            self[cluster] = found
        return found

    def stretches(self, text: str) -> Folded | None:
        """Fold whole stretches of letters at once, as if none were stretched; None where marks stand apart."""
        if not unicodedata.is_normalized("NFC", text) or len(self._points) >= _KNOWN:
            return None
        found, size = text.translate(self._points), len(text)
        odd = self._points.odd
        if odd.isdisjoint(text):
            return Folded(text, found, range(size), range(1, size + 1))
        starts: list[int] = []
        ends: list[int] = []
        begins = 0
        for at in [at for at, letter in enumerate(text) if letter in odd]:
            count = len(self[text[at]])
            starts += [*range(begins, at), *[at] * count]
            ends += [*range(begins + 1, at + 1), *[at + 1] * count]
            begins = at + 1
        return Folded(text, found, (*starts, *range(begins, size)), (*ends, *range(begins + 1, size + 1)))

    def _fold(self, cluster: str) -> str:
        if cluster in self._lower:
            return self._lower[cluster]
        if cluster in _SHARED:
            return _SHARED[cluster]
        return "".join(map(self._fold_char, unicodedata.normalize("NFKC", cluster)))

    def _fold_char(self, char: str) -> str:
        if char in self._lower:
            return self._lower[char]
        if char in _SHARED:
            return _SHARED[char]
        if (digit := unicodedata.digit(char, None)) is not None:
            return str(digit)
        category = unicodedata.category(char)
        if category in {"Mn", "Cf", "Me"}:
            return ""
        if category in {"Zs", "Zl", "Zp"}:
            return " " if category == "Zs" else "\n"
        small = char.lower() if self._accents_matter else unicodedata.normalize("NFD", char.lower())
        return "".join(part for part in small if not unicodedata.combining(part))


class _Points(dict[int, str]):
    """The same by code point, as `str.translate` asks for it; `odd` are those that fold to none or to several."""

    def __init__(self, letters: _Letters) -> None:
        super().__init__()
        self._letters = letters
        self.odd: set[str] = set()

    def __missing__(self, point: int) -> str:
        found = self._letters[chr(point)]
        if len(found) != 1:
            self.odd.add(chr(point))
        self[point] = found
        return found


@lru_cache(maxsize=32)
def _letters(lower: tuple[tuple[str, str], ...], accents_matter: bool) -> _Letters:  # noqa: FBT001
    return _Letters(dict(lower), accents_matter=accents_matter)


@lru_cache(maxsize=32)
def _plain_table(code: str, items: tuple[tuple[str, str], ...]) -> dict[int, str]:  # noqa: ARG001
    return str.maketrans(dict(items))
