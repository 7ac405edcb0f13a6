"""Deadline columns of the rows that are there: words, first deadline, how often it moved.

Past rows are filled too, else a list `as_of` a past day would find nothing in them. Payloads stay
as they were written; `recompose` issues the current ones in the shape of today. Whoever runs it
again, after it was cut off, finds the same.
"""

import json
from datetime import date

from django.db import migrations, transaction

from engagements.edition.triggers import lifted

AT_ONCE = 500  # rows of one transaction
FOLLOWED = ("request", "commitment", "recommendation")


def day(value):
    return date.fromisoformat(value) if value else None


def columns_of(payload):
    """As shapes before the third tell them: a deadline had a day then, or there was none."""
    return {
        "due_text": payload["due_text"],
        "first_due_on": day(payload["first_due_on"]),
        "first_due_text": payload["first_due_text"],
        "moves": sum(1 for update in payload["updates"] if update["due_on"]),
    }


def fill(apps, schema_editor):
    connection = schema_editor.connection
    rows = apps.get_model("engagements", "Edition").objects.using(connection.alias)
    followed = rows.filter(kind__in=FOLLOWED, shape__lt=3).exclude(payload="").order_by("sequence")
    last = 0
    while batch := list(followed.filter(sequence__gt=last)[:AT_ONCE]):
        last = batch[-1].sequence
        with lifted(connection), transaction.atomic(using=connection.alias):
            for row in batch:
                columns = columns_of(json.loads(row.payload))
                if any(columns.values()):
                    rows.filter(pk=row.pk).update(**columns)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("engagements", "0012_deadlines")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
