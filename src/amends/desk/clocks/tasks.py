"""Periodic work of this room."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from amends.desk.clocks import actions
from amends.desk.jobs.names import called
from amends.desk.jobs.periods import CLOCK, periodic


@called(_("Watch time limits: warn of what falls due, say what has passed"))
@periodic(every=timedelta(seconds=2), lane=CLOCK)
def look_at_clocks(*, now: datetime) -> int:
    return actions.look(now=now)


@called(_("Count time limits anew after their rules were changed"))
@periodic(every=timedelta(minutes=1))
def count_clocks_anew(*, now: datetime) -> int:
    return actions.recount_if_changed(now=now)
