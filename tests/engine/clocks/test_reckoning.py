"""Clocks in working time: any week, any zone, clocks that change, pauses anywhere."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.engine.clocks.reckoning import Pause, reckon
from amends.engine.promises.calendar import Hours, NoWorkingTimeError, WorkingCalendar

ISTANBUL = ZoneInfo("Europe/Istanbul")
NONE, MINUTE, HOUR = timedelta(0), timedelta(minutes=1), timedelta(hours=1)
OFFICE = WorkingCalendar.office(zone=ISTANBUL)
WEEKS = [range(5), range(6), (5, 6, 0, 1, 2), (5, 6, 0, 1, 2, 3), (6, 0, 1, 2, 3), range(7), (1,)]
ZONES = [
    *("UTC", "Europe/London", "Asia/Tehran", "Asia/Ulaanbaatar", "Europe/Istanbul", "America/New_York"),
    *("Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia"),
]
SHIFTS = [
    (Hours.of("09:00", "18:00"),),
    (Hours.of("09:00", "12:30"), Hours.of("13:30", "18:00")),
    (Hours.of("00:00", "24:00"),),
    (Hours.of("01:30", "03:15"),),
    (Hours.of("22:00", "24:00"),),
]


def local(text: str, zone: ZoneInfo = ISTANBUL) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    week = draw(st.sampled_from(WEEKS))
    hours = draw(st.sampled_from(SHIFTS))
    # Leap days, ends of Jalali years and months, days on which clocks change.
    special = ["2024-02-29", "2028-02-29", "2025-03-20", "2026-03-21", "2026-03-29", "2026-10-25", "2026-03-08"]
    off = draw(st.lists(st.one_of(st.sampled_from(special), st.dates(date(2024, 1, 1), date(2029, 1, 1))), max_size=12))
    return WorkingCalendar.of(
        zone=ZoneInfo(draw(st.sampled_from(ZONES))), week=dict.fromkeys(week, hours), days_off=off
    )


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))
LENGTHS = st.integers(1, 60 * 60).map(lambda minutes: minutes * MINUTE)


@st.composite
def pauses(draw: st.DrawFn, start: datetime, *, ended: bool) -> list[Pause]:
    found, at = [], start
    for _ in range(draw(st.integers(0, 4))):
        begins = at + draw(st.timedeltas(-3 * HOUR, timedelta(days=3)))
        ends = begins + draw(st.timedeltas(NONE, timedelta(days=4)))
        found.append(Pause(begins, ends))
        at = ends
    if not ended and draw(st.booleans()):
        found.append(Pause(at + draw(st.timedeltas(NONE, timedelta(days=3)))))
    return found


class TestByHand:
    def test_runs_over_a_night_and_a_weekend(self) -> None:
        found = reckon(
            start=local("2026-10-09 16:00"), allowed=4 * HOUR, calendar=OFFICE, as_of=local("2026-10-09 17:00")
        )
        assert found.due == local("2026-10-12 11:00")
        assert found.used == HOUR
        assert found.left == 3 * HOUR
        assert [(each.why, each.counted) for each in found.stretches] == [
            ("counted", 2 * HOUR),
            ("weekend", NONE),
            ("counted", 2 * HOUR),
        ]

    def test_stands_still_while_it_is_the_customers_turn(self) -> None:
        away = Pause(local("2026-10-14 10:00"), local("2026-10-15 15:00"))
        found = reckon(
            start=local("2026-10-14 09:00"), allowed=3 * HOUR, calendar=OFFICE, pauses=[away],
            as_of=local("2026-10-15 16:00"),
        )  # fmt: skip
        assert found.due == local("2026-10-15 17:00")
        assert [(each.why, each.counted) for each in found.stretches] == [
            ("counted", HOUR),
            ("their-turn", NONE),
            ("counted", 2 * HOUR),
        ]

    def test_is_the_sum_that_the_documents_show(self) -> None:
        found = reckon(
            start=local("2026-10-09 16:00"), allowed=8 * HOUR, calendar=OFFICE,
            pauses=[Pause(local("2026-10-12 11:00"), local("2026-10-13 15:00"))], as_of=local("2026-10-14 12:00"),
        )  # fmt: skip
        assert found.due == local("2026-10-14 10:00")
        assert [(each.why, each.counted // HOUR) for each in found.stretches] == [
            *(("counted", 2), ("weekend", 0), ("counted", 2), ("their-turn", 0), ("counted", 3), ("counted", 1)),
        ]

    def test_is_due_at_no_time_while_it_stands_still(self) -> None:
        found = reckon(
            start=local("2026-10-14 09:00"), allowed=3 * HOUR, calendar=OFFICE,
            pauses=[Pause(local("2026-10-14 10:00"))], as_of=local("2026-10-16 10:00"),
        )  # fmt: skip
        assert (found.due, found.used, found.left, found.stands_still) == (None, HOUR, 2 * HOUR, True)
        assert found.stretches[-1].why == "their-turn"
        assert found.stretches[-1].end == local("2026-10-16 10:00")

    def test_begins_at_the_next_opening_and_says_so(self) -> None:
        found = reckon(start=local("2026-10-14 20:00"), allowed=HOUR, calendar=OFFICE, as_of=local("2026-10-14 21:00"))
        assert found.due == local("2026-10-15 10:00")
        assert [each.why for each in found.stretches] == ["outside-hours", "counted"]
        assert found.used == NONE

    def test_names_days_off_apart_from_the_weekend(self) -> None:
        feast = WorkingCalendar.of(
            zone=ISTANBUL, week=dict.fromkeys(range(5), (Hours.of("09:00", "18:00"),)),
            days_off=["2026-03-20", "2026-03-21", "2026-03-22"],
        )  # fmt: skip
        found = reckon(
            start=local("2026-03-19 17:00"), allowed=2 * HOUR, calendar=feast, as_of=local("2026-03-19 17:00")
        )
        assert found.due == local("2026-03-23 10:00")
        assert [each.why for each in found.stretches] == ["counted", "day-off", "weekend", "counted"]

    def test_an_hour_that_the_clocks_leave_out_is_not_counted(self) -> None:
        london = ZoneInfo("Europe/London")
        nights = WorkingCalendar.of(zone=london, week=dict.fromkeys(range(7), (Hours.of("00:00", "04:00"),)))
        start = local("2026-03-29 00:00", london)  # 01:00 does not exist
        assert reckon(start=start, allowed=2 * HOUR, calendar=nights, as_of=start).due == local(
            "2026-03-29 03:00", london
        )
        start = local("2026-10-25 00:00", london)  # 01:00 comes twice
        assert reckon(start=start, allowed=3 * HOUR, calendar=nights, as_of=start).due == local(
            "2026-10-25 02:00", london
        )

    def test_a_calendar_without_hours_is_refused(self) -> None:
        never = WorkingCalendar.of(zone=UTC, week={})
        start = datetime(2026, 10, 14, tzinfo=UTC)
        with pytest.raises(NoWorkingTimeError):
            reckon(start=start, allowed=HOUR, calendar=never, as_of=start)
        with pytest.raises(ValueError, match="longer than nothing"):
            reckon(start=start, allowed=NONE, calendar=OFFICE, as_of=start)


class TestAlways:
    @given(calendars(), MOMENTS, LENGTHS)
    def test_agrees_with_the_calendar_where_nothing_pauses(
        self, calendar: WorkingCalendar, start: datetime, allowed: timedelta
    ) -> None:
        found = reckon(start=start, allowed=allowed, calendar=calendar, as_of=start)
        assert found.due is not None
        assert calendar.working_time_between(start, found.due) == allowed
        assert found.due == calendar.add_working_time(start, allowed)

    @given(st.data(), calendars(), MOMENTS, LENGTHS)
    def test_the_stretches_are_the_sum(
        self, data: st.DataObject, calendar: WorkingCalendar, start: datetime, allowed: timedelta
    ) -> None:
        still = data.draw(pauses(start, ended=False))
        as_of = start + data.draw(st.timedeltas(NONE, timedelta(days=20)))
        found = reckon(start=start, allowed=allowed, calendar=calendar, pauses=still, as_of=as_of)
        counted = [each for each in found.stretches if each.why == "counted"]
        total = sum((each.counted for each in counted), NONE)
        assert total == allowed if found.due is not None else total < allowed
        assert all(calendar.working_time_between(each.start, each.end) == each.counted for each in counted)
        assert NONE <= found.used <= total
        ordered = [(each.start.astimezone(UTC), each.end.astimezone(UTC)) for each in counted]
        assert all(begins <= ends for begins, ends in ordered)
        assert all(one[1] <= other[0] for one, other in itertools.pairwise(ordered))

    @given(st.data(), calendars(), MOMENTS, LENGTHS)
    def test_nothing_is_counted_in_a_pause(
        self, data: st.DataObject, calendar: WorkingCalendar, start: datetime, allowed: timedelta
    ) -> None:
        still = data.draw(pauses(start, ended=False))
        found = reckon(start=start, allowed=allowed, calendar=calendar, pauses=still, as_of=start)
        for each in found.stretches:
            if each.why == "counted":
                begins, ends = each.start.astimezone(UTC), each.end.astimezone(UTC)
                assert (
                    all(
                        ends <= pause.start
                        or (pause.end is not None and pause.end <= begins)
                        or pause.start == pause.end
                        for pause in still
                    )
                    or begins == ends
                )

    @given(st.data(), calendars(), MOMENTS, LENGTHS, LENGTHS)
    def test_more_time_or_a_longer_pause_is_never_due_sooner(
        self, data: st.DataObject, calendar: WorkingCalendar, start: datetime, allowed: timedelta, more: timedelta
    ) -> None:
        still = data.draw(pauses(start, ended=True))
        plain = reckon(start=start, allowed=allowed, calendar=calendar, as_of=start)
        paused = reckon(start=start, allowed=allowed, calendar=calendar, pauses=still, as_of=start)
        longer = reckon(start=start, allowed=allowed + more, calendar=calendar, pauses=still, as_of=start)
        assert plain.due is not None
        assert paused.due is not None
        assert longer.due is not None
        assert plain.due <= paused.due <= longer.due

    @given(st.data(), calendars(), MOMENTS, LENGTHS)
    def test_the_zone_in_which_moments_are_told_changes_nothing(
        self, data: st.DataObject, calendar: WorkingCalendar, start: datetime, allowed: timedelta
    ) -> None:
        still = data.draw(pauses(start, ended=True))
        zone = ZoneInfo(data.draw(st.sampled_from(ZONES)))
        told = [Pause(each.start.astimezone(zone), each.end and each.end.astimezone(zone)) for each in still]
        here = reckon(start=start, allowed=allowed, calendar=calendar, pauses=still, as_of=start)
        there = reckon(
            start=start.astimezone(zone), allowed=allowed, calendar=calendar, pauses=told, as_of=start.astimezone(zone)
        )
        assert here == there
