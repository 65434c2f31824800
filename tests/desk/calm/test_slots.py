"""Times for a call: in working hours, two of a day, beside no other call."""

import itertools
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from amends.desk.calm.slots import APART, LENGTH, SOONEST, slots
from amends.engine.promises.calendar import Hours, WorkingCalendar

ZONE = ZoneInfo("Asia/Tehran")
# Saturday to Wednesday, and half of Thursday.
TEHRAN = WorkingCalendar.of(
    zone=ZONE,
    week={**{day: [Hours.of("09:00", "18:00")] for day in (5, 6, 0, 1, 2)}, 3: [Hours.of("09:00", "13:00")]},
)
THURSDAY = datetime(2026, 10, 15, 11, 10, tzinfo=ZONE)


def test_the_next_half_hour_that_leaves_time_to_read():
    assert slots(calendar=TEHRAN, now=THURSDAY)[0] == THURSDAY.replace(hour=12, minute=0)


def test_friday_is_no_day_for_a_call():
    found = slots(calendar=TEHRAN, now=THURSDAY)
    assert [one.weekday() for one in found] == [3, 5, 5, 6]


def test_a_time_that_is_taken_is_left_out():
    first = slots(calendar=TEHRAN, now=THURSDAY)[0]
    assert first not in slots(calendar=TEHRAN, now=THURSDAY, taken=[first])


def test_nobody_ever_works():
    never = WorkingCalendar.of(zone=ZONE, week={})
    assert slots(calendar=never, now=THURSDAY) == []


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(ZoneInfo("Europe/London"))))
def test_each_time_is_ahead_within_hours_and_apart_whatever_the_clock_does(now):
    calendar = WorkingCalendar.office(zone=ZoneInfo("Europe/London"))
    found = slots(calendar=calendar, now=now)
    assert len(found) == 4
    for one in found:
        assert one - now >= SOONEST or one.timestamp() - now.timestamp() >= SOONEST.total_seconds()
        assert calendar.is_open(one)
        assert calendar.is_open(one + LENGTH - timedelta(minutes=1))
    for one, other in itertools.pairwise(found):
        assert other > one
        assert one.date() != other.date() or other - one >= APART
