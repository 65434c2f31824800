"""Work of this room that comes back."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

from django.utils.translation import gettext_lazy as _

from amends.desk.api import actions, deliver
from amends.desk.jobs.names import called
from amends.desk.jobs.periods import HOOKS, periodic


@cache
def post() -> deliver.Post:
    """The lines of this worker, which stay open from one turn to the next."""
    return deliver.Post()


@called(_("Tell other programs what happened"))
@periodic(every=timedelta(seconds=3), lane=HOOKS)
def tell_endpoints(*, now: datetime) -> int:
    deliver.listen(now=now)
    return post().turn(now=now)


@called(_("Forget old answers to programs"))
@periodic(every=timedelta(hours=6))
def forget_old(*, now: datetime) -> int:
    return actions.forget_old(now=now)
