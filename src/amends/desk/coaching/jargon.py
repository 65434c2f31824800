"""The organisation's list of jargon: what its people should not write to customers, what is no jargon here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from amends.desk.coaching.models import JargonChange, JargonList
from amends.desk.people.models import Agent, Language
from amends.desk.web import questions
from amends.engine.failings import HouseWords, Term
from amends.engine.failings.house_words import LONGEST, is_plain
from amends.engine.languages import get
from amends.engine.languages.folding import fold

MOST: Final = 500  # words of a language
SHOWN: Final = 30
NOT_HERE: Final = "≠"  # stands before a word that is no jargon, in the history
_APART: Final = re.compile(r"\s*(?:=|→|←)\s*")


class UnableToKeepJargon(Exception):
    """A line of the list cannot be understood; the message says which, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The two lists of one language as they are written: a line each."""

    language: str
    jargon: str
    everyday: str


def house_words() -> HouseWords:
    """Return the list as the engine takes it."""
    jargon: list[Term] = []
    everyday: list[Term] = []
    for language, words, none in questions.ask("jargon", _lists):
        jargon += [Term(language, word, instead) for word, instead in words]
        everyday += [Term(language, word) for word in none]
    return HouseWords(tuple(jargon), tuple(everyday))


def _lists() -> QuerySet[JargonList, Any]:
    return JargonList.objects.order_by("pk").values_list("language", "jargon", "everyday")


def written() -> list[Written]:
    """Return the lists of all languages, for the page on which they are written."""
    rows = {row.language: row for row in JargonList.objects.all()}
    return [
        Written(
            language=code,
            jargon="\n".join(_line(word, instead) for word, instead in rows[code].jargon) if code in rows else "",
            everyday="\n".join(rows[code].everyday) if code in rows else "",
        )
        for code in Language.values
    ]


def read_jargon(text: str, *, language: str) -> list[list[str]]:
    """Read a list of words, a line each, with a plain word behind '=' or none.

    :raises UnableToKeepJargon: if a line is no word, or stands there twice
    """
    found = []
    for line in _lines(text):
        word, *instead = _APART.split(line, maxsplit=1)
        _must_be_word(word, line)
        if instead and len(instead[0]) > LONGEST:
            raise UnableToKeepJargon(_("“%(line)s” is too long.") % {"line": line})
        found.append([word, instead[0] if instead else ""])
    _must_be_few((word for word, _instead in found), language)
    return found


def read_everyday(text: str, *, language: str) -> list[str]:
    """Read a list of words that are no jargon, a line each.

    :raises UnableToKeepJargon: if a line is no word, or stands there twice
    """
    found = list(_lines(text))
    for line in found:
        _must_be_word(line, line)
    _must_be_few(found, language)
    return found


@transaction.atomic
def keep(
    *, jargon: Mapping[str, Sequence[Sequence[str]]], everyday: Mapping[str, Sequence[str]], by: Agent, now: datetime
) -> int:
    """Keep the lists of all languages, and who changed what; return in how many languages something was changed.

    :raises UnableToKeepJargon: if a word of a language is said to be jargon and to be none
    """
    changed = []
    before = {row.language: row for row in JargonList.objects.select_for_update()}
    for language in Language.values:
        row = before.get(language) or JargonList(language=language)
        old = [*(_line(word, instead) for word, instead in row.jargon), *(f"{NOT_HERE} {one}" for one in row.everyday)]
        row.jargon = [list(pair) for pair in jargon.get(language, ())]
        row.everyday = list(everyday.get(language, ()))
        both = {_same(word, language) for word, _instead in row.jargon} & {_same(one, language) for one in row.everyday}
        if both:
            raise UnableToKeepJargon(_("“%(word)s” cannot be both jargon and none.") % {"word": min(both)})
        new = [*(_line(word, instead) for word, instead in row.jargon), *(f"{NOT_HERE} {one}" for one in row.everyday)]
        if old == new:
            continue
        row.save()
        came, went = ("\n".join(one for one in these if one not in those) for these, those in ((new, old), (old, new)))
        if came or went:
            changed.append(JargonChange(language=language, came=came, went=went, by=by, at=now))
    JargonChange.objects.bulk_create(changed)
    return len(changed)


def changes() -> list[JargonChange]:
    """Return the last changes, the newest first."""
    return list(JargonChange.objects.select_related("by").order_by("-at", "-pk")[:SHOWN])


def _lines(text: str) -> Iterable[str]:
    return filter(None, (" ".join(line.split(" ")).strip() for line in text.splitlines()))


def _line(word: str, instead: str) -> str:
    return f"{word} = {instead}" if instead else word


def _same(word: str, language: str) -> str:
    return fold(word, language=get(language)).text


def _must_be_word(word: str, line: str) -> None:
    if not is_plain(word):
        raise UnableToKeepJargon(_("“%(line)s” is no word. Write letters and digits, a word a line.") % {"line": line})


def _must_be_few(words: Iterable[str], language: str) -> None:
    folded = [_same(word, language) for word in words]
    if len(folded) > MOST:
        raise UnableToKeepJargon(_("This is more than a list can hold: 500 words."))
    twice = next((word for at, word in enumerate(folded) if word in folded[:at]), "")
    if twice:
        raise UnableToKeepJargon(_("“%(word)s” stands there twice.") % {"word": twice})
