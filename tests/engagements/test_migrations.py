"""Migrations that fill columns of past editions: filled from the payload as it was written."""

import json
from datetime import date
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from engagements.deadlines import COLUMNS, FIRST_COLUMNS
from engagements.edition.models import Edition
from engagements.edition.shapes import SHAPE, upgraded
from engagements.statuses import inferred_claims
from engagements.words import FOLLOW_UPS

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
SHAPES = Path(__file__).parent / "edition" / "shapes"
AT = timezone.now()


def migration(name):
    return import_module(f"engagements.migrations.{name}")


def fill(name):
    editor = SimpleNamespace(connection=connection)
    migration(name).fill(apps, editor)


def past_row(sequence, payload, shape, **columns):
    """A row that another superseded since, with the columns that its migration found empty."""
    return Edition.objects.create(
        sequence=sequence,
        first_sequence=sequence,
        kind=payload["kind"],
        record=sequence,
        code=f"{payload['code']}-{sequence}",
        number=1,
        cause="edited",
        day=date(2024, 2, 29),
        shape=shape,
        payload=json.dumps(payload),
        published_at=AT,
        changed_at=AT,
        superseded_at=AT,
        **columns,
    )


def written_in(shape):
    """The frozen payloads of a shape: one of each kind."""
    rows = json.loads((SHAPES / f"{shape}.json").read_text(encoding="utf-8"))
    return [payload | {"kind": kind, "code": kind} for kind, payload in rows.items()]


def moved(payload):
    """A follow-up whose due day two updates moved, as shapes before the third wrote it."""
    update = payload["updates"][0] if payload["updates"] else {}
    said = {"due_on": "2024-06-30", "due_text": "giữa năm"}
    return payload | {
        "due_on": "2024-12-31",
        "due_text": "cuối năm",
        "first_due_on": "2024-03-31",
        "first_due_text": "quý I/2024",
        "updates": [
            update | said,
            update | {"due_on": None, "due_text": ""},
            update | said | {"due_on": "2024-12-31", "due_text": "cuối năm"},
        ],
    }


def a_commitment(shape):
    return next(payload for payload in written_in(shape) if payload["kind"] == "commitment")


@pytest.mark.parametrize("shape", [1, 2])
def test_0013_fills_the_deadlines_of_past_rows(shape):
    row = past_row(1, moved(a_commitment(shape)), shape, due_on=date(2024, 12, 31))
    plain = past_row(2, a_commitment(shape) | {"updates": []}, shape)
    for _turn in range(2):  # cut off and run again, it finds the same
        fill("0013_deadlines_of_past_rows")
        row.refresh_from_db()
        assert (row.due_on, row.due_text) == (date(2024, 12, 31), "cuối năm")
        assert (row.first_due_on, row.first_due_text) == (date(2024, 3, 31), "quý I/2024")
        assert (row.moves, row.is_ongoing, row.first_is_ongoing) == (2, False, False)
        plain.refresh_from_db()
        assert plain.moves == 0
    # What the columns tell is what the payload tells when it is read today.
    told = upgraded(json.loads(row.payload), shape)
    for name in (*COLUMNS, *FIRST_COLUMNS.values(), "moves"):
        column = getattr(row, name)
        assert (column.isoformat() if isinstance(column, date) else column) == told[name], name


def test_0013_leaves_other_rows_alone():
    """Those of a later shape, written with their columns, and those that have no deadline."""
    later = past_row(1, moved(a_commitment(3)), 3)
    update = past_row(2, next(row for row in written_in(1) if row["kind"] == "update"), 1)
    fill("0013_deadlines_of_past_rows")
    for row in (later, update):
        row.refresh_from_db()
        assert (row.first_due_on, row.first_due_text, row.moves) == (None, "", 0)


def marked(payload, is_inferred):
    evidence = payload["evidence"] | {"is_inferred": is_inferred, "inference": "vì sao"}
    return payload | {"evidence": evidence}


@pytest.mark.parametrize("shape", range(1, SHAPE + 1))
@pytest.mark.parametrize("is_inferred", [True, False])
def test_0019_fills_what_is_inferred_and_what_became_of_advice(shape, is_inferred):
    payloads = [row for row in written_in(shape) if row.get("evidence")]
    rows = [
        past_row(number, marked(payload, is_inferred), shape)
        for number, payload in enumerate(payloads, start=1)
    ]
    assert {row.kind for row in rows} >= set(FOLLOW_UPS)
    for _turn in range(2):
        fill("0019_inferred_and_response")
        for row in rows:
            row.refresh_from_db()
            told = upgraded(json.loads(row.payload), shape)
            assert row.response == (told.get("response") if row.kind == "recommendation" else "")
            claims = inferred_claims(told)
            assert row.inferred == (f"|{'|'.join(claims)}|" if claims else ""), row.kind
            assert ("|other|" in row.inferred) or not is_inferred
