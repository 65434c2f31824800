"""Measure the doors: mails taken in, and the chat with all its lines open, on SQLite and PostgreSQL.

    bench_doors.py [--quick] [--only mail|arrivals|chat] [--databases sqlite,postgresql]

What was measured is written into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from bench_page import Figure, put
from postgres import find_postgres, running_postgres

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
A_SECOND = {"sqlite": 80, "postgresql": 200}  # mails, by two processes
QUICK = {
    "mail": ["--mails", "100"],
    "arrivals": ["--quiet", "3", "--burst", "20"],
    "chat": ["--chats", "100", "--desks", "50", "--messages", "60"],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything; nothing is written down")
    parser.add_argument("--only", choices=list(QUICK))
    parser.add_argument("--databases", default="sqlite,postgresql")
    asked = parser.parse_args()
    for database in asked.databases.split(","):
        with _server(database) as env:
            if env is None:
                print("PostgreSQL: not found")
                continue
            for part, write in (("mail", mail), ("arrivals", arrivals), ("chat", chat)):
                if asked.only in {None, part}:
                    found = _run(part, database, env, QUICK[part] if asked.quick else [])
                    write(database, found, keep=not asked.quick)


def mail(database: str, found: dict[str, float], *, keep: bool) -> None:
    """Print and keep what `bench_mail.py` found."""
    goal = A_SECOND[database]
    figures = [
        Figure(what="mails", figure=f"{found['mails']:,.0f}"),
        Figure(
            what="taken in by two processes", figure=f"{found['rate']:.0f} a second", goal=f"{goal} a second",
            met=found["rate"] >= goal,
        ),
        Figure(
            what="from its bytes to the letter that says that it came, 95 of 100",
            figure=f"{found['p95_ms']:.0f} ms", goal="2 s", met=found["p95_ms"] < 2000,
        ),
        Figure(
            what="the slowest of them", figure=f"{found['last_ms']:.0f} ms", goal="2 s", met=found["last_ms"] < 2000
        ),
        Figure(what="time of the processor for one", figure=f"{found['work_ms']:.1f} ms"),
    ]  # fmt: skip
    _tell(f"Mail, {NAMES[database]}", figures, keep=keep, note="Each somebody's first mail, in four languages.")


def arrivals(database: str, found: dict[str, float], *, keep: bool) -> None:
    """Print and keep what `bench_arrivals.py` found."""
    burst = f"of {found['burst']:.0f} that come at once"
    figures = [
        Figure(what="one mail at a quiet moment, the middle one", figure=f"{found['quiet_p50_ms']:.0f} ms"),
        Figure(
            what=f"the slowest of {found['quiet']:.0f} such", figure=f"{found['quiet_last_ms']:.0f} ms", goal="2 s",
            met=found["quiet_last_ms"] < 2000,
        ),
        Figure(what=f"the middle one {burst}", figure=f"{found['burst_p50_ms']:.0f} ms"),
        Figure(
            what=f"the slowest {burst}", figure=f"{found['burst_last_ms']:.0f} ms", goal="2 s",
            met=found["burst_last_ms"] < 2000,
        ),
    ]  # fmt: skip
    note = "From its coming to the mailbox until the letter that says so is written; two processes, a mailbox each."
    _tell(f"Acknowledgement, {NAMES[database]}", figures, keep=keep, note=note)


def chat(database: str, found: dict[str, float], *, keep: bool) -> None:
    """Print and keep what `bench_chat.py` found."""
    opening = 1000 * found["opening_work_s"] / found["lines"]
    figures = [
        Figure(what="open lines on one web process", figure=f"{found['lines']:,.0f}"),
        Figure(
            what="memory of it (PSS)", figure=f"{found['full_mb']:.0f} MB", goal="300 MB", met=found["full_mb"] < 300
        ),
        Figure(what="memory before the first line", figure=f"{found['bare_mb']:.0f} MB"),
        Figure(
            what="a message from hand to hand, 95 of 100", figure=f"{found['all_p95_ms']:.0f} ms", goal="200 ms",
            met=found["all_p95_ms"] < 200,
        ),
        Figure(what="the middle one", figure=f"{found['all_p50_ms']:.0f} ms"),
        Figure(what="ours to the customer, 95 of 100", figure=f"{found['down_p95_ms']:.0f} ms"),
        Figure(what="the customer's to us, 95 of 100", figure=f"{found['up_p95_ms']:.0f} ms"),
        Figure(what="of one core while nobody speaks", figure=f"{found['idle_share']:.0%}"),
        Figure(what="of one core while five messages a second are said", figure=f"{found['busy_share']:.0%}"),
        Figure(what="time of the processor to open one line", figure=f"{opening:.0f} ms"),
    ]  # fmt: skip
    _tell(f"Chat, {NAMES[database]}", figures, keep=keep, note="Over HTTP on loopback, with whoever speaks beside it.")


def _tell(section: str, figures: list[Figure], *, keep: bool, note: str) -> None:
    for one in figures:
        print(f"{section + ': ' + one.what:80}{one.figure:>18}", flush=True)
    if keep:
        put(section, figures, on=datetime.now(tz=UTC).date(), note=note)


def _run(part: str, database: str, env: dict[str, str], options: list[str]) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "figures.json"
        program = Path(__file__).with_name(f"bench_{part}.py")
        arguments = ["--database", database, "--result", str(place), *options]
        subprocess.run([sys.executable, str(program), *arguments], env={**os.environ, **env}, check=True)
        found: dict[str, float] = json.loads(place.read_text(encoding="utf-8"))
        return found


@contextmanager
def _server(database: str) -> Iterator[dict[str, str] | None]:
    if database == "sqlite":
        yield {}
    elif home := find_postgres():
        with running_postgres(home) as url:
            yield {"DATABASE_URL": url}
    else:
        yield None


if __name__ == "__main__":
    main()
