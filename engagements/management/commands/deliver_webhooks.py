"""Webhook delivery: a run of the sender, for a timer."""

from django.core.management.base import BaseCommand, CommandError

from engagements.webhooks.delivery import WebhookSender


class Command(BaseCommand):
    help = (
        "Tells every active webhook what became public since its mark. What is not taken is tried "
        "again after 1, 5 and 30 minutes, 2, 5 and 10 hours, and given up after 5 days. Run it "
        "from a timer, every minute; stopped, it goes on next time."
    )

    def add_arguments(self, parser):
        parser.add_argument("--limit", type=int, help="send at most so many messages")

    def handle(self, *args, limit, verbosity, **options):
        tell = self.stdout.write if verbosity else lambda line: None
        sent, failed = WebhookSender(limit=limit, tell=tell).run()
        tell(f"{sent} messages taken, {failed} webhooks failed.")
        if failed:
            raise CommandError(f"{failed} webhooks did not take their message; tried again later.")
