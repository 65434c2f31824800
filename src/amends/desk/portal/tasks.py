"""Periodic work of this room."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from amends.desk.jobs.names import called
from amends.desk.jobs.periods import periodic
from amends.desk.portal import kept_files


@called(_("Clear away files of forms that were never sent"))
@periodic(every=timedelta(hours=6))
def sweep_files_nobody_came_back_for(*, now: datetime) -> int:
    return kept_files.sweep(now=now)
