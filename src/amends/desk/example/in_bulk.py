"""Writing millions of rows: lines of text in, COPY on PostgreSQL, one prepared statement on SQLite.

Indexes, triggers and links between tables are taken off an empty desk, and made again when everything is in: once for
all rows instead of once for each. What is the same in all rows of a table is told once, and not in any line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

NOTHING: Final = "\x00"  # in the place of what is not there; no database would take it as a letter


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table, the columns that are told of each row, and those that are the same in all of them."""

    model: type[Model]
    name: str
    columns: tuple[str, ...]
    may_miss: tuple[bool, ...]  # whether a column may have nothing in it
    same: Mapping[str, str | None]


def table(model: type[Model], *told: str) -> Table:
    """Name the columns that are told; whatever else the table has is as in a new row."""
    fields = {field.attname: field for field in model._meta.concrete_fields}  # noqa: SLF001 - Django documents it
    rest = [field for name, field in fields.items() if name not in told and not field.primary_key]
    return Table(
        model=model,
        name=model._meta.db_table,  # noqa: SLF001
        columns=tuple(str(fields[name].column) for name in told),
        may_miss=tuple(bool(fields[name].null) for name in told),
        same={str(field.column): _same(field) for field in rest},
    )


def _same(field: Any) -> str | None:
    value = field.get_default()
    return "{}" if value == {} else "[]" if value == [] else plain(value)


def plain(value: Any) -> str | None:
    """Write a value so that both databases read it: moments are in UTC, to the second."""
    if value is None or type(value) is str:
        return value
    if type(value) is int:
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")[:19]
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)


class Rows:
    """Rows of several tables: a line each, with tabs between its fields."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._tables = tables
        self._of: dict[type[Model], list[str]] = {one.model: [] for one in tables}

    def of(self, model: type[Model]) -> list[str]:
        """Return the lines of a table; who has one ready puts it there, with its end."""
        return self._of[model]

    def add(self, model: type[Model], *values: Any) -> None:
        """Add a row with the columns that its table tells, in their order."""
        self._of[model].append(line(values))

    def told(self) -> dict[str, str]:
        """Write the rows of each table one under the other.

        :raises ValueError: if a field holds a tab or the end of a line, which the words of this room do not
        """
        found = {}
        for one in self._tables:
            rows = self._of[one.model]
            told = found[one.name] = "".join(rows)
            if told.count("\n") != len(rows) or told.count("\t") != len(rows) * (len(one.columns) - 1):
                raise ValueError("A field holds a tab or the end of a line.")
        return found


def line(values: Iterable[Any]) -> str:
    return "\t".join([NOTHING if (told := plain(value)) is None else told for value in values]) + "\n"


def for_copy(rows: Mapping[str, str]) -> dict[str, bytes]:
    """Write rows as PostgreSQL's COPY reads them."""
    return {name: told.replace("\\", r"\\").replace(NOTHING, r"\N").encode() for name, told in rows.items()}


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
        with _same_by_default(tables, cursor):
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
def _same_by_default(tables: Sequence[Table], cursor: CursorWrapper) -> Iterator[None]:
    """Let PostgreSQL fill in what is the same in all rows: its lines need not tell it, nor need it read them."""
    back = []
    for one in tables:
        cursor.execute(
            "SELECT quote_ident(attname), pg_get_expr(adbin, adrelid) FROM pg_attrdef"
            " JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum WHERE adrelid = %s::regclass",
            [one.name],
        )
        before = dict(cursor.fetchall())
        wanted = {f'"{name}"': value for name, value in one.same.items()}
        wanted = {name: value for name, value in wanted.items() if value is not None or name.strip('"') in before}
        if wanted:
            told = ", ".join(f"ALTER {name} SET DEFAULT {_literal(value)}" for name, value in wanted.items())
            cursor.execute(f"ALTER TABLE {one.name} {told}")
            told = ", ".join(
                f"ALTER {name} SET DEFAULT {before[name.strip('"')]}" if name.strip('"') in before
                else f"ALTER {name} DROP DEFAULT"
                for name in wanted
            )  # fmt: skip
            back.append(f"ALTER TABLE {one.name} {told}")
    yield
    for statement in back:
        cursor.execute(statement)


def _literal(value: str | None) -> str:
    return "NULL" if value is None else "'" + value.replace("'", "''") + "'"


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


def write(tables: Sequence[Table], rows: Mapping[str, str] | Mapping[str, bytes]) -> None:
    """Write rows of several tables: as `for_copy` has them on PostgreSQL, as they were told on SQLite."""
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        with connection.connection.cursor() as cursor:  # COPY is PostgreSQL's own
            for one in tables:
                if told := rows[one.name]:
                    with cursor.copy(f"COPY {one.name} ({_names(one.columns)}) FROM STDIN") as copy:
                        copy.write(told)
        return
    with transaction.atomic(), connection.cursor() as cursor:
        for one in tables:
            told = str(rows[one.name])
            if told:
                marks = ["nullif(%s, char(0))" if may_miss else "%s" for may_miss in one.may_miss]
                marks += [_literal(value).replace("%", "%%") for value in one.same.values()]
                statement = f"INSERT INTO {one.name} ({_names((*one.columns, *one.same))}) VALUES ({', '.join(marks)})"  # noqa: S608 - names are ours
                cursor.executemany(statement, [row.split("\t") for row in told.split("\n")[:-1]])


def _names(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
