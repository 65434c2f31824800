"""Measure how soon the letter stands in the outbox that says that a mail came, counted from its coming to the mailbox.

    bench_arrivals.py --database sqlite|postgresql --result FILE [--quiet 20] [--burst 100]

Two processes hold a mailbox each, on IMAP servers that tell of mail (IDLE) and are as far away as those of providers
are: every command takes thirty milliseconds to get there and back. First mails come one by one while nothing
else is done; then so many come to both mailboxes in the same moment. What is counted goes from the moment in which a
mail lies on its server until anybody can see that it is taken in: its complaint has an owner, and the letter waits to
be sent. The database is asked every few milliseconds, by this process beside them.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from bench_mail import PROCESSES, first_mail

from tests.desk.channels.mailboxes.imap_server import ImapServer

if TYPE_CHECKING:
    from amends.desk.channels.models import Mailbox

PATIENCE = 120.0  # seconds until a mail must be in, on a machine that does other things too
AWAY = 0.03  # seconds to a server and back
LOOK = 0.01  # seconds between two looks into the database
BREATH = 0.3  # seconds between two mails of a quiet moment


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--result", type=Path)
    parser.add_argument("--quiet", type=int, default=20)
    parser.add_argument("--burst", type=int, default=100)
    parser.add_argument("--fetcher", type=int, help="of this mailbox; for the program itself")
    asked = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "amends.desk.settings"
    if asked.fetcher is not None:
        fetch(asked.fetcher)
        return
    with tempfile.TemporaryDirectory(prefix="amends-bench-") as folder:
        os.environ["AMENDS_DATA"] = folder
        if asked.database == "sqlite":
            os.environ.pop("DATABASE_URL", None)
        asked.result.write_text(json.dumps(measure(quiet=asked.quiet, burst=asked.burst)), encoding="utf-8")


def measure(*, quiet: int, burst: int) -> dict[str, float]:
    """Lay out a desk, hold its mailboxes, and let mails come."""
    import django

    django.setup()
    from crowd import people
    from django.db import connection, connections

    from amends.desk.upkeep import tables

    if tables.are_missing(connection):
        tables.lay_out(connection)
    people()
    servers = [ImapServer() for _ in range(PROCESSES)]
    for server in servers:
        server.manners = _far_away
    boxes = [_mailbox(n, server) for n, server in enumerate(servers)]
    connections.close_all()
    with _fetched(boxes):
        posts = cycle(servers)
        _put_and_wait([(server, 10_000 + n) for n, server in enumerate(servers)])  # cue files are read once
        alone = []
        for n in range(quiet):
            time.sleep(BREATH)
            alone += _put_and_wait([(next(posts), n)])
        time.sleep(1)
        together = _put_and_wait([(next(posts), 1000 + n) for n in range(burst)])
    return {
        "quiet": len(alone),
        "quiet_p50_ms": 1000 * statistics.median(alone),
        "quiet_last_ms": 1000 * max(alone),
        "burst": len(together),
        "burst_p50_ms": 1000 * statistics.median(together),
        "burst_last_ms": 1000 * max(together),
    }


def _far_away(_session: object, _command: str, _rest: bytes) -> None:
    time.sleep(AWAY)


def _mailbox(n: int, server: ImapServer) -> Mailbox:
    from django.utils import timezone

    from amends.desk.channels.mailboxes import actions

    now = timezone.now()
    return actions.save_mailbox(
        now=now, name=f"Mailbox {n}", address=f"desk{n}@example.org", imap_host="127.0.0.1", imap_port=server.port,
        imap_security="none", receives=True, sends=False, user="desk", password=server.password,
        take_since=now - timedelta(days=1),
    )  # fmt: skip


@contextmanager
def _fetched(boxes: Sequence[Mailbox]) -> Iterator[None]:
    """Hold the mailboxes by a process each."""
    fetchers = [subprocess.Popen([sys.executable, __file__, "--fetcher", str(box.pk)]) for box in boxes]
    try:
        yield
    finally:
        for fetcher in fetchers:
            fetcher.kill()
            fetcher.wait()


def _put_and_wait(mails: Sequence[tuple[ImapServer, int]]) -> list[float]:
    """Let mails come, and return how long each took until its letter was there."""
    from django.db import connection

    from amends.desk.channels.models import MessageId, Outgoing

    came: dict[str, float] = {}
    for server, n in mails:
        raw = first_mail(9, n)
        came[f"9.{n}@mail.example"] = time.perf_counter()
        server.put(raw)
    took: dict[str, float] = {}
    until = time.perf_counter() + PATIENCE
    while len(took) < len(came):
        with connection.cursor():  # SQLite shows what was committed since
            known = dict(
                MessageId.objects.filter(ours=False, value__in=came.keys() - took.keys()).values_list(
                    "complaint", "value"
                )
            )
        at = time.perf_counter()
        written = Outgoing.objects.filter(complaint__in=known).values_list("complaint", flat=True)
        took |= {known[pk]: at - came[known[pk]] for pk in written}
        if at > until:
            raise SystemExit(f"{len(came) - len(took)} of {len(came)} mails are not in after {PATIENCE:.0f} seconds.")
        time.sleep(LOOK)
    return list(took.values())


def fetch(pk: int) -> None:
    """Hold one mailbox for good, as a worker does."""
    from bench_mail import read_in

    read_in()
    from django.utils import timezone

    from amends.desk.channels.mailboxes import actions
    from amends.desk.channels.mailboxes.models import Mailbox
    from amends.desk.channels.mailboxes.watch import Watch

    watch = Watch()
    watch.holder = f"bench-{pk}"
    mailbox = Mailbox.objects.get(pk=pk)
    if not actions.hold(mailbox=mailbox, holder=watch.holder, now=timezone.now()):
        raise SystemExit("The mailbox is held by somebody else.")
    mailbox.refresh_from_db()
    watch.attend(mailbox)


if __name__ == "__main__":
    main()
