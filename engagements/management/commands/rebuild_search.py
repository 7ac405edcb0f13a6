"""Derived columns (search text, sort keys): computes them again and mends what differs."""

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from engagements.edition.models import Edition
from engagements.edition.triggers import lifted
from engagements.publication.compose import search_column
from engagements.publication.links import topic_names
from provinces.models import Atlas
from provinces.vietnamese import HIDDEN, LIKE_STROKED, derived_fields

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
        differing = dict(self.differing_editions())
        if differing and not check:
            with lifted(connection):  # a derived column: nothing that was published changes
                for key, search in differing.items():
                    Edition.objects.filter(pk=key).update(search=search)
        if differing and verbosity:
            verb = "differ" if check else "mended"
            self.stdout.write(f"{Edition._meta.label}: {len(differing)} rows {verb}")
        total += len(differing)
        if check and total:
            raise CommandError(f"{total} rows differ.")
        if verbosity:
            self.stdout.write(f"{total} rows mended." if not check else "Nothing differs.")

    def differing_editions(self):
        """(key, search column) of editions with hidden characters, folded before these went.

        The others were folded alike: they keep the names of topics and places of their day.
        """
        atlas, topics = None, topic_names()
        rows = Edition.objects.exclude(payload="").only(
            "kind", "payload", "refs", "shape", "search"
        )
        for edition in rows.order_by("pk").iterator(BATCH):
            text = edition.payload
            if HIDDEN.search(text) or LIKE_STROKED.search(text) or "\\u00" in text:
                atlas = atlas or Atlas()
                right = search_column(edition.kind, edition.data, edition.keys, atlas, topics)
                if edition.search != right:
                    yield edition.pk, right

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
