"""
How long it takes: to a person, to the fix, to the customer's word that they are content.

Complaints that go on count as waiting for at least so long (Kaplan and Meier): they are the bad cases. One that was
closed without a fix, or without the customer's word, counts as waiting up to its end; after it nobody can tell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np

from amends.desk.complaints.timeline import GOING_ON
from amends.desk.insight import waits
from amends.desk.insight.facts import COMPLAINTS, Array, code
from amends.desk.insight.frame import Frame
from amends.desk.insight.kept import Facts, Table
from amends.desk.insight.queries import waits_for_an_answer
from amends.desk.insight.waits import Waits
from amends.engine.measures import FEWEST_FOR_MEDIAN, Step


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
    steps: tuple[Step, ...]  # enough of them to draw the curve

    @property
    def few(self) -> bool:
        return self.cases < FEWEST_FOR_MEDIAN


def to_a_person(frame: Frame, facts: Facts) -> Waits:
    """From the complaint to a person's first word."""
    return waits_for_an_answer(frame=frame, now=frame.until, facts=facts)


def to_the_fix(frame: Frame, facts: Facts) -> Waits:
    """From the complaint to the first thing that put it right."""
    rows = facts.of(COMPLAINTS, frame)
    ended = np.where(rows["resolved"] > 0, rows["resolved"], rows["closed"])
    return _to(frame, rows, came=rows["fixed"], ended=ended)


def to_content(frame: Frame, facts: Facts) -> Waits:
    """From the complaint to the customer's word that they are content; said again after an opening, the last counts."""
    rows = facts.of(COMPLAINTS, frame)
    return _to(frame, rows, came=rows["resolved"], ended=rows["closed"])


def _to(frame: Frame, rows: Table, *, came: Array, ended: Array) -> Waits:
    now = frame.until.timestamp()
    ends = np.where(ended > 0, np.minimum(ended, now), now)
    return waits.until(since=rows["at"], came=np.where(came <= now, came, 0), ends=ends, ids=rows["complaint"])


KINDS: Final[Mapping[str, Callable[[Frame, Facts], Waits]]] = {
    "person": to_a_person,
    "fix": to_the_fix,
    "content": to_content,
}


def lasting(name: str, *, frame: Frame, facts: Facts | None = None) -> Lasting:
    """Reckon one of the three."""
    facts = facts or Facts()
    found = KINDS[name](frame, facts)
    return reckon(name, found, without=len(ended_without(found, frame=frame, facts=facts)))


def still_open(found: Waits, *, frame: Frame, facts: Facts) -> Waits:
    """Those who wait still, in a complaint that goes on."""
    return found.where(~found.came & _goes_on(frame, facts))


def ended_without(found: Waits, *, frame: Frame, facts: Facts) -> Waits:
    """Those whose complaint ended without it."""
    return found.where(~found.came & ~_goes_on(frame, facts))


def _goes_on(frame: Frame, facts: Facts) -> Array:
    return np.isin(facts.of(COMPLAINTS, frame)["stage"], [code(stage) for stage in GOING_ON])


def reckon(name: str, found: Waits, *, without: int = 0) -> Lasting:
    """Reckon how long something takes from single waits, of which so many ended without it."""
    left = waits.left(found)
    median = left.median() if len(found) >= FEWEST_FOR_MEDIAN else None
    first, last = left.between() if median is not None else (None, None)
    return Lasting(
        name=name,
        cases=len(found),
        still=found.still - without,
        without=without,
        median=_span(median),
        first=_span(first),
        last=_span(last),
        steps=left.steps(),
    )


def _span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
