"""Reading about background work: what failed, what comes back, who works."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from amends.desk.jobs.actions import DEAD_AFTER, Row
from amends.desk.jobs.models import Period, Worker
from amends.desk.jobs.names import name_of
from amends.desk.jobs.periods import table

MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedTask:
    id: str
    path: str
    name: str
    attempts: int
    failed_at: datetime | None
    error: str
    traceback: str
    again_at: datetime | None  # when it is tried again by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodRow:
    path: str
    name: str
    next_at: datetime
    running_since: datetime | None
    finished_at: datetime | None
    failures: int
    failed_at: datetime | None
    error: str
    traceback: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerRow:
    host: str
    pid: int
    started_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    failed: list[FailedTask]
    retrying: list[FailedTask]
    periods: list[PeriodRow]
    workers: list[WorkerRow]
    waiting: int
    running: int


def work(*, now: datetime) -> Work:
    """Everything that the page shows."""
    rows = DBTaskResult.objects.all()
    failed = rows.filter(status=TaskResultStatus.FAILED).order_by("-finished_at")[:MOST]
    ready = rows.filter(status=TaskResultStatus.READY)
    retrying = ready.exclude(traceback="").order_by("run_after")[:MOST]
    return Work(
        failed=[_failed(row, again=False) for row in failed],
        retrying=[_failed(row, again=True) for row in retrying],
        periods=[_period(row) for row in Period.objects.filter(name__in=table()).order_by("-failures", "name")],
        workers=[
            WorkerRow(host=row.host, pid=row.pid, started_at=row.started_at, seen_at=row.seen_at)
            for row in Worker.objects.filter(seen_at__gt=now - DEAD_AFTER).order_by("started_at")
        ],
        waiting=ready.filter(traceback="").count(),
        running=rows.filter(status=TaskResultStatus.RUNNING).count(),
    )


def troubles(*, now: datetime) -> int:
    """How many things need an administrator's eye; a desk without a worker is one."""
    failed = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED).count()
    failing = Period.objects.filter(failures__gte=3).count()
    nobody_works = not Worker.objects.filter(seen_at__gt=now - DEAD_AFTER).exists()
    return failed + failing + nobody_works


def _failed(row: Row, *, again: bool) -> FailedTask:
    return FailedTask(
        id=str(row.pk),
        path=row.task_path,
        name=name_of(row.task_path),
        attempts=len(row.worker_ids),
        failed_at=row.finished_at,
        error=_last_line(row.traceback) or row.exception_class_path,
        traceback=row.traceback,
        again_at=row.run_after if again else None,
    )


def _period(row: Period) -> PeriodRow:
    return PeriodRow(
        path=row.name,
        name=name_of(row.name),
        next_at=row.next_at,
        running_since=row.claimed_at,
        finished_at=row.finished_at,
        failures=row.failures,
        failed_at=row.failed_at,
        error=_last_line(row.problem),
        traceback=row.problem,
    )


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else ""
