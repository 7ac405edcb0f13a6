"""Rule check of the register: rows that break a rule which came after them, one line each."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import override

from engagements.days import impossible_days
from engagements.models import State, StatusUpdate
from engagements.models.followups import FOLLOW_UP_MODELS, TARGETS
from engagements.publication.kinds import RECORDS

AT_ONCE = 500


class Command(BaseCommand):
    help = (
        "Lists the rows of the register that break a rule which binds forms, imports and "
        "publication: record, field, value, rule. Exit 1 if there are any; it changes nothing."
    )

    def handle(self, *args, verbosity, **options):
        number = 0
        with override("en"):
            for model in RECORDS:
                for record in rows_of(model).iterator(chunk_size=AT_ONCE):
                    for name, rule in impossible_days(record, timezone.localdate()).items():
                        number += 1
                        self.stdout.write(
                            f"{name_of(record)}: {name}: {getattr(record, name)}: {rule.label}"
                        )
        if number:
            raise CommandError(f"{number} values break a rule.")
        if verbosity:
            self.stdout.write("No row breaks a rule.")


def rows_of(model):
    """What is or may become public, with the session that its days are held against."""
    rows = model.objects.exclude(state=State.WITHDRAWN).order_by("pk")
    if model in FOLLOW_UP_MODELS:
        return rows.select_related("meeting")
    if model is StatusUpdate:
        return rows.select_related(*(f"{target}__meeting" for target in TARGETS))
    return rows


def name_of(record):
    """Its code; of a draft its kind and key."""
    return record.code or f"{record.kind} {record.pk}"
