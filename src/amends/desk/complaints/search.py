"""Search over numbers, names, subjects and all words of a complaint: one way in, on SQLite and on PostgreSQL.

A complaint has one entry with every different word in it, folded: case, the dotted i, accents, Persian ya, kaf and
half-space, Mongolian ө and ү typed on a Russian keyboard, and digits of any script are alike. Words match from their
beginning, which suits languages that add their endings behind.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from amends.desk.complaints import whole
from amends.desk.complaints.models import Complaint, EventContent, FieldValue, SearchEntry, Tagging
from amends.engine.languages.folding import fold

TEXT_LIMIT = 100_000  # characters of one text that are read
WORDS_LIMIT = 200_000  # characters of one entry; PostgreSQL refuses a vector of a megabyte
WORD_LENGTH = 40
QUERY_WORDS = 12

_HALF_SPACE = "\u200c"
_WORD = re.compile(r"[^\W_]+")
# Persian prefixes and endings that are written with a half-space, a space or neither.
_BEFORE = re.compile(r"\b(ن?می)[ \u200c]+(?=[\u0600-\u06ff])")
_AFTER = re.compile(r"(?<=[\u0600-\u06ff])[ \u200c]+(ها(?:ی(?:ی|م|ت|ش|مان|تان|شان)?|یی)?|تر(?:ین)?|ام|ات|اش|ای|اند)\b")
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
    return {word[:WORD_LENGTH]: None for text in texts for word in _WORD.findall(folded(text))}


def add(*, complaint_id: int, texts: Iterable[str]) -> None:
    """Add the words of new texts to a complaint's entry."""
    entry = SearchEntry.objects.filter(complaint_id=complaint_id).first()
    known = dict.fromkeys(entry.words.split()) if entry else {}
    words = words_of(texts)
    if entry is not None and words.keys() <= known.keys():
        return
    _write(complaint_id=complaint_id, words=known | words)


def index(complaint: Complaint) -> None:
    """Write a complaint's entry anew from all that it holds, with what was merged into it."""
    parts = whole.merged_into([complaint.pk])[complaint.pk]
    texts = EventContent.objects.filter(event__complaint__in=[complaint.pk, *parts]).order_by("event")
    heads = [str(complaint.number), complaint.customer.name, complaint.subject, complaint.wish]
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


def _write(*, complaint_id: int, words: Iterable[str]) -> None:
    line = " ".join(words)[:WORDS_LIMIT]
    # The complaint is locked or new: nobody else writes its entry now.
    if not SearchEntry.objects.filter(complaint_id=complaint_id).update(words=line):
        SearchEntry.objects.create(complaint_id=complaint_id, words=line)


def matching(complaints: QuerySet[Complaint], query: str) -> QuerySet[Complaint]:
    """Keep the complaints that hold every word of the query; a complaint's number is one of its words."""
    return complaints.filter(condition(query)) if query.strip() else complaints


def condition(query: str) -> Q:
    """Say that a complaint holds every word of the query; one without a word in it finds nothing.

    A word that begins with # is a tag, or how one begins; with digits it is a complaint's number, as without.
    """
    tags = [key for word in _TAG.findall(query) if (key := "".join(words_of([word]))) and not key.isdecimal()]
    if not tags:
        return _holds(query)
    found = Q()
    for key in tags[:QUERY_WORDS]:
        found &= Q(pk__in=Tagging.objects.filter(tag__key__startswith=key).values("complaint"))
    rest = _TAG.sub(lambda tag: tag[0] if tag[1].isdecimal() else " ", query)
    return found & _holds(rest) if rest.strip() else found


def _holds(query: str) -> Q:
    words = list(words_of([query]))[:QUERY_WORDS]
    return Q(pk__in=_entries(words)) if words else Q(pk__in=[])


def _entries(words: list[str]) -> RawSQL:
    # The words are letters and digits only (_WORD), so that nothing in them can be an operator of either language.
    if connection.vendor == "sqlite":
        terms = " ".join(f'"{word}"*' for word in words)
        return RawSQL("SELECT rowid FROM complaints_search WHERE complaints_search MATCH %s", [terms])
    terms = " & ".join(f"{word}:*" for word in words)
    return RawSQL(
        "SELECT complaint_id FROM complaints_searchentry"
        " WHERE to_tsvector('simple', words) @@ to_tsquery('simple', %s)",
        [terms],
    )
