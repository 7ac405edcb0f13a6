"""Saving of a letter of reply: all of it as one, whatever happened meanwhile."""

import pytest
from django.urls import reverse

from engagements.desk.forms import RecordForm
from engagements.desk.results.reading import LetterReading
from engagements.desk.review.actions import submit
from engagements.models import Source, StatusUpdate
from engagements.publication.checks import Refused
from engagements.publication.publishing import withdraw
from tests.factories import (
    make_meeting,
    make_organization,
    make_source,
    make_user,
    publisher,
)

from .steps import ALL, START, filled, shown

pytestmark = pytest.mark.django_db


def test_refused_at_submitting_it_saves_nothing(editor, client, letter, monkeypatch):
    def refuse_the_last(record, *, by):
        if getattr(record, "paragraph", None) == 8:
            raise Refused("Không trình được.")
        submit(record, by=by)

    monkeypatch.setattr("engagements.desk.results.pages.submit", refuse_the_last)
    answer = client.post(START, filled(shown(client, letter), ALL, submit="1"))
    assert answer.status_code == 200
    assert "Không trình được." in answer.content.decode()
    rows = answer.context["reading"].rows
    assert [row.decision["decision"].value() for row in rows] == list(ALL)
    assert rows[0].update["quote"].value() == "đã hoàn thành ngày 12/10/2025"
    assert not StatusUpdate.objects.exists()
    assert not Source.objects.filter(number="88/UBND-VX").exists()


@pytest.mark.parametrize(
    ("note", "state"),
    [
        pytest.param("", "in_review", id="a-draft-goes-along"),
        pytest.param("Thiếu ngày.", "draft", id="sent-back-it-stays"),
    ],
)
def test_draft_of_the_register_is_submitted_unless_it_was_sent_back(
    editor, client, letter, note, state
):
    source = make_source(text=letter, review_note=note)
    address = reverse("admin:engagements_source_results", args=[source.pk])
    client.post(address, filled(client.get(address).context["reading"], ALL, submit="1"))
    source.refresh_from_db()
    assert source.state == state
    assert {update.state for update in StatusUpdate.objects.all()} == {"in_review"}


def test_draft_of_another_desk_is_not_submitted(client, letter, items):
    ministry = items["request"].meeting.ministry
    client.force_login(make_user("binh", ["Biên tập"], desk=ministry))
    source = make_source(text=letter)
    make_meeting(source=source, ministry=make_organization())
    address = reverse("admin:engagements_source_results", args=[source.pk])
    client.post(address, filled(client.get(address).context["reading"], ALL, submit="1"))
    source.refresh_from_db()
    assert source.state == "draft"
    assert {update.state for update in StatusUpdate.objects.all()} == {"in_review"}


@pytest.mark.parametrize("is_seen_by_the_checks", [True, False])
def test_sent_twice_at_once_it_is_made_once(
    editor, client, letter, monkeypatch, is_seen_by_the_checks
):
    """The second one looks before the first one is saved, and comes to save after it."""
    sent = filled(shown(client, letter), ALL)
    client.post(START, sent)
    looked = []

    def made(reading):
        looked.append(reading)
        return None if len(looked) == 1 else real(reading)

    real = LetterReading.made
    monkeypatch.setattr(LetterReading, "made", made)
    if not is_seen_by_the_checks:
        monkeypatch.setattr("engagements.desk.results.reading.known_letter", lambda *given: None)
        monkeypatch.setattr(RecordForm, "_take_key", lambda form, key: _take(form, key))
        monkeypatch.setattr(RecordForm, "validate_unique", lambda form: None)
        for model in (Source, StatusUpdate):
            monkeypatch.setattr(model, "full_clean", lambda record, **given: None)
    answer = client.post(START, sent, follow=True)
    assert "đã được gửi" in " ".join(map(str, answer.context["messages"]))
    assert StatusUpdate.objects.count() == 3
    assert Source.objects.filter(number="88/UBND-VX").count() == 1


def _take(form, key):
    form.instance.uid = key


# -- what changed meanwhile, or was lost


def test_rows_that_changed_meanwhile_are_decided_anew(editor, client, letter, items):
    sent = filled(shown(client, letter), ALL)
    withdraw(items["commitment"], by=publisher())
    answer = client.post(START, sent)
    reading = answer.context["reading"]
    assert not StatusUpdate.objects.exists()
    assert "Chưa lưu gì" in " ".join(map(str, answer.context["messages"]))
    assert [row.decision.is_bound for row in reading.rows] == [False, True, True, True]
    (gone,) = [row for row in reading.rows if row.withdrawn_code]
    assert gone.withdrawn_code == items["commitment"].code
    assert f"{gone.withdrawn_code} đã được rút" in answer.content.decode()
    sent = filled(reading, [row.decision["decision"].value() for row in reading.rows])
    client.post(START, sent)
    assert {update.target for update in StatusUpdate.objects.all()} == {
        items["advice"],
        items["request"],
    }


def test_a_paragraph_more_in_the_text_moves_the_rows_with_it(editor, client, letter):
    source = make_source(text=letter)
    address = reverse("admin:engagements_source_results", args=[source.pk])
    sent = filled(client.get(address).context["reading"], ALL)
    source.text = letter.replace("1. Về", "Sau đây là kết quả từng nội dung.\n1. Về")
    source.save()
    reading = client.post(address, sent).context["reading"]
    assert not StatusUpdate.objects.exists()
    assert all(row.decision.is_bound for row in reading.rows)
    client.post(address, filled(reading, ALL))
    assert [update.paragraph for update in StatusUpdate.objects.order_by("pk")] == [7, 8, 9]


def test_decisions_outlive_a_lost_session(editor, client, letter):
    sent = filled(shown(client, letter), ALL)
    del client.cookies["sessionid"]
    asked = client.post(START, sent)
    assert asked.context["held"]
    editor.set_password("mat-khau-rat-dai")
    editor.save()
    given = {"username": "an", "password": "mat-khau-rat-dai", "held": asked.context["held"]}
    assert client.post(reverse("admin:login"), given)["Location"] == START
    reading = client.get(START).context["reading"]
    assert [row.decision["decision"].value() for row in reading.rows] == list(ALL)
    assert not StatusUpdate.objects.exists()
    client.post(START, filled(reading, ALL))
    assert StatusUpdate.objects.count() == 3


def test_a_text_outlives_a_lost_session(editor, client, letter):
    client.get(START)
    del client.cookies["sessionid"]
    held = client.post(START, {"text": letter}).context["held"]
    editor.set_password("mat-khau-rat-dai")
    editor.save()
    client.post(
        reverse("admin:login"), {"username": "an", "password": "mat-khau-rat-dai", "held": held}
    )
    assert client.get(START).context["form"]["text"].value() == letter
