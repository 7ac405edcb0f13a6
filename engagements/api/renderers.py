"""JSON renderers: a page of editions is a concatenation of payloads as stored, never rebuilt."""

import json

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer

from engagements.edition.exports import FORMATS
from engagements.edition.reading import Reader


class Page:
    """A page of payloads with its links and count."""

    def __init__(self, payloads, following, previous, count):
        self.payloads, self.next, self.previous, self.count = payloads, following, previous, count

    def as_json(self):
        head = {"next": self.next, "previous": self.previous, "count": self.count}
        head = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
        return f'{head[:-1]},"results":[{",".join(self.payloads)}]}}'.encode()


class Whole:
    """One record, complete."""

    def __init__(self, payload):
        self.payload = payload

    def as_json(self):
        return self.payload.encode()


STAMP = ("edition", "published_at")


class History:
    """Every number of one record, oldest first, with the keys that each changed."""

    def __init__(self, rows):
        self.rows = rows

    def as_json(self):
        found, before, reader = [], None, Reader()
        for row in map(reader.kept, self.rows):
            said = {key: one for key, one in row.data.items() if key not in STAMP}
            changed = None if before is None else [k for k in said if said[k] != before.get(k)]
            head = {key: row.data[key] for key in STAMP} | {"changed": changed}
            head = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
            found.append(f'{head[:-1]},"record":{row.payload}}}')
            before = said
        return f'{{"count":{len(found)},"results":[{",".join(found)}]}}'.encode()


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


def _whole(wanted):
    media_type = FORMATS[wanted][0].split(";")[0]
    attributes = {"format": wanted, "media_type": media_type}
    return type(f"{wanted.title()}Renderer", (FileRenderer,), attributes)


WHOLE = tuple(_whole(wanted) for wanted in FORMATS)


class Negotiation(DefaultContentNegotiation):
    """An unknown `format` is 406, like an unknown Accept; the stock answer is 404."""

    def filter_renderers(self, renderers, format):
        found = [renderer for renderer in renderers if renderer.format == format]
        if not found:
            raise NotAcceptable()
        return found
