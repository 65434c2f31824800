"""What the page of the second reader shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from amends.desk.coaching.models import SecondDay, SecondReader
from amends.desk.coaching.second.troubles import describe


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    is_on: bool
    address: str
    model: str
    budget: int
    has_key: bool
    asked_today: int
    trouble: str
    detail: str
    failed_at: datetime | None
    again_at: datetime | None


def state(*, now: datetime) -> State:
    """Return how the second reader is set up and how it is."""
    settings = SecondReader.objects.filter(pk=1).first() or SecondReader()
    code, _colon, detail = settings.problem.partition(": ")
    return State(
        is_on=settings.is_on,
        address=settings.address,
        model=settings.model,
        budget=settings.budget,
        has_key=bool(settings.key),
        asked_today=SecondDay.objects.filter(day=now.date()).values_list("asked", flat=True).first() or 0,
        trouble=describe(code) if code else "",
        detail=detail,
        failed_at=settings.failed_at,
        again_at=settings.rests_until if settings.rests_until and settings.rests_until > now else None,
    )
