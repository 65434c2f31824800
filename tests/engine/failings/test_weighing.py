"""Weights over findings: named features, a linear model a failing, evidence that is always there."""

from dataclasses import replace
from datetime import datetime

import numpy as np

from amends.engine.conversation import Conversation, Turn
from amends.engine.failings.catalogue import catalogue
from amends.engine.failings.moment import Moment
from amends.engine.failings.thresholds import hint_floor, threshold
from amends.engine.failings.weighing import Weights, Whole, features, load_weights, meant, placed, strongest, weighed
from amends.engine.languages.hidden import NOTHING_HIDDEN, Hidden
from amends.engine.languages.reading import read
from amends.engine.languages.vectors import SIZE

TALK = Conversation(
    id="talk",
    turns=(
        Turn(by="customer", text="The vase arrived in pieces!", language="en"),
        Turn(by="agent", text="Hello. This is not our fault.", language="en"),
    ),
    as_of=datetime(2026, 3, 2, 10),
)
REPLY_FAILINGS = {failing.id for failing in catalogue() if failing.seen == "reply"}


def moment():
    return Moment(read(TALK), 1)


def ruled(at):
    return {failing.id: tuple(failing.detect(at)) for failing in catalogue() if failing.seen == "reply"}


def test_features_are_named_and_lie_between_nothing_and_all():
    at = moment()
    seen = features(at, strongest(ruled(at)))
    assert all(0 <= value <= 1 for value in seen.values())
    assert seen["rule denial"] > 0.5
    assert seen["asked trouble"] > 0
    assert seen["first answer"] == 1


def test_the_shipped_weights_know_every_feature_and_every_failing():
    at, shipped = moment(), load_weights()
    assert set(shipped.names) == set(features(at, strongest(ruled(at))))
    assert set(shipped.failings) == REPLY_FAILINGS
    assert shipped.table.shape == (len(shipped.names), len(shipped.failings))


def test_a_weight_moves_its_failing():
    weights = Weights(("dated",), ("denial",), np.array([[-4.0]], dtype=np.float32), np.array([2.0], dtype=np.float32))
    assert weights.weigh({"dated": 0.0})["denial"] > 0.5 > weights.weigh({"dated": 1.0})["denial"]


def test_every_finding_points_at_words():
    at = moment()
    found = list(weighed(at, ruled(at)))
    assert {failing for failing, _ in found} == REPLY_FAILINGS
    assert all(one.words and 0 <= one.confidence <= 1 for _, one in found)
    assert next(one.words for failing, one in found if failing == "denial") == "This is not our fault"


def test_thresholds_stand_above_the_hints():
    for language in ("en", "fa", "mn", "tr"):
        for failing in REPLY_FAILINGS:
            assert hint_floor(learned=True) < threshold(failing, language, learned=True) < 1


def test_weights_add_what_numbers_mean_together():
    plain = np.zeros((2, 1), dtype=np.float32), np.array([-3.0], dtype=np.float32)
    one_without_the_other = Hidden(
        into=np.array([[4.0], [-4.0]], dtype=np.float32),
        onset=np.array([-1.0], dtype=np.float32),
        out=np.array([[2.0]], dtype=np.float32),
    )
    weights = Weights(("refused", "offered"), ("dead-end",), *plain, hidden=one_without_the_other)
    assert weights.weigh({"refused": 1.0})["dead-end"] > 0.9
    assert weights.weigh({"refused": 1.0, "offered": 1.0})["dead-end"] < 0.1


def test_without_a_hidden_layer_nothing_is_added():
    weights = Weights(("dated",), ("denial",), np.zeros((1, 1), dtype=np.float32), np.zeros(1, dtype=np.float32))
    assert weights.hidden is NOTHING_HIDDEN
    assert weights.weigh({"dated": 1.0}) == {"denial": 0.5}


def place(number):
    """A meaning of its own."""
    row = np.zeros(SIZE, dtype=np.float32)
    row[number] = 1
    return row


def a_whole(*, far_apart):
    """A second opinion that looks at one direction of the reply and one of what was asked."""
    table = np.zeros((1 + 2 * SIZE, 1), dtype=np.float32)
    table[1 + 7], table[1 + SIZE + 9] = far_apart, far_apart
    return Whole(np.zeros((2, SIZE), dtype=np.float32), table, np.zeros(1, dtype=np.float32), NOTHING_HIDDEN)


def test_what_reply_and_question_mean_counts_half():
    nothing = np.zeros((1, 1), dtype=np.float32), np.zeros(1, dtype=np.float32)
    weights = Weights(("dated",), ("not-listening",), *nothing, whole=a_whole(far_apart=8.0))
    beside, answered = np.stack([place(7), place(9)]), np.stack([place(3), place(4)])
    assert weights.weigh({}, beside)["not-listening"] > 0.99
    assert weights.weigh({}, answered) == weights.weigh({}) == {"not-listening": 0.5}


def test_nothing_asked_stands_nowhere():
    found = placed(np.stack([[place(1), np.zeros(SIZE, dtype=np.float32)]]), np.full((2, SIZE), 0.1, dtype=np.float32))
    assert found.shape == (1, 2 * SIZE)
    assert found[0, :SIZE].any()
    assert not found[0, SIZE:].any()


def test_what_is_answered_is_the_mean_of_its_sentences():
    talk = replace(TALK, turns=(Turn(by="customer", text="It broke. It leaks.", language="en"), *TALK.turns))
    found = read(talk)
    two, one, reply = found.turns
    two, one, reply = (replace(turn, meaning=place(at)) for at, turn in enumerate((two, one, reply)))
    meanings = meant(Moment(replace(found, turns=(two, one, reply)), 2))
    assert meanings is not None
    assert meanings[0].argmax() == 2
    assert meanings[1, :2].tolist() == [np.float32(2 / 3), np.float32(1 / 3)]


def test_cues_alone_tell_no_meaning():
    assert meant(moment()) is None
