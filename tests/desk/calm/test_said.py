"""What is proposed to be said to a customer: each sentence passes the coach, in its own language."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from amends.desk.calm import said
from amends.desk.web import wording
from amends.engine.conversation import Conversation, Turn
from amends.engine.failings import judge_turn
from amends.engine.languages.reading import read
from amends.engine.promises.calendar import WorkingCalendar
from amends.engine.promises.undertaking import find_promises

ZONE = ZoneInfo("Europe/Istanbul")
NOW = datetime(2026, 11, 24, 14, 0, tzinfo=ZONE)  # a Tuesday
LANGUAGES = ("en", "tr", "fa", "mn")
INSULTS = {
    "en": "You have lied to me twice, you crooks!",
    "tr": "Beni iki kere kandırdınız, hepiniz hırsızsınız!",
    "fa": "دو بار به من دروغ گفتید، دزدها!",
    "mn": "Намайг хоёр удаа хуурлаа, луйварчид!",
}

CALM = {
    "en": "Where is my parcel?",
    "tr": "Kargom nerede?",
    "fa": "بستهٔ من کجاست؟",
    "mn": "Миний илгээмж хаана байна?",
}


def judged(text, language, *, after=INSULTS):
    turns = (
        Turn(by="customer", text=after[language], at=NOW - timedelta(minutes=30), language=language),
        Turn(by="agent", text=text, at=NOW, language=language),
    )
    reading = read(Conversation(id="", turns=turns, as_of=NOW), language=language)
    return judge_turn(reading, turn=1)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", range(3))
def test_a_boundary_is_calm_and_no_failing(language, place):
    found = judged(said.boundaries(language=language)[place], language)
    assert "calm-boundary" in {sign.name for sign in found.good}
    assert [one.failing for one in found.failings] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("what", "after"), [("holding", CALM), ("holding_hot", INSULTS), ("longer", INSULTS)])
def test_a_holding_message_promises_its_time_and_passes_the_coach(language, what, after):
    until = NOW + timedelta(minutes=20)
    named = {"by": said.by(until, now=NOW, language=language), "earlier": said.by(NOW, now=NOW, language=language)}
    text = said.say(what, language=language, **named)
    assert [one.failing for one in judged(text, language, after=after).failings] == []
    assert said.says_hour(text, until, language=language)
    promised = find_promises(text, language=language, now=NOW, calendar=WorkingCalendar.office(zone=ZONE))
    assert until in [one.due for one in promised]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letter_that_offers_a_call_passes_the_coach(language):
    slots = said.times([NOW + timedelta(hours=1), NOW + timedelta(days=1)], now=NOW, language=language)
    assert all(wording.day(day, language=language, year=False) in slots for day in (NOW, NOW + timedelta(days=1)))
    text = said.say("call", language=language, address="Ayşe Hanım", slots=slots, name="Deniz Kaya")
    assert [one.failing for one in judged(text, language).failings] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sorry", ["broken", "told", "waited", "read_it"])
def test_what_to_say_first_passes_the_coach(language, sorry):
    named = {"address": "A", "name": "Deniz", "organisation": "Karvan", "times": "3", "wish": "…"}
    text = " ".join(said.say(what, language=language, **named) for what in ("opening", sorry, "listen", "wish"))
    assert [one.failing for one in judged(text, language).failings] == []


@pytest.mark.parametrize(
    ("hour", "minute", "words"),
    [
        (14, 20, "14.20'ye"),
        (9, 30, "09.30'a"),
        (15, 0, "15.00'e"),
        (10, 0, "10.00'a"),
        (12, 5, "12.05'e"),
        (16, 40, "16.40'a"),
        (20, 0, "20.00'ye"),
    ],
)
def test_a_turkish_hour_takes_its_ending_by_sound(hour, minute, words):
    assert words in said.by(NOW.replace(hour=hour, minute=minute), now=NOW, language="tr")


@pytest.mark.parametrize(
    ("language", "today", "friday"),
    [
        ("en", "by 15:00 today", "by 15:00 on Friday 27 November"),
        ("tr", "bugün saat 15.00'e kadar", "27 Kasım Cuma günü saat 15.00'e kadar"),
        ("fa", "تا ساعت ۱۵:۰۰ امروز", "تا ساعت ۱۵:۰۰ جمعه ۶ آذر"),
        ("mn", "өнөөдөр 15:00 цагаас өмнө", "11-р сарын 27, баасан гарагт 15:00 цагаас өмнө"),
    ],
)
def test_a_time_is_said_in_running_text(language, today, friday):
    at = NOW.replace(hour=15)
    assert said.by(at, now=NOW, language=language) == today
    assert said.by(at + timedelta(days=3), now=NOW, language=language) == friday
