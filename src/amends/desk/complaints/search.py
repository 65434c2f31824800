"""Search over numbers, names, subjects and all words of a complaint: one way in, on SQLite and on PostgreSQL.

A complaint has one entry with every different word in it, folded: case, the dotted i, accents, Persian ya, kaf and
half-space, Mongolian ө and ү typed on a Russian keyboard, and digits of any script are alike. Words match from their
beginning, which suits languages that add their endings behind.

What goes on is searched whole, by looking into the entries. Of all that there ever was the newest are found, up to a
number: what a search costs must not grow with the years.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import filterfalse
from typing import Any, Final

from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper
from django.db.models import BigIntegerField, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Concat, StrIndex
from django.db.models.lookups import GreaterThan

from amends.desk.complaints import full_text, whole
from amends.desk.complaints.models import Complaint, Event, EventContent, FieldValue, SearchEntry, Tagging
from amends.desk.customers.models import Joining
from amends.desk.web import questions
from amends.desk.web.questions import Blank, These
from amends.engine.languages.folding import fold
from amends.engine.languages.mn.latin import readings

TEXT_LIMIT = 100_000  # characters of one text that are read
WORDS_LIMIT = 200_000  # characters of one entry; PostgreSQL refuses a vector of a megabyte
WORD_LENGTH = 40
QUERY_WORDS = 12
LITTLE = 25  # complaints; where Latin letters find fewer, what they may be in Cyrillic ones is looked for too
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
    plain = fold(text).text
    if plain.isascii():
        return plain
    return "".join(filterfalse(unicodedata.combining, unicodedata.normalize("NFKD", plain))).translate(_ALIKE)


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
    return _tagged(told) & these(_found(told.words, most))


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
    found = _found(told.words, most or FEW)
    return found if most or len(found) < FEW else None


def holds(query: str) -> Q:
    """Say that a complaint holds every word of the query, by looking into its entry: for what goes on."""
    told = asked(query)
    entry = SearchEntry.objects.filter(complaint=OuterRef("pk")).values("words")[:1]
    line = Concat(Value(" "), Subquery(entry), Value(" "), output_field=TextField())
    condition = _tagged(told)
    for ways in _ways_that_count(told.words):
        held = Q()
        for word in ways:
            held |= Q(GreaterThan(StrIndex(line, Value(f" {word}" if is_beginning(word) else f" {word} ")), 0))
        condition &= held
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
    told = [way for word in asked(query).words for way in ways_of(word)]
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


@lru_cache(maxsize=512)
def ways_of(word: str) -> tuple[str, ...]:
    """A word of a query, and after it what it may be in Cyrillic where it is typed in Latin letters; folded."""
    return tuple(dict.fromkeys([word, *(folded(one) for one in readings(word))]))


def _found(words: Sequence[str], most: int) -> list[int]:
    """Find the newest complaints with all of the words, however somebody typed them who has no Cyrillic keys."""
    plain: list[tuple[str, ...]] = [(word,) for word in words]
    found = _newest_with(plain, most)
    ways = [ways_of(word) for word in words]
    if ways == plain or _are_enough(found, words, most):
        return found
    return _newest_with(ways, most)


def _ways_that_count(words: Sequence[str]) -> list[tuple[str, ...]]:
    """The words as `_found` looks for them."""
    ways = [ways_of(word) for word in words]
    plain: list[tuple[str, ...]] = [(word,) for word in words]
    return plain if ways == plain or _are_enough(_newest_with(plain, LITTLE), words, LITTLE) else ways


def _are_enough(found: Sequence[int], words: Sequence[str], most: int) -> bool:
    """Whether Latin letters alone found what was meant; three words that one complaint has are no accident."""
    return len(found) >= min(most, LITTLE) or (bool(found) and len(words) > 2)


def _newest_with(words: Sequence[tuple[str, ...]], most: int) -> list[int]:
    """Find the newest complaints with all of the words, each in one of its ways: those with the highest ids first."""
    # The words are letters and digits only (_WORD), so that nothing in them can be an operator of either language.
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(_NEWEST_ON_SQLITE, [_on_sqlite(cursor, words), most])
            return [pk for (pk,) in cursor.fetchall()]
        found, has_older = _in_blocks(cursor, words, (), most, blocks=(0, None if len(words) == 1 else _NEAR))
        if len(words) > 1 and len(found) < most and has_older:
            by, left = _rarest(cursor, words)
            older, _has_older = _in_blocks(cursor, by, left, most, blocks=(_NEAR, None))
            found = list(dict.fromkeys([*found, *older]))  # where a block has begun meanwhile, one is asked twice
        return found[:most]


def _on_sqlite(cursor: CursorWrapper, words: Sequence[tuple[str, ...]]) -> str:
    """Write in FTS5's language what is asked for: beginnings as the words that begin so, where those are not too many.

    FTS5 walks through one word's entries as far as it has to. For a beginning it first puts those of all its words
    together, and that grows with the years; but for two and three letters, which it keeps as words of their own.
    """
    long = [way for ways in words for way in ways if len(way) > _PREFIXES]
    if any(len(ways) > 1 for ways in words):  # a second question, where little was found: it asks no third one
        long = []
    begun: dict[str, list[str]] = {}
    for way, term in _beginning_on_sqlite(cursor, long) if long else ():
        begun.setdefault(way, []).append(term)

    def written(way: str) -> list[str]:
        if way in begun and len(begun[way]) <= _MOST_ENDINGS:
            return [f'"{term}"' for term in begun[way]]
        return [f'"{way}"*' if is_beginning(way) else f'"{way}"']

    def one_of(ways: Sequence[str]) -> str:
        return " OR ".join(term for way in ways for term in written(way))

    return " AND ".join(f"({one_of(ways)})" for ways in words)


def _beginning_on_sqlite(cursor: CursorWrapper, ways: Sequence[str]) -> list[tuple[str, str]]:
    """Tell which words begin as each of these: one more of each than is asked for by name, at most."""
    told = (json.dumps(ways), _MOST_ENDINGS)
    try:
        cursor.execute(_BEGINNING_ON_SQLITE, told)
    except OperationalError:  # the first time on a connection
        cursor.execute(_WORDS_ON_SQLITE)
        cursor.execute(_BEGINNING_ON_SQLITE, told)
    return [(way, term) for way, term in cursor.fetchall()]


def _in_blocks(
    cursor: CursorWrapper,
    words: Sequence[tuple[str, ...]],
    left: Sequence[tuple[str, ...]],
    most: int,
    *,
    blocks: tuple[int, int | None],
) -> tuple[list[int], bool]:
    """Ask some blocks of PostgreSQL, from the newest on; for words that are `left` the entries are looked into.

    Say too whether there are more blocks than the nearest.
    """
    begins, ends = blocks
    one_of = [" OR ".join(["strpos(' ' || words || ' ', %s) > 0"] * len(ways)) for ways in left]
    looked = "".join(f" AND ({ways})" for ways in one_of)
    holding = [f" {way}" if is_beginning(way) else f" {way} " for ways in left for way in ways]
    terms = " & ".join(_term(ways) for ways in words)
    until = "0" if ends is None else f"greatest(0, known.newest - {ends - 1})"
    cursor.execute(_NEWEST_ON_POSTGRESQL.format(begins=begins, until=until, looked=looked), [terms, *holding, most])
    ((newest, found),) = cursor.fetchall()
    return [int(pk) for pk in found.split(",")] if found else [], (newest or 0) >= _NEAR


def _term(ways: Sequence[str]) -> str:
    """A word in the language of PostgreSQL's index, in any of its ways."""
    return f"({' | '.join(f'{_BLOCK}{way}:*' if is_beginning(way) else f'{_BLOCK}{way}' for way in ways)})"


def _rarest(
    cursor: CursorWrapper, words: Sequence[tuple[str, ...]]
) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Say by which of several words older blocks are asked, and which are looked for in what those find.

    For each word that is asked for, PostgreSQL reads all its entries of a block: a common one is dear, and says little.
    """
    # Of two words it only matters whether one is rare.
    cursor.execute(
        _HOW_MANY_ON_POSTGRESQL, [_COUNTED if len(words) > 2 else _RARE + 1, [_term(ways) for ways in words]]
    )
    counted = sorted(zip((n for (n,) in cursor.fetchall()), words, strict=True))
    few = 1 if counted[0][0] <= _RARE else 2
    by = [word for place, (n, word) in enumerate(counted) if place < few or (few > 1 and n < _COUNTED)]
    return by, [word for word in words if word not in by]


# FTS5 walks its entries from the end, and stops when there are enough.
_NEWEST_ON_SQLITE: Final = (
    "SELECT rowid FROM complaints_search WHERE complaints_search MATCH %s ORDER BY rowid DESC LIMIT %s"
)
_PREFIXES: Final = 3  # letters of the longest beginnings that FTS5 keeps: full_text.py
_MOST_ENDINGS: Final = 32
# All words of the index, as FTS5 shows them; nothing is stored for it.
_WORDS_ON_SQLITE: Final = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.complaints_words USING fts5vocab(main, complaints_search, instance)"
)
# From each word to the next one: what comes right after it in the order of their letters.
_BEGINNING_ON_SQLITE: Final = """
    WITH RECURSIVE begins (word, term, place) AS (
        SELECT value, (SELECT term FROM temp.complaints_words WHERE term >= value LIMIT 1), 0 FROM json_each(%s)
        UNION ALL
        SELECT word, (SELECT term FROM temp.complaints_words WHERE term >= begins.term || char(1) LIMIT 1), place + 1
          FROM begins WHERE substr(term, 1, length(word)) = word AND place < %s
    )
    SELECT word, term FROM begins WHERE substr(term, 1, length(word)) = word
"""
# PostgreSQL's index cannot: it reads all entries of a word first. So each word stands in the index once for each block
# of some thousand complaints, and the blocks are asked from the newest on until there are enough.
_BLOCK: Final = "@"
_NEAR: Final = 8  # blocks, the newest, that are asked for all words of a query at once
_RARE: Final = 16  # complaints of a block that hold a word; so many are quickly looked into
_COUNTED: Final = 150
_NEWEST_BLOCK: Final = f"(SELECT max(complaint_id) FROM complaints_searchentry) / {full_text.BLOCK}"  # noqa: S608 - constants of ours
_ONE_BLOCK: Final = f"""
    complaints_searchentry WHERE {full_text.WORDS_BY_BLOCK}
        @@ to_tsquery('simple', replace({{term}}, '{_BLOCK}', 'b' || block || 'x'))
"""
# Tells the newest block beside them. What it finds comes as one text: many rows take longer to bring than to find.
_NEWEST_ON_POSTGRESQL: Final = f"""
    SELECT known.newest, (
               SELECT string_agg(found.complaint_id::text, ',')
                 FROM (
                     SELECT one.complaint_id
                       FROM generate_series(known.newest - {{begins}}, {{until}}, -1) AS block,
                            LATERAL (
                                SELECT complaint_id
                                  FROM {_ONE_BLOCK.format(term="%s")} {{looked}} ORDER BY complaint_id + 0 DESC
                            ) AS one
                      LIMIT %s
                 ) AS found
           )
      FROM (SELECT {_NEWEST_BLOCK} AS newest OFFSET 0) AS known
"""  # noqa: S608 - constants of ours
# In the last block that is full, up to a number.
_HOW_MANY_ON_POSTGRESQL: Final = f"""
    SELECT (SELECT count(*) FROM (SELECT 1 FROM {_ONE_BLOCK.format(term="term")} LIMIT %s) AS holding)
      FROM (SELECT greatest(0, {_NEWEST_BLOCK} - 1) AS block OFFSET 0) AS known,
           unnest(%s::text[]) WITH ORDINALITY AS asked (term, place)
     ORDER BY place
"""  # noqa: S608 - constants of ours
