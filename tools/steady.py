"""Hold the desk under a steady load for an hour, and see that its memory does not grow.

    steady.py [--minutes 60] [--warm-up 10] [--agents 25] [--customers 250] [--mails 20] [--bound 24]
              [--keep FOLDER] [--port 8802] [--result FILE]

Agents answer, customers complain, look, write again and chat in the rhythm of acting.py, mails come to a mailbox,
and letters leave to a mail server. PostgreSQL, and the desk as `amends serve --web-processes 2` serves it.

Once everything has been warmed up, a line is laid through the memory of all its processes: what is their own, what they
share counted once, without pages of files. It fails if the line rises by more than the bound, in megabytes an hour, and
that is no chance.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
import bench_desk
import processes
from acting import TROUBLE, Crowd, lay_out
from browsing import Record
from postgres import find_postgres
from storm import ImapServer, Outside

EVERY: Final = 15.0  # seconds between two looks
A_MINUTE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Line:
    """How memory goes: megabytes an hour, and how far that may be off with a certainty of 95 in a hundred."""

    slope: float
    off: float

    def rises(self, bound: float) -> bool:
        """Whether it rises by more than a bound, and not by chance."""
        return self.slope > bound and self.slope - self.off > 0


def line(points: Sequence[tuple[float, float]]) -> Line:
    """Lay a line through moments, in seconds, and megabytes.

    Each minute counts with its middle one. What is held in one minute is mostly held in the next one too, so they count
    as fewer than they are when it is said how far the line may be off.
    """
    minutes: dict[int, list[float]] = {}
    for at, held in points:
        minutes.setdefault(int(at // A_MINUTE), []).append(held)
    if len(minutes) < 4:
        return Line(0.0, float("inf"))
    x = np.array(sorted(minutes), dtype=float) / 60
    y = np.array([statistics.median(minutes[minute]) for minute in sorted(minutes)])
    slope, begin = np.polyfit(x, y, 1)
    left = y - (slope * x + begin)
    about = float(np.sum(left * left))
    again = float(np.sum(left[1:] * left[:-1]) / about) if about else 0.0
    again = min(max(again, 0.0), 0.9)
    count = max(3.0, len(x) * (1 - again) / (1 + again))
    error = np.sqrt(about / (count - 2) / (count * np.var(x)))
    return Line(float(slope), float(2.0 * error))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60, help="those of the warm-up among them")
    parser.add_argument("--warm-up", type=float, default=10)
    parser.add_argument("--agents", type=int, default=25)
    parser.add_argument("--customers", type=int, default=250, help="within ten minutes")
    parser.add_argument("--mails", type=float, default=20, help="seconds between two")
    parser.add_argument("--complaints", type=int, default=2000, help="that are there before")
    parser.add_argument("--bound", type=float, default=24, help="megabytes an hour")
    parser.add_argument("--port", type=int, default=8802)
    parser.add_argument("--keep", type=Path, help="where the desk stays for the next run, which begins with it")
    parser.add_argument("--log", type=Path, default=Path(tempfile.gettempdir()) / "amends-steady.log")
    parser.add_argument("--result", type=Path, help="written anew at each look")
    asked = parser.parse_args()
    if (home := find_postgres()) is None:
        print("steady: no PostgreSQL server found (Debian: apt-get install postgresql): left out")
        return
    with ExitStack() as stack:
        post, mailbox = Outside(), ImapServer()
        _, company = lay_out(stack, home, asked, AMENDS_SMTP=f"smtp://127.0.0.1:{post.server_address[1]}")
        _open_mailbox(mailbox)
        desk = processes.served(stack, asked.port, webs=2, log=asked.log)
        record, held, parts = Record(), list[tuple[float, float]](), list[dict[str, float]]()
        begins = 0.0

        def look() -> None:
            parts.append(processes.memory_by_name([desk], own=True))
            held.append((time.monotonic() - begins, sum(parts[-1].values())))
            if asked.result is not None:
                told = {"held": held, "parts": parts, "acts": record.told(), "wrong": record.wrong, "said": record.said}
                asked.result.write_text(json.dumps(told), encoding="utf-8")

        async def run() -> None:
            nonlocal begins
            await processes.up(asked.port)
            await asyncio.sleep(bench_desk.SETTLING)
            begins = time.monotonic()
            crowd = Crowd(record, company, port=asked.port, seed=1)
            mails = asyncio.get_running_loop().create_task(_write(mailbox, every=asked.mails))
            await crowd.act(customers=asked.customers, minutes=asked.minutes, look=look, every=EVERY)
            mails.cancel()

        asyncio.run(run())
        mails, letters = len(mailbox.boxes["INBOX"].mails), len(post.took)
    told = [*record.lines(), f"{record.asked} answers, {mails} mails in, {letters} letters out", *record.troubles()]
    print("\n".join(told))
    _judge(held, warm_up=asked.warm_up, bound=asked.bound)
    if record.wrong:
        raise SystemExit("Something was not answered well.")


def _judge(held: Sequence[tuple[float, float]], *, warm_up: float, bound: float) -> None:
    warm = [one for one in held if one[0] >= A_MINUTE * warm_up]
    if not warm:
        raise SystemExit("It ended before it was warm.")
    told = line(warm)
    print(
        f"memory after {warm_up:.0f} minutes {warm[0][1]:.0f} MB, at the end {warm[-1][1]:.0f} MB, at most"
        f" {max(megabytes for _at, megabytes in warm):.0f} MB; the line: {told.slope:+.1f} MB an hour,"
        f" {told.slope - told.off:+.1f} to {told.slope + told.off:+.1f}"
    )
    if told.rises(bound):
        raise SystemExit(f"Memory grows by more than {bound:.0f} MB an hour.")


def _open_mailbox(server: ImapServer) -> None:
    from django.db import connections
    from django.utils import timezone

    from amends.desk.channels.mailboxes import actions
    from amends.desk.channels.models import Mailbox

    Mailbox.objects.filter(name="steady").update(is_open=False)  # of an earlier run over this desk
    now = timezone.now()
    actions.save_mailbox(
        name="steady", address=f"desk-{server.port}@example.org", imap_host="127.0.0.1", imap_port=server.port,
        imap_security="none", receives=True, sends=False, user="desk", password=server.password, take_since=now,
        now=now,
    )  # fmt: skip
    connections.close_all()


async def _write(server: ImapServer, *, every: float) -> None:
    """Write mails, each somebody's first one."""
    languages, n = list(TROUBLE), 0
    while True:
        await asyncio.sleep(every)
        n += 1
        name, words = f"writes-{n}-{time.time_ns()}", TROUBLE[languages[n % 4]].format(n=n)
        server.put(
            f"From: Customer {n} <{name}@customer.example>\r\nTo: desk-{server.port}@example.org\r\nSubject: {n}\r\n"
            f"Message-ID: <{name}@customer.example>\r\nMIME-Version: 1.0\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n".encode()
        )


if __name__ == "__main__":
    main()
