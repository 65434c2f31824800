"""Folders for what is on its way: gone at the end; what a run that was killed left in one goes with the next run."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

NEW: Final = 3600.0  # seconds for which a folder may not have said yet that somebody is at work in it


@contextmanager
def aside(folder: Path, *, prefix: str, now: float | None = None) -> Iterator[Path]:
    """Make a folder within another one that only its owner may read, and take away those of runs that died."""
    _sweep(folder, prefix=prefix, now=time.time() if now is None else now)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=folder) as made:
        hold = os.open(made, os.O_RDONLY)
        try:
            _is_ours(hold)
            yield Path(made)
        finally:
            os.close(hold)


@contextmanager
def stopped_in_order() -> Iterator[None]:
    """Let the system's wish to stop end a command as Ctrl-C does, with what is on its way taken away."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: Any) -> None:
        del frame
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _sweep(folder: Path, *, prefix: str, now: float) -> None:
    for left in folder.glob(f"{prefix}*"):
        with suppress(OSError):  # of somebody else, or gone meanwhile
            if left.is_symlink() or not left.is_dir() or now - left.stat().st_mtime < NEW:
                continue
            hold = os.open(left, os.O_RDONLY)
            try:
                if _is_ours(hold):
                    shutil.rmtree(left, ignore_errors=True)
            finally:
                os.close(hold)


def _is_ours(hold: int) -> bool:
    """Whether nobody else holds a folder; the system lets go of it when whoever held it dies."""
    try:
        import fcntl
    except ImportError:  # where folders cannot be held, nothing is swept
        return False
    try:
        fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
