"""What an older version wrote is still there, and the same, when the newest has brought the database up to date."""

from __future__ import annotations

import json
import lzma
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from psycopg.rows import dict_row

# Made by schemas/make.py. The way from the earliest is long: `make soak` goes it; every run goes that from the newest.
SCHEMAS = Path(__file__).parent / "schemas"


def kept(kind: str) -> list[Path]:
    found = sorted(SCHEMAS.glob(f"*.{kind}.xz"))
    newest = max(path for path in found if path.name[0].isdigit())
    return found if os.environ.get("AMENDS_EVERY_SCHEMA") == "1" else [newest]


UPGRADE = """
import django, json
django.setup()
from django.core.management import call_command
from django.db import connection
call_command("migrate", verbosity=0, interactive=False)
call_command("check", verbosity=0)
if connection.vendor == "sqlite":
    with connection.cursor() as cursor:
        dangling = cursor.execute("PRAGMA foreign_key_check").fetchall()
        found = cursor.execute("PRAGMA integrity_check").fetchone()[0]
    print(json.dumps({"dangling": dangling, "integrity": found}))
"""


def rows(file: Path) -> dict[str, list[dict[str, Any]]]:
    with closing(sqlite3.connect(file)) as desk:
        desk.row_factory = sqlite3.Row
        asked = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ours = [row["name"] for row in desk.execute(asked) if is_ours(row["name"])]
        return {name: [dict(row) for row in desk.execute(f'SELECT * FROM "{name}"')] for name in ours}


def rows_of(line: psycopg.Connection[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    tables = line.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()").fetchall()
    ours = [row["tablename"] for row in tables if is_ours(row["tablename"])]
    return {name: line.execute(f'SELECT * FROM "{name}"').fetchall() for name in ours}


def is_ours(table: str) -> bool:
    return not table.startswith(("django_", "auth_")) and "_fts" not in table


def lost(before: dict[str, list[dict[str, Any]]], after: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Name every value that is gone or another one; a column or table that was given up is named by itself."""
    found = []
    for table, old in before.items():
        if old and table not in after:
            found.append(table)
            continue
        key = next((name for name in ("id", "key") if old and name in old[0]), None)
        fresh = {row.get(key, at): row for at, row in enumerate(after.get(table, []))}
        for at, row in enumerate(old):
            kept = fresh.get(row.get(key, at))
            if kept is None:
                found.append(f"{table}: a row")
                continue
            found += [f"{table}.{name}" for name, value in row.items() if kept.get(name, "gone") != value]
    return found


def brought_up_to_date(**env: str) -> str:
    """Bring a desk up to date in a process of its own; return what it said."""
    full = {**os.environ, "DJANGO_SETTINGS_MODULE": "amends.desk.settings", "DATABASE_URL": "", **env}
    done = subprocess.run([sys.executable, "-c", UPGRADE], env=full, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.parametrize("snapshot", kept("sqlite3"), ids=lambda path: path.name.partition(".")[0])
def test_an_older_desk_is_brought_up_to_date_with_all_it_holds(snapshot: Path, tmp_path: Path) -> None:
    file = tmp_path / "amends.sqlite3"
    file.write_bytes(lzma.decompress(snapshot.read_bytes()))
    before = rows(file)
    with closing(sqlite3.connect(file)) as desk:
        applied = {tuple(row) for row in desk.execute("SELECT app, name FROM django_migrations")}
    assert len([table for table in before if before[table]]) >= 15

    said = brought_up_to_date(AMENDS_DATA=str(tmp_path))
    assert json.loads(said.splitlines()[-1]) == {"dangling": [], "integrity": "ok"}
    assert lost(before, rows(file)) == []
    with closing(sqlite3.connect(file)) as desk:
        now = {tuple(row) for row in desk.execute("SELECT app, name FROM django_migrations")}
    assert now >= applied | set(MigrationLoader(None).disk_migrations)


@pytest.mark.skipif("connection.vendor != 'postgresql'")
@pytest.mark.django_db
@pytest.mark.parametrize("snapshot", kept("sql"), ids=lambda path: path.name.partition(".")[0])
def test_an_older_desk_on_postgresql_is_brought_up_to_date_with_all_it_holds(snapshot: Path, tmp_path: Path) -> None:
    with database_of_its_own() as (url, line):
        line.execute(lzma.decompress(snapshot.read_bytes()))
        line.execute("SELECT set_config('search_path', 'public', false)")  # what pg_dump says empties it
        before = rows_of(line)
        assert len([table for table in before if before[table]]) >= 15

        brought_up_to_date(AMENDS_DATA=str(tmp_path), DATABASE_URL=url)
        assert lost(before, rows_of(line)) == []
        applied = line.execute("SELECT app, name FROM django_migrations").fetchall()
        assert {(row["app"], row["name"]) for row in applied} >= set(MigrationLoader(None).disk_migrations)


@contextmanager
def database_of_its_own() -> Iterator[tuple[str, psycopg.Connection[dict[str, Any]]]]:
    """An empty database beside that of the tests: its address, and a line to it."""
    here = connection.settings_dict
    name = f"{here['NAME']}_older"
    at = {"host": here["HOST"], "port": here["PORT"], "user": here["USER"], "password": here["PASSWORD"] or None}
    with psycopg.connect(**at, dbname="postgres", autocommit=True) as line:
        line.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        line.execute(f'CREATE DATABASE "{name}"')
        try:
            with psycopg.connect(**at, dbname=name, autocommit=True, row_factory=dict_row) as desk:
                password = f":{quote(here['PASSWORD'], safe='')}" if here["PASSWORD"] else ""
                yield f"postgresql://{here['USER']}{password}@{here['HOST']}:{here['PORT']}/{name}", desk
        finally:
            line.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_a_value_that_is_lost_is_named() -> None:
    before: dict[str, list[dict[str, Any]]] = {"a": [{"id": 1, "x": 1}, {"id": 2, "x": 1}], "b": [{"id": 1}], "c": []}
    after: dict[str, list[dict[str, Any]]] = {"a": [{"id": 2, "x": 3, "y": 1}]}
    assert lost(before, after) == ["a: a row", "a.x", "b"]
