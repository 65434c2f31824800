"""The ledger: kept in time is kept; late, or not at all, is broken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.engine.conversation.record import Conversation, Event, Happening
from amends.engine.promises.ledger import broken, kept_rate, ledger, was_kept

MORNING = datetime(2026, 11, 18, 9, tzinfo=UTC)


def at(hour: int) -> datetime:
    return MORNING.replace(hour=hour)


def event(kind: Happening, hour: int, *, due: int | None = None, promise: str = "1", words: str = "by noon") -> Event:
    return Event(kind=kind, at=at(hour), due=at(due) if due is not None else None, promise=promise, words=words)


MADE = event("promise-made", 9, due=12)


class TestStanding:
    @pytest.mark.parametrize(
        ("story", "as_of", "standing"),
        [
            ((), 11, "open"),
            ((), 12, "broken"),
            ((event("promise-kept", 11),), 15, "kept"),
            ((event("promise-kept", 12),), 15, "kept"),
            ((event("promise-kept", 13),), 15, "broken"),
            ((event("promise-broken", 12), event("promise-kept", 13)), 15, "broken"),
            ((event("promise-withdrawn", 10),), 15, "withdrawn"),
            ((event("promise-withdrawn", 13),), 15, "broken"),
            ((event("promise-moved", 11, due=14),), 13, "open"),
            ((event("promise-moved", 11, due=14), event("promise-kept", 14)), 15, "kept"),
            ((event("promise-moved", 11, due=14),), 15, "broken"),
            ((event("promise-moved", 13, due=16),), 14, "broken"),
            ((event("promise-kept", 11),), 10, "open"),
        ],
    )
    def test_of_one_promise(self, story: tuple[Event, ...], as_of: int, standing: str) -> None:
        (entry,) = ledger((MADE, *story), as_of=at(as_of))
        assert entry.standing == standing

    def test_a_late_deed_is_remembered(self) -> None:
        (entry,) = ledger((MADE, event("promise-kept", 14)), as_of=at(15))
        assert (entry.standing, entry.settled, entry.done_late) == ("broken", at(12), at(14))

    def test_an_open_date_stays_open_until_it_is_done(self) -> None:
        made = event("promise-made", 9)
        assert ledger((made,), as_of=at(23))[0].standing == "open"
        assert ledger((made, event("promise-kept", 20)), as_of=at(23))[0].standing == "kept"

    def test_the_same_words_promised_again_are_another_promise(self) -> None:
        again = event("promise-made", 13, due=16, promise="")
        first = event("promise-made", 9, due=12, promise="")
        entries = ledger((first, again, event("promise-kept", 15, promise="")), as_of=at(17))
        assert [entry.standing for entry in entries] == ["broken", "kept"]

    def test_an_answer_without_a_question_is_left_out(self) -> None:
        assert ledger((event("promise-kept", 11),), as_of=at(15)) == ()


def test_was_kept() -> None:
    assert was_kept((MADE, event("promise-kept", 11)), as_of=at(15)) is True
    assert was_kept((MADE,), as_of=at(15)) is False
    assert was_kept((MADE,), as_of=at(10)) is None
    assert was_kept((), as_of=at(10)) is None


def test_kept_rate_leaves_out_what_is_open_or_withdrawn() -> None:
    events = (
        MADE,
        event("promise-kept", 10),
        event("promise-made", 9, due=12, promise="2"),
        event("promise-made", 9, due=12, promise="3"),
        event("promise-withdrawn", 10, promise="3"),
        event("promise-made", 9, due=20, promise="4"),
    )
    assert kept_rate(ledger(events, as_of=at(15))) == (1, 2)
    assert kept_rate(()) == (0, 0)


def test_broken_of_a_conversation() -> None:
    talk = Conversation(id="c", turns=(), as_of=at(15), events=(MADE, event("promise-made", 9, due=20, promise="2")))
    assert [entry.words for entry in broken(talk)] == ["by noon"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["promise-made", "promise-kept", "promise-broken", "promise-moved", "promise-withdrawn"]),
            st.integers(0, 200),
            st.integers(1, 100),
            st.sampled_from(["1", "2"]),
        ),
        max_size=12,
    ),
    st.integers(0, 300),
    st.integers(0, 100),
)
def test_what_is_broken_stays_broken(story: list[tuple[Happening, int, int, str]], now: int, later: int) -> None:
    events = [
        Event(
            kind=kind,
            at=MORNING + timedelta(minutes=minute),
            due=MORNING + timedelta(minutes=minute + length),
            promise=promise,
        )
        for kind, minute, length, promise in story
    ]
    before = ledger(events, as_of=MORNING + timedelta(minutes=now))
    after = ledger(events, as_of=MORNING + timedelta(minutes=now + later))
    kept, of = kept_rate(after)
    assert 0 <= kept <= of <= sum(each.kind == "promise-made" for each in events)
    stood = [(entry.made, entry.standing) for entry in before if entry.standing != "open"]
    stands = [(entry.made, entry.standing) for entry in after]
    assert all(each in stands for each in stood)
