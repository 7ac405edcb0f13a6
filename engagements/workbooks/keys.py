"""Keys of records in a workbook: the code, the address (slug) or, of a draft, its UUID."""

import re
from uuid import UUID

from django.db import models

from engagements.edition.cells import original
from provinces.vietnamese import cleaned

from .cells import text_of

SEPARATOR = re.compile(r"[;,\n]")
LIST_SEPARATOR = re.compile(r"[;\n]")  # of names, which may have commas in them
KEY_CHARACTERS = 120
ASKED_AT_ONCE = 1000


def key_of(record):
    """What names a record in a workbook: its code or address, or the key of a draft."""
    if record is None:
        return ""
    return getattr(record, "slug", None) or getattr(record, "code", None) or str(record.uid)


def key_in(value):
    """The key that a cell holds; what cannot be one is none."""
    if isinstance(value, str):
        return cleaned(original(value)).strip()[:KEY_CHARACTERS]
    return str(value or "")


def keys_of_list(value):
    """The keys that a cell with a list of them holds."""
    return [key for key in map(str.strip, SEPARATOR.split(text_of(value))) if key]


def uuid_of(key):
    """The key as a UUID is written, or None if it is none."""
    try:
        return str(UUID(key))
    except ValueError:
        return None


def records_by_key(model, keys):
    """{key: record} for those of the keys that name one; one query for a thousand keys."""
    columns = {field.name for field in model._meta.fields} & {"slug", "code", "uid"}
    if "slug" in columns:
        columns.discard("code")  # a province's code is no key, a session's is its address
    keys, records = sorted({key.strip() for key in keys}), {}
    for start in range(0, len(keys), ASKED_AT_ONCE):
        part = [key for key in keys[start : start + ASKED_AT_ONCE] if len(key) <= KEY_CHARACTERS]
        rule = models.Q()
        for column in columns:
            fit = [key for key in map(uuid_of if column == "uid" else str, part) if key]
            rule |= models.Q(**{f"{column}__in": fit})
        for record in model.objects.filter(rule).order_by("pk"):
            for column in columns:
                if value := getattr(record, column):
                    records[str(value)] = record
    return records
