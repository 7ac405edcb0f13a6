"""Shapes: an edition that was written in an older shape reads as one of today."""

import json

import pytest
from django.db import connection

from engagements.edition import reading, shapes
from engagements.edition.models import Edition
from engagements.edition.triggers import lifted
from engagements.words import Kind
from tests.factories import edition_of, make_commitment, published

from .shape_examples import examples, frozen, keys

A_NEW_SHAPE = """
The payload of a {kind} is no longer that of engagements/edition/shapes.py, shape {shape}.
Raise SHAPE there, give UPGRADES a step that makes an older payload one of today, each key in its
place, and freeze the new example (tests/engagements/edition/shape_examples.py)."""


@pytest.fixture
def third_shape(monkeypatch):
    """As if a third shape had come: every payload says how loud the promise was."""
    monkeypatch.setattr(shapes, "SHAPE", 3)
    monkeypatch.setattr(reading, "SHAPE", 3)
    monkeypatch.setitem(shapes.UPGRADES, 2, lambda payload: payload | {"loudness": ""})


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
    read = keys(shapes.upgraded(example, shape))
    assert read == keys(examples()[kind]), A_NEW_SHAPE.format(kind=kind, shape=shape)


def test_an_older_payload_is_upgraded_when_it_is_read(db, third_shape, client):
    edition = edition_of(published(make_commitment()))
    assert (edition.shape, json.loads(edition.payload).get("loudness")) == (2, None)
    assert edition.data["loudness"] == ""
    shown = client.get(f"/api/v1/commitments/{edition.code}/").json()
    assert shown["loudness"] == ""
    assert list(shown)[-2:] == ["province", "deadline"]
    listed = client.get("/api/v1/commitments/").json()["results"]
    assert listed == [shown]


def test_a_row_of_today_is_given_as_it_was_written(db, third_shape):
    edition = edition_of(published(make_commitment()))
    with lifted(connection):
        Edition.objects.filter(pk=edition.pk).update(shape=3)
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
    second = shapes.upgraded(first, 1)
    assert list(second) == [
        "code", "title", "edition", "cause", "first_published_at", "published_at", "changed_at",
    ]  # fmt: skip
    assert (second["cause"], second["changed_at"]) == ("", "2026-11-22T01:00:00Z")
