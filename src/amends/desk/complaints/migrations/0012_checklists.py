"""One kind of own field more: a list to tick off. Nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("complaints", "0011_search_by_block")]

    operations = [
        migrations.AlterField(
            model_name="field",
            name="kind",
            field=models.CharField(
                choices=[
                    ("text", "text"),
                    ("number", "number"),
                    ("date", "day"),
                    ("yes-no", "yes or no"),
                    ("choice", "one of a list"),
                    ("several", "several of a list"),
                    ("checklist", "a list to tick off"),
                ],
                max_length=10,
                verbose_name="kind",
            ),
        ),
    ]
