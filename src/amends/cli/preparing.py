"""What a desk needs before it opens: its tables, its pages, and the example company where it is wanted."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, cast

import click

LOCK: Final = 4_702_111_234_234_475  # one number that all machines of a desk know
_MARK = ".ready"
_MADE_OF = ("desk/*/migrations/*.py", "desk/*/static/**/*")


def is_ready(data: Path) -> bool:
    """Whether this very version prepared this very database before: then it can open without a further look.

    Asked before Django is loaded, which takes seconds.
    """
    mark = data / _MARK
    return mark.is_file() and mark.read_text(encoding="ascii") == _fingerprint(data)


def remember_ready(data: Path) -> None:
    """Say that all is prepared; of a desk without people that is never said, since the example may come still."""
    from django.db import connections

    from amends.desk.people.queries import is_empty

    if not is_empty():
        (data / _MARK).write_text(_fingerprint(data), encoding="ascii")
    connections.close_all()


def _fingerprint(data: Path) -> str:
    here = Path(__file__).parents[1]
    digest = sha256(f"{version('amends')} {version('django')} {os.environ.get('DATABASE_URL', '')}".encode())
    own = [data / "amends.sqlite3"] if "DATABASE_URL" not in os.environ else []
    digest.update(repr([place.exists() for place in (*own, data / "static")]).encode())
    for place in sorted(file for pattern in _MADE_OF for file in here.glob(pattern) if file.is_file()):
        found = place.stat()
        digest.update(f"{place} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def bring_up_to_date() -> None:
    """Make or change what this version needs in the database; of several that start at once, one does.

    Nobody who finds all as it should be waits: a server of the version before starts again while the next one prepares.
    """
    from django.core.management import call_command
    from django.db import DatabaseError, connection, connections

    from amends.desk.upkeep import tables

    try:
        if not (tables.are_missing(connection) or _plan()):
            return
        with alone():
            if tables.are_missing(connection):
                tables.lay_out(connection)
            if _plan():
                click.echo("Bringing the database up to date: some seconds …")
                call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as error:
        raise click.ClickException(f"The database cannot be used: {error}") from error
    finally:
        connections.close_all()


def _plan() -> list[Any]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return executor.migration_plan(executor.loader.graph.leaf_nodes())


@contextmanager
def alone() -> Iterator[None]:
    """Hold the desk's lock on PostgreSQL, which ends with the connection, however this program ends."""
    from amends.desk.upkeep.place import Place

    place = Place.from_settings()
    if place.vendor == "sqlite":
        yield
        return
    import psycopg

    try:
        line = psycopg.connect(**cast("Any", place.postgres), autocommit=True)
    except psycopg.Error as error:
        raise click.ClickException(f"The database cannot be used: {error}") from error
    with line:
        line.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield


def start_pages[Part](start: Callable[[str], Part]) -> Part | None:
    """Put the static files where the web server finds them, beside what else is done, unless they are there."""
    from amends.cli.pages import are_laid_out

    if are_laid_out():
        return None
    click.echo("Laying out pages, scripts and fonts …")
    return start("pages")


def lay_out_example() -> bool:
    """Lay out the example company on an empty desk; return whether there is one that is to be moved to today."""
    from django.db import connections
    from django.utils import timezone

    from amends.desk.example import queries
    from amends.desk.people.queries import is_empty

    try:
        if not is_empty():
            return queries.is_behind(now=timezone.now())
        from amends.desk.example import actions

        with said_in_steps("Laying out the example company, once: a minute or two") as told:
            actions.set_up(now=timezone.now(), told=told)
        return False
    finally:
        connections.close_all()


@contextmanager
def said_in_steps(words: str) -> Iterator[Callable[[float], None]]:
    """Say how far something is that takes long: on a line that changes in a terminal, in four lines in a log."""
    terminal, said = sys.stdout.isatty(), 0
    click.echo(f"{words} …", nl=not terminal)

    def told(share: float) -> None:
        nonlocal said
        reached = int(share * 100)
        if terminal and reached > said:
            click.echo(f"\r{words} … {reached} %", nl=False)
            said = reached
        elif not terminal and reached // 25 > said and reached < 100:
            said = reached // 25
            click.echo(f"  {said * 25} %")

    yield told
    if terminal:
        click.echo(f"\r{words} … done. ")


def have_example_moved() -> None:
    """Let the worker move the example company first thing, whenever it did so last."""
    from django.db import connections
    from django.utils import timezone

    from amends.desk.example.tasks import move_example_along
    from amends.desk.jobs import actions

    try:
        actions.run_period_soon(
            name=f"{move_example_along.__module__}.{move_example_along.__qualname__}", now=timezone.now()
        )
    except actions.UnableToRetry:
        pass  # no worker has been here yet: a new one begins with it
    finally:
        connections.close_all()
