"""Deadlines without a day (words alone, ongoing), the first beside the one in force."""

import provinces.vietnamese
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('engagements', '0011_edition_constraints'),
        ('provinces', '0003_merged_sequence'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='commitment',
            name='commitment_due_on_with_due_text',
        ),
        migrations.RemoveConstraint(
            model_name='provincerequest',
            name='provincerequest_due_on_with_due_text',
        ),
        migrations.RemoveConstraint(
            model_name='recommendation',
            name='recommendation_due_on_with_due_text',
        ),
        migrations.RemoveConstraint(
            model_name='statusupdate',
            name='statusupdate_new_due_on_with_text',
        ),
        migrations.AddField(
            model_name='commitment',
            name='is_ongoing',
            field=models.BooleanField(default=False, help_text='It never ends: “thường xuyên”, “hằng năm”. Published.', verbose_name='ongoing'),
        ),
        migrations.AddField(
            model_name='edition',
            name='due_text',
            field=models.CharField(default='', max_length=120),
        ),
        migrations.AddField(
            model_name='edition',
            name='first_due_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='edition',
            name='first_due_text',
            field=models.CharField(default='', max_length=120),
        ),
        migrations.AddField(
            model_name='edition',
            name='first_is_ongoing',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='edition',
            name='is_ongoing',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='edition',
            name='moves',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='historicalcommitment',
            name='is_ongoing',
            field=models.BooleanField(default=False, help_text='It never ends: “thường xuyên”, “hằng năm”. Published.', verbose_name='ongoing'),
        ),
        migrations.AddField(
            model_name='historicalprovincerequest',
            name='is_ongoing',
            field=models.BooleanField(default=False, help_text='It never ends: “thường xuyên”, “hằng năm”. Published.', verbose_name='ongoing'),
        ),
        migrations.AddField(
            model_name='historicalrecommendation',
            name='is_ongoing',
            field=models.BooleanField(default=False, help_text='It never ends: “thường xuyên”, “hằng năm”. Published.', verbose_name='ongoing'),
        ),
        migrations.AddField(
            model_name='historicalstatusupdate',
            name='is_ongoing',
            field=models.BooleanField(default=False, help_text='Only if the deadline became “thường xuyên”. Published.', verbose_name='ongoing from now on'),
        ),
        migrations.AddField(
            model_name='provincerequest',
            name='is_ongoing',
            field=models.BooleanField(default=False, help_text='It never ends: “thường xuyên”, “hằng năm”. Published.', verbose_name='ongoing'),
        ),
        migrations.AddField(
            model_name='recommendation',
            name='is_ongoing',
            field=models.BooleanField(default=False, help_text='It never ends: “thường xuyên”, “hằng năm”. Published.', verbose_name='ongoing'),
        ),
        migrations.AddField(
            model_name='statusupdate',
            name='is_ongoing',
            field=models.BooleanField(default=False, help_text='Only if the deadline became “thường xuyên”. Published.', verbose_name='ongoing from now on'),
        ),
        migrations.AlterField(
            model_name='commitment',
            name='due_text',
            field=provinces.vietnamese.Line(blank=True, help_text='“quý I/2024”; words that tell no day are kept too: “sớm nhất”. Published.', max_length=120, verbose_name='due, as phrased'),
        ),
        migrations.AlterField(
            model_name='historicalcommitment',
            name='due_text',
            field=provinces.vietnamese.Line(blank=True, help_text='“quý I/2024”; words that tell no day are kept too: “sớm nhất”. Published.', max_length=120, verbose_name='due, as phrased'),
        ),
        migrations.AlterField(
            model_name='historicalprovincerequest',
            name='due_text',
            field=provinces.vietnamese.Line(blank=True, help_text='“quý I/2024”; words that tell no day are kept too: “sớm nhất”. Published.', max_length=120, verbose_name='due, as phrased'),
        ),
        migrations.AlterField(
            model_name='historicalrecommendation',
            name='due_text',
            field=provinces.vietnamese.Line(blank=True, help_text='“quý I/2024”; words that tell no day are kept too: “sớm nhất”. Published.', max_length=120, verbose_name='due, as phrased'),
        ),
        migrations.AlterField(
            model_name='historicalstatusupdate',
            name='new_due_text',
            field=provinces.vietnamese.Line(blank=True, help_text='Words alone void the day before them. Published.', max_length=120, verbose_name='new due day, as phrased'),
        ),
        migrations.AlterField(
            model_name='provincerequest',
            name='due_text',
            field=provinces.vietnamese.Line(blank=True, help_text='“quý I/2024”; words that tell no day are kept too: “sớm nhất”. Published.', max_length=120, verbose_name='due, as phrased'),
        ),
        migrations.AlterField(
            model_name='recommendation',
            name='due_text',
            field=provinces.vietnamese.Line(blank=True, help_text='“quý I/2024”; words that tell no day are kept too: “sớm nhất”. Published.', max_length=120, verbose_name='due, as phrased'),
        ),
        migrations.AlterField(
            model_name='statusupdate',
            name='new_due_text',
            field=provinces.vietnamese.Line(blank=True, help_text='Words alone void the day before them. Published.', max_length=120, verbose_name='new due day, as phrased'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(('due_on', None), models.Q(('due_text', ''), _negated=True), _connector='OR'), name='commitment_due_on_with_due_text', violation_error_message='A due day is given with the words it was promised in.'),
        ),
        migrations.AddConstraint(
            model_name='provincerequest',
            constraint=models.CheckConstraint(condition=models.Q(('due_on', None), models.Q(('due_text', ''), _negated=True), _connector='OR'), name='provincerequest_due_on_with_due_text', violation_error_message='A due day is given with the words it was promised in.'),
        ),
        migrations.AddConstraint(
            model_name='recommendation',
            constraint=models.CheckConstraint(condition=models.Q(('due_on', None), models.Q(('due_text', ''), _negated=True), _connector='OR'), name='recommendation_due_on_with_due_text', violation_error_message='A due day is given with the words it was promised in.'),
        ),
        migrations.AddConstraint(
            model_name='statusupdate',
            constraint=models.CheckConstraint(condition=models.Q(('new_due_on', None), models.Q(('new_due_text', ''), _negated=True), _connector='OR'), name='statusupdate_new_due_on_with_text', violation_error_message='A due day is given with the words it was promised in.'),
        ),
    ]
