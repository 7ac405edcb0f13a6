"""What a language model added to a reading, or why it was not heard."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('engagements', '0021_readings'),
    ]

    operations = [
        migrations.AddField(
            model_name='reading',
            name='heard',
            field=models.JSONField(blank=True, default=dict, help_text='Its name and host, counts, why it was not asked. Never published.', verbose_name='what a model added'),
        ),
    ]
