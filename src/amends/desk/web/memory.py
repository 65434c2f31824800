"""Giving memory back. A web process and a worker work in several threads, and each leaves holes behind.

The C library keeps what was freed: in places of their own for as many threads as there were at once, which are never
put together. Two places serve as well, and what lies free in them is handed back every now and then. Elsewhere than on
Linux with glibc nothing happens here.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from threading import Thread
from typing import Final

MOST_ARENAS: Final = 2
EVERY: Final = 20.0  # seconds
_M_ARENA_MAX: Final = -8  # malloc.h


def give_back() -> None:
    """Begin to give memory back, for as long as the process lives."""
    library = _glibc()
    if library is None:
        return
    library.mallopt(_M_ARENA_MAX, MOST_ARENAS)
    Thread(target=_again_and_again, args=(library,), name="memory", daemon=True).start()


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


def _again_and_again(library: ctypes.CDLL, *, wait: Callable[[float], object] = time.sleep) -> None:
    while True:
        wait(EVERY)
        library.malloc_trim(0)
