"""What holds now: one item's recorded history, told alike on every surface and at each day."""

import json
from datetime import date, timedelta

import pytest
from django.utils import timezone

from engagements.edition.models import Edition
from engagements.publication.reissuing import mismatches
from tests.factories import (
    edited,
    make_answering,
    make_commitment,
    make_meeting,
    make_request,
    make_update,
    published,
)
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def request_of(code, client):
    return client.get(f"/api/v1/requests/{code}/").json()


def test_promised_then_formally_declined_is_declined_everywhere(client):
    """Promised 2024, declined 2026: no surface goes on saying that it was promised."""
    asked = published(make_request())
    promise = published(make_commitment(answers=[asked]))
    assert request_of(asked.code, client)["answer"] == "promised"
    published(
        make_update(
            request=asked,
            status="",
            answer="declined",
            happened_on=date(2026, 6, 10),
            text="Không.",
        )
    )
    shown = request_of(asked.code, client)
    assert shown["answer"] == "declined"
    (entry,) = shown["answered_by"]
    assert (entry["code"], entry["taken_back"]["happened_on"]) == (promise.code, "2026-06-10")
    (link,) = client.get(f"/api/v1/commitments/{promise.code}/").json()["answers"]
    assert link["taken_back"] == entry["taken_back"]
    page = read(client, f"/en/kien-nghi/{asked.code}/")
    assert "taken back 10/06/2026 (CN-1)" in page.text
    assert "Declined" in page.text
    assert "Promised" not in page.text
    assert client.get("/api/v1/requests/?answer=promised").json()["count"] == 0
    assert "Declined" in client.get("/en/kien-nghi/atom.xml").content.decode()
    assert shown["deadline"] == "closed"


def test_a_wrong_done_is_corrected_in_the_same_act(client):
    """Done of 15/10, corrected by in progress of 10/10."""
    promise = published(make_commitment())
    wrong = published(
        make_update(
            commitment=promise,
            status="done",
            happened_on=date(2026, 10, 15),
            completed_on=date(2026, 10, 14),
        )
    )
    right = published(
        make_update(
            commitment=promise,
            status="in_progress",
            happened_on=date(2026, 10, 10),
            corrects=wrong,
            text="Ghi nhầm mục khác.",
        )
    )
    promise.refresh_from_db()
    assert (promise.status, promise.completed_on) == ("in_progress", None)
    shown = client.get(f"/api/v1/commitments/{promise.code}/").json()
    assert (shown["status"], shown["completed_on"]) == ("in_progress", None)
    assert [update["corrected_by"] for update in shown["updates"]] == [None, right.code]
    page = client.get(f"/en/cam-ket/{promise.code}/").content.decode()
    assert f'<del lang="vi">{wrong.text}</del>' in page
    assert client.get("/api/v1/commitments/?status=done").json()["count"] == 0
    assert list(mismatches()) == []


HISTORY = [
    # (day, update, status, whose word)
    (date(2024, 5, 1), {"status": "in_progress", "voice": "ministry"}, "in_progress", "reported"),
    (date(2024, 9, 1), {"status": "done", "voice": "ministry"}, "done", "reported"),
    (date(2024, 10, 1), {"status": "in_progress", "voice": "province"}, "in_progress", "disputed"),
    (date(2024, 12, 1), {"status": "done", "voice": "province"}, "done", "confirmed"),
]


def test_one_history_is_told_alike_on_every_surface(client):
    """Offered, in progress, claimed done, disputed, confirmed: page, list, feed, file, API."""
    asked = published(make_request())
    offer = published(make_commitment(answers=[asked], strength="offer"))
    labels = {"in_progress": "In progress", "done": "Done"}
    words = {
        "reported": "as who owes it reports", "disputed": "disputed", "confirmed": "confirmed",
    }  # fmt: skip
    for number, (day, values, status, proof) in enumerate(HISTORY, start=2):
        published(make_update(commitment=offer, happened_on=day, **values))
        shown = client.get(f"/api/v1/commitments/{offer.code}/").json()
        assert (shown["status"], shown["status_proof"], shown["edition"]) == (status, proof, number)
        listed = client.get("/api/v1/commitments/").json()["results"]
        assert listed == [shown]
        line = client.get("/api/v1/commitments/?format=ndjson").getvalue().decode()
        assert json.loads(line)["status_proof"] == proof
        said = f"{labels[status]}, {words[proof]}"
        for address in (f"/en/cam-ket/{offer.code}/", "/en/cam-ket/", "/en/kien-nghi/KN-1/"):
            assert said in read(client, address).text, (address, number)
        feed = client.get("/en/cam-ket/atom.xml").content.decode()
        assert f"Status: {labels[status]}" in feed
        row = Edition.objects.public().get(code=offer.code)
        assert (row.status, row.status_proof) == (status, proof)
        past = client.get(f"/api/v1/commitments/{offer.code}/editions/{number}/").json()
        assert past["record"]["status_proof"] == proof
    today = timezone.localdate()
    at = {"as_of": today.isoformat()}
    (row,) = client.get("/api/v1/commitments/", at).json()["results"]
    assert (row["status"], row["status_proof"]) == ("done", "confirmed")
    history = client.get(f"/api/v1/commitments/{offer.code}/editions/").json()["results"]
    assert [edition["record"]["status"] for edition in history] == [
        "unknown", "in_progress", "done", "in_progress", "done",
    ]  # fmt: skip
    before = (today - timedelta(days=1)).isoformat()
    assert client.get("/api/v1/commitments/", {"as_of": before}).json()["count"] == 0


def test_a_session_as_a_whole_makes_an_answer_possible_and_no_more(client):
    session = make_meeting()
    asked = make_request(meeting=session)
    make_answering(session=session, request=asked)
    published(asked)
    published(edited(session))
    shown = request_of(asked.code, client)
    assert shown["answer"] == "possibly_answered"
    (entry,) = shown["answered_by"]
    assert (entry["kind"], entry["is_inferred"]) == ("meeting", True)
    page = read(client, f"/en/buoi-lam-viec/{session.slug}/")
    assert "The session as a whole" in page.text


def test_what_is_general_runs_no_clock_and_answers_nothing(client):
    asked = published(make_request())
    general = published(
        make_commitment(
            answers=[asked], is_general=True, due_on=date(2024, 6, 30), due_text="giữa năm"
        )
    )
    assert request_of(asked.code, client)["answer"] == "unanswered"
    assert client.get(f"/api/v1/commitments/{general.code}/").json()["deadline"] == "none"
    assert client.get("/api/v1/commitments/?deadline=past_unknown").json()["count"] == 0
    assert "General" in read(client, f"/en/cam-ket/{general.code}/").text
