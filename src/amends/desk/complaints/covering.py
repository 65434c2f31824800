"""Taking personal data out of what was said: for drills a proposal that a person reads, for a second reader the rule.

What is known of the people in it (names, addresses) goes first, then whatever looks like an address or a number.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final

from amends.desk.complaints.models import Complaint
from amends.desk.complaints.sounding import written_as
from amends.desk.people.models import Agent

COVER = "•••"
_SHORTEST = 3  # letters; of shorter parts of a name every other word would be one
_STEM = 5  # from this length on a name also counts with endings of its language
_MAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_LINK = re.compile(r"(?:https?://|www\.)\S+")
_NUMBER = re.compile(r"(?<![\w•])[+#]?(?:\d[\s./()-]{0,2}){5,}\d|(?<![\w•])[A-Za-z]{1,4}-?\d{4,}|\d{4,}")
_TITLES: Final = "آقای|آقا|خانم|جناب|سرکار|دکتر|مهندس"
_AFTER: Final = "خانم|آقا|جان|عزیز|گرامی|بیک"
_TITLED: Final = "bey|beyefendi|hanım|hanımefendi|hoca|abi|abla|гуай|эгч|ах"
_PERSIAN = re.compile(r"[\u0600-\u06ff]")
_ALIKE: Final = ("iİIı", "یي", "کك", "آا")
_YEAR = re.compile(r"(?:19|20)\d\d|1[34]\d\d|[۱][۳۴][۰-۹]{2}")


@dataclass(frozen=True, slots=True)
class Covered:
    """A text without what was found, and how many places were covered."""

    text: str
    places: int


def cover(text: str, *, names: Iterable[str], firm: str = "", stand_in: str = COVER, sparing: bool = False) -> Covered:
    """Cover names, addresses, links and numbers; the customer's own name may be given another one to go by.

    :param sparing: for a person who reads it afterwards: a name that is a word as well ('can' is life) is covered only
        where it looks like a name, so that ordinary sentences stay whole
    :param firm: whose desk it is, covered as a whole and also where another script writes it
    """
    places = 0

    def hide(found: re.Match[str], by: str = COVER) -> str:
        nonlocal places
        if _YEAR.fullmatch(found[0]):
            return found[0]
        places += 1
        return by

    for pattern in (_MAIL, _LINK):
        text = pattern.sub(hide, text)
    if (known := _pattern(names, sparing=sparing)) is not None:
        text = known.sub(lambda found: hide(found, stand_in), text)
        text = re.sub(rf"{re.escape(stand_in)}(?:\s+{re.escape(stand_in)})+", stand_in, text)
    for start, end in reversed(list(written_as(text, firm))):
        text, places = f"{text[:start]}{COVER}{text[end:]}", places + 1
    text = _NUMBER.sub(hide, text)
    return Covered(text, places)


def names_in(complaint: Complaint) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the customer (with parts of the address), and those of everybody who works here."""
    customer = complaint.customer
    theirs = (customer.name, *re.split(r"[,\n،]", customer.address))
    ours = tuple(Agent.objects.values_list("name", flat=True))
    return tuple(filter(None, map(str.strip, theirs))), ours


def left_over(text: str, *, names: Iterable[str], firm: str = "") -> tuple[str, ...]:
    """Return what still looks like somebody's: names that are known, addresses, numbers, places not filled in."""
    found = [match[0] for pattern in (_MAIL, _LINK, _NUMBER) for match in pattern.finditer(text)]
    found = [each for each in found if not _YEAR.fullmatch(each)]
    if (known := _pattern(names, sparing=True)) is not None:
        found += [match[0] for match in known.finditer(text)]
    found += [text[start:end] for start, end in written_as(text, firm)]
    if COVER in text:
        found.append(COVER)
    return tuple(dict.fromkeys(found))


def _pattern(names: Iterable[str], *, sparing: bool) -> re.Pattern[str] | None:
    """Whole names and their parts, longest first; a long one also with an ending."""
    parts = {part.strip(".,;:") for name in names for part in (name, *re.split(r"[\s\u200c]+", name))}
    known = sorted((part for part in parts if len(part) >= _SHORTEST and not part.isdigit()), key=len, reverse=True)
    if not known:
        return None
    each = [
        _like_a_name(part)
        if sparing and part in _words_too()
        else f"(?i:{_spelt(part)})" + (r"\w*" if len(part) >= _STEM else "")
        for part in known
    ]
    return re.compile(r"(?<!\w)(?:" + "|".join(each) + r")(?!\w)")


@lru_cache(maxsize=1)
def _words_too() -> frozenset[str]:
    source = resources.files("amends.desk.complaints") / "names_as_words.toml"
    return frozenset(name for names in tomllib.loads(source.read_text(encoding="utf-8")).values() for name in names)


def _spelt(part: str) -> str:
    """A name however it is typed: with or without the dot, with either ya and kaf, with a half-space or none."""
    alike = {letter: f"[{row}]" for row in _ALIKE for letter in row}
    alike |= {"\u200c": "[\u200c\\s]?", " ": r"\s+"}
    return "".join(alike.get(letter, re.escape(letter)) for letter in part)


def _like_a_name(part: str) -> str:
    """A name that is a word as well, where it looks like a name.

    In letters with capitals: it has one, and where a sentence begins with it, something follows that follows names. In
    Persian: it stands beside a title.
    """
    if _PERSIAN.match(part):
        return _beside_a_title(part)
    plain = re.escape(part)
    within = rf"(?<=[^\s.!?…\n:][\s,]){plain}"
    ahead = rf"{plain}(?=\s*(?:[,.!?…:;'’\n]|$)|\s+[A-ZÇĞİÖŞÜА-ЯЁӨҮ])"
    titled = rf"(?i:{_spelt(part)})(?=\s+(?i:{_TITLED})\b)"
    return f"(?:{within}|{ahead}|{titled})"


def _beside_a_title(part: str) -> str:
    before = "".join(rf"|(?<=\b{title}\s)" for title in _TITLES.split("|"))[1:]
    return rf"(?:(?:{before}){_spelt(part)}|{_spelt(part)}(?=\s(?:{_AFTER})\b))"
