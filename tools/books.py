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


def look_through() -> None:
    """Rebuild every complaint and look at the file.

    :raises Broken: if a column had drifted or the file is damaged
    """
    from django.db import connection

    from amends.desk.complaints import actions
    from amends.desk.complaints.models import Complaint

    for complaint in Complaint.objects.all():
        if changed := actions.rebuild(complaint=complaint):
            raise Broken(f"{complaint}: {changed} had drifted from the timeline")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            (state,) = cursor.execute("PRAGMA quick_check").fetchone()
        if state != "ok":
            raise Broken(f"the database file is damaged: {state}")
