"""Datasets of open data: every table with its rows, formats and addresses; files by address."""

from django.conf import settings
from django.db.models import Count, Max
from django.urls import reverse
from django.utils.translation import override

from engagements.edition.exports import FORMATS
from engagements.edition.models import Edition
from engagements.edition.reading import public_officials, public_organizations
from engagements.reference import Indicator, Topic
from provinces.models import Province

from . import dictionary

MEDIA_TYPES = {
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".ndjson": "application/x-ndjson; charset=utf-8",
    ".sqlite": "application/vnd.sqlite3",
    ".md": "text/markdown; charset=utf-8",
}
PLAIN_TEXT = "text/plain; charset=utf-8"
REFERENCE_ROWS = {
    "provinces": Province.objects.all,
    "organizations": public_organizations,
    "officials": public_officials,
    "topics": Topic.objects.all,
    "indicators": Indicator.objects.public,
}
FORMAT_WORDS = {"json": "JSON", "csv": "CSV", "xlsx": "Excel", "ndjson": "NDJSON"}


def media_type(name):
    """What kind of file it is, by the end of its name."""
    return MEDIA_TYPES.get(name[name.rfind(".") :], PLAIN_TEXT)


class Dataset:
    """A table as readers find it: how many rows, when something in it last changed, where."""

    def __init__(self, table, rows, changed_at=None):
        self.table, self.name, self.rows, self.changed_at = table, table.name, rows, changed_at

    title = property(lambda self: self.table.title)
    meaning = property(lambda self: self.table.meaning)

    @property
    def formats(self):
        """(format, word, address) of each way to take it from the API."""
        address = reverse(f"api-{self.name}-list")
        return [
            ("json", FORMAT_WORDS["json"], address),
            *((name, FORMAT_WORDS[name], f"{address}?format={name}") for name in FORMATS),
        ]


def datasets():
    """Every table; the days of the records come from the editions."""
    public = Edition.objects.public().order_by().values("kind")
    numbers = dict(public.values_list("kind", Count("pk")))
    every = Edition.objects.order_by().values("kind")
    last = dict(every.values_list("kind", Max("sequence")))
    at = dict(
        Edition.objects.filter(sequence__in=last.values()).values_list("kind", "published_at")
    )
    return [
        Dataset(table, numbers.get(table.kind, 0), at.get(table.kind))
        if table.kind
        else Dataset(table, REFERENCE_ROWS[table.name]().count())
        for table in dictionary.tables().values()
    ]


def address_of_file(day, name):
    """One address for all languages: a file has none."""
    with override(settings.LANGUAGE_CODE):
        return reverse("dump-file", args=[day, name])


def cross_origin(response):
    """Marks what other sites may load too (Cross-Origin-Resource-Policy)."""
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
