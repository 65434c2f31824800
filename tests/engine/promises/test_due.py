"""Expressions of time in four languages, and when each falls due."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.engine.promises.calendar import WorkingCalendar
from amends.engine.promises.due import due_of, find_times
from amends.engine.promises.grammar import CODES
from amends.engine.promises.months import JALALI

NOW = datetime(2026, 11, 18, 10, 15)  # a Wednesday, 27 Aban 1405
OFFICE = WorkingCalendar.office(zone=ZoneInfo("UTC"))
TEHRAN = WorkingCalendar.office(zone=ZoneInfo("Asia/Tehran"), weekdays=(5, 6, 0, 1, 2))


def due(text: str, language: str, now: datetime = NOW, calendar: WorkingCalendar | None = None) -> str:
    calendar = calendar or (TEHRAN if language == "fa" else OFFICE)
    times = find_times(text, language=language, now=now, calendar=calendar)
    found = due_of(times, now=now, calendar=calendar)
    if found is None:
        return " ".join(time.sense for time in times)
    return found.isoformat(timespec="minutes") if isinstance(found, datetime) else found.isoformat()


ENGLISH = {
    "by Tuesday": "2026-11-24",
    "this Friday": "2026-11-20",
    "on Wednesday": "2026-11-25",
    "Tuesday next week": "2026-11-24",
    "next week on Friday": "2026-11-27",
    "Thursday, 26 November": "2026-11-26",
    "the 25th of November": "2026-11-25",
    "November 25th, 2026": "2026-11-25",
    "on 3 January": "2027-01-03",
    "by 25/11": "2026-11-25",
    "2026-12-01": "2026-12-01",
    "on the 2nd": "2026-12-02",
    "today": "2026-11-18",
    "the day after tomorrow": "2026-11-20",
    "tomorrow at noon": "2026-11-19T12:00",
    "tomorrow morning": "2026-11-19",
    "by 5 pm": "2026-11-18T17:00",
    "by 5": "2026-11-18T17:00",
    "at 9 a.m. tomorrow": "2026-11-19T09:00",
    "tonight at nine": "2026-11-18T21:00",
    "at 10": "2026-11-19T10:00",
    "at 05:30": "2026-11-19T05:30",
    "at 5:30": "2026-11-18T17:30",
    "at a quarter past four": "2026-11-18T16:15",
    "at a quarter to five": "2026-11-18T16:45",
    "half past two": "2026-11-18T14:30",
    "between 2 and 4 pm": "2026-11-18T16:00",
    "between one and three on Friday": "2026-11-20T15:00",
    "this time tomorrow": "2026-11-19T10:15",
    "within 24 hours": "2026-11-19T10:15",
    "in an hour": "2026-11-18T11:15",
    "in half an hour": "2026-11-18T10:45",
    "in an hour and a half": "2026-11-18T11:45",
    "in one and a half hours": "2026-11-18T11:45",
    "in ten minutes": "2026-11-18T10:25",
    "within the hour": "2026-11-18T11:15",
    "in four working hours": "2026-11-18T14:15",
    "within two days": "2026-11-20",
    "in a week": "2026-11-25",
    "in twenty-one days": "2026-12-09",
    "two weeks from today": "2026-12-02",
    "within 3-5 business days": "2026-11-25",
    "three to five working days": "2026-11-25",
    "in three months": "2027-02-18",
    "by the end of the week": "2026-11-20",
    "by the end of next week": "2026-11-27",
    "by the end of the month": "2026-11-30",
    "by the end of the day": "2026-11-18",
    "early next week": "2026-11-23",
    "the next working day": "2026-11-19",
    "two days ago": "past",
    "yesterday afternoon": "past",
    "last Friday": "past",
    "for three weeks": "past",
    "on 16 November": "past",
    "in a few days": "vague",
    "soon": "vague",
    "the same day": "open",
    "within two days of receiving it": "open",
    "24/7": "",
    "every Monday": "other",
    "Monday to Friday": "other",
    "a 2-year warranty": "other",
    "for 20 dollars": "",
    "at 20 % off": "",
}
TURKISH = {
    "salıya kadar": "2026-11-24",
    "Salı'ya kadar": "2026-11-24",
    "SALIYA KADAR": "2026-11-24",
    "saliya kadar": "2026-11-24",
    "bu cuma": "2026-11-20",
    "önümüzdeki perşembe günü": "2026-11-19",
    "haftaya cuma": "2026-11-27",
    "cumadan önce": "2026-11-20",
    "16 Aralık'a kadar": "2026-12-16",
    "25 Kasım Çarşamba günü": "2026-11-25",
    "25.11.2026'da": "2026-11-25",
    "25.11'e kadar": "2026-11-25",
    "ayın 25'ine kadar": "2026-11-25",
    "bugün": "2026-11-18",
    "yarın": "2026-11-19",
    "öbür gün": "2026-11-20",
    "yarın öğlene kadar": "2026-11-19T12:00",
    "yarın sabah": "2026-11-19",
    "saat 17:00'de": "2026-11-18T17:00",
    "17.30'da": "2026-11-18T17:30",
    "saat 17.30'a kadar": "2026-11-18T17:30",
    "saat beşte": "2026-11-18T17:00",
    "saat on yedide": "2026-11-18T17:00",
    "5'e kadar": "2026-11-18T17:00",
    "akşam 7'de": "2026-11-18T19:00",
    "bu akşam dokuza kadar": "2026-11-18T21:00",
    "cuma günü 9'da": "2026-11-20T09:00",
    "yarın iki kişi": "2026-11-19",
    "yarın saat 9'da": "2026-11-19T09:00",
    "saat 14:00-16:00 arasında": "2026-11-18T16:00",
    "10.00-12.00 arası": "2026-11-18T12:00",
    "yarım saat içinde": "2026-11-18T10:45",
    "bir buçuk saat içinde": "2026-11-18T11:45",
    "24 saat içinde": "2026-11-19T10:15",
    "iki saate kadar": "2026-11-18T12:15",
    "on dakikaya": "2026-11-18T10:25",
    "iki gün içinde": "2026-11-20",
    "iki güne": "2026-11-20",
    "yirmi bir gün içinde": "2026-12-09",
    "bir hafta içinde": "2026-11-25",
    "en geç 2 iş günü": "2026-11-20",
    "3-5 iş günü içinde": "2026-11-25",
    "üç ila beş iş günü": "2026-11-25",
    "haftanın sonuna kadar": "2026-11-20",
    "bu hafta içinde": "2026-11-20",
    "ay sonuna kadar": "2026-11-30",
    "gün içinde": "2026-11-18",
    "mesai bitimine kadar": "2026-11-18",
    "yarın bu saatlerde": "2026-11-19T10:15",
    "iki gün önce": "past",
    "geçen cuma": "past",
    "dün akşam": "past",
    "üç gündür": "past",
    "birkaç gün içinde": "vague",
    "en kısa sürede": "vague",
    "yakında": "vague",
    "aynı gün": "open",
    "her pazartesi": "other",
    "7/24": "",
    "250 TL": "",
}
PERSIAN = {
    "تا سه‌شنبه": "2026-11-24",
    "تا سه شنبه": "2026-11-24",
    "تا سهشنبه": "2026-11-24",
    "همین جمعه": "2026-11-20",
    "شنبه آینده": "2026-11-21",
    "سه‌شنبه‌ی هفته‌ی آینده": "2026-11-24",
    "قبل از یکشنبه": "2026-11-22",
    "تا ۴ آذر": "2026-11-25",
    "چهارم آذر ماه": "2026-11-25",
    "بیست و پنجم آذر": "2026-12-16",
    "۱۴۰۵/۰۹/۱۰": "2026-12-01",
    "تا 10/9": "2026-12-01",
    "۲۵ نوامبر": "2026-11-25",
    "۱۵ فروردین": "2027-04-04",
    "امروز": "2026-11-18",
    "فردا": "2026-11-19",
    "پس‌فردا": "2026-11-20",
    "پس فردا": "2026-11-20",
    "فردا ظهر": "2026-11-19T12:00",
    "ساعت ۵ عصر": "2026-11-18T17:00",
    "ساعت پنج": "2026-11-18T17:00",
    "تا ۵ عصر": "2026-11-18T17:00",
    "ساعت ۱۰ صبح فردا": "2026-11-19T10:00",
    "ساعت ۱۷:۳۰": "2026-11-18T17:30",
    "ساعت پنج و نیم": "2026-11-18T17:30",
    "ساعت یازده و ربع": "2026-11-18T11:15",
    "ساعت چهار و بیست دقیقه": "2026-11-18T16:20",
    "امشب ساعت ۹": "2026-11-18T21:00",
    "فردا تا ۱۱": "2026-11-19T11:00",
    "فردا بین ساعت ۹ تا ۱۱": "2026-11-19T11:00",
    "فردا همین ساعت": "2026-11-19T10:15",
    "تا ظهر": "2026-11-18T12:00",
    "نیم ساعت دیگه": "2026-11-18T10:45",
    "تا یک ربع ساعت دیگر": "2026-11-18T10:30",
    "یک ساعت و نیم دیگر": "2026-11-18T11:45",
    "تا ۴۸ ساعت آینده": "2026-11-20T10:15",
    "ده دقیقه‌ی دیگه": "2026-11-18T10:25",
    "ظرف دو روز": "2026-11-20",
    "دو روزه": "2026-11-20",
    "دو سه روز دیگه": "2026-11-21",
    "تا یک هفته دیگر": "2026-11-25",
    "سه تا پنج روز کاری": "2026-11-25",
    "تا آخر هفته": "2026-11-18",
    "تا آخر هفته آینده": "2026-11-25",
    "تا پایان ماه": "2026-11-21",
    "تا پایان آذر": "2026-12-21",
    "تا پایان وقت اداری فردا": "2026-11-19",
    "دو روز پیش": "past",
    "هفته گذشته": "past",
    "دیروز عصر": "past",
    "چند روز دیگر": "vague",
    "به زودی": "vague",
    "در اسرع وقت": "vague",
    "همان روز": "open",
    "هر شنبه": "other",
    "شنبه تا چهارشنبه": "other",
    "۲۰ هزار تومان": "",
}
MONGOLIAN = {
    "мягмар гарагт": "2026-11-24",
    "мягмарт": "2026-11-24",
    "Даваа гариг гэхэд": "2026-11-23",
    "энэ баасан гарагт": "2026-11-20",
    "ирэх долоо хоногийн мягмарт": "2026-11-24",
    "баасан гарагаас өмнө": "2026-11-20",
    "11 сарын 25-нд": "2026-11-25",
    "11-р сарын 25": "2026-11-25",
    "арван нэгдүгээр сарын 25-нд": "2026-11-25",
    "энэ сарын 28-нд": "2026-11-28",
    "25-ны өдөр": "2026-11-25",
    "2026.12.01": "2026-12-01",
    "12/01": "2026-12-01",
    "өнөөдөр": "2026-11-18",
    "маргааш": "2026-11-19",
    "нөгөөдөр": "2026-11-20",
    "маргааш үд гэхэд": "2026-11-19T12:00",
    "маргааш өглөө": "2026-11-19",
    "17 цагт": "2026-11-18T17:00",
    "17 цаг гэхэд": "2026-11-18T17:00",
    "17:30 цагт": "2026-11-18T17:30",
    "таван цагт": "2026-11-18T17:00",
    "өглөө 9 цагт": "2026-11-19T09:00",
    "орой 6 цагт": "2026-11-18T18:00",
    "үдээс хойш 3 цагт": "2026-11-18T15:00",
    "өнөө орой 9 цагт": "2026-11-18T21:00",
    "14-16 цагийн хооронд": "2026-11-18T16:00",
    "хагас цагийн дараа": "2026-11-18T10:45",
    "цаг хагасын дараа": "2026-11-18T11:45",
    "нэг цагийн дотор": "2026-11-18T11:15",
    "хорин дөрвөн цагийн дотор": "2026-11-19T10:15",
    "10 минутын дараа": "2026-11-18T10:25",
    "хоёр хоногийн дотор": "2026-11-20",
    "гурван өдөрт": "2026-11-21",
    "долоо хоногийн дотор": "2026-11-25",
    "7 хоногийн дотор": "2026-11-25",
    "ажлын 3 өдөрт": "2026-11-23",
    "ажлын 3-5 өдрийн дотор": "2026-11-25",
    "нэг сарын дараа": "2026-12-18",
    "долоо хоногийн эцсээр": "2026-11-20",
    "сарын сүүлээр": "2026-11-30",
    "ажлын цаг дуусахаас өмнө": "2026-11-18",
    "гурав хоногийн өмнө": "past",
    "өнгөрсөн даваа гарагт": "past",
    "өчигдөр орой": "past",
    "хэдэн хоногийн дотор": "vague",
    "удахгүй": "vague",
    "тухайн өдөртөө": "open",
    "Баасан гуай": "",
    "5000 төгрөг": "",
}
TABLES = {"en": ENGLISH, "tr": TURKISH, "fa": PERSIAN, "mn": MONGOLIAN}


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [(language, text, expected) for language, table in TABLES.items() for text, expected in table.items()],
)
def test_expression(language: str, text: str, expected: str) -> None:
    assert due(text, language) == expected


class TestCounting:
    def test_a_language_without_grammar_has_no_times(self) -> None:
        assert find_times("bis Dienstag", language="de", now=NOW, calendar=OFFICE) == ()

    def test_the_place_of_an_expression_is_of_the_original(self) -> None:
        text = "Eşyanız İZMİR’de, Salı’ya kadar gelir."
        (time,) = find_times(text, language="tr", now=NOW, calendar=OFFICE)
        assert text[time.start : time.end] == "Salı’ya"

    def test_working_days_are_those_of_the_calendar(self) -> None:
        off = WorkingCalendar.of(zone=OFFICE.zone, week=dict(OFFICE.week), days_off=("2026-11-19", "2026-11-20"))
        assert due("within 2 working days", "en", calendar=off) == "2026-11-24"
        assert due("by the end of the week", "en", calendar=off) == "2026-11-18"

    def test_an_aware_moment_is_counted_on_the_calendars_clock(self) -> None:
        # Half past ten in the evening of the 18th in UTC is the 19th in Tehran.
        now = datetime(2026, 11, 18, 22, 30, tzinfo=ZoneInfo("UTC"))
        assert due("فردا ساعت ۱۰", "fa", now) == "2026-11-20T10:00+03:30"

    def test_hours_that_run_over_a_change_of_clocks_are_true_hours(self) -> None:
        london = WorkingCalendar.office(zone=ZoneInfo("Europe/London"))
        night = datetime(2026, 3, 28, 22, tzinfo=london.zone)
        assert due("within 12 hours", "en", night, london) == "2026-03-29T11:00+01:00"

    def test_an_hour_gone_by_is_tomorrows(self) -> None:
        evening = datetime(2026, 11, 18, 18, 30)
        assert due("by 5 pm", "en", evening) == "2026-11-19T17:00"
        assert due("today by 5 pm", "en", evening) == "2026-11-18T17:00"

    def test_the_end_of_a_week_that_is_over_is_the_next_ones(self) -> None:
        assert due("by the end of the week", "en", datetime(2026, 11, 21, 12)) == "2026-11-27"

    @pytest.mark.parametrize(("now", "expected"), [("2025-03-19", "2025-03-20"), ("2026-03-19", "2026-03-20")])
    def test_the_end_of_esfand_knows_leap_years(self, now: str, expected: str) -> None:
        assert due("تا آخر اسفند", "fa", datetime.fromisoformat(now)) == expected


moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31))
LENGTHS = {
    "en": ("in {} hours", "within {} days", "in {} working days"),
    "tr": ("{} saat içinde", "{} gün içinde", "{} iş günü içinde"),
    "fa": ("تا {} ساعت دیگر", "ظرف {} روز", "تا {} روز کاری"),
    "mn": ("{} цагийн дотор", "{} хоногийн дотор", "ажлын {} өдрийн дотор"),
}
WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "tr": ("pazartesiye", "salıya", "çarşambaya", "perşembeye", "cumaya", "cumartesiye", "pazara"),
    "fa": ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنج‌شنبه", "جمعه", "شنبه", "یکشنبه"),
    "mn": ("даваад", "мягмарт", "лхагвад", "пүрэвт", "баасанд", "бямбад", "нямд"),
}


class TestProperties:
    @given(st.sampled_from(CODES), moments, st.integers(1, 30), st.integers(0, 2))
    def test_a_length_counts_from_the_moment_and_grows(self, code: str, now: datetime, n: int, unit: int) -> None:
        text = LENGTHS[code][unit]
        one, two = due(text.format(n), code, now), due(text.format(n + 1), code, now)
        assert now.date().isoformat() <= one[:10] <= two[:10]
        if unit == 0:
            assert one[:16] == (now + timedelta(hours=n)).isoformat(timespec="minutes")
        if unit == 1:
            assert one == (now.date() + timedelta(days=n)).isoformat()

    @given(st.sampled_from(CODES), moments, st.integers(0, 6))
    def test_a_weekday_is_the_coming_one(self, code: str, now: datetime, weekday: int) -> None:
        found = date.fromisoformat(due(WEEKDAYS[code][weekday], code, now))
        assert found.weekday() == weekday
        assert 1 <= (found - now.date()).days <= 7

    @given(moments)
    def test_the_end_of_a_jalali_month_is_its_last_day(self, now: datetime) -> None:
        found = date.fromisoformat(due("تا آخر ماه", "fa", now))
        year, month, day = JALALI.split(found)
        assert (year, month) == JALALI.split(now.date())[:2]
        assert day == JALALI.length(year, month)

    @given(moments, st.dates(date(2024, 1, 1), date(2030, 12, 31)))
    def test_a_jalali_date_is_found_by_its_digits(self, now: datetime, day: date) -> None:
        year, month, of_month = JALALI.split(day)
        persian = f"{year}/{month}/{of_month}".translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
        assert due(persian, "fa", now) == (day.isoformat() if day >= now.date() else "past")

    @settings(max_examples=40)
    @given(st.sampled_from(CODES), st.text(max_size=80), moments)
    def test_any_text_is_read_without_falling(self, code: str, text: str, now: datetime) -> None:
        for time in find_times(text, language=code, now=now, calendar=OFFICE):
            assert 0 <= time.start < time.end <= len(text)

    @settings(max_examples=40)
    @given(
        st.sampled_from(CODES),
        st.lists(
            st.sampled_from(sorted({word for table in TABLES.values() for text in table for word in text.split()}))
        ),
        moments,
    )
    def test_any_row_of_words_of_time_is_read_without_falling(self, code: str, words: list[str], now: datetime) -> None:
        due(" ".join(words), code, now)
