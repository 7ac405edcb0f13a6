"""Sweep of readings: empties the texts that were read, some time after their session is public."""

from datetime import timedelta

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from engagements.models import Reading


class Command(BaseCommand):
    help = (
        "Empties texts, quotations and payloads of readings whose session has been public for "
        "READINGS_KEPT_DAYS; rules, decisions and reasons stay, so that the reader's measures do. "
        "Run it from a timer, daily."
    )

    def handle(self, *args, verbosity, **options):
        now = timezone.now()
        before = now - timedelta(days=settings.READINGS_KEPT_DAYS)
        count = Reading.objects.to_sweep(before).sweep(now)
        if verbosity:
            self.stdout.write(f"{count} readings swept.")
