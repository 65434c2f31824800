"""Promises that come again: by the wall clock, over clock changes, month ends and leap years."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.engine.promises.calendar import WorkingCalendar
from amends.engine.promises.months import GREGORIAN, JALALI
from amends.engine.promises.recurring import Every, every_in, first_day, next_due
from amends.engine.promises.undertaking import find_promises

LONDON, TEHRAN = ZoneInfo("Europe/London"), ZoneInfo("Asia/Tehran")


class TestReading:
    @pytest.mark.parametrize(
        ("language", "text", "every"),
        [
            ("en", "I will call you every Friday.", Every("week", 1, 4)),
            ("en", "I'll write to you every day at 17:00.", Every("day")),
            ("en", "We will send you news every 2 weeks.", Every("week", 2)),
            ("tr", "Sizi her cuma arayacağım.", Every("week", 1, 4)),
            ("tr", "Size her gün saat 17:00'de yazacağım.", Every("day")),
            ("tr", "Her hafta bilgi vereceğim.", Every("week")),
            ("fa", "هر جمعه با شما تماس می‌گیرم.", Every("week", 1, 4)),
            ("fa", "هر روز به شما خبر می‌دهم.", Every("day")),
            ("mn", "Би баасан гараг бүр тантай утсаар ярина.", Every("week", 1, 4)),
            ("mn", "Долоо хоног бүр танд мэдээлнэ.", Every("week")),
            ("en", "I will write to you once a week, on Fridays.", Every("week", 1, 4)),
            ("en", "On Mondays I will call you.", Every("week", 1, 0)),
            ("en", "You will hear from me every other week.", Every("week", 2)),
            ("tr", "Cuma günleri sizi arayacağım.", Every("week", 1, 4)),
            ("tr", "Her hafta cuma günü sizi arıyorum.", Every("week", 1, 4)),
            ("tr", "Haftada bir size bilgi vereceğim.", Every("week")),
            ("tr", "İki haftada bir sizi arayacağım.", Every("week", 2)),
            ("fa", "هر هفته جمعه‌ها با شما تماس می‌گیرم.", Every("week", 1, 4)),
            ("fa", "روزهای شنبه به شما زنگ می‌زنم.", Every("week", 1, 5)),
            ("fa", "هفته‌ای یک بار به شما خبر می‌دهم.", Every("week")),
            ("fa", "هر دو هفته یک بار با شما تماس می‌گیرم.", Every("week", 2)),
            ("mn", "Долоо хоног бүрийн баасан гарагт би тан руу залгана.", Every("week", 1, 4)),
            ("mn", "Долоо хоногт нэг удаа танд мэдээлэл өгнө.", Every("week")),
            ("mn", "Хоёр долоо хоног тутам танд мэдээлнэ.", Every("week", 2)),
        ],
    )
    def test_finds_how_often(self, language, text, every):
        assert every_in(text, language=language) == every

    @pytest.mark.parametrize(
        ("language", "text"),
        [
            *(("en", "I will call you on Friday."), ("tr", "Sizi cuma günü arayacağım."), ("xx", "every Friday")),
            ("en", "Every customer matters."),
        ],
    )
    def test_finds_nothing_where_nothing_comes_again(self, language, text):
        assert every_in(text, language=language) is None

    def test_codes_are_read_back(self):
        for every in (Every("day"), Every("week", 2), Every("month", 3)):
            assert Every.of(every.code) == every
        assert [Every.of(code) for code in ("", "moon", "x-day", "0-day", "day-2")] == [None] * 5


class TestInADraft:
    NOW = datetime(2026, 10, 14, 9, tzinfo=TEHRAN)

    @pytest.mark.parametrize(
        ("language", "text", "due"),
        [
            ("en", "I will call you every Friday.", date(2026, 10, 16)),
            ("en", "I will call you every Friday at 10:00.", datetime(2026, 10, 16, 10, tzinfo=TEHRAN)),
            ("en", "I will report to you each Monday morning.", date(2026, 10, 19)),
            ("tr", "Sizi her cuma arayacağım.", date(2026, 10, 16)),
            ("fa", "هر جمعه با شما تماس می‌گیرم.", date(2026, 10, 16)),
            ("mn", "Долоо хоног бүр танд мэдээлнэ.", date(2026, 10, 21)),
            ("en", "I'll send you an update each week.", date(2026, 10, 21)),
            ("tr", "Cuma günleri sizi arayacağım.", date(2026, 10, 16)),
            ("fa", "جمعه‌ها به شما زنگ می‌زنم.", date(2026, 10, 16)),
            ("fa", "هر شنبه ساعت ۱۰ به شما زنگ می‌زنم.", datetime(2026, 10, 17, 10, tzinfo=TEHRAN)),
            ("mn", "Би баасан гараг бүр тантай утсаар ярина.", date(2026, 10, 16)),
            ("mn", "Даваа гараг бүрийн өглөө танд бичиж байна.", date(2026, 10, 19)),
        ],
    )
    def test_is_a_promise_with_a_first_time(self, language, text, due):
        calendar = WorkingCalendar.office(zone=TEHRAN)
        (found,) = find_promises(text, language=language, now=self.NOW, calendar=calendar)
        assert (found.due, found.vague, found.every is not None) == (due, False, True)

    @pytest.mark.parametrize(
        ("language", "text"),
        [
            ("en", "We deliver every Friday."),
            ("en", "Our shop opens every day at 9:00."),
            ("tr", "Her gün saat 9'da açıyoruz."),
            ("fa", "هر روز از ساعت ۹ تا ۱۷ پاسخگو هستیم."),
            ("fa", "هر روز سفارش‌ها را ارسال می‌کنیم."),
            ("mn", "Бид өдөр бүр 9 цагт нээдэг."),
        ],
    )
    def test_what_is_done_for_everybody_is_no_promise(self, language, text):
        calendar = WorkingCalendar.office(zone=TEHRAN)
        assert find_promises(text, language=language, now=self.NOW, calendar=calendar) == ()


class TestTheNextOne:
    def test_keeps_its_hour_when_the_clocks_change(self):
        first = datetime(2026, 10, 23, 17, tzinfo=LONDON)  # summer time ends two days later
        due = next_due(first, every=Every("week"), after=first)
        assert due == datetime(2026, 10, 30, 17, tzinfo=LONDON)

    def test_an_hour_that_does_not_exist_is_the_one_after_it(self):
        first = datetime(2026, 3, 28, 1, 30, tzinfo=LONDON)
        due = next_due(first, every=Every("day"), after=first)
        assert due.isoformat() == "2026-03-29T02:30:00+01:00"
        assert next_due(first, every=Every("day"), after=due) == datetime(2026, 3, 30, 1, 30, tzinfo=LONDON)

    def test_counts_months_from_the_first(self):
        first = datetime(2027, 12, 31, 12, tzinfo=UTC)
        dues = [next_due(first, every=Every("month"), after=first + timedelta(days=days)) for days in (0, 40, 70)]
        assert [due.date() for due in dues] == [date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31)]

    def test_counts_jalali_months_for_who_lives_by_them(self):
        first = datetime(2026, 8, 22, 12, tzinfo=TEHRAN)  # 31 Mordad
        dues = [
            next_due(first, every=Every("month"), after=first + timedelta(days=days), months=JALALI)
            for days in (0, 40, 200)
        ]
        assert [JALALI.split(due.date()) for due in dues] == [(1405, 6, 31), (1405, 7, 30), (1405, 12, 29)]

    def test_leaves_out_what_has_passed(self):
        first = datetime(2026, 10, 2, 9, tzinfo=UTC)
        due = next_due(first, every=Every("week"), after=first + timedelta(days=30))
        assert due == first + timedelta(days=35)
        for every, steps in ((Every("day"), 9999), (Every("week", 2), 700), (Every("day", 3), 1)):
            step = timedelta(days=every.step * (7 if every.unit == "week" else 1))
            assert next_due(first, every=every, after=first + steps * step) == first + (steps + 1) * step
        assert next_due(first, every=Every("month"), after=datetime(2046, 10, 2, 9, tzinfo=UTC)) == datetime(
            2046, 11, 2, 9, tzinfo=UTC
        )

    def test_begins_on_the_coming_day(self):
        friday = date(2026, 10, 16)
        assert first_day(Every("week", 1, 4), today=friday) == date(2026, 10, 23)
        assert first_day(Every("week", 1, 4), today=date(2026, 10, 14)) == friday
        assert first_day(Every("day"), today=friday) == date(2026, 10, 17)


STARTS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31))
ZONES = st.sampled_from(["UTC", "Europe/London", "Asia/Tehran", "America/New_York", "Australia/Lord_Howe"]).map(
    ZoneInfo
)
EVERIES = st.builds(Every, st.sampled_from(["day", "week", "month"]), st.integers(1, 3))


@given(STARTS, ZONES, EVERIES, st.timedeltas(timedelta(0), timedelta(days=300)), st.sampled_from([GREGORIAN, JALALI]))
def test_is_always_later_than_asked_for_and_near_its_hour(start, zone, every, passed, months):
    first = start.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    after = first.astimezone(UTC) + passed
    due = next_due(first, every=every, after=after, months=months)
    assert due.astimezone(UTC) > after
    on_the_wall = timedelta(hours=due.hour, minutes=due.minute) - timedelta(hours=first.hour, minutes=first.minute)
    assert on_the_wall % timedelta(days=1) <= timedelta(hours=1)
    assert due.astimezone(UTC) - after <= timedelta(
        days=31 * every.step + 2 if every.unit == "month" else 7 * every.step + 1
    )
