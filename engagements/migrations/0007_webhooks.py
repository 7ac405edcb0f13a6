"""Webhooks: machines that are told of what becomes public."""

import engagements.webhooks.models
import provinces.vietnamese
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('engagements', '0006_desk_roles'),
    ]

    operations = [
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', provinces.vietnamese.Line(help_text='Whose machine it is. Never published.', max_length=120, verbose_name='receiver')),
                ('address', models.URLField(help_text='Begins with https://, on a public machine. Never published.', max_length=500, validators=[engagements.webhooks.models.receiver], verbose_name='address')),
                ('secret', models.CharField(default=engagements.webhooks.models.new_secret, editable=False, help_text='Signs what is sent; shown once. Never published.', max_length=80)),
                ('is_active', models.BooleanField(default=True, help_text='Switched on again, it goes on where it stopped. Never published.', verbose_name='active')),
                ('mark', models.BigIntegerField(default=engagements.webhooks.models.newest_sequence, editable=False, help_text='The last sequence that it took. Never published.', verbose_name='told up to')),
                ('upto', models.BigIntegerField(editable=False, help_text='Where the message ends that it did not take. Never published.', null=True)),
                ('failing_since', models.DateTimeField(editable=False, help_text='The first of the failures in a row. Never published.', null=True, verbose_name='failing since')),
                ('attempts', models.PositiveIntegerField(default=0, editable=False, help_text='Never published.', verbose_name='failures in a row')),
                ('next_try_at', models.DateTimeField(editable=False, help_text='Never published.', null=True, verbose_name='next try')),
                ('taken_until', models.DateTimeField(editable=False, help_text='A run is telling it. Never published.', null=True)),
                ('last_answer', provinces.vietnamese.Line(blank=True, editable=False, help_text='Never published.', max_length=200, verbose_name='last answer')),
                ('answered_at', models.DateTimeField(editable=False, help_text='Never published.', null=True, verbose_name='answered at')),
            ],
            options={
                'verbose_name': 'webhook',
                'verbose_name_plural': 'webhooks',
                'ordering': ['name', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='engagements_webhook_name_not_empty', violation_error_message='This text must not be empty.'), models.CheckConstraint(condition=models.Q(('address__startswith', 'https://'), ('address__startswith', 'http://'), _connector='OR'), name='webhook_address_of_the_web', violation_error_message='The address must begin with https://.'), models.UniqueConstraint(fields=('address',), name='webhook_address_once', violation_error_message='This address is told already.'), models.CheckConstraint(condition=models.Q(('secret__startswith', 'whsec_')), name='webhook_secret_has_its_form', violation_error_message='This is no secret of a webhook.'), models.CheckConstraint(condition=models.Q(models.Q(('attempts', 0), ('failing_since', None), ('next_try_at', None)), models.Q(('attempts__gt', 0), ('failing_since__isnull', False)), _connector='OR'), name='webhook_failures_are_counted', violation_error_message='Failures have a number and a first day.')],
            },
        ),
    ]
