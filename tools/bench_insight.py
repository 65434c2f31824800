"""Measure the pages of figures over very many complaints: fills an empty database by itself, and asks each page.

    bench_insight.py --size 1000000 [--database sqlite|postgresql] [--data FOLDER] [--result FILE]

A folder that was filled before is taken as it is; a PostgreSQL of its own has its files there too. Every page is asked
under several choices, with some complaints touched since the days were kept, as on a desk at work. What is measured is
the whole answer as a browser gets it, from a process that has answered before; the first answers of a new process are
told apart.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parent))
from postgres import find_postgres, running_postgres

DAYS: Final = 730
PAGES: Final = (
    "insight/", "insight/causes/", "insight/times/", "insight/over-time/", "insight/word/", "insight/satisfaction/",
    "insight/money/", "insight/lost/", "insight/alarms/", "improvements/", "improvements/1/",
)  # fmt: skip
LISTS: Final = (
    "cause-organisation", "people-1", "unanswered", "leavers", "took-person", "again", "promises-kept", "replies",
    "failing-habit-3", "lost-any", "cured-1", "remedies-1-process",
)  # fmt: skip
SPANS: Final = ("30", "90", "365", "last-year")
NARROWED: Final = ("", "&team=2", "&channel=mail&language=tr", "&group=1", "&product=3&by=month", "&branch=4&by=week")
TOUCHED: Final = 60  # complaints that changed since the days were kept: about what a minute of such a desk brings
GOAL: Final = 400.0
_AT_ONCE: Final = 20_000


def main() -> None:
    """Fill, measure, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--fill-only", action="store_true", help="lay in the complaints and end")
    parser.add_argument("--result", type=Path)
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = asked.data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="amends-bench-")))
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        os.environ["AMENDS_DATA"] = str(folder)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amends.desk.settings")
        if asked.database == "postgresql" and "DATABASE_URL" not in os.environ:
            if (home := find_postgres()) is None:
                raise SystemExit("No PostgreSQL server found.")
            folder.chmod(0o755)  # another user's server looks for its files there
            os.environ["DATABASE_URL"] = stack.enter_context(running_postgres(home, folder=folder / "postgresql"))
        import django
        from django.db import connections

        django.setup()
        found = measure(size=asked.size, fill_only=asked.fill_only)
        connections.close_all()
    if asked.result:
        asked.result.write_text(json.dumps(found), encoding="utf-8")
    for name, value in found.items():
        print(f"{name:24}{value:>14,.1f}", flush=True)


def measure(*, size: int, fill_only: bool = False) -> dict[str, float]:
    """Return what was found, in milliseconds and seconds as the names say."""
    from django.core.management import call_command
    from django.db import connection

    from amends.desk.complaints.models import Complaint
    from amends.desk.insight import kept
    from amends.desk.upkeep import tables

    found: dict[str, float] = {}
    if tables.are_missing(connection):
        tables.lay_out(connection)
    else:  # a folder that an older version filled
        call_command("migrate", verbosity=0)
    if not Complaint.objects.exists():
        begins = time.perf_counter()
        Filler(size=size).fill()
        found["fill_s"] = time.perf_counter() - begins
        begins = time.perf_counter()
        kept.rebuild()
        found["rebuild_s"] = time.perf_counter() - begins
    if fill_only:
        return found
    found["complaints"] = Complaint.objects.count()
    ids = list(Complaint.objects.order_by("-pk").values_list("pk", flat=True)[: TOUCHED * 50 : 50])
    for pk in ids:
        Complaint.objects.filter(pk=pk).update(heat=3)
        Complaint.objects.filter(pk=pk).update(heat=1)
    found.update(_pages())
    begins = time.perf_counter()
    found["folded"] = kept.fold()
    found["fold_s"] = time.perf_counter() - begins
    found["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found


def _pages() -> dict[str, float]:
    from django.conf import settings
    from django.test import Client

    from amends.desk.coaching import warming
    from amends.desk.people.models import Agent

    settings.ALLOWED_HOSTS = ["*"]
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"  # there may be no built sheets here
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": plain}}
    client = Client()
    client.force_login(Agent.objects.filter(role="manager").first() or Agent.objects.earliest("pk"))
    took: dict[str, list[float]] = {}
    worked: dict[str, list[float]] = {}
    warming.warm_cues()  # as a web server does a moment after its start
    first = [_ask(client, page, "span=90") for page in PAGES]
    lists = tuple(f"insight/behind/{figure}/" for figure in LISTS)
    for span, narrowed, page in itertools.product(SPANS, NARROWED, (*PAGES, *lists)):
        _ask(client, page, f"span={span}{narrowed}")  # its days come to hand
        begins = time.process_time()
        took.setdefault(page, []).append(_ask(client, page, f"span={span}{narrowed}"))
        worked.setdefault(page, []).append(1000 * (time.process_time() - begins))
    for page, times in took.items():
        told = f"median {statistics.median(times):7.0f} ms   most {max(times):7.0f} ms"
        print(f"/desk/{page:34} {told}   processor, most {max(worked[page]):7.0f} ms", flush=True)
    every = sorted(itertools.chain.from_iterable(times for page, times in took.items() if page in PAGES))
    behind = sorted(itertools.chain.from_iterable(times for page, times in took.items() if page in lists))
    work = sorted(itertools.chain.from_iterable(times for page, times in worked.items() if page in PAGES))
    return {
        "pages": len(every),
        "median_ms": statistics.median(every),
        "p95_ms": _p95(every),
        "most_ms": every[-1],
        "p95_worked_ms": _p95(work),
        "lists": len(behind),
        "lists_p95_ms": _p95(behind),
        "first_look_ms": max(first),
    }


def _p95(times: list[float]) -> float:
    return times[int(len(times) * 0.95)]


def _ask(client: Any, page: str, query: str) -> float:
    begins = time.perf_counter()
    answer = client.get(f"/desk/{page}?{query}")
    took = 1000 * (time.perf_counter() - begins)
    if answer.status_code != 200:
        sys.exit(f"/desk/{page}?{query} answered {answer.status_code}.")
    return took


type _Tables = dict[str, list[tuple[Any, ...]]]
type _Told = tuple[str, datetime, str, int | None, str]


class Filler:
    """Rows of every table that the pages count, drawn by chance and without words."""

    def __init__(self, *, size: int) -> None:
        """Say how many complaints there will be."""
        self.size = size
        self.drawn = min(size, 25_000)  # the rest are copies of these with other customers
        self.chance = random.Random(1)  # noqa: S311 - no secret hangs on it
        self.now = datetime.now(tz=UTC).replace(microsecond=0)

    def fill(self) -> None:
        """Write everything; indexes and triggers come when all is in."""
        from django.apps import apps
        from django.db import connection

        from amends.desk.example import in_bulk
        from amends.desk.insight import touching

        with connection.cursor() as cursor:
            for statement in touching.take_off(connection.vendor):
                cursor.execute(statement)
        self._people()
        names = {"customers_customer", *_COLUMNS}
        models = [one for one in apps.get_models() if one._meta.db_table in names]  # noqa: SLF001 - Django documents it
        with in_bulk.bare_tables([in_bulk.table(one) for one in models]):
            self._customers()
            self._complaints()
            for copy in range(1, -(-self.size // self.drawn)):
                self._copy(copy)
        touching.lay_out()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _people(self) -> None:
        from amends.desk.clocks.models import CustomerGroup
        from amends.desk.complaints.models import Branch, Product
        from amends.desk.improvements.models import Improvement, Theme
        from amends.desk.people.models import Agent, Calendar, Organisation, Team
        from amends.desk.third_parties.models import Party

        calendar = Calendar.objects.create(name="Office", time_zone="Europe/Istanbul", week={})
        Organisation.objects.create(
            id=1, name="Bench", language="en", calendar=calendar, currency="TRY", founded_at=self.now
        )
        self.teams = [Team.objects.create(name=f"Team {at}", calendar=calendar).pk for at in range(8)]
        self.agents = [
            Agent.objects.create(
                email=f"{at}@desk.example", name=f"Agent {at}", role="manager" if at == 0 else "agent",
                languages=["en"], team_id=self.teams[at % 8], time_zone="Europe/Istanbul",
            ).pk
            for at in range(60)
        ]  # fmt: skip
        self.products = [Product.objects.create(name=f"Product {at}").pk for at in range(12)]
        self.branches = [Branch.objects.create(name=f"Branch {at}").pk for at in range(25)]
        self.themes = [Theme.objects.create(name=f"Theme {at}", like="").pk for at in range(40)]
        self.parties = [Party.objects.create(name=f"Party {at}", key=f"party {at}").pk for at in range(10)]
        CustomerGroup.objects.create(name="Best", spends_from=5000, currency="TRY")
        for at in range(4):
            day = (self.now - timedelta(days=100 * at + 60)).date()
            Improvement.objects.create(
                title=f"Improvement {at}", layer="process", theme_id=self.themes[at], owner_id=self.agents[0],
                made_by_id=self.agents[0], made_at=self.now, state="in-force", due_on=day, in_force_on=day,
            )  # fmt: skip

    def _customers(self) -> None:
        pick = self.chance
        rows = (
            (at, f"Customer {at}", "", "", pick.choice(("tr", "fa", "mn", "en")), "", 0,
             round(pick.expovariate(1 / 3000), 2) if pick.random() < 0.8 else None,
             pick.choice(("TRY", "TRY", "TRY", "EUR")), "", self.now)
            for at in range(1, self.size // 2 + 1)
        )  # fmt: skip
        _write("customers_customer", _CUSTOMER.split(), rows)

    def _complaints(self) -> None:
        tables: _Tables = {name: [] for name in _COLUMNS}
        event = 0
        for at in range(1, self.drawn + 1):
            event = self._one(at, event, tables)
            if at % _AT_ONCE == 0 or at == self.drawn:
                for name, rows in tables.items():
                    _write(name, _COLUMNS[name].split(), rows)
                    rows.clear()

    def _copy(self, copy: int) -> None:
        """Write everything once more as another part, a little later in the day and of other customers."""
        from django.db import connection

        here, events, customers = copy * self.drawn, copy * 10_000_000, max(1, self.size // 2)
        new = {
            "complaint_id": f"complaint_id + {here}",
            "number": f"number + {here}",
            "key": f"key || '-{copy}'",
            "customer_id": f"(customer_id * 7919 + {copy * 104_729}) % {customers} + 1",
            "event_id": f"event_id + {events}",
            "made_in_id": f"made_in_id + {events}",
        }
        with connection.cursor() as cursor:
            for table, told in _COLUMNS.items():
                columns = told.split()
                own = {"id": f"id + {events if table == 'complaints_event' else here}"}
                values = ", ".join({**new, **own}.get(name, f'"{name}"') for name in columns)
                names = ", ".join(f'"{name}"' for name in columns)
                of = {"coaching_seen": "event_id", "complaints_eventcontent": "event_id", "complaints_complaint": "id"}
                which = of.get(table, "complaint_id")
                most = 10_000_000 - 1 if which == "event_id" else self.drawn
                cursor.execute(
                    f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE {which} <= {most}"  # noqa: S608
                )

    def _one(self, pk: int, event: int, tables: _Tables) -> int:
        pick, hours = self.chance, self.chance.random
        received = self.now - timedelta(days=DAYS * (1 - pk / self.drawn), seconds=pick.randrange(3600))
        received = received.replace(microsecond=0)
        age = self.now - received
        agent = pick.choice(self.agents)
        person = received + timedelta(hours=30 * hours() ** 3)
        ended = received + timedelta(hours=500 * hours() ** 2)
        is_over = ended < self.now and hours() < 0.97
        is_content = is_over and hours() < 0.7
        stage = "resolved" if is_content else "closed" if is_over else "answered"
        told: list[_Told] = [("received", received, "customer", None, "{}")]
        for _ in range(1 + (hours() < 0.4)):
            told.append(("replied", min(self.now, person + timedelta(hours=9 * len(told) - 9)), "agent", agent, "{}"))
        if hours() < 0.06:
            told.append(("asked-for-person", received + age * 0.1, "customer", None, "{}"))
        if hours() < 0.3:
            told.append(("customer-wrote", received + age * 0.2, "customer", None, '{"signals": ["anger"]}'))
        if hours() < 0.2:
            told.append(("remedy", min(ended, self.now), "agent", agent, "{}"))
            tables["remedies_remedy"].append(
                (
                    pk,
                    "gift",
                    "",
                    round(40 * hours(), 2),
                    "TRY",
                    agent,
                    min(ended, self.now),
                    False,
                    "",
                    "us",
                    "",
                    "done",
                )
            )
        if is_content:
            told.append(("content", ended, "customer", None, "{}"))
            if hours() < 0.5:
                marks = f'{{"outcome": {pick.randint(2, 5)}, "handling": {pick.randint(1, 5)}}}'
                told.append(("rated", ended, "customer", None, marks))
        tables["complaints_complaint"].append(
            (
                pk, pk, f"k{pk}", pick.randint(1, max(1, self.size // 2)), agent, pick.choice(self.teams), "",
                pick.choice(("tr", "fa", "mn", "en")), pick.choice(("form", "mail", "mail", "chat", "phone")), "",
                stage, not is_over, "nobody" if is_over else "ours", pick.choice((0, 0, 1, 2)), received,
                person if person < self.now else None, self.now, ended if is_content else None,
                ended if is_over else None, pick.choice((1, 1, 1, 2, 3)), 0, 1, 0, False, int(hours() < 0.08), False,
                "", pick.choice(self.products), pick.choice(self.branches),
            )
        )  # fmt: skip
        event = self._events(pk, event, told, tables)
        self._rest(pk, event, tables, received=received, ended=ended if is_over else None, agent=agent)
        return event

    def _events(self, pk: int, event: int, told: list[_Told], tables: _Tables) -> int:
        for sequence, (kind, moment, by, whose, data) in enumerate(told, 1):
            event += 1
            tables["complaints_event"].append((event, pk, sequence, kind, moment, by, whose, "", ""))
            tables["complaints_eventcontent"].append((event, "", "", "", data))
            if kind == "replied" and self.chance.random() < 0.7:
                seen = self.chance.choice(("failing", "failing", "good"))
                tables["coaching_seen"].append((event, seen, f"habit-{self.chance.randrange(30)}", 0, 3, 0.9, "cues"))
        return event

    def _rest(
        self, pk: int, event: int, tables: _Tables, *, received: datetime, ended: datetime | None, agent: int
    ) -> None:
        pick, hours = self.chance, self.chance.random
        if hours() < 0.7:
            due = received + timedelta(hours=40)
            if due < self.now:
                state, notice = ("kept", None) if hours() < 0.9 else ("broken", due if hours() < 0.3 else None)
                tables["promises_promise"].append(
                    (pk, agent, event, "", received, due, False, due, state, due, "", notice, 0)
                )
        if hours() < 0.95:
            theme = self.themes[int(40 * hours() ** 2)]
            layer = ("process", "product", "employee", "customer", "message", "third-party")[theme % 6]
            confirmed = (None, None) if ended is None else (agent, ended)
            tables["improvements_cause"].append((pk, layer, theme, "", 0.8, layer, "", *confirmed))
        tables["insight_look"].append((pk, self.now))
        if hours() < 0.3:
            tables["insight_ontheway"].append((pk, f"course-{pick.randrange(12)}", 1))
        if hours() < 0.03:
            tables["third_parties_wait"].append(
                (pk, pick.choice(self.parties), received, ended or self.now, pick.choice(("yes", "no", "ended")))
            )


_CUSTOMER: Final = "id name honorific say language address orders yearly_value currency note created_at"
_COLUMNS: Final = {
    "complaints_complaint": (
        "id number key customer_id owner_id team_id subject language channel wish stage live turn heat received_at"
        " first_person_at last_event_at resolved_at closed_at people handovers times_told waited_seconds"
        " promise_whole_day broken_promises failed_again preview product_id branch_id"
    ),
    "complaints_event": "id complaint_id sequence kind at by agent_id channel language",
    "complaints_eventcontent": "event_id text html quoted data",
    "coaching_seen": "event_id kind name start end confidence reader",
    "promises_promise": (
        "complaint_id owner_id made_in_id words made_at due_at whole_day warn_at state settled_at every notice_at moved"
    ),
    "improvements_cause": (
        "complaint_id layer theme_id words confidence proposed_layer proposed_theme confirmed_by_id confirmed_at"
    ),
    "insight_look": "complaint_id at",
    "insight_ontheway": "complaint_id name times",
    "remedies_remedy": "complaint_id kind what cost currency by_id at is_exception reason carrier carrier_name state",
    "third_parties_wait": "complaint_id party_id since ended_at outcome",
}


def _write(table: str, columns: Sequence[str], rows: Iterator[tuple[Any, ...]] | list[tuple[Any, ...]]) -> None:
    from django.db import connection, transaction

    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names of ours
    plain = ([_plain(value) for value in row] for row in rows)
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        with (
            transaction.atomic(),
            connection.connection.cursor() as own,
            own.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
        ):
            for row in plain:
                copy.write_row(row)
        return
    with transaction.atomic(), connection.cursor() as cursor:
        for some in itertools.batched(plain, _AT_ONCE, strict=False):
            cursor.executemany(statement, list(some))


def _plain(value: Any) -> Any:
    return value.isoformat(" ")[:19] if isinstance(value, datetime) else value


if __name__ == "__main__":
    main()
