"""Items taken up again: gone through in one table, published with their session."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from lxml import html

from engagements.models import Meeting, StatusUpdate, TakenUpItem
from engagements.publication.checks import Refused
from engagements.publication.publishing import publish_session
from tests.desk import address
from tests.factories import (
    edited,
    edition_of,
    make_commitment,
    make_meeting,
    make_organization,
    make_recommendation,
    make_request,
    make_source,
    make_taken_up_item,
    make_update,
    make_user,
    published,
    publisher,
)

pytestmark = pytest.mark.django_db
DAY = date(2025, 8, 20)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def editor(client, ministry):
    user = make_user("an", ["Biên tập"], desk=ministry)
    client.force_login(user)
    return user


def again(row):
    return type(row).objects.get(pk=row.pk)


def shown(client, page):
    answer = client.get(page)
    assert answer.status_code == 200
    return answer.context


@pytest.fixture
def session(before):
    """A session held, with its minutes, at which three items are taken up."""
    source = make_source(type="minutes", rank=2)
    meeting = make_meeting(
        ministry=before.ministry, provinces=[before.heir], held_on=DAY, source=source
    )
    meeting.items = [
        make(meeting=before) for make in (make_request, make_commitment, make_recommendation)
    ]
    names = ("request", "commitment", "recommendation")
    meeting.rows = [
        make_taken_up_item(meeting=meeting, **{name: item})
        for name, item in zip(names, meeting.items, strict=True)
    ]
    return meeting


def table(meeting):
    return reverse("admin:engagements_meeting_taken_up", args=[meeting.pk])


def opened(client, meeting):
    """The table as it is shown, ready to be sent."""
    context = shown(client, table(meeting))
    sent = {}
    for form in (context["table"], *(row for row in context["rows"] if row.is_asked)):
        for box in form:
            value = box.value()
            sent[box.html_name] = box.field.widget.format_value(value) if value else ""
            if isinstance(sent[box.html_name], list):
                sent[box.html_name] = sent[box.html_name][0]
    return {name: value for name, value in sent.items() if value}


def of(row, **given):
    return {f"r{row.pk}-{name}": value for name, value in given.items()}


IN_PROGRESS = {"outcome": "in_progress", "text": "Đang làm"}


def go_through(client, meeting, *rows, **given):
    sent = opened(client, meeting) | {"all-voice": "ministry"}
    for one in rows:
        sent |= one
    return client.post(table(meeting), sent | given)


def test_each_outcome_is_an_update(editor, client, session):
    asked, promised, _advised = session.rows
    answer = go_through(
        client,
        session,
        of(asked, outcome="unknown", text="Đã giải thích", answer="explained"),
        of(promised, outcome="done", text="Xong", completed_on="01/08/2025", voice="province"),
    )
    assert answer.status_code == 302
    first, second = StatusUpdate.objects.order_by("pk")
    assert (first.request, first.answer, first.voice) == (session.items[0], "explained", "ministry")
    assert (first.source, first.basis, first.happened_on) == (session.source, "source", DAY)
    assert (second.commitment, second.status, second.voice) == (
        session.items[1],
        "done",
        "province",
    )
    assert second.completed_on == date(2025, 8, 1)
    assert {one.created_by for one in (first, second)} == {editor}
    assert [again(row).update for row in session.rows] == [first, second, None]
    assert again(asked).recorded_by == editor


def test_what_staff_know_needs_no_source(editor, client, session):
    go_through(client, session, of(session.rows[0], proof="staff", **IN_PROGRESS))
    update = StatusUpdate.objects.get()
    assert (update.basis, update.source) == ("staff", None)


def test_a_due_day_that_moved(editor, client, session):
    moved = {"new_due_on": "31/12/2025", "new_due_text": "hết năm 2025"}
    go_through(client, session, of(session.rows[1], **IN_PROGRESS, **moved))
    assert StatusUpdate.objects.get().new_due_on == date(2025, 12, 31)


def test_checked_with_nothing_new(editor, client, session):
    published(session.items[1])
    go_through(client, session, of(session.rows[1], outcome="nothing_new"))
    item = again(session.items[1])
    assert again(session.rows[1]).checked_on == item.last_checked_on == DAY
    assert item.has_waiting_edit
    assert (item.updated_by, item.editors()) == (editor, {editor.pk})
    assert not StatusUpdate.objects.exists()


def test_checked_earlier_than_it_was_sets_nothing_back(editor, client, session):
    edited(session.items[1], last_checked_on=date(2025, 9, 1))
    go_through(client, session, of(session.rows[1], outcome="nothing_new"))
    assert again(session.items[1]).last_checked_on == date(2025, 9, 1)
    assert again(session.rows[1]).checked_on == DAY


WRONG = {
    "no-text": ({"outcome": "in_progress"}, "text"),
    "no-outcome": ({"text": "Đang làm"}, "outcome"),
    "news-in-nothing-new": ({"outcome": "nothing_new", "text": "Có tin"}, "outcome"),
    "done-day-of-undone": (IN_PROGRESS | {"completed_on": "01/08/2025"}, None),
    "due-day-without-words": (IN_PROGRESS | {"new_due_on": "01/08/2026"}, None),
    "quotation-of-nothing": (IN_PROGRESS | {"proof": "staff", "quote": "lời"}, None),
    "no-such-outcome": ({"outcome": "x"}, "outcome"),
    "no-such-source": (IN_PROGRESS | {"proof": "987654"}, "proof"),
    "still-to-come": (IN_PROGRESS | {"happened_on": "01/01/2199"}, "happened_on"),
    "no-day": (IN_PROGRESS | {"happened_on": "32/01/2025"}, "happened_on"),
    "both": (IN_PROGRESS | {"off": "on"}, "off"),
}


@pytest.mark.parametrize(("given", "field"), WRONG.values(), ids=WRONG)
def test_an_error_stays_on_its_row_and_nothing_is_lost(editor, client, session, given, field):
    good, bad, _other = session.rows
    answer = go_through(client, session, of(good, **IN_PROGRESS), of(bad, **given))
    assert answer.status_code == 200
    rows = answer.context["rows"]
    assert [bool(row.errors) for row in rows] == [False, True, False]
    assert field in rows[1].errors if field else rows[1].non_field_errors()
    assert rows[0]["text"].value() == "Đang làm"
    assert not StatusUpdate.objects.exists()
    assert again(good).update is None


def test_only_the_box_with_the_error_is_marked(editor, client, session):
    answer = go_through(client, session, of(session.rows[1], outcome="in_progress"))
    page = html.fromstring(answer.content.decode())
    (marked,) = page.xpath("//*[contains(concat(' ', @class, ' '), ' errors ')]")
    assert marked.xpath(".//textarea/@name") == [f"r{session.rows[1].pk}-text"]


@pytest.mark.parametrize("given", [{"all-happened_on": ""}, {"all-voice": "x"}, {"all-proof": "9"}])
def test_what_holds_for_all_must_be_right(editor, client, session, given):
    answer = go_through(client, session, of(session.rows[0], **IN_PROGRESS), **given)
    assert answer.status_code == 200
    assert not StatusUpdate.objects.exists()


def test_sent_twice_records_once(editor, client, session):
    sent = opened(client, session) | {"all-voice": "ministry"}
    sent |= of(session.rows[0], **IN_PROGRESS) | of(session.rows[1], outcome="nothing_new")
    for _time in range(2):
        assert client.post(table(session), sent).status_code == 302
    assert StatusUpdate.objects.count() == 1
    assert again(session.items[1]).version == 2


def colleague(session):
    return make_user("binh", ["Biên tập"], desk=session.ministry)


@pytest.mark.parametrize(
    "theirs", [{"outcome": "paused", "text": "Tạm"}, {"outcome": "nothing_new"}]
)
def test_what_a_colleague_recorded_meanwhile_is_not_overwritten(editor, client, session, theirs):
    row, other, _more = session.rows
    mine = opened(client, session) | {"all-voice": "ministry"}
    mine |= of(row, **IN_PROGRESS) | of(other, **IN_PROGRESS)
    client.force_login(colleague(session))
    go_through(client, session, of(row, **theirs))
    before = (StatusUpdate.objects.count(), again(row).update_id, again(row).checked_on)
    client.force_login(editor)
    answer = client.post(table(session), mine)
    assert answer.status_code == 200
    assert "binh" in str(answer.context["rows"][0].non_field_errors())
    assert answer.context["rows"][0]["text"].value() == "Đang làm"
    assert (StatusUpdate.objects.count(), again(row).update_id, again(row).checked_on) == before


def test_a_second_save_over_nothing_new_is_a_decision(editor, client, session):
    row = session.rows[0]
    mine = opened(client, session) | {"all-voice": "ministry"} | of(row, **IN_PROGRESS)
    client.force_login(colleague(session))
    go_through(client, session, of(row, outcome="nothing_new"))
    client.force_login(editor)
    seen = client.post(table(session), mine).context["rows"][0]["seen"].value()
    assert client.post(table(session), mine | of(row, seen=seen)).status_code == 302
    assert again(row).update.text == "Đang làm"
    assert again(row).checked_on is None


def test_items_are_added_and_taken_off(editor, client, session):
    more = make_commitment(meeting=make_meeting(ministry=session.ministry))
    answer = go_through(
        client, session, of(session.rows[0], off="on"), **{"all-commitment": [more.pk]}
    )
    assert answer.status_code == 302
    assert [one.target for one in session.taken_up.all()] == [*session.items[1:], more]
    go_through(client, session, **{"all-commitment": [more.pk]})
    assert session.taken_up.count() == 3


@pytest.mark.parametrize("key", ["x", "999999", "9" * 40])
def test_what_is_no_item_is_not_added(editor, client, session, key):
    answer = go_through(client, session, **{"all-commitment": [key]})
    assert answer.status_code == 200
    assert session.taken_up.count() == 3


def test_an_item_of_the_session_itself_is_not_taken_up(editor, client, session):
    own = make_commitment(meeting=session)
    assert go_through(client, session, **{"all-commitment": [own.pk]}).status_code == 200


def test_a_deleted_draft_waits_for_review_again(editor, client, session):
    go_through(client, session, of(session.rows[0], **IN_PROGRESS))
    client.post(address(StatusUpdate, "delete", StatusUpdate.objects.get().pk), {"post": "yes"})
    context = shown(client, table(session))
    assert (context["left"], context["rows"][0].is_asked) == (3, True)


def test_the_last_news_stands_beside_the_item(editor, client, session):
    make_update(commitment=session.items[1], happened_on=date(2025, 1, 5), text="Cũ")
    make_update(commitment=session.items[1], happened_on=date(2025, 5, 5), text="Mới")
    rows = shown(client, table(session))["rows"]
    assert [row.news and row.news.text for row in rows] == [None, "Mới", None]


def test_the_table_asks_little_for_many_items(editor, client, session):
    for _place in range(97):
        item = make_commitment(meeting=session.items[0].meeting)
        make_taken_up_item(meeting=session, commitment=item)
    with CaptureQueriesContext(connection) as asked:
        assert len(shown(client, table(session))["rows"]) == 100
    assert len(asked) <= 40


@pytest.mark.parametrize("role", ["Xem nội bộ", "Quản trị"])
def test_who_only_reads_goes_through_nothing(client, session, role):
    client.force_login(make_user(roles=[role]))
    assert shown(client, table(session))["may_change"] is False
    assert client.post(table(session), of(session.rows[0], **IN_PROGRESS)).status_code == 403


def test_an_item_of_another_desk_is_left_alone(editor, client, session):
    other = make_commitment(meeting=make_meeting(ministry=make_organization()))
    row = make_taken_up_item(meeting=session, commitment=other)
    assert [one.may for one in shown(client, table(session))["rows"]][-1] is False
    for outcome in ({"outcome": "nothing_new"}, IN_PROGRESS, {"off": "on"}):
        sent = opened(client, session) | of(row, **outcome)
        assert client.post(table(session), sent).status_code == 200
    assert again(other).version == 1
    assert again(row).is_done is False


@pytest.mark.parametrize("key", ["x", "0", "9" * 40])
def test_a_table_of_no_session(editor, client, key):
    page = reverse("admin:engagements_meeting_taken_up", args=[key])
    assert client.get(page).status_code == 404


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_of_what_was_taken_up(client, rows):
    client.force_login(make_user(is_superuser=True))
    for _place in range(rows):
        make_taken_up_item(update=make_update(), checked_on=DAY)
    with CaptureQueriesContext(connection) as asked:
        assert shown(client, address(TakenUpItem))["cl"].result_count == rows
    assert len(asked) <= 12


def test_a_draft_session_is_deleted_with_its_list(editor, client, session):
    answer = client.post(address(Meeting, "delete", session.pk), {"post": "yes"})
    assert answer.status_code == 302
    assert not TakenUpItem.objects.exists()


# -- published with the session


def test_the_session_takes_its_updates_and_checks_along(editor, client, session):
    asked, promised, advised = session.rows
    for item in session.items[1:]:
        published(item)
    go_through(
        client,
        session,
        of(promised, outcome="done", text="Xong"),
        of(advised, outcome="nothing_new"),
        of(asked, outcome="nothing_new"),
    )
    editions = publish_session(session, by=publisher())
    kinds = [one.kind for one in editions]
    assert kinds == ["source", "meeting", "recommendation", "update"]
    assert edition_of(session.items[1]).status == "done"
    assert edition_of(session.items[2]).data["last_checked_on"] == "2025-08-20"
    assert edition_of(session.items[0]) is None  # a draft of an earlier session stays one


def test_four_eyes_see_the_updates_too(editor, client, session):
    published(session.items[1])
    go_through(client, session, of(session.rows[1], outcome="done", text="Xong"))
    update = StatusUpdate.objects.get()
    assert update.editors() == {editor.pk}
    with pytest.raises(Refused):
        publish_session(session, by=editor)
    assert edition_of(update) is None
