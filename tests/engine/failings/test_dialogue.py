"""The notation of examples."""

from datetime import timedelta
from decimal import Decimal

import pytest

from amends.engine.conversation import Cause
from amends.engine.failings.dialogue import BadDialogueError, parse


def test_lines_become_turns_facts_and_events() -> None:
    found = parse(
        """
        name: Ayşe Yılmaz
        order: 4711
        09:05 customer: Where is it?
        agent: One moment.
        [[I will look]] and [[call you]].
        09:10 promise-made due day 2 17:00: call you
        day 2 18:30 now
        """
    )
    talk = found.conversation
    assert talk.facts.customer_name == "Ayşe Yılmaz"
    assert talk.facts.other == (("order", "4711"),)
    assert [turn.by for turn in talk.turns] == ["customer", "agent"]
    assert talk.turns[1].text == "One moment.\nI will look and call you."
    assert [talk.turns[mark.turn].text[mark.start : mark.end] for mark in found.marks] == ["I will look", "call you"]
    made = talk.events[0]
    assert made.due is not None
    assert made.due - made.at == timedelta(days=1, hours=7, minutes=50)
    assert talk.as_of - made.due == timedelta(hours=1, minutes=30)


def test_without_now_it_is_looked_at_after_the_last_line() -> None:
    talk = parse("09:05 customer: Hello").conversation
    assert talk.turns[0].at is not None
    assert talk.as_of > talk.turns[0].at


def test_line_that_continues_nothing_is_refused() -> None:
    with pytest.raises(BadDialogueError, match="Hello"):
        parse("Hello there")


def test_who_how_and_how_long_stand_in_brackets() -> None:
    found = parse(
        """
        value: 5400.50 USD
        cause: process/late
        earlier: 2025-11-03 process/late
        earlier: 2025-12-03
        fact iade tutarı: 250 TL
        09:05 agent (Can, manager, by phone, holding 4): Hello.
        [[09:06 held (12 min)]]
        09:20 handed-over (Ben): shift
        09:30 remedy (40.00): refunded
        """
    )
    talk = found.conversation
    assert (talk.facts.yearly_value, talk.facts.currency) == (Decimal("5400.50"), "USD")
    assert talk.facts.cause == Cause(layer="process", theme="late")
    assert [(each.on.month, each.cause) for each in talk.facts.earlier] == [(11, talk.facts.cause), (12, None)]
    assert talk.facts.other == (("iade tutarı", "250 TL"),)
    assert (talk.turns[0].party, talk.turns[0].channel, talk.turns[0].at_once) == ("Can", "phone", 4)
    assert [(party.id, party.role) for party in talk.parties] == [("Can", "manager"), ("Ben", "")]
    assert [(event.kind, event.party, event.lasted, event.amount) for event in talk.events] == [
        ("held", "", 720, None),
        ("handed-over", "Ben", None, None),
        ("remedy", "", None, Decimal("40.00")),
    ]
    assert found.events == (0,)


def test_sentence_that_goes_on_may_have_brackets_and_a_colon() -> None:
    talk = parse("agent: Please note:\nterms (the new ones): see below").conversation
    assert talk.turns[0].text == "Please note:\nterms (the new ones): see below"
