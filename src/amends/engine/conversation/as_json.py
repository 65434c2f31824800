"""A conversation as JSON, exactly as `conversation.schema.json` has it. Loose data is for `amends.intake`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from amends.engine.conversation.record import (
    Cause,
    Conversation,
    Earlier,
    Event,
    Facts,
    Party,
    Turn,
    WorkingWeek,
)

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

VERSION: Final = 1


class NotAConversationError(ValueError):
    """What was given is not a conversation of the schema: the message says where."""


def schema() -> dict[str, Any]:
    """Return the JSON schema of a conversation, version 1."""
    source = resources.files("amends.engine.conversation") / "conversation.schema.json"
    read: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    return read


def to_json(conversation: Conversation) -> dict[str, Any]:
    """Return a conversation as plain JSON values; what is empty is left out."""
    facts = conversation.facts
    return {
        "version": VERSION,
        "id": conversation.id,
        "as_of": conversation.as_of.isoformat(),
        **_filled(
            facts=_filled(
                customer_id=facts.customer_id,
                customer_name=facts.customer_name,
                honorific=facts.honorific,
                address=facts.address,
                language=facts.language,
                since=facts.since.isoformat() if facts.since else "",
                yearly_value=_money(facts.yearly_value),
                currency=facts.currency,
                other=[{"name": name, "value": value} for name, value in facts.other],
                cause=_cause(facts.cause),
                earlier=[_earlier(each) for each in facts.earlier],
            ),
            parties=[
                {"id": party.id, "by": party.by, **_filled(name=party.name, role=party.role)}
                for party in conversation.parties
            ],
        ),
        "turns": [_turn(turn) for turn in conversation.turns],
        **_filled(
            events=[_event(event) for event in conversation.events],
            working=_working(conversation.working),
            limits=dict(conversation.limits),
        ),
    }


def from_json(found: Mapping[str, Any]) -> Conversation:
    """Return the conversation that JSON values describe.

    :raises NotAConversationError: when they are not as the schema has them
    """
    for error in _validator().iter_errors(found):
        raise NotAConversationError(f"{error.json_path}: {error.message}")
    try:
        return Conversation(
            id=found["id"],
            as_of=datetime.fromisoformat(found["as_of"]),
            facts=_as_facts(found.get("facts", {})),
            parties=tuple(Party(**party) for party in found.get("parties", ())),
            turns=tuple(Turn(**{**turn, **_moments(turn)}) for turn in found["turns"]),
            events=tuple(
                Event(**{**event, **_moments(event), **_amounts(event, "amount")}) for event in found.get("events", ())
            ),
            working=as_working(found["working"]) if "working" in found else None,
            limits=tuple(found.get("limits", {}).items()),
        )
    except ValueError as error:  # a day that the calendar does not have
        raise NotAConversationError(str(error)) from error


def _turn(turn: Turn) -> dict[str, Any]:
    return {
        "by": turn.by,
        "text": turn.text,
        **_filled(
            at=turn.at.isoformat() if turn.at else "",
            party=turn.party,
            channel=turn.channel,
            language=turn.language,
            automatic=turn.automatic,
            at_once=turn.at_once,
            heat=turn.heat,
        ),
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "kind": event.kind,
        "at": event.at.isoformat(),
        **_filled(
            party=event.party,
            words=event.words,
            due=event.due.isoformat() if event.due else "",
            promise=event.promise,
            amount=_money(event.amount),
            rating=event.rating,
            lasted=event.lasted,
            at_once=event.at_once,
        ),
    }


def _cause(cause: Cause | None) -> dict[str, Any]:
    return {"layer": cause.layer, **_filled(theme=cause.theme)} if cause else {}


def _earlier(earlier: Earlier) -> dict[str, Any]:
    return {"on": earlier.on.isoformat(), **_filled(id=earlier.id, cause=_cause(earlier.cause))}


def _working(working: WorkingWeek | None) -> dict[str, Any]:
    if working is None:
        return {}
    return {
        "zone": working.zone,
        "week": {str(day): [list(span) for span in spans] for day, spans in working.week},
        **_filled(days_off=[day.isoformat() for day in working.days_off]),
    }


def as_working(found: Mapping[str, Any]) -> WorkingWeek:
    """Return working hours as the schema has them.

    :raises ValueError: when there is no such zone or hour
    """
    try:
        ZoneInfo(found["zone"])
    except ZoneInfoNotFoundError as error:
        raise ValueError(f"there is no time zone {found['zone']!r}") from error
    for opens, closes in (span for spans in found["week"].values() for span in spans):
        time.fromisoformat(opens)
        time.fromisoformat("00:00" if closes == "24:00" else closes)
    return WorkingWeek(
        zone=found["zone"],
        week=tuple(
            sorted(
                (int(day), tuple((opens, closes) for opens, closes in spans)) for day, spans in found["week"].items()
            )
        ),
        days_off=tuple(date.fromisoformat(day) for day in found.get("days_off", ())),
    )


def _as_facts(found: Mapping[str, Any]) -> Facts:
    since = {"since": date.fromisoformat(found["since"])} if "since" in found else {}
    other = tuple((each["name"], each["value"]) for each in found.get("other", ()))
    earlier = tuple(
        Earlier(**{**each, **_as_cause(each), "on": date.fromisoformat(each["on"])})
        for each in found.get("earlier", ())
    )
    told = {**since, **_amounts(found, "yearly_value"), **_as_cause(found), "other": other, "earlier": earlier}
    return Facts(**{**found, **told})


def _as_cause(found: Mapping[str, Any]) -> dict[str, Cause]:
    return {"cause": Cause(**found["cause"])} if "cause" in found else {}


def _moments(found: Mapping[str, Any]) -> dict[str, datetime]:
    return {key: datetime.fromisoformat(found[key]) for key in ("at", "due") if key in found}


def _amounts(found: Mapping[str, Any], key: str) -> dict[str, Decimal]:
    return {key: Decimal(found[key])} if key in found else {}


def _money(amount: Decimal | None) -> str:
    return "" if amount is None else format(amount, "f")


def _filled(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not False and value not in ("", None, [], {})}


@lru_cache(maxsize=1)
def _validator() -> Draft202012Validator:
    from jsonschema import Draft202012Validator  # a slow import that most commands never need

    return Draft202012Validator(schema())
