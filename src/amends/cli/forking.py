"""One program reads in what all parts of a desk hold, and the parts are forked off it (Linux).

A forked part shares every page of memory with the others until one of them writes to it. What is read in before is kept
once on a machine, however many web processes and workers there are: pages, words of four languages, cues, and the
learned reader. Elsewhere than on Linux, where libraries of the system do not bear it, each part reads in by itself.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

FORKS: Final = sys.platform == "linux"
_NAME: Final = Path("/proc/self/comm")
_NO: Final = 0
_YES: Final = 100  # how a fork ends that found yes


def read_in() -> None:
    """Load what a web process or a worker comes to need, and keep the collector from writing to it.

    Nothing here may ask the database or begin a thread: neither survives a fork.
    """
    for library in ("OMP", "OPENBLAS"):  # whose threads would not survive it either, and have nothing to do
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    gc.disable()  # nothing of this is ever let go
    try:
        from amends.cli.desk import open_desk

        open_desk()
        from amends.desk import read_in as desk

        desk.read_in()
    finally:
        gc.enable()
    gc.collect()
    from amends.desk.web import memory

    memory.trim()
    gc.freeze()
    global _has_read_in  # noqa: PLW0603 - one process, one memory
    _has_read_in = True


def has_read_in() -> bool:
    """Whether this process, or the one that it parted from, has read in what a part needs."""
    return _has_read_in


_has_read_in = False


class Forked:
    """A part in a process of its own and a session of its own, to be watched as one that was started is."""

    def __init__(self, work: Callable[..., object], *given: Any, name: str) -> None:
        fork = multiprocessing.get_context("fork")
        self._process = fork.Process(target=_begin, args=(name, work, given), name=name)
        self._process.start()
        self.pid = self._process.pid or 0

    def poll(self) -> int | None:
        """Return how it ended; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        :raises subprocess.TimeoutExpired: when it still runs after so many seconds
        """
        self._process.join(timeout)
        if (ended := self._process.exitcode) is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0)
        return ended

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


def _begin(name: str, work: Callable[..., object], given: tuple[Any, ...]) -> None:
    os.setsid()  # Ctrl-C reaches the program that forked it, which stops its parts in order
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    call_it(name)
    work(*given)


def call_it(name: str) -> None:
    """Name this process, for whoever looks at what runs on the machine."""
    if FORKS:
        _NAME.write_text(f"amends {name}", encoding="ascii")


class Apart:
    """Work that is done in a fork of this program, which learns yes or no and keeps nothing of what was loaded for it.

    Where nothing is forked it is done here, at once.
    """

    def __init__(self, work: Callable[..., bool], *given: Any) -> None:
        self._found: bool | None = None
        if FORKS:
            self._process = multiprocessing.get_context("fork").Process(target=_answer, args=(work, given))
            self._process.start()
        else:
            self._found = work(*given)

    def ended(self) -> bool:
        """Wait for the end, and return what was found.

        :raises SystemExit: when the work ended with an error, which it has said
        """
        if self._found is None:
            self._process.join()
            code = self._process.exitcode or 0
            if code not in {_NO, _YES}:
                raise SystemExit(code if code > 0 else 128 - code)
            self._found = code == _YES
        return self._found


def _answer(work: Callable[..., bool], given: tuple[Any, ...]) -> None:
    import click

    try:
        found = work(*given)
    except click.ClickException as error:
        error.show()
        raise SystemExit(error.exit_code) from None
    raise SystemExit(_YES if found else _NO)
