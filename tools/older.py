"""Let the version before work on a database that the newest has brought up to date, as while web servers are exchanged.

    older.py [--postgresql] [--of COMMIT]

The version before is the code as it was when the newest schema of tests/desk/upkeep/schemas was kept; it is taken out
of the history into a folder of its own and runs with the packages that are installed. Where there is no history, that
is said and nothing is run.

First a row of every table is written and read by the models of the version before, on its own schema and on the newest:
what it could do there it has to do here. Then it serves the example company with a worker, and while it is asked for
pages the newest brings the database up to date. After that its pages open for every role, a customer complains, an
agent finds it, hands it over, promises and answers, letters leave, all periodic work runs. At last the newest serves
beside it on the same database, each goes on with what the other wrote, and the books must be in order.
"""

from __future__ import annotations

import argparse
import html
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

sys.path.insert(0, str(Path(__file__).resolve().parent))
from books import Broken
from postgres import find_postgres, free_port, running_postgres
from storm import Outside

ROOT: Final = Path(__file__).resolve().parents[1]
SCHEMAS: Final = ROOT / "tests/desk/upkeep/schemas"
BUILT: Final = "amends/desk/web/static/built"  # no part of the history
PATIENCE: Final = 240.0  # seconds: the machine may be busy
OF_A_KIND: Final = 4  # pages that begin alike, numbers and keys apart
MOST: Final = 90  # pages for one role
WORD: Final = "tarhana"  # is written by the customer, and searched for
LINK: Final = re.compile(r'(?:href|hx-get|src)="([^"#]+)')
STAMP: Final = re.compile(r'name="(stamp|once)" value="([^"]*)"')
# Written and read by the version whose models are loaded; nothing of it stays.
ROWS: Final = """
import json, sys
import django
django.setup()
from django.apps import apps
from django.db import connection, transaction
import make
told = {}
with transaction.atomic(), connection.constraint_checks_disabled():
    made = make.fill(apps)
    for model, row in made.items():
        if row is not None:
            row.save()
            assert model._base_manager.filter(pk=row.pk).get() == row
        told[model._meta.label] = row is not None
    transaction.set_rollback(True)
print(json.dumps(told))
"""
SIGN_INS: Final = """
import json
import django
django.setup()
from amends.desk.example.queries import sign_ins
print(json.dumps([[one.email, one.password, one.role, one.name] for one in sign_ins()]))
"""
# All periodic work that the version knows is to be done now; whoever works may do it.
ALL_WORK: Final = """
import json, time
import django
django.setup()
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from amends.desk.jobs import actions, periods
from amends.desk.jobs.models import Period
now, names = timezone.now(), list(periods.table())
for name in names:
    actions.enter_period(name=name, now=now)
    actions.run_period_soon(name=name, now=now)
rows = Period.objects.filter(name__in=names)
for _ in range({patience}):
    time.sleep(1)
    waiting = [row.name for row in rows.all() if row.finished_at is None or row.finished_at < now]
    failed = [row.problem[-2000:] for row in rows.filter(failed_at__gte=now)]
    failed += [str(one.task_path) for one in DBTaskResult.objects.filter(status="FAILED")]
    if failed or not waiting:
        break
print(json.dumps({{"waiting": waiting, "failed": failed, "count": len(names)}}))
"""
BOOKS: Final = """
import django
django.setup()
import books
books.look_through()
print("true")
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL of its own, where one is installed")
    parser.add_argument("--of", metavar="COMMIT", help="another version before")
    asked = parser.parse_args()
    commit = asked.of or before(ROOT)
    if commit is None:
        print("older: no history here, so no code of the version before: left out")
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="amends-older-")))
        folder.chmod(0o755)  # the database server is another user
        places: Iterator[dict[str, str]]
        if asked.postgresql:
            if (home := find_postgres()) is None:
                print("older: no PostgreSQL server found (Debian: apt-get install postgresql): left out")
                return
            places = databases(stack.enter_context(running_postgres(home)), folder)
        else:
            places = folders(folder)
        old = Version(unpacked(commit, folder / "code"))
        new = Version(ROOT / "src")
        tell(f"the version before is {commit[:12]}")
        rows(old, new, places)
        serve_both(old, new, next(places))


def tell(words: str) -> None:
    print(words, flush=True)


def before(root: Path) -> str | None:
    """Return the commit that kept the newest schema, or nothing where the history does not say."""
    newest = max((root / "tests/desk/upkeep/schemas").glob("2*.sqlite3.xz"))
    try:
        if _git(root, "rev-parse", "--is-shallow-repository") != "false":
            return None
        return _git(root, "log", "-1", "--format=%H", "--", str(newest)) or None
    except (OSError, subprocess.CalledProcessError):
        return None


def _git(root: Path, *arguments: str) -> str:
    told = subprocess.run(["git", "-C", root, *arguments], capture_output=True, text=True, check=True)
    return told.stdout.strip()


def unpacked(commit: str, to: Path) -> Path:
    """Lay out the code of a commit, with the built files of today made out as others; return where its modules lie."""
    packed = subprocess.run(["git", "-C", ROOT, "archive", commit, "src"], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        tar.extractall(to, filter="data")
    built = to / "src" / BUILT
    shutil.copytree(ROOT / "src" / BUILT, built, dirs_exist_ok=True)
    for file in built.rglob("*"):
        if file.suffix in {".css", ".js"}:  # so that their names, which are made of what they hold, are others too
            file.write_text(file.read_text(encoding="utf-8") + "\n/* of the version before */\n", encoding="utf-8")
    for file in (ROOT / "src").rglob("*.mo"):
        shutil.copy(file, to / file.relative_to(ROOT))
    return to / "src"


def folders(within: Path) -> Iterator[dict[str, str]]:
    """Yield places for one desk after the other, on SQLite."""
    for at in range(100):
        (within / f"desk-{at}").mkdir()
        yield {"AMENDS_DATA": str(within / f"desk-{at}")}


def databases(url: str, within: Path) -> Iterator[dict[str, str]]:
    """Yield the same on a PostgreSQL server."""
    import psycopg

    for at, place in enumerate(folders(within)):
        with psycopg.connect(url, autocommit=True) as line:
            line.execute(f"CREATE DATABASE older_{at}")  # type: ignore[call-overload]
        yield place | {"DATABASE_URL": url.rpartition("/")[0] + f"/older_{at}"}


@dataclass(frozen=True, slots=True)
class Version:
    """The program as it was at some time, by the folder of its modules."""

    modules: Path

    def env(self, place: dict[str, str]) -> dict[str, str]:
        kept = {name: told for name, told in os.environ.items() if name != "DATABASE_URL"}
        beside = (self.modules, SCHEMAS, ROOT / "tools")
        own = {"DJANGO_SETTINGS_MODULE": "amends.desk.settings", "PYTHONPATH": os.pathsep.join(map(str, beside))}
        return {**kept, **own, **place}

    def run(self, place: dict[str, str], *arguments: str) -> str:
        """Run the program to its end; return what it said.

        :raises Broken: if it failed
        """
        done = subprocess.run(
            [sys.executable, *arguments], env=self.env(place), cwd=self.modules, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if done.returncode:
            raise Broken(f"{' '.join(arguments)[:80]}: {done.stderr[-3000:]}")
        return done.stdout

    def ask(self, place: dict[str, str], code: str) -> Any:
        """Run a few lines with its modules; return what they tell in their last line."""
        return json.loads(self.run(place, "-W", "ignore", "-c", code).splitlines()[-1])

    def amends(self, place: dict[str, str], *arguments: str) -> str:
        return self.run(place, "-m", "amends.cli", *arguments)

    @contextmanager
    def served(self, place: dict[str, str], log: Path) -> Iterator[str]:
        """Serve it with a worker; yield its address.

        :raises Broken: if it told of an error
        """
        port = free_port()
        command = [sys.executable, "-m", "amends.cli", "serve", "--no-example", "--port", str(port)]
        with log.open("wb") as told:
            desk = subprocess.Popen(
                command, env=self.env(place), cwd=self.modules, stdin=subprocess.DEVNULL, stdout=told, stderr=told
            )
            try:
                wait_for(lambda: b"Ctrl-C" in log.read_bytes() or desk.poll() is not None, "a desk that is open")
                yield f"http://127.0.0.1:{port}"
            finally:
                desk.terminate()
                desk.wait()
        said = log.read_text(encoding="utf-8")
        if desk.returncode or " ERROR " in said:
            at = max(0, said.find(" ERROR ") - 100)
            raise Broken(f"the desk ended with {desk.returncode} and said: {said[at : at + 3000]}")


def rows(old: Version, new: Version, places: Iterator[dict[str, str]]) -> None:
    """See that the models of the version before write and read on the newest schema what they do on their own.

    :raises Broken: if they do not
    """
    own, newest = next(places), next(places)
    for place in (own, newest):
        old.amends(place, "prepare", "--no-pages")
    new.amends(newest, "prepare", "--no-pages")
    there, here = old.ask(own, ROWS), old.ask(newest, ROWS)
    if there != here:
        raise Broken(
            f"on the newest schema it no longer writes {[name for name in there if there[name] != here[name]]}"
        )
    tell(f"{sum(here.values())} of {len(here)} tables are written and read as before")


def serve_both(old: Version, new: Version, place: dict[str, str]) -> None:
    """Serve the version before through the exchange, then both.

    :raises Broken: if something was not answered, or was lost
    """
    outside = Outside()
    place = place | {"AMENDS_SMTP": f"smtp://127.0.0.1:{outside.server_address[1]}"}
    data = Path(place["AMENDS_DATA"])
    old.amends(place, "prepare", "--example")
    people = {role: (email, password) for email, password, role, _name in reversed(old.ask(place, SIGN_INS))}
    with ExitStack() as stack:
        at = stack.enter_context(old.served(place, data / "old.log"))
        signed_in = {role: Somebody(at).sign_in(*who) for role, who in people.items()}
        tell(asked_meanwhile(signed_in["agent"], lambda: new.amends(place, "prepare")))
        for role, one in signed_in.items():
            tell(f"{role}: {crawl(one)} pages")
        tell(acts(at, signed_in["agent"], signed_in["administrator"], outside))
        tell(all_work(old, place))
        beside = stack.enter_context(new.served(place, data / "new.log"))
        both = signed_in["administrator"].at(beside)
        tell("the newest beside it: " + acts(beside, signed_in["agent"], both, outside))
        tell(f"the newest: {crawl(both)} pages; the version before once more: {crawl(signed_in['agent'])}")
        tell(all_work(new, place))
    new.ask(place, BOOKS)
    outside.shutdown()
    outside.server_close()
    tell("the books are in order")


@dataclass
class Somebody:
    """Somebody's browser."""

    desk: str
    cookies: CookieJar = field(default_factory=CookieJar)
    language: str = "en"

    def at(self, desk: str) -> Somebody:
        """Return the same person before another server: cookies are of a host, and not of a port."""
        return Somebody(desk, self.cookies, self.language)

    def ask(self, path: str, told: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Open a page or send a form; return the status, the address where it ended, and what stands there."""
        headers = {"Accept-Language": self.language, **({"HX-Request": "true"} if told is not None else {})}
        token = next((one.value for one in self.cookies if one.name == "csrftoken"), None)
        body = None if told is None else urlencode(told).encode()
        call = Request(urljoin(self.desk, path), body, headers | ({"X-CSRFToken": token} if token else {}))  # noqa: S310 - our own
        try:
            with build_opener(HTTPCookieProcessor(self.cookies)).open(call, timeout=PATIENCE) as answer:
                return answer.status, answer.geturl(), answer.read().decode(errors="replace")
        except HTTPError as error:
            return error.code, call.full_url, error.read().decode(errors="replace")
        except (URLError, OSError) as error:
            return 0, call.full_url, str(error)

    def well(self, path: str, told: dict[str, str] | None = None) -> tuple[str, str]:
        """Do the same where nothing else than an answer will do.

        :raises Broken: if it was not answered well
        """
        status, where, body = self.ask(path, told)
        if status not in {200, 204}:
            raise Broken(f"{path}: {status} {re.sub(r'<[^>]+>', ' ', body)[:600]}")
        return where, body

    def sign_in(self, email: str, password: str) -> Somebody:
        self.well("/sign-in/")
        self.well("/sign-in/", {"username": email, "password": password})
        where, _ = self.well("/desk/")
        if "/sign-in/" in where:
            raise Broken(f"{email} cannot sign in")
        return self


def asked_meanwhile(one: Somebody, act: Callable[[], object]) -> str:
    """Ask for pages again and again while something is done, and a while after it.

    :raises Broken: if one was not answered
    """
    over, found = threading.Event(), Counter[int]()

    def ask() -> None:
        while not over.is_set():
            for path in ("/desk/", "/desk/counts/", "/complain/"):
                found[one.ask(path)[0]] += 1

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        act()
        time.sleep(1)
    finally:
        over.set()
        asking.join()
    if set(found) != {200}:
        raise Broken(f"while the database was brought up to date: {dict(found)}")
    return f"{found.total()} pages while the database was brought up to date"


def crawl(one: Somebody) -> int:
    """Open pages that links lead to, some of each kind, with what they are drawn with; return how many.

    :raises Broken: if one failed, or what pages are drawn with was not there
    """
    waiting, seen, kinds, wrong = deque(["/desk/"]), {"/desk/"}, Counter[str](), list[str]()
    while waiting:
        path = waiting.popleft()
        status, where, body = one.ask(path)
        if status not in {200, 204, 403, 404} or (status == 404 and path.startswith("/static/")):
            wrong.append(f"{path}: {status}")
        for link in LINK.findall(body):
            to = urlsplit(urljoin(where, html.unescape(link)))
            path = to.path + (f"?{to.query}" if to.query else "")
            kind = "/".join(re.sub(r"\d+|[\w-]{20,}", "…", to.path).split("/")[:4])
            is_one_more = path not in seen and kinds[kind] < OF_A_KIND and len(seen) < MOST
            if not (to.geturl().startswith(f"{one.desk}/") and is_one_more) or _never(path):
                continue
            seen.add(path)
            kinds[kind] += 1
            waiting.append(path)
    if wrong:
        raise Broken(f"{len(wrong)} of {len(seen)} pages: {'; '.join(wrong[:10])}")
    return len(seen)


def _never(path: str) -> bool:
    """Whether a page is not for this: a line without an end."""
    return "/live/" in path or "/events/" in path


def acts(at: str, agent: Somebody, administrator: Somebody, outside: Outside) -> str:
    """Let a customer complain, and people at the desk do what they do with it.

    :raises Broken: if something of it is lost
    """
    customer, letters = Somebody(at), len(outside.took)
    _, form = customer.well("/complain/")
    time.sleep(4)  # nobody writes a complaint faster than three seconds
    word = f"{WORD}{time.monotonic_ns()}"
    who = {"text": f"My order of {word} has not come.", "name": "A customer", "email": f"{word}@customer.example"}
    own, _ = customer.well("/complain/", {**who, **dict(STAMP.findall(form))})
    if "/c/" not in own:
        raise Broken(f"the complaint ended at {own}")
    own = urlsplit(own).path
    _, found = administrator.well(f"/desk/list/?{urlencode({'view': 'all', 'q': word})}")
    if not (numbers := set(re.findall(r'data-number="(\d+)"', found))):
        raise Broken("search does not find the complaint")
    number = numbers.pop()
    administrator.well(f"/desk/{number}/")
    administrator.well(f"/desk/{number}/note/", {"text": f"A note about {word}"})
    promised = f"I am sorry, {word} is on its way. I will write to you tomorrow by 12:00."
    administrator.well(f"/desk/{number}/reply/", {"text": promised, "key": word})
    administrator.well(f"/desk/{number}/sheet/tag/", {"names": "older"})
    wait_for(lambda: "is on its way" in customer.well(own)[1], "the answer on the customer's page")
    customer.well(f"{own}write/", {"write-text": f"Thank you, {word}."})
    if f"Thank you, {word}" not in agent.ask(f"/desk/{number}/")[2] + administrator.well(f"/desk/{number}/")[1]:
        raise Broken("what the customer wrote again is lost")
    wait_for(lambda: len(outside.took) >= letters + 2, "two letters")
    return f"complaint {number} was made, found, answered and written to again, and its letters left"


def all_work(version: Version, place: dict[str, str]) -> str:
    """Have all periodic work that a version knows be done, and wait for it.

    :raises Broken: if some of it failed
    """
    told = version.ask(place, ALL_WORK.format(patience=int(PATIENCE)))
    if told["failed"] or told["waiting"]:
        raise Broken(f"work that failed: {told['failed']}, work that was not done: {told['waiting']}")
    return f"all {told['count']} kinds of periodic work were done"


def wait_for(what: Callable[[], object], name: str) -> None:
    until = time.monotonic() + PATIENCE
    while not what():
        if time.monotonic() > until:
            raise Broken(f"waited in vain for {name}")
        time.sleep(0.2)


if __name__ == "__main__":
    main()
