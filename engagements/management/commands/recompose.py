"""Consistency check of editions: compares them with the register, re-issues what differs."""

from django.core.management.base import BaseCommand, CommandError

from engagements.publication.reissuing import mend, mismatches


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
        mismatched = mended = 0
        for edition, names in mismatches():
            mismatched += 1
            self.stdout.write(f"{edition.code}: {', '.join(names)}")
            if not check and mend(edition):
                mended += 1
        left = mismatched if check else sum(1 for _pair in mismatches()) if mismatched else 0
        if left:
            raise CommandError(
                f"{left} editions differ from the register."
                + (
                    ""
                    if check
                    else " Their own fields were changed without a review: publish again."
                )
            )
        if verbosity:
            self.stdout.write(f"{mended} editions re-issued." if mended else "No edition differs.")
