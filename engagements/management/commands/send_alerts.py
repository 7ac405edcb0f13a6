"""E-mail alerts to readers who follow a page: a run of the mailer, for a timer."""

from django.core.management.base import BaseCommand, CommandError

from engagements.mail import ServerAway
from engagements.readers.alerts import AlertRun
from engagements.readers.models import Subscription


class Command(BaseCommand):
    help = (
        "Mails the news since the last mail to everybody who follows a page, one mail an address; "
        "removes what was never confirmed. Run it from a timer; stopped, it goes on next time."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--dry-run", action="store_true", help="only say what would be sent; changes nothing"
        )

    def handle(self, *args, dry_run, verbosity, **options):
        tell = self.stdout.write if verbosity else lambda line: None
        stale = Subscription.objects.stale()
        number = stale.count() if dry_run else stale.delete()[0]
        if number:
            verb = "would be removed" if dry_run else "removed"
            tell(f"{number} subscriptions that nobody confirmed {verb}.")
        alerts = AlertRun(dry_run=dry_run, tell=tell)
        try:
            count = alerts.run()
        except ServerAway:
            raise CommandError(
                f"The mail server takes nothing; {alerts.count.sent} mails were sent, the rest "
                "waits for the next run."
            ) from None
        verb = "would be sent" if dry_run else "sent"
        tell(f"{count.sent} mails {verb}, {count.quiet} without news, {count.failed} failed.")
        if count.failed:
            raise CommandError(f"{count.failed} mails were not accepted; they are tried again.")
