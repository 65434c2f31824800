"""Periodic work of this room."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session

from amends.desk.jobs import actions
from amends.desk.jobs.periods import periodic


@periodic(every=timedelta(hours=6))
def forget_old_work(*, now: datetime) -> int:
    return actions.forget_old(now=now)


@periodic(every=timedelta(hours=24))
def forget_old_sessions(*, now: datetime) -> int:
    return Session.objects.filter(expire_date__lt=now).delete()[0]
