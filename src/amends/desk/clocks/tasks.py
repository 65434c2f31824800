"""Periodic work of this room."""

from __future__ import annotations

from datetime import datetime, timedelta

from amends.desk.clocks import actions
from amends.desk.jobs.periods import periodic


@periodic(every=timedelta(minutes=1))
def look_at_clocks(*, now: datetime) -> int:
    return actions.look(now=now)


@periodic(every=timedelta(minutes=1))
def count_clocks_anew(*, now: datetime) -> int:
    return actions.recount_if_changed(now=now)
