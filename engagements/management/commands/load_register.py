"""Fixture loading: the files of the register, saved and published."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from engagements.publication.loading import load
from engagements.publication.reference_loading import REFERENCE, BadRow
from engagements.publication.upgrading import upgrade

FIXTURES = settings.BASE_DIR / "fixtures"
DOCUMENTS = ("2024-02-29-ninh-binh.yaml", "2023-04-21-thua-thien-hue.yaml")


class Command(BaseCommand):
    help = (
        "Loads reference data and the documents read, inserts only, everything or nothing. "
        "Loading again changes nothing; --upgrade brings what was loaded to what the files say."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "files", nargs="*", type=Path, help="other files than the register's own"
        )
        parser.add_argument(
            "--upgrade",
            action="store_true",
            help="withdraw retired rows, and prepare changed ones as edits that wait for a person",
        )

    def handle(self, *args, files, verbosity, **options):
        paths = files or [FIXTURES / name for name in (*REFERENCE, *DOCUMENTS)]
        for path in paths:
            if not path.is_file():
                raise CommandError(f"{path}: no such file")
        is_upgrade = options["upgrade"]
        is_told = verbosity > 0 if is_upgrade else verbosity > 1
        say = self.stdout.write if is_told else lambda text: None
        try:
            added = (upgrade if is_upgrade else load)(paths, say)
        except BadRow as error:
            raise CommandError(f"Nothing was loaded. {error}") from error
        if verbosity:
            parts = [f"{count} {model._meta.model_name}" for model, count in added.items()]
            self.stdout.write("Loaded: " + (", ".join(parts) if parts else "nothing new") + ".")
