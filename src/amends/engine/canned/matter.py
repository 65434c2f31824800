"""What a message is about, as far as its words tell: the beginnings of those that not every message holds."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final
from zlib import crc32

from amends.engine.languages.common import common_stems, stem
from amends.engine.languages.text import Text

type Matter = frozenset[int]

_SHORTEST: Final = 3  # letters of a word that tells anything
_MOST: Final = 60  # words of a message that are kept
_TELLING: Final = 3  # words, without which nothing can be said about what a message is about
_SAME: Final = 0.34


def matter_of(texts: Iterable[Text]) -> Matter:
    """Return what messages are about, hashed: it can be kept without their words."""
    found: dict[int, None] = {}
    for text in texts:
        code = text.language.code
        for sentence in text.sentences:
            for word in sentence.words:
                if (number := _telling(word, code)) is not None:
                    found[number] = None
    return frozenset(list(found)[:_MOST])


@lru_cache(maxsize=32_768)
def _telling(word: str, code: str) -> int | None:
    """Return the number of a word that tells what a message is about; None of one that any message may hold."""
    if len(word) < _SHORTEST or word.isdigit() or stem(word) in common_stems(code):
        return None
    return hashed(stem(word))


def hashed(beginning: str) -> int:
    """Return the number under which a word is known."""
    return crc32(beginning.encode())


def told_apart(one: Matter, others: Iterable[Matter]) -> tuple[int, list[Matter]]:
    """Return how many others can be compared with a message, and those that are about something else.

    Where one of two says too little, nobody can tell.
    """
    compared, size, apart = 0, len(one), []
    if size < _TELLING:
        return 0, []
    for other in others:
        fewer = min(size, len(other))
        if fewer >= _TELLING:
            compared += 1
            if one.isdisjoint(other) or len(one & other) / fewer < _SAME:
                apart.append(other)
    return compared, apart
