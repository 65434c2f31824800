from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from amends.engine.audit import audit, figures_of, look_at, promises_in, usual_calendar
from amends.engine.conversation import By, Conversation, Event, Facts, Turn
from amends.engine.languages.acts import Act
from amends.engine.languages.reading import LEARNED, read
from amends.engine.languages.text import Text
from amends.engine.measures.figures import Figures

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def talk(*said: tuple[str, str], events: tuple[Event, ...] = (), minutes: int = 10) -> Conversation:
    turns = tuple(
        Turn(
            by="agent" if by == "agent" else "customer",
            text=text,
            at=START + timedelta(minutes=minutes * at),
            party=by,
            language="en",
        )
        for at, (by, text) in enumerate(said)
    )
    facts = Facts(customer_name="Ayşe Yılmaz", yearly_value=Decimal(18400), currency="TRY")
    as_of = START + timedelta(minutes=minutes * len(said))
    return Conversation(id="c", turns=turns, as_of=as_of, events=events, facts=facts)


def figures(*said: tuple[str, str], events: tuple[Event, ...] = ()) -> Figures:
    return figures_of(look_at(talk(*said, events=events)))


VAGUE = ("agent", "We will get back to you as soon as possible.")
LOST = ("customer", "The courier lost my parcel. I am furious.")


def test_the_whole_flow_in_one_call() -> None:
    found = audit([talk(LOST, VAGUE)])
    assert "vague-promise" in {row["failing"] for row in found.rows}
    assert (found.summary.conversations, found.summary.replies, found.summary.messages) == (1, 1, 1)
    assert found.summary.third_party.k == 1


def test_rows_point_at_words_and_name_nobody() -> None:
    conversation = talk(LOST, VAGUE)
    for row in look_at(conversation).rows():
        assert row["kind"] in ("failing", "hint", "event")
        if row["turn"] >= 0:
            assert conversation.turns[row["turn"]].text[row["start"] : row["end"]] == row["words"]
        assert "Ayşe" not in str(row)


def test_the_first_answer_is_waited_for_from_the_first_word() -> None:
    assert (figures(LOST, VAGUE).waited, figures(LOST, VAGUE).answered) == (10, True)
    assert (figures(LOST).waited, figures(LOST).answered) == (10, False)


def test_promises_are_dated_or_vague() -> None:
    found = figures(LOST, ("agent", "We will get back to you soon. I will call you by Thursday at 17:00."))
    assert (found.dated, found.vague) == (1, 1)


def test_what_the_record_says_of_promises_is_counted() -> None:
    events = (
        Event(kind="promise-made", at=START, promise="p"),
        Event(kind="promise-kept", at=START, promise="p"),
        Event(kind="promise-broken", at=START, promise="q"),
    )
    assert (figures(LOST, events=events).kept, figures(LOST, events=events).broken) == (1, 1)


def test_the_records_word_on_content_counts_before_the_last_message() -> None:
    assert figures(LOST, VAGUE).content is False
    assert figures(LOST, VAGUE, events=(Event(kind="content", at=START),)).content is True


def test_a_reply_in_a_language_that_is_not_read_is_in_no_figure() -> None:
    conversation = Conversation(
        id="c", turns=(Turn(by="agent", text="Wir melden uns bald.", language="de"),), as_of=START
    )
    found = figures_of(look_at(conversation))
    assert (found.replies, found.unread) == (0, 1)


def test_automatic_replies_are_nobodys() -> None:
    conversation = Conversation(
        id="c", turns=(Turn(by="agent", text="We will reply soon.", language="en", automatic=True),), as_of=START
    )
    found = figures_of(look_at(conversation))
    assert (found.replies, found.unread, found.vague) == (0, 0, 0)


@pytest.mark.parametrize(("language", "working"), [("en", False), ("tr", False), ("mn", False), ("fa", True)])
def test_saturday_is_worked_where_persian_is_spoken(language: str, working: bool) -> None:
    assert usual_calendar(language, zone=UTC).is_working_day(date(2026, 3, 7)) is working


class OnlyGreets:
    """A reader by the learned one's name that hears nothing but greetings."""

    name = LEARNED

    def read(self, text: Text, *, by: By) -> list[Act]:
        return [Act(start=0, end=5, kind="greeting", confidence=1.0, reader=LEARNED)] if by == "agent" else []


def test_the_learned_reader_takes_back_what_no_sentence_undertakes() -> None:
    said = talk(("customer", "Where is my lamp?"), ("agent", "We will call you tomorrow."))
    assert len(promises_in(read(said), turn=1)) == 1
    assert promises_in(read(said, readers=(OnlyGreets(),)), turn=1) == ()


@dataclass(frozen=True)
class Hears:
    """A reader by the learned one's name that hears what it is told to in the whole text."""

    kinds: tuple[str, ...]
    name: str = LEARNED

    def read(self, text: Text, *, by: By) -> list[Act]:
        end = len(text.original)
        return [Act(start=0, end=end, kind=kind, confidence=0.9, reader=LEARNED) for kind in self.kinds]


@pytest.mark.parametrize(
    ("said", "heard", "promised"),
    [
        ("Leave that one with our people, they are good.", ("undertaking",), 1),  # no word of it is in the grammar
        ("Leave that one with our people, they are good.", ("undertaking", "ownership"), 0),  # somebody stays in charge
        ("We will call you on Monday.", ("answer",), 0),
        ("We will call you on Monday.", ("answer", "undertaking"), 1),
        ("We will call you on Monday at nine.", ("answer",), 1),  # a day and an hour are an appointment
    ],
)
def test_the_learned_reader_tells_putting_off_from_answering(said: str, heard: tuple[str, ...], promised: int) -> None:
    conversation = talk(("customer", "Where is my lamp?"), ("agent", said))
    assert len(promises_in(read(conversation, readers=(Hears(heard),)), turn=1)) == promised
