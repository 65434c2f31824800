"""Search over numbers, names, subjects and all words of a complaint: one way in, on SQLite and on PostgreSQL.

A complaint has one entry with every different word in it, folded: case, the dotted i, accents, Persian ya, kaf and
half-space, Mongolian ө and ү typed on a Russian keyboard, and digits of any script are alike. Words match from their
beginning, which suits languages that add their endings behind.

What goes on is searched whole, by looking into the entries. Of all that there ever was the newest are found, up to a
number: what a search costs must not grow with the years.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.db import connection
from django.db.models import BigIntegerField, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Concat, StrIndex
from django.db.models.lookups import GreaterThan

from amends.desk.complaints import full_text, whole
from amends.desk.complaints.models import Complaint, Event, EventContent, FieldValue, SearchEntry, Tagging
from amends.desk.customers.models import Joining
from amends.desk.web import questions
from amends.desk.web.questions import Blank, These
from amends.engine.languages.folding import fold

TEXT_LIMIT = 100_000  # characters of one text that are read
WORDS_LIMIT = 200_000  # characters of one entry; PostgreSQL refuses a vector of a megabyte
WORD_LENGTH = 40
QUERY_WORDS = 12
FEW = 300  # complaints: which hold rare words is looked up for all that there ever was
MOST_FOUND = 1_000  # complaints; a search says 'or more' beyond

_HALF_SPACE = "\u200c"
_WORD = re.compile(r"[^\W_]+")
# Persian prefixes and endings that are written with a half-space, a space or neither.
_ENDING = r"(?:ها(?:ی(?:ی|م|ت|ش|مان|تان|شان)?|یی)?|تر(?:ین)?|ام|ات|اش|ای|اند)"
_BEFORE = re.compile(r"\b(ن?می)[ \u200c]+(?=[\u0600-\u06ff])")
_AFTER = re.compile(rf"(?<=[\u0600-\u06ff])[ \u200c]+({_ENDING})\b")
MARKS = r"\u200c\u0300-\u036f\u064b-\u0655"  # between the letters of a word: marks over them, half-spaces
# A word as it stands in a text, with what Persian sets apart from it and the marks over its letters.
_AS_WRITTEN = re.compile(
    rf"(?:\bن?می[ \u200c]+(?=[\u0600-\u06ff]))?[^\W_](?:[^\W_]|[{MARKS}])*"
    rf"(?:(?<=[\u0600-\u06ff])[ \u200c]+{_ENDING}\b)*"
)
_TAG = re.compile(r"#([^\s#]+)")
_ALIKE = str.maketrans({"ı": "i", "ө": "о", "ү": "у", "ß": "ss"})


def folded(text: str) -> str:
    """Fold a text for searching: two spellings of one word come out alike."""
    text = unicodedata.normalize("NFKC", text[:TEXT_LIMIT]).translate({0x64A: 0x6CC, 0x643: 0x6A9})
    text = _AFTER.sub(r"\1", _BEFORE.sub(r"\1", text)).replace(_HALF_SPACE, "")
    bare = unicodedata.normalize("NFKD", fold(text).text)
    return "".join(letter for letter in bare if not unicodedata.combining(letter)).translate(_ALIKE)


def words_of(texts: Iterable[str]) -> dict[str, None]:
    """Return every different word of the texts, in order."""
    return {word[:WORD_LENGTH]: None for text in texts if text for word in _WORD.findall(folded(text))}


def add(*, complaint_id: int, texts: Iterable[str]) -> None:
    """Add the words of new texts to a complaint's entry."""
    entry = questions.ask("search entry", _entry, complaint=complaint_id)
    known = dict.fromkeys(entry[0][0].split()) if entry else {}
    words = words_of(texts)
    if entry and words.keys() <= known.keys():
        return
    _write(complaint_id=complaint_id, words=known | words)


def _entry() -> QuerySet[SearchEntry, Any]:
    return SearchEntry.objects.filter(complaint=Blank("complaint", BigIntegerField())).values_list("words")


def index(complaint: Complaint) -> None:
    """Write a complaint's entry anew from all that it holds, with what was merged into it."""
    parts = whole.merged_into([complaint.pk])[complaint.pk]
    texts = EventContent.objects.filter(event__complaint__in=[complaint.pk, *parts]).order_by("event")
    heads = [str(complaint.number), complaint.customer.name, complaint.subject, complaint.wish]
    # One person who was here twice is found under either name.
    heads += Joining.objects.filter(into=complaint.customer_id, apart_at=None).values_list("other__name", flat=True)
    if parts:
        for part in Complaint.objects.filter(pk__in=parts).select_related("customer"):
            heads += [str(part.number), part.customer.name, part.subject, part.wish]
    heads += _filled_in(complaint)
    _write(complaint_id=complaint.pk, words=words_of([*heads, *texts.values_list("text", flat=True)]))


def _filled_in(complaint: Complaint) -> list[str]:
    """What the fields say of it; of a list also what the choice is called."""
    told: list[str] = []
    for row in FieldValue.objects.filter(complaint=complaint).select_related("field"):
        told += [row.text, *(choice["name"] for choice in row.field.choices if choice["key"] == row.text)]
    return told


def add_new(*, complaint: Complaint, texts: Sequence[str], is_first: bool = False) -> None:
    """Write the entry of a complaint that has just begun; nobody can have written one before.

    A customer whose record has just been made is known under no other name.
    """
    heads = [str(complaint.number), complaint.customer.name, complaint.subject, complaint.wish]
    if not is_first:
        heads += Joining.objects.filter(into=complaint.customer_id, apart_at=None).values_list("other__name", flat=True)
    SearchEntry.objects.create(complaint_id=complaint.pk, words=_line(words_of([*heads, *texts])))


def line_of_new(complaint: Complaint, events: Iterable[Event]) -> str:
    """The entry of a complaint that has just begun, from the events at hand."""
    heads = [str(complaint.number), complaint.customer.name, complaint.subject, complaint.wish]
    return _line(words_of([*heads, *(event.content.text for event in events)]))


def _line(words: Iterable[str]) -> str:
    return " ".join(words)[:WORDS_LIMIT]


def _write(*, complaint_id: int, words: Iterable[str]) -> None:
    line = _line(words)
    # The complaint is locked or new: nobody else writes its entry now.
    if not SearchEntry.objects.filter(complaint_id=complaint_id).update(words=line):
        SearchEntry.objects.create(complaint_id=complaint_id, words=line)


# ── Finding ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a query asks for: beginnings of words, and beginnings of tags; nothing of both finds nothing."""

    words: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@lru_cache(maxsize=512)
def asked(query: str) -> Asked:
    """Read a query.

    A word that begins with # is a tag, or how one begins; with digits it is a complaint's number, as without.
    """
    tags = [key for word in _TAG.findall(query) if (key := "".join(words_of([word]))) and not key.isdecimal()]
    rest = _TAG.sub(lambda tag: tag[0] if tag[1].isdecimal() else " ", query) if tags else query
    return Asked(words=tuple(words_of([rest]))[:QUERY_WORDS], tags=tuple(tags[:QUERY_WORDS]))


def matching(complaints: QuerySet[Complaint], query: str) -> QuerySet[Complaint]:
    """Keep the newest complaints that hold every word of the query; a complaint's number is one of its words."""
    return complaints.filter(newest(query)) if query.strip() else complaints


def newest(query: str, *, most: int = MOST_FOUND) -> Q:
    """Say that a complaint is one of the newest that hold every word of the query: so many are looked up at most.

    For all that there ever was. A word that stands everywhere costs no more than a rare one.
    """
    told = asked(query)
    if not told.words:
        return _tagged(told)
    return _tagged(told) & these(_newest_with(told.words, most))


def these(pks: Sequence[int]) -> Q:
    """Say that a complaint is one of these; a thousand are asked for as quickly as one."""
    return Q(These("pk", pks)) if pks else Q(pk__in=[])


def ids(query: str, *, most: int | None) -> list[int] | None:
    """Name the newest complaints with every word of the query, so many at most; without a bound all of them.

    None where words alone do not say which those are, or where all are asked for and they are too many to be named.
    """
    told = asked(query)
    if not told.words or told.tags:
        return None
    found = _newest_with(told.words, most or FEW)
    return found if most or len(found) < FEW else None


def holds(query: str) -> Q:
    """Say that a complaint holds every word of the query, by looking into its entry: for what goes on."""
    told = asked(query)
    entry = SearchEntry.objects.filter(complaint=OuterRef("pk")).values("words")[:1]
    line = Concat(Value(" "), Subquery(entry), Value(" "), output_field=TextField())
    condition = _tagged(told)
    for word in told.words:
        condition &= Q(GreaterThan(StrIndex(line, Value(f" {word}" if is_beginning(word) else f" {word} ")), 0))
    return condition


def fit(query: str, *, number: int, name: str, subject: str) -> int:
    """Weigh how well a complaint that was found fits a query: its number, then names and titles, then its words.

    A whole word weighs more than a beginning, and words that stand together as they were asked most of all.
    """
    told = asked(query).words
    weight = 8 * (str(number) in told)
    for text, counts in ((name, 3), (subject, 2)):
        there = words_of([text])
        weight += counts * sum(2 if word in there else any(one.startswith(word) for one in there) for word in told)
        if len(told) > 1 and f" {' '.join(told)}" in f" {' '.join(there)}":
            weight += 4 * counts
    return weight


def found_in(text: str, query: str) -> list[tuple[int, int]]:
    """Say where words that a query found stand in a text, however they are written there; whole words."""
    told = asked(query).words
    if not told or not _may_hold(text, told):
        return []
    return [
        one.span()
        for one in _AS_WRITTEN.finditer(text[:TEXT_LIMIT])
        if any(
            word.startswith(wanted) if is_beginning(wanted) else word == wanted
            for word in _words_of(one[0])
            for wanted in told
        )
    ]


def _may_hold(text: str, told: Sequence[str]) -> bool:
    """Whether any of the words can stand in a text: most texts of a page hold none, and are not taken apart."""
    line = folded(text)
    return any(word in line for word in told)


@lru_cache(maxsize=4096)
def _words_of(written: str) -> tuple[str, ...]:
    """The words that one is which stands in a text; few words make up most of what is written."""
    return tuple(_WORD.findall(folded(written)))


def _tagged(told: Asked) -> Q:
    if not told.words and not told.tags:
        return Q(pk__in=[])
    condition = Q()
    for key in told.tags:
        condition &= Q(pk__in=Tagging.objects.filter(tag__key__startswith=key).values("complaint"))
    return condition


def is_beginning(word: str) -> bool:
    """Whether a word asks for all that begin with it; a single letter, with which half of all begins, does not."""
    return len(word) > 1


def _newest_with(words: Sequence[str], most: int) -> list[int]:
    """Find the newest complaints with all of the words, those with the highest ids first."""
    # The words are letters and digits only (_WORD), so that nothing in them can be an operator of either language.
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            terms = " ".join(f'"{word}"*' if is_beginning(word) else f'"{word}"' for word in words)
            cursor.execute(_NEWEST_ON_SQLITE, [terms, most])
        else:
            terms = " & ".join(f"{_BLOCK}{word}:*" if is_beginning(word) else f"{_BLOCK}{word}" for word in words)
            cursor.execute(_NEWEST_ON_POSTGRESQL, [terms, most])
        return [pk for (pk,) in cursor.fetchall()]


# FTS5 walks its entries from the end, and stops when there are enough.
_NEWEST_ON_SQLITE: Final = (
    "SELECT rowid FROM complaints_search WHERE complaints_search MATCH %s ORDER BY rowid DESC LIMIT %s"
)
# PostgreSQL's index cannot: it reads all entries of a word first. So each word stands in the index once for each block
# of some thousand complaints, and the blocks are asked from the newest on until there are enough.
_BLOCK: Final = "@"
_NEWEST_ON_POSTGRESQL: Final = f"""
    SELECT entry.complaint_id
      FROM generate_series((SELECT max(complaint_id) FROM complaints_searchentry) / {full_text.BLOCK}, 0, -1) AS block,
           LATERAL (
               SELECT complaint_id FROM complaints_searchentry
                WHERE {full_text.WORDS_BY_BLOCK}
                   @@ to_tsquery('simple', replace(%s, '{_BLOCK}', 'b' || block || 'x'))
                ORDER BY complaint_id + 0 DESC
           ) AS entry
     LIMIT %s
"""  # noqa: S608 - constants of ours
