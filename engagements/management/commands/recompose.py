"""Consistency check of editions: compares them with the register, re-issues what differs."""

from django.core.management.base import BaseCommand, CommandError

from engagements.publication.models import PendingReissue
from engagements.publication.reissuing import BATCH, mend, mismatches

LEFT = "%d editions differ from the register."
WITHOUT_REVIEW = " Their own fields were changed without a review: publish again."


class Command(BaseCommand):
    help = (
        "Compares every current edition with what the register and today's names give, and "
        "re-issues those that differ. Run it daily: a succession of units takes effect by its date."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--check", action="store_true", help="only say what differs; exit 1 if any"
        )

    def handle(self, *args, check, verbosity, **options):
        if waiting := PendingReissue.objects.count():
            self.stdout.write(f"{waiting} changed names are still being carried on: see work.")
        differing = []
        for edition, names in mismatches():
            differing.append(edition)
            self.stdout.write(f"{edition.code}: {', '.join(names)}")
        if check:
            if differing:
                raise CommandError(LEFT % len(differing))
        else:
            mended = self.mend(differing)
            if differing and (left := sum(1 for _pair in mismatches())):
                raise CommandError(LEFT % left + WITHOUT_REVIEW)
            if verbosity and mended:
                self.stdout.write(f"{mended} editions re-issued.")
        if verbosity and not differing:
            self.stdout.write("No edition differs.")

    def mend(self, editions):
        """Sessions first: what was said there takes its speaker's title from their new row."""
        editions = sorted(editions, key=lambda edition: edition.kind != "meeting")
        parts = range(0, len(editions), BATCH)
        return sum(len(mend(*editions[first : first + BATCH])) for first in parts)
