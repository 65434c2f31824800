"""Moving the example company along beside an open desk."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.utils.translation import gettext_lazy as _

from amends.desk.example.queries import is_laid_out
from amends.desk.jobs import giving_way
from amends.desk.jobs.names import called
from amends.desk.jobs.periods import periodic

PAUSE: Final = 0.3  # seconds


@called(_("Move the example company on to today"))
@periodic(every=timedelta(minutes=15))
def move_example_along(*, now: datetime) -> None:
    """Tell the example company's stories for today, on the first run of another day."""
    if is_laid_out():
        from amends.desk.example import actions  # a desk without the example never loads it

        # SQLite lets who waits try again only now and then: without a pause nobody else would come to write.
        actions.move_along(now=now, rest=partial(giving_way.rest, pause=PAUSE))
