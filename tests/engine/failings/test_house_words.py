"""An organisation's own list of jargon, as an argument of the judgement."""

from datetime import UTC, datetime

import pytest

from amends.engine.conversation import Conversation, Turn
from amends.engine.failings import HouseWords, Term, judge_turn
from amends.engine.failings.house_words import is_plain
from amends.engine.languages.reading import read

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LISTED = HouseWords(
    jargon=(
        Term("en", "blue slip", "return label"),
        Term("en", "POS", "till"),
        Term("en", "slip"),
        Term("tr", "İade fişi", "iade etiketi"),
        Term("tr", "POS", "kasa"),
        Term("fa", "برگه‌آبی", "برچسب بازگشت"),
        Term("mn", "хөх хуудас", "буцаалтын шошго"),
    ),
    everyday=(Term("en", "RMA"),),
)


def jargon(language, reply, *, asked="", house=LISTED):
    said = [Turn(by="customer", text=asked, language=language)] if asked else []
    talk = Conversation(id="t", turns=(*said, Turn(by="agent", text=reply, language=language)), as_of=NOW)
    judgement = judge_turn(read(talk), house=house)
    return [one.words for one in judgement.failings if one.failing == "jargon"]


@pytest.mark.parametrize(
    ("language", "reply", "found"),
    [
        ("en", "I have put a blue slip into the parcel for you.", ["blue slip"]),
        ("en", "Both Blue Slips are in the parcel; pay at the POS.", ["Blue Slips", "POS"]),
        ("en", "I have posted the possible options to you.", []),
        ("tr", "Paketinize bir İADE FİŞİ koyduk.", ["İADE FİŞİ"]),
        ("tr", "İade fişinizi yarın gönderiyorum, POS'tan ödersiniz.", ["İade fişinizi", "POS"]),
        ("tr", "Postayla gönderdim.", []),
        ("fa", "برگه آبی را امروز برایتان فرستادم.", ["برگه آبی"]),
        ("mn", "Танд хөх хуудсыг өнөөдөр илгээлээ.", []),
        ("mn", "Танд хөх хуудас өнөөдөр илгээлээ.", ["хөх хуудас"]),
    ],
)
def test_its_words_are_pointed_at_one_by_one(language, reply, found):
    assert jargon(language, reply) == found
    assert not set(jargon(language, reply, house=HouseWords())) & set(found)


def test_a_word_that_the_customer_used_first_is_none():
    assert jargon("en", "The blue slip is in your parcel.", asked="Where is my blue slip?") == []


def test_a_word_that_is_explained_on_the_spot_is_none():
    assert jargon("en", "I have put a blue slip (a return label) into the parcel for you.") == []


def test_words_that_are_none_here_are_not_heard():
    reply = "We will open an RMA for you."
    assert jargon("en", reply, house=HouseWords()) == [reply.rstrip(".")] or jargon("en", reply, house=HouseWords())
    assert jargon("en", reply) == []
    assert jargon("en", "We will open an RMA and ask the DSLAM team.") != []


def test_only_plain_words_can_be_in_it():
    assert is_plain("3-D Secure")
    assert is_plain("برگه‌آبی")
    assert not any(is_plain(one) for one in ("a", "(a|b)", "refund~ x", "{we}", "x" * 61, "?!"))
