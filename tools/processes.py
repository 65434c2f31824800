"""The desk's programs as a bench starts them, and what they take of the machine (Linux)."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, suppress
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


def served(
    stack: ExitStack, port: int, *, webs: int, without: str = "", log: Path | None = None
) -> subprocess.Popen[bytes]:
    """Serve the desk whole, as `amends serve` does, until the stack ends.

    :param without: a package that these programs shall not find, as on a machine where it is not installed
    :param log: where what they say is kept
    """
    env = dict(os.environ)
    if without:
        hidden = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="amends-without-")))
        (hidden / "sitecustomize.py").write_text(f"import sys\nsys.modules[{without!r}] = None\n", encoding="ascii")
        env["PYTHONPATH"] = str(hidden)
    asked = ["--port", str(port), "--web-processes", str(webs), "--no-example"]
    said = stack.enter_context(log.open("wb")) if log is not None else subprocess.DEVNULL
    one = subprocess.Popen(
        [sys.executable, "-m", "amends.cli", "serve", *asked],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=said,
        stderr=said,
    )
    stack.callback(one.wait)
    stack.callback(one.terminate)
    return one


async def up(port: int) -> None:
    """Wait until somebody answers on a port.

    :raises SystemExit: if nobody does in two minutes
    """
    for _try in range(600):
        with suppress(OSError):
            (await asyncio.open_connection("127.0.0.1", port))[1].close()
            return
        await asyncio.sleep(0.2)
    raise SystemExit("The web server did not start.")


def processor(parts: Sequence[subprocess.Popen[bytes]], *, named: str = "") -> float:
    """Return the seconds of processor time that programs and their children, or those of a name, have used."""
    return sum(sum(_times(pid)[:2]) for part in parts for pid in family(part.pid) if named in _name(pid))


def worked(root: int) -> float:
    """Return the seconds of processor time that a program and its children have used, those that have ended too."""
    return sum(sum(_times(pid)) for pid in family(root))


def _times(pid: int) -> list[float]:
    """Return a process's own seconds, for itself and in the kernel, and those of its children that have ended."""
    with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        return [int(one) / TICKS for one in fields[11:15]]
    return []


def memory(parts: Sequence[subprocess.Popen[bytes]]) -> float:
    """Return the megabytes that programs hold, what they share told once (PSS)."""
    return sum(memory_by_name(parts).values())


def memory_by_name(parts: Sequence[subprocess.Popen[bytes]], *, own: bool = False) -> dict[str, float]:
    """Return the same by the names of the processes: what they share is laid to each in equal parts.

    :param own: without the pages of files, which the machine lends, and of which the share depends on who else has them
    """
    kind = "Pss_Anon:" if own else "Pss:"
    found: dict[str, float] = {}
    for pid in (pid for part in parts for pid in family(part.pid)):
        with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            told = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
            share = sum(int(line.split()[1]) for line in told if line.startswith(kind)) / 1024
            found[_name(pid)] = found.get(_name(pid), 0.0) + share
    return found


def _name(pid: int) -> str:
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    return ""


def family(root: int) -> list[int]:
    """Return a process and all that came of it, of any of its threads, and still live."""
    try:
        threads = list(Path(f"/proc/{root}/task").iterdir())
        children = [int(one) for at in threads for one in (at / "children").read_text(encoding="ascii").split()]
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [root, *(grand for child in children for grand in family(child))]
