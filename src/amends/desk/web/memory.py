"""Giving memory back. A web process and a worker work in several threads, and each leaves holes behind.

The C library keeps what was freed: in places of their own for as many threads as there were at once, which are never
put together. Two places serve as well, and what lies free in them is handed back every now and then. That happens on
Linux with glibc only.

The engine remembers texts, sentences and words that it has read, for a draft is read again at every pause of its
writer. Over a day that would be tens of thousands of them, all over the memory of each process, and words of people who
were erased since. So they are forgotten every two minutes: who goes on typing waits some milliseconds once.
"""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Callable
from itertools import count
from threading import Thread
from typing import Final

MOST_ARENAS: Final = 2
EVERY: Final = 20.0  # seconds
FORGETS: Final = 6  # of these pass, and what was read is forgotten
MANY: Final = 512  # what remembers fewer holds words of the house: languages, grammars, files
READS: Final = (
    "amends.engine.", "amends.desk.complaints.search", "amends.desk.complaints.where_found",
    "amends.desk.complaints.archived",
)  # fmt: skip
_M_ARENA_MAX: Final = -8  # malloc.h


def give_back() -> None:
    """Begin to give memory back, for as long as the process lives."""
    if (library := _glibc()) is not None:
        library.mallopt(_M_ARENA_MAX, MOST_ARENAS)
    Thread(target=_again_and_again, args=(library,), name="memory", daemon=True).start()


def forget() -> None:
    """Forget what the engine, and who searches, remember of texts that they have read."""
    for name, module in list(sys.modules.items()):
        if not name.startswith(READS):
            continue
        for one in list(vars(module).values()):
            told = getattr(one, "cache_parameters", None)
            if told is not None and (told()["maxsize"] or 0) >= MANY:
                one.cache_clear()


def trim() -> None:
    """Give back once what lies free: what was needed only to read in shall not be everybody's for ever."""
    if (library := _glibc()) is not None:
        library.malloc_trim(0)


def _glibc() -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL("libc.so.6")
    except OSError:
        return None
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None


def _again_and_again(library: ctypes.CDLL | None, *, wait: Callable[[float], object] = time.sleep) -> None:
    for passed in count(1):
        wait(EVERY)
        if passed % FORGETS == 0:
            forget()
        if library is not None:
            library.malloc_trim(0)
