"""Karvan's lists of products and branches, and what each story is about."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final

from amends.desk.complaints import actions as complaints
from amends.desk.complaints import listed
from amends.desk.complaints.models import Branch, Complaint, Product
from amends.desk.example.stories import HERE, LANGUAGES
from amends.desk.people.models import Agent

# With what an agent does first they also say what the complaint is about.
SAID_WITH: Final = frozenset({"replied", "called", "sent", "noted"})


@cache
def told() -> Mapping[str, Any]:
    """Read the lists and the stories' places."""
    return tomllib.loads((HERE / "places.toml").read_text(encoding="utf-8"))


def lay_out() -> None:
    """Write down the lists."""
    for which in listed.LISTS:
        for card in told()[which].values():
            names = {code: card[code] for code in LANGUAGES if code in card}
            listed.keep(which, entry=None, name=card["name"], names=names)


def say(*, complaint: Complaint, story: str, by: Agent, now: datetime) -> None:
    """Say what a story is about; a visitor may have renamed an entry, and then nobody says it."""
    if story not in told()["story"]:
        return
    product, branch = (_name(which, key) for which, key in zip(listed.LISTS, told()["story"][story], strict=True))
    complaints.place(
        complaint=complaint,
        product=Product.objects.filter(name=product).first() if product else None,
        branch=Branch.objects.filter(name=branch).first() if branch else None,
        by=by,
        now=now,
    )


def _name(which: str, key: str) -> str:
    return str(told()[which][key]["name"]) if key else ""
