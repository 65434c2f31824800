"""Open the desk's settings for a command; kept apart so that `amends check` never loads Django."""

from __future__ import annotations

import os
from pathlib import Path

import click


def open_desk(*, data: Path | None = None) -> None:
    """Load Django with the desk in a data folder."""
    if data is not None:
        os.environ["AMENDS_DATA"] = str(data.resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amends.desk.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except OSError as error:
        raise click.ClickException(f"The data folder cannot be used: {error}") from error
    except ImproperlyConfigured as error:
        raise click.ClickException(f"The settings do not do: {error}") from error


def refuse_without_folder(data: Path) -> None:
    """Say that there is no desk, for a command that would only make an empty folder."""
    if not data.is_dir():
        raise click.ClickException(f"There is no data folder {data}; name the desk's own with --data or AMENDS_DATA.")
    if "DATABASE_URL" not in os.environ and not any(data.iterdir()):
        raise click.ClickException(f"The data folder {data} is empty; name the desk's own with --data or AMENDS_DATA.")


def refuse_without_tables() -> None:
    """Say what to do when the desk has no database yet, or an older one."""
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        behind = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError as error:
        raise click.ClickException(f"The database does not answer: {error}") from error
    if behind:
        raise click.ClickException(
            "This desk has no database yet, or one of an older version. Run 'amends prepare' once."
        )
