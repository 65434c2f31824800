"""Threads of public customer care: one thread a line, turns with `role`, `by`, `at` and `text`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from amends.engine.conversation import Channel, Conversation, Turn
from amends.intake import values
from amends.intake.json_lines import last_moment
from amends.intake.lines import BadLine, made_of

# The names that a public reply opens with are its envelope, not its words.
_ADDRESSEES = re.compile(r"\A(?:\s*@\w+)+\s*")


def conversations(path: Path, *, channel: Channel = "social") -> Iterator[Conversation | BadLine]:
    """Return the conversation of each line, or why it was left out."""

    def thread(number: int, found: Mapping[str, Any]) -> Conversation:
        turns = tuple(_turn(each, channel) for each in values.rows(found, "turns"))
        if not turns:
            raise ValueError("'turns' is missing or empty")
        return Conversation(
            id=values.text(found, "id") or f"{path.name.partition('.')[0]}-{number}",
            turns=turns,
            as_of=last_moment(turns),
        )

    return made_of(path, thread)


def is_thread(found: Mapping[str, Any]) -> bool:
    """Tell whether an object is a thread: its turns have a role beside the author."""
    turns = found.get("turns")
    return isinstance(turns, list) and bool(turns) and isinstance(turns[0], dict) and "role" in turns[0]


def _turn(found: Mapping[str, Any], channel: Channel) -> Turn:
    by = values.speaker(values.text(found, "role", needed=True))
    return Turn(
        by=by,
        text=_ADDRESSEES.sub("", values.text(found, "text")),
        at=values.optional_moment(found, "at"),
        # a company answers under one name: which person wrote is not known
        party=values.text(found, "by") if by == "customer" else "",
        channel=channel,
    )
