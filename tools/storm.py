"""Customers and agents act while everything fails around them, and nothing is lost and nothing comes twice.

    soak.py --storm [--store] [--rounds 200] [--seed 1]

Workers are killed, the post cuts the line, slows down or is busy, the lines to the mailbox, to the object store and, on
PostgreSQL, to the database are cut, slow or dead, the disk is full, the clock turns back. Every move comes from a seed,
so that a storm can be had again.

After each round: whoever wrote is heard once, with their files, no letter went out twice, every complaint has an owner,
the columns are what the timeline says, search finds every word. When it calms down, nothing waits any more.

How far a killed worker got is the machine's doing and not the seed's: the seed repeats what was asked for, when, and
what failed.
"""

from __future__ import annotations

import os
import random
import re
import resource
import signal
import socketserver
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zlib import crc32

from books import Broken, look_through
from wire import MOODS, Wire

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.desk.channels.mailboxes.imap_server import ImapServer

MINUTE: Final = timedelta(minutes=1)
POST: Final = ("well", "well", "slow", "cut-before", "cut-after", "busy")
LONGEST_LIFE: Final = 0.5  # seconds until a worker is killed
OUTLET: Final = "customer.example"


@dataclass
class Said:
    """What was asked for, by the word that is known again."""

    heard: set[str] = field(default_factory=set)  # words of mails that were kept
    posted: set[str] = field(default_factory=set)  # words of mails that lie on the mailbox's server
    written: set[str] = field(default_factory=set)  # words of replies


class Outside(socketserver.ThreadingTCPServer):
    """A mail server that behaves as badly as it is told to, and remembers what it took."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        """Listen on a port of loopback that is free."""
        super().__init__(("127.0.0.1", 0), _Line)
        self.mood = "well"
        self.took: list[str] = []
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller who is killed in the middle is what this is for."""


class _Line(socketserver.StreamRequestHandler):
    server: Outside

    def handle(self) -> None:
        mood = self.server.mood
        if mood == "cut-before":
            return
        self._say("220 outside")
        while words := self.rfile.readline():
            if mood == "slow":
                time.sleep(0.02)
            verb = words[:4].upper()
            if verb == b"DATA":
                self._say("354 go on")
                letter = b"".join(iter(self.rfile.readline, b".\r\n"))
                if mood == "busy":
                    self._say("451 later")
                    continue
                if named := re.search(rb"^Message-ID:\s*<([^>]+)>", letter, flags=re.IGNORECASE | re.MULTILINE):
                    self.server.took.append(named.group(1).decode())
                if mood == "cut-after":
                    return
                self._say("250 taken")
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 well")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@dataclass
class Lines:
    """What the desk speaks with, and how well each line does."""

    outside: Outside
    imap: ImapServer
    wires: dict[str, Wire]

    def take_moods(self, chance: random.Random) -> Counter[str]:
        """Give every line its mood for a round; return what is wrong with them."""
        self.outside.mood = chance.choice(POST)
        for wire in self.wires.values():
            wire.mood = chance.choice(MOODS)
        moods = {"post": self.outside.mood, **{name: wire.mood for name, wire in self.wires.items()}}
        return Counter(f"{name}: {mood}" for name, mood in moods.items() if mood != "well")

    def calm_down(self) -> None:
        self.outside.mood = "well"
        for wire in self.wires.values():
            wire.mood = "well"

    def is_broken(self, name: str) -> bool:
        return name in self.wires and self.wires[name].mood in {"cut", "dead"}

    def end(self) -> None:
        for wire in self.wires.values():
            wire.end()
        self.imap.end()
        self.outside.shutdown()
        self.outside.server_close()


def _lines(chance: random.Random, store: Wire | None) -> Lines:
    from django.db import connection

    imap = ImapServer()
    wires = {"mailbox": Wire("127.0.0.1", imap.port, chance=chance)}
    if store is not None:
        wires["store"] = store
    if connection.vendor == "postgresql":
        at = connection.settings_dict
        wires["database"] = Wire(at["HOST"], int(at["PORT"]), chance=chance)
    return Lines(Outside(), imap, wires)


def storm(*, rounds: int, chance: random.Random, start: datetime, store: Wire | None = None) -> str:
    """Run the rounds, with the line to an object store where files lie in one; return one line of what happened.

    :raises Broken: when something was lost or came twice
    """
    from django.db import connections

    people = _people(start)
    lines, said, now, latest = _lines(chance, store), Said(), start, start
    _open_mailbox(lines, start)
    faults: Counter[str] = Counter()
    for number in range(rounds):
        now += chance.choice([1, 3, 12, 45]) * MINUTE
        if chance.random() < 0.1:
            now -= chance.choice([10, 60]) * MINUTE
            faults["the clock was turned back"] += 1
        latest = max(latest, now)
        for move in range(chance.randint(1, 4)):
            _move(f"w{number}x{move}", said, lines, people, chance=chance, now=latest)
        faults += lines.take_moods(chance)
        connections.close_all()
        faults += _with_workers(now, lines, chance)
        check(lines.outside, said, calm=False)
    lines.calm_down()
    for _ in range(200):  # nothing fails any more
        latest += 30 * MINUTE
        if not _fetch(latest, lines) + _pass(latest, lines.outside) and not _waits():
            break
    said.heard |= said.posted
    check(lines.outside, said, calm=True)
    lines.end()
    told = ", ".join(f"{name} {count}" for name, count in sorted(faults.items()))
    return (
        f"{rounds} rounds, {sum(faults.values())} faults ({told}); {len(said.heard)} mails and {len(said.written)}"
        f" replies, {len(lines.outside.took)} letters taken outside: none lost, none twice"
    )


def _open_mailbox(lines: Lines, now: datetime) -> None:
    from amends.desk.channels.mailboxes import actions

    actions.save_mailbox(
        name="storm", address="desk@example.org", imap_host="127.0.0.1", imap_port=lines.wires["mailbox"].port,
        imap_security="none", receives=True, sends=False, user="desk", password=lines.imap.password,
        take_since=now - timedelta(days=1), now=now,
    )  # fmt: skip


def check(outside: Outside, said: Said, *, calm: bool) -> None:
    """Look whether all is in order; what may still wait may not when it is calm.

    :raises Broken: if not
    """
    found = _words()
    _check_heard(found, said, calm=calm)
    _check_letters(outside, calm=calm)
    _check_complaints(found, calm=calm)
    if calm:  # a store that does not answer now is not asked
        _check_files(said)


def _check_files(said: Said) -> None:
    from amends.desk.complaints.models import Attachment

    files = {one.name.removesuffix(".txt"): one for one in Attachment.objects.filter(name__startswith="w")}
    for word in filter(_has_file, sorted(said.heard)):
        if word not in files:
            raise Broken(f"the file of {word} is lost")
        with files[word].file.open("rb") as file:
            if file.read().strip() != word.encode():
                raise Broken(f"the file of {word} is another")


def _has_file(word: str) -> bool:
    return crc32(word.encode()) % 2 == 0


def _words() -> dict[str, list[int]]:
    """Return in which complaints each word stands that somebody wrote."""
    from amends.desk.complaints.models import EventContent

    found: dict[str, list[int]] = {}
    told = EventContent.objects.filter(event__kind__in=["received", "customer-wrote", "replied"])
    for complaint, text in told.values_list("event__complaint_id", "text"):
        for word in set(re.findall(r"\bw\d+x\d+\b", text)):
            found.setdefault(word, []).append(complaint)
    return found


def _check_heard(found: dict[str, list[int]], said: Said, *, calm: bool) -> None:
    from amends.desk.channels.models import Arrival, ArrivalState

    if twice := sorted(word for word, where in found.items() if len(where) > 1):
        raise Broken(f"taken in twice: {twice}")
    if lost := sorted(said.written - found.keys()):
        raise Broken(f"replies that are lost: {lost}")
    missing = said.heard - found.keys()
    waiting = 0 if calm else Arrival.objects.filter(state=ArrivalState.WAITING).count()
    if len(missing) > waiting:
        raise Broken(f"mails that are lost: {sorted(missing)}")
    if parked := list(Arrival.objects.filter(state=ArrivalState.PARKED).values_list("problem", flat=True)[:3]):
        raise Broken(f"parked: {parked}")


def _check_letters(outside: Outside, *, calm: bool) -> None:
    from amends.desk.channels.models import Outgoing, OutgoingState

    if twice := [name for name, count in Counter(outside.took).items() if count > 1]:
        raise Broken(f"letters that went out twice: {twice}")
    states = dict(Outgoing.objects.values_list("message_id", "state"))
    if never := [name for name, state in states.items() if state == OutgoingState.SENT and name not in outside.took]:
        raise Broken(f"letters that are said to be sent and never arrived: {never}")
    if calm and (left := [name for name, state in states.items() if state in {"waiting", "sending", "failed"}]):
        raise Broken(f"letters that never left: {left}")


def _check_complaints(found: dict[str, list[int]], *, calm: bool) -> None:
    from amends.desk.complaints import search
    from amends.desk.complaints.models import Complaint

    if ownerless := list(Complaint.objects.filter(owner=None)):
        raise Broken(f"{ownerless} have no owner")
    look_through()
    for word in sorted(found)[:: 1 if calm else 5]:
        if not search.matching(Complaint.objects.filter(pk=found[word][0]), word).exists():
            raise Broken(f"search does not find {word}")


def _people(now: datetime) -> list[Any]:
    from amends.desk.people.models import Agent, Calendar, Team

    week = {str(day): [["00:00", "24:00"]] for day in range(7)}
    calendar = Calendar.objects.create(name="storm", time_zone="Europe/London", week=week)
    team = Team.objects.create(name="storm", calendar=calendar)
    del now
    return [
        Agent.objects.create_user(
            email=f"a{at}@desk.example", name=f"Agent {at}", password=None, languages=["en"], time_zone="Europe/London",
            team=team,
        )
        for at in range(3)
    ]  # fmt: skip


def _mail(word: str, chance: random.Random) -> bytes:
    """Write a mail of one of six customers; every second has a file."""
    body = f"My parcel {word} did not come.\r\n"
    kind_of_body = "text/plain"
    if _has_file(word):
        kind_of_body = "multipart/mixed; boundary=part"
        body = (
            f"--part\r\nContent-Type: text/plain\r\n\r\n{body}\r\n--part\r\nContent-Type: text/plain\r\n"
            f"Content-Disposition: attachment; filename={word}.txt\r\n\r\n{word}\r\n--part--\r\n"
        )
    return (
        f"From: Customer {chance.randint(1, 6)} <c{chance.randint(1, 6)}@{OUTLET}>\r\nTo: desk@example.org\r\n"
        f"Subject: Parcel {word}\r\nMessage-ID: <{word}@{OUTLET}>\r\nDate: Wed, 14 Oct 2026 06:00:00 +0000\r\n"
        f"MIME-Version: 1.0\r\nContent-Type: {kind_of_body}\r\n\r\n{body}"
    ).encode()


def _move(word: str, said: Said, lines: Lines, people: list[Any], *, chance: random.Random, now: datetime) -> None:
    """Let somebody do something; what they were told is done has to stay done."""
    from amends.desk.channels import actions as channels
    from amends.desk.channels.mail.identity import identity_of
    from amends.desk.complaints import actions
    from amends.desk.complaints.models import Complaint

    complaints = list(Complaint.objects.order_by("pk"))
    kind = chance.choice(["mail", "mail", "reply", "hand-over"]) if complaints else "mail"
    if kind == "mail":
        raw = _mail(word, chance)
        if chance.random() < 0.5:
            lines.imap.put(raw, came=now)
            said.posted.add(word)
            return
        known = identity_of(raw, mailbox="desk@example.org")
        for _ in range(chance.choice([1, 1, 2])):  # fetched twice, as after a line that broke
            channels.keep_raw(channel="mail", identity=known.value, digest=known.digest, raw=raw, now=now)
        said.heard.add(word)
        return
    complaint = chance.choice(complaints)
    if kind == "hand-over":
        to = chance.choice([one for one in people if one.pk != complaint.owner_id])
        actions.hand_over(complaint=complaint, by=complaint.owner, to=to, reason="They know it better.", now=now)
        return
    from django.db import transaction

    text = f"I have looked at it, {word}."
    with transaction.atomic():
        event = actions.append(
            complaint=complaint, kind="replied", by="agent", agent=complaint.owner, text=text, now=now
        )
        way = complaint.customer.contact_ways.get(kind="email").value
        channels.send(event=event, complaint=complaint, recipient=way, subject="", text=text, now=now)
    said.written.add(word)


def _pass(now: datetime, outside: Outside) -> int:
    from amends.desk.channels import actions as channels
    from amends.desk.channels.outbox import deliver_due
    from amends.desk.clocks import actions as clocks
    from amends.desk.jobs.post import Smtp
    from amends.desk.promises import actions as promises

    post = Smtp(host="127.0.0.1", port=outside.server_address[1], timeout=5)
    done = channels.retry_waiting(now=now) + promises.break_due(now=now) + clocks.look(now=now)
    return done + deliver_due(now=now, post=post)


def _fetch(now: datetime, lines: Lines) -> int:
    """Fetch what is new in the mailbox, as a fetcher does; return how many mails came.

    A line that breaks is no fault of the desk: what did not come is fetched the next time.
    """
    from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

    from amends.desk.channels.mailboxes import lines as mailboxes
    from amends.desk.channels.mailboxes.fetching import Round
    from amends.desk.channels.mailboxes.models import Mailbox
    from amends.desk.channels.mailboxes.troubles import UnableToUseMailbox
    from amends.desk.channels.models import Arrival

    mailbox, before = Mailbox.objects.get(), Arrival.objects.count()
    try:
        with mailboxes.imap(mailbox, now=now, timeout=5) as line:
            Round(mailbox, line, lambda: now).read()
    except (IMAPClientAbortError, IMAPClientError, UnableToUseMailbox, OSError, EOFError):
        if not lines.is_broken("mailbox"):
            raise
    return Arrival.objects.count() - before


def _waits() -> bool:
    from amends.desk.channels.models import Arrival, ArrivalState, Outgoing

    return (
        Arrival.objects.filter(state=ArrivalState.WAITING).exists()
        or Outgoing.objects.filter(state__in=["waiting", "sending"]).exists()
    )


def _with_workers(now: datetime, lines: Lines, chance: random.Random) -> Counter[str]:
    """Let two workers do what is to be done, and have them killed or their disk full."""
    full = chance.random() < 0.15
    lives = [None if chance.random() < 0.3 else chance.random() * LONGEST_LIFE for _ in range(2)]
    workers = [(_worker(now, lines, is_full=full and at == 0), life) for at, life in enumerate(lives)]
    begun, found = time.monotonic(), Counter({"disk full": int(full)})
    for pid, life in sorted(workers, key=lambda worker: worker[1] or 99):
        if life is not None:
            time.sleep(max(0.0, begun + life - time.monotonic()))
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        found["worker killed"] += os.WIFSIGNALED(status)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status):
            raise Broken(f"a worker failed with {os.WEXITSTATUS(status)}")
    return +found


def _worker(now: datetime, lines: Lines, *, is_full: bool) -> int:
    if pid := os.fork():
        return pid
    from django.db import Error, connection

    try:
        if "database" in lines.wires:
            connection.settings_dict |= {"HOST": "127.0.0.1", "PORT": str(lines.wires["database"].port)}
        if is_full:  # no file may grow beyond what it is: what a full disk says, without filling the disk of others
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        while _fetch(now, lines) + _pass(now, lines.outside) > 0:
            pass
    except Error as error:  # of the database, or of the line to it
        if not is_full and not lines.is_broken("database"):
            sys.stderr.write(f"worker: {error!r}\n")
            os._exit(1)
    except BaseException as error:  # noqa: BLE001 - whatever it was, this process ends here and says so
        sys.stderr.write(f"worker: {error!r}\n")
        os._exit(1)
    os._exit(0)
