"""Periodic work of this room."""

from __future__ import annotations

from datetime import datetime, timedelta

from amends.desk.academy import reminders
from amends.desk.channels.mail.post import post_from_settings
from amends.desk.jobs.periods import periodic


@periodic(every=timedelta(hours=6))
def remind_trainees(*, now: datetime) -> int:
    return reminders.remind(post=post_from_settings(), now=now)
