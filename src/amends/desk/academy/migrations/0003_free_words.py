"""Let customers of talks speak in words of their own, where an organisation wants it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("academy", "0002_drill_identity")]
    operations = [
        migrations.CreateModel(
            name="FreeWords",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("are_on", models.BooleanField(default=False, verbose_name="in use")),
                ("changed_at", models.DateTimeField(blank=True, null=True, verbose_name="changed")),
            ],
            options={
                "verbose_name": "free words of customers",
                "verbose_name_plural": "free words of customers",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_row_of_free_words")],
            },
        ),
        migrations.AddField(
            "attempt", "spoken", models.JSONField(blank=True, default=dict, verbose_name="spoken")
        ),
    ]
