"""Periodic work of this room."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from amends.desk.complaints import aside, heard_names
from amends.desk.jobs import giving_way
from amends.desk.jobs.names import called
from amends.desk.jobs.periods import CLOCK, periodic
from amends.desk.workplace import later


@called(_("Send the replies that were to leave later"))
@periodic(every=timedelta(seconds=10), lane=CLOCK)
def send_later_replies(*, now: datetime) -> int:
    return later.send_due(now=now)


@called(_("Say of what was put aside that its time has come"))
@periodic(every=timedelta(seconds=10), lane=CLOCK)
def tell_who_is_back(*, now: datetime) -> int:
    return aside.tell_who_is_back(now=now)


@called(_("Hearing the names of new customers"))
@periodic(every=timedelta(minutes=5))
def hear_names(*, now: datetime) -> int:
    """Write how names sound, so that one person who is here twice is found."""
    del now
    return heard_names.hear_new(rest=giving_way.rest)
