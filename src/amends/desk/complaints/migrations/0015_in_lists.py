"""Lists of what goes on are put in order and counted by an index alone: see `Complaint.Meta`."""

from typing import Any

from django.db import migrations, models
from django.db.migrations.operations import AddIndex

IN_LISTS = [
    "live", "team", "stage", "turn", "owner", "customer", "waiting_since", "heat", "failed_again", "promise_due_at",
    "broken_since", "snoozed_until", "back_at", "merged_into", "last_event_at", "id",
]  # fmt: skip


class AddIndexMeanwhile(AddIndex):
    """Make an index while the desk goes on, where the database can."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        del from_state
        model = to_state.apps.get_model(app_label, self.model_name)
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.add_index(model, self.index, concurrently=True)
        else:
            schema_editor.add_index(model, self.index)
            _counted(schema_editor)


def _counted(schema_editor: Any) -> None:
    """Where SQLite has counted what its other indexes hold, have it count this one too: it would guess otherwise."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'")
        if cursor.fetchone() is not None:
            cursor.execute("ANALYZE complaint_in_lists")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("complaints", "0014_urgent")]

    operations = [
        AddIndexMeanwhile(
            model_name="complaint",
            index=models.Index(condition=models.Q(("live", True)), fields=IN_LISTS, name="complaint_in_lists"),
        ),
    ]
