from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0004_organisation_currency'),
    ]

    operations = [
        migrations.AddField(
            model_name='agent',
            name='latin_name',
            field=models.CharField(blank=True, max_length=150, verbose_name='name in Latin letters'),
        ),
    ]
