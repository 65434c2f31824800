"""What holds after every fault: columns agree with timelines, and the database file is whole."""

from __future__ import annotations

import os
import traceback
from contextlib import suppress


class Broken(AssertionError):
    """Something was lost, or came twice, or is not in order."""


class Troubles:
    """Tells who waits for a process why it ended: it says so into a pipe, however little is left of it."""

    def __init__(self) -> None:
        """Open the pipe, which processes that are forked from now on inherit."""
        self._here, self._there = os.pipe()
        os.set_blocking(self._here, False)

    def tell(self, error: BaseException) -> None:
        """Say what ended this process."""
        with suppress(OSError):
            os.write(self._there, "".join(traceback.format_exception(error)).encode()[-4000:])

    def told(self) -> str:
        """Return what was said since the last time."""
        with suppress(BlockingIOError):
            return os.read(self._here, 65536).decode(errors="replace")
        return ""

    def end(self) -> None:
        """Close the pipe."""
        os.close(self._here)
        os.close(self._there)


Seen = dict[int, tuple[object, ...]]  # by complaint: its columns, and how much happened in it


def look_through(seen: Seen | None = None) -> None:
    """Rebuild every complaint and look at the file.

    :param seen: what was in order the last time, and is passed over while nothing changed; written to
    :raises Broken: if a column had drifted or the file is damaged
    """
    from django.db import connection
    from django.db.models import Count

    from amends.desk.complaints import actions
    from amends.desk.complaints.models import Complaint, Event

    happened = dict(Event.objects.order_by().values_list("complaint").annotate(count=Count("pk")))
    for row in Complaint.objects.values():
        now = (*row.values(), happened.get(row["id"]))
        if seen is not None and seen.get(row["id"]) == now:
            continue
        if changed := actions.rebuild(complaint=Complaint.objects.get(pk=row["id"])):
            raise Broken(f"complaint {row['number']}: {changed} had drifted from the timeline")
        if seen is not None:
            seen[row["id"]] = now
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            (state,) = cursor.execute("PRAGMA quick_check").fetchone()
        if state != "ok":
            raise Broken(f"the database file is damaged: {state}")
