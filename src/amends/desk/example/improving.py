"""What Karvan does against its causes: one at work, one begun, and one that did not help and is kept."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from amends.desk.example.stories import HERE
from amends.desk.improvements import improving
from amends.desk.improvements.models import Theme
from amends.desk.people.models import Agent


@transaction.atomic
def lay_out(*, agents: Mapping[str, Agent], now: datetime) -> int:
    """Write down the improvements of the file, each step at its day; return how many."""
    cards = tomllib.loads((HERE / "improvements.toml").read_text(encoding="utf-8"))["improvement"]
    for card in cards:
        owner, theme = agents[card["owner"]], Theme.objects.get_or_create(name=card["theme"])[0]
        one = improving.write(
            title=card["title"],
            why=card["why"],
            layer=card["layer"],
            theme=theme,
            owner=owner,
            due_on=_ago(now, card["due"]).date(),
            fewer=card.get("fewer"),
            by=owner,
            now=_ago(now, card["written"]),
        )
        if "begun" in card:
            one = improving.begin(improvement=one, by=owner, now=_ago(now, card["begun"]))
        if "in_force" in card:
            at = _ago(now, card["in_force"])
            one = improving.put_into_force(improvement=one, since=at.date(), by=owner, now=at)
        if "given_up" in card:
            improving.give_up(improvement=one, words=card["words"], by=owner, now=_ago(now, card["given_up"]))
    return len(cards)


def _ago(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days)
