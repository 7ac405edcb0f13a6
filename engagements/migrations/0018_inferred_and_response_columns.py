"""What of an edition is inferred and what became of advice, as columns: filters and the clock."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('engagements', '0017_taken_up_items'),
    ]

    operations = [
        migrations.AddField(
            model_name='edition',
            name='inferred',
            field=models.CharField(default='', max_length=40),
        ),
        migrations.AddField(
            model_name='edition',
            name='response',
            field=models.CharField(choices=[('none_yet', 'Nothing heard yet'), ('taken_up', 'Taken up'), ('in_part', 'Taken up in part'), ('not_taken_up', 'Not taken up')], default='', max_length=16),
        ),
    ]
