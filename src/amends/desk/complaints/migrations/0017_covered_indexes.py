"""Indexes with whose column another one begins are taken down: each was written with every reply, and none was read.

The version before does not name them, and goes on beside.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.models.deletion import PROTECT

# Beside each: the index, or the constraint, that begins with the same column.
COVERED = (
    ("Complaint", "owner"),  # complaint_by_owner
    ("Complaint", "team"),  # complaint_by_team
    ("Complaint", "customer"),  # complaint_by_customer
    ("Event", "complaint"),  # one_event_per_place
)


def forwards(apps: Any, schema_editor: Any) -> None:
    for model, field in COVERED:
        for name in _of_one_column(apps, schema_editor, model, field):
            schema_editor.execute(f"DROP INDEX {_meanwhile(schema_editor)}IF EXISTS {schema_editor.quote_name(name)}")


def backwards(apps: Any, schema_editor: Any) -> None:
    for model, field in COVERED:
        if not _of_one_column(apps, schema_editor, model, field):
            told = apps.get_model("complaints", model)
            column = told._meta.get_field(field)
            statement = str(schema_editor._create_index_sql(told, fields=[column]))  # named as Django names it
            schema_editor.execute(statement.replace("CREATE INDEX ", f"CREATE INDEX {_meanwhile(schema_editor)}", 1))


def _meanwhile(schema_editor: Any) -> str:
    return "CONCURRENTLY " if schema_editor.connection.vendor == "postgresql" else ""


def _of_one_column(apps: Any, schema_editor: Any, model: str, field: str) -> list[str]:
    told = apps.get_model("complaints", model)._meta
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, told.db_table)
    column = [told.get_field(field).column]
    return [
        name
        for name, one in found.items()
        if one["index"] and not one["unique"] and not one["foreign_key"] and one["columns"] == column
    ]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("complaints", "0016_archive")]

    operations = [
        # Of the state alone: to change a column, SQLite would have its whole table written anew.
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(forwards, backwards)],
            state_operations=[
                migrations.AlterField(
                    model_name="complaint",
                    name="owner",
                    field=models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="owned", to="people.agent"),
                ),
                migrations.AlterField(
                    model_name="complaint",
                    name="team",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=PROTECT,
                        related_name="complaints",
                        to="people.team",
                    ),
                ),
                migrations.AlterField(
                    model_name="complaint",
                    name="customer",
                    field=models.ForeignKey(
                        db_index=False, on_delete=PROTECT, related_name="complaints", to="customers.customer"
                    ),
                ),
                migrations.AlterField(
                    model_name="event",
                    name="complaint",
                    field=models.ForeignKey(
                        db_index=False, on_delete=PROTECT, related_name="events", to="complaints.complaint"
                    ),
                ),
            ],
        ),
    ]
