"""What holds now: one item's recorded history, told alike on every surface and at each day."""

import csv
import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.utils import timezone
from django.utils.translation import override

from engagements.edition.models import Edition
from engagements.publication.reissuing import mismatches
from engagements.words import Deadline, FollowUpStatus, StatusProof
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


FIRST, MOVED = date(2024, 6, 30), date(2024, 12, 31)
# Request, offer, moved, claimed done, disputed, confirmed: the day, what the update says, then
# status, whose word, deadline and first deadline as told on that day.
HISTORY = [
    (
        date(2024, 5, 1),
        {"status": "in_progress", "voice": "ministry"},
        ("in_progress", "reported", "in_time", "in_time"),
    ),
    (
        date(2024, 7, 5),
        {"status": "", "new_due_on": MOVED, "new_due_text": "cuối năm 2024"},
        ("in_progress", "reported", "in_time", "overdue"),
    ),
    (
        date(2024, 9, 1),
        {"status": "done", "completed_on": date(2024, 8, 30), "voice": "ministry"},
        ("done", "reported", "on_time", "late"),
    ),
    (
        date(2024, 10, 1),
        {"status": "in_progress", "voice": "province"},
        ("in_progress", "disputed", "in_time", "overdue"),
    ),
    (
        date(2025, 1, 15),
        {"status": "done", "completed_on": date(2025, 1, 10), "voice": "province"},
        ("done", "confirmed", "late", "late"),
    ),
]
TOLD = ("status", "status_proof", "deadline", "first_deadline")
LABELS = {"in_progress": "In progress", "done": "Done"}
WORDS = {
    "reported": "as who owes it reports", "disputed": "disputed", "confirmed": "confirmed",
}  # fmt: skip


@pytest.fixture
def clock(monkeypatch):
    """Sets what day it is, for publication and for whoever reads."""

    def at(day):
        noon = datetime(day.year, day.month, day.day, 5, tzinfo=UTC)  # noon in Viet Nam
        monkeypatch.setattr(timezone, "now", lambda: noon)

    return at


def seen_today(client, code):
    """The record as each door of the API gives it, all of which say the same."""
    shown = client.get(f"/api/v1/commitments/{code}/").json()
    assert client.get("/api/v1/commitments/").json()["results"] == [shown]
    line = client.get("/api/v1/commitments/?format=ndjson").getvalue().decode()
    assert json.loads(line) == shown
    (row,) = csv.DictReader(
        StringIO(client.get("/api/v1/commitments/?format=csv").getvalue().decode("utf-8-sig"))
    )
    assert [row[name] for name in TOLD] == [shown[name] for name in TOLD]
    everything = client.get("/api/v1/followups/").json()["results"]
    assert shown in everything
    return shown


def test_one_history_is_told_alike_on_every_surface_and_at_each_day(client, clock):
    """Offered, moved, claimed done, disputed, confirmed: page, list, feed, file, API, as_of."""
    clock(date(2024, 3, 2))
    asked = published(make_request())
    offer = published(
        make_commitment(answers=[asked], strength="offer", due_on=FIRST, due_text="giữa năm 2024")
    )
    recorded = {date(2024, 3, 2): seen_today(client, offer.code)}
    for number, (day, values, told) in enumerate(HISTORY, start=2):
        clock(day)
        published(make_update(commitment=offer, happened_on=day, **values))
        shown = recorded[day] = seen_today(client, offer.code)
        assert tuple(shown[name] for name in TOLD) == told, day
        assert (shown["edition"], shown["moves"]) == (number, int(day > FIRST))
        status, proof, deadline, first = told
        said = f"{LABELS[status]}, {WORDS[proof]}"
        for address in (f"/en/cam-ket/{offer.code}/", "/en/cam-ket/", "/en/kien-nghi/KN-1/"):
            text = read(client, address).text
            assert said in text, (address, number)
            assert str(Deadline(deadline).label) in text
            if first != deadline:
                assert f"against the first deadline: {Deadline(first).label}" in text
        with override("en"):
            facts = f"Status: {LABELS[status]} · {StatusProof(proof).label}"
        assert facts in client.get("/en/cam-ket/atom.xml").content.decode()
        calendar = client.get("/en/cam-ket/lich.ics").content.replace(b"\r\n ", b"").decode()
        assert facts in calendar
        row = Edition.objects.public().get(code=offer.code)
        assert (row.status, row.status_proof) == (status, proof)
        past = client.get(f"/api/v1/commitments/{offer.code}/editions/{number}/").json()
        assert past["record"]["status_proof"] == proof
        for name, value in zip(TOLD, told, strict=True):
            found = client.get("/api/v1/commitments/", {name: value}).json()["results"]
            assert found == [shown], (name, value)
    # Asked later for each of these days, a list gives word for word what stood there then.
    clock(date(2026, 11, 1))
    for day, shown in recorded.items():
        at = {"as_of": day.isoformat()}
        (row,) = client.get("/api/v1/commitments/", at).json()["results"]
        assert row == shown, day
        (line,) = client.get("/api/v1/stats/", at | {"by": "status", "kind": "commitment"}).json()[
            "results"
        ]
        assert line["key"] == shown["status"]
        assert line["done_confirmed"] == (shown["status_proof"] == "confirmed")
        assert line["first_overdue"] == (shown["first_deadline"] == "overdue")
        text = read(client, f"/en/cam-ket/?as_of={day}").text
        assert str(FollowUpStatus(shown["status"]).label) in text
    history = client.get(f"/api/v1/commitments/{offer.code}/editions/").json()["results"]
    for edition, shown in zip(history, recorded.values(), strict=True):
        was = {name: value for name, value in shown.items() if name in edition["record"]}
        now = {"province", "deadline", "first_deadline"}  # told for the day of reading
        assert {name: edition["record"][name] for name in was if name not in now} == {
            name: value for name, value in was.items() if name not in now
        }
    assert client.get("/api/v1/commitments/", {"as_of": "2024-03-01"}).json()["count"] == 0
    assert list(mismatches()) == []


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
