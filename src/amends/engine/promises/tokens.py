"""A folded text cut into words, numbers and marks, each with its place in the original."""

from __future__ import annotations

import re
from dataclasses import dataclass

from amends.engine.languages.folding import fold, skeleton
from amends.engine.languages.silhouette import Language

# An ISO date, a number with its inner marks, a word with its inner apostrophes, a new line, any other mark.
_TOKEN = re.compile(r"\d{4}-\d\d?-\d\d?(?!\d)|\d+(?:[.:/]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*|\n|[^\s\w]|_")
# 'می فرستم', 'نمی کنم': the Persian verb's prefix belongs to its word however it is spaced.
_JOINED = re.compile(r"\b((?:بر|در|باز|وا|فرا)?ن?می) (?=[^\W\d_])")

# 'هفته ی آینده', 'ده دقیقه ای': the ending belongs to its word likewise.
_EZAFE = re.compile(r"(?<=ه) (?=ا?ی\b)")


@dataclass(frozen=True, slots=True)
class Token:
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


def tokens_of(text: str, *, language: Language) -> tuple[Token, ...]:
    """Cut a text into tokens."""
    folded = fold(text, language=language)
    plain = skeleton(folded.text, language=language)
    found = []
    if language.code == "fa":
        plain = _EZAFE.sub("_", _JOINED.sub(r"\1_", plain))
        pattern = _PERSIAN
    else:
        pattern = _TOKEN
    for match in pattern.finditer(plain):
        start, end = folded.starts[match.start()], folded.ends[match.end() - 1]
        found.append(Token(match.group().replace("_", "") or "_", start, end))
    return tuple(found)


_PERSIAN = re.compile(
    r"\d{4}-\d\d?-\d\d?(?!\d)|\d+(?:[.:/]\d+)*|(?:(?:بر|در|باز|وا|فرا)?ن?می_)?[^\W\d_]+(?:_ا?ی)?|\n|[^\s\w]|_"
)
