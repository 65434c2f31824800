"""A folded text cut into words, numbers and marks, each with its place in the original."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from amends.engine.languages.folding import Folded, fold, skeleton
from amends.engine.languages.silhouette import Language

# An ISO date, a number with its inner marks, a word with its inner apostrophes, a new line, any other mark.
_TOKEN = re.compile(r"\d{4}-\d\d?-\d\d?(?!\d)|\d+(?:[.:/]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*|\n|[^\s\w]|_")
# 'می فرستم', 'نمی کنم': the Persian verb's prefix belongs to its word however it is spaced.
_JOINED = re.compile(r"\b((?:بر|در|باز|وا|فرا)?ن?می) (?=[^\W\d_])")

# 'هفته ی آینده', 'ده دقیقه ای': the ending belongs to its word likewise.
_EZAFE = re.compile(r"(?<=ه) (?=ا?ی\b)")


class Token(NamedTuple):
    """A word as the grammar compares it; `start` and `end` count the characters of the original."""

    key: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        return self.key[:1].isalnum()

    @property
    def is_number(self) -> bool:
        return self.key[:1].isdigit()


def tokens_of(
    text: str, *, language: Language, folded: Folded | None = None, plain: str | None = None
) -> tuple[Token, ...]:
    """Cut a text into tokens; who has folded it already hands that in, and its skeleton."""
    folded = folded or fold(text, language=language)
    starts, ends = folded.starts, folded.ends
    found = []
    for match in _matches(skeleton(folded.text, language=language) if plain is None else plain, language):
        begin, end = match.span()
        found.append(Token(_key(match.group()), starts[begin], ends[end - 1]))
    return tuple(found)


def keys_of(plain: str, *, language: Language) -> list[str]:
    """Return the keys of a skeleton's tokens, without their places."""
    return [_key(match.group()) for match in _matches(plain, language)]


def _matches(plain: str, language: Language) -> Iterator[re.Match[str]]:
    if language.code == "fa":
        return _PERSIAN.finditer(_EZAFE.sub("_", _JOINED.sub(r"\1_", plain)))
    return _TOKEN.finditer(plain)


def _key(word: str) -> str:
    return word.replace("_", "") or "_" if "_" in word else word


_PERSIAN = re.compile(
    r"\d{4}-\d\d?-\d\d?(?!\d)|\d+(?:[.:/]\d+)*|(?:(?:بر|در|باز|وا|فرا)?ن?می_)?[^\W\d_]+(?:_ا?ی)?|\n|[^\s\w]|_"
)
