"""Load the desk with people: so many agents and customers act for some minutes on PostgreSQL, and every act is timed.

    bench_load.py [--agents 500] [--customers 5000] [--minutes 10] [--webs 2] [--complaints 20000]
                  [--keep FOLDER] [--log FILE] [--result FILE]

The desk is served as `amends serve --web-processes 2` serves it; what it says is kept in the log.

Agents have a page with its line of news open, look through their lists, open conversations, write drafts that the coach
reads, search and reply; between two acts they rest, as people do. Each customer opens the form, writes, looks at their
page, and some write again. All come over real HTTP, customers each from an address of their own. Who acts when is drawn
from a seed. The times are those that who asks sees, the processor shared with this program and the database.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import Final
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent))
import bench_desk
import processes
from postgres import find_postgres, running_postgres

PORT: Final = 8801
REST: Final = 30.0  # seconds between two acts of an agent, in the mean
WRITING: Final = 4.0  # seconds: nobody writes a complaint faster than three
AT_ONCE: Final = 40  # lines of news that are opened at the same time
PATIENCE: Final = 60.0
STAMP: Final = re.compile(r'name="(stamp|once)" value="([^"]*)"')
NUMBER: Final = re.compile(r'data-number="(\d+)"')
TROUBLE: Final = {
    "tr": "{n} numaralı siparişim iki haftadır gelmedi, kimse geri aramıyor.",
    "fa": "سفارش {n} من دو هفته است نرسیده و کسی تماس نمی‌گیرد.",
    "mn": "{n} дугаартай захиалга минь хоёр долоо хоног ирсэнгүй, хэн ч залгахгүй байна.",
    "en": "My order {n} has not come for two weeks and nobody calls back.",
}
WORDS: Final = {"tr": "sipariş", "fa": "سفارش", "mn": "захиалга", "en": "order"}
# Of a hundred acts of an agent.
SHARES: Final = {"list": 30, "conversation": 36, "coach": 14, "search": 8, "reply": 12}


@dataclass(slots=True)
class Record:
    """How long each kind of act took, and what went wrong."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: Counter[str] = field(default_factory=Counter)

    def told(self) -> dict[str, dict[str, float]]:
        return {
            act: {
                "acts": len(times),
                "p50_ms": 1000 * statistics.median(times),
                "p95_ms": 1000 * sorted(times)[min(len(times) - 1, int(len(times) * 0.95))],
            }
            for act, times in sorted(self.took.items())
        }


@dataclass(slots=True)
class Answer:
    status: int
    headers: str
    body: str


class Browser:
    """Somebody's browser: cookies, an address of its own, a new connection for each page."""

    def __init__(self, record: Record, *, address: str, cookie: str = "", language: str) -> None:
        """Act on the desk."""
        self.record, self.address, self.cookie, self.language = record, address, cookie, language

    async def ask(self, act: str, path: str, told: dict[str, str] | None = None, *, htmx: bool = False) -> Answer:
        """Ask for a page or send a form, and note how long it took; what is not answered well is counted."""
        begins = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._ask(path, told, htmx=htmx)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as trouble:
            self.record.wrong[f"{act}: {type(trouble).__name__}"] += 1
            return Answer(0, "", "")
        self.record.took[act].append(time.perf_counter() - begins)
        if answer.status not in ({200} if told is None else {200, 204, 302}):
            self.record.wrong[f"{act}: {answer.status}"] += 1
        return answer

    async def _ask(self, path: str, told: dict[str, str] | None, *, htmx: bool) -> Answer:
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT, limit=2**22)
        try:
            writer.write(self._call(path, told, htmx=htmx))
            whole = await reader.read()
        finally:
            writer.close()
        head, _, body = whole.partition(b"\r\n\r\n")
        if not head:
            raise asyncio.IncompleteReadError(head, None)
        return Answer(int(head.split(b" ", 2)[1]), head.decode("latin-1"), body.decode(errors="replace"))

    def _call(self, path: str, told: dict[str, str] | None, *, htmx: bool) -> bytes:
        body = urlencode(told) if told is not None else ""
        lines = [
            f"{'GET' if told is None else 'POST'} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{PORT}",
            f"Accept-Language: {self.language}",
            f"X-Forwarded-For: {self.address}",
            f"Cookie: {self.cookie}",
            f"X-CSRFToken: {bench_desk.TOKEN}",
            "Connection: close",
            *(["HX-Request: true"] if htmx else []),
            *(["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"] if body else []),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()

    async def listen(self, gate: asyncio.Semaphore) -> None:
        """Keep the line of news of an open page; when it ends, open the next one, as a browser does."""
        while True:
            async with gate:
                reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
                writer.write(self._call("/desk/live/", None, htmx=False).replace(b"Connection: close\r\n", b""))
                if b" 200 " not in await reader.readline():
                    self.record.wrong["line of news"] += 1
                    await asyncio.sleep(1)
            try:
                while await reader.readline():
                    pass
            except (OSError, asyncio.IncompleteReadError):
                self.record.wrong["line of news"] += 1
            writer.close()


# ── Who acts ─────────────────────────────────────────────────────────────────


async def agent(browser: Browser, dice: random.Random, *, until: float) -> None:
    """Work at the desk as somebody does whose complaints these are."""
    await asyncio.sleep(dice.uniform(0, REST))
    seen: list[str] = []
    acts, shares = list(SHARES), list(SHARES.values())
    while time.monotonic() < until:
        act = dice.choices(acts, shares)[0] if seen else "list"
        number = dice.choice(seen) if seen else ""
        if act == "list":
            answer = await browser.ask(act, f"/desk/?view={dice.choice(('mine', 'needs-me', 'team', 'all'))}")
            seen = NUMBER.findall(answer.body)[:30] or seen
        elif act == "conversation":
            await browser.ask(act, f"/desk/{number}/", htmx=True)
        elif act == "coach":
            draft = bench_desk.REPLY[browser.language].format(n=dice.randrange(10**6))
            await browser.ask(act, f"/desk/coach/read/{number}/", {"text": draft}, htmx=True)
        elif act == "search":
            await browser.ask(act, f"/desk/list/?view=all&q={WORDS[browser.language]}", htmx=True)
        else:
            words = bench_desk.REPLY[browser.language].format(n=dice.randrange(10**6))
            await browser.ask(act, f"/desk/{number}/reply/", {"text": words, "key": f"{dice.random()}"}, htmx=True)
        await asyncio.sleep(dice.expovariate(1 / REST))


async def customer(browser: Browser, dice: random.Random, *, begins_in: float, n: int) -> None:
    """Complain by the form, look at one's page, and perhaps write again."""
    await asyncio.sleep(begins_in)
    form = await browser.ask("form", "/complain/")
    marks = dict(STAMP.findall(form.body))
    await asyncio.sleep(WRITING + dice.expovariate(1 / WRITING))
    told = {
        "text": TROUBLE[browser.language].format(n=n),
        "name": f"Customer {n}",
        "email": f"load-{n}@customer.example",
        **marks,
    }
    sent = await browser.ask("complaint", "/complain/", told)
    found = re.search(r"(?im)^location: *(/c/[^/?\r]+/)", sent.headers)
    if found is None:
        browser.record.wrong["complaint: not taken"] += 1
        return
    await browser.ask("own page", found[1])
    if dice.random() < 0.3:
        await asyncio.sleep(dice.expovariate(1 / REST))
        await browser.ask(
            "written again", f"{found[1]}write/", {"write-text": TROUBLE[browser.language].format(n=n + 1)}
        )


# ── The desk ─────────────────────────────────────────────────────────────────


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--customers", type=int, default=5000)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--webs", type=int, default=2)
    parser.add_argument("--complaints", type=int, default=20_000, help="that are there before")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="where the desk stays for the next run, which begins with it")
    parser.add_argument("--log", type=Path, default=Path(tempfile.gettempdir()) / "amends-load.log")
    parser.add_argument("--result", type=Path)
    asked = parser.parse_args()
    if (home := find_postgres()) is None:
        raise SystemExit("No PostgreSQL server found.")
    with ExitStack() as stack:
        folder = asked.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="amends-load-")))
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)  # the database server is another user
        url = stack.enter_context(running_postgres(home, folder=folder / "postgresql"))
        os.environ |= {
            "AMENDS_DATA": str(folder / "data"), "DJANGO_SETTINGS_MODULE": "amends.desk.settings", "PORT": str(PORT),
            "DATABASE_URL": url, "AMENDS_PROXIES": "127.0.0.0/8",
        }  # fmt: skip
        bench_desk.seeded(folder / "data", asked.complaints)
        cookies = _people(asked.agents)
        desk = processes.served(stack, PORT, webs=asked.webs, log=asked.log)
        record = Record()
        begins = time.perf_counter()
        memory = asyncio.run(_act(asked, record, cookies, desk))
        found = {
            "agents": asked.agents, "customers": asked.customers, "minutes": asked.minutes,
            "acts": record.told(), "wrong": dict(record.wrong), "memory_mb": memory,
            "acts_per_second": sum(map(len, record.took.values())) / (time.perf_counter() - begins),
        }  # fmt: skip
    for act, figures in found["acts"].items():
        print(f"{act:16}{figures['acts']:7.0f}  p50 {figures['p50_ms']:7.0f} ms   p95 {figures['p95_ms']:7.0f} ms")
    print(f"wrong: {found['wrong'] or 'nothing'}; memory from {memory[0]:.0f} to {memory[-1]:.0f} MB")
    print(f"What the desk said is in {asked.log}.")
    if asked.result is not None:
        asked.result.write_text(json.dumps(found), encoding="utf-8")


def _people(agents: int) -> list[tuple[str, str]]:
    """Let so many people work in the teams that are there; return each one's cookie and language."""
    import django

    django.setup()
    from crowd import signed_in
    from django.conf import settings
    from django.db import connections
    from django.utils import timezone

    from amends.desk.people.models import Agent

    first = {agent.team_id: agent for agent in Agent.objects.filter(team__isnull=False).order_by("-pk")}
    like = list(first.values())
    Agent.objects.bulk_create((
        Agent(
            email=f"load-{n}@karvan.example", name=f"Agent {n}", team=one.team, languages=one.languages,
            language=one.language, time_zone=one.time_zone, joined_at=timezone.now(),
        )
        for n in range(agents) for one in (like[n % len(like)],)
    ), ignore_conflicts=True)  # fmt: skip
    agents_there = list(Agent.objects.filter(email__startswith="load-").order_by("pk")[:agents])
    sessions = signed_in(agents_there)
    cookies = [
        (f"{sessions[one.pk]}; {settings.CSRF_COOKIE_NAME}={bench_desk.TOKEN}", one.language) for one in agents_there
    ]
    connections.close_all()
    return cookies


async def _act(
    asked: argparse.Namespace, record: Record, cookies: list[tuple[str, str]], desk: Popen[bytes]
) -> list[float]:
    """Have everybody act; return the memory of all parts, minute by minute."""
    dice = random.Random(asked.seed)  # noqa: S311 - who acts when
    for _try in range(600):
        try:
            (await asyncio.open_connection("127.0.0.1", PORT))[1].close()
            break
        except OSError:
            await asyncio.sleep(0.2)
    await asyncio.sleep(bench_desk.SETTLING)
    gate, until = asyncio.Semaphore(AT_ONCE), time.monotonic() + 60 * asked.minutes
    agents = [
        Browser(record, address=_address(n), cookie=cookie, language=language)
        for n, (cookie, language) in enumerate(cookies)
    ]
    lines = [asyncio.create_task(one.listen(gate)) for one in agents]
    acting = [agent(one, random.Random(f"{asked.seed} {n}"), until=until) for n, one in enumerate(agents)]  # noqa: S311
    languages = list(TROUBLE)
    acting += [
        customer(
            Browser(
                record, address=_address(1_000_000 + n), language=languages[n % 4],
                cookie=f"django_language={languages[n % 4]}",
            ),
            random.Random(f"{asked.seed} c {n}"),  # noqa: S311
            begins_in=dice.uniform(0, max(1.0, 60 * asked.minutes - 3 * WRITING)),
            n=n,
        )
        for n in range(asked.customers)
    ]  # fmt: skip
    memory = [processes.memory([desk])]
    everybody = asyncio.gather(*acting)
    while not everybody.done():
        await asyncio.wait([everybody], timeout=60)
        memory.append(processes.memory([desk]))
    await everybody
    for line in lines:
        line.cancel()
    return memory


def _address(n: int) -> str:
    return f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"


if __name__ == "__main__":
    main()
