"""Fold a text for matching, and keep the way back to its characters.

Case, presentation forms, digits, typographic quotes, half-spaces, stretched letters and invisible marks are made alike.
Nothing is ever compared by `.lower()` of a whole text: `"İ".lower()` is two characters and `"I"` never becomes `ı`.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterable
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


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text: `text[i]` came from `original[starts[i]:ends[i]]`."""

    original: str
    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def back(self, start: int, end: int) -> tuple[int, int]:
        """Return the original characters of a stretch of the folded text."""
        if start >= end:
            at = self.starts[start] if start < len(self.starts) else len(self.original)
            return at, at
        return self.starts[start], self.ends[end - 1]

    def forth(self, at: int) -> int:
        """Return where the original character `at` begins in the folded text."""
        return bisect_left(self.starts, at)


def fold(text: str, *, language: Language = PLAIN) -> Folded:
    """Fold a text in a language."""
    letters = _letters(_lower_of(text, language), language.accents_matter)
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
    return text.translate(_plain_table(language.code, tuple(language.plain.items())))


def same_letters(one: str, other: str, *, language: Language = PLAIN) -> bool:
    """Tell whether two words are one word but for case, accents, dots and half-spaces."""
    first, second = (
        skeleton(fold(word, language=language).text.replace(" ", ""), language=language) for word in (one, other)
    )
    return first == second


def _lower_of(text: str, language: Language) -> tuple[tuple[str, str], ...]:
    table = dict(language.lower)
    if "I" in table and not any(letter in language.plain or letter in "İŞĞÇÖÜ" for letter in text):
        # Nobody who types without any dotted letter means a dotless I.
        table["I"] = "i"
    return tuple(table.items())


class _Letters(dict[str, str]):
    """What each letter folds to, worked out when it is first met."""

    def __init__(self, lower: dict[str, str], *, accents_matter: bool) -> None:
        super().__init__()
        self._lower, self._accents_matter = lower, accents_matter

    def __missing__(self, cluster: str) -> str:
        found = self._fold(unicodedata.normalize("NFC", cluster))
        if len(self) < 20_000:
            self[cluster] = found
        return found

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


@lru_cache(maxsize=32)
def _letters(lower: tuple[tuple[str, str], ...], accents_matter: bool) -> _Letters:  # noqa: FBT001
    return _Letters(dict(lower), accents_matter=accents_matter)


@lru_cache(maxsize=32)
def _plain_table(code: str, items: tuple[tuple[str, str], ...]) -> dict[int, str]:  # noqa: ARG001
    return str.maketrans(dict(items))
