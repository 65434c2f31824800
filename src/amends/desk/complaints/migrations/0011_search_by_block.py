"""PostgreSQL's full-text index by blocks of complaints, and one of what goes on: made while the desk goes on."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.migrations.operations import AddIndex

from amends.desk.complaints import full_text

VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('complaints_search_by_block')"


def forwards(apps: Any, schema_editor: Any) -> None:
    del apps
    if schema_editor.connection.vendor == "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(VALID)
        found = cursor.fetchone()
        if found is not None and not found[0]:  # somebody broke off while it was being made
            cursor.execute("DROP INDEX CONCURRENTLY complaints_search_by_block")
        if found is None or not found[0]:
            for statement in full_text.ON_POSTGRESQL:
                cursor.execute(statement.replace("CREATE INDEX", "CREATE INDEX CONCURRENTLY"))
        cursor.execute("DROP INDEX CONCURRENTLY IF EXISTS complaints_search")


def backwards(apps: Any, schema_editor: Any) -> None:
    del apps
    if schema_editor.connection.vendor != "sqlite":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(
                "CREATE INDEX CONCURRENTLY IF NOT EXISTS complaints_search"
                " ON complaints_searchentry USING gin (to_tsvector('simple', words))"
            )


class AddIndexMeanwhile(AddIndex):
    """Make an index while the desk goes on, where the database can."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        del from_state
        model = to_state.apps.get_model(app_label, self.model_name)
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.add_index(model, self.index, concurrently=True)
        else:
            schema_editor.add_index(model, self.index)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("complaints", "0010_chat"),
    ]

    operations = [
        migrations.RunPython(forwards, backwards),
        AddIndexMeanwhile(
            model_name="complaint",
            index=models.Index(condition=models.Q(("live", True)), fields=["id"], name="complaint_going_on"),
        ),
    ]
