"""Sentences end where they end, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.engine.languages import get
from amends.engine.languages.sentences import beyond_salutation, sentences


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("en", "Dear Mr. Shaw, we called at 9.30. Nobody answered!", 3),
        ("en", "It costs 3.500 euros. See example.com for more.", 2),
        ("en", "See https://example.com/a?b=c!d. Then call us.", 2),
        ("en", "We open at 9 a.m. on Sunday.", 1),
        ("en", "Is that so? No. 5 is closed.", 2),
        ("en", "J. Smith will call you. He is kind.", 2),
        ("en", "We are very sorry.We will call.", 2),
        ("en", "Hello Anna\n\nyour parcel left today", 2),
        ("en", "This line was broken by a mail program that wraps at seventy\ncharacters and goes on.", 1),
        ("tr", "Sayın Dr. Yılmaz, saat 14.30'da geldik. Kapıyı açan olmadı.", 3),
        ("tr", "Fatura, fiş vb. belgeleri gönderin. Teşekkürler.", 2),
        ("tr", "21. gün doldu. Ne yapalım?", 2),
        ("fa", "قیمت ۳.۵ میلیون است. سپاس.", 2),
        ("fa", "چرا نیامدید؟ منتظر بودم", 2),
        ("mn", "Б. Болд гуай ирнэ. Та хүлээнэ үү.", 2),
        ("mn", "Цаас, үзэг г.м. зүйлс ирсэн. Баярлалаа.", 2),
        ("en", "...", 0),
        ("en", "", 0),
        ("en", "😡", 1),
    ],
)
def test_text_is_cut(code: str, text: str, expected: int) -> None:
    found = sentences(text, language=get(code))
    assert len(found) == expected, [text[each.start : each.end] for each in found]


def test_sentence_leaves_its_closing_mark_out() -> None:
    text = "  Where is it?  Here. "
    first, second = sentences(text, language=get("en"))
    assert (text[first.start : first.end], first.question) == ("Where is it", True)
    assert (text[second.start : second.end], second.question) == ("Here", False)


@pytest.mark.parametrize(
    ("code", "text"), [("tr", "Bugün gelir misiniz"), ("mn", "Та ирэх үү"), ("mn", "Хэзээ ирэх вэ")]
)
def test_question_needs_no_mark_where_words_make_it(code: str, text: str) -> None:
    assert sentences(text, language=get(code))[0].question


@given(st.text(max_size=80), st.sampled_from(["en", "tr", "fa", "mn", ""]))
def test_sentences_are_apart_and_in_order(text: str, code: str) -> None:
    last = 0
    for each in sentences(text, language=get(code)):
        assert last <= each.start < each.end <= len(text)
        last = each.end


def test_a_sentence_without_an_end_is_cut_at_spaces() -> None:
    text = "we lost it and " * 1_000
    found = sentences(text, language=get("en"))
    assert max(one.end - one.start for one in found) <= 2_000
    assert " ".join(text[one.start : one.end] for one in found) == text.strip()
    assert len(sentences("x" * 5_000, language=get("en"))) == 3


@pytest.mark.parametrize(
    ("code", "text", "head"),
    [
        ("en", "Hello, Ms Shaw, it is not our fault.", "Hello, Ms Shaw"),
        ("en", "Hello, Anna Shaw.", "Hello, Anna Shaw"),
        ("en", "Dear, you must understand that.", "Dear, you must understand that"),
        ("en", "Sorry, we sent the wrong one.", "Sorry, we sent the wrong one"),
        ("tr", "Ayşe Hanım merhaba, sorun bizde değil.", "Ayşe Hanım merhaba"),
        ("tr", "Sayın Yılmaz, sorun bizde değil.", "Sayın Yılmaz"),
        ("fa", "سلام، وقت بخیر، مشکل از ما نیست.", "سلام، وقت بخیر"),
        ("mn", "Сайн байна уу, Болд гуай, энэ манай буруу биш.", "Сайн байна уу, Болд гуай"),
    ],
)
def test_a_salutation_stands_apart_from_what_it_opens(code: str, text: str, head: str) -> None:
    first = sentences(text, language=get(code))[0]
    assert text[first.start : first.end] == head


@pytest.mark.parametrize(
    ("code", "text", "said"),
    [
        ("en", "Hello. The machine leaks.", "The machine leaks."),
        ("en", "Dear Ms Shaw,\nthe machine leaks.", "the machine leaks."),
        ("en", "Hello my parcel is lost", "Hello my parcel is lost"),
        ("tr", "Merhaba, makine su kaçırıyor.", "makine su kaçırıyor."),
        ("tr", "Merhaba kargom gelmedi. Yardım edin.", "Merhaba kargom gelmedi. Yardım edin."),
        ("fa", "سلام. ماشین نشتی دارد.", "ماشین نشتی دارد."),
        ("mn", "Сайн байна уу. Машин ус гоожоод байна.", "Машин ус гоожоод байна."),
        ("mn", "Сайн байна уу?", "Сайн байна уу?"),
        ("en", "", ""),
    ],
)
def test_beyond_a_greeting_stands_what_is_said(code: str, text: str, said: str) -> None:
    assert beyond_salutation(text, language=get(code)) == said
