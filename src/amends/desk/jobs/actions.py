"""What django_tasks_db leaves to others: retries with backoff, periodic work, and work whose worker died.

A task's row is its record: the ids of workers that took it say how often it was tried.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from traceback import format_exception
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.tasks import TaskResultStatus
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult, get_date_max

from amends.desk.jobs.models import Period, Worker
from amends.desk.jobs.periods import Periodic
from amends.desk.jobs.policy import policy_of

type Row = DBTaskResult[..., Any]

logger = logging.getLogger("amends.jobs")

DEAD_AFTER = timedelta(seconds=90)  # without a sign of life
LEASE = timedelta(minutes=15)  # a periodic run that takes longer is taken for dead
LONGEST_REST = timedelta(minutes=10)  # of periodic work that fails again and again
KEEP_DONE = timedelta(days=2)
KEEP_FAILED = timedelta(days=60)


class UnableToRetry(Exception):
    """The work has not failed."""


class WorkerLostError(Exception):
    """The worker stopped in the middle of the work, and it was tried often enough."""


def beat(*, worker_id: str, host: str, pid: int, now: datetime) -> None:
    """Say that a worker lives."""
    Worker.objects.update_or_create(
        pk=worker_id,
        defaults={"seen_at": now},
        create_defaults={"host": host[:100], "pid": pid, "started_at": now, "seen_at": now},
    )


def leave(*, worker_id: str) -> None:
    """Say that a worker stopped in good order."""
    Worker.objects.filter(pk=worker_id).delete()


def claim_task(*, worker_id: str, now: datetime, quiet_before: datetime | None = None) -> Row | None:
    """Take the next task that is due, so that no other worker runs it.

    :param quiet_before: of work that nobody waits for only what was asked for until then; without it all
    """
    due = DBTaskResult.objects.filter(status=TaskResultStatus.READY).filter(
        Q(run_after=get_date_max()) | Q(run_after__lte=now)
    )
    if quiet_before is not None:
        due = due.filter(Q(priority__gte=0) | Q(enqueued_at__lte=quiet_before))
    if not due.exists():  # an idle worker asks every second: asking takes no lock
        return None
    with transaction.atomic():
        task: Row | None = due.select_for_update(skip_locked=True).first()
        if task is None:
            return None
        task.status = TaskResultStatus.RUNNING
        task.started_at = now
        task.worker_ids = [*task.worker_ids, worker_id]
        task.save(update_fields=["status", "started_at", "worker_ids"])
        return task


@transaction.atomic
def finish_task(*, task: Row, value: object) -> None:
    task.set_successful(value)


@transaction.atomic
def fail_task(*, task: Row, error: BaseException, now: datetime, for_good: bool = False) -> bool:
    """Write down why a task failed, and put it back when its patience lasts; return whether it is tried again."""
    task.set_failed(error)
    wait = None if for_good else policy_of(task.task_path).wait(attempt=len(task.worker_ids))
    if wait is None:
        logger.error("%s (%s) failed for good: %s", task.task_path, task.pk, error)
        return False
    logger.warning("%s (%s) failed, again in %s: %s", task.task_path, task.pk, wait, error)
    _put_back(task, at=now + wait)
    return True


def _put_back(task: Row, *, at: datetime) -> None:
    task.status = TaskResultStatus.READY
    task.run_after = at
    task.finished_at = None
    task.save(update_fields=["status", "run_after", "finished_at"])


def recover_lost(*, now: datetime) -> int:
    """Put back what dead workers were doing; return how many tasks."""
    # A sign of life from the future was given before the server's clock was set back; who lives gives another one soon.
    Worker.objects.filter(Q(seen_at__lte=now - DEAD_AFTER) | Q(seen_at__gt=now + DEAD_AFTER)).delete()
    alive = set(Worker.objects.values_list("pk", flat=True))
    claimed = Period.objects.filter(claimed_at__isnull=False).exclude(claimed_by__in=alive)
    claimed.update(claimed_at=None)
    suspects = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING, started_at__lte=now - DEAD_AFTER)
    lost = 0
    for pk in list(suspects.values_list("pk", flat=True)):
        with transaction.atomic():
            task = DBTaskResult.objects.select_for_update().get(pk=pk)
            if task.status != TaskResultStatus.RUNNING or set(task.worker_ids[-1:]) & alive:
                continue
            lost += 1
            if len(task.worker_ids) < policy_of(task.task_path).attempts:
                _put_back(task, at=now)
            else:
                task.set_failed(WorkerLostError("the worker stopped while it was running"))
    return lost


@transaction.atomic
def retry(*, task_id: str, now: datetime) -> None:
    """Try a failed task again, with all its patience.

    :raises UnableToRetry: if it has not failed
    """
    task = DBTaskResult.objects.select_for_update().filter(pk=task_id, status=TaskResultStatus.FAILED).first()
    if task is None:
        raise UnableToRetry(_("This work has not failed, or was tried again already."))
    task.worker_ids = []
    task.save(update_fields=["worker_ids"])
    _put_back(task, at=now)


def enter_period(*, name: str, now: datetime) -> None:
    """Give periodic work its row; the first run is now."""
    Period.objects.get_or_create(name=name, defaults={"next_at": now})


def due_periods(*, among: Iterable[Periodic], now: datetime) -> list[Periodic]:
    """Return what seems due of some periodic work, by one look that takes no lock: a worker asks every second."""
    rows = {row.name: row for row in Period.objects.only("name", "next_at", "claimed_at")}
    return [period for period in among if (row := rows.get(period.name)) and _is_due(row, period=period, now=now)]


def _is_due(row: Period, *, period: Periodic, now: datetime) -> bool:
    free = row.claimed_at is None or row.claimed_at <= now - LEASE
    return free and (row.next_at <= now or row.next_at > _furthest(period, now))


def _furthest(period: Periodic, now: datetime) -> datetime:
    """A run further away than any rest was planned before the server's clock was set back."""
    return now + max(period.every, LONGEST_REST) + period.every


def claim_period(*, period: Periodic, worker_id: str, now: datetime) -> bool:
    """Take the next run of periodic work; only one worker gets True."""
    free = Q(claimed_at__isnull=True) | Q(claimed_at__lte=now - LEASE)
    planned = Q(next_at__lte=now) | Q(next_at__gt=_furthest(period, now))
    due = Period.objects.filter(free, planned, name=period.name)
    return bool(due.update(claimed_by=worker_id, claimed_at=now, next_at=now + period.every))


def finish_period(*, name: str, now: datetime) -> None:
    Period.objects.filter(name=name).update(claimed_at=None, finished_at=now, failures=0, problem="")


def fail_period(*, period: Periodic, error: BaseException, now: datetime, rests: bool = True) -> None:
    """Write down why a run failed; the next comes later the more often it fails, unless only a part of it did."""
    failures = Period.objects.values_list("failures", flat=True).get(name=period.name) + 1
    rest = max(period.every, min(period.every * (1 << min(failures, 10)), LONGEST_REST)) if rests else period.every
    if rests:
        logger.error("%s failed: %s", period.name, error)
    Period.objects.filter(name=period.name).update(
        claimed_at=None,
        next_at=now + rest,
        failures=F("failures") + 1,
        failed_at=now,
        problem="".join(format_exception(error))[-10_000:],
    )


def run_period_soon(*, name: str, now: datetime) -> None:
    """Have periodic work run at once, on an administrator's word.

    :raises UnableToRetry: if there is no such work
    """
    if not Period.objects.filter(name=name).update(next_at=now):
        raise UnableToRetry(_("There is no such work."))


def forget_old(*, now: datetime) -> int:
    """Throw away the records of work long done; return how many."""
    done = Q(status=TaskResultStatus.SUCCESSFUL, finished_at__lte=now - KEEP_DONE)
    failed = Q(status=TaskResultStatus.FAILED, finished_at__lte=now - KEEP_FAILED)
    return int(DBTaskResult.objects.filter(done | failed).delete()[0])
