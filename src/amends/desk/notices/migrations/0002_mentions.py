"""An index of mentions: whom they let into a complaint behind a wall."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0012_checklists"),
        ("notices", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                fields=["agent", "complaint"], name="notice_of_mention", condition=models.Q(("kind", "mentioned"))
            ),
        ),
    ]
