from django.core.management.base import BaseCommand, CommandError

from engagements.edition.publishing import mend, mismatches


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
        found = 0
        for edition, names in mismatches():
            found += 1
            self.stdout.write(f"{edition.code}: {', '.join(names)}")
            if not check:
                mend(edition)
        if check and found:
            raise CommandError(f"{found} editions differ.")
        if verbosity:
            self.stdout.write(f"{found} editions {'differ' if check else 're-issued'}.")
