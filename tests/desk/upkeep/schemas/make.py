"""Make a snapshot of the schema as it is, with a row of everything in it: run once for each version that is released.

    python tests/desk/upkeep/schemas/make.py NAME [app.migration …]

Without migrations it is the newest schema. Rows are made through the models of that very state, so that a snapshot of
an early state can still be made today. It is a file of SQLite; where DATABASE_URL names an empty PostgreSQL, it is what
`pg_dump` says of it, in statements that any PostgreSQL takes. Those that are kept were made with the code of their day.
"""

from __future__ import annotations

import lzma
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

WHEN = datetime(2026, 10, 14, 6, 0, tzinfo=UTC)
OURS = "amends.desk."


def main(name: str, *wanted: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update({"AMENDS_DATA": folder, "DJANGO_SETTINGS_MODULE": "amends.desk.settings"})
        import django

        django.setup()
        from django.db import connection
        from django.db.migrations.executor import MigrationExecutor

        executor = MigrationExecutor(connection)
        targets = [tuple(one.split(".")) for one in wanted] or executor.loader.graph.leaf_nodes()
        state = executor.migrate(targets)
        with connection.constraint_checks_disabled():
            fill(state.apps)
        connection.close()
        if connection.vendor == "postgresql":
            plain, kind = told_by_postgresql(os.environ["DATABASE_URL"]), "sql"
        else:
            file, kind = Path(folder) / "amends.sqlite3", "sqlite3"
            with closing(sqlite3.connect(file)) as desk:
                desk.execute("PRAGMA journal_mode=DELETE")
                desk.execute("VACUUM")
            plain = file.read_bytes()
        (Path(__file__).parent / f"{name}.{kind}.xz").write_bytes(lzma.compress(plain, preset=9))


def told_by_postgresql(url: str) -> bytes:
    """Return a database as statements, without those for `psql` and those that only some versions know."""
    dump = ["pg_dump", "--inserts", "--no-owner", "--no-privileges", url]
    said = subprocess.run(dump, check=True, capture_output=True, text=True).stdout
    lines = [line for line in said.splitlines() if not line.startswith(("--", "\\", "SET transaction_timeout"))]
    return "\n".join(line for line in lines if line).encode()


def fill(apps: Any) -> dict[Any, Any]:
    """Make a row of every model of ours, those before others that others name; return them by their models."""
    from django.apps import apps as now

    ours = {one.label for one in now.get_app_configs() if one.name.startswith(OURS)}
    waiting = [model for model in apps.get_models() if model._meta.app_label in ours]
    made: dict[Any, Any] = {}
    while waiting:
        ready = [model for model in waiting if all(_to(f) in made for f in _needs(model) if _to(f) in waiting)]
        for model in ready or waiting[:1]:
            made[model] = create(model, made)
            waiting.remove(model)
    return made


def create(model: Any, made: dict[Any, Any]) -> Any:
    """Make one row; where a rule asks for one of several that may be named, name one after the other, then times."""
    from django.db import IntegrityError, models, transaction

    plain = {
        field.name: value_of(field)
        for field in model._meta.local_concrete_fields
        if not isinstance(field, models.ForeignKey | models.AutoField)
    }
    named = {field.name: made[_to(field)] for field in _needs(model)}
    free = [f for f in model._meta.local_concrete_fields if isinstance(f, models.ForeignKey) and _to(f) in made]
    filled = {f.name: WHEN for f in model._meta.local_concrete_fields if isinstance(f, models.DateTimeField)}
    tries = [{}, *({field.name: made[_to(field)]} for field in free if field.null), filled]
    for more in tries:
        try:
            with transaction.atomic():
                return model._base_manager.create(**(plain | named | more))
        except IntegrityError as error:
            sys.stderr.write(f"{model.__name__}: {error}\n")
    return None


def _needs(model: Any) -> list[Any]:
    from django.db import models

    return [f for f in model._meta.local_concrete_fields if isinstance(f, models.ForeignKey) and not f.null]


def _to(field: Any) -> Any:
    return field.related_model


def value_of(field: Any) -> Any:
    """Return a value that a field takes, and that is known again."""
    from django.db import models

    if field.choices:
        return field.flatchoices[0][0]
    if field.has_default() and not isinstance(field, models.CharField | models.TextField):
        return field.get_default()
    if field.null:
        return None
    by_kind: tuple[tuple[Any, Any], ...] = (
        (models.BooleanField, True),
        (models.DateTimeField, WHEN),
        (models.DateField, WHEN.date()),
        (models.TimeField, WHEN.time()),
        (models.DurationField, WHEN - WHEN),
        (models.DecimalField, Decimal(7)),
        (models.JSONField, {}),
        (models.BinaryField, b"\x00\xff"),
        (models.UUIDField, "6f1c6f7e-3f1c-4a56-9df0-0f6f5a5d8a11"),
        (models.FloatField, 0.5),
        (models.IntegerField, 7),
        (models.GenericIPAddressField, "192.0.2.1"),
    )
    for kind, value in by_kind:
        if isinstance(field, kind):
            return value
    return f"ğ{field.name}"[: field.max_length or 200]


if __name__ == "__main__":
    main(*sys.argv[1:])
