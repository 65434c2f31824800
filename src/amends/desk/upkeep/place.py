"""Where a desk keeps what it knows: database, files and keys."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One desk: its data folder, its files, and its database by file or by address."""

    data: Path
    files: Path
    sqlite: Path | None = None
    postgres: Mapping[str, str] = field(default_factory=dict)  # as psycopg takes it

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
        data, files = Path(settings.DATA), Path(settings.MEDIA_ROOT)
        if connection.vendor == "sqlite":
            return cls(data=data, files=files, sqlite=Path(given["NAME"]))
        parts = {
            **{key: value for key, value in given.get("OPTIONS", {}).items() if key in _SPOKEN},
            "host": given["HOST"],
            "port": given["PORT"],
            "user": given["USER"],
            "password": given["PASSWORD"],
            "dbname": given["NAME"],
        }
        return cls(data=data, files=files, postgres={key: str(value) for key, value in parts.items() if value})

    def spoken_to(self) -> dict[str, str]:
        """The environment in which PostgreSQL's programs reach this database: no password in a list of processes."""
        return {**os.environ, **{_SPOKEN[key]: value for key, value in self.postgres.items()}}
