"""Put a backup back: everything is unpacked and compared with its manifest first, and only then anything is touched."""

from __future__ import annotations

import errno
import gzip
import io
import json
import shutil
import sqlite3
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final, cast

from amends.desk.upkeep import backups
from amends.desk.upkeep.aside import aside
from amends.desk.upkeep.place import KEYS, Place
from amends.desk.upkeep.sealed import Opening, Secret, UnableToOpen, is_sealed

ASIDE: Final = ".restore-"
SIGN_OF_LIFE: Final = timedelta(seconds=90)
_BROKEN: Final = (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError)
_MOST: Final = 64 * 1024 * 1024  # bytes of a manifest
_HOLD: Final = (
    "UPDATE channels_outgoing SET state = 'maybe-sent', claimed_at = NULL WHERE state IN ('waiting', 'sending')"
)
# What tables of the desk call when they are written to; what an extension brought stays.
_ROUTINES: Final = """
    SELECT quote_ident(proname) || '(' || pg_get_function_identity_arguments(oid) || ')' FROM pg_proc
    WHERE pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
    AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
"""
_NAMES: Final = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


class UnableToRestore(Exception):
    """The backup does not do, or the desk is in the way; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was put back."""

    made_at: str
    program: str
    rows: int
    tables: int
    files: int
    keys: tuple[str, ...]
    letters_held: int
    replaced: Path | None  # where the desk that was there lies now
    is_older: bool  # of an older version: the next start brings it up to date


def restore(
    *,
    file: Path,
    place: Place,
    secret: Secret | None,
    known: Iterable[str],
    overwrite: bool,
    letters_go: bool,
    now: datetime,
) -> Restored:
    """Put the desk of a backup into a place.

    Letters that waited in the outbox when the backup was made may have gone out since: they come back as 'maybe sent',
    for a person to decide, unless `letters_go`.

    :param known: the migrations that this program has, as 'app.name'
    :raises UnableToRestore: when the file is cut, altered or for another database, or the place holds a desk already
    """
    place.data.mkdir(parents=True, exist_ok=True)
    with aside(place.data, prefix=ASIDE) as held:
        try:
            manifest = _unpack(file, secret=secret, into=held)
        except UnableToOpen as error:
            raise UnableToRestore(f"{file}: {error}. Nothing was changed.") from error
        except OSError as error:
            raise UnableToRestore(
                f"{error.filename or file}: {error.strerror or error}. Nothing was changed."
            ) from error
        _refuse_unfit(manifest, place=place, known=frozenset(known))
        _refuse_busy(place, overwrite=overwrite, now=now)
        try:
            if place.sqlite is not None:
                _ready_sqlite(held, manifest, letters_go=letters_go)
            else:
                _pour_postgres(held, place, letters_go=letters_go)
            replaced = _put(held, place, now=now)
        except (backups.UnableToRun, backups.UnableToBackUp) as error:
            raise UnableToRestore(f"{error} Nothing was changed.") from error
        except (OSError, sqlite3.Error) as error:
            raise UnableToRestore(f"The backup could not be put in its place: {error}.") from error
    paths = [one["path"] for one in manifest["contents"]]
    return Restored(
        made_at=manifest["made_at"],
        program=manifest["program"],
        rows=sum(manifest["rows"].values()),
        tables=len(manifest["rows"]),
        files=sum(path.startswith(backups.FILES) for path in paths),
        keys=tuple(path.removeprefix(backups.KEPT_KEYS) for path in paths if path.startswith(backups.KEPT_KEYS)),
        letters_held=0 if letters_go else manifest["letters_waiting"],
        replaced=replaced,
        is_older=frozenset(known) > frozenset(manifest["schema"]),
    )


# ── reading the file


def _unpack(file: Path, *, secret: Secret | None, into: Path) -> dict[str, Any]:
    """Lay out all that a backup holds, and compare it with the manifest."""
    found: dict[str, tuple[int, str]] = {}
    manifest: dict[str, Any] | None = None
    with _plain(file, secret=secret) as plain:
        try:
            with tarfile.open(fileobj=plain, mode="r|") as tar:
                for entry in tar:
                    held = tar.extractfile(entry) if entry.isreg() else None
                    if held is None or manifest is not None:
                        raise UnableToOpen("it holds something that no backup of a desk holds")
                    if entry.name == backups.MANIFEST:
                        manifest = _read_manifest(held)
                    else:
                        found[entry.name] = _lay_out(held, into / _safe(entry.name))
            while plain.read(1024 * 1024):  # to the last byte, where the file says whether it is whole
                pass
        except _BROKEN as error:
            raise UnableToOpen("the file is cut or altered") from error
    if manifest is None:
        raise UnableToOpen("it has no manifest: the file is cut, or no backup of a desk")
    said = {one["path"]: (one["size"], one["sha256"]) for one in manifest["contents"]}
    for name in sorted(said.keys() | found.keys()):
        if said.get(name) != found.get(name):
            raise UnableToOpen(f"{name} is not what the manifest says: the file is altered")
    return manifest


@contextmanager
def _plain(file: Path, *, secret: Secret | None) -> Iterator[IO[bytes]]:
    with file.open("rb") as raw:
        head = raw.read(16)
        raw.seek(0)
        source: IO[bytes] = raw
        if is_sealed(head):
            if secret is None:
                raise UnableToOpen("the backup is encrypted; name its --key-file or --passphrase-file")
            source = cast("IO[bytes]", io.BufferedReader(Opening(raw, secret=secret), 1024 * 1024))
        elif not head.startswith(b"\x1f\x8b"):
            raise UnableToOpen("this is no backup of a desk, or its beginning is lost")
        with gzip.GzipFile(fileobj=source, mode="rb") as plain:
            yield cast("IO[bytes]", plain)


def _read_manifest(held: IO[bytes]) -> dict[str, Any]:
    try:
        manifest = json.loads(held.read(_MOST))
        kind, form = manifest["kind"], manifest["format"]
        wanted = ("made_at", "program", "vendor", "schema", "rows", "letters_waiting", "contents")
        whole = kind == backups.KIND and all(key in manifest for key in wanted)
    except (ValueError, KeyError, TypeError) as error:
        raise UnableToOpen("its manifest cannot be read: the file is altered") from error
    if not whole:
        raise UnableToOpen("its manifest is not that of a backup of a desk")
    if form != backups.FORMAT:
        raise UnableToOpen(f"it is written in form {form}, which a newer Amends reads")
    return cast("dict[str, Any]", manifest)


def _safe(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    keys = {f"{backups.KEPT_KEYS}{key}" for key in KEYS}
    known = name in {*backups.DATABASE.values(), *keys} or name.startswith(backups.FILES)
    if not known or path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name:
        raise UnableToOpen(f"it holds {name!r}, which no backup of a desk holds")
    return path


def _lay_out(held: IO[bytes], to: Path) -> tuple[int, str]:
    to.parent.mkdir(parents=True, exist_ok=True)
    digest, size = sha256(), 0
    with to.open("xb") as file:
        to.chmod(0o600)
        while some := held.read(1024 * 1024):
            file.write(some)
            digest.update(some)
            size += len(some)
    return size, digest.hexdigest()


# ── whether it may go there


def _refuse_unfit(manifest: dict[str, Any], *, place: Place, known: frozenset[str]) -> None:
    if manifest["vendor"] != place.vendor:
        theirs, ours = _NAMES.get(manifest["vendor"], manifest["vendor"]), _NAMES[place.vendor]
        how = "Unset DATABASE_URL" if manifest["vendor"] == "sqlite" else "Set DATABASE_URL to a PostgreSQL database"
        raise UnableToRestore(
            f"The backup was made on {theirs} and this desk is on {ours}: a backup goes back only to the kind of"
            f" database it came from. {how}, or take another backup. Nothing was changed."
        )
    if newer := sorted(frozenset(manifest["schema"]) - known):
        raise UnableToRestore(
            f"The backup was made by Amends {manifest['program']}, whose database is newer than this program"
            f" ({newer[0]}). Install that version first. Nothing was changed."
        )


def _refuse_busy(place: Place, *, overwrite: bool, now: datetime) -> None:
    people, seen_at = _look_sqlite(place.sqlite) if place.sqlite is not None else _look_postgres(place)
    if seen_at is not None and abs(now - seen_at) < SIGN_OF_LIFE:
        raise UnableToRestore(
            "A worker of this desk gave a sign of life less than two minutes ago. Stop the desk, wait two minutes if"
            " it was killed, and try again. Nothing was changed."
        )
    holds = people or next(place.kept_files(), None) is not None
    if holds and not overwrite:
        raise UnableToRestore(
            f"{place.data} holds a desk already. Name an empty folder with --data, or say --overwrite to put the"
            " backup in its place. Nothing was changed."
        )


def _look_sqlite(path: Path | None) -> tuple[bool, datetime | None]:
    """Return whether there are people, and when a worker was seen; a file that is damaged holds something too."""
    if path is None or not path.exists() or not path.stat().st_size:
        return False, None
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=1)) as desk:
            tables = {name for (name,) in desk.execute(backups._ASK_TABLES["sqlite"])}  # noqa: SLF001
            if "people_agent" not in tables:
                return bool(tables), None
            people = desk.execute("SELECT count(*) FROM people_agent").fetchone()[0]
            seen = desk.execute("SELECT max(seen_at) FROM jobs_worker").fetchone()[0]
            desk.execute("PRAGMA journal_mode=DELETE")  # says no while anybody else has the database open
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise UnableToRestore(
                "Something still uses the database of this desk. Stop it and try again. Nothing was changed."
            ) from error
        return True, None
    except sqlite3.DatabaseError:
        return True, None
    return bool(people), datetime.fromisoformat(seen).replace(tzinfo=UTC) if seen else None


def _look_postgres(place: Place) -> tuple[bool, datetime | None]:
    import psycopg

    try:
        with psycopg.connect(**cast("Any", place.postgres)) as line:
            tables = {name for (name,) in line.execute(cast("Any", backups._ASK_TABLES["postgresql"]))}  # noqa: SLF001
            if not {"people_agent", "jobs_worker"} <= tables:
                return bool(tables), None
            people = line.execute("SELECT count(*) FROM people_agent").fetchall()[0][0]
            seen = line.execute("SELECT max(seen_at) FROM jobs_worker").fetchall()[0][0]
    except psycopg.Error as error:
        raise UnableToRestore(f"The database does not answer: {error} Nothing was changed.") from error
    return bool(people), seen


# ── putting it there


def _ready_sqlite(held: Path, manifest: dict[str, Any], *, letters_go: bool) -> None:
    with closing(sqlite3.connect(held / backups.DATABASE["sqlite"])) as copy:
        if (said := copy.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise UnableToRestore(f"The database in the backup is damaged: {said}. Nothing was changed.")
        if backups.describe("sqlite", lambda sql: copy.execute(sql).fetchall())["rows"] != manifest["rows"]:
            raise UnableToRestore("The database in the backup has other rows than its manifest. Nothing was changed.")
        if not letters_go:
            copy.execute(_HOLD)
            copy.commit()


def _pour_postgres(held: Path, place: Place, *, letters_go: bool) -> None:
    """Take out the tables that are there and pour in those of the backup, in one transaction."""
    import psycopg

    dump, script = held / backups.DATABASE["postgresql"], held / "restore.sql"
    program = backups.find_program("psql")
    backups.run_program(
        [
            backups.find_program("pg_restore"),
            "--no-owner",
            "--no-privileges",
            "--exit-on-error",
            f"--file={script}",
            str(dump),
        ],
        env=place.spoken_to(),
    )
    with psycopg.connect(**cast("Any", place.postgres)) as line:
        schema = line.execute("SELECT quote_ident(current_schema())").fetchall()[0][0]
        asked = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()"
        there = [name for (name,) in line.execute(asked)]
        routines = [name for (name,) in line.execute(_ROUTINES)]
    whole = held / "whole.sql"
    with whole.open("wb") as into, script.open("rb") as poured:
        into.writelines(f"DROP TABLE IF EXISTS {schema}.{name} CASCADE;\n".encode() for name in there)
        into.writelines(f"DROP ROUTINE IF EXISTS {schema}.{name} CASCADE;\n".encode() for name in routines)
        shutil.copyfileobj(poured, into)
        if not letters_go:
            into.write(f"\n{_HOLD.replace('channels_outgoing', f'{schema}.channels_outgoing')};\n".encode())
    command = [program, "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", f"--file={whole}"]
    backups.run_program(command, env=place.spoken_to())
    dump.unlink()


def _moves(held: Path, place: Place) -> list[tuple[Path, Path]]:
    moves = [(held / backups.KEPT_KEYS / key, place.data / key) for key in KEYS]
    if place.sqlite is not None:
        moves.insert(0, (held / backups.DATABASE["sqlite"], place.sqlite))
    if place.store is None and not _stays(place.files):
        moves.append((held / "files", place.files))
    return moves


def _stays(folder: Path) -> bool:
    """Whether a folder cannot be moved, as one where a disk or a volume hangs cannot, whatever disk it is of."""
    if not folder.exists():
        return False
    beside = folder.with_name(f"{folder.name}.moved")
    try:
        folder.rename(beside)
    except OSError as error:
        if error.errno in {errno.EBUSY, errno.EXDEV}:
            return True
        raise
    beside.rename(folder)
    return False


def _fill(place: Place, source: Path) -> None:
    """Lay files beside those that are there: they go by their digest, so one that is there is written as it was."""
    for path in sorted(path for path in source.rglob("*") if path.is_file()):
        name = path.relative_to(source)
        if place.store is not None:
            place.store.put(path, name.as_posix())
            continue
        target = place.files / name
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.with_name(f"{target.name}.half")
        shutil.copy2(path, half)
        half.rename(target)


def _put(held: Path, place: Place, *, now: datetime) -> Path | None:
    """Move what is there aside and the backup's parts in; what fails halfway is moved back."""
    moves = _moves(held, place)
    if place.files not in {target for _source, target in moves}:  # first, since it may fail
        _fill(place, held / "files")
    beside = [place.data / ".ready"]
    if place.sqlite is not None:
        beside += [place.sqlite.with_name(place.sqlite.name + tail) for tail in ("-wal", "-shm", "-journal")]
    old = place.data / f"replaced-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    done: list[tuple[Path, Path]] = []
    try:
        for path in [*(target for _source, target in moves), *beside]:
            if path.exists():
                old.mkdir(mode=0o700, exist_ok=True)
                done.append((path, path.rename(old / path.name)))
        for source, target in moves:
            if source.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                done.append((source, source.rename(target)))
    except OSError:
        for before, after in reversed(done):
            with suppress(OSError):
                after.rename(before)
        raise
    return old if old.exists() else None
