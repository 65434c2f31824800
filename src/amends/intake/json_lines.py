"""Conversations as JSON Lines of `conversation.schema.json`: one conversation a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from amends.engine.conversation import Cause, Conversation, Earlier, Event, Facts, Party, Turn, WorkingWeek, as_working
from amends.intake import values
from amends.intake.lines import BadLine, made_of

_KNOWN_FACTS = {
    "customer_id",
    "customer_name",
    "honorific",
    "address",
    "language",
    "since",
    "yearly_value",
    "currency",
    "now",
    "cause",
}
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)  # what a conversation without any time is seen at


def conversations(path: Path) -> Iterator[Conversation | BadLine]:
    """Return the conversation of each line, or why it was left out."""
    return made_of(path, lambda number, found: as_conversation(found, fallback_id=f"{path.name}:{number}"))


def as_conversation(found: Mapping[str, Any], *, fallback_id: str = "") -> Conversation:
    """Make a conversation of a loose object.

    Without `as_of` it is seen at its last moment.

    :raises ValueError: when something in it is not as the schema has it
    """
    turns = tuple(turn(each, at) for at, each in enumerate(values.rows(found, "turns")))
    events = tuple(_event(each, at) for at, each in enumerate(values.rows(found, "events")))
    if not turns and not events:  # words may be gone, as of an erased person; what happened still counts
        raise ValueError("'turns' is missing or empty")
    return Conversation(
        id=values.text(found, "id") or fallback_id,
        turns=turns,
        as_of=values.optional_moment(found, "as_of") or last_moment(turns, events),
        facts=facts(found.get("facts") or {}),
        parties=tuple(
            Party(
                id=values.text(each, "id", needed=True),
                by=values.speaker(values.text(each, "by", needed=True)),
                name=values.text(each, "name"),
                role=values.role(values.text(each, "role")),
            )
            for each in values.rows(found, "parties")
        ),
        events=events,
        working=_working(found.get("working")),
        limits=_limits(found.get("limits")),
    )


def last_moment(turns: tuple[Turn, ...], events: tuple[Event, ...] = ()) -> datetime:
    """Return the latest time in a conversation; naive and aware times are not compared, the last word decides."""
    moments = [turn.at for turn in turns if turn.at] + [event.at for event in events]
    if not moments:
        return UNDATED
    alike = [at for at in moments if (at.tzinfo is None) == (moments[-1].tzinfo is None)]
    return max(alike)


def turn(found: Mapping[str, Any], at: int = 0) -> Turn:
    """Make a turn of a loose object.

    :raises ValueError: when something in it is not as the schema has it
    """
    try:
        return Turn(
            by=values.speaker(values.text(found, "by", needed=True)),
            text=values.text(found, "text"),
            at=values.optional_moment(found, "at"),
            party=values.text(found, "party"),
            channel=values.channel(values.text(found, "channel") or "other"),
            language=values.text(found, "language"),
            automatic=found.get("automatic") is True,
            at_once=values.count(found, "at_once"),
            heat=values.count(found, "heat"),
        )
    except ValueError as error:
        raise ValueError(f"turn {at + 1}: {error}") from error


def facts(found: object) -> Facts:
    """Make facts of a loose object; what the record does not know is kept as the organisation's own.

    :raises ValueError: when something in it is not as the schema has it
    """
    if not isinstance(found, dict):
        raise ValueError("'facts' should be an object")  # noqa: TRY004  # the caller tells the user, by ValueError
    others = values.rows({"other": found.get("other")}, "other") if isinstance(found.get("other"), list) else []
    earlier = values.rows(found, "earlier") if isinstance(found.get("earlier"), list) else []
    return Facts(
        customer_id=values.text(found, "customer_id"),
        customer_name=values.text(found, "customer_name"),
        honorific=values.text(found, "honorific"),
        address=values.text(found, "address"),
        language=values.text(found, "language"),
        since=values.day(found, "since"),
        yearly_value=values.amount(found, "yearly_value"),
        currency=values.text(found, "currency"),
        other=(
            *((values.text(each, "name"), values.text(each, "value")) for each in others),
            *(
                (key, str(value))
                for key, value in found.items()
                if key not in _KNOWN_FACTS and isinstance(value, str | int | float) and not isinstance(value, bool)
            ),
        ),
        cause=_cause(found),
        earlier=tuple(_earlier(each) for each in earlier),
    )


def _working(found: object) -> WorkingWeek | None:
    """Make working hours of what `amends export` writes; they are nobody's to invent, so they are read strictly."""
    if found is None:
        return None
    if not isinstance(found, dict):
        raise ValueError("'working' should be an object")  # noqa: TRY004  # the caller tells the user, by ValueError
    try:
        return as_working(found)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"'working' is not as the schema has it: {error}") from error


def _limits(found: object) -> tuple[tuple[str, str], ...]:
    if found is None:
        return ()
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise ValueError("'limits' should be an object of words")
    return tuple(sorted(found.items()))


def _cause(found: Mapping[str, Any]) -> Cause | None:
    told = found.get("cause")
    if not isinstance(told, dict):
        theme = values.text(found, "cause")  # an export that has one word for it
        return Cause(layer="", theme=theme) if theme else None
    return Cause(layer=values.text(told, "layer", needed=True), theme=values.text(told, "theme"))


def _earlier(found: Mapping[str, Any]) -> Earlier:
    on = values.day(found, "on")
    if on is None:
        raise ValueError("'on' of an earlier complaint is missing")
    return Earlier(on=on, id=values.text(found, "id"), cause=_cause(found))


def _event(found: Mapping[str, Any], at: int) -> Event:
    try:
        happened = values.optional_moment(found, "at")
        if happened is None:
            raise ValueError("'at' is missing")  # noqa: TRY301
        return Event(
            kind=values.happening(values.text(found, "kind", needed=True)),
            at=happened,
            party=values.text(found, "party"),
            words=values.text(found, "words"),
            due=values.optional_moment(found, "due"),
            promise=values.text(found, "promise"),
            amount=values.amount(found, "amount"),
            rating=values.count(found, "rating"),
            lasted=values.count(found, "lasted"),
            at_once=values.count(found, "at_once"),
        )
    except ValueError as error:
        raise ValueError(f"event {at + 1}: {error}") from error
