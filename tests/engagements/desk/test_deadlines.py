"""Deadlines at the desk: words are read and asked about, the day in force is told."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from engagements.models import Commitment, StatusUpdate, TakenUpItem
from engagements.words import Deadline
from tests.desk import add, address, opened, posted, save, send
from tests.factories import (
    edited,
    make_commitment,
    make_meeting,
    make_request,
    make_update,
    make_user,
    published,
)

TODAY = date(2026, 11, 30)
FIRST = {"due_on": date(2026, 6, 30), "due_text": "quý II/2026"}
MOVED = {"new_due_on": date(2027, 6, 30), "new_due_text": "giữa năm 2027"}


def again(record):
    return type(record).objects.get(pk=record.pk)


@pytest.fixture
def editor(client, db):
    user = make_user("an", is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *args: TODAY)


def moved(make=make_commitment, **values):
    """An item whose day had passed when the owing side moved it."""
    item = published(make(**FIRST, **values))
    name = "request" if make is make_request else "commitment"
    published(make_update(**{name: item}, happened_on=date(2026, 9, 1), **MOVED))
    return again(item)


# -- the day in force, and the first one beside it


@pytest.mark.both_databases
@pytest.mark.parametrize("make", [make_commitment, make_request], ids=["commitment", "request"])
def test_a_day_that_moved_leaves_the_first_one_in_sight(editor, client, today, make):
    item = moved(make)
    assert (item.deadline(TODAY), item.first_deadline(TODAY)) == ("in_time", "overdue")
    page = client.get(address(type(item))).content.decode()
    assert "Trong hạn; so với hạn đầu: Quá hạn" in page
    assert "30/06/2027" in page


@pytest.mark.both_databases
def test_a_row_of_the_list_brings_its_deadline_along(db, today, django_assert_num_queries):
    moved()
    with django_assert_num_queries(1):
        (item,) = Commitment.objects.with_deadline_in_force()
        assert (item.deadline(TODAY), item.first_deadline(TODAY)) == ("in_time", "overdue")
        assert item.due_today == date(2027, 6, 30)


def test_an_edit_that_waits_moves_neither_day(db, today):
    item = moved()
    edited(item, due_on=date(2026, 12, 1), due_text="đầu tháng 12")
    item = again(item)
    assert item.due["first_due_on"] == date(2026, 6, 30)
    assert (item.deadline(TODAY), item.first_deadline(TODAY)) == ("in_time", "overdue")


def test_a_draft_has_its_own_deadline_alone(db, today):
    item = make_commitment(**FIRST)
    assert (item.deadline(TODAY), item.first_deadline(TODAY)) == ("past_unknown", "past_unknown")
    assert item.due["moves"] == 0


def test_the_next_session_shows_the_day_in_force(editor, client, today):
    """A promise that was moved to 2027 was called overdue there."""
    item = moved()
    page = f"{reverse('admin:engagements_meeting_next')}?meeting={item.meeting_id}"
    answer = client.get(page)
    (row,) = answer.context["items"]
    assert row.due == "giữa năm 2027 (30/06/2027), hạn đầu: quý II/2026 (30/06/2026)"
    assert row.deadline == "Trong hạn; so với hạn đầu: Quá hạn"
    assert row.due in answer.content.decode()


def test_the_table_of_items_taken_up_shows_the_day_in_force(editor, client, today):
    item, later = moved(), make_meeting()
    TakenUpItem(meeting=later, commitment=item).save()
    answer = client.get(reverse("admin:engagements_meeting_taken_up", args=[later.pk]))
    (row,) = answer.context["rows"]
    assert row.due == "giữa năm 2027 (30/06/2027), hạn đầu: quý II/2026 (30/06/2026)"
    assert row.deadline == "Trong hạn; so với hạn đầu: Quá hạn"
    assert "giữa năm 2027" in answer.content.decode()


def test_what_is_taken_up_is_read_in_as_many_queries_whatever_its_number(
    editor, client, today, django_assert_max_num_queries
):
    later = make_meeting()
    for _number in range(8):
        TakenUpItem(meeting=later, commitment=moved()).save()
    page = reverse("admin:engagements_meeting_taken_up", args=[later.pk])
    client.get(page)
    with django_assert_max_num_queries(30):
        client.get(page)


# -- words, read in a form


READ = {
    "quarter": ("quý III/2024", "30/09/2024"),
    "counted-from-the-session": ("cuối năm nay", "31/12/2024"),
}


@pytest.mark.parametrize(("words", "day"), READ.values(), ids=READ)
def test_words_of_an_item_are_read_and_kept_when_saved_again(editor, client, words, day):
    item = make_commitment()
    answer = save(client, item, due_text=words)
    form = answer.context["adminform"].form
    assert list(form.errors) == ["due_on"]
    assert (form["due_text"].value(), form["due_on"].value()) == (words, day)
    assert again(item).due_text == ""
    assert send(client, item, posted(answer)).status_code == 302
    kept = again(item)
    assert (kept.due_text, f"{kept.due_on:%d/%m/%Y}") == (words, day)


def test_a_day_in_full_is_taken_without_asking(editor, client):
    item = make_commitment()
    assert save(client, item, due_text="trước 30/6/2024").status_code == 302
    assert again(item).due_on == date(2024, 6, 30)


def test_what_is_ongoing_is_ticked_and_kept_when_saved_again(editor, client):
    item = make_commitment()
    answer = save(client, item, due_text="thường xuyên")
    form = answer.context["adminform"].form
    assert list(form.errors) == ["is_ongoing"]
    assert form["is_ongoing"].value()
    assert send(client, item, posted(answer)).status_code == 302
    kept = again(item)
    assert (kept.due_on, kept.due_text, kept.is_ongoing) == (None, "thường xuyên", True)
    assert kept.deadline(TODAY) == Deadline.ONGOING


def test_words_kept_alone_are_not_asked_about_at_every_save(editor, client):
    item = make_commitment(due_text="như đã bàn")
    assert save(client, item, detail="Rõ hơn").status_code == 302
    assert again(item).deadline(TODAY) == Deadline.WORDS_ONLY


def test_another_question_is_asked_though_one_was_answered(editor, client):
    item = make_commitment()
    answer = save(client, item, due_text="quý III")
    again_asked = send(client, item, posted(answer) | {"due_text": "quý IV", "due_on": ""})
    form = again_asked.context["adminform"].form
    assert form["due_on"].value() == "31/12/2024"


def test_a_due_day_before_the_session_is_asked_about(editor, client):
    item = make_commitment()
    before = item.meeting.held_on - timedelta(1)
    typed = {"due_on": f"{before:%d/%m/%Y}", "due_text": "hôm trước"}
    answer = save(client, item, **typed)
    form = answer.context["adminform"].form
    assert list(form.errors) == ["due_on"]
    assert f"{before:%d/%m/%Y}" in form.errors["due_on"][0]
    assert send(client, item, posted(answer)).status_code == 302
    assert again(item).due_on == before


def test_words_of_an_update_are_read_from_the_day_of_the_news(editor, client):
    item = published(make_commitment())
    given = {
        "commitment": item.pk,
        "happened_on": "15/09/2025",
        "status": "in_progress",
        "voice": "ministry",
        "basis": "staff",
        "text": "Lùi",
        "new_due_text": "cuối năm",
    }
    answer = add(client, StatusUpdate, **given)
    form = answer.context["adminform"].form
    assert form["new_due_on"].value() == "31/12/2025"
    assert client.post(address(StatusUpdate, "add"), posted(answer)).status_code == 302
    assert StatusUpdate.objects.get().new_due_on == date(2025, 12, 31)


def test_words_of_a_row_of_the_items_taken_up_are_read(editor, client):
    item, later = published(make_commitment()), make_meeting(held_on=date(2024, 9, 5))
    taken_up = TakenUpItem(meeting=later, commitment=item)
    taken_up.save()
    page, row = reverse("admin:engagements_meeting_taken_up", args=[later.pk]), f"r{taken_up.pk}"
    form = client.get(page).context["rows"][0]
    sent = {
        "all-happened_on": "05/09/2024",
        "all-voice": "ministry",
        "all-proof": "staff",
        f"{row}-seen": form["seen"].value(),
        f"{row}-uid": str(form["uid"].value()),
        f"{row}-outcome": "in_progress",
        f"{row}-text": "Lùi",
        f"{row}-new_due_text": "cuối năm",
    }
    form = client.post(page, sent).context["rows"][0]
    assert form["new_due_on"].value() == "31/12/2024"
    kept = {f"{row}-{name}": form[name].value() for name in ("asked", "new_due_on")}
    assert client.post(page, sent | kept).status_code == 302
    assert StatusUpdate.objects.get().new_due_on == date(2024, 12, 31)


def test_a_form_opened_untouched_asks_nothing(editor, client):
    item = make_commitment(due_text="quý III/2024", due_on=date(2024, 9, 30))
    assert send(client, item, opened(client, item)).status_code == 302
