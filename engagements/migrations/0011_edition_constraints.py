"""What every row of the edition now keeps: a number of its own, a cause, the day of its change."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("engagements", "0010_edition_numbers")]

    operations = [
        migrations.AlterField(
            model_name="edition",
            name="changed_at",
            field=models.DateTimeField(verbose_name="changed at"),
        ),
        migrations.AddIndex(
            model_name="edition",
            index=models.Index(
                models.F("kind"),
                models.F("changed_at"),
                condition=models.Q(("superseded_at", None), ("withdrawn_at", None)),
                name="edition_changed",
            ),
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.UniqueConstraint(
                fields=("kind", "record", "number"), name="edition_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.CheckConstraint(
                condition=models.Q(("cause__in", ["edited", "news", "links"])),
                name="edition_cause_in_list",
            ),
        ),
    ]
