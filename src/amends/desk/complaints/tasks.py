"""Work of this room that nobody should wait for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction
from django.tasks import task
from django.utils.translation import gettext_lazy as _

from amends.desk.complaints import full_text, laying_down
from amends.desk.jobs.names import called
from amends.desk.jobs.policy import retries


@called(_("Let the search index forget the words of somebody who was erased"))
@task(priority=-30)
def let_index_go() -> None:
    """Lay the parts of SQLite's index together, so that nothing of the words is left in it."""
    full_text.let_go()


@called(_("Delete files that were forgotten"))
@retries(attempts=200)  # a week, where the store stays out of reach
@task(priority=-10)
def forget_files(places: list[str]) -> None:
    """Delete files, where whoever forgot them could not."""
    laying_down.forget(places)


def erase_from_index(*, customer_id: int, complaint_ids: Collection[int], now: datetime) -> None:
    """Have that done once the person is erased; PostgreSQL's own cleaning does it there."""
    del customer_id, complaint_ids, now
    if connection.vendor == "sqlite":
        transaction.on_commit(let_index_go.enqueue)
