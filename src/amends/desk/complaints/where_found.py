"""Where a search found its words: a row of a list shows them with what stands around, also from deep in a long letter.

A row shows the last words that were said. Where the words of the search stand elsewhere, it shows those instead. Only
the rows of one page are looked into, by a pattern that knows how each letter may be written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from django.db.models import QuerySet

from amends.desk.complaints.models import Event, EventKind
from amends.desk.complaints.search import MARKS, TEXT_LIMIT, asked, folded, is_beginning, ways_of
from amends.desk.complaints.shown import Row
from amends.desk.web import questions
from amends.desk.web.questions import Among

BEFORE: Final = 32  # characters before the words: a row has one line, and they have to stand in it
AROUND: Final = 180
_LETTERS: Final = (range(0x30, 0x250), range(0x370, 0x530), range(0x620, 0x700), range(0x1E00, 0x1F00))
_SPACES: Final = re.compile(r"\s+")
# What the desk says by itself is the same in every complaint: it is shown where nobody else said the words.
_BY_ITSELF: Final = EventKind.ACKNOWLEDGED


def with_words_found(rows: Sequence[Row], query: str) -> list[Row]:
    """Let rows that a search found show where its words stand, unless what they show has them already."""
    patterns = [_pattern(word) for word in asked(query).words]
    missing = {row.id: left for row in rows if (left := _not_in(_shown(row), patterns))}
    if not missing:
        return list(rows)
    best: dict[int, tuple[int, str, re.Match[str]]] = {}
    for pk, kind, text in questions.ask("words of complaints", _texts, ids=list(missing)):
        if pk in best and best[pk][0] >= _most(missing[pk]):
            continue
        found = [at for pattern in missing[pk] if (at := pattern.search(text, 0, TEXT_LIMIT))]
        weight = 2 * len(found) - (kind == _BY_ITSELF)
        if found and weight > (best[pk][0] if pk in best else -1):
            best[pk] = (weight, text, min(found, key=re.Match.start))
    return [replace(row, preview=_around(*best[row.id][1:])) if row.id in best else row for row in rows]


def _most(patterns: Sequence[re.Pattern[str]]) -> int:
    return 2 * len(patterns)


def _shown(row: Row) -> str:
    return f"{row.number} {row.customer_name} {row.subject} {row.preview}"


def _not_in(text: str, patterns: Iterable[re.Pattern[str]]) -> list[re.Pattern[str]]:
    return [pattern for pattern in patterns if pattern.search(text) is None]


def _texts() -> QuerySet[Event, Any]:
    """The words of some complaints, the last ones first."""
    rows = Event.objects.filter(Among("complaint_id", "ids")).exclude(content__text="")
    return rows.order_by("complaint", "-sequence").values_list("complaint_id", "kind", "content__text")


def _around(text: str, found: re.Match[str]) -> str:
    """Cut out the words with what stands around them, at whole words."""
    start, end = max(0, found.start() - BEFORE), min(len(text), found.start() + AROUND)
    if start:
        start = next((at.end() for at in _SPACES.finditer(text, start, found.start())), found.start())
    words = " ".join(text[start:end].split())
    if end < len(text) and not text[end].isspace():
        words = words.rpartition(" ")[0] or words
    return f"{'… ' if start else ''}{words}{' …' if end < len(text) else ''}"


@lru_cache(maxsize=512)
def _pattern(word: str) -> re.Pattern[str]:
    """How a word of a query may be written; what it finds is marked by `search.found_in`, which decides."""
    return re.compile("|".join(map(_way, ways_of(word))), re.DOTALL)


def _way(word: str) -> str:
    alike = _alike()
    first, *letters = (rf"[{re.escape(alike.get(letter, letter))}]" for letter in word)
    end = "" if is_beginning(word) else r"(?!\w)"
    # That nothing stands before the word is said after its first letter: what begins with letters is looked for faster.
    return rf"{first}(?<!\w.){rf'[{MARKS}]*'.join(['', *letters])}{end}"


@lru_cache(maxsize=1)
def _alike() -> dict[str, str]:
    """Every letter by the one that it is folded to."""
    found: dict[str, str] = {}
    for code in (code for codes in _LETTERS for code in codes):
        if (letter := folded(chr(code))) and len(letter) == 1:
            found[letter] = found.get(letter, letter) + chr(code)
    return found
