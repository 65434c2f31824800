"""Mail providers by HTTP; and letters are found by their recipient, however many there are."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.migrations.operations import AddIndex
from django.db.models.functions import Lower


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
        ("channels", "0003_imports_and_chat"),
    ]

    operations = [
        migrations.AddField(
            model_name="mailbox",
            name="provider",
            field=models.CharField(
                blank=True,
                choices=[("mailgun", "Mailgun"), ("postmark", "Postmark"), ("sparkpost", "SparkPost")],
                db_default="",
                default="",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="provider_url",
            field=models.URLField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="provider_key",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="provider_signing_key",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="hook_secret",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        AddIndexMeanwhile(
            model_name="outgoing",
            index=models.Index(Lower("recipient"), name="outgoing_by_recipient"),
        ),
    ]
