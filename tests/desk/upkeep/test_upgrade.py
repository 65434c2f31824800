"""What an older version wrote is still there, and the same, when the newest has brought the database up to date."""

from __future__ import annotations

import json
import lzma
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db.migrations.loader import MigrationLoader

# Made by schemas/make.py. The way from the earliest is long: `make soak` goes it; every run goes that from the newest.
ALL = sorted((Path(__file__).parent / "schemas").glob("*.sqlite3.xz"))
NEWEST = max(path for path in ALL if path.name[0].isdigit())
SNAPSHOTS = ALL if os.environ.get("AMENDS_EVERY_SCHEMA") == "1" else [NEWEST]
UPGRADE = """
import django, json
django.setup()
from django.core.management import call_command
from django.db import connection
call_command("migrate", verbosity=0, interactive=False)
call_command("check", verbosity=0)
with connection.cursor() as cursor:
    dangling = cursor.execute("PRAGMA foreign_key_check").fetchall()
    found = cursor.execute("PRAGMA integrity_check").fetchone()[0]
print(json.dumps({"dangling": dangling, "integrity": found}))
"""


def rows(file: Path) -> dict[str, list[dict[str, Any]]]:
    with closing(sqlite3.connect(file)) as desk:
        desk.row_factory = sqlite3.Row
        asked = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        names = [row["name"] for row in desk.execute(asked)]
        ours = [name for name in names if not name.startswith(("django_", "auth_")) and "_fts" not in name]
        return {name: [dict(row) for row in desk.execute(f'SELECT * FROM "{name}"')] for name in ours}


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


@pytest.mark.parametrize("snapshot", SNAPSHOTS, ids=lambda path: path.name.partition(".")[0])
def test_an_older_desk_is_brought_up_to_date_with_all_it_holds(snapshot: Path, tmp_path: Path) -> None:
    file = tmp_path / "amends.sqlite3"
    file.write_bytes(lzma.decompress(snapshot.read_bytes()))
    before = rows(file)
    with closing(sqlite3.connect(file)) as desk:
        applied = {tuple(row) for row in desk.execute("SELECT app, name FROM django_migrations")}
    assert len([table for table in before if before[table]]) >= 15

    env = {**os.environ, "AMENDS_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "amends.desk.settings"}
    env.pop("DATABASE_URL", None)
    done = subprocess.run([sys.executable, "-c", UPGRADE], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1]) == {"dangling": [], "integrity": "ok"}
    assert lost(before, rows(file)) == []
    with closing(sqlite3.connect(file)) as desk:
        now = {tuple(row) for row in desk.execute("SELECT app, name FROM django_migrations")}
    assert now >= applied | set(MigrationLoader(None).disk_migrations)


def test_a_value_that_is_lost_is_named() -> None:
    before: dict[str, list[dict[str, Any]]] = {"a": [{"id": 1, "x": 1}, {"id": 2, "x": 1}], "b": [{"id": 1}], "c": []}
    after: dict[str, list[dict[str, Any]]] = {"a": [{"id": 2, "x": 3, "y": 1}]}
    assert lost(before, after) == ["a: a row", "a.x", "b"]
