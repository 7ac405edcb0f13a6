"""A frozen example of each shape of the payloads: every key, each with some value of its type.

    manage.py shell -c "from tests.engagements.edition.shape_examples import write; write()"

writes that of today's shape, once SHAPE in engagements/edition/shapes.py was raised. That of a
shape which a release has written never changes: test_shapes.py reads it as one of today.
"""

import json
from pathlib import Path

from rest_framework import serializers

from engagements.edition.kinds import KINDS
from engagements.edition.payloads import Stamp
from engagements.edition.shapes import SHAPE

FOLDER = Path(__file__).with_name("shapes")
VALUES = (
    (serializers.BooleanField, False),
    (serializers.IntegerField, 1),
    (serializers.DecimalField, "1"),
    (serializers.DateTimeField, "2026-11-21T01:00:00Z"),
    (serializers.DateField, "2026-11-21"),
)


def example(field):
    """Some value of the field, as JSON has it."""
    if isinstance(field, serializers.ListSerializer | serializers.ListField):
        return [example(field.child)]
    if isinstance(field, serializers.Serializer):
        return {name: example(part) for name, part in field.fields.items()}
    return next((value for kind, value in VALUES if isinstance(field, kind)), "")


def examples():
    """By kind, a payload as it is written today."""
    return {str(kind): example(read.payload()) | example(Stamp()) for kind, read in KINDS.items()}


def misplaced(read, today, path=""):
    """Where the keys of two payloads differ, in their order; what is empty has none to compare."""
    if isinstance(read, list) and isinstance(today, list):
        return misplaced(read[0], today[0], f"{path}[]") if read and today else []
    if isinstance(read, dict) and isinstance(today, dict):
        if list(read) != list(today):
            return [f"{path or 'payload'}: {list(read)}, {list(today)}"]
        places = (misplaced(read[name], today[name], f"{path}.{name}") for name in read)
        return [place for found in places for place in found]
    return []


def frozen(shape):
    """By kind, the example of that shape; nothing where nobody has frozen it."""
    path = FOLDER / f"{shape}.json"
    examples = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {kind: payload | {"kind": kind} for kind, payload in examples.items()}


def write():
    text = json.dumps(examples(), ensure_ascii=False, indent=1)
    (FOLDER / f"{SHAPE}.json").write_text(f"{text}\n", encoding="utf-8")
