"""Nothing of the database changes: when this ran says when the desk's cookies went over to new names."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("people", "0011_public_holidays")]
    operations = []
