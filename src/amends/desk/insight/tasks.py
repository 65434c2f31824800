"""Keeping what the pages of insight count up to date, beside an open desk; and watching it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from amends.desk.customers import purchases
from amends.desk.improvements import actions as causes
from amends.desk.insight import actions, alarm_mail, alarms, kept, saved
from amends.desk.jobs import giving_way
from amends.desk.jobs.names import called
from amends.desk.jobs.periods import POST, periodic
from amends.desk.jobs.post import post_from_settings


@called(_("Looking at what went wrong on the way of complaints"))
@periodic(every=timedelta(minutes=5))
def look_again(*, now: datetime) -> None:
    """Look at the course of complaints that changed or wait."""
    actions.look_again(now=now, rest=giving_way.rest)


@called(_("Keeping the figures of each day"))
@periodic(every=timedelta(minutes=1))
def keep_days(*, now: datetime) -> int:
    """Fold what changed into the days that the pages of figures read."""
    del now
    return kept.fold(rest=giving_way.rest)


@called(_("Watching whether complaints rise more than chance, or stop coming"))
@periodic(every=timedelta(hours=24))
def watch(*, now: datetime) -> None:
    """Propose a cause for young complaints that have none, hold all against what is usual, and tell of alarms."""
    causes.propose_for_young(now=now, rest=giving_way.rest)
    alarms.watch(now=now)
    alarm_mail.tell(post=post_from_settings(), now=now)


@called(_("Reckoning in which rhythm customers buy"))
@periodic(every=timedelta(hours=24))
def reckon_rhythms(*, now: datetime) -> int:
    """Reckon each customer's rhythm of buying anew."""
    del now
    return purchases.reckon()


@called(_("Making the reports that are due"))
@periodic(every=timedelta(minutes=1))
def make_reports(*, now: datetime) -> int:
    """Make the paper of saved reports whose time has come, and of those that somebody asked for."""
    return saved.make_due(now=now)


@called(_("Mailing the reports that were made"))
@periodic(every=timedelta(minutes=1), lane=POST)
def mail_reports(*, now: datetime) -> int:
    """Send each report to each of its readers, once."""
    return saved.send_waiting(post=post_from_settings(), now=now)
