"""Kill workers at random while promises and clocks fall due, and see that everything is said once.

    soak.py [--rounds 200] [--seed 1] [--mails 20000] [--postgresql] [--storm [--store]]

Each round makes new promises, moves the clock on (now and then back), starts two real worker processes and kills them
at random moments with SIGKILL. After each round the books must be in order: a promise changes state once, a warning
goes out at most once and never outside working hours, and what is counted agrees with the timeline.

Before that, so many mails as nobody should write them are read, and each must be read or refused as the desk knows it.

Runs on a database of its own: SQLite, PostgreSQL with --postgresql, or what DATABASE_URL names.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from books import Broken, look_through
from object_store import KEYS, make_bucket, running_object_store
from postgres import find_postgres, running_postgres
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
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL of its own, where one is installed")
    parser.add_argument("--store", action="store_true", help="in a storm, let files lie in an object store")
    asked = parser.parse_args()
    if asked.mails:
        print(read_mails(count=asked.mails, seed=asked.seed), flush=True)
    with tempfile.TemporaryDirectory(prefix="amends-soak-") as folder, ExitStack() as stack:
        os.environ["AMENDS_DATA"] = str(asked.data or folder)
        os.environ["DJANGO_SETTINGS_MODULE"] = "amends.desk.settings"
        chance = random.Random(asked.seed)  # noqa: S311 - a seed to repeat
        if asked.postgresql:
            if (home := find_postgres()) is None:
                print("soak: no PostgreSQL server found (Debian: apt-get install postgresql): left out")
                return
            os.environ["DATABASE_URL"] = stack.enter_context(running_postgres(home))
        store = stack.enter_context(object_store(chance)) if asked.store else None
        import django

        django.setup()
        if asked.data is None:
            from django.core.management import call_command

            call_command("migrate", verbosity=0, interactive=False)
        if asked.storm:
            from storm import storm

            print(storm(rounds=asked.rounds, chance=chance, start=START, store=store), flush=True)
            return
        print(soak(rounds=asked.rounds, chance=chance), flush=True)


@contextmanager
def object_store(chance: random.Random) -> Iterator[Wire]:
    """Run a server that speaks S3, have files lie there, and yield the line to it."""
    with running_object_store() as port:
        wire = Wire("127.0.0.1", port, chance=chance)
        os.environ |= KEYS | {"AWS_EC2_METADATA_DISABLED": "true"}
        os.environ["AMENDS_FILES"] = f"s3://desk/files?endpoint=http://127.0.0.1:{wire.port}&region=us-east-1"
        make_bucket(port, "desk")
        yield wire


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


def soak(*, rounds: int, chance: random.Random) -> str:
    """Run the rounds; return one line of what happened.

    :raises Broken: if the books are not in order
    """
    from django.db import connections

    from amends.desk.promises.models import Promise

    complaints = _people_and_complaints()
    now, latest, killed = START, START, 0
    for _ in range(rounds):
        _new_promises(complaints, chance, latest)
        now += chance.choice([5, 15, 40, 90, 240]) * MINUTE
        if chance.random() < 0.1:
            now -= chance.choice([60, 120]) * MINUTE  # the server's clock is set back
        latest = max(latest, now)
        connections.close_all()
        killed += _with_workers(now, chance)
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
    return f"{rounds} rounds, {killed} workers killed, promises: {dict(sorted(states.items()))}; everything said once"


def check() -> None:
    """Look whether the books are in order.

    :raises Broken: if not
    """
    from amends.desk.complaints.models import Event
    from amends.desk.people.models import Agent
    from amends.desk.promises.models import Promise

    agents = {agent.pk: agent.calendar() for agent in Agent.objects.select_related("team__calendar")}
    said: Counter[tuple[object, ...]] = Counter()
    settled: Counter[int] = Counter()
    for event in Event.objects.filter(kind__in=["warned", "promise-broken", "promise-kept"]).select_related("content"):
        data = event.content.data
        if event.kind != "warned":
            settled[data["promise"]] += 1
            continue
        what = data.get("promise") or (event.complaint_id, data.get("clock"), data.get("due"))
        said[(data["to"], data["about"], what)] += 1
        if not agents[data["to"]].is_open(event.at):
            raise Broken(f"{data['about']} was said at {event.at}, when nobody works")
    twice = [what for what, count in (*said.items(), *settled.items()) if count > 1]
    if twice:
        raise Broken(f"said twice: {twice}")
    ended = set(Promise.objects.exclude(state="open").values_list("pk", flat=True))
    if ended != set(settled):
        raise Broken(f"state and timeline disagree: {sorted(ended ^ set(settled))}")
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
    workers = [(_worker(now), life) for life in lives]
    begun, killed = time.monotonic(), 0
    for pid, life in sorted(workers, key=lambda worker: worker[1] or 99):
        if life is not None:
            time.sleep(max(0.0, begun + life - time.monotonic()))
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        killed += os.WIFSIGNALED(status)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status):
            raise Broken(f"a worker failed with {os.WEXITSTATUS(status)}")
    return killed


def _worker(now: datetime) -> int:
    """Begin a process of its own that does what a worker does; it opens the database itself."""
    if pid := os.fork():
        return pid
    try:
        while _one_pass(now):
            pass
    except BaseException as error:  # noqa: BLE001 - whatever it was, this process ends here and says so
        print(f"worker: {error!r}", file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main()
