"""The tables of the case, and their full-text index."""

from typing import Any

import amends.desk.complaints.models
import django.db.models.deletion
from django.conf import settings
from amends.desk.complaints import full_text
from django.db import migrations, models


def forwards(apps: Any, schema_editor: Any) -> None:
    del apps
    full_text.lay_out(schema_editor)


def backwards(apps: Any, schema_editor: Any) -> None:
    del apps
    full_text.take_away(schema_editor)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0001_initial'),
        ('people', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Complaint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(unique=True, verbose_name='number')),
                ('key', models.CharField(max_length=64, unique=True, verbose_name="private key of the customer's page")),
                ('subject', models.CharField(max_length=300, verbose_name='subject')),
                ('language', models.CharField(choices=[('tr', 'Türkçe'), ('fa', 'فارسی'), ('mn', 'Монгол'), ('en', 'English')], max_length=2, verbose_name='language')),
                ('channel', models.CharField(choices=[('form', 'web form'), ('mail', 'e-mail'), ('phone', 'telephone'), ('visit', 'visit'), ('portal', "customer's page")], max_length=10, verbose_name='channel')),
                ('wish', models.TextField(blank=True, verbose_name='what would put it right')),
                ('stage', models.CharField(choices=[('received', 'received'), ('answered', 'answered'), ('resolved', 'resolved'), ('closed', 'closed')], default='received', max_length=10, verbose_name='stage')),
                ('live', models.BooleanField(default=True, verbose_name='somebody has to do something')),
                ('turn', models.CharField(choices=[('ours', 'ours'), ('theirs', "the customer's"), ('third-party', "a third party's"), ('nobody', "nobody's")], default='ours', max_length=12, verbose_name='whose turn')),
                ('turn_since', models.DateTimeField(blank=True, null=True, verbose_name='their turn since')),
                ('heat', models.PositiveSmallIntegerField(default=0, verbose_name='heat')),
                ('received_at', models.DateTimeField(verbose_name='received')),
                ('waiting_since', models.DateTimeField(blank=True, null=True, verbose_name='waits for us since')),
                ('first_person_at', models.DateTimeField(blank=True, null=True, verbose_name='a person answered')),
                ('last_event_at', models.DateTimeField(verbose_name='last event')),
                ('resolved_at', models.DateTimeField(blank=True, null=True, verbose_name='resolved')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                ('people', models.PositiveSmallIntegerField(default=0, verbose_name='people so far')),
                ('handovers', models.PositiveSmallIntegerField(default=0, verbose_name='hand-overs')),
                ('times_told', models.PositiveSmallIntegerField(default=0, verbose_name='times the customer told it')),
                ('waited_seconds', models.PositiveBigIntegerField(default=0, verbose_name='seconds waited for us so far')),
                ('promise_due_at', models.DateTimeField(blank=True, null=True, verbose_name='next promise due')),
                ('promise_whole_day', models.BooleanField(default=False, verbose_name='next promise due on the day')),
                ('broken_promises', models.PositiveSmallIntegerField(default=0, verbose_name='promises broken')),
                ('broken_since', models.DateTimeField(blank=True, null=True, verbose_name='a broken promise not made good since')),
                ('back_at', models.DateTimeField(blank=True, null=True, verbose_name='we come back at')),
                ('preview', models.CharField(blank=True, max_length=200, verbose_name='last words')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to='customers.customer')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='owned', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to='people.team')),
            ],
            options={
                'verbose_name': 'complaint',
                'verbose_name_plural': 'complaints',
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sequence', models.PositiveIntegerField(verbose_name='sequence')),
                ('kind', models.CharField(choices=[('received', 'received'), ('owner-taken', 'owner'), ('customer-wrote', 'customer wrote'), ('replied', 'replied'), ('acknowledged', 'receipt confirmed'), ('noted', 'note'), ('called', 'call'), ('handed-over', 'hand-over'), ('companion', 'brought in'), ('paused', 'pause'), ('waiting-on-third-party', 'waiting on a third party'), ('promise-made', 'promise made'), ('promise-kept', 'promise kept'), ('promise-broken', 'promise broken'), ('promise-moved', 'promise moved'), ('promise-withdrawn', "promise withdrawn with the customer's yes"), ('remedy', 'put right'), ('asked-for-person', 'asked for a person'), ('asked-for-manager', 'asked for a manager'), ('asked-for-call', 'asked for a call'), ('content', 'content'), ('not-content', 'not content'), ('rated', 'rated'), ('cause-confirmed', 'cause confirmed'), ('closed', 'closed'), ('reopened', 'reopened'), ('warned', 'warned'), ('erased', 'erased')], max_length=30, verbose_name='kind')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('by', models.CharField(choices=[('customer', 'customer'), ('agent', 'agent'), ('system', 'desk')], max_length=10, verbose_name='by')),
                ('channel', models.CharField(blank=True, choices=[('form', 'web form'), ('mail', 'e-mail'), ('phone', 'telephone'), ('visit', 'visit'), ('portal', "customer's page")], max_length=10, verbose_name='channel')),
                ('language', models.CharField(blank=True, max_length=8, verbose_name='language')),
                ('agent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to=settings.AUTH_USER_MODEL)),
                ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='complaints.complaint')),
            ],
            options={
                'verbose_name': 'event',
                'verbose_name_plural': 'events',
                'ordering': ['complaint', 'sequence'],
            },
        ),
        migrations.CreateModel(
            name='Numbering',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last', models.PositiveIntegerField(verbose_name='last number')),
            ],
            options={
                'verbose_name': 'numbering',
                'verbose_name_plural': 'numberings',
            },
        ),
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('complaint', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search_entry', serialize=False, to='complaints.complaint')),
                ('words', models.TextField(verbose_name='words')),
            ],
            options={
                'verbose_name': 'search entry',
                'verbose_name_plural': 'search entries',
            },
        ),
        migrations.CreateModel(
            name='Companion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField(verbose_name='since')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered')),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accompanies', to=settings.AUTH_USER_MODEL)),
                ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='companions', to='complaints.complaint')),
            ],
            options={
                'verbose_name': 'companion',
                'verbose_name_plural': 'companions',
            },
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(blank=True, verbose_name='text')),
                ('saved_at', models.DateTimeField(verbose_name='saved')),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to=settings.AUTH_USER_MODEL)),
                ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='complaints.complaint')),
            ],
            options={
                'verbose_name': 'draft',
                'verbose_name_plural': 'drafts',
            },
        ),
        migrations.CreateModel(
            name='EventContent',
            fields=[
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='content', serialize=False, to='complaints.event')),
                ('text', models.TextField(blank=True, verbose_name='text')),
                ('html', models.TextField(blank=True, verbose_name='sanitised HTML')),
                ('quoted', models.TextField(blank=True, verbose_name='quoted text')),
                ('data', models.JSONField(default=dict, verbose_name='data')),
            ],
            options={
                'verbose_name': 'content of an event',
                'verbose_name_plural': 'contents of events',
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=255, verbose_name='name')),
                ('media_type', models.CharField(max_length=100, verbose_name='media type')),
                ('size', models.PositiveBigIntegerField(verbose_name='size')),
                ('sha256', models.CharField(max_length=64, verbose_name='digest')),
                ('content_id', models.CharField(blank=True, max_length=255, verbose_name='content id')),
                ('file', models.FileField(upload_to=amends.desk.complaints.models.attachment_path, verbose_name='file')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='complaints.event')),
            ],
            options={
                'verbose_name': 'attachment',
                'verbose_name_plural': 'attachments',
            },
        ),
        migrations.CreateModel(
            name='ReadMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='read up to')),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='read_marks', to=settings.AUTH_USER_MODEL)),
                ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='read_marks', to='complaints.complaint')),
            ],
            options={
                'verbose_name': 'read mark',
                'verbose_name_plural': 'read marks',
            },
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(fields=['owner', 'live', 'stage'], name='complaint_by_owner'),
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(fields=['team', 'live', 'stage'], name='complaint_by_team'),
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(fields=['owner', '-received_at'], name='complaint_by_newest'),
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(fields=['live', '-last_event_at', '-id'], name='complaint_by_last_event'),
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(fields=['customer', '-received_at'], name='complaint_by_customer'),
        ),
        migrations.AddConstraint(
            model_name='companion',
            constraint=models.UniqueConstraint(fields=('complaint', 'agent'), name='a_companion_once'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.UniqueConstraint(fields=('complaint', 'agent'), name='one_draft_per_agent'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['kind', 'at'], name='event_by_kind'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.UniqueConstraint(fields=('complaint', 'sequence'), name='one_event_per_place'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('by', 'agent'), _negated=True), ('agent__isnull', False), _connector='OR'), name='an_agent_event_names_its_agent'),
        ),
        migrations.AddConstraint(
            model_name='readmark',
            constraint=models.UniqueConstraint(fields=('complaint', 'agent'), name='one_read_mark_per_agent'),
        ),
        migrations.RunPython(forwards, backwards),
    ]
