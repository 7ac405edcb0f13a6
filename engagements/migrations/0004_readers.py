"""What readers ask of the register: subscriptions and tips."""

import django.db.models.deletion
import django.utils.timezone
import engagements.readers.models
import provinces.vietnamese
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('engagements', '0003_roles'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', engagements.readers.models.Address(help_text='Never published.', max_length=254, verbose_name='e-mail address')),
                ('target', models.CharField(help_text='The address of a public page with its filter. Never published.', max_length=2000, verbose_name='what is followed')),
                ('language', models.CharField(choices=[('vi', 'Vietnamese'), ('en', 'English')], help_text='Never published.', max_length=2, verbose_name='language')),
                ('token', models.CharField(default=engagements.readers.models.new_token, editable=False, help_text='Opens this subscription to who has the mail. Never published.', max_length=64, unique=True)),
                ('asked_at', models.DateTimeField(editable=False, help_text='Never published.', null=True, verbose_name='last asked at')),
                ('confirmed_at', models.DateTimeField(editable=False, help_text='Never published.', null=True, verbose_name='confirmed at')),
                ('mark', models.BigIntegerField(default=0, help_text='The last edition that was told. Never published.')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, help_text='Never published.', verbose_name='created at')),
            ],
            options={
                'verbose_name': 'subscription',
                'verbose_name_plural': 'subscriptions',
                'ordering': ['pk'],
                'default_permissions': ('view',),
                'constraints': [models.UniqueConstraint(fields=('email', 'target'), name='subscription_once', violation_error_message='This page is followed already.')],
            },
        ),
        migrations.CreateModel(
            name='Tip',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, help_text='Names the form that was sent; one sent twice bears it twice. Never published.', unique=True)),
                ('about', models.CharField(help_text='Code or page. Never published.', max_length=2000, verbose_name='about')),
                ('kind', models.CharField(choices=[('evidence', 'Evidence that should be here'), ('error', 'An error on the page'), ('other', 'Something else')], help_text='Never published.', max_length=16, verbose_name='kind')),
                ('text', provinces.vietnamese.Prose(help_text='As the reader wrote it. Never published.', verbose_name='text')),
                ('url', models.URLField(blank=True, help_text='Never published.', max_length=1000, verbose_name='link')),
                ('contact', engagements.readers.models.Address(blank=True, help_text='To ask back, for nothing else. Never published.', max_length=254, verbose_name="reader's e-mail address")),
                ('language', models.CharField(choices=[('vi', 'Vietnamese'), ('en', 'English')], help_text='Never published.', max_length=2, verbose_name='language')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, help_text='Never published.', verbose_name='created at')),
                ('state', models.CharField(choices=[('new', 'New'), ('accepted', 'Accepted'), ('declined', 'Not accepted')], db_index=True, default='new', help_text='Never published.', max_length=16, verbose_name='state of handling')),
                ('note', provinces.vietnamese.Prose(blank=True, help_text='Never published.', verbose_name='note of staff')),
                ('handled_at', models.DateTimeField(editable=False, help_text='Never published.', null=True, verbose_name='handled at')),
                ('handled_by', models.ForeignKey(editable=False, help_text='Never published.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='handled by')),
            ],
            options={
                'verbose_name': 'tip',
                'verbose_name_plural': 'tips',
                'ordering': ['-created_at', '-pk'],
                'default_permissions': ('view', 'change', 'delete'),
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['evidence', 'error', 'other'])), name="engagements_tip_kind_in_list", violation_error_message="The value is not in the list."), models.CheckConstraint(condition=models.Q(('state__in', ['new', 'accepted', 'declined'])), name="engagements_tip_state_in_list", violation_error_message="The value is not in the list."), models.CheckConstraint(condition=models.Q(models.Q(('handled_at', None), ('handled_by', None), ('state', 'new')), models.Q(models.Q(('state', 'new'), _negated=True), ('handled_at__isnull', False), ('handled_by__isnull', False)), _connector='OR'), name='tip_handled_by_somebody', violation_error_message='A tip is handled by somebody, at a time.')],
            },
        ),
    ]
