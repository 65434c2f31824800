"""Figures of the desk in the text that Prometheus reads: counts and ages, never a name, an address or a word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from typing import Any, Literal

from django.db.models import Count, Min, QuerySet
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from amends.desk.channels.mailboxes.models import Mailbox
from amends.desk.channels.models import Arrival, ArrivalState, Outgoing, OutgoingState
from amends.desk.complaints.models import Complaint, Stage, Turn
from amends.desk.jobs.actions import DEAD_AFTER
from amends.desk.jobs.models import Period, Worker


@dataclass(frozen=True, slots=True)
class Figure:
    """One number, with what tells it from its sisters."""

    name: str
    says: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)
    kind: Literal["gauge", "counter", "histogram"] = "gauge"
    tail: str = ""


def figures(*, now: datetime) -> Iterator[Figure]:
    """Yield what the desk is like now; every process of it says the same."""
    yield Figure("amends_info", "The program.", 1, {"version": version("amends")})
    alive = Worker.objects.filter(seen_at__gt=now - DEAD_AFTER).count()
    yield Figure("amends_workers", "Workers that are alive.", alive)

    live = {
        (row["stage"], row["turn"]): row["count"]
        for row in Complaint.objects.filter(live=True).order_by().values("stage", "turn").annotate(count=Count("pk"))
    }
    for (stage, turn), count in sorted(live.items()):
        labels = {"stage": str(Stage(stage).value), "turn": str(Turn(turn).value)}
        yield Figure("amends_complaints_live", "Complaints that somebody has to do something about.", count, labels)
    waiting = Complaint.objects.filter(live=True, waiting_since__isnull=False)
    since = waiting.aggregate(at=Min("waiting_since"))["at"]
    yield _age("amends_longest_wait_seconds", "How long the customer has waited who has waited longest.", now, since)
    broken = Complaint.objects.filter(live=True, broken_since__isnull=False).count()
    yield Figure("amends_complaints_with_broken_promise", "Live complaints with a promise not made good.", broken)

    arrived = _by_state(Arrival.objects.exclude(state=ArrivalState.TAKEN_IN).order_by().values_list("state"))
    for state in (ArrivalState.WAITING, ArrivalState.PARKED, ArrivalState.SET_ASIDE):
        yield Figure("amends_arrivals", "Arrivals that became no complaint.", arrived.get(state, 0), {"state": state})
    leaving = _by_state(Outgoing.objects.exclude(state=OutgoingState.SENT).order_by().values_list("state"))
    for each in (OutgoingState.WAITING, OutgoingState.SENDING, OutgoingState.MAYBE_SENT, OutgoingState.FAILED):
        yield Figure("amends_letters", "Letters that are not known to be sent.", leaving.get(each, 0), {"state": each})
    due = Outgoing.objects.filter(state=OutgoingState.WAITING, not_before__lte=now)
    yield _age(
        "amends_oldest_letter_seconds",
        "How late the letter is that should have left first.",
        now,
        due.aggregate(at=Min("not_before"))["at"],
    )

    work = _by_state(DBTaskResult.objects.exclude(status=TaskResultStatus.SUCCESSFUL).order_by().values_list("status"))
    for status in (TaskResultStatus.READY, TaskResultStatus.RUNNING, TaskResultStatus.FAILED):
        yield Figure("amends_work", "Background work.", work.get(status, 0), {"state": status.lower()})
    failing = Period.objects.filter(failures__gte=3).count()
    yield Figure("amends_periods_failing", "Periodic work that failed three times or more in a row.", failing)
    boxes = Mailbox.objects.filter(is_open=True)
    yield Figure("amends_mailboxes", "Mailboxes in use.", boxes.count())
    trouble = boxes.filter(fetch_failures__gt=0).count() + boxes.filter(fetch_failures=0, send_failures__gt=0).count()
    yield Figure("amends_mailboxes_in_trouble", "Mailboxes that could not be read or could not send.", trouble)


def as_text(some: Iterable[Figure]) -> str:
    """Write figures as Prometheus' text format 0.0.4."""
    lines: list[str] = []
    known: set[str] = set()
    for each in some:
        if each.name not in known:
            known.add(each.name)
            lines += [f"# HELP {each.name} {each.says}", f"# TYPE {each.name} {each.kind}"]
        labels = ",".join(f'{key}="{_escaped(value)}"' for key, value in each.labels.items())
        lines.append(f"{each.name}{each.tail}{f'{{{labels}}}' if labels else ''} {each.value:.10g}")
    return "\n".join(lines) + "\n"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _by_state(states: QuerySet[Any, Any]) -> dict[str, int]:
    return dict(states.annotate(count=Count("pk")))


def _age(name: str, says: str, now: datetime, at: datetime | None) -> Figure:
    return Figure(name, says, max(0.0, (now - at).total_seconds()) if at is not None else 0)
