"""What ended long ago is archived, taken back and erased by processes that are killed, and nothing is lost.

    soak.py --archive [--store] [--rounds 60] [--seed 1]

Complaints by mail ended years ago. In each round two processes archive some of them, take one back or sweep, and are
killed at random moments, while the line to the object store is cut, slow or dead. Now and then a customer writes again,
or is erased. After each round everything reads as it was to the last byte, and of who was erased nothing is left. When
it calms down there is a file for every archive and none besides, and taken back all of it stands in its rows again.
"""

from __future__ import annotations

import os
import random
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from books import Broken, Troubles, lived, look_through
from wire import MOODS, Wire

COMPLAINTS: Final = 8
YEARS: Final = timedelta(days=4 * 365)
LONGEST_LIFE: Final = 0.5  # seconds until a process is killed, of the clock or of the processor
AT_MOST: Final = 3  # complaints that one process archives
ERASED: Final = 3  # of all, at the most
WORDS: Final = "The parcel of {word} lies in the depot, and nobody there can say when it will leave. "

type Cells = dict[tuple[str, int, str], bytes]


@dataclass
class Desk:
    """What was said, by where it stands."""

    owner: Any
    expected: Cells = field(default_factory=dict)
    words: dict[int, str] = field(default_factory=dict)  # of complaints
    erased: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)  # files of archives that another run left
    troubles: Troubles = field(default_factory=Troubles)


def storm(*, rounds: int, chance: random.Random, start: datetime, faults: Counter[str], store: Wire | None) -> str:
    """Run the rounds; return one line of what happened.

    :raises Broken: when something was lost, or was left of who was erased
    """
    from amends.desk.complaints.models import Archive

    desk, now, archives = _lay_out(start, chance), start, 0
    for _ in range(rounds):
        now += chance.choice([1, 9, 30]) * timedelta(hours=1)
        with _in_a_mood(store, chance, faults):
            erased = _somebody_acts(desk, chance, now)
        _remember(desk, but_of=erased)
        with _in_a_mood(store, chance, faults) as is_cut:
            faults.update(_with_processes(desk, chance, now, is_cut=is_cut))
        archives = max(archives, Archive.objects.filter(spent_at=None).count())
        check(desk)
    _calm(desk, now + timedelta(days=2))
    desk.troubles.end()
    told = ", ".join(f"{name} {count}" for name, count in sorted(faults.items()))
    return (
        f"{rounds} rounds, {sum(faults.values())} faults ({told}); up to {archives} archives, {len(desk.erased)} of"
        f" {len(desk.words)} people erased, {len(desk.expected)} texts and letters: none lost"
    )


@contextmanager
def _in_a_mood(store: Wire | None, chance: random.Random, faults: Counter[str]) -> Iterator[bool]:
    """Let the line to the store be in some mood, which counts if somebody felt it; yield whether it breaks."""
    if store is None:
        yield False
        return
    store.mood = chance.choice(MOODS)
    store.met.clear()
    try:
        yield store.mood in {"cut", "dead"}
    finally:
        faults.update(f"store: {mood}" for mood in store.met)
        store.mood = "well"


def check(desk: Desk) -> None:
    """Look whether everything reads as it was.

    :raises Broken: if not
    """
    there = _cells()
    if gone := sorted(desk.expected.keys() - there.keys()):
        raise Broken(f"lost: {gone[:5]}")
    if other := [where for where, held in desk.expected.items() if there[where] != held]:
        raise Broken(f"reads otherwise: {other[:5]}")
    found = b"\n".join(there.values())
    if left := [word for word in sorted(desk.erased) if word.encode() in found]:
        raise Broken(f"left of who was erased: {left}")
    look_through()


def _calm(desk: Desk, now: datetime) -> None:
    """Look again when nobody is killed any more: files are those of archives, and all that was archived comes back."""
    from amends.desk.channels import archiving
    from amends.desk.complaints.models import Archive

    archiving.archive(ended_before=now, now=now)
    archiving.sweep(now=now)
    _work_off()
    check(desk)
    _same(
        _files() - desk.others,
        set(Archive.objects.exclude(place="").values_list("place", flat=True)),
        "files of archives",
    )
    if not Archive.objects.filter(spent_at=None).exists():
        raise Broken("nothing was archived")
    for pk in desk.words:
        archiving.take_back(complaint_id=pk, now=now)
    if marks := [where for where, held in _cells(as_they_stand=True).items() if _is_mark(held)]:
        raise Broken(f"taken back, and still a mark: {marks[:5]}")
    check(desk)
    archiving.sweep(now=now + timedelta(days=2))
    _work_off()
    _same(_files() - desk.others, set(), "files after all was taken back")


def _same(found: set[str], wanted: set[str], what: str) -> None:
    if found != wanted:
        raise Broken(f"{what}: too many {sorted(found - wanted)[:5]}, missing {sorted(wanted - found)[:5]}")


def _lay_out(now: datetime, chance: random.Random) -> Desk:
    from storm import _people

    from amends.desk.channels.models import Arrival, ArrivalState

    people = _people(now)
    desk, then = Desk(owner=people[0], others=_files()), now - YEARS
    for at in range(COMPLAINTS):
        _mail(f"kutu{at}{chance.randrange(10**6)}x", at, then)
    for arrival in Arrival.objects.select_related("event__complaint__owner"):
        if arrival.state != ArrivalState.TAKEN_IN:
            raise Broken(f"a mail was not taken in: {arrival.problem}")
        if arrival.event is None:
            raise Broken("a mail that was taken in stands nowhere")
        complaint = arrival.event.complaint
        desk.words[complaint.pk] = re.search(r"kutu\d+x", complaint.subject)[0]  # type: ignore[index]
        _answer_and_close(complaint, desk.words[complaint.pk], then + timedelta(days=1))
    _remember(desk)
    return desk


def _mail(word: str, at: int, now: datetime) -> None:
    from amends.desk.channels import actions as channels
    from amends.desk.channels.mail.identity import identity_of

    words = WORDS.format(word=word) * (4 + at)
    raw = (
        f"From: Customer {at} <{word}@customer.example>\r\nTo: desk@example.org\r\nSubject: Parcel {word}\r\n"
        f"Message-ID: <{word}.{now:%s}@customer.example>\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n"
    ).encode()
    known = identity_of(raw, mailbox="desk@example.org")
    channels.keep_raw(channel="mail", identity=known.value, digest=known.digest, raw=raw, now=now)
    channels.retry_waiting(now=now)


def _answer_and_close(complaint: Any, word: str, now: datetime) -> None:
    from django.db import transaction

    from amends.desk.channels import actions as channels
    from amends.desk.channels.models import Outgoing
    from amends.desk.complaints import actions

    complaint.refresh_from_db()
    text, way = WORDS.format(word=word) * 3, complaint.customer.contact_ways.get(kind="email").value
    with transaction.atomic():
        event = actions.append(
            complaint=complaint, kind="replied", by="agent", agent=complaint.owner, text=text, now=now
        )
        channels.send(event=event, complaint=complaint, recipient=way, subject="", text=text, now=now)
    Outgoing.objects.filter(complaint=complaint).update(state="sent", sent_at=now)
    complaint.refresh_from_db()
    actions.close(complaint=complaint, by=complaint.owner, reason="It came.", now=now + timedelta(hours=1))


def _somebody_acts(desk: Desk, chance: random.Random, now: datetime) -> int | None:
    """Let a customer write again, or be erased, while the store may be out of reach; return whose complaint went."""
    from amends.desk.complaints import actions
    from amends.desk.complaints.models import Complaint

    left = [pk for pk, word in desk.words.items() if word not in desk.erased]
    what, pk = chance.random(), chance.choice(left)
    complaint = Complaint.objects.select_related("customer", "owner").get(pk=pk)
    word = desk.words[pk]
    if what < 0.25:
        text = WORDS.format(word=word) * 5
        actions.customer_writes(complaint=complaint, text=text, channel="mail", now=now)
        _answer_and_close(complaint, word, now + timedelta(minutes=1))
    elif what < 0.45 and len(desk.erased) < ERASED:
        actions.erase(customer=complaint.customer, by=desk.owner, now=now)
        desk.erased.add(word)
        return pk
    return None


def _remember(desk: Desk, *, but_of: int | None = None) -> None:
    """Take in what stands there now; what was known must not have changed, but of one complaint."""
    from amends.desk.channels.archiving import _HELD

    there, of = _cells(), {model.__name__: (model, of) for model, of, *_ in _HELD}
    other = [where for where, held in desk.expected.items() if there.get(where) != held]
    for name, pk, column in other:
        model, way = of[name]
        if but_of is None or not model._default_manager.filter(pk=pk, **{way: but_of}).exists():  # noqa: SLF001
            raise Broken(f"reads otherwise: {name} {pk} {column}")
    desk.expected = there


def _cells(*, as_they_stand: bool = False) -> Cells:
    """Return all that may be archived: as everybody reads it, or as its rows hold it."""
    from amends.desk.channels.archiving import _HELD
    from amends.desk.complaints import archived

    found: Cells = {}
    for model, _of, columns, _which in _HELD:
        rows = model._default_manager.all()  # noqa: SLF001 - Django documents it
        if as_they_stand:
            fields: list[Any] = [model._meta.get_field(name) for name in columns]  # noqa: SLF001
            rows = rows.annotate(**{f"{field.name}_there": archived.as_it_stands(field) for field in fields})
        for row in rows.iterator(chunk_size=100):
            for name in columns:
                held = getattr(row, f"{name}_there" if as_they_stand else name)
                found[model.__name__, row.pk, name] = held.encode() if isinstance(held, str) else bytes(held)
    return found


def _is_mark(held: bytes) -> bool:
    from amends.desk.complaints.archived import marked

    return marked(held) is not None


def _files() -> set[str]:
    """Return the files of archives; a folder or a store that holds none may not be there."""
    from django.core.files.storage import default_storage

    from amends.desk.complaints.archived import FOLDER

    try:
        folders = default_storage.listdir(FOLDER)[0]
    except FileNotFoundError:
        return set()
    return {f"{FOLDER}/{one}/{name}" for one in folders for name in default_storage.listdir(f"{FOLDER}/{one}")[1]}


def _work_off() -> None:
    """Do what a worker does with files that could not be deleted."""
    from django_tasks_db.models import DBTaskResult

    from amends.desk.complaints.tasks import forget_files

    for work in DBTaskResult.objects.filter(task_path=forget_files.module_path):
        forget_files.call(*work.args_kwargs["args"])


def _with_processes(desk: Desk, chance: random.Random, now: datetime, *, is_cut: bool) -> Counter[str]:
    """Have two processes archive, take back or sweep, and be killed; return how often one was."""
    from django.db import connections

    from amends.desk.channels import archiving

    connections.close_all()
    _hang_up()
    running: list[tuple[int, float | None]] = []
    for _ in range(2):
        acts: list[Callable[[], object]] = [
            *[partial(archiving.archive, ended_before=now, now=now, at_most=AT_MOST)] * 4,
            partial(archiving.take_back, complaint_id=chance.choice(list(desk.words)), now=now),
            partial(archiving.sweep, now=now),
        ]
        act = chance.choice(acts)
        life = None if chance.random() < 0.3 else chance.random() ** 2 * LONGEST_LIFE
        by_work = chance.random() < 0.5  # else by the clock, which also hits who waits for the store
        pid = _process(act, desk.troubles, life=life if by_work else None, is_cut=is_cut, seed=chance.random())
        running.append((pid, None if by_work else life))
    found = Counter[str]()
    for ended in lived(running):
        found["process killed"] += ended is None
        if ended:
            raise Broken(f"a process failed: {desk.troubles.told()}")
    return +found


def _hang_up() -> None:
    """End this process's own lines to the store, and wait for who passed them on.

    A process that is forked would speak on the same lines, and stand for ever before a lock that a thread held.
    """
    from django.conf import settings
    from django.core.files.storage import default_storage

    if settings.FILES is not None:
        default_storage.connection.meta.client.close()  # type: ignore[attr-defined]  # of a store
        while any("process_request" in thread.name for thread in threading.enumerate()):
            time.sleep(0.005)


def _process(act: Callable[[], object], troubles: Troubles, *, life: float | None, is_cut: bool, seed: float) -> int:
    if pid := os.fork():
        return pid
    from amends.desk.complaints.archived import ArchiveUnreadableError
    from amends.desk.complaints.laying_down import FilesOutOfReachError

    random.seed(seed)
    if life is not None:  # nothing of ours listens to this signal: it ends the process wherever that is
        signal.setitimer(signal.ITIMER_PROF, max(life, 0.001))
    try:
        act()
    except (FilesOutOfReachError, ArchiveUnreadableError) as error:
        if not is_cut:
            troubles.tell(error)
            os._exit(1)
    except BaseException as error:  # noqa: BLE001 - whatever it was, this process ends here and says so
        troubles.tell(error)
        os._exit(1)
    os._exit(0)
