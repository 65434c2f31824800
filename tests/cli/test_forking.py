"""One program reads in, and its parts are forked off it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import time
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
import pytest

from amends.cli import forking, parts
from amends.desk import asgi
from amends.desk.web.lines import Lines

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


class TestWeb:
    def test_stops_by_itself_although_lines_are_open(self, monkeypatch, capfd):
        """The server waits for whoever still hears something, so every line has to hear that it ends."""
        with socket.create_server(("127.0.0.1", 0)) as door:
            port = door.getsockname()[1]
        monkeypatch.setattr(asgi, "begin", lambda **_given: Hourly())
        monkeypatch.setattr(forking, "_has_read_in", True)
        web = forking.Forked(parts.web, "127.0.0.1", str(port), name="web")
        try:
            with opened(port) as line:
                line.sendall(b"GET / HTTP/1.1\r\nHost: desk.example\r\n\r\n")
                heard = b""
                while b"data: one" not in heard:
                    heard += line.recv(1000)
                web.send_signal(signal.SIGTERM)
                heard = b""
                while words := line.recv(1000):
                    heard += words
        finally:
            web.send_signal(signal.SIGTERM)
            ended = web.wait(60)
        assert b"retry: 1000" in heard
        assert ended == 0
        assert "refused" not in capfd.readouterr().err


class Hourly:
    """A desk whose pages are lines on which next to nothing is said."""

    def __init__(self) -> None:
        self.lines = Lines()
        self.end_lines = self.lines.end

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await self.lines.hold(self.said(), receive, send)

    async def said(self) -> AsyncGenerator[str]:
        yield "data: one\n\n"
        await asyncio.sleep(3600)


def opened(port: int) -> socket.socket:
    for _try in range(600):
        with suppress(ConnectionRefusedError):
            return socket.create_connection(("127.0.0.1", port), timeout=60)
        time.sleep(0.05)
    pytest.fail("it never opened")
