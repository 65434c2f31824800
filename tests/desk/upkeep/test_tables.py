"""The tables of an empty database, made at once, are those at which the migrations arrive."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from pytest_django import DjangoDbBlocker

from amends.desk.upkeep import tables

# A unique column is named so when its table is made, and otherwise when it comes later; Django finds it by its columns.
UNIQUE = re.compile(r"_(?:[0-9a-f]{8}_uniq|key)\b")
# What Django itself makes of the numbers of a table between two others is of another size in a migration.
OF_DJANGO = "auth_group_permissions.id"
TABLE = re.compile(r"(CREATE TABLE [^(]*)\((.*)\)", re.DOTALL)

POSTGRESQL = """
    SELECT table_name || '.' || column_name, data_type || ' ' || coalesce(character_maximum_length::text, '') || ' '
           || is_nullable || ' ' || coalesce(column_default, '') || ' ' || is_identity
      FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT tablename || ' ' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
"""


def described(of: BaseDatabaseWrapper) -> dict[str, Any]:
    """Every table, index, constraint and trigger by its name; the order of columns does not count."""
    with of.cursor() as cursor:
        if of.vendor == "sqlite":
            cursor.execute("SELECT type || ' ' || name, sql FROM sqlite_master")
            return {name: _in_one_order(sql or "") for name, sql in cursor.fetchall()}
        cursor.execute(POSTGRESQL)
        found = {UNIQUE.sub("_unique", name): UNIQUE.sub("_unique", what) for name, what in cursor.fetchall()}
        return found | {OF_DJANGO: None}


def _in_one_order(sql: str) -> object:
    table = TABLE.fullmatch(sql)
    return (table[1], sorted(table[2].split(", "))) if table else sql


@contextmanager
def empty_database(tmp_path: Path, name: str) -> Iterator[BaseDatabaseWrapper]:
    """A database of its own, in the place of the tests' own for as long."""
    used = connection.copy()
    ours = connections["default"]
    if used.vendor == "sqlite":
        used.settings_dict["NAME"] = str(tmp_path / name)
    else:
        used.settings_dict["NAME"] = f"{ours.settings_dict['NAME']}_{name}"
        with ours._nodb_cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute(f'CREATE DATABASE "{used.settings_dict["NAME"]}"')
    connections["default"] = used
    try:
        yield used
    finally:
        used.close()
        connections["default"] = ours
        if used.vendor != "sqlite":
            with ours._nodb_cursor() as cursor:  # type: ignore[attr-defined]
                cursor.execute(f'DROP DATABASE "{used.settings_dict["NAME"]}"')


@pytest.mark.django_db(transaction=True)
def test_what_is_made_at_once_is_what_migrations_make(django_db_blocker: DjangoDbBlocker, tmp_path: Path) -> None:
    with django_db_blocker.unblock():
        with empty_database(tmp_path, "at_once") as at_once:
            assert tables.are_missing(at_once)
            tables.lay_out(at_once)
            assert not tables.are_missing(at_once)
            made = described(at_once)
            executor = MigrationExecutor(at_once)
            assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
        with empty_database(tmp_path, "migrated") as migrated:
            call_command("migrate", verbosity=0)
            grown = described(migrated)
    assert len(made) > 300
    assert made == grown
