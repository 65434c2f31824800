from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from amends.engine.conversation import Conversation, Event, Party, Turn
from amends.engine.measures.counted import (
    Wait,
    ending,
    heat_at_end,
    in_hundred_replies,
    longest_wait,
    may_leave,
    people_met,
    wait_for_answer,
    wait_for_somebody,
    where_from,
)

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def talk(*turns: Turn, events: tuple[Event, ...] = (), until: float = 600) -> Conversation:
    parties = (Party(id="agent:1", by="agent"), Party(id="agent:2", by="agent"), Party(id="desk", by="system"))
    return Conversation(id="c", turns=turns, as_of=at(until), events=events, parties=parties)


ASKS = Turn(by="customer", text="Where is it?", at=START)
LETTER = Turn(by="agent", text="We have your mail.", at=at(1), automatic=True, party="desk")
ANSWER = Turn(by="agent", text="Here it is.", at=at(30), party="agent:1")


def test_a_letter_of_a_machine_is_no_answer() -> None:
    assert wait_for_answer(talk(ASKS, LETTER)) == Wait(timedelta(minutes=600), came=False)
    assert wait_for_answer(talk(ASKS, LETTER, ANSWER)) == Wait(timedelta(minutes=30), came=True)


def test_a_call_is_an_answer_and_who_tells_it_in_person_has_met_somebody() -> None:
    called = Event(kind="called", at=at(20), party="agent:2")
    assert wait_for_answer(talk(ASKS, ANSWER, events=(called,))) == Wait(timedelta(minutes=20), came=True)
    assert wait_for_answer(talk(replace(ASKS, channel="visit"))) == Wait(timedelta(), came=True)


def test_where_times_are_missing_nobody_knows_how_long_it_took() -> None:
    assert wait_for_answer(talk(replace(ASKS, at=None), ANSWER)) is None
    assert wait_for_answer(talk(ASKS, replace(ANSWER, at=None))) is None
    assert wait_for_answer(talk()) is None


def test_the_longest_wait_for_somebody() -> None:
    asked = Event(kind="asked-for-person", at=at(5))
    assert wait_for_somebody(talk(ASKS, ANSWER, events=(asked,))) == Wait(timedelta(minutes=25), came=True)
    again = Event(kind="asked-for-manager", at=at(100))
    assert wait_for_somebody(talk(ASKS, ANSWER, events=(asked, again))) == Wait(timedelta(minutes=500), came=False)
    assert wait_for_somebody(talk(ASKS, ANSWER)) is None
    assert longest_wait(asked=[at(0), at(50)], came=[at(10), at(55)], now=at(99)) == Wait(
        timedelta(minutes=10), came=True
    )


def test_people_who_took_it_over_or_spoke() -> None:
    events = (
        Event(kind="owner-taken", at=START, party="agent:1"),
        Event(kind="handed-over", at=at(3), party="agent:2"),
        Event(kind="promise-broken", at=at(4), party="desk"),
    )
    assert people_met(talk(ASKS, LETTER, ANSWER, events=events)) == 2
    assert people_met(talk(ASKS)) == 0


def test_the_last_word_decides_how_it_ended() -> None:
    content, closed = Event(kind="content", at=at(40)), Event(kind="closed", at=at(50))
    assert ending(talk(ASKS)) == ""
    assert ending(talk(ASKS, events=(content,))) == "resolved"
    assert ending(talk(ASKS, events=(content, closed))) == "closed"
    assert ending(talk(ASKS, events=(closed, Event(kind="reopened", at=at(60))))) == ""


def test_heat_cools_by_one_and_what_was_noted_goes_before_what_is_read() -> None:
    calmer = Turn(by="customer", text="Thank you.", at=at(40))
    assert heat_at_end(talk(ASKS, calmer), [{"insult"}, set()]) == 2
    assert heat_at_end(talk(replace(ASKS, heat=0), replace(calmer, heat=0)), [{"insult"}, set()]) == 0
    assert heat_at_end(talk(ASKS, events=(Event(kind="content", at=at(9)),)), [{"anger"}]) == 0


@pytest.mark.parametrize(
    ("known", "reasons"),
    [
        ({}, ()),
        ({"leaving": True}, ("leaving",)),
        ({"leaving": True, "ended": "closed", "heat": 3}, ("leaving",)),
        ({"leaving": True, "content": False, "heat": 2}, ("leaving", "not-content", "hot")),
        ({"leaving": True, "ended": "resolved"}, ()),
    ],
)
def test_who_may_leave(known: dict[str, object], reasons: tuple[str, ...]) -> None:
    usual: dict[str, object] = {"leaving": False, "content": None, "heat": 1, "ended": ""}
    assert may_leave(**{**usual, **known}) == reasons  # type: ignore[arg-type]


def test_third_parties_stand_apart() -> None:
    found = where_from([("product", 2), ("process", 3), ("employee", 5), ("third-party", 4)])
    assert [(name, part.k, part.n) for name, part in found.groups] == [
        ("employee", 5, 10),
        ("customer", 0, 10),
        ("organisation", 5, 10),
    ]
    assert (found.third_party.k, found.third_party.n) == (4, 14)


def test_replies_in_a_hundred_never_pass_a_hundred() -> None:
    found = in_hundred_replies(20, 20)
    assert (found.value, found.high) == (100.0, 100.0)
