"""Periodic work of this room."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from amends.desk.jobs.names import called
from amends.desk.jobs.periods import CLOCK, periodic
from amends.desk.reaching import actions


@called(_("Ring a manager for whom a customer asked, then the next"))
# Whoever asks for a manager waits: their words are looked through within seconds.
@periodic(every=timedelta(seconds=10), lane=CLOCK)
def ring_managers(*, now: datetime) -> int:
    return actions.look_around(now=now)
