"""What a list begins with is found by an index of its own: see `order.first_page_weighed`."""

from typing import Any

from django.db import migrations, models
from django.db.migrations.operations import AddIndex


class AddIndexMeanwhile(AddIndex):
    """Make an index while the desk goes on, where the database can."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        del from_state
        model = to_state.apps.get_model(app_label, self.model_name)
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.add_index(model, self.index, concurrently=True)
        else:
            schema_editor.add_index(model, self.index)


URGENT = models.Q(
    ("live", True),
    models.Q(
        ("broken_since__isnull", False),
        ("promise_due_at__isnull", False),
        ("snoozed_until__isnull", False),
        ("back_at__isnull", False),
        _connector="OR",
    ),
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("complaints", "0013_pins")]

    operations = [
        AddIndexMeanwhile(
            model_name="complaint", index=models.Index(condition=URGENT, fields=["id"], name="complaint_urgent")
        ),
    ]
