from datetime import UTC, datetime

from amends.batch.sent import Gathered, SentReply
from amends.engine.canned import History, history_of, replies_of
from amends.engine.conversation import Conversation, Facts, Turn

FORM = "We are sorry to hear about your {thing}. The team at the depot has been told and looks at every case in turn."
OWN = (
    "Your green kettle went to Ms Hill on Monday, and she found the crack beside the handle that you told us of.",
    "I rang the depot on Oak Street myself, the driver had left your sofa with number seven across the yard.",
    "Both of your invoices name the old tariff, so I had them written anew and the difference is on its way.",
)


def _talks() -> list[Conversation]:
    said = [FORM.format(thing=thing) for thing in ("parcel", "invoice", "kettle", "parcel")] + list(OWN)
    return [
        Conversation(
            id=str(at),
            as_of=datetime(2026, 3, 2, tzinfo=UTC),
            facts=Facts(customer_id=f"c{at}"),
            turns=(
                Turn(by="customer", text=f"Nobody answered about the {at}th lost crate of mine.", language="en"),
                Turn(by="agent", text=text, language="en"),
            ),
        )
        for at, text in enumerate(said)
    ]


def _plain(history: History) -> dict[bytes, object]:
    return {digest: (sent.uses, sent.customers) for digest, sent in history.texts.items()}


def test_what_was_gathered_on_disk_is_the_history_of_everything_at_once() -> None:
    with Gathered() as gathered:
        for talk in _talks():
            gathered.add(sent for one in replies_of(talk) if (sent := SentReply.of(one)) is not None)
        found = gathered.history()
    expected = history_of(_talks()).without_single()
    assert len(expected.texts) > 1
    assert _plain(found) == _plain(expected)
    assert found.bands == expected.bands


def test_nothing_that_was_sent_is_an_empty_history() -> None:
    with Gathered() as gathered:
        assert not gathered.history().texts
