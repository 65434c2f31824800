"""Writing millions of rows: text in, COPY on PostgreSQL, one prepared statement on SQLite.

Indexes, triggers and links between tables are taken off an empty desk, and made again when everything is in: once for
all rows instead of once for each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model

_NOTHING: Final = "\x00"  # in the place of what is not there; no database would take it as a letter


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table, the columns that are told of each row, and those that are the same in all of them."""

    model: type[Model]
    name: str
    columns: tuple[str, ...]
    same: tuple[str | None, ...]


def table(model: type[Model], *told: str) -> Table:
    """Name the columns that are told; whatever else the table has is as in a new row."""
    fields = {field.attname: field for field in model._meta.concrete_fields}  # noqa: SLF001 - Django documents it
    rest = [name for name, field in fields.items() if name not in told and not field.primary_key]
    return Table(
        model=model,
        name=model._meta.db_table,  # noqa: SLF001
        columns=tuple(str(fields[name].column) for name in (*told, *rest)),
        same=tuple(_same(fields[name]) for name in rest),
    )


def _same(field: Any) -> str | None:
    value = field.get_default()
    return "{}" if value == {} else "[]" if value == [] else plain(value)


def plain(value: Any) -> str | None:
    """Write a value so that both databases read it: moments are in UTC, to the second."""
    if value is None or type(value) is str:
        return value  # type: ignore[no-any-return]
    if type(value) is int:
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")[:19]
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)


class Rows:
    """Rows of several tables, as both databases take them."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self.of: dict[str, list[tuple[str | None, ...]]] = {one.name: [] for one in tables}
        self._of_model = {one.model: (self.of[one.name], one.same) for one in tables}

    def add(self, model: type[Model], *values: Any) -> None:
        """Add a row with the columns that its table tells, in their order."""
        rows, same = self._of_model[model]
        rows.append((*map(plain, values), *same))

    def for_copy(self) -> dict[str, bytes]:
        """Write the rows as PostgreSQL's COPY reads them."""
        return {name: _lines(rows).encode() for name, rows in self.of.items()}


def _lines(rows: Sequence[tuple[str | None, ...]]) -> str:
    """Write rows as lines, fields between tabs.

    :raises ValueError: if a field holds a tab or the end of a line, which the words of this room do not
    """
    told = "".join(["\t".join([_NOTHING if one is None else one for one in row]) + "\n" for row in rows])
    if told.count("\n") != len(rows) or (rows and told.count("\t") != len(rows) * (len(rows[0]) - 1)):
        raise ValueError("A field holds a tab or the end of a line.")
    return told.replace("\\", r"\\").replace(_NOTHING, r"\N")


@contextmanager
def bare_tables(tables: Sequence[Table]) -> Iterator[None]:
    """Take what makes writing slow off the tables, and make it again at the end.

    On PostgreSQL all is one transaction, so that it is done whole or not at all. On SQLite, which would have to keep
    every page twice, it is not: who breaks off begins with a new folder.
    """
    if connection.vendor == "postgresql":
        with transaction.atomic(), _bare_postgresql(tables):
            yield
    else:
        with _bare_sqlite(tables):
            yield


@contextmanager
def _bare_postgresql(tables: Sequence[Table]) -> Iterator[None]:
    names = [one.name for one in tables]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute(
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('f', 'u') ORDER BY contype DESC",
            [names],
        )
        constraints = cursor.fetchall()
        for of, name, _definition in reversed(constraints):
            cursor.execute(f"ALTER TABLE {of} DROP CONSTRAINT {name}")
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = ANY(%s::regclass[]) AND NOT indisprimary",
            [names],
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        for name in names:
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        yield
        for name in names:
            cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")
        for _name, definition in indexes:
            cursor.execute(definition)
        for of, name, definition in constraints:
            cursor.execute(f"ALTER TABLE {of} ADD CONSTRAINT {name} {definition}")
        for statement in connection.ops.sequence_reset_sql(no_style(), [one.model for one in tables]):
            cursor.execute(statement)
        for name in names:
            cursor.execute(f"ANALYZE {name}")


@contextmanager
def _bare_sqlite(tables: Sequence[Table]) -> Iterator[None]:
    names = [one.name for one in tables]
    marks = ", ".join(["%s"] * len(names))
    with connection.cursor() as cursor:
        alone = not connection.in_atomic_block  # in somebody's transaction none of this may be set
        for setting in ("foreign_keys = OFF", "synchronous = OFF", "cache_size = -400000", "temp_store = MEMORY"):
            if alone:
                cursor.execute(f"PRAGMA {setting}")
        cursor.execute(
            f"SELECT type, name, sql FROM sqlite_master WHERE tbl_name IN ({marks})"  # noqa: S608 - marks only
            " AND type IN ('index', 'trigger') AND sql IS NOT NULL",
            names,
        )
        taken_off = cursor.fetchall()
        for kind, name, _sql in taken_off:
            cursor.execute(f'DROP {kind} "{name}"')
        yield
        cursor.execute("INSERT INTO complaints_search(complaints_search) VALUES ('rebuild')")
        for _kind, _name, sql in taken_off:
            cursor.execute(sql)
        cursor.execute("ANALYZE")
        for setting in ("wal_checkpoint(TRUNCATE)", "foreign_keys = ON", "synchronous = NORMAL"):
            if alone:
                cursor.execute(f"PRAGMA {setting}")


def write(tables: Sequence[Table], rows: dict[str, bytes] | dict[str, list[tuple[str | None, ...]]]) -> None:
    """Write rows of several tables: as bytes for COPY on PostgreSQL, as they are on SQLite."""
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        with connection.connection.cursor() as cursor:  # COPY is PostgreSQL's own
            for one in tables:
                if told := rows[one.name]:
                    with cursor.copy(f"COPY {one.name} ({_names(one)}) FROM STDIN") as copy:
                        copy.write(told)
        return
    with transaction.atomic(), connection.cursor() as cursor:
        for one in tables:
            if rows[one.name]:
                marks = ", ".join(["%s"] * len(one.columns))
                cursor.executemany(f"INSERT INTO {one.name} ({_names(one)}) VALUES ({marks})", rows[one.name])  # noqa: S608 - names are ours


def _names(of: Table) -> str:
    return ", ".join(f'"{column}"' for column in of.columns)
