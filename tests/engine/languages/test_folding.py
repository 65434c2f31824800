"""Folding makes spellings alike and keeps the way back to every character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.engine.languages import get
from amends.engine.languages.folding import _letter_by_letter, _letters, _lower_of, fold, same_letters


@pytest.mark.parametrize(
    ("code", "text", "folded"),
    [
        ("tr", "İstanbul'da IŞIK", "istanbul'da ışık"),
        ("tr", "SIPARISIM NEREDE", "siparisim nerede"),  # nobody who types without dots means a dotless I
        ("tr", "İSİM", "isim"),
        ("en", "I can’t — Zoë’s café", "i can't - zoe's cafe"),
        ("en", "sooooo late!!!", "so late!!!"),
        ("fa", "مي‌خواهم", "می خواهم"),
        ("fa", "كتاب ۳۴ و ٣٤", "کتاب 34 و 34"),
        ("fa", "ســلام", "سلام"),
        ("fa", "\u200fسلام\u200e", "سلام"),
        ("fa", "ﻻﻧﻪ", "لانه"),  # presentation forms
        ("mn", "ӨНӨӨДӨР", "өнөөдөр"),
        ("mn", "ѳнѳѳдѳр", "өнөөдөр"),
        ("en", "ok 😡🇹🇷", "ok 😡🇹🇷"),
        ("en", "ﬁne", "fine"),
        ("tr", "şeker", "şeker"),  # a letter and its mark, apart
    ],
)
def test_text_is_folded(code: str, text: str, folded: str) -> None:
    assert fold(text, language=get(code)).text == folded


def test_way_back_points_at_the_original() -> None:
    text = "Merhaba! ‘ÇOOOK’ geç kaldınız 😡 İade?"
    folded = fold(text, language=get("tr"))
    at = folded.text.index("çok")
    assert text[slice(*folded.back(at, at + 3))] == "ÇOOOK"
    at = folded.text.index("iade")
    assert text[slice(*folded.back(at, at + 4))] == "İade"


@given(st.text(max_size=60), st.sampled_from(["en", "tr", "fa", "mn", ""]))
def test_every_folded_character_has_a_place_in_order(text: str, code: str) -> None:
    folded = fold(text, language=get(code))
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(folded.starts, folded.ends, strict=True))
    assert list(folded.starts) == sorted(folded.starts)
    start, end = folded.back(0, len(folded.text))
    assert 0 <= start <= end <= len(text)


_LETTERS = st.text(st.sampled_from("abIİıiSşğé e\u0301\u0640\u200cۀکيیٔ۳ﬁﻻ…!’өѳ\n😡"), max_size=40)


@given(_LETTERS | st.text(max_size=40), st.sampled_from(["en", "tr", "fa", "mn", ""]))
def test_whole_stretches_fold_as_letters_do(text: str, code: str) -> None:
    language = get(code)
    letters = _letters(_lower_of(text, language), language.accents_matter)
    quickly, slowly = fold(text, language=language), _letter_by_letter(text, letters)
    assert quickly.text == slowly.text
    assert [*zip(quickly.starts, quickly.ends, strict=True)] == [*zip(slowly.starts, slowly.ends, strict=True)]


@pytest.mark.parametrize(
    ("code", "one", "other", "same"),
    [
        ("tr", "Ayşe", "AYSE", True),
        ("tr", "Ayşe", "Ayse", True),
        ("tr", "Ayşe", "Ayla", False),
        ("fa", "رحیم‌خانی", "رحيم خاني", True),
        ("mn", "Өлзий", "Олзий", True),
        ("en", "Zoë", "zoe", True),
    ],
)
def test_names_are_the_same_without_their_dots(code: str, one: str, other: str, same: bool) -> None:
    assert same_letters(one, other, language=get(code)) is same
