"""Taking personal data out of what was said: for drills a proposal that a person reads, for a second reader the rule.

What is known of the people in it (names, addresses) goes first, then whatever looks like an address or a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from amends.desk.complaints.models import Complaint
from amends.desk.people.models import Agent

COVER = "•••"
_SHORTEST = 3  # letters; of shorter parts of a name every other word would be one
_STEM = 5  # from this length on a name also counts with endings of its language
_MAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_LINK = re.compile(r"(?:https?://|www\.)\S+")
_NUMBER = re.compile(r"(?<![\w•])[+#]?(?:\d[\s./()-]{0,2}){5,}\d|(?<![\w•])[A-Za-z]{1,4}-?\d{4,}|\d{4,}")
_YEAR = re.compile(r"(?:19|20)\d\d|1[34]\d\d|[۱][۳۴][۰-۹]{2}")


@dataclass(frozen=True, slots=True)
class Covered:
    """A text without what was found, and how many places were covered."""

    text: str
    places: int


def cover(text: str, *, names: Iterable[str], stand_in: str = COVER) -> Covered:
    """Cover names, addresses, links and numbers; the customer's own name may be given another one to go by."""
    places = 0

    def hide(found: re.Match[str], by: str = COVER) -> str:
        nonlocal places
        if _YEAR.fullmatch(found[0]):
            return found[0]
        places += 1
        return by

    for pattern in (_MAIL, _LINK):
        text = pattern.sub(hide, text)
    if (known := _pattern(names)) is not None:
        text = known.sub(lambda found: hide(found, stand_in), text)
        text = re.sub(rf"{re.escape(stand_in)}(?:\s+{re.escape(stand_in)})+", stand_in, text)
    text = _NUMBER.sub(hide, text)
    return Covered(text, places)


def names_in(complaint: Complaint) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the customer (with parts of the address), and those of everybody who works here."""
    customer = complaint.customer
    theirs = (customer.name, *re.split(r"[,\n،]", customer.address))
    ours = tuple(Agent.objects.values_list("name", flat=True))
    return tuple(filter(None, map(str.strip, theirs))), ours


def left_over(text: str, *, names: Iterable[str]) -> tuple[str, ...]:
    """Return what still looks like somebody's: names that are known, addresses, numbers, places not filled in."""
    found = [match[0] for pattern in (_MAIL, _LINK, _NUMBER) for match in pattern.finditer(text)]
    found = [each for each in found if not _YEAR.fullmatch(each)]
    if (known := _pattern(names)) is not None:
        found += [match[0] for match in known.finditer(text)]
    if COVER in text:
        found.append(COVER)
    return tuple(dict.fromkeys(found))


def _pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Whole names and their parts, longest first; a long one also with an ending."""
    parts = {part.strip(".,;:") for name in names for part in (name, *name.split())}
    known = sorted((part for part in parts if len(part) >= _SHORTEST and not part.isdigit()), key=len, reverse=True)
    if not known:
        return None
    each = (re.escape(part) + (r"\w*" if len(part) >= _STEM else "") for part in known)
    return re.compile(r"(?<!\w)(?:" + "|".join(each) + r")(?!\w)", re.IGNORECASE)
