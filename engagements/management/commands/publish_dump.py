"""Dumps of open data: one a day, old ones removed."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from engagements.open_data import dump_writer, dumps


def at_least_one(text):
    number = int(text)
    if number < 1:
        raise ValueError
    return number


class Command(BaseCommand):
    help = (
        "Writes the whole register as files (CSV, NDJSON, SQLite, schema, licence, data "
        "dictionary, SHA-256) into a folder of today, which /du-lieu/ lists. Run it daily; "
        "stopped, it leaves nothing half."
    )

    def add_arguments(self, parser):
        parser.add_argument("--to", type=Path, help="another folder than DUMPS_ROOT")
        parser.add_argument(
            "--keep", type=at_least_one, default=dumps.DUMPS_KEPT, help="how many dumps stay (8)"
        )

    def handle(self, *args, to, keep, verbosity, **options):
        root = to or settings.DUMPS_ROOT
        tell = self.stdout.write if verbosity else lambda line: None
        try:
            with dumps.locked(root):
                for day in dumps.remove_outdated(root):
                    tell(f"{day}: removed, for it no longer shows what is public, or is not whole.")
                made = dump_writer.write_dump(root, tell)
                for day in dumps.remove_beyond(root, keep):
                    tell(f"{day}: removed, the newest {keep} stay.")
        except BlockingIOError as error:
            raise CommandError("Another run is writing a dump.") from error
        except (OSError, RuntimeError) as error:
            raise CommandError(f"No dump was made: {error}") from error
        if made:
            size = sum(file.size for file in made.files.values())
            tell(
                f"{made.day}: {len(made.files)} files, {size // 1024} kB, up to edition "
                f"{made.sequence}."
            )
