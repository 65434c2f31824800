"""Periodic work of this room."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from amends.desk.jobs.names import called
from amends.desk.jobs.periods import periodic
from amends.desk.promises import actions


@called(_("Watch promises: warn of what falls due, say what broke"))
@periodic(every=timedelta(minutes=1))
def break_due_promises(*, now: datetime) -> int:
    return actions.break_due(now=now)
