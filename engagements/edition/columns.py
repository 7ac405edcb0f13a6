"""Columns of CSV and workbooks: the paths of the API's JSON, with dots.

They follow from the shapes (edition/kinds.py), so that a new key is a new column, and nothing is
listed twice. A list is one cell: its codes, slugs or words, parted by semicolons.
"""

from functools import cache

from rest_framework import serializers

from .kinds import KINDS

PARTED = "; "
LINK_KEYS = ("code", "slug", "official")  # what stands for an object of a list


class Column:
    """One column: where it stands in the payload, and what its field says of itself."""

    def __init__(self, path, field):
        self.path, self.field = path, field
        self.name = ".".join(path)

    def of(self, payload):
        """The value in a payload that was read; None where the payload has no such key."""
        for key in self.path:
            payload = payload.get(key) if payload else None
        return (
            PARTED.join(_cell_word(item) for item in payload)
            if isinstance(payload, list)
            else payload
        )

    @property
    def type(self):
        """What a cell holds, as JSON and SQLite know it: integer, number, boolean, date…"""
        for kind, name in CELL_TYPES:
            if isinstance(self.field, kind):
                return name
        return "text"


CELL_TYPES = (
    (serializers.BooleanField, "boolean"),
    (serializers.IntegerField, "integer"),
    (serializers.DecimalField, "number"),
    (serializers.DateTimeField, "instant"),
    (serializers.DateField, "day"),
    (serializers.ListSerializer, "list"),
    (serializers.ListField, "list"),
)


def _cell_word(item):
    if not isinstance(item, dict):
        return str(item)
    key = next(item[key] for key in LINK_KEYS if key in item)
    return _cell_word(key)


def _walk(shape, path=()):
    for name, field in shape.fields.items():
        here = (*path, name)
        if isinstance(field, serializers.Serializer):
            yield from _walk(field, here)
        else:
            yield Column(here, field)


@cache
def columns_of_shape(shape):
    """The columns of one shape as it stands: of the reference lists."""
    return tuple(_walk(shape()))


@cache
def columns_of_kinds(*kinds):
    """The columns of a kind; of several kinds those of each, once."""
    columns_by_name = {}
    for kind in kinds:
        for column in _walk(KINDS[kind].shape()):
            columns_by_name.setdefault(column.name, column)
    return tuple(columns_by_name.values())
