"""Legal limits: the worked figures of the regulators, and what holds for any limit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.engine.clocks.limits import ROLLS, UNITS, Limit, extended, term
from amends.engine.promises.calendar import Hours, WorkingCalendar
from amends.engine.promises.months import GREGORIAN, JALALI

ENGLAND = ("2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25", "2026-08-31", "2026-12-25", "2026-12-28")
IRELAND = ("2026-02-02", "2026-03-17", "2026-04-06", "2026-05-04", "2026-06-01")
TURKEY = (
    *("2026-03-20", "2026-03-21", "2026-03-22", "2026-04-23", "2026-05-01", "2026-05-19", "2026-05-27"),
    *("2026-05-28", "2026-05-29", "2026-05-30", "2026-07-15", "2026-08-30", "2026-10-29"),
)
SUNDAY, FRIDAY, THU_FRI = frozenset({6}), frozenset({4}), frozenset({3, 4})


def calendar(*, off: tuple[str, ...] = (), zone: str = "UTC") -> WorkingCalendar:
    """An office whose own hours have nothing to do with what a law counts."""
    return WorkingCalendar.of(
        zone=ZoneInfo(zone), week=dict.fromkeys(range(5), (Hours.of("09:00", "18:00"),)), days_off=off
    )


class TestWorkedFigures:
    @pytest.mark.parametrize(
        ("clock", "limit", "off", "start", "due"),
        [
            ("UK 3 BD", Limit(3, "working-days"), ENGLAND, "2026-03-02", "2026-03-05"),
            ("UK 8 weeks", Limit(8, "weeks"), ENGLAND, "2026-03-02", "2026-04-27"),
            ("UK PSD 15 BD", Limit(15, "working-days"), ENGLAND, "2026-03-02", "2026-03-23"),
            ("UK PSD 35 BD", Limit(35, "working-days"), ENGLAND, "2026-03-02", "2026-04-22"),
            ("IE 5 BD", Limit(5, "working-days"), IRELAND, "2026-03-02", "2026-03-09"),
            ("IE 20 BD", Limit(20, "working-days"), IRELAND, "2026-03-02", "2026-03-31"),
            ("IE 40 BD", Limit(40, "working-days"), IRELAND, "2026-03-02", "2026-04-29"),
            ("AU 21 CD", Limit(21, "days"), (), "2026-03-02", "2026-03-23"),
            ("AU 30 CD", Limit(30, "days"), (), "2026-03-02", "2026-04-01"),
            ("AU 45 CD", Limit(45, "days"), (), "2026-03-02", "2026-04-16"),
            ("US 15 CD", Limit(15, "days"), (), "2026-03-02", "2026-03-17"),
            ("US 60 CD", Limit(60, "days"), (), "2026-03-02", "2026-05-01"),
            ("ES 15 BD", Limit(15, "working-days"), (), "2026-03-02", "2026-03-23"),
            ("TR 14 CD", Limit(14, "days"), TURKEY, "2026-03-02", "2026-03-16"),
            ("TR bank card, no roll", Limit(20, "days"), TURKEY, "2026-03-02", "2026-03-22"),
            ("TR bank card, rolled over the feast", Limit(20, "days", roll="next"), TURKEY, "2026-03-02", "2026-03-23"),
            ("TR bank card, rolled back", Limit(20, "days", roll="previous"), TURKEY, "2026-03-02", "2026-03-19"),
            ("TR bank other", Limit(30, "days"), TURKEY, "2026-03-02", "2026-04-01"),
            ("TR EPDK", Limit(15, "working-days"), TURKEY, "2026-03-02", "2026-03-24"),
            ("TR BTK", Limit(10, "working-days"), TURKEY, "2026-03-02", "2026-03-16"),
            ("TR repair, Saturday counts", Limit(20, "working-days", SUNDAY), TURKEY, "2026-03-02", "2026-03-27"),
            ("TR repair, Saturday wrongly off", Limit(20, "working-days"), TURKEY, "2026-03-02", "2026-03-31"),
            ("MN petition", Limit(30, "days"), (), "2026-03-02", "2026-04-01"),
            ("MN petition, extended", extended(Limit(30, "days"), by=30), (), "2026-03-02", "2026-05-01"),
            ("MN proposal", Limit(90, "days"), (), "2026-03-02", "2026-05-31"),
            ("IR, Friday off", Limit(7, "working-days", FRIDAY), (), "2026-03-02", "2026-03-10"),
            ("IR, Thursday and Friday off", Limit(7, "working-days", THU_FRI), (), "2026-03-02", "2026-03-11"),
            ("UK before Easter", Limit(3, "working-days"), ENGLAND, "2026-04-02", "2026-04-09"),
            ("UK on a Saturday", Limit(3, "working-days"), ENGLAND, "2026-03-28", "2026-04-01"),
            ("UK over Christmas", Limit(3, "working-days"), ENGLAND, "2026-12-23", "2026-12-30"),
            ("UK over Christmas, 8 weeks", Limit(8, "weeks"), ENGLAND, "2026-12-23", "2027-02-17"),
        ],
    )
    def test_in_days(self, clock: str, limit: Limit, off: tuple[str, ...], start: str, due: str) -> None:
        start_at = datetime.fromisoformat(f"{start}T16:30").replace(tzinfo=UTC)
        assert term(limit, start=start_at, calendar=calendar(off=off)).day == date.fromisoformat(due), clock

    @pytest.mark.parametrize(
        ("hours", "due"), [(72, "2026-03-05T16:30"), (120, "2026-03-07T16:30"), (144, "2026-03-08T16:30")]
    )
    def test_in_hours(self, hours: int, due: str) -> None:
        tehran = ZoneInfo("Asia/Tehran")
        start = datetime(2026, 3, 2, 16, 30, tzinfo=tehran)
        found = term(Limit(hours, "hours"), start=start, calendar=calendar(zone="Asia/Tehran"))
        assert found.due == datetime.fromisoformat(due).replace(tzinfo=tehran)

    def test_extensions_count_from_the_same_event(self) -> None:
        assert extended(Limit(15, "working-days"), to=35).n == 35
        assert extended(Limit(15, "days"), to=60, unit="days").n == 60
        for wrong in ({}, {"to": 20, "by": 5}, {"to": 10}, {"by": 2, "unit": "weeks"}):
            with pytest.raises(ValueError, match="extension"):
                extended(Limit(15, "days"), **wrong)


class TestMonths:
    @pytest.mark.parametrize(
        ("start", "months", "due"),
        [("2026-08-31", 6, "2027-02-28"), ("2027-08-31", 6, "2028-02-29"), ("2026-10-15", 6, "2027-04-15")],
    )
    def test_ends_on_the_last_day_of_a_shorter_month(self, start: str, months: int, due: str) -> None:
        start_at = datetime.fromisoformat(start).replace(tzinfo=UTC)
        found = term(Limit(months, "months"), start=start_at, calendar=calendar(), months=GREGORIAN)
        assert found.day == date.fromisoformat(due)

    def test_follows_the_jalali_calendar_where_the_law_does(self) -> None:
        start = datetime(2026, 8, 22, 12, tzinfo=UTC)  # 31 Mordad 1405
        found = term(Limit(6, "months"), start=start, calendar=calendar(), months=JALALI)
        assert JALALI.split(found.day) == (1405, 11, 30)
        leap = datetime(2025, 3, 20, 12, tzinfo=UTC)  # 30 Esfand 1403, a leap year
        assert JALALI.split(term(Limit(12, "months"), start=leap, calendar=calendar(), months=JALALI).day) == (
            *(1404, 12, 29),
        )


class TestTheLastMoment:
    def test_is_midnight_or_closing_time(self) -> None:
        start = datetime(2026, 3, 2, 10, tzinfo=UTC)
        istanbul = calendar(zone="Europe/Istanbul")
        assert term(Limit(3, "working-days"), start=start, calendar=istanbul).due.isoformat() == (
            "2026-03-06T00:00:00+03:00"
        )
        closing = Limit(3, "working-days", end="close-of-business")
        assert term(closing, start=start, calendar=istanbul).due.isoformat() == "2026-03-05T18:00:00+03:00"
        # Nobody is there on the last day: it ends with the day.
        on_saturday = Limit(5, "days", end="close-of-business")
        assert term(on_saturday, start=start, calendar=istanbul).due.isoformat() == "2026-03-08T00:00:00+03:00"

    def test_the_day_is_the_one_where_the_customer_lives(self) -> None:
        late = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)  # the third of March in Ulaanbaatar
        assert term(Limit(30, "days"), start=late, calendar=calendar(zone="Asia/Ulaanbaatar")).day == date(2026, 4, 2)


def test_the_sum_is_told_in_days() -> None:
    found = term(
        Limit(20, "days", roll="next"), start=datetime(2026, 3, 2, 9, tzinfo=UTC), calendar=calendar(off=TURKEY)
    )
    assert [(each.why, each.counted) for each in found.days] == [("event", 0), ("counted", 20), ("rolled", 0)]
    found = term(Limit(5, "working-days"), start=datetime(2026, 3, 18, 9, tzinfo=UTC), calendar=calendar(off=TURKEY))
    assert [(each.why, each.first.day, each.last.day, each.counted) for each in found.days] == [
        ("event", 18, 18, 0),
        ("counted", 19, 19, 1),
        ("day-off", 20, 22, 0),
        ("counted", 23, 26, 4),
    ]


@pytest.mark.parametrize("wrong", [(0, "days"), (-3, "weeks"), (99999, "months")])
def test_a_limit_that_cannot_be_counted_is_refused(wrong: tuple[int, str]) -> None:
    with pytest.raises(ValueError, match="cannot be counted"):
        Limit(*wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="cannot be counted in"):
        Limit(3, "working-days", frozenset(range(7)))


RESTS = st.sets(st.integers(0, 6), max_size=6).map(frozenset)
LIMITS = st.builds(
    Limit,
    st.integers(1, 60),
    st.sampled_from(UNITS),
    RESTS,
    st.sampled_from(ROLLS),
    st.sampled_from(["end-of-day", "close-of-business"]),
)
STARTS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))
OFF = st.lists(st.dates(date(2024, 1, 1), date(2030, 1, 1)).map(date.isoformat), max_size=20).map(tuple)
ZONES = st.sampled_from(["UTC", "Asia/Tehran", "Asia/Ulaanbaatar", "Europe/Istanbul", "Europe/London"])


class TestAlways:
    @given(LIMITS, STARTS, OFF, ZONES, st.sampled_from([GREGORIAN, JALALI]))
    def test_ends_after_it_began_and_the_days_are_the_sum(self, limit, start, off, zone, months) -> None:
        found = term(limit, start=start, calendar=calendar(off=off, zone=zone), months=months)
        assert limit.roll == "previous" or found.due > start
        counted = sum(each.counted for each in found.days)
        if limit.unit in {"hours", "working-days"} and limit.roll != "previous":
            assert counted == limit.n
        for one, other in zip(found.days, found.days[1:], strict=False):
            assert other.first == one.last + timedelta(days=1)
        if limit.roll == "none":
            assert found.days[-1].last == found.day
        if limit.roll != "none" and limit.unit != "hours":
            assert found.day.weekday() not in limit.rest
            assert found.day.isoformat() not in off

    @given(LIMITS, STARTS, OFF, ZONES)
    def test_one_more_is_never_sooner(self, limit, start, off, zone) -> None:
        here = calendar(off=off, zone=zone)
        assert (
            term(limit, start=start, calendar=here).due <= term(extended(limit, by=1), start=start, calendar=here).due
        )
