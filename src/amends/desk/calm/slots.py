"""Times at which a call could be: in the owner's working calendar, and not beside another call. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Final

from amends.engine.promises.calendar import NoWorkingTimeError, WorkingCalendar

LENGTH: Final = timedelta(minutes=30)
SOONEST: Final = timedelta(minutes=30)  # the customer has to read it first
APART: Final = timedelta(hours=3)  # two of a day, so that one of them is in the other half of it
A_DAY: Final = 2
FOUND: Final = 4
WITHIN: Final = timedelta(days=14)


def slots(
    *, calendar: WorkingCalendar, now: datetime, taken: Collection[datetime] = (), count: int = FOUND
) -> list[datetime]:
    """Find the next times for a call, two of a day at most; none where nobody works for two weeks."""
    found: list[datetime] = []
    for slot in _free(calendar, now, taken):
        same_day = [one for one in found if one.date() == slot.date()]
        if len(same_day) < A_DAY and all(slot - one >= APART for one in same_day):
            found.append(slot)
        if len(found) == count:
            break
    return found


def is_free(*, calendar: WorkingCalendar, at: datetime, taken: Collection[datetime]) -> bool:
    """Whether a call at this time lies in working hours, and beside no other."""
    return _is_inside(calendar, at) and _is_apart(at, taken)


def _free(calendar: WorkingCalendar, now: datetime, taken: Collection[datetime]) -> Iterator[datetime]:
    at = _next_half_hour((now + SOONEST).astimezone(calendar.zone))
    until = now + WITHIN
    while at < until:
        if not calendar.is_open(at):
            try:
                at = _next_half_hour(calendar.next_opening(at))
            except NoWorkingTimeError:
                return
            continue
        if is_free(calendar=calendar, at=at, taken=taken):
            yield at
        at = (at.astimezone(now.tzinfo) + LENGTH).astimezone(calendar.zone)


def _is_inside(calendar: WorkingCalendar, at: datetime) -> bool:
    day = at.astimezone(calendar.zone).date()
    return any(opens <= at and at + LENGTH <= closes for opens, closes in calendar.open_spans(day))


def _is_apart(at: datetime, taken: Collection[datetime]) -> bool:
    return all(abs(at - one) >= LENGTH for one in taken)


def _next_half_hour(at: datetime) -> datetime:
    over = timedelta(minutes=at.minute % 30, seconds=at.second, microseconds=at.microsecond)
    return at + (timedelta(minutes=30) - over) if over else at
