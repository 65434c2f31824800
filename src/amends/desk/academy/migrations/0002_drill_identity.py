"""Give every own drill an identity that is the same on each desk that takes it in."""

from typing import Any
from uuid import uuid4

from django.db import migrations, models


def give(apps: Any, _schema_editor: Any) -> None:
    drills = apps.get_model("academy", "OwnDrill")
    for drill in drills.objects.all():
        drill.identity = uuid4()
        drill.save(update_fields=["identity"])


class Migration(migrations.Migration):
    dependencies = [("academy", "0001_initial")]
    operations = [
        migrations.AddField("owndrill", "identity", models.UUIDField(null=True, editable=False, verbose_name="identity")),
        migrations.RunPython(give, migrations.RunPython.noop),
        migrations.AlterField(
            "owndrill",
            "identity",
            models.UUIDField(default=uuid4, unique=True, editable=False, verbose_name="identity"),
        ),
    ]
