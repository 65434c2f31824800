"""Periodic work of this room."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _

from amends.desk.jobs import actions
from amends.desk.jobs.names import called
from amends.desk.jobs.periods import periodic


@called(_("Clear away the records of finished work"))
@periodic(every=timedelta(hours=6))
def forget_old_work(*, now: datetime) -> int:
    return actions.forget_old(now=now)


@called(_("Clear away sign-ins that have run out"))
@periodic(every=timedelta(hours=24))
def forget_old_sessions(*, now: datetime) -> int:
    return Session.objects.filter(expire_date__lt=now).delete()[0]
