"""`amends serve`, started for real on a free port and stopped."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from amends.cli import preparing

PATIENCE = 300  # seconds; two cores may be busy with other tests


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


@contextmanager
def serving(data: Path, port: int, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"AMENDS_DATA": str(data), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    program = subprocess.Popen(
        [sys.executable, "-m", "amends.cli", "serve", *arguments],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        yield program
    finally:
        if program.poll() is None:
            program.terminate()
        try:
            program.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            program.kill()
            raise


def wait_for_line(program: subprocess.Popen[str], words: str) -> str:
    """Read what it prints until the words come."""
    assert program.stdout is not None
    said = ""
    for line in program.stdout:
        said += line
        if words in line:
            return said
    pytest.fail(f"it never said {words!r}:\n{said}")


def answer(port: int, path: str) -> tuple[int, str]:
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as page:
            return page.status, page.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def has_no_listener(port: int) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with socket.socket() as door:
            if door.connect_ex(("127.0.0.1", port)) != 0:
                return True
    return False


@dataclass(frozen=True)
class First:
    """A first start, looked at and stopped by Ctrl-C."""

    data: Path
    port: int
    said: str
    first_page: int
    ended: int


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> First:
    data, port = tmp_path_factory.mktemp("desk") / "data", free_port()
    with serving(data, port, "--empty") as program:
        said = wait_for_line(program, "Ctrl-C stops.")
        first_page, _ = answer(port, "/first-run/")
        program.send_signal(signal.SIGINT)
        return First(data, port, said, first_page, program.wait(PATIENCE))


@pytest.fixture
def kept(first, tmp_path) -> Path:
    """The data of the first start, to be started once more."""
    return shutil.copytree(first.data, tmp_path / "data")


def test_an_empty_desk_opens_its_first_page_and_stops_cleanly(first):
    assert f"http://127.0.0.1:{first.port}/" in first.said
    assert "asks for this setup code: " in first.said
    assert (first.first_page, first.ended) == (200, 0)
    assert has_no_listener(first.port)


def test_a_second_start_keeps_the_data_and_prepares_nothing(first, kept):
    with serving(kept, port := free_port(), "--empty", "--no-worker") as program:
        said = wait_for_line(program, "Ctrl-C stops.")
        assert answer(port, "/first-run/")[0] == 200
        program.send_signal(signal.SIGTERM)
        assert program.wait(PATIENCE) == 0
    assert "Bringing" not in said
    assert "Laying" not in said
    assert (kept / "secret.key").read_text() == (first.data / "secret.key").read_text()


def test_its_parts_do_not_outlive_it(kept):
    with serving(kept, port := free_port(), "--empty") as program:
        wait_for_line(program, "Ctrl-C stops.")
        program.kill()
        assert program.wait(PATIENCE) == -signal.SIGKILL
        assert has_no_listener(port)


def test_a_busy_port_is_said_to_be_busy(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with serving(tmp_path, port, "--empty") as program:
            said, _ = program.communicate(timeout=PATIENCE)
    assert program.returncode == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in said
    assert "--port" in said
    assert "Traceback" not in said


def test_a_data_folder_that_cannot_be_is_said_so(tmp_path):
    (tmp_path / "file").write_text("")
    with serving(tmp_path / "file" / "data", free_port(), "--empty") as program:
        said, _ = program.communicate(timeout=PATIENCE)
    assert program.returncode == 1
    assert "The data folder cannot be used" in said
    assert "Traceback" not in said


class TestWhatTakesLong:
    def test_is_said_in_a_log_by_quarters(self, capsys):
        with preparing.said_in_steps("Laying out") as told:
            for step in range(101):
                told(step / 100)
        assert capsys.readouterr().out.splitlines() == ["Laying out …", "  25 %", "  50 %", "  75 %"]

    def test_changes_on_one_line_of_a_terminal(self, capsys, monkeypatch):
        monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
        with preparing.said_in_steps("Laying out") as told:
            told(0.5)
        said = capsys.readouterr().out
        assert said.count("\n") == 1
        assert "\rLaying out … 50 %" in said
        assert said.endswith("done. \n")
