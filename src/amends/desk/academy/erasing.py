"""What this room forgets when a person is erased: drills made from their complaint that nobody has checked yet."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from amends.desk.academy.models import OwnDrill, OwnVersion


def forget_unchecked(*, customer_id: int, complaint_ids: Collection[int], now: datetime) -> None:
    """Drop unchecked drills; a checked one names nobody and stays, without the way back to the complaint."""
    del customer_id, now
    theirs = OwnDrill.objects.filter(complaint__in=complaint_ids)
    OwnVersion.objects.filter(drill__in=theirs, checked_at__isnull=True).delete()
    theirs.filter(versions__isnull=True).delete()
    theirs.update(complaint=None)
