"""Ask three desks for the same in one run: Amends, django-helpdesk (PyPI), Request Tracker 5 (Debian).

    bench_peers.py [--complaints 1000] [--requests 40] [--mails 100] [--only amends,helpdesk,rt] [--result FILE]

All three lie in one PostgreSQL and hold the same complaints with the same words: Amends writes some (`amends seed`),
and the others get them through their own objects. Each is served as its guide says, by two processes, and asked by one
client over one connection that stays open, one act after the other: the list as a browser draws it, a case, a search
for a word, a complaint and a reply through its interface for programs, mails. Told is how long who asked waited, and
the processor time of all processes of the desk and of its database for each act: also what they do after the answer,
for each act is over when all of them rest, and without what they do when nobody asks.

django-helpdesk is installed into build/peers; Request Tracker comes from Debian:
apt-get install --no-install-recommends request-tracker5 rt5-db-postgresql rt5-standalone starman
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, LiteralString
from urllib.parse import quote, urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent))
import processes
from bench_page import Figure, put
from postgres import find_postgres, free_port, running_postgres

ROOT: Final = Path(__file__).resolve().parents[1]
PEERS: Final = ROOT / "build" / "peers"
HERE: Final = Path(__file__).resolve().parent / "peers"
HELPDESK: Final = "django-helpdesk==2.6.1"
RT: Final = Path("/usr/share/request-tracker5/libexec/rt-server")
WARM: Final = 3  # of each act before it counts
LOOK: Final = 0.5  # seconds in which a desk that rests does no more than it does by itself
AT_REST: Final = 0.04  # seconds of the processor more than that: a tick or two of its clock for each process
BUSY: Final = 0.15  # of a processor: a desk that takes more works on something
IDLE_LOOKS: Final = 10  # in which it rests
FIRST_WORK: Final = 300.0  # seconds that it may work after its start, on figures of what was laid into it
LONGEST: Final = 30.0  # seconds that a desk may work on after its last answer
ACTS: Final = ("list", "case", "search", "create", "reply", "mail")
RUN: Final = time.time_ns()  # mails of an earlier run over the same complaints would be known again
REPLY: Final = "I have looked into it: your parcel left our house today. I am sorry for the wait."


@dataclass(slots=True)
class Call:
    """One request of an act."""

    path: str
    body: dict[str, Any] | None = None
    as_json: bool = False
    then: Callable[[str], Call] | None = None  # what a browser asks next, from what it was answered


@dataclass(slots=True)
class Desk:
    """A desk that runs: how it is asked, and whose processor time counts."""

    name: str
    port: int
    acts: dict[str, Callable[[int], list[Call]]]
    headers: dict[str, str]
    running: list[subprocess.Popen[bytes]]
    take_in: Callable[[list[bytes]], subprocess.Popen[bytes] | None]
    found: dict[str, dict[str, float]] = field(default_factory=dict)


@dataclass(slots=True)
class Ground:
    """What all three stand on."""

    asked: argparse.Namespace
    folder: Path
    database: int  # the port of the server
    talks: Path
    words: list[str] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--complaints", type=int, default=1000)
    parser.add_argument("--requests", type=int, default=40, help="of each act")
    parser.add_argument("--mails", type=int, default=100)
    parser.add_argument("--only", default="amends,helpdesk,rt")
    parser.add_argument("--result", type=Path)
    parser.add_argument("--keep", action="store_true", help="write the figures into docs/benchmarks.md")
    asked = parser.parse_args()
    if (home := find_postgres()) is None:
        raise SystemExit("No PostgreSQL server found.")
    PEERS.mkdir(parents=True, exist_ok=True)
    kept = PEERS / f"database-{asked.complaints}"
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="amends-peers-")))
        folder.chmod(0o755)
        url = stack.enter_context(running_postgres(home, folder=kept))
        port = int(url.rpartition(":")[2].partition("/")[0])
        ground = Ground(asked, folder, port, kept / "talks.jsonl")
        found = {}
        for name in asked.only.split(","):
            with DESKS[name](ground) as desk:
                measure(desk, ground, postmaster=_postmaster(kept))
            found[desk.name] = desk.found
    tell(found, asked)


def tell(found: dict[str, dict[str, dict[str, float]]], asked: argparse.Namespace) -> None:
    """Print and keep what was measured."""
    for name, acts in found.items():
        for act, told in acts.items():
            if act == "memory":
                print(f"{name:16}{act:8}{told['mb']:9.0f} MB")
                continue
            print(f"{name:16}{act:8}{told['work_ms']:9.1f} ms of the processor, {told['p50_ms']:8.1f} ms in the middle")
    if asked.result is not None:
        asked.result.write_text(json.dumps(found), encoding="utf-8")
    if asked.keep:
        figures = [
            Figure(
                what=f"{act}: {', '.join(found)}",
                figure=" · ".join(
                    f"{acts[act]['work_ms']:.0f} ms ({acts[act]['p50_ms']:.0f} / {acts[act]['p95_ms']:.0f})"
                    for acts in found.values() if act in acts
                ),
                goal="Amends takes the least",
                met=_is_least("Amends", {name: acts[act]["work_ms"] for name, acts in found.items() if act in acts}),
            )
            for act in ACTS
        ]  # fmt: skip
        if memories := [acts["memory"]["mb"] for acts in found.values() if "memory" in acts]:
            figures.append(
                Figure(
                    what="memory of all processes (PSS)",
                    figure=" · ".join(f"{mb:.0f} MB" for mb in memories),
                    goal="Amends takes the least",
                    met=_is_least("Amends", {name: acts["memory"]["mb"] for name, acts in found.items()}),
                )
            )
        note = (
            f"`tools/bench_peers.py --keep`: {asked.complaints:,} complaints in each, one PostgreSQL, one client;"
            " processor time of desk and database for one act, with what they do after the answer, and in brackets how"
            " long the answer took in the middle and for 95 of 100. Mail: one of many that come at once, without the"
            " start of a program; Request Tracker takes them one by one, for it knows no other way. Where Amends takes"
            " more, what it does for it: [scale.md](scale.md#beside-other-desks)."
        )
        put("Side by side with other desks", figures, on=datetime.now(tz=UTC).date(), note=note)


def _is_least(name: str, figures: dict[str, float]) -> bool | None:
    """Tell whether nobody takes less; nothing where there is nobody else."""
    return None if len(figures) < 2 or name not in figures else figures[name] <= min(figures.values())


# ── Asking ───────────────────────────────────────────────────────────────────


def measure(desk: Desk, ground: Ground, *, postmaster: int) -> None:
    """Ask for every act so many times."""
    line = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=120)

    def worked() -> float:
        return sum(processes.worked(pid) for pid in (postmaster, *(one.pid for one in desk.running)))

    idle = _idle(worked)
    for act, calls in desk.acts.items():
        for n in range(WARM):
            _act(line, desk, calls(n))
        before, began = _rested(worked, idle), time.perf_counter()
        took = []
        for n in range(WARM, WARM + ground.asked.requests):
            begins = time.perf_counter()
            _act(line, desk, calls(n))
            took.append(time.perf_counter() - begins)
        spent = _rested(worked, idle) - before - idle * (time.perf_counter() - began)
        desk.found[act] = _told(took, max(0.0, spent) / len(took))
        print(f"{desk.name}: {act}: {desk.found[act]}", flush=True)
    line.close()  # a server that is told to end waits for whoever still holds a line
    _mail(desk, ground.asked.mails, worked, idle)
    print(f"{desk.name}: mail: {desk.found['mail']}", flush=True)
    desk.found["memory"] = {"work_ms": 0.0, "p50_ms": 0.0, "p95_ms": 0.0, "mb": processes.memory(desk.running)}


def _idle(worked: Callable[[], float]) -> float:
    """Return what share of a processor a desk takes that nobody asks, once it has done what it does first."""
    shares: list[float] = []
    until = time.monotonic() + FIRST_WORK
    while time.monotonic() < until and (len(shares) < IDLE_LOOKS or max(shares[-IDLE_LOOKS:]) > BUSY):
        before = worked()
        time.sleep(2 * LOOK)
        shares.append((worked() - before) / (2 * LOOK))
    return statistics.median(shares[-IDLE_LOOKS:])


def _rested(worked: Callable[[], float], idle: float) -> float:
    """Wait until a desk has done what it does after its answers; return the seconds of the processor until then."""
    until, now = time.monotonic() + LONGEST, worked()
    while time.monotonic() < until:
        before, began = now, time.monotonic()
        time.sleep(LOOK)
        now = worked()
        if now - before <= idle * (time.monotonic() - began) + AT_REST:
            break
    return now


def _told(took: list[float], work: float) -> dict[str, float]:
    ordered = sorted(took)
    return {
        "work_ms": 1000 * work,
        "p50_ms": 1000 * statistics.median(ordered),
        "p95_ms": 1000 * ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))],
    }


def _mail(desk: Desk, count: int, worked: Callable[[], float], idle: float) -> None:
    """Let mails come: three alone, which pay for the start of a program, and then many; told is one of the many."""
    spent = []
    for first, mails in ((0, 1), (1, 1), (2, 1), (3, count + 1)):
        before, begins = _rested(worked, idle), time.perf_counter()
        program = desk.take_in([_letter(first + n) for n in range(mails)])
        own = 0.0
        if program is not None:
            _, status, used = os.wait4(program.pid, 0)
            program.returncode = os.waitstatus_to_exitcode(status)
            if program.returncode:
                raise SystemExit(f"{desk.name}: taking mail in ended with {program.returncode}")
            own = used.ru_utime + used.ru_stime
        waited = time.perf_counter() - begins
        work = _rested(worked, idle) - before - idle * (time.perf_counter() - begins)
        spent.append((max(0.0, work) + own, waited))
    works, waits = zip(*spent, strict=True)
    work, waited = (max(0.0, told[-1] - statistics.median(told[:-1])) / count for told in (works, waits))
    desk.found["mail"] = {"work_ms": 1000 * work, "p50_ms": 1000 * waited, "p95_ms": 1000 * waited}


def _letter(n: int) -> bytes:
    lines = (
        f"From: Customer {n} <mail{n}@customer.example>", "To: desk@desk.example", f"Subject: Parcel {n}",
        f"Message-ID: <mail-{n}-{RUN}@customer.example>", "Date: Wed, 14 Oct 2026 06:00:00 +0000", "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8", "",
        f"The parcel number {n} with my daughter's present has not come, and nobody calls back. Please help.", "",
    )  # fmt: skip
    return "\r\n".join(lines).encode()


def _act(line: http.client.HTTPConnection, desk: Desk, calls: list[Call]) -> None:
    waiting = list(calls)
    while waiting:
        call = waiting.pop(0)
        status, said = _ask(line, desk, call)
        if status not in {200, 201, 204, 302}:
            raise SystemExit(f"{desk.name}: {call.path} answers {status}: {said[:1500]}")
        if call.then is not None:
            waiting.insert(0, call.then(said))


def _ask(line: http.client.HTTPConnection, desk: Desk, call: Call) -> tuple[int, str]:
    headers = dict(desk.headers)
    body = None
    if call.body is not None:
        body = json.dumps(call.body) if call.as_json else urlencode(call.body)
        headers["Content-Type"] = "application/json" if call.as_json else "application/x-www-form-urlencoded"
        headers["Idempotency-Key"] = f"{time.perf_counter_ns()}"
    for last in (False, True):  # a server may close a line that rests
        try:
            line.request("GET" if body is None else "POST", call.path, body=body, headers=headers)
            answer = line.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        except (http.client.HTTPException, OSError):
            line.close()
            if last:
                raise
    raise AssertionError


def _postmaster(kept: Path) -> int:
    return int((kept / "data" / "postmaster.pid").read_text(encoding="ascii").splitlines()[0])


def _wait_for(port: int) -> None:
    for _ in range(600):
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            line.request("GET", "/")
            line.getresponse().read()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("A desk did not start.")


def _started(stack: ExitStack, command: list[str], **env: str) -> subprocess.Popen[bytes]:
    log = stack.enter_context((PEERS / "log").open("ab"))
    one = subprocess.Popen(command, env=os.environ | env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    stack.callback(one.wait)
    stack.callback(one.terminate)
    return one


def _is_laid_in(ground: Ground, name: LiteralString, mark: Path) -> bool:
    """Whether a desk holds its complaints; what was laid in only by half is thrown away, to begin anew."""
    if mark.exists():
        return True
    _say(ground, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    return False


def _say(ground: Ground, words: LiteralString) -> None:
    """Say something to the database server."""
    import psycopg

    with psycopg.connect(f"postgresql://amends@127.0.0.1:{ground.database}/postgres", autocommit=True) as line:
        line.execute(words)


# ── Amends ───────────────────────────────────────────────────────────────────


@contextmanager
def amends(ground: Ground) -> Iterator[Desk]:
    """Serve Amends with two web servers and a worker."""
    port, data = free_port(), PEERS / f"amends-{ground.asked.complaints}"
    os.environ |= {
        "AMENDS_DATA": str(data), "DJANGO_SETTINGS_MODULE": "amends.desk.settings", "PORT": str(port),
        "DATABASE_URL": f"postgresql://amends@127.0.0.1:{ground.database}/amends",
    }  # fmt: skip
    import bench_desk

    bench_desk.seeded(data, ground.asked.complaints)
    import django

    django.setup()
    from crowd import signed_in
    from django.conf import settings
    from django.db import connections
    from django.utils import timezone

    from amends.desk.api import actions
    from amends.desk.api.scopes import Scope
    from amends.desk.complaints.models import Complaint
    from amends.desk.people.models import Agent

    if not ground.talks.exists():
        write_talks(ground.talks)
    who = Agent.objects.get(email="administrator@karvan.example")
    cookie = f"{signed_in([who])[who.pk]}; {settings.CSRF_COOKIE_NAME}={bench_desk.TOKEN}"
    _, token = actions.make_token(
        name=f"measured {time.time_ns()}", agent=who, scopes=list(Scope.values), by=who, now=timezone.now(),
        per_minute=actions.MOST_A_MINUTE,
    )  # fmt: skip
    cases = list(Complaint.objects.order_by("?").values_list("number", flat=True)[:200])
    connections.close_all()
    words = searched(ground)
    program = {"Authorization": f"Bearer {token}"}

    @cache
    def open_ones() -> list[int]:
        """Name complaints that are still going on: of what was laid in few are, so that most were just created."""
        found = list(Complaint.objects.filter(live=True).order_by("?").values_list("number", flat=True)[:200])
        connections.close_all()
        return found

    def answered(n: int) -> int:
        return open_ones()[n % len(open_ones())]

    def take_in(letters: list[bytes]) -> subprocess.Popen[bytes]:
        files = _lay(letters, ground.folder / "amends-mails")
        return subprocess.Popen([str(Path(sys.executable).with_name("amends")), "take-in", *files])

    with ExitStack() as stack:
        running = [processes.served(stack, port, webs=2)]
        _wait_for(port)
        time.sleep(bench_desk.SETTLING)
        yield Desk(
            name="Amends", port=port, headers={"Cookie": cookie, "X-CSRFToken": bench_desk.TOKEN, **program},
            running=running, take_in=take_in,
            acts={
                "list": lambda _n: [Call("/desk/?view=all"), Call("/desk/counts/?menu=1")],
                "case": lambda n: [Call(f"/desk/{cases[n % len(cases)]}/")],
                "search": lambda n: [Call(f"/desk/?view=all&q={quote(words[n % len(words)])}")],
                "create": lambda n: [Call("/api/complaints", {
                    "name": f"Customer {n}", "email": f"new{n}@customer.example", "subject": f"Parcel {n}",
                    "text": f"My parcel {n} did not come, and nobody calls back.", "language": "en",
                }, as_json=True)],
                "reply": lambda n: [
                    Call(f"/api/complaints/{answered(n)}/reply", {"text": f"{REPLY} {n}"}, as_json=True)
                ],
            },
        )  # fmt: skip


def write_talks(place: Path) -> None:
    """Write what the complaints of the desk say, for the others."""
    from amends.desk.complaints.models import Complaint, EventContent

    with place.open("w", encoding="utf-8") as out:
        for one in Complaint.objects.order_by("number").iterator():
            said = EventContent.objects.filter(
                event__complaint=one, event__kind__in=["customer-wrote", "replied", "received"]
            ).order_by("event__sequence")
            turns = [
                {"by": "agent" if by == "agent" else "customer", "text": text}
                for by, text in said.values_list("event__by", "text") if text
            ]  # fmt: skip
            told = {"subject": one.subject or "Complaint", "email": f"c{one.customer_id}@customer.example"}
            if turns:
                out.write(json.dumps(told | {"turns": turns}, ensure_ascii=False) + "\n")


def searched(ground: Ground) -> list[str]:
    """Draw the words that all three are asked for, from what was said."""
    dice = random.Random(7)  # noqa: S311 - questions, no secret
    lines = ground.talks.read_text(encoding="utf-8").splitlines()
    talks = [json.loads(line)["turns"] for line in dice.sample(lines, min(40, len(lines)))]
    return [dice.choice(re.findall(r"\w{4,}", turns[0]["text"]) or ["parcel"]) for turns in talks]


def numbers(ground: Ground) -> list[int]:
    """Draw the complaints that the others are asked for: they number what was laid into them from 1 on."""
    dice, many = random.Random(3), len(ground.talks.read_text(encoding="utf-8").splitlines())  # noqa: S311 - no secret
    return [dice.randint(1, many) for _ in range(200)]


def _lay(letters: list[bytes], folder: Path) -> list[str]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for n, letter in enumerate(letters):
        (folder / f"{n}.eml").write_bytes(letter)
    return [str(folder / f"{n}.eml") for n in range(len(letters))]


# ── django-helpdesk ──────────────────────────────────────────────────────────


@contextmanager
def helpdesk(ground: Ground) -> Iterator[Desk]:
    """Serve django-helpdesk with gunicorn and two processes, installed into a folder of its own."""
    home, port, mails = PEERS / "helpdesk", free_port(), PEERS / "helpdesk-mails"
    python = home / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", HELPDESK, "psycopg[binary]", "gunicorn"], check=True
        )
    env = {
        "PYTHONPATH": str(HERE), "DJANGO_SETTINGS_MODULE": "helpdesk_site", "PEERS_PORT": str(ground.database),
        "PEERS_FILES": str(ground.folder / "helpdesk-files"),
    }  # fmt: skip
    session = ground.talks.with_name("helpdesk-session")
    mails.mkdir(exist_ok=True)
    if not _is_laid_in(ground, "helpdesk", session):
        _say(ground, "CREATE DATABASE helpdesk")
        load = [str(python), str(HERE / "load_helpdesk.py"), str(ground.talks), str(mails)]
        done = subprocess.run(load, env=os.environ | env, check=True, capture_output=True, text=True)
        session.write_text(done.stdout.strip(), encoding="ascii")
    words, cases = searched(ground), numbers(ground)

    def rows(page: str) -> Call:
        found = re.search(r"/datatables_ticket_list/[A-Za-z0-9_=-]+", page)
        if found is None:
            raise SystemExit("django-helpdesk: its list has no rows to ask for")
        return Call(f"{found[0]}?draw=1&start=0&length=25")

    def take_in(letters: list[bytes]) -> subprocess.Popen[bytes]:
        _lay(letters, mails)
        return subprocess.Popen([str(python), "-m", "django", "get_email", "--quiet"], env=os.environ | env)

    with ExitStack() as stack:
        command = [str(home / "bin" / "gunicorn"), "--workers", "2", "--bind", f"127.0.0.1:{port}"]
        server = _started(stack, [*command, "--keep-alive", "60", "django.core.wsgi:get_wsgi_application()"], **env)
        _wait_for(port)
        cookie = f"sessionid={session.read_text(encoding='ascii')}; csrftoken={'b' * 32}"
        yield Desk(
            name="django-helpdesk", port=port, headers={"Cookie": cookie, "X-CSRFToken": "b" * 32},
            running=[server], take_in=take_in,
            acts={
                "list": lambda _n: [Call("/tickets/", then=rows)],
                "case": lambda n: [Call(f"/tickets/{cases[n % 200]}/")],
                "search": lambda n: [
                    Call(f"/tickets/?search_type=header&q={quote(words[n % len(words)])}", then=rows)
                ],
                "create": lambda n: [Call("/api/tickets/", {
                    "queue": 1, "title": f"Parcel {n}", "submitter_email": f"new{n}@customer.example", "priority": 3,
                    "description": f"My parcel {n} did not come, and nobody calls back.",
                }, as_json=True)],
                "reply": lambda n: [Call("/api/followups/", {
                    "ticket": cases[n % 200], "comment": f"{REPLY} {n}", "public": True, "title": "Comment",
                }, as_json=True)],
            },
        )  # fmt: skip


# ── Request Tracker ──────────────────────────────────────────────────────────


@contextmanager
def request_tracker(ground: Ground) -> Iterator[Desk]:
    """Serve Request Tracker with Starman and two processes, from Debian's package, with the full-text index."""
    if not RT.exists() or shutil.which("starman") is None:
        raise SystemExit(
            "No Request Tracker found (Debian: apt-get install --no-install-recommends request-tracker5"
            " rt5-db-postgresql rt5-standalone starman)."
        )
    port, empty = free_port(), ground.folder / "rt-site"
    empty.mkdir()
    config = ground.folder / "RT_SiteConfig.pm"
    env = {"RT_SITE_CONFIG": str(config), "RT_SITE_CONFIG_DIR": str(empty)}

    def configure(*, indexed: bool) -> None:
        said = {
            "rtname": "peers", "Organization": "peers.example", "WebDomain": "127.0.0.1", "WebPort": port,
            "WebPath": "", "DatabaseType": "Pg", "DatabaseHost": "127.0.0.1", "DatabasePort": ground.database,
            "DatabaseUser": "amends", "DatabasePassword": "x", "DatabaseName": "rt", "DatabaseAdmin": "amends",
            "CorrespondAddress": "desk@desk.example", "CommentAddress": "notes@desk.example",
            "MailCommand": "sendmailpipe", "SendmailPath": str(_nobody(ground)),
            "LogToSyslog": "", "LogToSTDERR": "error", "RestrictReferrer": 0, "WebSecureCookies": 0,
        }  # fmt: skip
        lines = [f"Set(${name}, {json.dumps(value)});" for name, value in said.items()]
        if indexed:
            lines.append(
                "Set(%FullTextSearch, Enable => 1, Indexed => 1,"
                " Column => 'ContentIndex', Table => 'AttachmentsIndex');"
            )
        config.write_text(
            "\n".join([*lines, "1;", ""]).replace("desk@", "desk\\@").replace("notes@", "notes\\@"), "utf-8"
        )

    def call(*command: str) -> None:
        with (PEERS / "log").open("ab") as log:
            subprocess.run(command, env=os.environ | env, check=True, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    configure(indexed=False)
    mark, begun = ground.talks.with_name("rt-laid-in"), ground.talks.with_name("rt-begun")
    if not mark.exists():  # it takes longest, and goes on where it was stopped
        password = ("--dba", "amends", "--dba-password", "x")
        if not _is_laid_in(ground, "rt", begun):
            call("/usr/sbin/rt-setup-database-5", "--action", "init", *password)
            begun.touch()
        call("perl", str(HERE / "load_rt.pl"), str(ground.talks), str(begun))
        index = ("--noask", "--table", "AttachmentsIndex", "--column", "ContentIndex", "--index-type", "GIN")
        call("/usr/sbin/rt-setup-fulltext-index-5", *index, *password)
        mark.touch()
    configure(indexed=True)
    words, cases = searched(ground), numbers(ground)
    open_ones = quote("Status = '__Active__'")

    def take_in(letters: list[bytes]) -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        for letter in letters:
            told = {"SessionType": "REST", "queue": "General", "action": "correspond", "message": letter.decode()}
            call = Call("/REST/1.0/NoAuth/mail-gateway", told)
            status, said = _ask(line, desk, call)
            if status != 200 or "\nok" not in f"\n{said}":
                raise SystemExit(f"Request Tracker: a mail was not taken: {status} {said[:500]}")

    with ExitStack() as stack:
        call("/usr/sbin/rt-fulltext-indexer-5", "--all", "--quiet")
        command = ["plackup", "-s", "Starman", "--workers", "2", "--host", "127.0.0.1", "--port", str(port)]
        server = _started(stack, [*command, "-E", "production", str(RT)], **env)
        _wait_for(port)
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        told = urlencode({"user": "root", "pass": "password"})
        line.request(
            "POST", "/NoAuth/Login.html", body=told, headers={"Content-Type": "application/x-www-form-urlencoded"}
        )
        answer = line.getresponse()
        answer.read()
        cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
        desk = Desk(
            name="Request Tracker", port=port, headers={"Cookie": cookie, "Referer": f"http://127.0.0.1:{port}/"},
            running=[server], take_in=take_in,
            acts={
                "list": lambda _n: [Call(f"/Search/Results.html?Query={open_ones}&Rows=50")],
                "case": lambda n: [Call(f"/Ticket/Display.html?id={cases[n % 200]}")],
                "search": lambda n: [Call(
                    "/Search/Results.html?Rows=50&Query=" + quote(f"Content LIKE '{words[n % len(words)]}'")
                )],
                "create": lambda n: [Call("/REST/2.0/ticket", {
                    "Queue": "General", "Subject": f"Parcel {n}", "Requestor": f"new{n}@customer.example",
                    "Content": f"My parcel {n} did not come, and nobody calls back.", "ContentType": "text/plain",
                }, as_json=True)],
                "reply": lambda n: [Call(
                    f"/REST/2.0/ticket/{cases[n % 200]}/correspond",
                    {"Content": f"{REPLY} {n}", "ContentType": "text/plain"}, as_json=True,
                )],
            },
        )  # fmt: skip
        yield desk


def _nobody(ground: Ground) -> Path:
    """Write the program that takes its letters, and gives them to nobody."""
    program = ground.folder / "sendmail"
    program.write_text("#!/bin/sh\nexec cat >/dev/null\n", encoding="ascii")
    program.chmod(0o755)
    return program


DESKS: Final = {"amends": amends, "helpdesk": helpdesk, "rt": request_tracker}


if __name__ == "__main__":
    main()
