from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from amends.desk.promises.warning import warn_at
from amends.engine.promises.calendar import Hours, WorkingCalendar

ISTANBUL = ZoneInfo("Europe/Istanbul")
OFFICE = WorkingCalendar.office(zone=ISTANBUL)


@pytest.mark.parametrize(
    ("due", "warned"),
    [
        ("2026-10-14 17:00", "2026-10-14 15:00"),  # within a day
        ("2026-10-14 10:00", "2026-10-13 17:00"),  # over a night
        ("2026-10-12 10:30", "2026-10-09 17:30"),  # over a weekend
        ("2026-10-14 22:00", "2026-10-14 16:00"),  # due when nobody works
        ("2026-10-14 11:00", "2026-10-14 09:00"),  # exactly from opening
    ],
)
def test_two_working_hours_are_left(due, warned):
    due_at, expected = (datetime.fromisoformat(text).replace(tzinfo=ISTANBUL) for text in (due, warned))
    assert warn_at(due_at=due_at, calendar=OFFICE) == expected


def test_the_weekend_is_data():
    iran = WorkingCalendar.of(
        zone=ZoneInfo("Asia/Tehran"), week={day: (Hours.of("08:00", "16:00"),) for day in (5, 6, 0, 1, 2)}
    )
    saturday = datetime(2026, 10, 17, 9, 0, tzinfo=iran.zone)
    assert warn_at(due_at=saturday, calendar=iran) == datetime(2026, 10, 14, 15, 0, tzinfo=iran.zone)


def test_nobody_ever_works():
    never = WorkingCalendar.of(zone=UTC, week={})
    due = datetime(2026, 10, 14, 12, 0, tzinfo=UTC)
    assert warn_at(due_at=due, calendar=never) == due - timedelta(hours=2)
