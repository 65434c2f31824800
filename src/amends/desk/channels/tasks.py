"""Periodic work of this room."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from amends.desk.channels import actions, archiving, comings, who_is_on_it
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


@called(_("Tell customers who is on it now"))
@periodic(every=timedelta(minutes=1))
def tell_who_is_on_it(*, now: datetime) -> int:
    return who_is_on_it.tell_all(now=now)


@called(_("Forget who came by a form an hour ago"))
@periodic(every=timedelta(minutes=20))
def forget_comings(*, now: datetime) -> int:
    return comings.forget(now=now)


# A part each hour: a run is over long before another worker would take it for dead.
ARCHIVED_AT_ONCE: Final = 2_000


@called(_("Archive the contents of what ended long ago"))
@periodic(every=timedelta(hours=1))
def archive_what_is_old(*, now: datetime) -> int:
    """Do so where the settings say after how long, and sweep what archives left behind."""
    if settings.ARCHIVE_AFTER is not None:
        archiving.archive(ended_before=now - settings.ARCHIVE_AFTER, now=now, at_most=ARCHIVED_AT_ONCE, goes_on=True)
    return archiving.sweep(now=now) if archiving.is_in_use() else 0


@called(_("See that every mailbox is fetched"))
@periodic(every=timedelta(seconds=5))
def watch_mailboxes(*, now: datetime) -> int:
    """See that every mailbox has its fetcher; the fetching itself has a thread of its own."""
    return watch.of_this_process().look_around(now=now)
