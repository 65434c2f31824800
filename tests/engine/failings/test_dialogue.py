"""The notation of examples."""

from datetime import timedelta

import pytest

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
