"""Periodic work of this room."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from amends.desk.channels import actions, comings
from amends.desk.channels.mailboxes import watch
from amends.desk.jobs.names import called
from amends.desk.jobs.periods import POST, periodic


@called(_("Send the letters that wait"))
@periodic(every=timedelta(seconds=5), lane=POST)
def deliver_outbox(*, now: datetime) -> int:
    return actions.deliver_due(now=now)


@called(_("Read again what came and could not be read"))
@periodic(every=timedelta(minutes=1))
def take_in_what_waits(*, now: datetime) -> int:
    return actions.retry_waiting(now=now)


@called(_("Forget who came by a form an hour ago"))
@periodic(every=timedelta(minutes=20))
def forget_comings(*, now: datetime) -> int:
    return comings.forget(now=now)


@called(_("See that every mailbox is fetched"))
@periodic(every=timedelta(seconds=5))
def watch_mailboxes(*, now: datetime) -> int:
    """See that every mailbox has its fetcher; the fetching itself has a thread of its own."""
    return watch.of_this_process().look_around(now=now)
