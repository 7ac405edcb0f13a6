"""What comes by letter: entered once, with number and day, as drafts that rest on the letter."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from engagements.models import Commitment, Meeting, Source, StatusUpdate
from engagements.publication.publishing import publish, publish_session
from tests.desk import address
from tests.factories import (
    edition_of,
    make_commitment,
    make_meeting,
    make_merger,
    make_organization,
    make_province,
    make_recommendation,
    make_request,
    make_source,
    make_user,
    published,
    publisher,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def editor(client, db):
    user = make_user("an", ["Biên tập"])
    client.force_login(user)
    return user


def page_of(item):
    return reverse(f"admin:engagements_{item._meta.model_name}_letter", args=[item.pk])


def filled(client, item, **given):
    """The form as it is shown, with a letter of 05/09/2025."""
    context = client.get(page_of(item)).context
    sent = {}
    for form in (context["says"], context["letter"], context["update"], context["promise"]):
        for box in form:
            value = box.value()
            if value not in (None, ""):
                value = box.field.widget.format_value(value)
                sent[box.html_name] = value[0] if isinstance(value, list) else value
    sent |= {"letter-number": "123/BM-VP", "letter-issued_on": "05/09/2025"}
    sent |= {"letter-title": "Công văn trả lời tỉnh", "letter-publisher": "Bộ Mẫu"}
    sent |= {"update-voice": "ministry", "update-text": "Đã xong"}
    return {name: value for name, value in sent.items() if value is not None} | given


def send(client, item, **given):
    return client.post(page_of(item), filled(client, item, **given))


DONE = {"update-status": "done", "update-completed_on": "01/09/2025"}
PROMISE = {"says": "promise", "promise-title": "Cấp kinh phí", "promise-strength": "explicit"}
MAKERS = {
    "request": make_request,
    "commitment": make_commitment,
    "recommendation": make_recommendation,
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_an_outcome(editor, client, make):
    item = make()
    answer = send(client, item, **DONE)
    update = StatusUpdate.objects.get()
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"/statusupdate/{update.pk}/review/")
    source = Source.objects.get(number="123/BM-VP")
    assert (source.type, source.rank, source.issued_on) == ("official_letter", 1, date(2025, 9, 5))
    assert (update.target, update.source, update.basis) == (item, source, "source")
    assert (update.status, update.completed_on) == ("done", date(2025, 9, 1))
    assert (update.happened_on, update.answer) == (source.issued_on, "")
    assert {update.created_by, source.created_by, source.history.get().history_user} == {editor}
    assert (update.state, source.state) == ("draft", "draft")


@pytest.mark.parametrize("says", ["explained", "declined"])
def test_an_answer_to_a_request(editor, client, says):
    item = published(make_request())
    assert send(client, item, says=says).status_code == 302
    update = StatusUpdate.objects.get()
    assert (update.answer, update.status) == (says, "unknown")
    publish(update.source, by=publisher())
    publish(update, by=publisher())
    assert edition_of(item).answer == says


@pytest.mark.parametrize("says", ["explained", "promise"])
def test_only_a_request_is_answered(editor, client, says):
    answer = send(client, make_commitment(), says=says)
    assert "says" in answer.context["says"].errors
    assert not StatusUpdate.objects.exists()


def test_a_new_promise(editor, client):
    item = published(make_request())
    answer = send(client, item, **PROMISE)
    promise = Commitment.objects.get()
    assert answer["Location"].endswith(f"/commitment/{promise.pk}/review/")
    meeting = promise.meeting
    assert (meeting.format, meeting.held_on) == ("exchange", date(2025, 9, 5))
    assert (meeting.ministry, meeting.follows) == (item.meeting.ministry, item.meeting)
    assert list(meeting.provinces.all()) == [item.province] == [promise.province]
    assert list(promise.answers.all()) == [item]
    assert promise.source == meeting.source == Source.objects.get(number="123/BM-VP")
    publish_session(meeting, by=publisher())
    assert edition_of(item).answer == "promised"


def test_a_promise_to_the_unit_of_that_day(editor, client):
    """What an old unit asked may be answered by a promise to the one that carries it on."""
    old = make_province()
    item = published(make_request(province=old))
    heir = make_merger(make_province(), old)
    send(client, item, **PROMISE)
    promise = Commitment.objects.get()
    assert promise.province == heir
    assert list(promise.meeting.provinces.all()) == [heir]
    publish_session(promise.meeting, by=publisher())
    assert edition_of(item).answer == "promised"


def test_a_second_promise_of_the_same_letter_stands_beside_the_first(editor, client):
    item = make_request()
    other = make_request(meeting=item.meeting)
    send(client, item, **PROMISE)
    send(client, other, **PROMISE)
    first, second = Commitment.objects.order_by("pk")
    assert first.meeting == second.meeting
    assert first.source == second.source
    assert Meeting.objects.filter(format="exchange").count() == 1


@pytest.mark.parametrize("number", ["123/BM-VP", "123/bm-vp", " 123/BM-VP "])
def test_a_letter_that_is_known_is_used(editor, client, number):
    known = published(make_source(number="123/BM-VP", issued_on=date(2025, 9, 5)))
    answer = send(client, make_commitment(), **{"letter-number": number, "letter-title": ""})
    assert answer.status_code == 302
    assert StatusUpdate.objects.get().source == known
    assert Source.objects.filter(issued_on=known.issued_on).count() == 1
    assert not Source.objects.get(pk=known.pk).has_waiting_edit


def test_the_same_number_on_another_day_is_another_letter(editor, client):
    make_source(number="123/BM-VP", issued_on=date(2024, 9, 5))
    send(client, make_commitment())
    assert Source.objects.filter(number="123/BM-VP").count() == 2


def test_the_scan_is_kept(editor, client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    scan = SimpleUploadedFile("cong-van.pdf", b"%PDF-1.7\n%%EOF\n", "application/pdf")
    send(client, make_commitment(), **{"letter-scan": scan})
    assert Source.objects.get(number="123/BM-VP").scan.read().startswith(b"%PDF")


WRONG = {
    "no-number": ({"letter-number": ""}, "letter", "number"),
    "no-day": ({"letter-issued_on": ""}, "letter", "issued_on"),
    "31-february": ({"letter-issued_on": "31/02/2025"}, "letter", "issued_on"),
    "no-title": ({"letter-title": ""}, "letter", "title"),
    "no-web-address": ({"letter-url": "javascript:1"}, "letter", "url"),
    "no-text": ({"update-text": ""}, "update", "text"),
    "no-voice": ({"update-voice": ""}, "update", "voice"),
    "completed-undone": (
        {"update-status": "in_progress", "update-completed_on": "01/09/2025"},
        "update",
        None,
    ),
    "due-without-words": ({"update-new_due_on": "01/09/2026"}, "update", None),
    "long-quotation": ({"update-quote": "lời " * 21}, "update", "quote"),
    "no-promise": ({"says": "promise"}, "promise", "title"),
    "due-promise": (PROMISE | {"promise-due_on": "01/09/2026"}, "promise", None),
    "no-such-lead": (PROMISE | {"promise-lead": "x"}, "promise", "lead"),
    "no-such-answer": ({"says": "x"}, "says", "says"),
    "no-key": ({"uid": "x"}, "says", "uid"),
}


@pytest.mark.parametrize(("given", "form", "field"), WRONG.values(), ids=WRONG)
def test_an_error_keeps_the_form_and_saves_nothing(editor, client, given, form, field):
    item = make_request()
    before = (Source.objects.count(), Meeting.objects.count())
    answer = send(client, item, **given)
    assert answer.status_code == 200
    errors = answer.context[form].errors
    assert field in errors if field else "__all__" in errors
    assert answer.context["letter"]["publisher"].value() == "Bộ Mẫu"
    assert not StatusUpdate.objects.exists()
    assert not Commitment.objects.exists()
    assert (Source.objects.count(), Meeting.objects.count()) == before


@pytest.mark.parametrize("given", [DONE, PROMISE])
def test_sent_twice_makes_one(editor, client, given):
    item = make_request()
    sent = filled(client, item, **given)
    places = [client.post(page_of(item), sent)["Location"] for _time in range(2)]
    assert places[0] == places[1]
    assert StatusUpdate.objects.count() + Commitment.objects.count() == 1
    assert Source.objects.filter(number="123/BM-VP").count() == 1


@pytest.mark.parametrize("role", ["Xem nội bộ", "Quản trị"])
def test_who_writes_nothing_enters_no_letter(client, role):
    item = make_request()
    client.force_login(make_user(roles=[role]))
    assert client.get(page_of(item)).status_code == 403
    assert client.post(page_of(item), {}).status_code == 403


def test_an_item_of_another_desk(editor, client):
    other = make_organization()
    item = make_request(meeting=make_meeting(ministry=other), lead=None)
    assert client.get(page_of(item)).status_code == 403
    assert client.post(page_of(item), {}).status_code == 403


@pytest.mark.parametrize("key", ["x", "0", "9" * 40])
def test_a_letter_about_nothing(editor, client, key):
    page = reverse("admin:engagements_commitment_letter", args=[key])
    assert client.get(page).status_code == 404


def test_the_way_to_it(editor, client):
    item = make_request()
    page = client.get(address(type(item), "change", item.pk)).content.decode()
    assert page_of(item) in page
