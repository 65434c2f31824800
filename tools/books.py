"""What holds after every fault: columns agree with timelines, and the database file is whole."""

from __future__ import annotations


class Broken(AssertionError):
    """Something was lost, or came twice, or is not in order."""


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
