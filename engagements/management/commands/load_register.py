"""Fixture loading: the files of the register, saved and published."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from engagements.publication.loading import REFERENCE, BadRow, load

FIXTURES = settings.BASE_DIR / "fixtures"
DOCUMENTS = ("2024-02-29-ninh-binh.yaml", "2023-04-21-thua-thien-hue.yaml")


class Command(BaseCommand):
    help = (
        "Loads reference data and the documents read, inserts only, everything or nothing. "
        "Loading again changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "files", nargs="*", type=Path, help="other files than the register's own"
        )

    def handle(self, *args, files, verbosity, **options):
        paths = files or [FIXTURES / name for name in (*REFERENCE, *DOCUMENTS)]
        for path in paths:
            if not path.is_file():
                raise CommandError(f"{path}: no such file")
        say = self.stdout.write if verbosity > 1 else lambda text: None
        try:
            added = load(paths, say)
        except BadRow as error:
            raise CommandError(f"Nothing was loaded. {error}") from error
        if verbosity:
            parts = [f"{count} {model._meta.model_name}" for model, count in added.items()]
            self.stdout.write("Loaded: " + (", ".join(parts) if parts else "nothing new") + ".")
