from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0003_limits'),
    ]

    operations = [
        migrations.AddField(
            model_name='organisation',
            name='currency',
            field=models.CharField(blank=True, max_length=3, verbose_name='currency'),
        ),
    ]
