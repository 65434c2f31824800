"""What every language folder tells about its language: the one silhouette."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True, slots=True)
class Honorific:
    """A form of address in lower case, for whom it is ('' for anybody), and on which side of the name it stands."""

    word: str
    gender: Literal["f", "m", ""] = ""
    place: Literal["before", "after"] = "before"
    alone: bool = False  # may stand without a name, as 'madam' does


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Language:
    """One language: how it runs, how its letters fold, where its sentences do not end.

    `lower` holds letters whose lower case is special; `plain` says which letter people type when their keyboard (or
    their hurry) lacks the right one: a cue's `ş` then also matches a typed `s`, never the other way round.
    """

    code: str
    name: str  # in its own language
    direction: Direction
    lower: Mapping[str, str] = field(default_factory=dict)
    plain: Mapping[str, str] = field(default_factory=dict)
    accents_matter: bool = True
    suffix: str = r"(?:'?\w+)?"  # what `~` may stand for, as a regular expression over folded text
    titles: tuple[str, ...] = ()  # before a name: never end a sentence; lower case, without the dot
    abbreviations: tuple[str, ...] = ()  # end a sentence only before a capital
    question_endings: tuple[str, ...] = ()  # last words that make a question without its mark
    question_suffixes: tuple[str, ...] = ()
    honorifics: tuple[Honorific, ...] = ()
    titled_name: Literal["first", "last", ""] = ""  # which of two names stands beside a title; '' where either may
    greetings: tuple[str, ...] = ()  # words after which the customer's name may stand, in lower case
    salutations: tuple[str, ...] = ()  # how a message opens, in lower case; with its comma no part of what follows
    needs_name: tuple[str, ...] = ()  # of these, words that open nothing without a name: 'dear, you must understand'
    not_names: tuple[str, ...] = ()  # what may stand there instead: 'customer', 'all', 'there'
    vocatives: tuple[str, ...] = ()  # words behind a name by which somebody is called: 'Ганбаатар аа'
    has_case: bool = True
    short_forms: Mapping[str, str] = field(default_factory=dict)  # usual short forms of first names
    latin_words: tuple[str, ...] = ()  # words that give it away when it is written in Latin letters


PLAIN = Language(code="", name="", direction="ltr")
