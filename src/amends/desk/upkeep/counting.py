"""Requests of one process: how many, how they ended, how long they took."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from threading import Lock
from typing import Final

from amends.desk.upkeep.figures import Figure

UP_TO: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds


class Requests:
    """Counts by the name of a page, never by its address, which may hold a key or a number."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._ended: dict[tuple[str, str], int] = defaultdict(int)
        self._within = [0] * (len(UP_TO) + 1)
        self._took = 0.0

    def add(self, *, view: str, status: int, took: float) -> None:
        """Count one that has ended."""
        with self._lock:
            self._ended[view or "none", f"{status // 100}xx"] += 1
            self._within[bisect_left(UP_TO, took)] += 1
            self._took += took

    def figures(self) -> Iterator[Figure]:
        """Yield what was counted since the process began."""
        with self._lock:
            ended, within, took = dict(self._ended), list(self._within), self._took
        for (view, status), count in sorted(ended.items()):
            yield Figure(
                "amends_requests_total", "Requests of this process.", count, {"view": view, "status": status}, "counter"
            )
        name, says = "amends_request_seconds", "How long requests of this process took."
        total = 0
        for limit, count in zip((*UP_TO, "+Inf"), within, strict=True):
            total += count
            yield Figure(name, says, total, {"le": str(limit)}, "histogram", "_bucket")
        yield Figure(name, says, took, {}, "histogram", "_sum")
        yield Figure(name, says, total, {}, "histogram", "_count")
