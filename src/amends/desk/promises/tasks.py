"""Periodic work of this room."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from amends.desk.jobs.names import called
from amends.desk.jobs.periods import CLOCK, periodic
from amends.desk.promises import actions


@called(_("Watch promises: warn of what falls due, say what broke"))
# A pass with nothing to do is a few questions of indexes, so that what falls due is acted on within seconds.
@periodic(every=timedelta(seconds=2), lane=CLOCK)
def break_due_promises(*, now: datetime) -> int:
    return actions.break_due(now=now)
