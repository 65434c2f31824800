import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('coaching', '0003_sent_before_and_second_reader'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='JargonList',
            fields=[
                ('language', models.CharField(choices=[('tr', 'Türkçe'), ('fa', 'فارسی'), ('mn', 'Монгол'), ('en', 'English')], max_length=2, primary_key=True, serialize=False, verbose_name='language')),
                ('jargon', models.JSONField(default=list, verbose_name='jargon')),
                ('everyday', models.JSONField(default=list, verbose_name='no jargon here')),
            ],
            options={
                'verbose_name': 'list of jargon',
                'verbose_name_plural': 'lists of jargon',
            },
        ),
        migrations.CreateModel(
            name='JargonChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('tr', 'Türkçe'), ('fa', 'فارسی'), ('mn', 'Монгол'), ('en', 'English')], max_length=2, verbose_name='language')),
                ('came', models.TextField(blank=True, verbose_name='new')),
                ('went', models.TextField(blank=True, verbose_name='gone')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
            ],
            options={
                'verbose_name': 'change of the list of jargon',
                'verbose_name_plural': 'changes of the list of jargon',
                'indexes': [models.Index(fields=['-at', '-id'], name='jargon_change_by_time')],
            },
        ),
    ]
