"""The list of what is answered goes through the table of answers; strength has its new choices."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('engagements', '0015_claims')]

    operations = [
        migrations.RemoveField(
            model_name='historicalcommitment_answers',
            name='commitment',
        ),
        migrations.RemoveField(
            model_name='historicalcommitment_answers',
            name='history',
        ),
        migrations.RemoveField(
            model_name='historicalcommitment_answers',
            name='provincerequest',
        ),
        migrations.RemoveField(
            model_name='historicalrecommendation_answers',
            name='history',
        ),
        migrations.RemoveField(
            model_name='historicalrecommendation_answers',
            name='provincerequest',
        ),
        migrations.RemoveField(
            model_name='historicalrecommendation_answers',
            name='recommendation',
        ),
        migrations.RemoveField(model_name='commitment', name='answers'),
        migrations.AddField(
            model_name='commitment',
            name='answers',
            field=models.ManyToManyField(blank=True, help_text='Requests that it answers. Published.', related_name='commitments', through='engagements.Answering', through_fields=('commitment', 'request'), to='engagements.provincerequest', verbose_name='answers'),
        ),
        migrations.RemoveField(model_name='recommendation', name='answers'),
        migrations.AddField(
            model_name='recommendation',
            name='answers',
            field=models.ManyToManyField(blank=True, help_text='Requests that it answers. Published.', related_name='recommendations', through='engagements.Answering', through_fields=('recommendation', 'request'), to='engagements.provincerequest', verbose_name='answers'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(('strength__in', ['explicit', 'offer', 'implied'])), name='engagements_commitment_strength_in_list', violation_error_message='The value is not in the list.'),
        ),
        migrations.DeleteModel(
            name='HistoricalCommitment_answers',
        ),
        migrations.DeleteModel(
            name='HistoricalRecommendation_answers',
        ),
    ]
