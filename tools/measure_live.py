"""Measure what live updates cost: one web process, many open streams, nothing happening, then one event.

    measure_live.py [--streams 100] [--seconds 30]

Starts a desk of its own in a temporary folder and reads the processor time of its web process from /proc (Linux).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PORT = 8791
PATIENCE = 180  # seconds, on a machine that does other things too
CLOCK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=30)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"AMENDS_DATA": folder, "PORT": str(PORT), "DJANGO_SETTINGS_MODULE": "amends.desk.settings"}
        cookie, write = _lay_out()
        web = subprocess.Popen(
            [sys.executable, "-m", "amends.cli.parts", "web", str(os.getpid()), "127.0.0.1", str(PORT)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            asyncio.run(_measure(web.pid, cookie, write, streams=given.streams, seconds=given.seconds))
        finally:
            web.terminate()
            web.wait()


def _lay_out():
    """Make a database with one agent, who is signed in, and one complaint; return the cookie and a way to write."""
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command
    from django.utils import timezone

    from amends.desk.complaints import actions
    from amends.desk.customers.models import Customer
    from amends.desk.people.models import Agent

    call_command("migrate", verbosity=0)
    call_command("collectstatic", "--no-input", verbosity=0)
    now = timezone.now()
    agent = Agent.objects.create_user(email="a@desk.example", name="A", password=None, languages=["en"])
    customer = Customer.objects.create(name="C", language="en", created_at=now)
    complaint, _ = actions.open_complaint(
        customer=customer, subject="s", text="t", language="en", channel="form", owner=agent, now=now
    )
    session = SessionStore()
    session[SESSION_KEY] = str(agent.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = agent.get_session_auth_hash()
    session.save()

    def write() -> None:
        actions.note(complaint=complaint, by=agent, text="x", now=timezone.now())

    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}", write


async def _measure(root: int, cookie: str, write, *, streams: int, seconds: int) -> None:
    for _ in range(300):
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
            writer.close()
            break
        except OSError:
            await asyncio.sleep(0.2)
    await asyncio.sleep(20)  # what the web server loads after its start is not what is measured
    began = _processor(root)
    await asyncio.sleep(seconds)
    alone = _processor(root) - began
    lines = []
    for _ in range(streams):
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        writer.write(f"GET /desk/live/ HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nCookie: {cookie}\r\n\r\n".encode())
        lines.append((reader, writer))
    for reader, _writer in lines:
        if not await _until(reader, b"event: here"):
            raise SystemExit("A stream did not open.")
    before, memory = _processor(root), _memory(root)
    await asyncio.sleep(seconds)
    idle = _processor(root) - before
    heard: list[float] = []
    for _ in range(5):
        waiting = [asyncio.create_task(_until(reader, b"event: changed")) for reader, _ in lines]
        await asyncio.to_thread(write)
        wrote = time.perf_counter()
        done = await asyncio.gather(*waiting)
        heard += [at - wrote for at in done if at]
    for _reader, writer in lines:
        writer.close()
    print(f"processor while idle, no stream        {alone / seconds:8.2%} of one core")
    print(f"processor while idle, {streams:4} streams     {idle / seconds:8.2%} of one core")
    print(f"memory of the web process              {memory:8.0f} MB")
    print(f"from commit to page, median            {statistics.median(heard):8.2f} s")
    print(f"from commit to page, slowest of {len(heard):4}    {max(heard):8.2f} s")


async def _until(reader: asyncio.StreamReader, words: bytes) -> float:
    async with asyncio.timeout(PATIENCE):
        while line := await reader.readline():
            if words in line:
                return time.perf_counter()
    return 0.0


def _family(root: int) -> list[int]:
    children = Path(f"/proc/{root}/task/{root}/children").read_text(encoding="ascii").split()
    return [root, *(grand for child in children for grand in _family(int(child)))]


def _processor(root: int) -> float:
    """Return the seconds of processor time that a process and its children have used."""
    fields = [Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split() for pid in _family(root)]
    return sum(int(one[11]) + int(one[12]) for one in fields) / CLOCK


def _memory(root: int) -> float:
    def pss(pid: int) -> int:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
        return 0

    return sum(pss(pid) for pid in _family(root)) / 1024


if __name__ == "__main__":
    main()
