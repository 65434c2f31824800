"""A migration that is newer than the last snapshot can run while the version before it still works.

Web servers and workers of the old version answer until those of the new one do. So a new migration adds and never takes
away, a new column may be left out by whoever does not know it, and an index on what grows large is built without
stopping writers. What has to be taken away goes one release after the last code that asked for it, and says so with a
line that begins with `# nothing asks for it since`.
"""

from __future__ import annotations

import inspect
import lzma
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.models.expressions import Value

SNAPSHOT = max((Path(__file__).parent / "desk/upkeep/schemas").glob("2*.sqlite3.xz"))
REASON = "# nothing asks for it since"
LARGE = frozenset({"event", "content", "attachment", "arrival", "outgoing", "searchentry", "complaint"})
TAKES_AWAY = (
    migrations.RemoveField,
    migrations.DeleteModel,
    migrations.RenameField,
    migrations.RenameModel,
    migrations.AlterModelTable,
)


def trouble_of(operation: Operation) -> str:
    """Say what an operation does to a version that does not know it; nothing where it does no harm."""
    if isinstance(operation, TAKES_AWAY):
        return f"{type(operation).__name__}: the old version still asks for it"
    if isinstance(operation, migrations.AddField):
        field: Any = operation.field
        many = isinstance(field, models.ManyToManyField)
        if not many and not field.null and not field.has_db_default():
            return f"AddField {operation.name}: rows that the old version writes lack it; give it null or db_default"
    # A class made of it builds the index meanwhile: PostgreSQL's own AddIndexConcurrently, or one of ours for both.
    if type(operation) is migrations.AddIndex and operation.model_name_lower in LARGE:
        return f"AddIndex on {operation.model_name}: writers wait meanwhile; build it with AddIndexConcurrently"
    if isinstance(operation, migrations.RunPython | migrations.RunSQL) and not operation.reversible:
        return f"{type(operation).__name__}: there is no way back"
    return ""


def test_new_migrations_leave_the_old_version_at_work(tmp_path: Path) -> None:
    file = tmp_path / "amends.sqlite3"
    file.write_bytes(lzma.decompress(SNAPSHOT.read_bytes()))
    with closing(sqlite3.connect(file)) as desk:
        released = {tuple(row) for row in desk.execute("SELECT app, name FROM django_migrations")}
    found = {}
    for key, migration in MigrationLoader(None).disk_migrations.items():
        ours = type(migration).__module__.startswith("amends.")
        new = {
            operation.model_name_lower for operation in migration.operations if hasattr(operation, "model_name_lower")
        }
        made = {one.name_lower for one in migration.operations if isinstance(one, migrations.CreateModel)}
        if not ours or key in released or (new and new <= made):
            continue
        told = [why for one in migration.operations if (why := trouble_of(one))]
        if told and REASON not in inspect.getsource(inspect.getmodule(type(migration))):  # type: ignore[arg-type]
            found[".".join(key)] = told
    assert found == {}


@pytest.mark.parametrize(
    ("operation", "bad"),
    [
        (migrations.RemoveField("event", "at"), True),
        (migrations.RenameField("event", "at", "when"), True),
        (migrations.DeleteModel("event"), True),
        (migrations.AddField("event", "mood", models.TextField(default="")), True),
        (migrations.AddField("event", "mood", models.TextField(default="", db_default=Value(""))), False),
        (migrations.AddField("event", "mood", models.TextField(null=True)), False),
        (migrations.AddIndex("event", models.Index(fields=["at"], name="x")), True),
        (migrations.AddIndex("calendar", models.Index(fields=["name"], name="x")), False),
        (migrations.RunSQL("SELECT 1"), True),
        (migrations.RunSQL("SELECT 1", migrations.RunSQL.noop), False),
        (migrations.CreateModel("thing", []), False),
    ],
    ids=str,
)
def test_what_is_told(operation: Operation, bad: bool) -> None:
    assert bool(trouble_of(operation)) == bad
