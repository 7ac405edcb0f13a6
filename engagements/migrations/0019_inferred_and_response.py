"""What of an edition is inferred and what became of advice, as columns of past rows too.

Lists as of a past day are filtered by them, and advice that was not taken up has no clock. Whoever
runs it again, after it was cut off, finds the same.
"""

import json

from django.db import migrations, transaction

from engagements.edition.triggers import lifted

AT_ONCE = 500  # rows of one transaction


def columns_of(row):
    """As every shape tells them; links bore no mark of their own before the fourth."""
    payload = json.loads(row.payload)
    parts = [payload, *payload.get("attendances", ())]
    links = [*payload.get("answers", ()), *payload.get("answered_by", ())] if row.shape > 3 else []
    is_own = any((part.get("evidence") or {}).get("is_inferred") for part in parts)
    is_link = any(link["is_inferred"] for link in links)
    if row.shape < 4 and row.kind in ("commitment", "recommendation"):
        is_link = is_own and bool(payload["answers"])
    claims = ["link"] * is_link + ["other"] * is_own
    is_advice = row.kind == "recommendation"
    return {
        "inferred": f"|{'|'.join(claims)}|" if claims else "",
        "response": payload.get("response", "none_yet") if is_advice else "",
    }


def fill(apps, schema_editor):
    connection = schema_editor.connection
    rows = apps.get_model("engagements", "Edition").objects.using(connection.alias)
    written, last = rows.exclude(payload="").order_by("sequence"), 0
    while batch := list(written.filter(sequence__gt=last)[:AT_ONCE]):
        last = batch[-1].sequence
        with lifted(connection), transaction.atomic(using=connection.alias):
            for row in batch:
                columns = columns_of(row)
                if any(columns.values()):
                    rows.filter(pk=row.pk).update(**columns)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("engagements", "0018_inferred_and_response_columns")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
