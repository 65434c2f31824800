"""Dates, times, numbers and names as readers of the four languages write them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from amends.desk.web import wording
from amends.desk.web.templatetags import look

TUESDAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("language", "whole", "with_weekday", "month"),
    [
        ("en", "24 November 2026", "Tuesday 24 November", "November 2026"),
        ("tr", "24 Kasım 2026", "24 Kasım Salı", "Kasım 2026"),
        ("fa", "۳ آذر ۱۴۰۵", "سه‌شنبه ۳ آذر", "آذر ۱۴۰۵"),
        ("mn", "2026 оны 11-р сарын 24", "мягмар, 11-р сарын 24", "2026 оны 11-р сар"),
    ],
)
def test_a_day_is_written_in_the_readers_calendar(language, whole, with_weekday, month):
    assert wording.day(TUESDAY, language=language, year=True) == whole
    assert wording.weekday_and_day(TUESDAY, language=language) == with_weekday
    assert wording.month(TUESDAY, language=language) == month


def test_every_day_of_a_leap_year_has_its_jalali_date():
    days = {wording.day(date(2028, 1, 1) + timedelta(days=n), language="fa", year=True) for n in range(366)}
    assert len(days) == 366


@pytest.mark.parametrize(
    ("language", "hours", "days", "minutes"),
    [
        ("en", "3 h", "2 d", "5 min"),
        ("tr", "3 sa.", "2 gün", "5 dk."),
        ("fa", "۳ ساعت", "۲ روز", "۵ دقیقه"),
        ("mn", "3 цаг", "2 хоног", "5 мин"),
    ],
)
def test_a_wait_is_short_and_in_its_largest_unit(language, hours, days, minutes):
    assert wording.span(timedelta(hours=3, minutes=59), language=language) == hours
    assert wording.span(timedelta(days=2, hours=5), language=language) == days
    assert wording.span(timedelta(minutes=5), language=language) == minutes
    assert wording.span(timedelta(seconds=-5), language="en") == "now"


@pytest.mark.parametrize(
    ("language", "earlier"),
    [("en", "3 hours ago"), ("tr", "3 saat önce"), ("fa", "۳ ساعت پیش"), ("mn", "3 цагийн өмнө")],
)
def test_what_has_just_been_is_told_by_how_long_ago(language, earlier):
    assert wording.ago(NOON - timedelta(hours=3, minutes=10), now=NOON, language=language) == earlier


def test_what_is_longer_ago_or_still_to_come_is_told_by_its_day():
    assert wording.ago(NOON - timedelta(hours=20), now=NOON, language="en") == "yesterday 16:00"
    assert wording.ago(NOON - timedelta(days=3), now=NOON, language="en") == "Thu 12:00"
    assert wording.ago(NOON - timedelta(days=40), now=NOON, language="en") == "13 October"
    assert wording.due(NOON + timedelta(hours=5), now=NOON, whole_day=False, language="en") == "today 17:00"
    assert wording.due(NOON + timedelta(days=1), now=NOON, whole_day=True, language="en") == "tomorrow"
    assert wording.due(NOON + timedelta(days=2, hours=5), now=NOON, whole_day=False, language="en") == "Tue 17:00"
    assert wording.due(NOON - timedelta(days=3), now=NOON, whole_day=False, language="en") == "19 November 12:00"
    assert wording.due(NOON - timedelta(days=3), now=NOON, whole_day=True, language="mn") == "11-р сарын 19"
    assert wording.due(NOON + timedelta(days=60), now=NOON, whole_day=False, language="en") == "21 January 2027"


def test_today_is_the_readers_today():
    late = datetime(2026, 11, 22, 22, 30, tzinfo=UTC).astimezone(ZoneInfo("Asia/Ulaanbaatar"))
    now = NOON.astimezone(ZoneInfo("Asia/Ulaanbaatar"))
    assert wording.due(late, now=now, whole_day=False, language="en") == "tomorrow 06:30"


@pytest.mark.parametrize(
    ("language", "amount"),
    [("en", "₺18,400.50"), ("tr", "₺18.400,50"), ("fa", "۱۸٬۴۰۰٫۵۰\u00a0لیر"), ("mn", "18\u00a0400,50\u00a0₺")],
)
def test_money_is_written_as_the_reader_writes_it(language, amount):
    assert wording.money(Decimal("18400.50"), currency="TRY", language=language) == amount


def test_whole_amounts_have_no_hundredths():
    assert wording.money(Decimal("250000.00"), currency="MNT", language="mn") == "250\u00a0000\u00a0₮"
    assert wording.money(Decimal("640.00"), currency="GBP", language="en") == "£640"
    assert wording.money(5, currency="", language="tr") == "5"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ayşe Yılmaz", "AY"),
        ("رضا کریمی", "ر"),
        ("Болормаа", "Б"),
        ("Б. Болормаа", "ББ"),
        ("", "?"),
        ("\u202eevil", "e"),
    ],
)
def test_initials_stand_for_a_person(name, letters):
    assert wording.initials(name) == letters


@pytest.mark.parametrize(
    ("language", "kettle", "picture", "note"),
    [
        ("en", "1.4\u00a0MB", "205\u00a0KB", "12\u00a0bytes"),
        ("tr", "1,4\u00a0MB", "205\u00a0KB", "12\u00a0bayt"),
        ("fa", "۱٫۴\u00a0مگابایت", "۲۰۵\u00a0کیلوبایت", "۱۲\u00a0بایت"),
        ("mn", "1,4\u00a0МБ", "205\u00a0КБ", "12\u00a0байт"),
    ],
)
def test_a_file_has_its_size_in_the_readers_words(language, kettle, picture, note):
    sizes = [wording.file_size(size, language=language) for size in (1_468_000, 210_000, 12)]
    assert sizes == [kettle, picture, note]


@pytest.mark.parametrize(
    ("language", "place"), [("en", "Istanbul"), ("tr", "İstanbul"), ("fa", "استانبول"), ("mn", "Истанбул")]
)
def test_a_time_zone_is_named_by_its_city(language, place):
    assert place in wording.zone_time(ZoneInfo("Europe/Istanbul"), language=language)
    assert wording.zone_time(ZoneInfo("UTC"), language=language) == "UTC"


def test_marks_that_turn_a_line_round_are_taken_out():
    assert wording.without_bidi_controls("a\u202eb\u2067c\u2069d\u202c") == "abcd"


@pytest.mark.parametrize(
    ("words", "title", "beyond"),
    [
        ("Kapak kırık. Pazar misafirim var.", "Kapak kırık…", "… Pazar misafirim var."),
        ("Kapak kırık.", "Kapak kırık.", ""),
        ("Kapak kırık", "Kapak kırık…", ""),
        ("Çok üzgünüm.", "Kapak kırık", "Çok üzgünüm."),
        ("Merhaba, kapak kırık. Pazar misafirim var.", "kapak kırık…", "… Pazar misafirim var."),
        (f"{'Uzun söz. ' * 9}Kapak kırık.", "Kapak kırık", f"{'Uzun söz. ' * 9}Kapak kırık."),
        ("قوری شکسته رسید، جمعه مهمان دارم", "قوری شکسته رسید…", "… جمعه مهمان دارم"),
        ("Kapak", "", "Kapak"),
        ("Kapak", "…", "Kapak"),
        ("", "Kapak", ""),
    ],
)
def test_a_line_says_only_what_its_title_does_not(words, title, beyond):
    assert wording.beyond(words, title=title) == beyond


@pytest.mark.parametrize(
    ("text", "language", "way"),
    [
        ("نرگس احمدی is responsible for it and stays with you.", "en", "ltr"),
        ("نرگس احمدی will call you by noon", "", "auto"),
        ("رضا, we send the new kettle to your door on Tuesday", "", "ltr"),
        ("Samovar شکسته رسید و هنوز کسی جواب نداده است", "fa", "rtl"),
        ("سلام، بسته نرسیده است", "", "rtl"),
        ("Please answer me in English.", "fa", "ltr"),
        ("+90 555", "fa", "rtl"),
        ("", "", "auto"),
    ],
)
def test_a_text_runs_as_its_language_whoevers_name_begins_it(text, language, way):
    assert wording.direction_of(text, language=language) == way


def test_addresses_in_words_are_set_apart():
    said = look.addresses_apart("صفحهٔ شما: http://desk.example/c/a_b/ <b> و a.b@desk.example.")
    assert '<bdi dir="ltr">http://desk.example/c/a_b/</bdi> &lt;b&gt;' in said
    assert '<bdi dir="ltr">a.b@desk.example</bdi>.' in said
    assert look.addresses_apart("Nothing of the kind: 3 < 4") == "Nothing of the kind: 3 &lt; 4"


@pytest.mark.parametrize(
    ("language", "words", "said"),
    [
        ("en", "Why me?", "Why me?"),
        ("en", "چرا من؟", "\u2068چرا من؟\u2069"),
        ("fa", "چرا من؟", "چرا من؟"),
        ("fa", "Why me?", "\u2068Why me?\u2069"),
        ("fa", "+976 0000 0220", "\u2068+976 0000 0220\u2069"),
        ("fa", "Б. Номин", "\u2068Б. Номин\u2069"),
        ("tr", "Г. Бат", "Г. Бат"),
        ("tr", "\u202eenough", "enough"),
    ],
)
def test_words_that_run_otherwise_stand_apart_in_a_plain_line(language, words, said):
    with translation.override(language):
        assert wording.apart(words) == said
