"""Measure the watch over promises and clocks: at rest, when much falls due, and after a calendar change.

    bench_due.py --database sqlite|postgresql --result FILE [--size N]

Runs on a database of its own, with the real worker, and writes its figures as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

DUE = 100  # promises and as many clocks that fall due in the same moment
PASSES = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--result", type=Path, required=True)
    parser.add_argument("--size", type=int, default=100_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="amends-bench-") as folder:
        os.environ["AMENDS_DATA"] = folder
        if asked.database == "sqlite":
            os.environ.pop("DATABASE_URL", None)
        os.environ["DJANGO_SETTINGS_MODULE"] = "amends.desk.settings"
        sys.path.insert(0, str(Path(__file__).resolve().parent))
        asked.result.write_text(json.dumps(measure(size=asked.size)), encoding="utf-8")


def measure(*, size: int) -> dict[str, float]:
    """Lay out the crowd and measure."""
    import django

    django.setup()
    from crowd import crowd, people
    from django.core.management import call_command
    from django.utils import timezone

    from amends.desk.clocks import actions as clocks
    from amends.desk.clocks import counting
    from amends.desk.clocks.models import Clock, CountedBy
    from amends.desk.people.models import Calendar
    from amends.desk.promises import actions as promises
    from amends.desk.promises.models import Promise

    call_command("migrate", verbosity=0, interactive=False)
    now = timezone.now()
    agents = people()
    crowd(promises=size, clocks=size, agents=agents, now=now)
    CountedBy.objects.create(pk=1, digest=counting.digest(), at=now)
    found: dict[str, float] = {
        "promises": Promise.objects.filter(state="open").count(),
        "clocks": Clock.objects.filter(state="running").count(),
    }
    found["pass_ms"] = _middle(
        lambda: (promises.break_due(now=timezone.now()), clocks.look(now=timezone.now())), PASSES
    )
    found["digest_ms"] = _middle(lambda: clocks.recount_if_changed(now=timezone.now()), PASSES)
    found |= _due()
    Calendar.objects.update(days_off=[(now + timedelta(days=3)).date().isoformat()])
    begins, worked = time.perf_counter(), time.process_time()
    counted = clocks.recount_if_changed(now=timezone.now())
    found["recount_s"] = time.perf_counter() - begins
    found["recount_worked_s"] = time.process_time() - worked
    found["recounted"] = counted
    return found


def _due() -> dict[str, float]:
    """Let many fall due in one moment under a real worker, and see how late each is acted on."""
    from django.db import connection
    from django.utils import timezone

    from amends.desk.clocks.models import Clock
    from amends.desk.jobs.worker import Worker, new_worker_id
    from amends.desk.promises.models import Promise

    worker = Worker(worker_id=new_worker_id())

    def work() -> None:
        try:
            worker.run()
        finally:
            connection.close()

    thread = threading.Thread(target=work, name="worker")
    thread.start()
    time.sleep(5)  # all periodic work has run once
    due = timezone.now() + timedelta(seconds=3)
    some = list(Promise.objects.order_by("pk").values_list("pk", flat=True)[: 2 * DUE : 2])
    others = list(Clock.objects.order_by("-pk").values_list("pk", flat=True)[: 2 * DUE : 2])
    Promise.objects.filter(pk__in=some).update(due_at=due, owner_warned_at=due, lead_warned_at=due)
    Clock.objects.filter(pk__in=others).update(due_at=due, warned_at=due)
    seen: dict[tuple[str, int], float] = {}
    worked = time.process_time()
    while len(seen) < 2 * DUE and timezone.now() < due + timedelta(seconds=120):
        at = (timezone.now() - due).total_seconds()
        # Asked by their keys alone, so that looking costs the worker nothing; told in the transaction of the event.
        broken = Promise.objects.filter(pk__in=some, state="broken", told_at__isnull=False).values_list("pk", flat=True)
        told = Clock.objects.filter(pk__in=others, told_at__isnull=False).values_list("pk", flat=True)
        for name, pks in (("promise", broken), ("clock", told)):
            for pk in pks:
                seen.setdefault((name, pk), at)
        time.sleep(0.1)
    worked = time.process_time() - worked
    worker.stopping.set()
    thread.join()
    lates = sorted(seen.values())
    return {
        "due": len(lates),
        "due_of": 2 * DUE,
        "first_s": lates[0] if lates else -1,
        "middle_s": statistics.median(lates) if lates else -1,
        "last_s": lates[-1] if lates else -1,
        "worked_s": worked,
    }


def _middle(work: Callable[[], object], runs: int) -> float:
    took = []
    for _ in range(runs):
        begins = time.perf_counter()
        work()
        took.append(1000 * (time.perf_counter() - begins))
    return statistics.median(took)


if __name__ == "__main__":
    main()
