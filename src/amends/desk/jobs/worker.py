"""A worker: runs tasks from the database queue and periodic work, until it is told to stop.

It does one thing at a time in each of its lanes: one for what the clock says, one for letters, one for all else, so
that a promise breaks at its time however long an export takes. Larger sites run several workers; every task and every
periodic run is claimed by one.
"""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Collection
from contextlib import nullcontext
from datetime import datetime, timedelta

from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.tasks import TaskContext
from django.utils import timezone

from amends.desk.jobs import actions, giving_way, periods
from amends.desk.jobs.groups import PartlyFailed

logger = logging.getLogger("amends.jobs")

IDLE = 1.0  # seconds between two looks at an empty queue
BEAT_EVERY = 15.0
RECOVER_EVERY = timedelta(seconds=30)
GIVES_WAY = 5  # how nice: a quarter to a third of the processor when all want it
RESTS = 2.0  # times as long as work that nobody waits for took of the processor
LATER = timedelta(seconds=10)  # after which such work begins where there is leisure for it
AT_LAST = timedelta(minutes=10)  # after which it begins wherever
LONGEST_REST = 1.0  # seconds; whoever comes meanwhile waits no longer than at an empty queue


def new_worker_id() -> str:
    return f"{socket.gethostname()[:30]}-{os.getpid()}-{secrets.token_hex(4)}"


def _give_way() -> None:
    """Make this thread, and those it starts, nicer; Linux knows this of a thread, elsewhere it would be all of them."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), GIVES_WAY)


class Worker:
    """One process that works; the clock is handed in, and what tells how long its thread had the processor.

    After work that nobody waits for (a priority below nought) it owes a rest, so that a burst of it takes a third of
    a processor and not all that pages leave, which they would have to win back each time. Where it gives way, such work
    does not begin beside what brought it about, nor while others want the processors, for some minutes at least.
    """

    def __init__(
        self,
        *,
        worker_id: str,
        clock: Callable[[], datetime] = timezone.now,
        processor: Callable[[], float] = time.thread_time,
        leisure: Callable[[], bool] | None = None,
    ) -> None:
        self.id = worker_id
        self.clock = clock
        self.processor = processor
        self.leisure = leisure or giving_way.Leisure().is_there
        self.stopping = threading.Event()
        self.owes = 0.0  # seconds of rest, after the last task
        self._recovered_at: datetime | None = None
        self._table = periods.table()

    def run(self, *, gives_way: bool = False) -> None:
        """Work until `stopping` is set; what is being done then is finished first.

        :param gives_way: let pages, the clock and letters go before long work where the processor is short
        """
        self.begin()
        heart = threading.Thread(target=self._beat, name="heart", daemon=True)
        heart.start()
        lanes = sorted({period.lane for period in self._table.values()} - {""})
        beside = [threading.Thread(target=self._run_lane, args=(lane,), name=lane) for lane in lanes]
        for thread in beside:
            thread.start()
        if gives_way:
            _give_way()
        while not self.stopping.is_set():
            if not self._safely(self.turn, lanes=frozenset({""}), gives_way=gives_way):
                self.stopping.wait(IDLE)
            elif gives_way and self.owes:
                self.stopping.wait(self.owes)
        for thread in beside:
            thread.join()
        heart.join(BEAT_EVERY)
        actions.leave(worker_id=self.id)

    def stop_on_signals(self) -> None:
        """Stop in good order on Ctrl-C and when the system asks for it."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stopping.set())

    def begin(self) -> None:
        """Say that this worker lives, and see that all periodic work has its row."""
        now = self.clock()
        actions.beat(worker_id=self.id, host=socket.gethostname(), pid=os.getpid(), now=now)
        for name in self._table:
            actions.enter_period(name=name, now=now)

    def turn(self, *, lanes: Collection[str] | None = None, gives_way: bool = False) -> bool:
        """Do what is due, once, in some lanes or in all; return whether a task was run."""
        now = self.clock()
        if self._recovered_at is None or now - self._recovered_at >= RECOVER_EVERY:
            self._recovered_at = now
            actions.recover_lost(now=now)
        if not self._do_periods(lanes):
            return False
        task = actions.claim_task(worker_id=self.id, now=self.clock(), quiet_before=self._quiet_before(gives_way))
        if task is None:
            return False
        begins = self.processor()
        self._run_task(task)
        self.owes = min(RESTS * (self.processor() - begins), LONGEST_REST) if task.priority < 0 else 0.0
        return True

    def _quiet_before(self, gives_way: bool) -> datetime | None:  # noqa: FBT001
        """Until when work that nobody waits for has to be asked for, so that it begins now; None for any."""
        if not gives_way:
            return None
        return self.clock() - (LATER if self.leisure() else AT_LAST)

    def _run_lane(self, lane: str) -> None:
        """Do what is due in one lane, beside all the other work, until told to stop."""
        try:
            while not self.stopping.is_set():
                self._safely(self._do_periods, frozenset({lane}))
                self.stopping.wait(IDLE)
        finally:
            connection.close()

    def _safely(self, work: Callable[..., bool], *given: object, **named: object) -> bool:
        """Do some work once; a database that does not answer is asked again later."""
        close_old_connections()
        try:
            return work(*given, **named)
        except (OperationalError, InterfaceError) as error:
            logger.warning("the database does not answer: %s", error)
            close_old_connections()
            return False

    def _do_periods(self, lanes: Collection[str] | None) -> bool:
        """Run what came back; return False when told to stop before all of it was done."""
        among = [period for period in self._table.values() if lanes is None or period.lane in lanes]
        for period in actions.due_periods(among=among, now=self.clock()):
            if self.stopping.is_set():
                return False
            if actions.claim_period(period=period, worker_id=self.id, now=self.clock()):
                self._run_period(period)
        return True

    def _run_period(self, period: periods.Periodic) -> None:
        try:
            with giving_way.at_its_time() if period.lane == periods.CLOCK else nullcontext():
                period.run(now=self.clock())
        except PartlyFailed as error:  # the rest is in time, and is so at the next run too
            actions.fail_period(period=period, error=error, now=self.clock(), rests=False)
        except Exception as error:
            logger.exception("%s failed", period.name)
            actions.fail_period(period=period, error=error, now=self.clock())
        else:
            actions.finish_period(name=period.name, now=self.clock())

    def _run_task(self, row: actions.Row) -> None:
        try:
            task, result = row.task, row.task_result
        except (ImportError, AttributeError, SuspiciousOperation) as error:
            logger.exception("%s is not known here", row.task_path)
            actions.fail_task(task=row, error=error, now=self.clock(), for_good=True)
            return
        try:
            if task.takes_context:
                value = task.call(TaskContext(task_result=result), *result.args, **result.kwargs)
            else:
                value = task.call(*result.args, **result.kwargs)
        except Exception as error:
            logger.exception("%s failed", row.task_path)
            actions.fail_task(task=row, error=error, now=self.clock())
        else:
            actions.finish_task(task=row, value=value)

    def _beat(self) -> None:
        """Say every few seconds that this worker lives, also during long work."""
        try:
            while not self.stopping.wait(BEAT_EVERY):
                try:
                    actions.beat(worker_id=self.id, host=socket.gethostname(), pid=os.getpid(), now=self.clock())
                except (OperationalError, InterfaceError) as error:
                    logger.warning("no sign of life: %s", error)
                    close_old_connections()
        finally:
            connection.close()
