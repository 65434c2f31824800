from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('answers', '0001_saved_answers'),
    ]

    operations = [
        migrations.AddField(
            model_name='wording',
            name='blocks',
            field=models.JSONField(blank=True, null=True, verbose_name='blocks'),
        ),
    ]
