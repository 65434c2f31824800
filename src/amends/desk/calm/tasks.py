"""Periodic work of this room."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from amends.desk.calm import actions
from amends.desk.jobs.names import called
from amends.desk.jobs.periods import periodic


@called(_("Give back what a colleague was asked to take over and did not answer"))
@periodic(every=timedelta(minutes=5))
def give_back(*, now: datetime) -> int:
    return actions.lapse(now=now)
