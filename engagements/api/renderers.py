"""Renderers of REST framework: JSON joined from stored payloads, and files; content negotiation."""

import json

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer

from engagements.edition.exports import FORMATS
from engagements.edition.reading import Reader


def _compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class PayloadPage:
    """A page of payloads with its links and count."""

    def __init__(self, payloads, following, previous, count):
        self.payloads, self.next, self.previous, self.count = payloads, following, previous, count

    def as_json(self):
        head = _compact({"next": self.next, "previous": self.previous, "count": self.count})
        return f'{head[:-1]},"results":[{",".join(self.payloads)}]}}'.encode()


class OnePayload:
    """One record, complete."""

    def __init__(self, payload):
        self.payload = payload

    def as_json(self):
        return self.payload.encode()


HEAD_KEYS = ("edition", "cause", "published_at")
STAMP_KEYS = (*HEAD_KEYS, "changed_at")  # they say nothing of what the record says


def _edition(row, before):
    """One edition, with the keys in which it differs from the one before it; null for the first."""
    changed = None
    if before is not None:
        keys = [key for key in row.data if key not in STAMP_KEYS]
        changed = [key for key in keys if row.data[key] != before.data.get(key)]
    head = {key: row.data[key] for key in HEAD_KEYS}
    head = _compact(head | {"changed": changed, "taken_back": row.taken_back})
    return f'{head[:-1]},"record":{row.payload}}}'


class EditionHistory:
    """Every edition of one record, oldest first, with the keys that each changed."""

    def __init__(self, rows):
        self.rows = rows

    def as_json(self):
        editions, before = [], None
        for row in map(Reader().without_withdrawn, self.rows):
            editions.append(_edition(row, before))
            before = row
        return f'{{"count":{len(editions)},"results":[{",".join(editions)}]}}'.encode()


class OneEdition:
    """One edition of a record: exactly what could be read then, less what was withdrawn since."""

    def __init__(self, row, before):
        self.row, self.before = row, before

    def as_json(self):
        reader = Reader()
        before = self.before and reader.without_withdrawn(self.before)
        return _edition(reader.without_withdrawn(self.row), before).encode()


class EditionJSONRenderer(JSONRenderer):
    charset = "utf-8"

    def render(self, data, accepted_media_type=None, renderer_context=None):
        if hasattr(data, "as_json"):
            return data.as_json()
        return super().render(data, accepted_media_type, renderer_context)


class FileRenderer(BaseRenderer):
    """Says that a list comes as a file too; a long one the view writes itself, row by row."""

    charset = "utf-8"

    def render(self, data, accepted_media_type=None, renderer_context=None):
        return data.as_file(self.format)


def media_type_of(name):
    """The media type of a format of files, without its charset."""
    return FORMATS[name][0].split(";")[0]


class CSVRenderer(FileRenderer):
    format = "csv"
    media_type = media_type_of(format)


class NDJSONRenderer(FileRenderer):
    format = "ndjson"
    media_type = media_type_of(format)


class XLSXRenderer(FileRenderer):
    format = "xlsx"
    media_type = media_type_of(format)


FILE_RENDERERS = (CSVRenderer, NDJSONRenderer, XLSXRenderer)


class Negotiation(DefaultContentNegotiation):
    """An unknown `format` is 406, like an unknown Accept; the stock answer is 404."""

    def filter_renderers(self, renderers, format):
        matching = [renderer for renderer in renderers if renderer.format == format]
        if not matching:
            raise NotAcceptable()
        return matching
