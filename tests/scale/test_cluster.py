"""`amends audit s3://… --cluster`: a machine dies in the middle, and what comes out is what one machine gives."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from amends.batch.cluster import Cluster, UnableToReachCluster
from amends.batch.pipeline import audit_files
from amends.batch.source import Export
from amends.batch.stores import Store

BIN = Path(sys.executable).parent
REPLIES = (
    "We will get back to you as soon as possible.",
    "That is our policy, and there is nothing I can do.",
    "You should have read the terms. That is your own fault.",
    "I am sorry, Mrs Hill. I have sent the 20 euros back today, and I will call you on Friday at 10:00.",
)
FILES, EACH = 6, 60
STARTS = 20  # of one machine: on a busy one it gives up by itself after half a minute
# A machine that is busy is not dead: its cluster gives it a minute for each of five answers. One that is gone refuses
# them at once.
PATIENT = {"RAY_health_check_timeout_ms": "60000"}


def write(folder: Path) -> None:
    """Lay out an export in several files, with a text that went to many and a line that is cut.

    Every second one has a row for each message, first what customers wrote and then what agents did.
    """
    folder.mkdir()
    for file in range(FILES):
        talks: list[dict[str, Any]] = []
        for at in range(EACH):
            number = file * EACH + at
            said = REPLIES[number % 4] if at % 7 else f"Your number is {number}. {REPLIES[number % 4]}"
            turns = [
                {"by": "customer", "text": f"My parcel {number} is late.", "at": "2026-03-02T09:00"},
                {"by": "agent", "text": said, "at": "2026-03-02T09:30"},
            ]
            talks.append({"id": f"{number}", "turns": turns})
        if file % 2:
            rows = [(one["id"], turn) for by in (0, 1) for one in talks for turn in [one["turns"][by]]]
            lines = [f'{of},{turn["at"]},{turn["by"]},"{turn["text"]}"' for of, turn in rows]
            whole = "\n".join(["ticket_id,created_at,role,body", *lines, "1"])
            (folder / f"talks-{file}.csv").write_text(f"{whole}\n", encoding="utf-8")
        else:
            lines = [json.dumps(one) for one in talks]
            (folder / f"talks-{file}.jsonl").write_text("\n".join([*lines, lines[0][:50]]), encoding="utf-8")


class Machine:
    """A machine of the cluster: a process whose children are the machine."""

    def __init__(self, *options: str, env: dict[str, str]) -> None:
        self._options, self._env, self._left = options, env, STARTS
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-W", "ignore", "-m", "ray.scripts.scripts", "start", "--block"]
        usual = ("--disable-usage-stats", "--node-ip-address=127.0.0.1", "--object-store-memory=100000000")
        with tempfile.TemporaryFile() as told:
            self._heard = os.dup(told.fileno())
            how: dict[str, Any] = {"stdout": told, "stderr": told, "env": self._env}
            self.process = subprocess.Popen([*command, *usual, *self._options], **how)

    def is_up(self) -> bool:
        """Whether it says so itself."""
        self.start_again()
        return b"Ray runtime started" in os.pread(self._heard, 100_000, 0)

    def is_at_work(self) -> bool:
        """Whether it has begun a file."""
        self.start_again()
        return any(_name(one).startswith(b"ray::_run") for one in below(self.process.pid))

    def start_again(self) -> None:
        """Start it once more if it gave up, as whoever looks after a cluster would."""
        if self.process.poll() is not None:
            self._left -= 1
            assert self._left, "a machine does not start"
            self.start()

    def kill(self) -> None:
        """End it and all that runs on it, as when a cable is pulled."""
        for one in [*below(self.process.pid), self.process.pid]:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        self.process.wait()


def below(pid: int) -> list[int]:
    """Return every process below one."""
    try:
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return []
    return [one for child in map(int, told) for one in (child, *below(child))]


def _name(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def cluster(env: dict[str, str]) -> Iterator[tuple[str, str, list[Machine]]]:
    """A head without cores, and two machines with one core each; yields its addresses, within, outside, and the two."""
    port = free_port()
    machines: list[Machine] = []
    with tempfile.TemporaryDirectory(prefix="ray", ignore_cleanup_errors=True) as folder:  # short: sockets lie in it
        outside = free_port()
        options = ("--head", f"--port={port}", f"--ray-client-server-port={outside}", "--include-dashboard=false")
        try:
            machines.append(Machine(*options, "--num-cpus=0", f"--temp-dir={folder}", env=env))
            wait(machines[0].is_up)
            machines += [Machine(f"--address=127.0.0.1:{port}", "--num-cpus=1", env=env) for _ in range(2)]
            for machine in machines[1:]:
                wait(machine.is_up)
            yield f"127.0.0.1:{port}", f"ray://127.0.0.1:{outside}", machines[1:]
        finally:
            for machine in machines:
                machine.kill()


def wait(until: Callable[[], bool], *running: subprocess.Popen[Any]) -> None:
    """Wait for something as long as processes run that it depends on, however busy the machine is."""
    while not until():
        assert [one.communicate() for one in running if one.poll() is not None] == []
        time.sleep(0.05)


def ended(audit: subprocess.Popen[bytes], *machines: Machine) -> tuple[str, str]:
    """Wait for the end of an audit, with machines looked after; return what it said, and of what it complained."""
    while True:
        try:
            told, errors = audit.communicate(timeout=1)
        except subprocess.TimeoutExpired:
            for machine in machines:
                machine.start_again()
        else:
            return told.decode(), errors.decode()


def audit(*given: str, env: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([BIN / "amends", "audit", *given], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.scale("ray", "moto")
def test_a_machine_that_dies_changes_nothing(bucket: str, tmp_path: Path) -> None:
    store = Store.from_url(bucket)
    write(tmp_path / "export")
    for file in sorted((tmp_path / "export").iterdir()):
        store.put(file, file.name)
    quiet = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_DISABLE_IMPORT_WARNING": "1", "PYTHONWARNINGS": "ignore"}
    env = {**os.environ, **quiet, **PATIENT}

    alone = audit(str(tmp_path / "export"), "--out", str(tmp_path / "alone"), "--workers", "1", env=env)
    with cluster(env) as (within, outside, (one, other)):
        spread = audit(bucket, "--out", str(tmp_path / "spread"), "--cluster", within, env=env)
        wait(one.is_at_work, spread)
        one.kill()
        assert spread.poll() is None
        told, errors = ended(spread, other)
        one.start()
        wait(one.is_up)
        called = audit(bucket, "--out", str(tmp_path / "called"), "--cluster", outside, env=env)
        told_outside, errors_outside = ended(called, one, other)
    _, errors_alone = ended(alone)

    left_out = (1, 1, 1)  # lines were
    assert (spread.returncode, called.returncode, alone.returncode) == left_out, errors + errors_outside
    assert f"Conversations: {FILES * EACH}." in told
    assert errors.count(f"{store}/talks-") == FILES
    assert errors.replace(str(store), "") == errors_alone.replace(str(tmp_path / "export"), "")
    # Before the last line the cluster may say that a machine went.
    assert told_outside.splitlines()[-1:] == [told.splitlines()[-1].replace("/spread", "/called")]
    assert errors_outside == errors
    tables = [pq.read_table(tmp_path / name / "findings.parquet") for name in ("alone", "spread", "called")]
    assert tables[0].num_rows > FILES * EACH
    assert [tables[0].equals(table) for table in tables[1:]] == [True, True]
    figures = [
        json.loads((tmp_path / name / "summary.json").read_text("utf-8")) for name in ("alone", "spread", "called")
    ]
    assert figures[1:] == figures[:1] * 2


def test_where_no_cluster_is_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    (tmp_path / "talks.jsonl").write_text('{"id": "1", "turns": [{"by": "customer", "text": "Late."}]}\n', "utf-8")
    with pytest.raises(UnableToReachCluster, match=re.escape("amends[cluster]")):
        audit_files(
            Export(paths=(tmp_path / "talks.jsonl",)),
            findings=tmp_path / "f.parquet",
            cluster=Cluster("ray://nowhere:1"),
        )
