"""Shapes: an edition that was written in an older shape reads as one of today."""

import json

import pytest
from django.db import connection

from engagements.edition import reading, shapes
from engagements.edition.models import Edition
from engagements.edition.triggers import lifted
from engagements.words import Kind
from tests.factories import edition_of, make_commitment, published

from .shape_examples import examples, frozen, misplaced

A_NEW_SHAPE = """
The payload of a {kind} is no longer that of engagements/edition/shapes.py, shape {shape}.
Raise SHAPE there, give UPGRADES a step that makes an older payload one of today, each key in its
place, and freeze the new example (tests/engagements/edition/shape_examples.py)."""

TODAY = shapes.SHAPE
NEXT = TODAY + 1


@pytest.fixture
def next_shape(monkeypatch):
    """As if the next shape had come: every payload says how loud the promise was."""
    monkeypatch.setattr(shapes, "SHAPE", NEXT)
    monkeypatch.setattr(reading, "SHAPE", NEXT)
    monkeypatch.setitem(shapes.UPGRADES, TODAY, lambda payload: payload | {"loudness": ""})


def test_what_is_written_bears_the_shape_of_today(db):
    assert edition_of(published(make_commitment())).shape == shapes.SHAPE


def test_every_shape_has_its_way_to_the_next():
    assert set(shapes.UPGRADES) == set(range(1, shapes.SHAPE))


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("shape", range(1, shapes.SHAPE + 1))
def test_a_payload_of_each_shape_reads_as_one_of_today(shape, kind):
    """A key that comes, goes or moves without a new shape would be missing in what is published."""
    example = frozen(shape).get(kind)
    if example is None:  # a kind that came later
        assert shape < shapes.SHAPE, f"freeze a {kind} of shape {shape}: see shape_examples.py"
        return
    read = shapes.upgraded(example, shape)
    assert misplaced(read, examples()[kind]) == [], A_NEW_SHAPE.format(kind=kind, shape=shape)


def test_an_older_payload_is_upgraded_when_it_is_read(db, next_shape, client):
    edition = edition_of(published(make_commitment()))
    assert (edition.shape, json.loads(edition.payload).get("loudness")) == (TODAY, None)
    assert edition.data["loudness"] == ""
    shown = client.get(f"/api/v1/commitments/{edition.code}/").json()
    assert shown["loudness"] == ""
    assert list(shown)[-3:] == ["province", "deadline", "first_deadline"]
    listed = client.get("/api/v1/commitments/").json()["results"]
    assert listed == [shown]


def test_a_row_of_today_is_given_as_it_was_written(db, next_shape):
    edition = edition_of(published(make_commitment()))
    with lifted(connection):
        Edition.objects.filter(pk=edition.pk).update(shape=NEXT)
    kept = reading.Reader().without_withdrawn(Edition.objects.get(pk=edition.pk))
    assert "loudness" not in kept.payload


def test_the_first_shape_says_nothing_of_its_cause():
    """A payload as releases before shape 2 wrote it: what was not recorded is empty."""
    first = {
        "code": "CK-1",
        "title": "Một việc",
        "edition": 3,
        "first_published_at": "2026-11-21T01:00:00Z",
        "published_at": "2026-11-22T01:00:00Z",
    }
    second = shapes.with_cause(first)
    assert list(second) == [
        "code", "title", "edition", "cause", "first_published_at", "published_at", "changed_at",
    ]  # fmt: skip
    assert (second["cause"], second["changed_at"]) == ("", "2026-11-22T01:00:00Z")


SECOND = {
    "code": "CK-1",
    "due_on": "2024-06-30",
    "due_text": "quý II/2024",
    "first_due_on": "2024-03-31",
    "first_due_text": "quý I/2024",
    "updates": [
        {"code": "CN-1", "due_on": "2024-06-30", "due_text": "quý II/2024", "text": "Lùi"},
        {"code": "CN-2", "due_on": None, "due_text": "", "text": "Tin khác"},
    ],
    "edition": 3,
}


def test_the_second_shape_knew_no_deadline_without_a_day():
    """A payload as releases before shape 3 wrote it: what updates moved is counted from them."""
    third = shapes.upgraded(SECOND, 2)
    assert list(third) == [
        "code", "due_on", "due_text", "is_ongoing", "first_due_on", "first_due_text",
        "first_is_ongoing", "moves", "updates", "edition",
    ]  # fmt: skip
    assert (third["is_ongoing"], third["first_is_ongoing"], third["moves"]) == (False, False, 1)
    assert [list(update) for update in third["updates"]] == [
        ["code", "due_on", "due_text", "is_ongoing", "text"]
    ] * 2


def test_an_update_and_a_source_of_the_second_shape():
    update = {"code": "CN-1", "happened_on": "2024-06-03", "due_on": None, "due_text": ""}
    assert shapes.upgraded(update, 2) == update | {"is_ongoing": False}
    source = {"code": "NG-1", "title": "Bài báo"}
    assert shapes.upgraded(source, 2) == source
