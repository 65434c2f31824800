"""The desk's programs as a bench starts them, and what they take of the machine (Linux)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def started(stack: ExitStack, part: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a part of the desk, a web server or a worker, that ends with the stack."""
    one = subprocess.Popen(
        [sys.executable, "-m", "amends.cli.parts", part, str(os.getpid()), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    stack.callback(one.wait)
    stack.callback(one.terminate)
    return one


def processor(parts: Sequence[subprocess.Popen[bytes]]) -> float:
    """Return the seconds of processor time that programs and their children have used."""
    pids = [pid for part in parts for pid in _family(part.pid)]
    fields = [Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split() for pid in pids]
    return sum(int(one[11]) + int(one[12]) for one in fields) / TICKS


def memory(parts: Sequence[subprocess.Popen[bytes]]) -> float:
    """Return the megabytes that programs hold, what they share told once (PSS)."""
    lines = [
        line
        for part in parts
        for pid in _family(part.pid)
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    ]
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _family(root: int) -> list[int]:
    children = Path(f"/proc/{root}/task/{root}/children").read_text(encoding="ascii").split()
    return [root, *(grand for child in children for grand in _family(int(child)))]
