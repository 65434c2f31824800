"""Long work gives way, inside one worker, to what must come at its time.

A process runs one thread's Python at a time, so an hour of counting beside the lane of the clock makes every warning
take twice as long. Long work therefore rests between two of its steps, and rests on while the clock speaks.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
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
