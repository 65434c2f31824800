"""A conversation is read turn by turn, by every reader that is handed in."""

from collections.abc import Iterable
from datetime import datetime

from amends.engine.conversation import By, Conversation, Turn
from amends.engine.languages.acts import Act
from amends.engine.languages.reading import USUAL_READERS, read, without_quotes
from amends.engine.languages.text import Text

NOW = datetime(2026, 3, 2, 10)


def _talk(*turns: tuple[By, str]) -> Conversation:
    return Conversation(id="c", turns=tuple(Turn(by=by, text=text) for by, text in turns), as_of=NOW)


class Loud:
    """A reader that hears an apology in every text."""

    name = "loud"

    def read(self, text: Text, *, by: By) -> Iterable[Act]:
        yield Act(start=0, end=len(text.original), kind="apology", confidence=0.95, reader=self.name)


def test_each_turn_has_its_own_language() -> None:
    reading = read(
        _talk(("customer", "Siparişim gelmedi, çok üzgünüm."), ("agent", "We are sorry that it is so late."))
    )
    assert [turn.language for turn in reading.turns] == ["tr", "en"]


def test_short_turn_speaks_as_the_rest() -> None:
    reading = read(_talk(("customer", "Bozuk çıktı, yenisini istiyorum."), ("agent", "ok")))
    assert reading.turns[1].language == "tr"


def test_acts_point_at_the_words() -> None:
    text = "Hello Anna! I’m VERY sorry that we kept you waiting."
    turn = read(_talk(("agent", text))).turns[0]
    act = turn.of("apology")[0]
    assert "sorry" in turn.words(act.start, act.end)
    assert turn.words(turn.sentence_of(act).start, turn.sentence_of(act).end).startswith("I’m VERY")


def test_readers_agree_on_one_act_and_the_surer_one_counts() -> None:
    text = "We apologise for the delay"
    turn = read(_talk(("agent", text)), readers=(*USUAL_READERS, Loud())).turns[0]
    acts = turn.of("apology")
    assert [(act.start, act.end, act.reader) for act in acts] == [(0, len(text), "loud")]


def test_customer_and_agent_are_read_for_different_acts() -> None:
    said = "Please call me back, I want to speak to a manager."
    customer, agent = read(_talk(("customer", said), ("agent", said))).turns
    assert customer.has("wants-person")
    assert not agent.has("wants-person")


def test_unknown_language_has_no_acts_by_cues() -> None:
    turn = read(_talk(("agent", "Wir entschuldigen uns für die lange Wartezeit."))).turns[0]
    assert turn.language == ""
    assert not turn.acts


def test_a_file_pasted_into_a_reply_is_read_at_its_head() -> None:
    text = "We are sorry. " + "0123456789 " * 9_000 + "I will call you tomorrow at ten."
    turn = read(_talk(("agent", text)), language="en").turns[0]
    assert turn.text.original == text[:50_000]
    assert turn.turn.text == text


def test_what_an_agent_quotes_is_not_read_as_theirs_and_places_stay() -> None:
    quoted = "> We are sorry, we will call you back tomorrow.\n  > I am sorry too\n"
    text = f"{quoted}\nI am so sorry for that."
    reading = read(_talk(("agent", text), ("customer", "> Please call me back")))
    agent, customer = reading.turns
    found = agent.of("apology")
    assert found
    assert all(act.start > len(quoted) for act in found)
    assert "sorry for that" in agent.words(agent.sentence_of(found[0]).start, agent.sentence_of(found[0]).end)
    assert reading.conversation.turns[0].text == text
    assert customer.text.original == "> Please call me back"  # what customers quote is cut where their mail is read


def test_a_reply_that_only_quotes_says_nothing_and_words_beside_quotes_tell_its_language() -> None:
    only, mixed = read(
        _talk(
            ("agent", "> Siparişim gelmedi."), ("agent", "> Siparişim hâlâ gelmedi.\n\nWe are sorry that it is late.")
        )
    ).turns
    assert not only.acts
    assert mixed.language == "en"


def test_a_sign_within_a_line_quotes_nothing() -> None:
    assert without_quotes("5 > 3\n> a\n\u200f> ب\nb") == "5 > 3\n   \n    \nb"
