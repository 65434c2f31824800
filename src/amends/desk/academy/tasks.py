"""Periodic work of this room."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from amends.desk.academy import reminders
from amends.desk.jobs.names import called
from amends.desk.jobs.periods import periodic
from amends.desk.jobs.post import post_from_settings


@called(_("Remind people of the training that they planned"))
@periodic(every=timedelta(hours=6))
def remind_trainees(*, now: datetime) -> int:
    return reminders.remind(post=post_from_settings(), now=now)
