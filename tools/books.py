"""What holds after every fault: columns agree with timelines, promises end once, and the database file is whole."""

from __future__ import annotations

import os
import signal
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress


class Broken(AssertionError):
    """Something was lost, or came twice, or is not in order."""


class Troubles:
    """Tells who waits for a process why it ended: it says so into a pipe, however little is left of it."""

    def __init__(self) -> None:
        """Open the pipe, which processes that are forked from now on inherit."""
        self._here, self._there = os.pipe()
        os.set_blocking(self._here, False)

    def tell(self, error: BaseException) -> None:
        """Say what ended this process."""
        with suppress(OSError):
            os.write(self._there, "".join(traceback.format_exception(error)).encode()[-4000:])

    def told(self) -> str:
        """Return what was said since the last time."""
        with suppress(BlockingIOError):
            return os.read(self._here, 65536).decode(errors="replace")
        return ""

    def end(self) -> None:
        """Close the pipe."""
        os.close(self._here)
        os.close(self._there)


def lived(lives: Iterable[tuple[int, float | None]]) -> Iterator[int | None]:
    """Wait for processes, and kill those whose time is over.

    :param lives: each process with its seconds from now, or None where it may live until it is done
    :return: for each, what it ended with, or None where it was killed, here or by a signal of its own
    """
    begun = time.monotonic()
    for pid, life in sorted(lives, key=lambda one: one[1] or 99):
        if life is not None:
            time.sleep(max(0.0, begun + life - time.monotonic()))
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        yield os.WEXITSTATUS(status) if os.WIFEXITED(status) else None


def said_once() -> None:
    """Look whether every promise changed state once, and everybody was told of it once, in their working hours.

    :raises Broken: if not
    """
    from amends.desk.complaints.models import Event
    from amends.desk.people.models import Agent
    from amends.desk.promises.models import Promise

    agents = {agent.pk: agent.calendar() for agent in Agent.objects.select_related("team__calendar")}
    said: Counter[tuple[object, ...]] = Counter()
    settled: Counter[int] = Counter()
    for event in Event.objects.filter(kind__in=["warned", "promise-broken", "promise-kept"]).select_related("content"):
        data = event.content.data
        if event.kind != "warned":
            settled[data["promise"]] += 1
            continue
        what = data.get("promise") or (event.complaint_id, data.get("clock"), data.get("due"), data.get("outgoing"))
        said[(data["to"], data["about"], what)] += 1
        if not agents[data["to"]].is_open(event.at):
            raise Broken(f"{data['about']} was said at {event.at}, when nobody works")
    twice = [what for what, count in (*said.items(), *settled.items()) if count > 1]
    if twice:
        raise Broken(f"said twice: {twice}")
    ended = set(Promise.objects.exclude(state="open").values_list("pk", flat=True))
    if ended != set(settled):
        raise Broken(f"state and timeline disagree: {sorted(ended ^ set(settled))}")


Seen = dict[int, tuple[object, ...]]  # by complaint: its columns, and how much happened in it


def look_through(seen: Seen | None = None) -> None:
    """Rebuild every complaint and look at the file.

    :param seen: what was in order the last time, and is passed over while nothing changed; written to
    :raises Broken: if a column had drifted or the file is damaged
    """
    from django.db import connection
    from django.db.models import Count

    from amends.desk.complaints import actions
    from amends.desk.complaints.models import Complaint, Event

    happened = dict(Event.objects.order_by().values_list("complaint").annotate(count=Count("pk")))
    for row in Complaint.objects.values():
        now = (*row.values(), happened.get(row["id"]))
        if seen is not None and seen.get(row["id"]) == now:
            continue
        if changed := actions.rebuild(complaint=Complaint.objects.get(pk=row["id"])):
            raise Broken(f"complaint {row['number']}: {changed} had drifted from the timeline")
        if seen is not None:
            seen[row["id"]] = now
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            (state,) = cursor.execute("PRAGMA quick_check").fetchone()
        if state != "ok":
            raise Broken(f"the database file is damaged: {state}")
