"""Kill workers at random while promises and clocks fall due, and see that everything is said once.

    soak.py [--rounds 200] [--seed 1] [--mails 20000] [--postgresql] [--storm | --archive] [--store]
            [--faults 10000]
    soak.py --told                          what the ledger holds, and nothing is run

Each round makes new promises, moves the clock on (now and then back), starts two real worker processes and kills them
at random moments with SIGKILL. After each round the books must be in order: a promise changes state once, a warning
goes out at most once and never outside working hours, and what is counted agrees with the timeline.

Before that, so many mails as nobody should write them are read, and each must be read or refused as the desk knows it.

With --faults, one run follows the other, each from the next seed on an empty database, until so many faults have
happened; each leaves a line in a ledger. A run that breaks is told with its seed, and the next one begins.

Runs on a database of its own: SQLite, PostgreSQL with --postgresql, or what DATABASE_URL names.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from books import Broken, Troubles, lived, look_through, said_once
from object_store import KEYS, make_bucket, running_object_store
from postgres import find_postgres, free_port, running_postgres
from wire import Wire

if TYPE_CHECKING:
    from amends.desk.complaints.models import Complaint

START = datetime(2026, 10, 14, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WORKERS = 2
LONGEST_LIFE = 0.4  # seconds until a worker is killed
SPARED = 0.2  # so many are left to finish
OFFICE = {str(day): [["09:00", "18:00"]] for day in range(5)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mails", type=int, default=0)
    parser.add_argument("--data", type=Path, help="a folder with a database that is laid out already")
    parser.add_argument("--storm", action="store_true", help="post, disk and clock fail too (tools/storm.py)")
    parser.add_argument("--archive", action="store_true", help="whoever archives is killed (tools/archive_storm.py)")
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL of its own, where one is installed")
    parser.add_argument(
        "--store", action="store_true", help="in a storm or an archive, let files lie in an object store"
    )
    parser.add_argument("--faults", type=int, help="run after run, until so many faults have happened")
    parser.add_argument("--ledger", type=Path, default=Path("build/faults.jsonl"), help="where each run is noted")
    parser.add_argument("--told", action="store_true", help="say what the ledger holds, and run nothing")
    asked = parser.parse_args()
    if asked.told:
        print("\n".join(told(asked.ledger.read_text(encoding="utf-8").splitlines())))
        return
    if asked.mails:
        print(read_mails(count=asked.mails, seed=asked.seed), flush=True)
    with tempfile.TemporaryDirectory(prefix="amends-soak-") as folder, ExitStack() as stack:
        os.environ["AMENDS_DATA"] = str(asked.data or folder)
        os.environ["DJANGO_SETTINGS_MODULE"] = "amends.desk.settings"
        if asked.postgresql:
            if (home := find_postgres()) is None:
                print("soak: no PostgreSQL server found (Debian: apt-get install postgresql): left out")
                return
            os.environ["DATABASE_URL"] = stack.enter_context(running_postgres(home))
        store = stack.enter_context(object_store()) if asked.store else None
        import django

        django.setup()
        if asked.data is None:
            from django.db import connection

            from amends.desk.upkeep import tables

            tables.lay_out(connection)
        if asked.faults:
            many(asked, partial(once, asked, store=store))
        else:
            print(once(asked, asked.seed, Counter(), store=store), flush=True)


def once(asked: argparse.Namespace, seed: int, faults: Counter[str], *, store: tuple[int, int] | None) -> str:
    """Run all rounds of a seed; return one line of what happened.

    :raises Broken: if the books are not in order
    """
    chance = random.Random(seed)  # noqa: S311 - a seed to repeat
    wire = Wire("127.0.0.1", store[0], chance=chance, at=store[1]) if store else None
    if asked.archive:
        import archive_storm

        return archive_storm.storm(rounds=asked.rounds, chance=chance, start=START, faults=faults, store=wire)
    if asked.storm:
        from storm import storm

        return storm(rounds=asked.rounds, first=1000 * seed, chance=chance, start=START, faults=faults, store=wire)
    return soak(rounds=asked.rounds, chance=chance, faults=faults)


def many(asked: argparse.Namespace, run: Callable[[int, Counter[str]], str]) -> None:
    """Run seed after seed until enough has gone wrong around the desk, and note each run.

    :raises SystemExit: if a run broke
    """
    from storm import warm

    warm()  # once, not in each run
    gc.collect()
    gc.freeze()  # a collector that looks at it in each process that is forked would copy it there
    what = "archive" if asked.archive else "storm" if asked.storm else "promises"
    kind = f"{what}, {'PostgreSQL' if asked.postgresql else 'SQLite'}"
    kind += ", object store" if asked.store else ""
    faults, broken, begun = 0, [], time.monotonic()
    for seed in count(asked.seed):
        with own_database(seed) as place:
            told = _in_a_process(run, seed, place)
        faults += sum(told["faults"].values())
        broken += [seed] if told["broken"] else []
        line = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "what": kind, "seed": seed} | told
        asked.ledger.parent.mkdir(parents=True, exist_ok=True)
        with asked.ledger.open("a", encoding="utf-8") as ledger:
            ledger.write(json.dumps(line) + "\n")
        if told["broken"]:
            print(f"seed {seed}: {told['broken']}", flush=True)
        print(
            f"{kind}: {seed - asked.seed + 1} runs, {faults:,} faults, {len(broken)} broken"
            f" {broken or ''}, {time.monotonic() - begun:.0f} s",
            flush=True,
        )
        if faults >= asked.faults:
            break
    if broken:
        raise SystemExit(1)


def told(ledger: Iterable[str]) -> list[str]:
    """Add up a ledger: a line for each kind of run, and one for all of them.

    Faults are told of runs that were whole; a seed that broke is named until a later run of it was whole.
    """
    runs: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    broken: dict[str, set[int]] = {}
    for run in map(json.loads, ledger):
        kind, seeds = run["what"], broken.setdefault(run["what"], set())
        if run["broken"]:
            seeds.add(run["seed"])
            continue
        seeds.discard(run["seed"])
        runs[kind] += 1
        faults[kind] += sum(run["faults"].values())
    lines = [
        f"{kind}: {runs[kind]:,} runs, {faults[kind]:,} faults, {len(seeds)} broken {sorted(seeds) or ''}".rstrip()
        for kind, seeds in sorted(broken.items())
    ]
    left = sum(map(len, broken.values()))
    return [*lines, f"all: {runs.total():,} runs, {faults.total():,} faults, {left} broken"]


def _in_a_process(run: Callable[[int, Counter[str]], str], seed: int, place: dict[str, Any]) -> dict[str, Any]:
    """Run a seed in a process of its own on a database of its own; return what went wrong around it, and with it."""
    from django.db import connections

    connections.close_all()
    here, there = os.pipe()
    if pid := os.fork():
        os.close(there)
        with os.fdopen(here, encoding="utf-8") as answer:
            found = answer.read()
        _, status = os.waitpid(pid, 0)
        if not found:
            raise SystemExit(f"seed {seed} ended with {os.waitstatus_to_exitcode(status)}")
        return dict(json.loads(found))
    os.close(here)
    connections.settings["default"].update(place)
    faults: Counter[str] = Counter()
    begun = time.process_time() + sum(os.times()[2:4])
    told: dict[str, Any] = {"line": "", "broken": ""}
    try:
        told["line"] = run(seed, faults)
    except Broken as trouble:
        told["broken"] = str(trouble)
    except BaseException as trouble:  # noqa: BLE001 - what nobody foresaw is a broken run too
        told["broken"] = "".join(traceback.format_exception(trouble))[-3000:]
    worked = time.process_time() + sum(os.times()[2:4]) - begun
    with os.fdopen(there, "w", encoding="utf-8") as out:
        json.dump(told | {"faults": dict(sorted(faults.items())), "processor_s": round(worked, 1)}, out)
    os._exit(0)


@contextmanager
def own_database(number: int) -> Iterator[dict[str, Any]]:
    """Yield how to reach a copy of the empty database, which is gone afterwards."""
    from django.db import connection, connections

    connections.close_all()
    if connection.vendor == "sqlite":
        empty = Path(connection.settings_dict["NAME"])
        with tempfile.TemporaryDirectory(prefix="run-", dir=empty.parent) as folder:
            yield {"NAME": str(shutil.copy(empty, folder))}
        return
    import psycopg

    name, told = f"run_{number}", connection.settings_dict
    at = {"host": told["HOST"], "port": told["PORT"], "user": told["USER"], "dbname": "postgres"}
    with psycopg.connect(**at, autocommit=True) as line:
        line.execute(f'CREATE DATABASE {name} TEMPLATE "{told["NAME"]}"')
        try:
            yield {"NAME": name}
        finally:
            line.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def object_store() -> Iterator[tuple[int, int]]:
    """Run a server that speaks S3, have files lie there; yield its port, and that of the line which each run lays."""
    with running_object_store() as port:
        at = free_port()
        os.environ |= KEYS | {"AWS_EC2_METADATA_DISABLED": "true"}
        os.environ["AMENDS_FILES"] = f"s3://desk/files?endpoint=http://127.0.0.1:{at}&region=us-east-1"
        make_bucket(port, "desk")
        yield port, at


def read_mails(*, count: int, seed: int) -> str:
    """Read mails that are made up of what is wrong with mails; return one line of it.

    :raises Exception: whatever a mail makes the reader raise, with the mail that did it
    """
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from hypothesis import HealthCheck, given, settings
    from hypothesis import seed as seeded

    from tests.intake.mail import made_up

    looked = 0

    @seeded(seed)
    @settings(max_examples=count, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(made_up.mail())
    def look(raw: bytes) -> None:
        nonlocal looked
        looked += 1
        made_up.look_at(raw)

    look()
    return f"{looked:,} mails as nobody should write them: each read or refused"


def soak(*, rounds: int, chance: random.Random, faults: Counter[str]) -> str:
    """Run the rounds; return one line of what happened.

    :raises Broken: if the books are not in order
    """
    from django.db import connections

    from amends.desk.promises.models import Promise

    complaints = _people_and_complaints()
    now = latest = START
    for _ in range(rounds):
        _new_promises(complaints, chance, latest)
        now += chance.choice([5, 15, 40, 90, 240]) * MINUTE
        if chance.random() < 0.1:
            now -= chance.choice([60, 120]) * MINUTE  # the server's clock is set back
            faults["the clock was turned back"] += 1
        latest = max(latest, now)
        connections.close_all()
        faults["worker killed"] += _with_workers(now, chance)
        check()
    latest += timedelta(days=30)
    for _ in range(400):  # nobody kills any more
        if not _one_pass(latest):
            break
        latest += MINUTE
    check()
    late = Promise.objects.filter(state="open", due_at__lte=latest - timedelta(days=1), every="").count()
    if late:
        raise Broken(f"{late} promises are open long after their time")
    states = Counter(Promise.objects.values_list("state", flat=True))
    killed = faults["worker killed"]
    return f"{rounds} rounds, {killed} workers killed, promises: {dict(sorted(states.items()))}; everything said once"


def check() -> None:
    """Look whether the books are in order.

    :raises Broken: if not
    """
    said_once()
    look_through()


def _people_and_complaints() -> list[Complaint]:
    from amends.desk.complaints import actions
    from amends.desk.customers.models import Customer
    from amends.desk.people.models import Agent, Calendar, Team

    made = []
    for zone in ("Europe/Istanbul", "Asia/Tehran", "Asia/Ulaanbaatar", "Europe/London"):
        calendar = Calendar.objects.create(name=f"soak {zone}", time_zone=zone, week=OFFICE)
        team = Team.objects.create(name=f"soak {zone}", calendar=calendar)
        people = [
            Agent.objects.create_user(
                email=f"{name}@{zone.rpartition('/')[2].lower()}.example", name=f"{name} {zone}", password=None,
                languages=["en"], time_zone=zone, team=team,
            )
            for name in ("owner", "lead")
        ]  # fmt: skip
        team.lead = people[1]
        team.save(update_fields=["lead"])
        customer = Customer.objects.create(name=f"Customer {zone}", language="en", created_at=START)
        complaint, _ = actions.open_complaint(
            customer=customer, subject="Parcel lost", text="It did not come.", language="en", channel="form",
            owner=people[0], now=START,
        )  # fmt: skip
        made.append(complaint)
    return made


def _new_promises(complaints: list[Complaint], chance: random.Random, now: datetime) -> None:
    from amends.desk.complaints import actions
    from amends.desk.promises import actions as promises

    for complaint in chance.sample(complaints, 2):
        event = actions.append(
            complaint=complaint, kind="called", by="agent", agent=complaint.owner, text="We spoke.", now=now
        )
        promises.make(
            complaint=complaint, owner=complaint.owner, made_in=event, words="I will call you by then.",
            due_at=now + chance.choice([10, 60, 200, 900]) * MINUTE, whole_day=False, now=now,
            every="day" if chance.random() < 0.02 else "",
        )  # fmt: skip


def _one_pass(now: datetime) -> int:
    from amends.desk.clocks import actions as clocks
    from amends.desk.promises import actions as promises

    return promises.break_due(now=now) + clocks.look(now=now)


def _with_workers(now: datetime, chance: random.Random) -> int:
    """Start workers on the same moment and kill them; return how many died before they were done."""
    lives = [None if chance.random() < SPARED else chance.random() * LONGEST_LIFE for _ in range(WORKERS)]
    troubles = Troubles()
    workers = [(_worker(now, troubles), life) for life in lives]
    killed = 0
    for ended in lived(workers):
        killed += ended is None
        if ended:
            raise Broken(f"a worker failed: {troubles.told()}")
    troubles.end()
    return killed


def _worker(now: datetime, troubles: Troubles) -> int:
    """Begin a process of its own that does what a worker does; it opens the database itself."""
    if pid := os.fork():
        return pid
    try:
        while _one_pass(now):
            pass
    except BaseException as error:  # noqa: BLE001 - whatever it was, this process ends here and says so
        troubles.tell(error)
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main()
