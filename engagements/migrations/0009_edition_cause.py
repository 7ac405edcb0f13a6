"""Columns of editions that can be cited: why each was issued, and when the record last changed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("engagements", "0008_shape")]

    operations = [
        migrations.AddField(
            model_name="edition",
            name="cause",
            field=models.CharField(
                choices=[
                    ("edited", "Edited"),
                    ("news", "News"),
                    ("links", "Names or links moved"),
                ],
                default="links",
                max_length=8,
                verbose_name="cause",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="edition",
            name="changed_at",
            field=models.DateTimeField(null=True, verbose_name="changed at"),
        ),
    ]
