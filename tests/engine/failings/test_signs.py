"""Good signs and signals are heard."""

from datetime import datetime

from amends.engine.conversation import By, Conversation, Turn
from amends.engine.failings import Judgement, judge


def _judge(*turns: tuple[By, str]) -> Judgement:
    talk = Conversation(
        id="c",
        turns=tuple(Turn(by=by, text=text, language="en") for by, text in turns),
        as_of=datetime(2026, 3, 2, 10),
    )
    return judge(talk)


def test_good_signs_are_named_once() -> None:
    found = _judge(
        ("customer", "My lamp arrived broken."),
        (
            "agent",
            "I am very sorry that we sent you a broken lamp. A new one leaves today. I'll call you by noon tomorrow.",
        ),
    )
    names = [sign.name for sign in found.good]
    assert {"apology", "remedy", "dated-promise", "callback-offer"} <= set(names)
    assert len(names) == len(set(names))


def test_promise_without_a_time_is_not_dated() -> None:
    found = _judge(("customer", "My lamp arrived broken."), ("agent", "We will get back to you soon."))
    assert "dated-promise" not in {sign.name for sign in found.good}


def test_signals_are_of_what_is_answered() -> None:
    found = _judge(
        ("customer", "This is ridiculous, I want to speak to a manager."),
        ("agent", "I am the manager, and I am listening."),
        ("customer", "Thank you, that solves it."),
        ("agent", "I am glad."),
    )
    names = {sign.name for sign in found.signals}
    assert "thanks" in names
    assert "wants-person" not in names
    assert all(sign.turn == 2 for sign in found.signals)


def test_trouble_cried_out_is_anger() -> None:
    found = _judge(("customer", "The parcel is broken!"), ("agent", "Oh no."))
    assert "anger" in {sign.name for sign in found.signals}
