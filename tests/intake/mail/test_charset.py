"""Bytes are read as their writer meant them, whatever the label says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.intake.mail.charset import codec, decode

TURKISH = "Sayın yetkili, kargom üç gündür gelmedi; şikâyetimi ilettim, değişen bir şey olmadı. ĞÜŞİ"
PERSIAN = "سلام، سفارش من هنوز نرسيده است و کسي پاسخ نمي دهد."
MONGOLIAN = "Сайн байна уу, миний захиалга хараахан ирээгүй байна."


@pytest.mark.parametrize("label", ["", "iso-8859-1", "us-ascii", "utf-8", "windows-1252", "nonsense", "default"])
@pytest.mark.parametrize(
    ("text", "real"),
    [
        (TURKISH, "cp1254"),
        (TURKISH, "iso8859-9"),
        (TURKISH, "utf-8"),
        (PERSIAN.replace("ک", "ك"), "cp1256"),
        (PERSIAN, "utf-8"),
        ("Миний захиалга хаана байна, хариу өгнө үү?", "utf-8"),
    ],
)
def test_it_sees_through_a_wrong_label(text: str, real: str, label: str) -> None:
    assert decode(text.encode(real), label) == text


@pytest.mark.parametrize("label", ["", "iso-8859-1", "windows-1251"])
def test_mongolian_gets_back_the_letters_that_windows_1251_lacks(label: str) -> None:
    written = MONGOLIAN.translate(str.maketrans("өүӨҮ", "єїЄЇ"))

    assert decode(written.encode("cp1251"), label) == MONGOLIAN


def test_ukrainian_keeps_its_own_letters() -> None:
    text = "Де моє замовлення? Її ще немає, і ніхто не відповідає."

    assert decode(text.encode("cp1251"), "windows-1251") == text


def test_koi8_is_told_from_windows_1251() -> None:
    text = "Захиалга ирсэнгуй, хариу огно уу"

    assert decode(text.encode("koi8-r"), "") == text


@pytest.mark.parametrize(
    "text",
    [
        "Café façade à la crème brûlée, señor Müller naïve",
        "Það er ekki rétt að þú sért ósáttur við þjónustuna",
        "It costs £20 or 25 € — “please” call",
        "Straße, Größe, Übergabe",
    ],
)
def test_latin_1_stays_what_it_is(text: str) -> None:
    assert decode(text.encode("cp1252"), "iso-8859-1") == text


@pytest.mark.parametrize(
    ("text", "real", "label"),
    [
        ("我的包裹没有到，请回复。㐂", "gb18030", "gb2312"),
        ("안녕하세요", "cp949", "ks_c_5601-1987"),
        ("Tôi không có hàng, đơn đâu", "cp1258", "windows-1258"),
        ("こんにちは", "iso2022_jp", "iso-2022-jp-ms"),
        ("こんにちは、荷物が届きません", "iso2022_jp", "ISO-2022-JP"),
        ("こんにちは", "cp932", "Shift_JIS"),
        ("שלום לכולם", "iso8859_8", "iso-8859-8-i"),
    ],
)
def test_labels_of_other_alphabets_are_believed(text: str, real: str, label: str) -> None:
    assert decode(text.encode(real), label) == text


def test_utf_8_that_is_damaged_in_one_place_stays_utf_8() -> None:
    data = TURKISH.encode()[:-1]  # cut in the middle of the last letter

    assert decode(data, "utf-8").startswith(TURKISH[:-1])


@pytest.mark.parametrize(
    "label",
    ["base64", "rot13", "idna", "unicode_escape", "x-unknown", "\udcff", "utf-8; format=flowed", '"UTF-8"'],
)
def test_a_label_is_a_codec_of_text_or_nothing(label: str) -> None:
    assert codec(label) in {"", "utf-8"}


@pytest.mark.parametrize("words", ["Сайн уу, Дорж", "The lamp is broken", "لامپ شکسته است"])
def test_a_mark_at_the_head_tells_the_charset(words: str) -> None:
    assert decode(words.encode("utf-16")) == words


def test_two_bytes_that_only_look_like_a_mark_hide_nothing() -> None:
    assert decode(b"\xff\xfehm, a broken lamp", "klingon-1").endswith("hm, a broken lamp")


@given(st.binary(max_size=200), st.sampled_from(["", "utf-8", "utf-7", "utf-16", "gb2312", "big5", "x", "iso-2022-jp"]))
def test_any_bytes_become_text_that_can_be_stored(data: bytes, label: str) -> None:
    assert isinstance(decode(data, label), str)
