"""A session's list bears the name of what it is: items taken up again, not reviewed ones."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TARGETS = ("request", "commitment", "recommendation")
OLD = "engagements_reviewed_{}_once"


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("engagements", "0016_answers"),
    ]

    operations = [
        *(migrations.RemoveConstraint("revieweditem", OLD.format(target)) for target in TARGETS),
        migrations.RemoveConstraint("revieweditem", "revieweditem_about_exactly_one"),
        migrations.RenameModel("ReviewedItem", "TakenUpItem"),
        migrations.RenameField("takenupitem", "reviewed_by", "recorded_by"),
        migrations.RenameField("takenupitem", "reviewed_at", "recorded_at"),
        migrations.AlterField(
            model_name="takenupitem",
            name="commitment",
            field=models.ForeignKey(
                blank=True,
                help_text="Never published.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="taken_up",
                to="engagements.commitment",
                verbose_name="commitment",
            ),
        ),
        migrations.AlterField(
            model_name="takenupitem",
            name="meeting",
            field=models.ForeignKey(
                help_text="Never published.",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="taken_up",
                to="engagements.meeting",
                verbose_name="meeting",
            ),
        ),
        migrations.AlterField(
            model_name="takenupitem",
            name="recommendation",
            field=models.ForeignKey(
                blank=True,
                help_text="Never published.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="taken_up",
                to="engagements.recommendation",
                verbose_name="recommendation",
            ),
        ),
        migrations.AlterField(
            model_name="takenupitem",
            name="request",
            field=models.ForeignKey(
                blank=True,
                help_text="Never published.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="taken_up",
                to="engagements.provincerequest",
                verbose_name="request",
            ),
        ),
        migrations.AlterField(
            model_name="takenupitem",
            name="update",
            field=models.OneToOneField(
                blank=True,
                help_text="What the review recorded. Never published.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="taken_up",
                to="engagements.statusupdate",
                verbose_name="update",
            ),
        ),
        migrations.AddConstraint(
            model_name="takenupitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("commitment", None), ("recommendation", None), ("request__isnull", False)
                    ),
                    models.Q(
                        ("commitment__isnull", False), ("recommendation", None), ("request", None)
                    ),
                    models.Q(
                        ("commitment", None), ("recommendation__isnull", False), ("request", None)
                    ),
                    _connector="OR",
                ),
                name="takenupitem_about_exactly_one",
                violation_error_message="A review is about exactly one item.",
            ),
        ),
        migrations.AddConstraint(
            model_name="takenupitem",
            constraint=models.UniqueConstraint(
                fields=("meeting", "request"),
                name="engagements_taken_up_request_once",
                violation_error_message="This item is on the list already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="takenupitem",
            constraint=models.UniqueConstraint(
                fields=("meeting", "commitment"),
                name="engagements_taken_up_commitment_once",
                violation_error_message="This item is on the list already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="takenupitem",
            constraint=models.UniqueConstraint(
                fields=("meeting", "recommendation"),
                name="engagements_taken_up_recommendation_once",
                violation_error_message="This item is on the list already.",
            ),
        ),
    ]
