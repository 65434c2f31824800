"""Long work gives way, inside one worker, to what must come at its time.

A process runs one thread's Python at a time, so an hour of counting beside the lane of the clock makes every warning
take twice as long. Long work therefore rests between two of its steps, and rests on while the clock speaks.

What nobody waits for gives way beyond that to whoever wants the processor, in whatever process: it waits for leisure.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

PAUSE: Final = 0.05  # seconds: SQLite lets who waits for it try again only now and then
LONGEST: Final = 10.0  # seconds; work that is never let on would be late itself

_quiet = threading.Condition()
_speaking = 0


@contextmanager
def at_its_time() -> Iterator[None]:
    """What is done inside must come at its time: long work of this process rests meanwhile."""
    global _speaking  # noqa: PLW0603 — one process, one count
    with _quiet:
        _speaking += 1
    try:
        yield
    finally:
        with _quiet:
            _speaking -= 1
            _quiet.notify_all()


def rest(*, pause: float = PAUSE, longest: float = LONGEST) -> None:
    """Rest between two steps of long work: a moment, and as long as something comes at its time, but not for ever."""
    time.sleep(pause)
    with _quiet:
        _quiet.wait_for(lambda: not _speaking, timeout=longest)


LEISURE: Final = 0.5  # of the processors' time that nobody wanted
BETWEEN: Final = 0.9  # seconds at least between two looks
type Spent = tuple[float, float]  # the processors' time since the machine began, and what nobody wanted of it


def spent() -> Spent | None:
    """Return how the processors' time was spent; Linux tells, of other systems nothing is known."""
    try:
        told = Path("/proc/stat").read_text(encoding="ascii").partition("\n")[0].split()
        times = [float(one) for one in told[1:9]]
    except (OSError, ValueError):
        return None
    return (sum(times), times[3] + times[4]) if len(times) > 4 else None


class Leisure:
    """Whether the processors stood idle for half of the time since the last look, whoever it was that used them."""

    def __init__(
        self, *, spent: Callable[[], Spent | None] = spent, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._spent, self._clock = spent, clock
        self._looked_at, self._before = clock(), spent()
        self._is_there = self._before is None  # where nothing is known, nothing waits for it

    def is_there(self) -> bool:
        """Look, unless that was done a moment ago."""
        if (now := self._clock()) - self._looked_at < BETWEEN:
            return self._is_there
        before, after = self._before, self._spent()
        self._looked_at, self._before = now, after
        if before is None or after is None or after[0] <= before[0]:
            self._is_there = after is None
        else:
            self._is_there = (after[1] - before[1]) / (after[0] - before[0]) >= LEISURE
        return self._is_there
