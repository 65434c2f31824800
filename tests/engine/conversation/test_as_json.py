"""A conversation survives the way to JSON and back; what is none is refused with the place."""

import json
from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from amends.engine.conversation import (
    By,
    Cause,
    Channel,
    Conversation,
    Earlier,
    Event,
    Facts,
    Happening,
    NotAConversationError,
    Party,
    Role,
    Turn,
    from_json,
    schema,
    to_json,
)

AT = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
FULL = Conversation(
    id="c-1",
    as_of=AT.replace(hour=18),
    facts=Facts(
        customer_name="Ayşe Yılmaz",
        honorific="Hanım",
        address="Lale Sokak 14",
        language="tr",
        since=date(2019, 5, 1),
        yearly_value=Decimal("5400.50"),
        currency="TRY",
        other=(("order", "4711"),),
        cause=Cause(layer="process", theme="late"),
        earlier=(Earlier(on=date(2025, 11, 3), id="c-0", cause=Cause(layer="product")), Earlier(on=date(2024, 1, 2))),
    ),
    parties=(
        Party(id="p1", by="customer", name="Ayşe Yılmaz"),
        Party(id="p2", by="agent"),
        Party(id="p3", by="agent", role="manager"),
    ),
    turns=(
        Turn(by="customer", text="Paketim nerede?", at=AT, party="p1", channel="mail", language="tr"),
        Turn(by="system", text="Alındı.", automatic=True),
        Turn(by="agent", text="Öğlene kadar arayacağım.", at=AT.replace(hour=10), at_once=4),
    ),
    events=(
        Event(
            kind="promise-made",
            at=AT.replace(hour=10),
            party="p2",
            words="Öğlene kadar arayacağım",
            due=AT.replace(hour=12),
            promise="p-9",
        ),
        Event(kind="remedy", at=AT.replace(hour=11), amount=Decimal(0)),
        Event(kind="rated", at=AT.replace(hour=12), rating=5),
        Event(kind="held", at=AT.replace(hour=12), lasted=0),
        Event(kind="called", at=AT.replace(hour=13), lasted=260, at_once=1),
    ),
)
SMALL = {"id": "c", "as_of": "2026-03-02T09:00", "turns": [{"by": "agent", "text": "Hello"}]}


def test_full_conversation_comes_back_as_it_was() -> None:
    written = json.loads(json.dumps(to_json(FULL), ensure_ascii=False))
    assert from_json(written) == FULL


def test_small_conversation_needs_little() -> None:
    found = from_json(SMALL)
    assert found.turns == (Turn(by="agent", text="Hello"),)
    assert from_json(to_json(found)) == found


def test_schema_is_a_schema_and_knows_every_field() -> None:
    whole = schema()
    Draft202012Validator.check_schema(whole)
    defs = whole["$defs"]
    for name, record in (
        ("turn", Turn),
        ("event", Event),
        ("facts", Facts),
        ("party", Party),
        ("cause", Cause),
        ("earlier", Earlier),
    ):
        assert set(defs[name]["properties"]) == {field.name for field in fields(record)}
    assert set(whole["properties"]) == {field.name for field in fields(Conversation)} | {"version"}
    assert set(defs["event"]["properties"]["kind"]["enum"]) == set(get_args(Happening))
    assert set(defs["turn"]["properties"]["channel"]["enum"]) == set(get_args(Channel))
    assert set(defs["by"]["enum"]) == set(get_args(By))
    assert set(defs["party"]["properties"]["role"]["enum"]) == set(get_args(Role))


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"turns": [{"by": "boss", "text": "x"}]}, "$.turns[0].by"),
        ({"turns": [{"by": "agent"}]}, "$.turns[0]"),
        ({"as_of": "yesterday"}, "$.as_of"),
        ({"as_of": "2026-02-31T09:00"}, "day"),
        ({"version": 2}, "$.version"),
        ({"facts": {"earlier": [{"on": "last year"}]}}, "$.facts.earlier[0].on"),
        ({"facts": {"cause": {"theme": "late"}}}, "$.facts.cause"),
        ({"facts": {"shoe_size": "43"}}, "$.facts"),
        ({"events": [{"kind": "sang", "at": "2026-03-02T09:00"}]}, "$.events[0].kind"),
    ],
)
def test_what_is_no_conversation_is_refused_with_its_place(change: dict[str, Any], where: str) -> None:
    with pytest.raises(NotAConversationError) as error:
        from_json({**SMALL, **change})
    assert where in str(error.value)


def test_seen_at_another_moment_nothing_else_changes() -> None:
    later = FULL.seen(AT)
    assert later.as_of == AT
    same = [one.name for one in fields(Conversation) if getattr(later, one.name) == getattr(FULL, one.name)]
    assert same == [one.name for one in fields(Conversation) if one.name != "as_of"]
