"""The course of events: one line of time, limits handed in, and whatever a history holds, evidence and no exception."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from amends.engine import languages
from amends.engine.conversation import (
    By,
    Cause,
    Channel,
    Conversation,
    Earlier,
    Event,
    Facts,
    Happening,
    Party,
    Turn,
)
from amends.engine.failings import Limits, catalogue, examples, judge_events
from amends.engine.failings.course import Course
from amends.engine.failings.dialogue import parse
from amends.engine.findings import Finding
from amends.engine.languages.reading import read
from amends.engine.promises.calendar import WorkingCalendar

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
FIRST, LAST = datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59)  # a zone puts them out of the calendar
IN_COURSE = {
    *("abandoned", "passing-around", "on-hold", "unreachable", "broken-promise", "written-quarrel", "answered-hot"),
    *("slow-fix", "repeated-mistake", "unrecognised-loyalty", "wrong-information", "divided-attention"),
}
# What the organisation does not do, and what changes nothing that has happened.
UNRELATED: tuple[Happening, ...] = ("rated", "waiting-on-third-party", "not-content", "asked-for-call")
WORDS = (
    "You idiots, I want to speak to your manager!",
    "My order 4711206 has not arrived.",
    "It works, thank you!",
    "We sent you the wrong one. Sorry.",
    "I have found 4712106, it comes on Friday.",
    "Shut up, you moron.",
    "Çok teşekkürler.",
    "Yetkili biriyle görüşmek istiyorum.",
    "خیلی متأسفم، فردا با شما تماس می‌گیرم.",
    "Уур хүрч байна шүү.",
    "Wo ist mein Paket?",
    "  ",
    "🙂",
    "9:00-18:00",
)
PARTIES = ("", "Ann", "Ben", "Cem", "customer")

zones = st.sampled_from([None, UTC, timezone(timedelta(hours=8))])
moments = st.builds(
    lambda minutes, zone: (MONDAY + timedelta(minutes=minutes)).replace(tzinfo=zone),
    st.integers(-20_000, 60_000),
    zones,
)
strange_moments = moments | st.sampled_from([FIRST, LAST, LAST.replace(tzinfo=UTC)])
turns = st.builds(
    Turn,
    by=st.sampled_from((*get_args(By), "customer", "agent")),
    text=st.sampled_from(WORDS) | st.text(max_size=30),
    at=st.none() | strange_moments,
    party=st.sampled_from(PARTIES),
    channel=st.sampled_from(get_args(Channel)),
    automatic=st.booleans(),
    at_once=st.none() | st.integers(0, 9),
)
events = st.builds(
    Event,
    kind=st.sampled_from(get_args(Happening)),
    at=strange_moments,
    party=st.sampled_from(PARTIES),
    words=st.sampled_from(WORDS),
    due=st.none() | strange_moments,
    promise=st.sampled_from(("", "1", "2")),
    amount=st.none() | st.decimals(0, 1000, places=2),
    lasted=st.none() | st.integers(0, 10_000),
    at_once=st.none() | st.integers(0, 9),
)
causes = st.none() | st.builds(
    Cause, layer=st.sampled_from(("process", "customer", "")), theme=st.sampled_from(("late", ""))
)
facts = st.builds(
    Facts,
    since=st.none() | st.dates(date(1, 1, 1)),
    yearly_value=st.none() | st.decimals(0, 10_000, places=2),
    currency=st.sampled_from(("", "USD", "EUR")),
    other=st.lists(
        st.tuples(
            st.sampled_from(("order", "delivery", "")), st.sampled_from(("4711206", "2026-03-12", "49.90 EUR", ""))
        ),
        max_size=3,
    ).map(tuple),
    cause=causes,
    earlier=st.lists(
        st.builds(Earlier, on=st.dates(date(2025, 1, 1), date(2026, 12, 31)), cause=causes), max_size=2
    ).map(tuple),
)
histories = st.builds(
    Conversation,
    id=st.just("c"),
    turns=st.lists(turns, max_size=6).map(tuple),
    as_of=strange_moments,
    facts=facts,
    parties=st.lists(
        st.builds(Party, id=st.sampled_from(PARTIES[1:]), by=st.just("agent"), role=st.sampled_from(("", "manager"))),
        max_size=2,
    ).map(tuple),
    events=st.lists(events, max_size=8).map(tuple),
)
calendars = st.sampled_from(
    [
        None,
        WorkingCalendar.office(zone=UTC),
        WorkingCalendar.of(zone=timezone(timedelta(hours=3, minutes=30)), week={}),
    ]
)
quickly = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _ids(found: tuple[Finding, ...]) -> set[str]:
    return {one.id for one in found}


@quickly
@given(histories, calendars)
def test_whatever_happened_there_is_evidence_or_silence(talk: Conversation, calendar: WorkingCalendar | None) -> None:
    found = judge_events(talk, calendar=calendar, proposed=(Cause(layer="process", theme="late"), 0.7))
    assert len(_ids(found)) == len(found)
    for one in found:
        assert 0 <= one.confidence <= 1
        if one.turn >= 0:
            assert one.words.strip()
            assert one.words == talk.turns[one.turn].text[one.start : one.end]
        else:
            assert one.words.strip()
            assert one.events
            assert all(0 <= place < len(talk.events) for place in one.events)


@quickly
@given(histories, st.lists(st.sampled_from(UNRELATED), max_size=3), st.integers(1, 100))
def test_what_was_found_stays_found_whatever_unrelated_happens_later(
    talk: Conversation, kinds: list[Happening], minutes: int
) -> None:
    now = MONDAY + timedelta(days=45)
    before = replace(talk, as_of=now, turns=tuple(turn for turn in talk.turns if _is_in(turn.at, now)))
    before = replace(before, events=tuple(event for event in talk.events if _is_in(event.at, now)))
    later = tuple(Event(kind=kind, at=now + timedelta(minutes=minutes), party="customer") for kind in kinds)
    after = replace(before, events=(*before.events, *later), as_of=now + timedelta(minutes=minutes + 1))
    assert _ids(judge_events(before)) <= _ids(judge_events(after))


def _is_in(at: datetime | None, now: datetime) -> bool:
    return at is None or (at.year > 1 and at.replace(tzinfo=at.tzinfo or UTC) <= now)


@quickly
@given(histories)
@example(Conversation(id="c", turns=(), as_of=FIRST))
def test_every_step_stands_once_in_the_line(talk: Conversation) -> None:
    course = Course(read(talk), len(talk.turns))
    spoken = [step.turn.index for step in course.steps if step.turn is not None]
    assert spoken == sorted(spoken)
    assert sorted(step.place for step in course.steps if step.event is not None) == sorted(
        step.place for step in course.happened
    )


def test_catalogue_holds_every_failing_of_the_course_of_events() -> None:
    assert {failing.id for failing in catalogue() if failing.seen == "events"} == IN_COURSE


@pytest.mark.parametrize("name", sorted(IN_COURSE))
@pytest.mark.parametrize("code", languages.codes())
def test_every_language_has_examples(name: str, code: str) -> None:
    assert examples(name, code).bad
    assert examples(name, code).good


MARKED = [
    pytest.param(name, code, text, id=f"{name}-{code}-{number}")
    for name in sorted(IN_COURSE)
    for code in languages.codes()
    for number, text in enumerate(examples(name, code).bad, 1)
]


@pytest.mark.parametrize(("name", "code", "text"), MARKED)
def test_bad_example_is_found_at_its_marked_events(name: str, code: str, text: str) -> None:
    dialogue = parse(text, language=code)
    assert dialogue.marks or dialogue.events, "a bad example marks words or events"
    found = [one for one in judge_events(dialogue.conversation) if one.failing == name]
    assert sorted(place for one in found for place in one.events) == sorted(dialogue.events)
    assert len(found) == len(dialogue.marks) + len(dialogue.events)


def _names(text: str, *, limits: Limits | None = None, calendar: WorkingCalendar | None = None) -> set[str]:
    return {
        one.failing for one in judge_events(parse(text, language="en").conversation, limits=limits, calendar=calendar)
    }


HELD = """
09:00 customer (by phone): My card was swallowed.
09:02 held (5 min)
09:07 agent (Ann, by phone, holding 3): I have blocked it.
"""


def test_limits_are_handed_in() -> None:
    assert _names(HELD) == {"on-hold"}
    assert _names(HELD, limits=Limits(hold=timedelta(minutes=6))) == set()
    assert _names(HELD, limits=Limits(hold=timedelta(minutes=6), at_once=2)) == {"divided-attention"}


def test_silence_is_counted_in_the_calendar_that_is_handed_in() -> None:
    mail = """
    day 4 10:00 customer (by mail): My card was swallowed.
    day 6 11:00 agent (by mail): I have blocked it.
    """
    tehran = WorkingCalendar.office(zone=UTC, weekdays=(5, 6, 0, 1, 2))  # Thursday and Friday are free
    assert _names(mail) == {"on-hold"}
    assert _names(mail, calendar=tehran) == set()


def test_an_ok_waits_for_nothing() -> None:
    talk = """
    09:00 customer (by mail): My card was swallowed.
    10:00 agent (by mail): I have blocked it, a new one is on its way.
    10:30 customer (by mail): {word}
    day 4 12:00 now
    """
    assert _names(talk.format(word="Ok")) == set()
    assert _names(talk.format(word="It was swallowed in Izmir, is that a problem?")) == {"on-hold"}


def test_value_is_held_against_the_limit_of_its_own_currency() -> None:
    talk = """
    value: 90000 TRY
    09:00 customer: The milk is wrong again.
    09:10 agent: I am sorry. A new one is on its way.
    09:20 closed
    """
    assert _names(talk) == set()
    assert _names(talk, limits=Limits(loyal_value=(("TRY", Decimal(80_000)),))) == {"unrecognised-loyalty"}


def test_proposed_cause_counts_where_the_record_has_none_and_only_when_sure() -> None:
    talk = parse("09:00 customer: My parcel has not arrived.").conversation
    talk = replace(
        talk, facts=Facts(earlier=(Earlier(on=date(2025, 12, 1), cause=Cause(layer="process", theme="late")),))
    )
    late = Cause(layer="process", theme="late")
    assert {one.failing for one in judge_events(talk, proposed=(late, 0.8))} == {"repeated-mistake"}
    assert judge_events(talk, proposed=(late, 0.3)) == ()
    assert judge_events(talk) == ()
    known = replace(talk, facts=replace(talk.facts, cause=Cause(layer="product", theme="defect")))
    assert judge_events(known, proposed=(late, 0.8)) == ()


def test_leap_day_customer_is_counted_in_whole_years() -> None:
    talk = """
    since: 2024-02-29
    09:00 customer: The milk is wrong again.
    09:10 agent: I am sorry. A new one is on its way.
    09:20 closed
    """
    assert _names(talk, limits=Limits(loyal_years=2)) == {"unrecognised-loyalty"}
    assert _names(talk, limits=Limits(loyal_years=3)) == set()


def test_event_that_nobody_described_is_told_by_its_kind_and_time() -> None:
    (one,) = judge_events(parse("09:00 customer: My parcel is gone.\n09:01 held (9 min)", language="en").conversation)
    assert (one.turn, one.words, one.events) == (-1, "held 2026-03-02 09:01", (0,))
    assert one.as_dict()["events"] == [0]
