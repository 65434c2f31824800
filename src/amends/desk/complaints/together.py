"""Acts on several complaints at once: each by itself, so that one that cannot be done leaves the others alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from amends.desk.complaints import actions
from amends.desk.complaints.models import Complaint, Event, ReadMark, Watch
from amends.desk.complaints.visible import visible
from amends.desk.people.models import Agent

MOST: Final = 200
UNABLE: Final = (actions.UnableToClose, actions.UnableToHandOver, actions.UnableToPause, actions.UnableToUndo)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A complaint with which it could not be done, and why."""

    number: int
    customer_name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it: the events that happened, and where it could not be done."""

    events: tuple[Event, ...]
    refused: tuple[Refused, ...]


def of_numbers(numbers: Iterable[int]) -> list[Complaint]:
    """Return the complaints of some numbers, in their order."""
    some = list(dict.fromkeys(numbers))[:MOST]
    rows = {row.number: row for row in Complaint.objects.filter(visible(), number__in=some).select_related("customer")}
    return [rows[number] for number in some if number in rows]


def close(*, complaints: Sequence[Complaint], by: Agent, reason: str, now: datetime) -> Outcome:
    """Close some complaints for one reason."""
    return each(complaints, lambda one: actions.close(complaint=one, by=by, reason=reason, now=now))


def undo(*, events: Sequence[Event], by: Agent, now: datetime) -> Outcome:
    """Take back what was done together, each by an event of its own."""
    done, refused = [], []
    for event in events:
        try:
            done.append(actions.undo(event=event, by=by, now=now))
        except UNABLE as error:
            refused.append(refusal(event.complaint, error))
    return Outcome(events=tuple(done), refused=tuple(refused))


@transaction.atomic
def mark_read(*, complaints: Sequence[Complaint], agent: Agent, now: datetime) -> dict[int, datetime | None]:
    """Mark some complaints as read; return the marks that they had, for who takes it back."""
    before: dict[int, datetime | None] = {complaint.pk: None for complaint in complaints}
    before |= dict(ReadMark.objects.filter(agent=agent, complaint__in=before).values_list("complaint", "at"))
    set_marks(agent=agent, marks=dict.fromkeys(before, now))
    return before


@transaction.atomic
def mark_unread(*, complaints: Sequence[Complaint], agent: Agent) -> dict[int, datetime | None]:
    """Forget that some complaints were read; return the marks that they had."""
    marks = ReadMark.objects.filter(agent=agent, complaint__in=[complaint.pk for complaint in complaints])
    before: dict[int, datetime | None] = dict(marks.values_list("complaint", "at"))
    marks.delete()
    return before


@transaction.atomic
def set_marks(*, agent: Agent, marks: Mapping[int, datetime | None]) -> None:
    """Put marks of reading as they are told; none takes one away."""
    ReadMark.objects.filter(agent=agent, complaint__in=[pk for pk, at in marks.items() if at is None]).delete()
    ReadMark.objects.bulk_create(
        [ReadMark(complaint_id=pk, agent=agent, at=at) for pk, at in marks.items() if at is not None],
        update_conflicts=True,
        unique_fields=["complaint", "agent"],
        update_fields=["at"],
    )


def watch(*, complaints: Sequence[Complaint], agent: Agent, now: datetime) -> list[int]:
    """Follow some complaints; return the ones that were not followed before."""
    ids = [complaint.pk for complaint in complaints]
    known = set(Watch.objects.filter(agent=agent, complaint__in=ids).values_list("complaint", flat=True))
    fresh = [pk for pk in ids if pk not in known]
    Watch.objects.bulk_create([Watch(complaint_id=pk, agent=agent, since=now) for pk in fresh], ignore_conflicts=True)
    return fresh


def unwatch(*, complaints: Sequence[int], agent: Agent) -> list[int]:
    """Follow some complaints no more; return the ones that were followed."""
    watched = Watch.objects.filter(agent=agent, complaint__in=complaints)
    gone = list(watched.values_list("complaint", flat=True))
    watched.delete()
    return gone


def each(
    complaints: Sequence[Complaint],
    act: Callable[[Complaint], Event],
    *,
    unable: tuple[type[Exception], ...] = UNABLE,
) -> Outcome:
    """Do something to each by itself; what one refuses, for one of these reasons, leaves the others alone."""
    done: list[Event] = []
    refused: list[Refused] = []
    for complaint in complaints:
        try:
            done.append(act(complaint))  # a transaction of its own
        except unable as error:
            refused.append(refusal(complaint, error))
    return Outcome(events=tuple(done), refused=tuple(refused))


def refusal(complaint: Complaint, error: Exception) -> Refused:
    """Why it could not be done with a complaint, in the sentence that the act gave."""
    return Refused(number=complaint.number, customer_name=complaint.customer.name, why=str(error))
