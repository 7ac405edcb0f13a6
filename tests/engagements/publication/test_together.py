"""Many records in one act: how much is asked of the database, and what is read before the lock."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engagements.edition.models import Edition
from engagements.publication import publishing
from engagements.publication.publishing import publish, publish_session, withdraw
from engagements.publication.reissuing import mismatches, reissue_naming
from tests.concurrency import at_once
from tests.factories import (
    edited,
    edition_of,
    make_attendance,
    make_commitment,
    make_figure,
    make_meeting,
    make_recommendation,
    make_remark,
    make_request,
    make_source,
    make_update,
    published,
    publisher,
)

STATEMENTS = 150


def session_of(times):
    """A session with 21 items, or so many times as many: of each kind, linked to each other."""
    meeting = make_meeting(cited=[make_source(type="legal_act", rank=1)])
    for _place in range(4 * times):
        make_attendance(meeting=meeting)
    requests = [make_request(meeting=meeting) for _place in range(6 * times)]
    advice = [
        make_recommendation(meeting=meeting, answers=[requests[place % 6]])
        for place in range(5 * times)
    ]
    for place in range(5 * times):
        make_commitment(meeting=meeting, answers=[requests[place % 6]], supports=[advice[0]])
    for _place in range(3 * times):
        make_remark(meeting=meeting)
    for _place in range(2 * times):
        make_figure(meeting=meeting)
    return meeting


@pytest.mark.both_databases
def test_a_session_asks_as_much_whether_it_has_21_items_or_42(db):
    publish_session(session_of(1), by=publisher())  # the first of each kind has no counter yet
    asked = []
    for times in (1, 2):
        meeting, by = session_of(times), publisher()
        with CaptureQueriesContext(connection) as queries:
            written = publish_session(meeting, by=by)
        assert len(written) == 21 * times + 3
        asked.append([query["sql"].split()[0] for query in queries])
    assert len(asked[0]) <= STATEMENTS
    # SQLite writes many rows by several statements; what is read stays as much.
    assert asked[0].count("SELECT") == asked[1].count("SELECT")


# -- what is read ahead of the lock


class Interrupted:
    """Has something else happen between what is read ahead and the lock."""

    def __init__(self, monkeypatch):
        self.lock, self.monkeypatch, self.reads = publishing.lock_register, monkeypatch, []

    def by(self, act):
        def lock(connection):
            self.monkeypatch.setattr(publishing, "lock_register", self.lock)
            act()
            self.lock(connection)

        self.monkeypatch.setattr(publishing, "lock_register", lock)


@pytest.fixture
def interrupted(monkeypatch):
    return Interrupted(monkeypatch)


def test_editions_are_read_before_the_lock_unless_something_of_them_was_issued(db, interrupted):
    request, other = published(make_request()), make_request()
    meanwhile = (
        lambda: None,
        lambda: published(other),  # nothing that concerns them
        lambda: publish(edited(request, title="Tên mới"), by=publisher()),
    )
    asked = []
    for between in meanwhile:
        promise = make_commitment(meeting=request.meeting, answers=[request])
        queries = CaptureQueriesContext(connection)

        def then_count(between=between, queries=queries):
            between()
            queries.__enter__()

        interrupted.by(then_count)
        publish(promise, by=publisher())
        queries.__exit__(None, None, None)
        linked = 'INNER JOIN "engagements_editionlink"'
        texts = [query["sql"] for query in queries]
        asked.append(sum(linked in text and '"body"' in text for text in texts))
    assert asked[0] == asked[1] == 0 < asked[2]
    assert list(mismatches()) == []


def changes_between(request, promise, meeting):
    """What others may do while a promise that answers the request waits for the lock."""
    yield lambda: publish(edited(request, title="Tên mới"), by=publisher())
    yield lambda: publish(edited(meeting, title="Buổi mới"), by=publisher())
    yield lambda: publish(make_commitment(answers=[request]), by=publisher())
    yield lambda: publish(make_update(request=request, answer="declined"), by=publisher())
    yield lambda: withdraw(published(make_recommendation(answers=[request])), by=publisher())


@pytest.mark.parametrize("place", range(5))
def test_what_others_did_meanwhile_is_in_what_is_issued(db, interrupted, place):
    request = published(make_request())
    promise = make_commitment(meeting=request.meeting, answers=[request])
    between = list(changes_between(request, promise, request.meeting))[place]
    interrupted.by(between)
    publish(promise, by=publisher())
    assert list(mismatches()) == []
    told = {entry["code"] for entry in edition_of(request).data["answered_by"]}
    assert edition_of(promise).code in told


def test_a_person_named_anew_meanwhile_has_the_new_name(db, interrupted):
    seat = make_attendance()
    official = seat.official

    def rename():
        official.full_name = "Tên Mới"
        official.save()
        reissue_naming(official=official)

    interrupted.by(rename)
    publish_session(seat.meeting, by=publisher())
    named = edition_of(seat.meeting).data["attendances"][0]["official"]["name"]
    assert named == "Tên Mới"


def test_a_record_that_was_edited_meanwhile_goes_out_as_it_is_now(db, interrupted):
    """Who publishes without having seen a version takes the one of the moment."""
    request = make_request()
    published(request.meeting)
    new = make_source()
    interrupted.by(lambda: edited(published(new) and request, title="Sau", source=new))
    publish(request, by=publisher())
    data = edition_of(request).data
    assert (data["title"], data["evidence"]["source"]) == ("Sau", edition_of(new).code)
    assert list(mismatches()) == []


# -- eight at once


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_eight_publish_at_once_what_names_each_other(capsys):
    """Sessions, answers to one request, news and withdrawals: whole, in one order, and clean."""
    request = published(make_request())
    gone = published(make_commitment(answers=[request]))
    sessions = [session_of(1) for _place in range(2)]
    answers = [make_commitment(answers=[request]) for _place in range(3)]
    news = make_update(request=request, status="in_progress")
    again, by = edited(request, title="Sửa"), publisher()
    at_once(
        *(lambda row=row: publish_session(row, by=by) for row in sessions),
        *(lambda row=row: publish(row, by=by) for row in (*answers, news, again)),
        lambda: withdraw(gone, by=by),
    )
    call_command("recompose", check=True)
    numbered = Edition.objects.order_by("sequence").values_list("sequence", "published_at")
    sequences, instants = zip(*numbered, strict=True)
    assert list(sequences) == list(range(1, len(sequences) + 1))
    assert list(instants) == sorted(instants)
    told = [entry["code"] for entry in edition_of(request).data["answered_by"]]
    assert sorted(told) == sorted(edition_of(row).code for row in answers)
