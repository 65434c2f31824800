"""Early signs of a quarrel, in the customer's own words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from amends.engine.conversation import Conversation, Turn
from amends.engine.failings.escalation import NAMES, EarlySign, early_signs
from amends.engine.failings.signs import signals_of
from amends.engine.languages.reading import read
from amends.engine.measures.counted import heat_of

START = datetime(2026, 10, 12, 9, 0, tzinfo=UTC)


def signs(*texts: str, language: str = "en", heats: list[int] | None = None) -> dict[str, EarlySign]:
    turns = tuple(
        Turn(by="customer", text=text, at=START + timedelta(hours=at), language=language)
        for at, text in enumerate(texts)
    )
    read_turns = read(Conversation(id="", turns=turns, as_of=START + timedelta(days=1))).turns
    heats = heats or [heat_of({sign.name for sign in signals_of(turn)}) for turn in read_turns]
    return {sign.name: sign for sign in early_signs(read_turns, heats=heats)}


def test_a_calm_question_shows_nothing():
    assert signs("Good morning, could you tell me when the kettle arrives?") == {}


def test_heat_that_rises_points_at_the_hotter_words():
    found = signs("My kettle has not come.", "Hello. I am furious about this. Bye.")["rising"]
    assert (found.turn, found.before, found.words) == (1, 0, "I am furious about this")


def test_heat_that_falls_is_no_sign():
    assert "rising" not in signs("I am furious.", "My kettle has not come.")


def test_the_same_question_again_is_a_sign_and_another_one_is_none():
    again = signs("When does my kettle arrive?", "When will it come at last?")["asked-again"]
    assert (again.turn, again.before) == (1, 0)
    assert "asked-again" not in signs("When does my kettle arrive?", "And how do I descale it?")


def test_a_row_of_marks_is_loud_and_one_is_not():
    assert signs("The kettle is broken!!!")["loud"].words == "The kettle is broken!!!"
    assert "loud" not in signs("The kettle is broken!")


def test_capitals_are_loud():
    assert signs("I WANT MY MONEY BACK NOW")["loud"].turn == 0


LONG = "I ordered the blue kettle on the third of October and it has not come until today."


def test_shorter_and_shorter_is_a_sign_while_it_is_hot():
    cut = (LONG, "It still has not come and nobody tells me why.", "So where is it?")
    assert signs(*cut, heats=[0, 1, 1])["shorter"].before == 0
    assert "shorter" not in signs(*cut, heats=[0, 0, 0])


def test_a_short_word_of_thanks_is_no_sign():
    assert "shorter" not in signs(LONG, "It has come, and the lid is missing.", "Thank you!", heats=[1, 1, 1])


def test_two_short_messages_are_no_sign_either():
    assert "shorter" not in signs(LONG, "So where is it?", heats=[0, 2])


WORDS = {
    "en": ("When will my parcel arrive?", "This is outrageous!! When does it come? I want to speak to the manager.",
           "You idiots. I am cancelling and going to another shop."),
    "tr": ("Paketim ne zaman gelecek?", "Bu tam bir rezalet!! Ne zaman gelecek? Müdürünüzle görüşmek istiyorum.",
           "Aptallar. Siparişi iptal ediyorum, bir daha sizden alışveriş yapmam."),
    "fa": ("بسته‌ام کی می‌رسد؟", "این افتضاح است!! کی می‌رسد؟ می‌خواهم با مدیرتان صحبت کنم.",
           "شما احمق هستید. دیگر از شما خرید نمی‌کنم."),
    "mn": ("Илгээмж маань хэзээ ирэх вэ?", "Ичгүүр сонжуур!! Хэзээ ирэх вэ? Менежертэй чинь ярья.",
           "Тэнэгүүд ээ. Дахиж танайхаар үйлчлүүлэхгүй."),
}  # fmt: skip


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("name", [name for name in NAMES if name != "shorter"])
def test_each_sign_shows_in_each_language(language, name):
    found = signs(*WORDS[language], language=language)
    assert name in found, sorted(found)
    assert found[name].words in WORDS[language][found[name].turn]
