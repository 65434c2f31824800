"""What this room empties when a customer is erased: the reasons that their agents wrote, which may name them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from amends.desk.coaching import sent_before
from amends.desk.coaching.models import SentAsItWas


def erase_reasons(*, customer_id: int, complaint_ids: Collection[int], now: datetime) -> None:
    """Empty why a reply was sent as it was; that it was, and what the coach had said, stays. Forget prints of texts."""
    del customer_id, now
    SentAsItWas.objects.filter(event__complaint__in=complaint_ids).update(reason="")
    sent_before.forget(complaint_ids=complaint_ids)
