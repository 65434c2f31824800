"""The tables of an empty database, all at once.

Half a hundred migrations, one after the other, take a quarter of a minute to arrive where the models are. A database
without a table goes there directly, and every migration is noted as done; a test holds the two ways against each other.
"""

from __future__ import annotations

from django.apps import apps
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from amends.desk.complaints import full_text


def are_missing(connection: BaseDatabaseWrapper) -> bool:
    """Whether a database has no table at all."""
    return not connection.introspection.table_names()


def lay_out(connection: BaseDatabaseWrapper) -> None:
    """Make all tables of an empty database in one transaction, as if every migration had run.

    :raises django.db.DatabaseError: if it is not empty, or somebody else is at it
    """
    emit_pre_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
    with connection.schema_editor() as editor:
        editor.create_model(MigrationRecorder.Migration)
        for model in apps.get_models():
            if model._meta.can_migrate(connection):  # noqa: SLF001 - Django documents it
                editor.create_model(model)
        full_text.lay_out(editor)
        note_all_migrations(connection)
    emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)


def note_all_migrations(connection: BaseDatabaseWrapper) -> None:
    """Note every migration as done, whose work is there already."""
    recorder = MigrationRecorder(connection)
    for app, name in MigrationLoader(None).disk_migrations:
        recorder.record_applied(app, name)
