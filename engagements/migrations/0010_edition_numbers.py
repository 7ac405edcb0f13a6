"""Numbers of editions: each row the next of its record, with its cause and the day of its change.

Until here a re-issue kept the number of the row before it, so that one number said several things.
Rows are rewritten where they stand, a record at a time, and each record's current row is issued
once more, so that whoever keeps a copy reads it again. A run that was cut off goes on where it
stopped: a record is done when none of its rows lacks `changed_at`.
"""

import json

from django.db import migrations, transaction
from django.db.models import Max
from django.utils import timezone

from engagements.edition.triggers import lifted

AT_ONCE = 100  # records of one transaction
NEWS = ("status", "due_on", "completed_on", "answer")
CODES = ("updates", "answers", "answered_by")
SHAPE = 2


def instant(value):
    """As the payload writes instants."""
    return value.isoformat().replace("+00:00", "Z")


def codes(payload, name):
    return [row["code"] if isinstance(row, dict) else row for row in payload.get(name) or ()]


def cause_of(row, payload, before, before_payload):
    if before is None or not row.payload or not before.payload or row.number > before.number:
        return "edited"
    is_news = any(payload.get(name) != before_payload.get(name) for name in NEWS)
    is_news |= any(codes(payload, name) != codes(before_payload, name) for name in CODES)
    return "news" if is_news else "links"


def stamped(payload, number, cause, published_at, changed_at):
    first = payload["first_published_at"]
    own = {
        name: value
        for name, value in payload.items()
        if name not in ("edition", "first_published_at", "published_at")
    }
    stamp = {
        "edition": number,
        "cause": cause,
        "first_published_at": first,
        "published_at": instant(published_at),
        "changed_at": instant(changed_at),
    }
    return json.dumps(own | stamp, ensure_ascii=False, separators=(",", ":"))


def renumber(rows):
    """Gives the rows of one record, oldest first, their numbers; returns them."""
    before = before_payload = changed_at = None
    old_numbers = []
    for number, row in enumerate(rows, start=1):
        old_numbers.append(row.number)
        payload = json.loads(row.payload) if row.payload else {}
        cause = cause_of(row, payload, before, before_payload)
        before, before_payload = _seen(row), payload
        if cause != "links":
            changed_at = row.published_at
        row.number, row.cause, row.changed_at = number, cause, changed_at
        if row.payload:
            row.payload = stamped(payload, number, cause, row.published_at, changed_at)
        row.shape = SHAPE
    return rows


class _seen:
    """What the next row is compared with: the number as it was."""

    def __init__(self, row):
        self.number, self.payload = row.number, row.payload


def issue_again(apps, row, sequence, at):
    """The current row once more, for who keeps a copy: nothing in it but its number is new."""
    Edition = apps.get_model("engagements", "Edition")
    EditionLink = apps.get_model("engagements", "EditionLink")
    links = list(EditionLink.objects.filter(edition_id=row.pk).order_by("pk"))
    Edition.objects.filter(pk=row.pk).update(superseded_at=at)
    payload = json.loads(row.payload)
    del payload["cause"], payload["changed_at"]
    values = {
        field.attname: getattr(row, field.attname)
        for field in Edition._meta.concrete_fields
        if field.attname not in ("sequence", "superseded_at", "withdrawn_at")
    }
    values |= {
        "number": row.number + 1,
        "cause": "links",
        "published_at": at,
        "payload": stamped(payload, row.number + 1, "links", at, row.changed_at),
    }
    Edition.objects.create(sequence=sequence, **values)
    for link in links:
        link.pk, link.edition_id = None, sequence
    EditionLink.objects.bulk_create(links)


def number_editions(apps, schema_editor):
    connection = schema_editor.connection
    Edition = apps.get_model("engagements", "Edition")
    while True:
        waiting = Edition.objects.filter(changed_at=None).order_by("first_sequence")
        records = list(waiting.values_list("kind", "record").distinct()[:AT_ONCE])
        if not records:
            return
        with lifted(connection), transaction.atomic(using=connection.alias):
            last = Edition.objects.aggregate(last=Max("sequence"), at=Max("published_at"))
            sequence, at = last["last"], max(timezone.now(), last["at"])
            for kind, record in dict.fromkeys(records):
                rows = Edition.objects.filter(kind=kind, record=record).order_by("sequence")
                rows = renumber(list(rows))
                for row in rows:
                    row.save()
                if rows[-1].superseded_at is None and rows[-1].payload:
                    sequence += 1
                    issue_again(apps, rows[-1], sequence, at)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("engagements", "0009_edition_cause")]
    operations = [migrations.RunPython(number_editions, migrations.RunPython.noop)]
