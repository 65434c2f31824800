"""Pairs of numbers: one thing without the other is more than either."""

from datetime import datetime

import pytest

from amends.engine.conversation import Conversation, Turn
from amends.engine.failings.catalogue import catalogue
from amends.engine.failings.moment import Moment
from amends.engine.failings.weighing import features, strongest
from amends.engine.languages.reading import read


def seen(customer: str, agent: str) -> dict[str, float]:
    turns = (Turn(by="customer", text=customer, language="en"), Turn(by="agent", text=agent, language="en"))
    at = Moment(read(Conversation(id="talk", turns=turns, as_of=datetime(2026, 3, 2, 10))), 1)
    return features(at, strongest({one.id: tuple(one.detect(at)) for one in catalogue() if one.seen == "reply"}))


@pytest.mark.parametrize(
    ("name", "customer", "without", "beside"),
    [
        (
            "refusal without a way on",
            "The shoes are too small.",
            "Unfortunately we cannot take them back.",
            "Unfortunately we cannot take them back. I will send you a larger pair free of charge.",
        ),
        (
            "rule without a way round",
            "Could you waive the fee once?",
            "It is against our policy.",
            "It is against our policy, but I will refund the fee today.",
        ),
        (
            "admission without sorry",
            "I got green curtains.",
            "We sent you the wrong colour.",
            "We sent you the wrong colour, and I am sorry about that.",
        ),
        (
            "unanswered asks-refund",
            "The lamp is broken. I want my money back.",
            "We have lovely shades as well.",
            "We have refunded you in full.",
        ),
        (
            "demand without please",
            "My parcel is late.",
            "Send me your order number.",
            "Please send me your order number.",
        ),
    ],
)
def test_one_thing_counts_where_the_other_is_missing(name: str, customer: str, without: str, beside: str) -> None:
    assert seen(customer, without)[name] > seen(customer, beside)[name]


def test_what_is_there_leaves_nothing_open() -> None:
    assert seen("When will it come?", "It comes on Friday.")["unanswered asks-when"] < 0.3
    assert seen("Thanks, bye!", "Hello.")["says nothing"] == 1
