"""Measure the chat: very many open chats on one web process, and how long a message takes from hand to hand.

    bench_chat.py --database sqlite|postgresql --result FILE [--chats 1000] [--desks 500] [--messages 300]

Opens a desk of its own in a temporary folder, a window for each chat and a page for each colleague, all of them over
real HTTP with a line of events each, and lets both sides say something several times a second. A message of a colleague
is written as a worker writes it, in another process, and is there when its words have come back to the window; one of
a customer is sent by its window, and is there when the page of whoever owns it hears of it. Memory is the proportional
share (PSS) of the web process, with all that it read in at its start (Linux).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
import processes

PORT = 8791
PATIENCE = 60.0  # seconds, on a machine that does other things too
SETTLES = 5  # seconds without work: the web server has read in what it judges with
AT_ONCE = 40  # lines that are opened at the same time
EACH_SECOND = 5  # messages: a thousand talks, in each of which somebody speaks every three minutes


@dataclass(slots=True, eq=False)
class Window:
    """One window of a customer, or one page of a colleague."""

    number: int
    key: str
    owner: int
    upto: int = 0
    awaited: dict[str, asyncio.Future[float]] = field(default_factory=dict)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--result", type=Path, required=True)
    parser.add_argument("--chats", type=int, default=1000)
    parser.add_argument("--desks", type=int, default=500)
    parser.add_argument("--messages", type=int, default=300)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="amends-bench-") as folder:
        os.environ |= {"AMENDS_DATA": folder, "PORT": str(PORT), "DJANGO_SETTINGS_MODULE": "amends.desk.settings"}
        if asked.database == "sqlite":
            os.environ.pop("DATABASE_URL", None)
        windows, pages, answer = lay_out(chats=asked.chats, desks=asked.desks)
        part = [sys.executable, "-m", "amends.cli.parts"]
        subprocess.run([*part, "pages", str(os.getpid())], check=True, stdout=subprocess.DEVNULL)
        web = subprocess.Popen(
            [*part, "web", str(os.getpid()), "127.0.0.1", str(PORT)],
            stdout=subprocess.DEVNULL,
        )
        try:
            found = asyncio.run(Bench(web, windows, answer).run(pages, messages=asked.messages))
        finally:
            web.terminate()
            web.wait()
        asked.result.write_text(json.dumps(found), encoding="utf-8")


def lay_out(*, chats: int, desks: int) -> tuple[list[Window], dict[int, str], Callable[[Window, str], None]]:
    """Make the desk: who works there and is signed in, and the talks that go on; return them and a way to answer."""
    import django

    django.setup()
    from crowd import people, signed_in
    from django.db import connection
    from django.utils import timezone

    from amends.desk.channels.models import Chat
    from amends.desk.complaints import actions
    from amends.desk.complaints.models import By, Channel, Complaint, EventKind
    from amends.desk.customers.models import Customer
    from amends.desk.people.models import Agent
    from amends.desk.upkeep import tables

    if tables.are_missing(connection):
        tables.lay_out(connection)
    now = timezone.now()
    some = people()
    team = some[0].team
    Agent.objects.bulk_create(
        Agent(email=f"talking{n}@desk.example", name=f"Talking {n}", team=team, languages=["en"], time_zone="UTC")
        for n in range(desks)
    )
    agents = list(Agent.objects.filter(email__startswith="talking"))
    customer = Customer.objects.create(name="C", language="en", created_at=now)
    windows = []
    for n in range(chats):
        complaint, _ = actions.open_complaint(
            customer=customer, subject="Parcel", text="My parcel did not come.", language="en", channel=Channel.CHAT,
            owner=agents[n % len(agents)], now=now,
        )  # fmt: skip
        windows.append(Window(number=complaint.number, key=f"window-{n}", owner=complaint.owner_id))
    numbers = dict(Complaint.objects.values_list("number", "pk"))
    Chat.objects.bulk_create(
        Chat(key=one.key, complaint_id=numbers[one.number], opened_at=now, heard_at=now) for one in windows
    )
    by_pk = {agent.pk: agent for agent in agents}

    def answer(window: Window, text: str) -> None:
        complaint = Complaint.objects.get(number=window.number)
        actions.append(
            complaint=complaint, kind=EventKind.REPLIED, by=By.AGENT, agent=by_pk[window.owner], text=text,
            channel=Channel.CHAT, now=timezone.now(),
        )  # fmt: skip

    return windows, signed_in(agents), answer


class Bench:
    """Everybody who looks at the desk, and what they saw when."""

    def __init__(
        self, web: subprocess.Popen[bytes], windows: list[Window], answer: Callable[[Window, str], None]
    ) -> None:
        self.web = web
        self.windows = windows
        self.answer = answer
        self.by_number = {window.number: window for window in windows}
        self.lines: list[asyncio.Task[None]] = []
        self.reads: set[asyncio.Task[None]] = set()
        self.opened = 0
        self.gate = asyncio.Semaphore(AT_ONCE)
        self.pool: asyncio.LifoQueue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.LifoQueue()

    async def run(self, pages: dict[int, str], *, messages: int) -> dict[str, float]:
        await processes.up(PORT)
        await self._settle()
        found: dict[str, float] = {"bare_mb": processes.memory([self.web])}
        begins, worked = time.perf_counter(), processes.processor([self.web])
        for window in self.windows:
            self.lines.append(asyncio.create_task(self._window(window)))
        for owner, cookie in pages.items():
            self.lines.append(asyncio.create_task(self._page(owner, cookie)))
        while self.opened < len(self.lines):
            await asyncio.sleep(0.2)
            if failed := [line for line in self.lines if line.done()]:
                failed[0].result()
                raise SystemExit("A line ended.")
            if time.perf_counter() - begins > 5 * PATIENCE:
                raise SystemExit(f"Only {self.opened} lines opened.")
        found["lines"] = len(self.lines)
        found["opening_s"] = time.perf_counter() - begins
        found["opening_work_s"] = processes.processor([self.web]) - worked
        await asyncio.sleep(5)
        worked, begins = processes.processor([self.web]), time.perf_counter()
        await asyncio.sleep(15)
        found["idle_share"] = (processes.processor([self.web]) - worked) / (time.perf_counter() - begins)
        found |= await self._talk(messages)
        found["full_mb"] = processes.memory([self.web])
        for line in self.lines:
            line.cancel()
        return found

    async def _talk(self, messages: int) -> dict[str, float]:
        chance = random.Random(1)  # noqa: S311 - who speaks when
        worked, begins = processes.processor([self.web]), time.perf_counter()
        to_customer: list[asyncio.Task[float]] = []
        to_us: list[asyncio.Task[float]] = []
        for n in range(messages):
            await asyncio.sleep(chance.expovariate(EACH_SECOND))
            window = chance.choice(self.windows)
            if n % 2:
                to_us.append(asyncio.create_task(self._said_by_customer(window, f"words {n}.")))
            else:
                to_customer.append(asyncio.create_task(self._said_by_us(window, f"answer {n}.")))
        down, up = await asyncio.gather(*to_customer), await asyncio.gather(*to_us)
        took = time.perf_counter() - begins
        found = {"messages": messages, "busy_share": (processes.processor([self.web]) - worked) / took}
        for name, times in (("down", down), ("up", up), ("all", [*down, *up])):
            found |= {f"{name}_p50_ms": percentile(times, 50), f"{name}_p95_ms": percentile(times, 95)}
        return found

    async def _said_by_us(self, window: Window, text: str) -> float:
        there = window.awaited[text] = asyncio.get_running_loop().create_future()
        begins = time.perf_counter()
        await asyncio.to_thread(self.answer, window, text)
        return await asyncio.wait_for(there, PATIENCE) - begins

    async def _said_by_customer(self, window: Window, text: str) -> float:
        there = window.awaited["heard"] = asyncio.get_running_loop().create_future()
        begins = time.perf_counter()
        await self._ask("POST", f"/chat/{window.key}/say/", {"text": text, "client": text})
        return await asyncio.wait_for(there, PATIENCE) - begins

    async def _window(self, window: Window) -> None:
        """Listen as a customer's window does, and say what was read."""
        async for said in self._listen(f"/chat/{window.key}/events/?language=en&zone=Europe/Istanbul"):
            if said.startswith(b"data: {"):
                at, told, new = time.perf_counter(), json.loads(said[6:]), False
                for one in told["said"]:
                    new = new or one["seq"] > window.upto
                    window.upto = max(window.upto, one["seq"])
                    if (awaited := window.awaited.pop(one["text"], None)) and not awaited.done():
                        awaited.set_result(at)
                if new and told["said"][-1]["who"] != "you":
                    self.reads.add(read := asyncio.create_task(self._read(window)))
                    read.add_done_callback(self.reads.discard)

    async def _read(self, window: Window) -> None:
        await self._ask("POST", f"/chat/{window.key}/here/", {"read": str(window.upto)})

    async def _page(self, owner: int, cookie: str) -> None:
        """Listen as a colleague's page does."""
        async for said in self._listen("/desk/live/", cookie=cookie):
            if said.startswith(b"data: {"):
                at = time.perf_counter()
                for number in json.loads(said[6:]).get("numbers", ()):
                    window = self.by_number[number]
                    if window.owner == owner and (awaited := window.awaited.pop("heard", None)) and not awaited.done():
                        awaited.set_result(at)

    async def _listen(self, path: str, *, cookie: str = "") -> Any:
        while True:  # a line ends after some minutes, and the browser opens the next one
            async with self.gate:
                reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
                writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nCookie: {cookie}\r\n\r\n".encode())
                if b" 200 " not in (status := await reader.readline()):
                    raise SystemExit(f"{path}: {status!r}")
                while not (line := await reader.readline()).startswith(b"data:"):
                    if not line:
                        raise SystemExit(f"{path}: it did not begin")
                yield line
            self.opened += 1
            while line := await reader.readline():
                yield line
            writer.close()

    async def _ask(self, method: str, path: str, told: dict[str, str] | None = None) -> Any:
        body = json.dumps(told).encode() if told else b""
        call = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode() + body
        while True:
            used = self.pool.qsize() > 0
            reader, writer = self.pool.get_nowait() if used else await asyncio.open_connection("127.0.0.1", PORT)
            try:
                writer.write(call)
                head = await reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                if not used:
                    raise
                continue  # it was closed while nobody needed it
            break
        length = next((int(one[15:]) for one in head.lower().split(b"\r\n") if one.startswith(b"content-length:")), 0)
        answered = await reader.readexactly(length)
        self.pool.put_nowait((reader, writer))
        if head.split()[1] not in {b"200", b"204"}:
            raise SystemExit(f"{path}: {head[:60]!r} {answered[:200]!r}")
        return json.loads(answered) if answered else None

    async def _settle(self) -> None:
        """Wait until the web server has read in what it judges with, which it does after its start."""
        quiet, before = 0, processes.processor([self.web])
        for _ in range(180):
            await asyncio.sleep(1)
            now = processes.processor([self.web])
            quiet, before = quiet + 1 if now - before < 0.05 else 0, now
            if quiet == SETTLES:
                return


def percentile(times: list[float], which: int) -> float:
    return 1000 * statistics.quantiles(times, n=100, method="inclusive")[which - 1]


if __name__ == "__main__":
    main()
