"""Customers and agents act while everything fails around them, and nothing is lost and nothing comes twice.

    soak.py --storm [--store] [--rounds 200] [--seed 1]

Workers are killed, and so is who answers, promises, keeps a promise, hands over or takes a mail in, in the middle of
it; some of them act at the same moment on the same complaint. The post cuts the line, slows down or is busy, the lines
to the mailbox, to the object store and, on PostgreSQL, to the database are cut, slow or dead, the disk is full, the
clock turns back. Every move comes from a seed, so that a storm can be had again.

What is counted as a fault is what somebody felt: a process that was killed before it was done, a line that was cut
while something was said on it, a disk that was full when something was written. What met nobody is none.

After each round: whoever wrote is heard once, with their files, and who answered a letter in its complaint, no letter
went out twice, every answer has its letter, every complaint has an owner, every promise changed state once and is told
so, the columns are what the timeline says, search finds every word. When it calms down, nothing waits any more, and no
promise is open after its time.

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
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from itertools import compress
from pathlib import Path
from typing import Any, Final
from zlib import crc32

from books import Broken, Seen, Troubles, lived, look_through, said_once
from wire import MOODS, Wire

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.desk.channels.mailboxes.imap_server import ImapServer

MINUTE: Final = timedelta(minutes=1)
PATIENCE: Final = 120  # seconds: on a busy machine the servers of the storm answer late
POST: Final = ("well", "well", "slow", "cut-before", "cut-after", "busy")
LONGEST_LIFE: Final = 0.5  # seconds until a worker is killed, of the clock or of the processor
SHORT_LIFE: Final = 0.06  # seconds of the processor until who acts is killed
DYING: Final = 0.3  # of those who act
MOVES: Final = ("mail", "mail", "answer", "reply", "promise", "keep", "hand-over", "two")
AGENTS: Final = ("reply", "promise", "hand-over")  # what two of them do at the same moment
STOPPED_BY_DISK: Final = 28  # how a worker ends that felt it: ENOSPC
WAVES: Final = 3  # in a round: so often the lines get other moods and workers start anew
OUTLET: Final = "customer.example"


@dataclass
class Said:
    """What was asked for, by the word that is known again."""

    heard: set[str] = field(default_factory=set)  # words of mails that were kept
    posted: set[str] = field(default_factory=set)  # words of mails that lie on the mailbox's server
    written: set[str] = field(default_factory=set)  # words of replies
    belongs: dict[str, int] = field(default_factory=dict)  # answers to a letter, and the complaint it was about
    in_order: Seen = field(default_factory=dict)  # complaints that were looked through


class Outside(socketserver.ThreadingTCPServer):
    """A mail server that behaves as badly as it is told to, and remembers what it took."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        """Listen on a port of loopback that is free."""
        super().__init__(("127.0.0.1", 0), _Line)
        self.mood = "well"
        self.met = set[str]()  # the moods that somebody felt
        self.took: list[str] = []
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller who is killed in the middle is what this is for."""


class _Line(socketserver.StreamRequestHandler):
    server: Outside

    def handle(self) -> None:
        mood = self.server.mood
        if mood == "cut-before":
            self.server.met.add(mood)
            return
        self._say("220 outside")
        while words := self.rfile.readline():
            if mood == "slow":
                self.server.met.add(mood)
                time.sleep(0.02)
            verb = words[:4].upper()
            if verb == b"DATA":
                self._say("354 go on")
                letter = b"".join(iter(self.rfile.readline, b".\r\n"))
                if mood == "busy":
                    self.server.met.add(mood)
                    self._say("451 later")
                    continue
                if named := re.search(rb"^Message-ID:\s*<([^>]+)>", letter, flags=re.IGNORECASE | re.MULTILINE):
                    self.server.took.append(named.group(1).decode())
                if mood == "cut-after":
                    self.server.met.add(mood)
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
    troubles: Troubles = field(default_factory=Troubles)

    def take_moods(self, chance: random.Random) -> None:
        """Give every line its mood for a round."""
        self.outside.mood = chance.choice(POST)
        for wire in self.wires.values():
            wire.mood = chance.choice(MOODS)
        for line in (self.outside, *self.wires.values()):
            line.met.clear()

    def felt(self) -> Counter[str]:
        """Return what was wrong with them this round, as far as somebody felt it."""
        lines = {"post": self.outside, **self.wires}
        return Counter(f"{name}: {line.mood}" for name, line in lines.items() if line.mood in line.met)

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
        self.troubles.end()


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


def storm(
    *, rounds: int, first: int, chance: random.Random, start: datetime, faults: Counter[str], store: Wire | None = None
) -> str:
    """Run the rounds, with the line to an object store where files lie in one; return one line of what happened.

    They are numbered from `first` on, so that no file of another run is taken for one of this. What went wrong around
    the desk is counted in `faults`.

    :raises Broken: when something was lost or came twice
    """
    from django.db import connections

    warm()
    people = _people(start)
    lines, said, now, latest = _lines(chance, store), Said(), start, start
    _open_mailbox(lines, start)
    for number in range(first, first + rounds):
        now += chance.choice([1, 3, 12, 45]) * MINUTE
        if chance.random() < 0.1:
            now -= chance.choice([10, 60]) * MINUTE
            faults["the clock was turned back"] += 1
        latest = max(latest, now)
        for move in range(chance.randint(1, 4)):
            faults.update(_move(f"w{number}x{move}", said, lines, people, chance=chance, now=latest))
        connections.close_all()
        for _ in range(WAVES):
            lines.take_moods(chance)
            faults.update(_with_workers(now, lines, chance))
            faults.update(lines.felt())
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


def warm() -> None:
    """Load what every worker would else load for itself, one after the other."""
    for name in (
        "imapclient",
        "encodings.idna",
        "amends.desk.urls",
        "amends.desk.channels.mailboxes.fetching",
        "amends.desk.jobs.post",
    ):
        import_module(name)
    from amends.desk.coaching import warming

    warming.warm_cues()


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
    _check_complaints(found, None if calm else said.in_order)
    _check_promises(calm=calm)
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
        for word in set(re.findall(r"\bw\d+x\d+[ab]?\b", text)):
            found.setdefault(word, []).append(complaint)
    return found


def _check_heard(found: dict[str, list[int]], said: Said, *, calm: bool) -> None:
    from amends.desk.channels.models import Arrival, ArrivalState

    if twice := sorted(word for word, where in found.items() if len(where) > 1):
        raise Broken(f"taken in twice: {twice}")
    if lost := sorted(said.written - found.keys()):
        raise Broken(f"replies that are lost: {lost}")
    astray = {word: at for word, at in said.belongs.items() if found.get(word, [at]) != [at]}
    if astray:
        raise Broken(f"answers that came to another complaint: {astray}")
    missing = said.heard - found.keys()
    waiting = 0 if calm else Arrival.objects.filter(state=ArrivalState.WAITING).count()
    if len(missing) > waiting:
        raise Broken(f"mails that are lost: {sorted(missing)}")
    if parked := list(Arrival.objects.filter(state=ArrivalState.PARKED).values_list("problem", flat=True)[:3]):
        raise Broken(f"parked: {parked}")


def _check_letters(outside: Outside, *, calm: bool) -> None:
    from django.db.models import Count

    from amends.desk.channels.models import Outgoing, OutgoingState
    from amends.desk.complaints.models import Event

    replies = Event.objects.filter(kind="replied").annotate(letters=Count("outgoing"))
    if alone := list(replies.exclude(letters=1).values_list("pk", "letters")):
        raise Broken(f"answers without their one letter: {alone}")

    if twice := [name for name, count in Counter(outside.took).items() if count > 1]:
        raise Broken(f"letters that went out twice: {twice}")
    states = dict(Outgoing.objects.values_list("message_id", "state"))
    if never := [name for name, state in states.items() if state == OutgoingState.SENT and name not in outside.took]:
        raise Broken(f"letters that are said to be sent and never arrived: {never}")
    if calm and (left := [name for name, state in states.items() if state in {"waiting", "sending", "failed"}]):
        raise Broken(f"letters that never left: {left}")


def _check_complaints(found: dict[str, list[int]], in_order: Seen | None) -> None:
    from amends.desk.complaints import search
    from amends.desk.complaints.models import Complaint

    if ownerless := list(Complaint.objects.filter(owner=None)):
        raise Broken(f"{ownerless} have no owner")
    look_through(in_order)
    for word in sorted(found)[:: 1 if in_order is None else 5]:
        if not search.matching(Complaint.objects.filter(pk=found[word][0]), word).exists():
            raise Broken(f"search does not find {word}")


def _check_promises(*, calm: bool) -> None:
    from amends.desk.complaints.models import Event
    from amends.desk.promises.models import Promise

    said_once()
    made = Event.objects.filter(kind="promise-made").count()
    if made != (there := Promise.objects.count()):
        raise Broken(f"{there} promises, and {made} are told")
    if calm and (late := Promise.objects.filter(state="open").count()):
        raise Broken(f"{late} promises are open long after their time")


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


def _mail(word: str, chance: random.Random, *, by: str = "", answers: str = "") -> bytes:
    """Write a mail of one of six customers, or an answer of one to a letter; every second has a file."""
    body = f"My parcel {word} did not come.\r\n"
    kind_of_body = "text/plain"
    if _has_file(word):
        kind_of_body = "multipart/mixed; boundary=part"
        body = (
            f"--part\r\nContent-Type: text/plain\r\n\r\n{body}\r\n--part\r\nContent-Type: text/plain\r\n"
            f"Content-Disposition: attachment; filename={word}.txt\r\n\r\n{word}\r\n--part--\r\n"
        )
    sender = by or f"c{chance.randint(1, 6)}@{OUTLET}"
    thread = f"In-Reply-To: <{answers.strip('<>')}>\r\n" if answers else ""
    return (
        f"From: Customer {chance.randint(1, 6)} <{sender}>\r\nTo: desk@example.org\r\n{thread}"
        f"Subject: Parcel {word}\r\nMessage-ID: <{word}@{OUTLET}>\r\nDate: Wed, 14 Oct 2026 06:00:00 +0000\r\n"
        f"MIME-Version: 1.0\r\nContent-Type: {kind_of_body}\r\n\r\n{body}"
    ).encode()


def _move(word: str, said: Said, lines: Lines, people: list[Any], *, chance: random.Random, now: datetime) -> list[str]:
    """Let somebody do something; what they were told is done has to stay done. Return what went wrong with it.

    Now and then it is a process of its own that dies in the middle: then nobody was told anything, and whatever it did
    has to be whole.
    """
    from amends.desk.complaints.models import Complaint

    complaints = list(Complaint.objects.select_related("owner", "customer").order_by("pk"))
    kind = chance.choice(MOVES) if complaints else "mail"
    if kind == "two":
        complaint, kinds = chance.choice(complaints), chance.choices(AGENTS, k=2)
        acts = [
            _of_agent(one, complaint, f"{word}{at}", said, people, chance=chance, now=now)
            for at, one in zip("ab", kinds, strict=True)
        ]
        lives = [_life(chance) for _ in acts]
        return _told(kinds, acts, _by_others(list(zip([one.do for one in acts], lives, strict=True)), lines.troubles))
    if kind in {"mail", "answer"}:
        mail = _answer(word, chance, said) if kind == "answer" else _mail(word, chance)
        if chance.random() < 0.5:
            lines.imap.put(mail, came=now)
            said.posted.add(word)
            return []
        act = Act(partial(_keep, mail, chance.choice([1, 1, 2]), now), word, said.heard)
    else:
        act = _of_agent(kind, chance.choice(complaints), word, said, people, chance=chance, now=now)
    life = _life(chance)
    if life is None:
        act.do()
        return _told([kind], [act], [True])
    return _told([kind], [act], _by_others([(act.do, life)], lines.troubles))


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does, and where its word is kept once they were told that it is done."""

    do: Callable[[], None]
    word: str
    told: set[str]


def _life(chance: random.Random) -> float | None:
    """How long somebody who acts lives, in seconds of the processor, or None where they are spared."""
    return chance.random() * SHORT_LIFE if chance.random() < DYING else None


def _told(kinds: list[str], acts: list[Act], done: list[bool]) -> list[str]:
    """Note what is done; return what went wrong with the rest."""
    for act in compress(acts, done):
        act.told.add(act.word)
    return [f"killed in a {kind}" for kind, is_done in zip(kinds, done, strict=True) if not is_done]


def _of_agent(
    kind: str, complaint: Any, word: str, said: Said, people: list[Any], *, chance: random.Random, now: datetime
) -> Act:
    due = now + chance.choice([10, 60, 200, 900]) * MINUTE
    if kind == "hand-over":
        to = chance.choice([one for one in people if one.pk != complaint.owner_id])
        return Act(partial(_hand_over, complaint, to, now), word, set())
    if kind == "keep":
        return Act(partial(_keep_promise, complaint, now), word, set())
    return Act(partial(_reply, complaint, word, now, due if kind == "promise" else None), word, said.written)


def _answer(word: str, chance: random.Random, said: Said) -> bytes:
    """Write an answer of a customer to a letter that reached them, or another mail where none did."""
    from amends.desk.channels.models import Outgoing

    letters = Outgoing.objects.filter(state="sent").order_by("pk")
    if (count := letters.count()) == 0:
        return _mail(word, chance)
    letter = letters[chance.randrange(count)]
    said.belongs[word] = letter.complaint_id
    return _mail(word, chance, by=letter.recipient, answers=letter.message_id)


def _by_others(acts: list[tuple[Callable[[], None], float | None]], troubles: Troubles) -> list[bool]:
    """Have a process of its own for each act at the same moment, and some killed after so much of the processor.

    Return which of them were quicker.
    """
    from django.db import connections

    connections.close_all()
    pids = [_another(act, life, troubles) for act, life in acts]
    ended = [os.waitpid(pid, 0)[1] for pid in pids]
    if any(os.WIFEXITED(status) and os.WEXITSTATUS(status) for status in ended):
        raise Broken(f"who acted failed: {troubles.told()}")
    return [os.WIFEXITED(status) for status in ended]


def _another(act: Callable[[], None], life: float | None, troubles: Troubles) -> int:
    if pid := os.fork():
        return pid
    try:
        if life is not None:
            signal.setitimer(signal.ITIMER_PROF, max(life, 0.001))
        act()
        signal.setitimer(signal.ITIMER_PROF, 0)
    except BaseException as error:  # noqa: BLE001 - whatever it was, this process ends here and says so
        troubles.tell(error)
        os._exit(1)
    os._exit(0)


def _keep(raw: bytes, times: int, now: datetime) -> None:
    from amends.desk.channels import actions as channels
    from amends.desk.channels.mail.identity import identity_of

    known = identity_of(raw, mailbox="desk@example.org")
    for _ in range(times):  # fetched twice, as after a line that broke
        channels.keep_raw(channel="mail", identity=known.value, digest=known.digest, raw=raw, now=now)


def _hand_over(complaint: Any, to: Any, now: datetime) -> None:
    from amends.desk.complaints import actions

    with suppress(actions.UnableToHandOver):  # somebody else was quicker
        actions.hand_over(complaint=complaint, by=complaint.owner, to=to, reason="They know it better.", now=now)


def _keep_promise(complaint: Any, now: datetime) -> None:
    from amends.desk.promises import actions
    from amends.desk.promises.models import Promise

    if promise := Promise.objects.filter(complaint=complaint, state="open").order_by("pk").first():
        with suppress(actions.UnableToSettle):  # somebody else was quicker
            actions.keep(promise=promise, by=complaint.owner, now=now)


def _reply(complaint: Any, word: str, now: datetime, due: datetime | None = None) -> None:
    """Answer, and promise something until a time if there is one."""
    from django.db import transaction

    from amends.desk.channels import actions as channels
    from amends.desk.complaints import actions
    from amends.desk.promises import actions as promises

    text = f"I have looked at it, {word}."
    with transaction.atomic():
        event = actions.append(
            complaint=complaint, kind="replied", by="agent", agent=complaint.owner, text=text, now=now
        )
        if due is not None:
            promises.make(
                complaint=complaint, owner=complaint.owner, made_in=event, words="I will call you by then.",
                due_at=due, whole_day=False, now=now,
            )  # fmt: skip
        way = complaint.customer.contact_ways.get(kind="email").value
        channels.send(event=event, complaint=complaint, recipient=way, subject="", text=text, now=now)


def _pass(now: datetime, outside: Outside) -> int:
    from amends.desk.channels import actions as channels
    from amends.desk.channels.outbox import deliver_due
    from amends.desk.clocks import actions as clocks
    from amends.desk.jobs.post import Smtp
    from amends.desk.promises import actions as promises

    post = Smtp(host="127.0.0.1", port=outside.server_address[1], timeout=PATIENCE)
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
        with mailboxes.imap(mailbox, now=now, timeout=PATIENCE) as line:
            Round(mailbox, line, lambda: now).read()
    except (IMAPClientAbortError, IMAPClientError, UnableToUseMailbox, OSError, EOFError):
        if not lines.is_broken("mailbox"):
            raise
    return Arrival.objects.count() - before


def _waits() -> bool:
    """Whether something is still to be done, or promised: also what came when all had calmed down makes promises."""
    from amends.desk.channels.models import Arrival, ArrivalState, Outgoing
    from amends.desk.promises.models import Promise

    return (
        Arrival.objects.filter(state=ArrivalState.WAITING).exists()
        or Outgoing.objects.filter(state__in=["waiting", "sending"]).exists()
        or Promise.objects.filter(state="open").exists()
    )


def _with_workers(now: datetime, lines: Lines, chance: random.Random) -> Counter[str]:
    """Let two workers do what is to be done, and have them killed or their disk full."""
    full = chance.random() < 0.15
    workers, found = [], Counter[str]()
    for at in range(2):
        life = None if chance.random() < 0.3 else chance.random() ** 2 * LONGEST_LIFE
        by_work = chance.random() < 0.5  # else by the clock, which also hits who waits for somebody
        pid = _worker(now, lines, is_full=full and at == 0, life=life if by_work else None)
        workers.append((pid, None if by_work else life))
    for ended in lived(workers):
        found["worker killed"] += ended is None
        found["disk full"] += ended == STOPPED_BY_DISK
        if ended not in {None, 0, STOPPED_BY_DISK}:
            raise Broken(f"a worker failed: {lines.troubles.told()}")
    return +found


def _worker(now: datetime, lines: Lines, *, is_full: bool, life: float | None) -> int:
    if pid := os.fork():
        return pid
    from django.db import Error, connection

    if life is not None:  # nothing of ours listens to this signal: it ends the process wherever that is
        signal.setitimer(signal.ITIMER_PROF, max(life, 0.001))
    try:
        if "database" in lines.wires:
            connection.settings_dict |= {"HOST": "127.0.0.1", "PORT": str(lines.wires["database"].port)}
        if is_full:  # no file may grow beyond what it is: what a full disk says, without filling the disk of others
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        while _fetch(now, lines) + _pass(now, lines.outside) > 0:
            pass
    except Error as error:  # of the database, or of the line to it
        if is_full and connection.vendor == "sqlite":
            os._exit(STOPPED_BY_DISK)
        if not is_full and not lines.is_broken("database"):
            lines.troubles.tell(error)
            os._exit(1)
    except BaseException as error:  # noqa: BLE001 - whatever it was, this process ends here and says so
        lines.troubles.tell(error)
        os._exit(1)
    os._exit(0)
