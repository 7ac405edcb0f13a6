"""JSON as it is stored: a page of editions is a concatenation of bodies, never rebuilt."""

import json

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import JSONRenderer


class Page:
    """A page of bodies with its links and count."""

    def __init__(self, bodies, following, previous, count):
        self.bodies, self.next, self.previous, self.count = bodies, following, previous, count

    def as_json(self):
        head = {"next": self.next, "previous": self.previous, "count": self.count}
        head = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
        return f'{head[:-1]},"results":[{",".join(self.bodies)}]}}'.encode()


class Body:
    """One body, complete."""

    def __init__(self, body):
        self.body = body

    def as_json(self):
        return self.body.encode()


class EditionJSONRenderer(JSONRenderer):
    charset = "utf-8"

    def render(self, data, accepted_media_type=None, renderer_context=None):
        if hasattr(data, "as_json"):
            return data.as_json()
        return super().render(data, accepted_media_type, renderer_context)


class Negotiation(DefaultContentNegotiation):
    """An unknown `format` is 406, like an unknown Accept; the stock answer is 404."""

    def filter_renderers(self, renderers, format):
        found = [renderer for renderer in renderers if renderer.format == format]
        if not found:
            raise NotAcceptable()
        return found
