"""Asked again: a closed request is open again, until the later one is taken back."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from engagements.edition.models import Edition
from engagements.models import ProvinceRequest
from engagements.publication.publishing import withdraw
from engagements.publication.reissuing import mismatches
from engagements.statuses import answer_of
from tests.factories import (
    make_answering,
    make_commitment,
    make_meeting,
    make_remark,
    make_request,
    make_update,
    many,
    published,
    published_together,
    publisher,
)
from tests.pages import read

pytestmark = pytest.mark.django_db
DUE = date(2024, 3, 31)
AGAIN = date(2025, 6, 10)


@pytest.fixture
def closed():
    """A request that was explained, and passed its day."""
    asked = published(make_request(due_on=DUE, due_text="quý I/2024"))
    published(make_update(request=asked, status="", answer="explained", happened_on=DUE))
    return asked


def asks_again(earlier, **values):
    session = make_meeting(provinces=[earlier.province], held_on=AGAIN)
    return published(make_request(meeting=session, asks_again=earlier, **values))


def told(client, record):
    """Answer and clock of a request as every count and list has them."""
    row = client.get(f"/api/v1/requests/{record.code}/").json()
    for name in ("answer", "deadline"):
        found = client.get("/api/v1/requests/", {name: row[name]}).json()["results"]
        assert row in found, name
    (line,) = (
        line
        for line in client.get("/api/v1/stats/?by=answer").json()["results"]
        if line["key"] == row["answer"]
    )
    assert line["total"] >= 1
    desk = ProvinceRequest.objects.with_deadline(row["deadline"], on=timezone.localdate())
    assert record in desk
    return row["answer"], row["deadline"], [link["code"] for link in row["asked_again"]]


@pytest.mark.both_databases
def test_it_opens_the_earlier_one_in_the_same_act_and_gives_it_back(client, closed):
    assert told(client, closed) == ("explained", "closed", [])
    later = asks_again(closed)
    assert told(client, closed) == ("unanswered", "past_unknown", [later.code])
    row = Edition.objects.current().get(code=closed.code)
    new = Edition.objects.current().get(code=later.code)
    assert (row.cause, row.published_at) == ("news", new.published_at)
    text = read(client, f"/en/kien-nghi/{closed.code}/").text
    assert f"Asked again by {later.code}" in text
    assert "10/06/2025" in text
    assert f"Asked again: {later.code}" in read(client, "/en/kien-nghi/").text
    assert ProvinceRequest.objects.unanswered().count() == 2
    assert list(mismatches()) == []
    withdraw(later, by=publisher())
    assert told(client, closed) == ("explained", "closed", [])
    assert Edition.objects.current().get(code=closed.code).cause == "news"
    past = client.get(f"/api/v1/requests/{closed.code}/editions/").json()["results"]
    assert [edition["record"]["answer"] for edition in past][-2:] == ["explained", "explained"]
    assert list(mismatches()) == []


def test_an_answer_of_that_day_or_later_closes_it_again(client, closed):
    asks_again(closed)
    published(make_update(request=closed, status="", answer="declined", happened_on=AGAIN))
    assert told(client, closed)[:2] == ("declined", "closed")


def test_a_promise_made_before_goes_on_answering(client):
    asked = published(make_request())
    published(make_commitment(answers=[asked]))
    asks_again(asked)
    assert told(client, asked)[0] == "promised"


def test_what_was_explained_at_the_first_session_closes_it_no_longer(client):
    asked = published(make_request())
    remark = make_remark(meeting=asked.meeting, province=asked.province, type="explanation")
    make_answering(explanation=remark, request=asked)
    published(remark)
    assert told(client, asked)[0] == "explained"
    asks_again(asked)
    assert told(client, asked)[0] == "unanswered"


SAID = {"code": "GN-1", "kind": "remark", "strength": "", "is_general": False, "taken_back": None}


@pytest.mark.parametrize(
    ("said_on", "asked_on", "answer"),
    [
        ("2024-02-29", "2024-03-01", "unanswered"),
        ("2024-03-01", "2024-03-01", "explained"),
        ("2024-03-02", "2024-03-01", "explained"),
        (None, "2024-03-01", "unanswered"),
        ("2024-02-29", None, "explained"),
    ],
)
def test_the_day_before_the_day_itself_and_the_day_after(said_on, asked_on, answer):
    entry = SAID | {"is_inferred": False, "said_on": said_on}
    assert answer_of([entry], [], [{"asked_on": asked_on}]) == answer


def queries_of(client, address):
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries)


def test_thirty_that_ask_again_cost_no_more_queries(client, closed):
    asks_again(closed)
    client.get("/kien-nghi/")
    addresses = ("/kien-nghi/", f"/kien-nghi/{closed.code}/")
    few = [queries_of(client, address) for address in addresses]
    sessions = many(make_meeting, 29, provinces=[closed.province], held_on=AGAIN)
    published_together(make_request(meeting=session, asks_again=closed) for session in sessions)
    assert [queries_of(client, address) for address in addresses] == few
