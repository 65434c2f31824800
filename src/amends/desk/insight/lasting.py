"""
How long it takes: to a person, to the fix, to the customer's word that they are content.

Complaints that go on count as waiting for at least so long (Kaplan and Meier): they are the bad cases. One that was
closed without a fix, or without the customer's word, counts as waiting up to its end; after it nobody can tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Min, Q

from amends.desk.complaints.models import EventKind
from amends.desk.complaints.timeline import GOING_ON
from amends.desk.insight.frame import Frame
from amends.desk.insight.queries import waits_for_an_answer
from amends.engine.measures import FEWEST_FOR_MEDIAN, Step, median_interval, survival, told_median
from amends.engine.measures.counted import Wait, first_wait

type Waits = dict[int, Wait]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """How long something takes: so many cases, of which so many have not come to it."""

    name: str
    cases: int
    still: int  # that go on
    without: int  # that ended without it
    median: timedelta | None
    first: timedelta | None  # from when the true median may be …
    last: timedelta | None  # … until when; none where it is not reached yet
    steps: tuple[Step, ...]

    @property
    def few(self) -> bool:
        return self.cases < FEWEST_FOR_MEDIAN


def to_a_person(frame: Frame) -> Waits:
    """From the complaint to a person's first word."""
    return waits_for_an_answer(frame=frame, now=frame.until)


def to_the_fix(frame: Frame) -> Waits:
    """From the complaint to the first thing that put it right."""
    return _to(frame, EventKind.REMEDY)


def to_content(frame: Frame) -> Waits:
    """From the complaint to the customer's word that they are content; said again after an opening, the last counts."""
    rows = frame.complaints().values_list("pk", "received_at", "resolved_at", "closed_at")
    return {pk: _wait(received, came, closed, frame) for pk, received, came, closed in rows}


def _to(frame: Frame, kind: str) -> Waits:
    first = Min("events__at", filter=Q(events__kind=kind))
    rows = frame.complaints().order_by().annotate(came=first)
    return {
        pk: _wait(received, came, resolved or closed, frame)
        for pk, received, came, resolved, closed in rows.values_list(
            "pk", "received_at", "came", "resolved_at", "closed_at"
        )
    }


def _wait(since: datetime, came: datetime | None, ended: datetime | None, frame: Frame) -> Wait:
    if came is not None and came > frame.until:
        came = None
    until = min(frame.until, ended) if ended is not None else frame.until
    return first_wait(since=since, came=came, now=until)


KINDS: Final[Mapping[str, Callable[[Frame], Waits]]] = {
    "person": to_a_person,
    "fix": to_the_fix,
    "content": to_content,
}


def lasting(name: str, *, frame: Frame) -> Lasting:
    """Reckon one of the three."""
    found = KINDS[name](frame)
    return reckon(name, found.values(), without=len(ended_without(found, frame=frame)))


def still_open(waits: Waits, *, frame: Frame) -> Waits:
    """Those who wait still, in a complaint that goes on."""
    on = set(frame.complaints().filter(stage__in=GOING_ON).values_list("pk", flat=True))
    return {pk: wait for pk, wait in waits.items() if not wait.came and pk in on}


def ended_without(waits: Waits, *, frame: Frame) -> Waits:
    """Those whose complaint ended without it."""
    on = still_open(waits, frame=frame)
    return {pk: wait for pk, wait in waits.items() if not wait.came and pk not in on}


def reckon(name: str, waits: Iterable[Wait], *, without: int = 0) -> Lasting:
    """Reckon how long something takes from single waits, of which so many ended without it."""
    cases = [(wait.length.total_seconds(), wait.came) for wait in waits]
    median = told_median(cases)
    first, last = median_interval(cases) if median is not None else (None, None)
    return Lasting(
        name=name,
        cases=len(cases),
        still=sum(not came for _, came in cases) - without,
        without=without,
        median=_span(median),
        first=_span(first),
        last=_span(last),
        steps=survival(cases),
    )


def _span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
