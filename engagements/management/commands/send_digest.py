"""Weekly digest by e-mail to the staff: a run of the mailer, for a timer."""

from django.core.management.base import BaseCommand, CommandError

from engagements.desk.digests import DigestRun
from engagements.mail import ServerAway


class Command(BaseCommand):
    help = (
        "Mails each of the staff what needs them, once a week and only if anything does. Run it "
        "from a timer on Mondays; run again the same week, it writes to whom it has not yet."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--dry-run", action="store_true", help="only say what would be sent; changes nothing"
        )

    def handle(self, *args, dry_run, verbosity, **options):
        tell = self.stdout.write if verbosity else lambda line: None
        digests = DigestRun(dry_run=dry_run, tell=tell)
        try:
            count = digests.run()
        except ServerAway:
            raise CommandError(
                f"The mail server takes nothing; {digests.count.sent} e-mails were sent, the rest "
                "waits for the next run."
            ) from None
        verb = "would be sent" if dry_run else "sent"
        tell(
            f"{count.sent} e-mails {verb}, {count.quiet} people need nothing, {count.before} had "
            f"theirs, {count.failed} failed."
        )
        if count.failed:
            raise CommandError(f"{count.failed} e-mails were not accepted; they are tried again.")
