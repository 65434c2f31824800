"""What was promised at another desk and is not yet due: it is owed here, and enters the ledger.

What fell due there before it came is history, of which nobody knows whether it was kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Final

from amends.desk.complaints.models import Complaint, Event, Stage
from amends.desk.promises import actions as promises
from amends.engine.promises.calendar import WorkingCalendar
from amends.engine.promises.undertaking import find_promises

END_OF_WORK: Final = time(18)  # of a day on which nobody works


def enter(*, complaint: Complaint, said: Iterable[Event], now: datetime) -> int:
    """Enter what our side promised in these words and still can keep; return how much it was."""
    if complaint.stage in {Stage.RESOLVED, Stage.CLOSED} or not complaint.owner.is_active:
        return 0
    calendar, entered = complaint.owner.calendar(), 0
    for event in said:
        found = find_promises(
            event.content.text, language=event.language or complaint.language, now=event.at, calendar=calendar
        )
        for promise in found:
            if promise.due is None:
                continue
            told = isinstance(promise.due, datetime)
            due_at = promise.due if isinstance(promise.due, datetime) else _end_of(promise.due, calendar)
            if due_at > now:
                promises.make(
                    complaint=complaint, owner=complaint.owner, made_in=event, words=promise.words, due_at=due_at,
                    whole_day=not told, now=now,
                )  # fmt: skip
                entered += 1
    return entered


def _end_of(day: date, calendar: WorkingCalendar) -> datetime:
    """A promise for a day is kept until work ends on it."""
    evening = datetime.combine(day, END_OF_WORK, calendar.zone)
    return max((closes for _opens, closes in calendar.open_spans(day)), default=evening)
