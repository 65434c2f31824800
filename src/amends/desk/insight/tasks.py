"""Keeping what the page of insight counts up to date, beside an open desk."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from amends.desk.insight import actions
from amends.desk.jobs.names import called
from amends.desk.jobs.periods import periodic

PAUSE: Final = 0.05  # seconds: SQLite lets who waits try again only now and then


@called(_("Looking at what went wrong on the way of complaints"))
@periodic(every=timedelta(minutes=5))
def look_again(*, now: datetime) -> None:
    """Look at the course of complaints that changed or wait."""
    actions.look_again(now=now, rest=lambda: time.sleep(PAUSE))
