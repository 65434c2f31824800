"""Where a desk keeps what it knows: database, files and keys."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

from amends.batch.stores import Store

KEYS: Final = ("secret.key", "mailboxes.key")  # beside the database: they sign links and open the mailboxes' passwords

# How psycopg calls a part of the address, and how PostgreSQL's own programs read it from their environment.
_SPOKEN: Final = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "options": "PGOPTIONS",
    "connect_timeout": "PGCONNECT_TIMEOUT",
}

Vendor = Literal["sqlite", "postgresql"]


def _not_read(error: OSError) -> None:
    """Refuse to leave out what may not be read: a walk through folders goes by such places without a word."""
    if not isinstance(error, FileNotFoundError):
        raise error


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One desk: its data folder, its files in a folder or a store, and its database by file or by address."""

    data: Path
    files: Path
    sqlite: Path | None = None
    postgres: Mapping[str, str] = field(default_factory=dict)  # as psycopg takes it
    store: Store | None = None  # holds the files instead of the folder

    @property
    def vendor(self) -> Vendor:
        """Which database it is."""
        return "sqlite" if self.sqlite is not None else "postgresql"

    @classmethod
    def from_settings(cls) -> Place:
        """The desk that the settings name."""
        from django.conf import settings
        from django.db import connection

        given: dict[str, Any] = connection.settings_dict
        data, files, store = Path(settings.DATA), Path(settings.MEDIA_ROOT), settings.FILES
        if connection.vendor == "sqlite":
            return cls(data=data, files=files, store=store, sqlite=Path(given["NAME"]))
        parts = {
            **{key: value for key, value in given.get("OPTIONS", {}).items() if key in _SPOKEN},
            "host": given["HOST"],
            "port": given["PORT"],
            "user": given["USER"],
            "password": given["PASSWORD"],
            "dbname": given["NAME"],
        }
        spoken = {key: str(value) for key, value in parts.items() if value}
        return cls(data=data, files=files, store=store, postgres=spoken)

    def kept_files(self) -> Iterator[tuple[str, Callable[[], bytes]]]:
        """Yield the name of every file, and how it is read; one that goes meanwhile raises FileNotFoundError."""
        if self.store is not None:
            for name in self.store.names():
                yield name, partial(self.store.read, name)
            return
        for folder, below, names in os.walk(self.files, onerror=_not_read) if self.files.is_dir() else ():
            below.sort()
            for path in (Path(folder) / name for name in sorted(names)):
                if path.is_file() and not path.is_symlink():
                    yield path.relative_to(self.files).as_posix(), path.read_bytes

    def spoken_to(self) -> dict[str, str]:
        """The environment in which PostgreSQL's programs reach this database: no password in a list of processes."""
        return {**os.environ, **{_SPOKEN[key]: value for key, value in self.postgres.items()}}
