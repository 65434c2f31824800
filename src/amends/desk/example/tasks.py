"""Moving the example company along beside an open desk."""

from __future__ import annotations

from datetime import datetime, timedelta

from amends.desk.example.queries import is_laid_out
from amends.desk.jobs.periods import periodic


@periodic(every=timedelta(minutes=15))
def move_example_along(*, now: datetime) -> None:
    """Tell the example company's stories for today, on the first run of another day."""
    if is_laid_out():
        from amends.desk.example import actions  # a desk without the example never loads it

        actions.move_along(now=now)
