"""What is new since the last look: how open pages learn that something happened, in any number of web processes.

Nothing is published. A committed event announces itself, and whoever waits asks every second; the question is one
look at the end of an index. Two transactions may commit in another order than their ids, so a look goes back a little
and remembers what it has seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from amends.desk.complaints.models import Event

LOOK_BACK = 200
MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One event, as a page needs it to know what to draw again."""

    id: int
    complaint_id: int
    number: int
    owner_id: int
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far a reader has come."""

    last: int = 0
    seen: frozenset[int] = frozenset()


def start() -> Mark:
    """Begin to listen now."""
    return _moved(Mark(), Event.objects.order_by("-pk").values_list("pk", flat=True)[:LOOK_BACK])


def since(mark: Mark, *, complaint_id: int | None = None) -> tuple[Mark, list[Change]]:
    """Return what was committed after the mark, and the next mark."""
    fresh = (
        Event.objects.filter(pk__gt=mark.last - LOOK_BACK)
        .exclude(pk__in=mark.seen)
        .order_by("pk")
        .values_list("pk", "complaint_id", "complaint__number", "complaint__owner_id", "kind", "at")[:MOST_AT_ONCE]
    )
    changes = [
        Change(id=pk, complaint_id=complaint, number=number, owner_id=owner, kind=kind, at=at)
        for pk, complaint, number, owner, kind, at in fresh
    ]
    if not changes:
        return mark, []
    next_mark = _moved(mark, [change.id for change in changes])
    return next_mark, [change for change in changes if complaint_id in {None, change.complaint_id}]


def _moved(mark: Mark, fresh: Iterable[int]) -> Mark:
    seen = mark.seen | frozenset(fresh)
    last = max(seen, default=0)
    return Mark(last=last, seen=frozenset(pk for pk in seen if pk > last - LOOK_BACK))
