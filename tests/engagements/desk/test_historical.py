"""The history: what it tells, why, and how a state of the past comes back as an edit."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from engagements.models import Commitment, Meeting, Source, State
from provinces.models import Official
from tests.desk import act, add, address, posted, save, send
from tests.factories import (
    edited,
    edition_of,
    make_attendance,
    make_commitment,
    make_meeting,
    make_official,
    make_organization,
    make_province,
    make_source,
    make_topic,
    make_update,
    make_user,
    published,
)


@pytest.fixture
def an(client, db):
    user = make_user("an", is_superuser=True)
    client.force_login(user)
    return user


def again(record):
    return type(record).objects.get(pk=record.pk)


def told(client, record):
    """The rows of the history page, newest first."""
    page = client.get(address(type(record), "history", record.pk))
    assert page.status_code == 200
    return list(page.context["page_obj"])


def changed(row):
    return {one.name: (one.was, one.now) for one in row.told}


def restore(client, record, row):
    return client.get(address(type(record), "restore", record.pk, row.pk))


# -- what is told


def test_each_change_is_told_in_words_with_who_and_why(an, client):
    old, new = make_topic(name="Cũ"), make_topic(name="Mới")
    record = make_commitment(strength="offer", topics=[old])
    given = {
        "strength": "explicit",
        "lead": make_organization(name="Vụ Viễn thông").pk,
        "topics": [new.pk],
        "due_on": "31/03/2025",
        "due_text": "quý I/2025",
        "reason": "Theo thông báo số 5",
    }
    assert save(client, record, **given).status_code == 302
    rows = told(client, record)
    found = {}
    for row in rows[:3]:
        found |= changed(row)
    with translation.override("vi"):
        words = [translation.gettext(one) for one in ("Offer", "Explicit promise")]
    assert found["strength"] == tuple(words)
    assert found["lead"] == ("", "Vụ Viễn thông")
    assert found["topics"] in [("Cũ", "Mới"), ("Cũ", ""), ("", "Mới")]
    assert found["due_on"] == ("", "31/03/2025")
    assert (rows[0].history_user, rows[0].why) == (an, "Theo thông báo số 5")
    assert again(record).version == 2


@pytest.mark.parametrize("word", ["publish", "submit", " Send back ", "WITHDRAW"])
def test_a_reason_is_never_taken_for_a_step_of_review(an, client, word):
    """A save that called itself a publication would hide its author from the four eyes."""
    record = make_source()
    answer = save(client, record, title="Khác", reason=word)
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["reason"]
    assert again(record).version == 1


def test_a_reason_alone_is_no_edit(an, client):
    record = make_source()
    assert save(client, record, reason="Chỉ xem").status_code == 302
    assert again(record).version == 1


def test_rows_of_a_session_take_the_reason_of_the_form(an, client):
    seat = make_attendance()
    save(client, seat.meeting, reason="Đọc lại biên bản", **{"attendances-0-title": "Khác"})
    assert seat.history.first().history_change_reason == "Đọc lại biên bản"
    page = client.get(address(Meeting, "history", seat.meeting.pk))
    (entry, _made) = page.context["parts"]
    assert (entry.what, entry.who) == (str(seat.official), an)


def test_steps_are_told_in_the_reader_s_language(an, client):
    record = published(make_source())
    row = told(client, record)[0]
    with translation.override("vi"):
        assert str(row.why) == translation.gettext("Published")


def test_what_is_deleted_from_the_list_stands_in_the_history(an, client):
    record = make_source()
    act(client, "delete_selected", record, post="yes")
    row = Source.history.filter(history_type="-").get()
    assert (row.history_user, row.history_change_reason) == (an, "deleted from the list")


def test_a_history_asks_as_much_for_many_rows_as_for_two(an, client):
    record = make_commitment(topics=[make_topic()])
    counts = []
    for number in (2, 12):
        for place in range(number):
            edited(record, title=f"Tên {number}.{place}", lead=make_organization())
        with CaptureQueriesContext(connection) as asked:
            told(client, record)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_long_text_shows_the_words_that_changed(an, client):
    words = [f"từ{number}" for number in range(60)]
    record = make_source(note=" ".join(words))
    edited(record, note=" ".join([*words[:30], "thêm", *words[30:]]))
    text = client.get(address(Source, "history", record.pk)).content.decode()
    assert "<ins>thêm </ins>" in text
    assert re.search(r"từ29 <ins>", text)
    assert "từ2 " not in text  # far from the change


# -- a state comes back as an edit


def test_a_state_fills_the_form_and_is_saved_by_a_person(an, client):
    old, new = make_topic(), make_topic()
    record = make_commitment(title="Thứ nhất", detail="Chi tiết", topics=[old])
    first = record.history.first()
    edited(record, title="Thứ hai", detail="")
    again(record).topics.set([new])
    before = record.history.count()

    shown = restore(client, record, first)
    assert shown.status_code == 200
    assert (record.history.count(), again(record).title) == (before, "Thứ hai")
    assert {one.name for one in shown.context["restored"].changes} == {"title", "detail", "topics"}
    sent = posted(shown)
    assert (sent["title"], sent["detail"]) == ("Thứ nhất", "Chi tiết")
    assert str(sent["version"]) == str(again(record).version)
    text = shown.content.decode()
    path = re.search(r'action="([^"]+)" method="post" id="commitment_form"', text).group(1)
    assert path == address(Commitment, "change", record.pk)
    assert client.post(path, sent).status_code == 302
    after = again(record)
    assert (after.title, after.detail, after.version) == ("Thứ nhất", "Chi tiết", 3)
    assert list(after.topics.all()) == [old]
    assert after.updated_by == an


@pytest.fixture
def entered(an, client):
    """A session entered on one form, with a promise that answers a request; its lists are saved
    after the rows, and the history notes both."""
    given = {
        "title": "Làm việc với tỉnh",
        "held_on": "29/02/2024",
        "ministry": make_organization().pk,
        "provinces": make_province().pk,
        "topics": make_topic().pk,
        "source": make_source().pk,
        "lines_requests": "Xin vốn",
        "lines_commitments": "Cấp vốn | rõ ràng | #1",
    }
    assert add(client, Meeting, **given).status_code == 302
    return Meeting.objects.get()


def test_the_first_version_has_its_lists(an, client, entered):
    first = entered.history.last()
    assert entered.history.count() > 1
    shown = restore(client, entered, first)
    assert shown.context["restored"].changes == []
    assert send(client, entered, posted(shown)).status_code == 302
    assert again(entered).version == entered.version
    page = client.get(address(Meeting, "history", entered.pk)).content.decode()
    assert page.count("<tr>") == 2  # the headings, and the one save
    assert "/restore/" not in page


def test_a_list_that_was_changed_later_is_told_and_comes_back(an, client, entered):
    promise = entered.commitments.get()
    topic = make_topic()
    assert save(client, promise, topics=[topic.pk]).status_code == 302
    with_it = promise.history.latest()
    assert save(client, promise, topics=[], title="Cấp đủ vốn").status_code == 302
    rows = [row for row in told(client, promise) if row.told]
    assert [set(changed(row)) for row in rows] == [{"title", "topics"}, {"topics"}]
    assert posted(restore(client, promise, with_it))["topics"] == [str(topic.pk)]


def test_what_it_answers_is_told_by_the_history_of_its_parts(an, client, entered):
    promise = entered.commitments.get()
    assert [row.request for row in promise.answerings.all()] == [promise.answers.get()]
    page = client.get(address(Commitment, "history", promise.pk)).content.decode()
    assert str(promise.answers.get()) in page


def test_a_list_that_somebody_else_changed_is_no_part_of_the_save_before(an, client):
    old, new = make_topic(), make_topic()
    record = again(make_commitment(topics=[old]))
    record._history_user = make_user("chi")
    record.topics.add(new)
    first = record.history.earliest()
    assert {one.name for one in restore(client, record, first).context["restored"].changes} == {
        "topics"
    }


def test_a_restored_state_waits_for_a_second_person(an, client):
    record = published(make_commitment(title="Thứ nhất"))
    first = record.history.first()
    record = edited(record, title="Thứ hai")
    record = published(record)
    sent = posted(restore(client, record, first))
    send(client, record, sent)
    after = again(record)
    assert (after.title, after.has_waiting_edit) == ("Thứ nhất", True)
    assert after.published_at == record.published_at
    assert (after.state, after.code) == (State.PUBLISHED, record.code)
    assert edition_of(record).data["title"] == "Thứ hai"
    act(client, "publish_chosen", record)
    assert edition_of(record).data["title"] == "Thứ hai"


def test_a_restored_state_meets_a_colleague_like_any_edit(an, client):
    record = make_commitment(title="Thứ nhất")
    first = record.history.first()
    edited(record, title="Thứ hai")
    sent = posted(restore(client, record, first))
    edited(record, title="Thứ ba")
    assert send(client, record, sent).status_code == 200
    assert again(record).title == "Thứ ba"


def test_what_leads_nowhere_any_more_is_left_as_it_is(an, client):
    topic = make_topic()
    record = make_commitment(topics=[topic], lead=make_organization(name="Cơ quan giải thể"))
    first, gone = record.history.first(), record.lead
    edited(record, lead=None)
    record.topics.clear()
    topic.delete()
    gone.delete()
    shown = restore(client, record, first)
    assert shown.status_code == 200
    assert posted(shown)["lead"] == ""
    assert send(client, record, posted(shown)).status_code == 302


def test_other_tables_come_back_too(an, client):
    who = make_official(full_name="Trần Văn An")
    first = who.history.first()
    save(client, who, full_name="Trần Văn Ân")
    assert posted(restore(client, who, first))["full_name"] == "Trần Văn An"
    page = client.get(address(Official, "history", who.pk)).content.decode()
    assert address(Official, "restore", who.pk, first.pk) in page


def test_a_published_update_stays_as_it_is(an, client):
    update = published(make_update())
    row = update.history.last()
    assert restore(client, update, row).status_code == 403
    page = client.get(address(type(update), "history", update.pk)).content.decode()
    assert "/restore/" not in page


def test_who_may_not_change_does_not_restore(client, db):
    record = make_source()
    client.force_login(make_user("xem", ["Xem nội bộ"]))
    assert restore(client, record, record.history.first()).status_code == 403
    assert "/restore/" not in client.get(address(Source, "history", record.pk)).content.decode()


def test_a_row_of_another_record_restores_nothing(an, client):
    one, other = make_source(), make_source()
    assert restore(client, one, other.history.first()).status_code == 404
    for key in ("abc", "9" * 30, "0"):
        assert client.get(address(Source, "restore", one.pk, key)).status_code == 404
        assert client.get(address(Source, "restore", key, key)).status_code == 404
    path = address(Source, "restore", one.pk, one.history.first().pk)
    assert client.post(path, {}).status_code == 405


def test_a_meeting_is_told_with_who_sat_there(an, client):
    meeting = make_meeting()
    page = client.get(address(Meeting, "history", meeting.pk))
    assert page.context["parts"] == []
