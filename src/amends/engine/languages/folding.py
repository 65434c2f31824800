"""Fold a text for matching, and keep the way back to its characters.

Case, presentation forms, digits, typographic quotes, half-spaces, stretched letters and invisible marks are made alike.
Nothing is ever compared by `.lower()` of a whole text: `"İ".lower()` is two characters and `"I"` never becomes `ı`.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
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
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    lower = _lower_of(text, language)
    run = 0
    at, size = 0, len(text)
    while at < size:
        stop = at + 1
        while stop < size and unicodedata.combining(text[stop]):
            stop += 1
        cluster = text[at] if stop == at + 1 else unicodedata.normalize("NFC", text[at:stop])
        for piece in _fold_cluster(cluster, lower, language.accents_matter):
            run = run + 1 if pieces and pieces[-1] == piece else 1
            if run >= 3 and piece.isalpha():
                # 'sooo' is 'so': the third letter swallows the second.
                if run == 3:
                    pieces.pop(), starts.pop(), ends.pop()
                ends[-1] = stop
                continue
            pieces.append(piece)
            starts.append(at)
            ends.append(stop)
        at = stop
    return Folded(text, "".join(pieces), tuple(starts), tuple(ends))


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


@lru_cache(maxsize=8192)
def _fold_cluster(cluster: str, lower: tuple[tuple[str, str], ...], accents_matter: bool) -> str:  # noqa: FBT001
    table = dict(lower)
    if cluster in table:
        return table[cluster]
    if cluster in _SHARED:
        return _SHARED[cluster]
    out = []
    for char in unicodedata.normalize("NFKC", cluster):
        if char in table:
            out.append(table[char])
        elif char in _SHARED:
            out.append(_SHARED[char])
        elif char.isdigit() and (digit := unicodedata.digit(char, None)) is not None:
            out.append(str(digit))
        elif (category := unicodedata.category(char)) in {"Mn", "Cf", "Me"}:
            continue
        elif category in {"Zs", "Zl", "Zp"}:
            out.append("\n" if category != "Zs" else " ")
        else:
            small = char.lower()
            if not accents_matter:
                small = unicodedata.normalize("NFD", small)
            out.append("".join(part for part in small if not unicodedata.combining(part)))
    return "".join(out)


@lru_cache(maxsize=32)
def _plain_table(code: str, items: tuple[tuple[str, str], ...]) -> dict[int, str]:  # noqa: ARG001
    return str.maketrans(dict(items))
