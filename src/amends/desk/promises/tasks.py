"""Periodic work of this room."""

from __future__ import annotations

from datetime import datetime, timedelta

from amends.desk.jobs.periods import periodic
from amends.desk.promises import actions


@periodic(every=timedelta(minutes=1))
def break_due_promises(*, now: datetime) -> int:
    return actions.break_due(now=now)
