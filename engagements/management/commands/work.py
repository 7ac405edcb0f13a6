"""Worker process: carries on the re-issues that a change of a name left waiting, in batches."""

import os
import signal
from threading import Event

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections

from engagements.publication.reissuing import carry_on

SECONDS = 2  # between two looks while nothing waits


class Command(BaseCommand):
    help = (
        "Issues again, in batches, the editions that bear a changed name where they are many. "
        "Keep it running beside the server, or call it with --until-done from a timer; stopped at "
        "any moment, it goes on where it was."
    )

    def add_arguments(self, parser):
        parser.add_argument("--until-done", action="store_true", help="end when nothing waits")
        parser.add_argument(
            "--beside-parent", action="store_true", help="end with the process that began it"
        )

    def handle(self, *args, until_done, beside_parent, verbosity, **options):
        self.parent = os.getppid() if beside_parent else None
        self.stopped, before = Event(), {}
        if not until_done:
            for name in (signal.SIGTERM, signal.SIGINT):
                before[name] = signal.signal(name, lambda *_signal: self.stopped.set())
        try:
            self.work(until_done, verbosity)
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)

    def work(self, until_done, verbosity):
        while not self.is_over():
            waiting = self.next_batch(until_done)
            if waiting is None and until_done:
                break
            if waiting is None:
                self.stopped.wait(SECONDS)
            elif verbosity:
                self.stdout.write(str(waiting))

    def is_over(self):
        """Told to stop, which is heard after a batch, or left behind by its parent."""
        return self.stopped.is_set() or (self.parent and os.getppid() != self.parent)

    def next_batch(self, until_done):
        """A database that is busy or away is asked again later by what keeps running."""
        if until_done:
            return carry_on()
        close_old_connections()
        try:
            return carry_on()
        except OperationalError as error:
            self.stderr.write(str(error).strip())
            return None
