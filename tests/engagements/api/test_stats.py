"""Counts through the API agree with the lists that they count."""

from datetime import date, timedelta
from urllib.parse import parse_qs

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from engagements.edition.counts import FILTERS, OF_REQUESTS
from engagements.edition.models import Edition
from tests.factories import (
    make_commitment,
    make_request,
    many,
    published,
    published_together,
)

pytestmark = pytest.mark.django_db

BY = ["province", "status", "status_proof", "deadline", "first_deadline", "topic", "lead"]


def stats(client, expecting=200, /, **query):
    response = client.get("/api/v1/stats/", query)
    assert response.status_code == expecting, response.content
    return response.json()


@pytest.mark.both_databases
@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("more", [{}, {"province": "hue"}, {"q": "so"}, {"kind": "request"}])
def test_each_number_is_that_of_its_list(client, register, by, more):
    tallies = stats(client, by=by, **more)
    assert tallies["by"] == by
    for row in tallies["results"]:
        if row["key"] is None or by in more:
            continue
        asked = more | {by: row["key"], "page_size": 200}
        listed = client.get("/api/v1/followups/", asked).json()["results"]
        assert row["total"] == len(listed), asked
        for kind in ("request", "commitment", "recommendation"):
            assert row[kind] == sum(one["kind"] == kind for one in listed)
        for name, asking in FILTERS.items():
            if name in OF_REQUESTS:
                answers = parse_qs(asking)["answer"]
                number = sum(one.get("answer") in answers for one in listed)
            else:
                narrowed = parse_qs(asking)
                number = sum(
                    all(one[key] in values for key, values in narrowed.items()) for one in listed
                )
            assert row[name] == number, (asked, name)


@pytest.mark.both_databases
def test_months_are_those_of_the_sessions(client, register):
    found = {row["key"]: row["total"] for row in stats(client, by="month")["results"]}
    assert set(found) == {"2024-02", "2023-04"}
    listed = client.get("/api/v1/followups/", {"year": "2024", "page_size": 200}).json()["results"]
    assert found["2024-02"] == len(listed)


def test_a_past_day_is_counted_as_it_was(client):
    published(make_commitment(due_on=date(2025, 1, 1), due_text="đầu năm"))
    Edition.objects.public()  # published now: yesterday there was nothing
    yesterday = timezone.localdate() - timedelta(days=1)
    assert stats(client, by="deadline", as_of=yesterday)["results"] == []
    (row,) = stats(client, by="deadline", as_of=timezone.localdate())["results"]
    assert (row["key"], row["total"]) == ("past_unknown", 1)


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"by": ""}, "by"),
        ({"by": "colour"}, "by"),
        ({"by": ["status", "lead"]}, "by"),
        ({"by": "status", "statu": "done"}, "statu"),
        ({"by": "status", "page_size": "3"}, "page_size"),
        ({"by": "status", "deadline": "soon"}, "deadline"),
    ],
)
def test_what_cannot_be_counted_is_400(client, query, named):
    assert list(stats(client, 400, **query)["errors"]) == [named]


@pytest.mark.parametrize("by", [*BY, "month", "answer"])
def test_counting_asks_the_same_for_many(client, by):
    meeting = published(make_request()).meeting

    def asked():
        with CaptureQueriesContext(connection) as queries:
            stats(client, by=by)
        return len(queries)

    few = asked()
    published_together(many(make_request, 29, meeting=meeting))
    assert asked() == few <= 4
