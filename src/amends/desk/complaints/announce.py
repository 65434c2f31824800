"""What is new since the last look: how open pages learn that something happened, in any number of web processes.

Nothing is published. A committed event announces itself, and whoever waits asks every second: while nothing happens
that is one look at the end of an index. Two transactions may commit in another order than their ids, so a look goes
back a little and remembers what it has seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q

from amends.desk.complaints.models import Event, Watch

LOOK_BACK = 1_000  # ids: two transactions may commit in another order; `side_by_side` keeps them this near
MOST_AT_ONCE = 500
LATE = 50  # ids before the last one heard of that may have been committed after it,
A_MOMENT = timedelta(minutes=1)  # if they are as young as this
COLUMNS = ("pk", "complaint_id", "complaint__number", "complaint__owner_id", "complaint__team_id", "kind", "at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One event, as a page needs it to know what to draw again."""

    id: int
    complaint_id: int
    number: int
    owner_id: int
    kind: str
    at: datetime
    team_id: int | None = None


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
    near = Event.objects.filter(pk__gt=mark.last - LOOK_BACK).order_by()
    counted = near.aggregate(newest=Max("pk"), count=Count("pk"))
    if (counted["newest"] or 0, counted["count"]) == (mark.last, len(mark.seen)):
        return mark, []
    fresh = near.exclude(pk__in=mark.seen).order_by("pk").values_list(*COLUMNS)[:MOST_AT_ONCE]
    changes = _changes(fresh)
    if not changes:
        return mark, []
    next_mark = _moved(mark, [change.id for change in changes])
    return next_mark, [change for change in changes if complaint_id in {None, change.complaint_id}]


def missed(last: int, *, now: datetime) -> list[Change] | None:
    """Return what was committed since a page heard of event `last`, or None where that is too much to tell.

    What is a moment old is told although its id is lower, for it may have been committed later.
    """
    late = Q(pk__gt=last - LATE, at__gt=now - A_MOMENT)
    rows = Event.objects.filter(Q(pk__gt=last) | late).order_by("pk").values_list(*COLUMNS)[: MOST_AT_ONCE + 1]
    changes = _changes(rows)
    return changes if len(changes) <= MOST_AT_ONCE else None


def watchers(complaints: Collection[int]) -> dict[int, frozenset[int]]:
    """Who watches each of some complaints; those that nobody watches are left out."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for complaint, agent in Watch.objects.filter(complaint__in=complaints).values_list("complaint", "agent"):
        found[complaint].add(agent)
    return {complaint: frozenset(agents) for complaint, agents in found.items()}


def _changes(rows: Iterable[tuple[Any, ...]]) -> list[Change]:
    return [
        Change(id=pk, complaint_id=complaint, number=number, owner_id=owner, team_id=team, kind=kind, at=at)
        for pk, complaint, number, owner, team, kind, at in rows
    ]


def _moved(mark: Mark, fresh: Iterable[int]) -> Mark:
    seen = mark.seen | frozenset(fresh)
    last = max(seen, default=0)
    return Mark(last=last, seen=frozenset(pk for pk in seen if pk > last - LOOK_BACK))
