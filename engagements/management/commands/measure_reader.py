"""Measuring of the reader on a folder of texts with gold: precision, recall and F1 a kind."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from engagements.reading.measuring import KEYS, GoldError, Measure, measure_folder
from engagements.reading.store import load_names


class Command(BaseCommand):
    help = (
        "Reads every text of a folder and compares the proposals with the gold YAML beside it; "
        "saves nothing. A text with a quotation that is not verbatim has failed (exit 1)."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args, folder, verbosity, **options):
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder.")
        names = load_names()
        if not names.ministries or not names.units:
            raise CommandError(
                "The register has no provinces or ministries: run `manage.py load_register` first."
            )
        try:
            measured = measure_folder(folder, names)
        except GoldError as error:
            raise CommandError(str(error)) from error
        total = Measure()
        for _gold, measure in measured:
            total.add(measure)
        if options["json"]:
            self.stdout.write(json.dumps(total.as_json(), ensure_ascii=False))
        else:
            self.tell(measured, total, verbosity)
        if total.failed:
            raise CommandError("Quotations that are not verbatim: " + ", ".join(total.failed))

    def tell(self, measured, total, verbosity):
        """The table; each difference too when asked for more (-v 2)."""
        if verbosity > 1:
            for gold, measure in measured:
                self.stdout.write(f"== {gold.name}")
                for note in measure.notes:
                    self.stdout.write(f"   {note}")
        self.stdout.write(f"{total.texts} texts")
        for key in KEYS:
            tally = total.tallies[key]
            self.stdout.write(
                f"{key:20} P {tally.precision:.2f}  R {tally.recall:.2f}  F1 {tally.f1:.2f}"
                f"  (right {tally.tp}, false {tally.fp}, missed {tally.fn})"
            )
        for name in ("not_verbatim", "drafted_near_misses", "invented_years"):
            self.stdout.write(f"{name:20} {getattr(total, name)}")
