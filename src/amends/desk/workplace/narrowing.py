"""What a list is narrowed to, as an address, a saved row and a sentence tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from amends.desk.complaints.models import Channel, Field, Tag, Turn
from amends.desk.complaints.queries import Filters
from amends.desk.people.models import Agent, Language, Team

LONGEST_SEARCH: Final = 200
CHOICES: Final[Mapping[str, frozenset[str]]] = {
    "language": frozenset(Language.values),
    "channel": frozenset(Channel.values),
    "turn": frozenset({Turn.OURS, Turn.THEIRS, Turn.THIRD_PARTY}),
    "promise": frozenset({"broken", "today", "open", "none"}),
}


def read(told: Mapping[str, Any]) -> Filters:
    """Read filters from an address or a saved row; what is no filter is none."""
    found: dict[str, Any] = {}
    for field in fields(Filters):
        value = str(told.get(field.name, "") or "").strip()
        if field.name in CHOICES:
            found[field.name] = value if value in CHOICES[field.name] else ""
        elif isinstance(field.default, bool):
            found[field.name] = value in {"1", "on", "True"}
        elif isinstance(field.default, int):
            found[field.name] = int(value[:9]) if value.isdecimal() else 0
        else:
            found[field.name] = value[:LONGEST_SEARCH]
    return replace(Filters(**found), heat=min(found["heat"], 3))


def plain(filters: Filters) -> dict[str, str]:
    """Write filters down, without what is empty."""
    return {
        name: "1" if value is True else str(value) for name, value in asdict(filters).items() if value not in {"", 0}
    }


def in_words(filters: Filters) -> list[str]:
    """Say each filter in a few words."""
    owner = Agent.objects.filter(pk=filters.owner).first() if filters.owner else None
    team = Team.objects.filter(pk=filters.team).first() if filters.team else None
    tag = Tag.objects.filter(pk=filters.tag).first() if filters.tag else None
    said = [
        f"“{filters.words}”" if filters.words else "",
        str(Language(filters.language).label) if filters.language else "",
        str(Channel(filters.channel).label) if filters.channel else "",
        turns().get(filters.turn, ""),
        heats().get(filters.heat, ""),
        promises().get(filters.promise, ""),
        tag.name if tag is not None else "",
        _own(filters.own),
        owner.name if owner is not None else "",
        team.name if team is not None else "",
        _("went wrong a second time") if filters.again else "",
        _("not read yet") if filters.unread else "",
    ]
    return [word for word in said if word]


def _own(told: str) -> str:
    """Say what a field of one's own has to say."""
    pk, _colon, words = told.partition(":")
    field = Field.objects.filter(pk=int(pk[:9])).first() if pk.isdecimal() else None
    if field is None:
        return ""
    name = field.called((get_language() or "en").split("-")[0])
    return f"{name}: {words}" if words else name


def turns() -> dict[str, str]:
    return {"ours": _("our turn"), "theirs": _("the customer's turn"), "third-party": _("a third party's turn")}


def heats() -> dict[int, str]:
    """Name how hot it is at least."""
    return {1: _("displeased or more"), 2: _("angry or more"), 3: _("very angry")}


def promises() -> dict[str, str]:
    return {
        "broken": _("a promise is broken"),
        "today": _("promised for today"),
        "open": _("a promise is open"),
        "none": _("nothing is promised"),
    }
