"""Derived columns (search text, sort keys): computes them again and mends what differs."""

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from provinces.vietnamese import derived_fields

BATCH = 500


class Command(BaseCommand):
    help = (
        "Computes every search and order column again and mends those that differ, in small "
        "steps: it can be stopped and called again. Needed after their rules change."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--check", action="store_true", help="only say what differs; exit 1 if any"
        )

    def handle(self, *args, check, verbosity, **options):
        total = 0
        for model in apps.get_models():
            fields = [] if model._meta.proxy else derived_fields(model)
            if not fields:
                continue
            rows = differ = 0
            for size, differing in self.steps(model, fields, check):
                rows += size
                differ += differing
                if verbosity > 1:
                    self.stdout.write(f"{model._meta.label}: {rows} rows so far")
            total += differ
            if verbosity and (differ or verbosity > 1):
                verb = "differ" if check else "mended"
                self.stdout.write(f"{model._meta.label}: {rows} rows, {differ} {verb}")
        if check and total:
            raise CommandError(f"{total} rows differ.")
        if verbosity:
            self.stdout.write(f"{total} rows mended." if not check else "Nothing differs.")

    def steps(self, model, fields, check):
        """Goes through the rows in order of their keys; yields (rows read, rows that differed)."""
        sources = sorted({name for field in fields for name in field.sources})
        last = None
        while True:
            rows = model._base_manager.order_by("pk").only(
                *sources, *(field.name for field in fields)
            )
            rows = list(rows.filter(pk__gt=last)[:BATCH] if last is not None else rows[:BATCH])
            if not rows:
                return
            last = rows[-1].pk
            differing = 0
            with transaction.atomic():
                for row in rows:
                    right = {field.name: field.derived(row) for field in fields}
                    wrong = {k: v for k, v in right.items() if getattr(row, k) != v}
                    if wrong:
                        differing += 1
                        if not check:
                            # Of a row that was saved in between, the columns are right already.
                            read = {name: getattr(row, name) for name in sources}
                            model._base_manager.filter(pk=row.pk, **read).update(**wrong)
            yield len(rows), differing
