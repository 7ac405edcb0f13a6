"""What answers what, as rows of their own; a joint promise says so beside how firm it is.

The mark of a link is that of what answers, which had to bear it until now. The columns of past
editions are filled, so that a list of an earlier day can be filtered by them. A run that was cut
off goes on where it stopped.
"""

import json

from django.db import migrations, transaction

from engagements.edition.shapes import with_claims, with_ongoing
from engagements.edition.triggers import lifted

AT_ONCE = 500
FOLLOW_UPS = ("request", "commitment", "recommendation")


def copy_answers(apps, schema_editor):
    Answering = apps.get_model("engagements", "Answering")
    for name in ("Commitment", "Recommendation"):
        model, column = apps.get_model("engagements", name), f"{name.lower()}_id"
        through = model.answers.through
        marks = dict(
            (pk, (is_inferred, inference))
            for pk, is_inferred, inference in model.objects.values_list(
                "pk", "is_inferred", "inference"
            )
        )
        links = through.objects.order_by("pk").values_list(column, "provincerequest_id")
        for answering, request in links:
            is_inferred, inference = marks[answering]
            Answering.objects.get_or_create(
                **{column: answering},
                request_id=request,
                defaults={"is_inferred": is_inferred, "inference": inference},
            )


def part_strength(apps, schema_editor):
    for name in ("Commitment", "HistoricalCommitment"):
        rows = apps.get_model("engagements", name).objects.filter(strength="joint")
        rows.update(strength="explicit", made_by="jointly")


NEW_KEYS = {  # of `refs`, in the order in which composing writes them
    "request": {"asks_again": None},
    "commitment": {"supports": []},
    "recommendation": {},
    "update": {"corrects": None, "passed_to": None, "next_by": None, "ends": [], "takes_back": None},
    "remark": {"answers": []},
    "meeting": {"answers": []},
}


def keys_of(refs, kind, payload):
    """The keys of an edition with those that shape 3 has besides."""
    proof = refs.pop("proof", [])
    if kind in ("commitment", "recommendation"):
        evidence = payload["evidence"]
        refs["answers"] = [
            ["request", key, evidence["is_inferred"], evidence["inference"]]
            if isinstance(key, int)
            else key
            for key in refs["answers"]
        ]
    added = {name: refs.get(name, value) for name, value in NEW_KEYS[kind].items()}
    return refs | added | {"proof": proof}


def fill_columns(apps, schema_editor):
    """Columns and keys of rows that are there; each may be filled twice."""
    Edition = apps.get_model("engagements", "Edition")
    connection = schema_editor.connection
    waiting = Edition.objects.filter(kind__in=NEW_KEYS).exclude(payload="").order_by("sequence")
    last = 0
    while rows := list(waiting.filter(sequence__gt=last)[:AT_ONCE]):
        with lifted(connection), transaction.atomic(using=connection.alias):
            for row in rows:
                payload = json.loads(row.payload)
                if row.kind in FOLLOW_UPS:
                    told = with_claims(with_ongoing(payload) if row.shape < 3 else payload)
                    row.status_proof, row.voices = told["status_proof"], told["voices"]
                    row.strength = told.get("strength", "")
                refs = keys_of(json.loads(row.refs), row.kind, payload)
                row.refs = json.dumps(refs, separators=(",", ":"))
                row.save(update_fields=["status_proof", "voices", "strength", "refs"])
        last = rows[-1].sequence


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("engagements", "0014_answering")]
    operations = [
        migrations.RunPython(copy_answers, migrations.RunPython.noop),
        migrations.RunPython(part_strength, migrations.RunPython.noop),
        migrations.RunPython(fill_columns, migrations.RunPython.noop),
    ]
