"""Make a backup while the desk runs: one file with database, files and keys, and a manifest of all that is in it.

The database is copied as it stood at one moment: SQLite by its online backup, PostgreSQL by pg_dump within a snapshot.
Files come after it, so that whatever the database names was there already. Inside, a backup is a `tar.gz` that any
tool opens; the manifest comes last, since only then all digests are known.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import file_digest, sha256
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, Final, cast

from amends.batch.stores import Store
from amends.desk.upkeep.aside import aside
from amends.desk.upkeep.place import KEYS, Place, Vendor
from amends.desk.upkeep.sealed import Sealing, Secret

FORMAT: Final = 1
KIND: Final = "amends-backup"
MANIFEST: Final = "manifest.json"
DATABASE: Final[dict[Vendor, str]] = {"sqlite": "database/amends.sqlite3", "postgresql": "database/amends.pgdump"}
FILES: Final = "files/"
KEPT_KEYS: Final = "keys/"
ASIDE: Final = ".amends-backup-"
DATED: Final = "amends-%Y%m%dT%H%M%SZ.backup"

_ASK_TABLES: Final[dict[Vendor, str]] = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename",
}

# Every file that the desk may be asked for, by the table that names it.
_NAMED: Final = {
    "complaints_attachment": "SELECT DISTINCT file FROM complaints_attachment WHERE file <> ''",
    "complaints_archive": "SELECT place FROM complaints_archive WHERE place <> '' AND spent_at IS NULL",
}

type Ask = Callable[[str], list[Any]]


class UnableToBackUp(Exception):
    """Something stands in the way; no file was written under the final name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a backup holds."""

    file: Path | str  # a path, or an address in a store
    size: int
    files: int
    rows: int
    keys: tuple[str, ...]
    sealed: bool
    missing: int  # files that the database names, and that are not where files are


def back_up(*, place: Place, to: Path, secret: Secret | None, now: datetime) -> Made:
    """Write a backup of a desk into a file, or into a folder under a name with date and time.

    :raises UnableToBackUp: if there is no desk, the file is there already, or anything could not be read or written
    """
    to = to / now.astimezone(UTC).strftime(DATED) if to.is_dir() else to
    if to.exists():
        raise UnableToBackUp(f"{to} is there already; name another file, or a folder.")
    if not to.parent.is_dir():
        raise UnableToBackUp(f"There is no folder {to.parent}; make it, or name another one.")
    if place.sqlite is not None and not place.sqlite.is_file():
        raise UnableToBackUp(f"{place.data} holds no desk: there is no {place.sqlite.name} in it.")
    try:
        with _half(to) as half, aside(place.data if secret else to.parent, prefix=ASIDE) as beside:
            # What is encrypted does not lie unencrypted where backups go, not for a minute.
            manifest, missing = _write(half, place=place, secret=secret, beside=beside, now=now)
    except UnableToRun as error:
        raise UnableToBackUp(str(error)) from error
    except sqlite3.Error as error:
        raise UnableToBackUp(f"The database cannot be read: {error}.") from error
    except OSError as error:
        raise UnableToBackUp(f"{error.filename or to}: {error.strerror or error}.") from error
    paths = [one["path"] for one in manifest["contents"]]
    return Made(
        file=to,
        size=to.stat().st_size,
        files=sum(path.startswith(FILES) for path in paths),
        rows=sum(manifest["rows"].values()),
        keys=tuple(path.removeprefix(KEPT_KEYS) for path in paths if path.startswith(KEPT_KEYS)),
        sealed=secret is not None,
        missing=missing,
    )


def back_up_into_store(*, place: Place, to: Store, secret: Secret | None, now: datetime) -> Made:
    """Write a backup into a store, under a name with date and time, by way of a file of this machine.

    :raises UnableToBackUp: as `back_up` does, and when the store does not take it
    """
    name = now.astimezone(UTC).strftime(DATED)
    with aside(place.data, prefix=ASIDE) as folder:  # with room for it, where the folder of the machine may have none
        made = back_up(place=place, to=folder / name, secret=secret, now=now)
        try:
            if to.has(name):
                raise UnableToBackUp(f"{to}/{name} is there already.")
            to.put(folder / name, name)
        except OSError as error:
            raise UnableToBackUp(f"{to}: {error}") from error
    return replace(made, file=f"{to}/{name}")


@contextmanager
def _half(to: Path) -> Iterator[IO[bytes]]:
    """Give a file its name when it is whole and on the disk; only its owner may read it."""
    with aside(to.parent, prefix=ASIDE) as folder:
        half = folder / "half"
        half.touch(mode=0o600)
        with half.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(half, to)  # unlike a rename it never takes the place of a file that came meanwhile
        except FileExistsError:
            raise
        except OSError:  # disks that are carried about, and some networks, know no second name
            if to.exists():
                raise
            half.rename(to)


def _write(
    file: IO[bytes], *, place: Place, secret: Secret | None, beside: Path, now: datetime
) -> tuple[dict[str, Any], int]:
    """Write all of it; return the manifest, and how many files that the database names are not there."""
    sealing = Sealing(file, secret=secret) if secret is not None else None
    copy = beside / "database"
    about, named = _copy_sqlite(place, copy) if place.sqlite is not None else _copy_postgres(place, copy)
    manifest = {
        "kind": KIND,
        "format": FORMAT,
        "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "program": version("amends"),
        "django": version("django"),
        "vendor": place.vendor,
        **about,
        "contents": [],
    }
    with (
        gzip.GzipFile(filename="", fileobj=sealing or file, mode="wb", compresslevel=6, mtime=0) as pressed,
        tarfile.open(fileobj=pressed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        _add_file(tar, copy, DATABASE[place.vendor], manifest, now=now)
        copy.unlink()
        for name in KEYS:
            if (key := place.data / name).is_file():
                _add(tar, key.read_bytes(), f"{KEPT_KEYS}{name}", manifest, now=now)
        for name, read in place.kept_files():
            with suppress(FileNotFoundError):  # what goes while the backup is made was erased or swept, and stays away
                _add(tar, read(), f"{FILES}{name}", manifest, now=now)  # none is larger than an upload may be
                named.discard(name)
        said = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        tar.addfile(_entry(MANIFEST, len(said), now=now), io.BytesIO(said))
    if sealing is not None:
        sealing.finish()
    return manifest, len(named)


def _add(tar: tarfile.TarFile, held: bytes, name: str, manifest: dict[str, Any], *, now: datetime) -> None:
    tar.addfile(_entry(name, len(held), now=now), io.BytesIO(held))
    manifest["contents"].append({"path": name, "size": len(held), "sha256": sha256(held).hexdigest()})


def _add_file(tar: tarfile.TarFile, path: Path, name: str, manifest: dict[str, Any], *, now: datetime) -> None:
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
        size = file.tell()
        file.seek(0)
        tar.addfile(_entry(name, size, now=now), file)
    manifest["contents"].append({"path": name, "size": size, "sha256": digest})


def _entry(name: str, size: int, *, now: datetime) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(now.timestamp())
    return entry


def _copy_sqlite(place: Place, copy: Path) -> tuple[dict[str, Any], set[str]]:
    if place.sqlite is None:
        raise TypeError("not a desk on SQLite")
    with (
        closing(sqlite3.connect(f"{place.sqlite.as_uri()}?mode=rw", uri=True, timeout=60)) as desk,
        closing(sqlite3.connect(copy)) as ours,
    ):
        desk.backup(ours, pages=-1)  # in one reading transaction: who writes meanwhile is neither seen nor stopped
        ours.execute("PRAGMA journal_mode=DELETE")  # one file, no second one beside it
        about = describe("sqlite", ask := lambda sql: ours.execute(sql).fetchall())
        named = _named(about, ask)
    copy.chmod(0o600)
    return {**about, "server": sqlite3.sqlite_version}, named


def _copy_postgres(place: Place, copy: Path) -> tuple[dict[str, Any], set[str]]:
    program = find_program("pg_dump")
    import psycopg

    try:
        with psycopg.connect(**cast("Any", place.postgres)) as line:
            line.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            line.read_only = True
            snapshot = line.execute("SELECT pg_export_snapshot()").fetchall()[0][0]
            about = describe("postgresql", ask := lambda sql: line.execute(cast("Any", sql)).fetchall())
            named = _named(about, ask)
            run_program(
                [
                    program,
                    "--format=custom",
                    "--compress=0",  # the whole backup is compressed
                    "--no-owner",
                    "--no-privileges",
                    f"--snapshot={snapshot}",
                    f"--file={copy}",
                ],
                env=place.spoken_to(),
            )
            server = line.info.server_version
    except psycopg.Error as error:
        raise UnableToBackUp(f"The database cannot be read: {error}") from error
    return {**about, "server": str(server)}, named


def _named(about: dict[str, Any], ask: Ask) -> set[str]:
    """Return every file that a database names; an old one knows of fewer kinds."""
    return {name for table, sql in _NAMED.items() if table in about["rows"] for (name,) in ask(sql)}


def describe(vendor: Vendor, ask: Ask) -> dict[str, Any]:
    """Say which tables there are, how many rows they hold, how far the schema is, and what waits to be sent.

    :raises UnableToBackUp: if this database holds no desk
    """
    tables = [name for (name,) in ask(_ASK_TABLES[vendor])]
    if not {"django_migrations", "people_agent"} <= set(tables):
        raise UnableToBackUp("This database holds no desk. Start 'amends serve' once.")
    if vendor == "sqlite":  # the search index keeps tables of its own, which nobody but SQLite reads
        virtual = [name for (name,) in ask("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'")]
        tables = [name for name in tables if not name.startswith((*virtual, "sqlite_"))] if virtual else tables
    rows = {name: ask(f'SELECT count(*) FROM "{name}"')[0][0] for name in tables}  # noqa: S608  # from the catalogue
    applied = sorted(f"{app}.{name}" for app, name in ask("SELECT app, name FROM django_migrations"))
    leaving = "SELECT count(*) FROM channels_outgoing WHERE state IN ('waiting', 'sending')"
    return {"schema": applied, "rows": rows, "letters_waiting": ask(leaving)[0][0]}


class UnableToRun(Exception):
    """A program of PostgreSQL is missing, or said no."""


def find_program(name: str) -> str:
    """Find one of PostgreSQL's own programs.

    :raises UnableToRun: if it is not here
    """
    if (found := shutil.which(name)) is None:
        raise UnableToRun(
            f"{name} was not found on this machine. Install PostgreSQL's client programs"
            " (Debian: apt-get install postgresql-client), of the server's version or newer."
        )
    return found


def run_program(command: list[str], *, env: dict[str, str], given: Path | None = None) -> None:
    """Run one of PostgreSQL's programs to its end.

    :raises UnableToRun: in its own words
    """
    with given.open("rb") if given is not None else Path(os.devnull).open("rb") as words:
        done = subprocess.run(command, env=env, stdin=words, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise UnableToRun(f"{Path(command[0]).name} ended with {done.returncode}: {' '.join(said[-3:])[:600]}")
