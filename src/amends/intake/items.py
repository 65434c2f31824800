"""Items to check: one reply a line with its context and facts. Labels, where an item has any, are never read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from amends.engine.conversation import Conversation, Turn
from amends.intake import json_lines, values
from amends.intake.lines import BadLine, made_of


@dataclass(frozen=True, slots=True)
class Item:
    """A reply under judgement, as the last turn of its conversation, and where it came from."""

    line: int
    conversation: Conversation


def items(path: Path, *, now: datetime) -> Iterator[Item | BadLine]:
    """Return the item of each line, or why it was left out."""

    def item(number: int, found: Mapping[str, Any]) -> Item:
        talk = conversation(
            reply=values.text(found, "reply", needed=True),
            given=found,
            now=now,
            id=values.text(found, "id") or str(number),
        )
        return Item(number, talk)

    return made_of(path, item)


def conversation(*, reply: str, given: Mapping[str, Any], now: datetime, id: str = "reply") -> Conversation:  # noqa: A002
    """Put a reply behind its context (`context` or `turns`) and facts; `facts.now` is the moment of writing.

    :raises ValueError: when something in it is not as it should be
    """
    before = values.rows(given, "context") or values.rows(given, "turns")
    known = given.get("facts") or {}
    facts = json_lines.facts(known)
    at = values.optional_moment(known, "now") or now
    turns = (*(json_lines.turn(each, place) for place, each in enumerate(before)), Turn(by="agent", text=reply))
    return Conversation(id=id, turns=turns, as_of=at, facts=facts)
