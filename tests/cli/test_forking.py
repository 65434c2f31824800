"""One program reads in, and its parts are forked off it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import click
import pytest

from amends.cli import forking, parts

pytestmark = pytest.mark.skipif(not forking.FORKS, reason="nothing is forked here")


def refuse() -> bool:
    raise click.ClickException("The database cannot be used")


class TestWorkApart:
    @pytest.mark.parametrize("found", [True, False])
    def test_answers_yes_or_no(self, found):
        assert forking.Apart(bool, found).ended() is found

    def test_leaves_nothing_behind_in_this_program(self):
        known: list[int] = []

        def learn() -> bool:
            known.append(1)
            return bool(known)

        assert forking.Apart(learn).ended()
        assert not known

    def test_that_was_refused_ends_this_program_too(self, capfd):
        with pytest.raises(SystemExit) as ended:
            forking.Apart(refuse).ended()
        assert ended.value.code == 1
        assert "The database cannot be used" in capfd.readouterr().err


class TestPart:
    def test_has_a_name_and_a_session_of_its_own(self, tmp_path):
        def tell() -> None:
            name = Path("/proc/self/comm").read_text(encoding="ascii").strip()
            (tmp_path / "told").write_text(f"{name} {os.getsid(0) == os.getpid()}")

        part = forking.Forked(tell, name="web")
        assert part.wait(30) == 0
        assert (tmp_path / "told").read_text() == "amends web True"

    def test_ends_at_once_when_it_is_told_to(self):
        part = forking.Forked(time.sleep, 60, name="worker")
        with pytest.raises(subprocess.TimeoutExpired):
            part.wait(0)
        part.send_signal(signal.SIGTERM)
        assert part.wait(30) == -signal.SIGTERM
        part.send_signal(signal.SIGTERM)  # it has gone already: nothing happens
        assert part.poll() == -signal.SIGTERM


def test_pages_are_served_without_looking_for_another_language_of_http(monkeypatch):
    import granian
    from granian.constants import HTTPModes

    told = {}

    class Server:
        def __init__(self, *_target, **given):
            told.update(given)

        def serve(self, **_loaders): ...

    monkeypatch.setattr(granian, "Granian", Server)
    monkeypatch.setattr(forking, "_has_read_in", True)
    parts.web("127.0.0.1", "8000", "2")
    assert (told["http"], told["workers"]) == (HTTPModes.http1, 2)
