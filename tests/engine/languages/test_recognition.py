"""The language of a message is recognised, short, mixed and in the wrong letters too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.engine.languages.recognition import recognise


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("My parcel has not arrived yet and nobody answers.", "en"),
        ("Siparişim hâlâ gelmedi, kimse telefona bakmıyor.", "tr"),
        ("siparisim nerede kaldi acaba", "tr"),
        ("سفارش من هنوز نرسیده است", "fa"),
        ("Миний захиалга одоо болтол ирээгүй байна", "mn"),
        ("Sain bnuu, zahialga mini haana yavj bgaa ve", "mn-Latn"),
        ("salam poole man ro chera pas nemidin", "fa-Latn"),
        ("Mein Paket ist immer noch nicht da", ""),
        ("Мой заказ до сих пор не пришёл", ""),
    ],
)
def test_message_is_recognised(text: str, code: str) -> None:
    assert recognise(text) == code


@pytest.mark.parametrize("text", ["", "👍", "5", "12345", "https://example.com/x"])
def test_message_without_words_keeps_the_language_of_the_conversation(text: str) -> None:
    assert recognise(text, prior="mn") == "mn"
    assert recognise(text) == ""


@pytest.mark.parametrize(("text", "prior"), [("ok", "tr"), ("ok", "en"), ("за", "mn"), ("سلام", "fa"), ("Tamam", "tr")])
def test_short_message_follows_the_conversation(text: str, prior: str) -> None:
    assert recognise(text, prior=prior) == prior


def test_other_script_overrules_the_conversation() -> None:
    assert recognise("سلام", prior="en") == "fa"


@given(st.text(max_size=60))
def test_anything_is_answered(text: str) -> None:
    assert recognise(text) in {"", "en", "tr", "fa", "mn", "mn-Latn", "fa-Latn"}
