"""Periodic work of this room."""

from __future__ import annotations

from datetime import datetime, timedelta

from amends.desk.jobs.periods import periodic
from amends.desk.portal import kept_files


@periodic(every=timedelta(hours=6))
def sweep_files_nobody_came_back_for(*, now: datetime) -> int:
    return kept_files.sweep(now=now)
