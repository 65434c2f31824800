"""When to warn: a stretch of working time before a promise falls due. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from amends.desk.people.models import Agent
from amends.engine.promises.calendar import NoWorkingTimeError, WorkingCalendar

WARN_BEFORE = timedelta(hours=2)
WARN_LEAD_BEFORE = timedelta(hours=1)
WINDOWS = tuple(timedelta(days=days) for days in (1, 4, 15, 60))
MINUTE = timedelta(minutes=1)


def warn_at(*, due_at: datetime, calendar: WorkingCalendar, before: timedelta = WARN_BEFORE) -> datetime:
    """Return the minute from which that much working time is left until the promise is due.

    A calendar in which nobody works for two months warns at the due time less the stretch.
    """
    for window in WINDOWS:
        early = due_at - window
        if calendar.working_time_between(early, due_at) >= before:
            break
    else:
        return due_at - before
    # The working time left only shrinks on the way to the due time, so halving finds the last minute that has enough.
    enough, too_late = 0, int(window / MINUTE)
    while too_late - enough > 1:
        middle = (enough + too_late) // 2
        if calendar.working_time_between(early + middle * MINUTE, due_at) >= before:
            enough = middle
        else:
            too_late = middle
    return early + enough * MINUTE


def opening(agent: Agent, now: datetime) -> datetime:
    """The next moment at which somebody may be spoken to: now, when they are at work or never are."""
    try:
        return agent.calendar().next_opening(now)
    except NoWorkingTimeError:
        return now
