"""Working time: legal deadlines with their worked figures, days of rest as data, clocks that change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.engine.promises.calendar import Hours, NoWorkingTimeError, WorkingCalendar
from amends.engine.promises.months import GREGORIAN, JALALI

MON, TUE, WED, THU, FRI, SAT, SUN = range(7)
ENGLAND = ("2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25", "2026-08-31", "2026-12-25", "2026-12-28")
IRELAND = ("2026-02-02", "2026-03-17", "2026-04-06", "2026-05-04", "2026-06-01")
TURKEY = (
    *("2026-03-20", "2026-03-21", "2026-03-22", "2026-04-23", "2026-05-01", "2026-05-19", "2026-05-27"),
    *("2026-05-28", "2026-05-29", "2026-05-30", "2026-07-15", "2026-08-30", "2026-10-29"),
)
RECEIVED = date(2026, 3, 2)  # a Monday


def working(*weekdays: int, zone: str = "UTC", off: tuple[str, ...] = ()) -> WorkingCalendar:
    return WorkingCalendar.of(
        zone=ZoneInfo(zone), week={day: (Hours.of("09:00", "18:00"),) for day in weekdays}, days_off=off
    )


MON_FRI = (MON, TUE, WED, THU, FRI)
MON_SAT = (*MON_FRI, SAT)
SAT_WED = (SAT, SUN, MON, TUE, WED)
SAT_THU = (*SAT_WED, THU)
WEEKS = [MON_FRI, MON_SAT, SAT_WED, SAT_THU, tuple(range(7)), (TUE,), (MON, WED, FRI)]
ZONES = ["UTC", "Europe/London", "Asia/Tehran", "Asia/Ulaanbaatar", "Europe/Istanbul", "America/New_York"]


class TestLegalDeadlines:
    """Counted by hand from the regulators' own rules; the day of receipt is not counted."""

    @pytest.mark.parametrize(
        ("clock", "calendar", "start", "days", "due"),
        [
            ("UK acknowledgement", working(*MON_FRI, off=ENGLAND), RECEIVED, 3, "2026-03-05"),
            ("UK payment services", working(*MON_FRI, off=ENGLAND), RECEIVED, 15, "2026-03-23"),
            ("UK payment services, exceptional", working(*MON_FRI, off=ENGLAND), RECEIVED, 35, "2026-04-22"),
            ("UK, received on a Saturday", working(*MON_FRI, off=ENGLAND), date(2026, 3, 28), 3, "2026-04-01"),
            ("UK, Thursday before Easter", working(*MON_FRI, off=ENGLAND), date(2026, 4, 2), 3, "2026-04-09"),
            ("UK, over Christmas", working(*MON_FRI, off=ENGLAND), date(2026, 12, 23), 3, "2026-12-30"),
            ("Ireland, acknowledgement", working(*MON_FRI, off=IRELAND), RECEIVED, 5, "2026-03-09"),
            ("Ireland, update", working(*MON_FRI, off=IRELAND), RECEIVED, 20, "2026-03-31"),
            ("Ireland, answer", working(*MON_FRI, off=IRELAND), RECEIVED, 40, "2026-04-29"),
            ("Spain", working(*MON_FRI), RECEIVED, 15, "2026-03-23"),
            ("Turkey, energy", working(*MON_FRI, off=TURKEY), RECEIVED, 15, "2026-03-24"),
            ("Turkey, telecoms", working(*MON_FRI, off=TURKEY), RECEIVED, 10, "2026-03-16"),
            ("Turkey, repair: Saturday counts", working(*MON_SAT, off=TURKEY), RECEIVED, 20, "2026-03-27"),
            ("Turkey, repair, with Saturday wrongly off", working(*MON_FRI, off=TURKEY), RECEIVED, 20, "2026-03-31"),
            ("Iran, Friday off", working(*SAT_THU), RECEIVED, 7, "2026-03-10"),
            ("Iran, Thursday and Friday off", working(*SAT_WED), RECEIVED, 7, "2026-03-11"),
        ],
    )
    def test_in_working_days(self, clock: str, calendar: WorkingCalendar, start: date, days: int, due: str) -> None:
        assert calendar.add_working_days(start, days) == date.fromisoformat(due), clock

    @pytest.mark.parametrize(
        ("start", "days", "due"),
        [
            (RECEIVED, 14, "2026-03-16"),
            (RECEIVED, 15, "2026-03-17"),
            (RECEIVED, 20, "2026-03-22"),
            (RECEIVED, 21, "2026-03-23"),
            (RECEIVED, 30, "2026-04-01"),
            (RECEIVED, 45, "2026-04-16"),
            (RECEIVED, 56, "2026-04-27"),
            (RECEIVED, 60, "2026-05-01"),
            (RECEIVED, 90, "2026-05-31"),
            (date(2026, 12, 23), 56, "2027-02-17"),
        ],
    )
    def test_in_days_of_the_calendar_every_day_counts(self, start: date, days: int, due: str) -> None:
        assert working(*range(7)).add_working_days(start, days) == date.fromisoformat(due)

    def test_a_deadline_on_a_holiday_is_rolled_only_when_asked(self) -> None:
        turkey = working(*MON_FRI, off=TURKEY)
        due = date(2026, 3, 22)  # bayram, and a Sunday
        assert not turkey.is_working_day(due)
        assert turkey.on_or_after(due) == date(2026, 3, 23)
        assert turkey.on_or_before(due) == date(2026, 3, 19)

    @pytest.mark.parametrize(
        ("hours", "due"), [(72, "2026-03-05T16:30"), (120, "2026-03-07T16:30"), (144, "2026-03-08T16:30")]
    )
    def test_in_hours_that_never_stop(self, hours: int, due: str) -> None:
        tehran = ZoneInfo("Asia/Tehran")
        always = WorkingCalendar.of(zone=tehran, week={day: (Hours.of("00:00", "24:00"),) for day in range(7)})
        received = datetime(2026, 3, 2, 16, 30, tzinfo=tehran)
        found = always.add_working_time(received, timedelta(hours=hours))
        assert found.replace(tzinfo=None) == datetime.fromisoformat(due)


class TestDays:
    def test_the_start_may_be_day_one(self) -> None:
        office = working(*MON_FRI)
        assert office.add_working_days(RECEIVED, 3, "same_day") == date(2026, 3, 4)
        assert office.add_working_days(date(2026, 3, 7), 1, "same_day") == date(2026, 3, 9)
        assert office.add_working_days(RECEIVED, 0) == RECEIVED

    @pytest.mark.parametrize(
        ("weekdays", "begins", "ends"),
        [
            (MON_FRI, "2026-11-16", "2026-11-20"),
            (MON_SAT, "2026-11-16", "2026-11-21"),
            (SAT_WED, "2026-11-14", "2026-11-18"),
            (SAT_THU, "2026-11-14", "2026-11-19"),
            (tuple(range(7)), "2026-11-16", "2026-11-22"),
        ],
    )
    def test_the_working_week_begins_after_its_rest(self, weekdays: tuple[int, ...], begins: str, ends: str) -> None:
        calendar, wednesday = working(*weekdays), date(2026, 11, 18)
        assert calendar.start_of_week(wednesday) == date.fromisoformat(begins)
        assert calendar.last_working_day_of_week(wednesday) == date.fromisoformat(ends)

    def test_a_day_off_shortens_the_week(self) -> None:
        short = working(*MON_FRI, off=("2026-11-20",))
        assert short.last_working_day_of_week(date(2026, 11, 18)) == date(2026, 11, 19)

    def test_counting_backwards_is_refused(self) -> None:
        with pytest.raises(ValueError, match="forwards"):
            working(*MON_FRI).add_working_days(RECEIVED, -1)

    def test_a_calendar_without_hours_is_refused(self) -> None:
        nobody = WorkingCalendar.of(zone=UTC, week={MON: ()})
        with pytest.raises(NoWorkingTimeError):
            nobody.add_working_days(RECEIVED, 1)
        with pytest.raises(NoWorkingTimeError):
            nobody.next_opening(datetime(2026, 3, 2, tzinfo=UTC))

    @given(
        st.sampled_from(WEEKS),
        st.dates(date(2024, 1, 1), date(2029, 1, 1)),
        st.integers(0, 60),
        st.integers(0, 60),
        st.lists(st.dates(date(2024, 1, 1), date(2029, 6, 1)), max_size=6),
    )
    def test_days_add_up(self, week: tuple[int, ...], start: date, one: int, two: int, off: list[date]) -> None:
        calendar = working(*week, off=tuple(day.isoformat() for day in off))
        whole = calendar.add_working_days(start, one + two)
        assert calendar.add_working_days(calendar.add_working_days(start, one), two) == whole
        assert whole >= start + timedelta(days=one + two)
        assert not (one + two) or calendar.is_working_day(whole)
        assert calendar.add_working_days(start, one) <= whole


class TestHours:
    SPLIT = WorkingCalendar.of(
        zone=ZoneInfo("Europe/Istanbul"),
        week={day: (Hours.of("09:00", "12:00"), Hours.of("13:00", "18:00")) for day in MON_FRI},
        days_off=("2026-10-29",),
    )

    @pytest.mark.parametrize(
        ("at", "opens"),
        [
            ("2026-11-18T10:00", "2026-11-18T10:00"),
            ("2026-11-18T12:00", "2026-11-18T13:00"),
            ("2026-11-18T18:00", "2026-11-19T09:00"),
            ("2026-11-20T19:00", "2026-11-23T09:00"),
            ("2026-10-28T18:30", "2026-10-30T09:00"),
        ],
    )
    def test_next_opening(self, at: str, opens: str) -> None:
        zone = self.SPLIT.zone
        found = self.SPLIT.next_opening(datetime.fromisoformat(at).replace(tzinfo=zone))
        assert found == datetime.fromisoformat(opens).replace(tzinfo=zone)

    @pytest.mark.parametrize(
        ("at", "hours", "due"),
        [
            ("2026-11-18T10:00", 1, "2026-11-18T11:00"),
            ("2026-11-18T11:00", 2, "2026-11-18T14:00"),
            ("2026-11-18T09:00", 8, "2026-11-18T18:00"),
            ("2026-11-20T17:00", 2, "2026-11-23T10:00"),
            ("2026-11-21T03:00", 0, "2026-11-23T09:00"),
            ("2026-11-18T18:00", 0, "2026-11-18T18:00"),
        ],
    )
    def test_add_working_time(self, at: str, hours: int, due: str) -> None:
        zone = self.SPLIT.zone
        found = self.SPLIT.add_working_time(datetime.fromisoformat(at).replace(tzinfo=zone), timedelta(hours=hours))
        assert found == datetime.fromisoformat(due).replace(tzinfo=zone)

    def test_last_working_moment(self) -> None:
        assert self.SPLIT.last_working_moment(date(2026, 11, 18)) == datetime(2026, 11, 18, 18, tzinfo=self.SPLIT.zone)
        assert self.SPLIT.last_working_moment(date(2026, 11, 21)) is None

    def test_overlapping_hours_count_once(self) -> None:
        twice = WorkingCalendar.of(zone=UTC, week={MON: (Hours.of("09:00", "13:00"), Hours.of("12:00", "15:00"))})
        start = datetime(2026, 11, 16, tzinfo=UTC)
        assert twice.working_time_between(start, start + timedelta(days=1)) == timedelta(hours=6)

    def test_a_moment_without_a_zone_is_refused(self) -> None:
        with pytest.raises(ValueError, match="zone"):
            self.SPLIT.next_opening(datetime(2026, 11, 18, 10))

    def test_a_negative_length_is_refused(self) -> None:
        with pytest.raises(ValueError, match="forwards"):
            self.SPLIT.add_working_time(datetime(2026, 11, 18, tzinfo=UTC), timedelta(hours=-1))

    def test_moments_of_another_zone_are_read_on_the_calendars_clock(self) -> None:
        # Eight in the evening in Istanbul.
        late = datetime(2026, 11, 18, 17, tzinfo=UTC)
        assert not self.SPLIT.is_open(late)
        assert self.SPLIT.next_opening(late) == datetime(2026, 11, 19, 6, tzinfo=UTC)


class TestClocksThatChange:
    LONDON = ZoneInfo("Europe/London")
    NIGHT = WorkingCalendar.of(zone=LONDON, week={day: (Hours.of("00:00", "06:00"),) for day in range(7)})

    @pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 6), ("2026-03-29", 5), ("2026-10-25", 7)])
    def test_a_night_shift_is_as_long_as_it_truly_is(self, day: str, hours: int) -> None:
        start = datetime.fromisoformat(day).replace(tzinfo=self.LONDON)
        end = start + timedelta(days=1)
        assert self.NIGHT.working_time_between(start, end) == timedelta(hours=hours)

    def test_an_hour_that_does_not_exist_is_no_working_time(self) -> None:
        gap = WorkingCalendar.of(zone=self.LONDON, week={SUN: (Hours.of("01:00", "02:00"),)})
        spring = datetime(2026, 3, 29, tzinfo=self.LONDON)
        assert gap.working_time_between(spring, spring + timedelta(hours=20)) == timedelta(0)

    def test_an_hour_told_twice_counts_twice(self) -> None:
        gap = WorkingCalendar.of(zone=self.LONDON, week={SUN: (Hours.of("01:00", "02:00"),)})
        autumn = datetime(2026, 10, 25, tzinfo=self.LONDON)
        assert gap.working_time_between(autumn, autumn + timedelta(hours=20)) == timedelta(hours=2)

    def test_the_hour_of_a_due_moment_stays_on_the_dial(self) -> None:
        office = working(*range(7), zone="Europe/London")
        saturday = datetime(2026, 3, 28, 17, tzinfo=self.LONDON)
        due = office.add_working_time(saturday, timedelta(hours=2))
        assert (due.hour, due.utcoffset()) == (10, timedelta(hours=1))


moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
lengths = st.integers(0, 200 * 60).map(lambda minutes: timedelta(minutes=minutes))
spans = st.sampled_from([("09:00", "18:00"), ("00:00", "24:00"), ("22:00", "24:00"), ("01:30", "02:30")])
calendars = st.builds(
    lambda week, zone, span, off: WorkingCalendar.of(
        zone=ZoneInfo(zone), week={day: (Hours.of(*span),) for day in week}, days_off=off
    ),
    st.sampled_from(WEEKS),
    st.sampled_from(ZONES),
    spans,
    st.lists(st.dates(date(2025, 1, 1), date(2028, 6, 1)), max_size=4),
)


class TestArithmetic:
    @given(calendars, moments, lengths)
    def test_between_undoes_adding(self, calendar: WorkingCalendar, at: datetime, length: timedelta) -> None:
        assert calendar.working_time_between(at, calendar.add_working_time(at, length)) == length

    @given(calendars, moments, lengths, lengths)
    def test_lengths_add_up(self, calendar: WorkingCalendar, at: datetime, one: timedelta, two: timedelta) -> None:
        assert calendar.add_working_time(calendar.add_working_time(at, one), two) == calendar.add_working_time(
            at, one + two
        )

    @given(calendars, moments, lengths, lengths)
    def test_later_and_longer_never_fall_due_earlier(
        self, calendar: WorkingCalendar, at: datetime, length: timedelta, more: timedelta
    ) -> None:
        due = calendar.add_working_time(at, length)
        assert due <= calendar.add_working_time(at + more, length)
        assert due <= calendar.add_working_time(at, length + more)
        assert due.tzinfo is calendar.zone

    @given(calendars, moments, moments, moments)
    def test_time_between_is_additive(
        self, calendar: WorkingCalendar, one: datetime, two: datetime, three: datetime
    ) -> None:
        whole = calendar.working_time_between(one, three)
        assert calendar.working_time_between(one, two) + calendar.working_time_between(two, three) == whole
        assert calendar.working_time_between(three, one) == -whole

    @given(calendars, moments)
    def test_next_opening_is_open_and_the_next(self, calendar: WorkingCalendar, at: datetime) -> None:
        opening = calendar.next_opening(at)
        assert opening >= at
        assert calendar.is_open(opening)
        assert calendar.working_time_between(at, opening) == timedelta(0)
        assert calendar.is_open(at) == (opening == at)


class TestMonths:
    def test_a_leap_year_of_each_calendar(self) -> None:
        assert GREGORIAN.length(2028, 2) == 29
        assert JALALI.length(1403, 12) == 30
        assert JALALI.length(1404, 12) == 29
        assert JALALI.end_of_year(date(2025, 3, 1)) == date(2025, 3, 20)

    def test_no_such_day(self) -> None:
        assert GREGORIAN.day(2026, 2, 29) is None
        assert JALALI.day(1404, 12, 30) is None
        assert JALALI.day(1405, 9, 4) == date(2026, 11, 25)

    @given(st.sampled_from([GREGORIAN, JALALI]), st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(0, 40))
    def test_months_later_keeps_the_day_or_the_end(self, months, day: date, count: int) -> None:  # type: ignore[no-untyped-def]
        later = months.later(day, count)
        year, month, told = months.split(later)
        assert (year, month) == months.ahead(day, count)
        assert told == min(months.split(day)[2], months.length(year, month))
        assert later <= months.end_of_month(day, count)

    @given(st.sampled_from([GREGORIAN, JALALI]), st.dates(date(2000, 1, 1), date(2060, 1, 1)))
    def test_the_end_of_a_month_is_the_day_before_another(self, months, day: date) -> None:  # type: ignore[no-untyped-def]
        end = months.end_of_month(day)
        assert end >= day
        assert months.split(end + timedelta(days=1))[2] == 1
        assert months.split(end)[1] == months.split(day)[1]
