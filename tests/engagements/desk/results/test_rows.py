"""Rows of a letter of reply: beside its text, decided on by a person."""

import uuid
from datetime import date

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from engagements.models import Source, StatusUpdate
from engagements.publication.publishing import publish
from tests.factories import (
    edition_of,
    make_commitment,
    make_organization,
    make_source,
    make_update,
    make_user,
    published,
    publisher,
)

from .steps import ALL, LETTER, OLD_WORD, START, filled, shown

pytestmark = pytest.mark.django_db


def test_rows_of_a_letter_beside_its_text(editor, client, letter, items):
    page = client.post(START, {"text": letter})
    reading = page.context["reading"]
    assert [row.news.item and row.news.item.code for row in reading.rows] == [
        items["commitment"].code,
        items["advice"].code,
        items["request"].code,
        None,
    ]
    said = page.content.decode()
    assert "<mark>đã hoàn thành ngày 12/10/2025</mark>" in said
    assert 'id="d6"' in said
    assert not StatusUpdate.objects.exists()
    assert not Source.objects.filter(number="88/UBND-VX").exists()


def test_accepted_rows_become_drafts_with_the_letter(editor, client, letter, items):
    make_organization(name="Bộ Cầu Đường")
    answer = client.post(START, filled(shown(client, letter), ALL, draft="1"))
    source = Source.objects.get(number="88/UBND-VX")
    assert answer.status_code == 302
    assert (source.state, source.issued_on) == ("draft", date(2025, 11, 18))
    assert (source.publisher, source.created_by) == ("UBND tỉnh Bình Minh", editor)
    assert len(source.paragraphs()) == 11
    done, advice, passed = StatusUpdate.objects.order_by("pk")
    assert {done.source, advice.source, passed.source} == {source}
    assert (done.target, done.status, done.completed_on) == (
        items["commitment"], "done", date(2025, 10, 12),
    )  # fmt: skip
    assert (advice.target, advice.status) == (items["advice"], "in_progress")
    assert (advice.happened_on, advice.new_due_on) == (date(2025, 11, 18), date(2026, 6, 30))
    assert (passed.target, passed.answer) == (items["request"], "passed_on")
    assert passed.passed_to.name == "Bộ Cầu Đường"
    assert {update.voice for update in (done, advice, passed)} == {"province"}
    assert {update.state for update in (done, advice, passed)} == {"draft"}
    assert (done.paragraph, done.quote) == (6, "đã hoàn thành ngày 12/10/2025")
    assert client.get(answer["Location"]).context["cl"].result_count == 3


def test_saved_and_submitted_as_one_and_published_by_another(editor, client, letter, items):
    client.post(START, filled(shown(client, letter), ALL, submit="1"))
    source = Source.objects.get(number="88/UBND-VX")
    updates = list(StatusUpdate.objects.all())
    assert {source.state, *(update.state for update in updates)} == {"in_review"}
    publish(source, by=publisher())
    for update in updates:
        publish(update, by=publisher())
    assert edition_of(items["commitment"]).status == "done"


def test_every_row_is_to_be_decided_on(editor, client, letter):
    reading = shown(client, letter)
    answer = client.post(START, filled(reading, ("accept", "", "accept", "refuse")))
    rows = answer.context["reading"].rows
    assert [bool(row.decision.errors) for row in rows] == [False, True, False, False]
    assert rows[0].decision["decision"].value() == "accept"  # the form comes back filled
    assert not any(row.update.errors for row in rows)  # what nobody takes is not judged
    assert not StatusUpdate.objects.exists()
    assert not Source.objects.filter(number="88/UBND-VX").exists()


def test_one_wrong_row_saves_nothing(editor, client, letter):
    reading = shown(client, letter)
    name = reading.rows[1].update["quote"].html_name
    answer = client.post(START, filled(reading, ALL, **{name: "điều không có trong văn bản"}))
    assert answer.context["reading"].rows[1].update.errors
    assert not StatusUpdate.objects.exists()
    assert not Source.objects.filter(number="88/UBND-VX").exists()


def test_another_item_gets_what_the_news_means_for_it(editor, client, letter, items):
    reading = shown(client, letter)
    name = reading.rows[2].decision["other"].html_name
    sent = filled(reading, ("refuse", "refuse", "change", "refuse"), **{name: items["advice"].code})
    client.post(START, sent)
    update = StatusUpdate.objects.get()
    assert (update.target, update.status, update.answer) == (items["advice"], "transferred", "")


def test_a_row_outside_the_register_may_be_given_an_item(editor, client, letter, items):
    reading = shown(client, letter)
    assert reading.rows[3].decision["decision"].value() == "refuse"
    decisions = ("refuse", "refuse", "refuse", "accept")
    answer = client.post(START, filled(reading, decisions))
    assert "other" in answer.context["reading"].rows[3].decision.errors
    name = reading.rows[3].decision["other"].html_name
    elsewhere = published(make_commitment(title="Việc của tỉnh khác"))
    for typed in ("đèn đường", f"{elsewhere.code} {items['advice'].code}", "CK-999"):
        answer = client.post(START, filled(reading, decisions, **{name: typed}))
        assert "other" in answer.context["reading"].rows[3].decision.errors
    client.post(START, filled(reading, decisions, **{name: f"{elsewhere.code} Việc của tỉnh"}))
    assert StatusUpdate.objects.get().target == elsewhere


def test_items_are_listed_once_for_all_rows(editor, client, letter, items):
    said = client.post(START, {"text": letter}).content.decode()
    for item in items.values():
        assert said.count(f'<option value="{item.code}">') == 1
    assert said.count('list="open-items"') == 4
    assert said.count("<datalist") == 1


def test_what_a_person_changed_is_kept(editor, client, letter):
    reading = shown(client, letter)
    names = {
        name: reading.rows[0].update[name].html_name for name in ("status", "text", "completed_on")
    }
    given = {
        names["status"]: "partly_done",
        names["text"]: "Mới cấp một nửa",
        names["completed_on"]: "",
    }
    client.post(START, filled(reading, ("change", "refuse", "refuse", "refuse"), **given))
    update = StatusUpdate.objects.get()
    assert (update.status, update.text) == ("partly_done", "Mới cấp một nửa")


def test_nothing_accepted_saves_nothing(editor, client, letter):
    reading = shown(client, letter)
    answer = client.post(START, filled(reading, ("refuse",) * 4))
    assert answer.status_code == 200
    assert not Source.objects.filter(number="88/UBND-VX").exists()


def test_sent_twice_it_is_made_once(editor, client, letter):
    sent = filled(shown(client, letter), ALL)
    for _time in range(2):
        assert client.post(START, sent).status_code == 302
    assert StatusUpdate.objects.count() == 3
    assert Source.objects.filter(number="88/UBND-VX").count() == 1


def test_a_letter_that_is_known_is_read_where_it_is(editor, client, letter):
    sent = filled(shown(client, letter), ALL)
    known = make_source(number="88/UBND-VX", issued_on=date(2025, 11, 18), text=letter)
    address = reverse("admin:engagements_source_results", args=[known.pk])
    page = client.post(START, {"text": letter})
    assert address in page.context["reading"].stop
    assert address in page.content.decode()
    assert page.context["reading"].rows == []  # told before anybody decides on anything
    answer = client.post(START, sent)  # it was entered while the page stood open
    assert address in str(answer.context["reading"].letter.errors)
    reading = client.get(address).context["reading"]
    client.post(address, filled(reading, ALL))
    assert {update.source for update in StatusUpdate.objects.all()} == {known}
    again = client.get(address).context["reading"].rows
    assert [bool(row.recorded) for row in again] == [True, True, True, False]
    assert {row.decision["decision"].value() for row in again} == {"refuse"}


def test_a_known_letter_without_its_text_is_to_be_given_it(editor, client, letter):
    known = make_source(number="88/UBND-VX", issued_on=date(2025, 11, 18), text="")
    stop = shown(client, letter).stop
    assert reverse("admin:engagements_source_change", args=[known.pk]) in stop


def test_who_may_not_enter_a_source_is_told_so_right_after_reading(client, letter):
    user = make_user("chi", desk=make_organization(), is_staff=True)
    rights = Permission.objects.filter(codename__in=("add_statusupdate", "view_source"))
    user.user_permissions.set(rights)
    client.force_login(user)
    page = client.post(START, {"text": letter})
    assert page.context["reading"].stop
    assert page.context["reading"].rows == []


def test_item_of_another_desk_is_refused_with_the_reason(client, letter):
    client.force_login(make_user("binh", ["Biên tập"], desk=make_organization()))
    answer = client.post(START, filled(shown(client, letter), ALL))
    rows = answer.context["reading"].rows
    assert all("item" in row.decision.errors for row in rows[:3])
    assert rows[0].decision["decision"].value() == "accept"
    assert not StatusUpdate.objects.exists()


def test_a_recalled_letter_is_corrected(editor, client, items):
    first = make_source(number="55/BCT-VP", issued_on=date(2025, 8, 18))
    earlier = published(make_update(request=items["request"], source=first))
    text = (
        "BỘ CHỦ TRÌ\nSố: 60/BCT-VP\nHà Nội, ngày 18 tháng 11 năm 2025\n"
        "Kính gửi: Ủy ban nhân dân tỉnh Bình Minh\n"
        f"Về việc sửa cầu Suối Lạnh ({items['request'].code}): Bộ thu hồi Công văn số 55/BCT-VP "
        "ngày 18/8/2025.\n"
    )
    sent = filled(shown(client, text), ("accept",))
    (name,) = [name for name in sent if name.endswith("-corrects")]
    for ticked, corrected in (([], None), ([str(earlier.pk)], earlier)):
        sent |= {name: ticked, "uid": str(uuid.uuid4())}
        client.post(START, sent)
        update = StatusUpdate.objects.get(source__number="60/BCT-VP")
        assert update.corrects == corrected
        StatusUpdate.objects.filter(pk=update.pk).delete()
        Source.objects.filter(number="60/BCT-VP").delete()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        pytest.param({}, "một trong hai", id="nothing"),
        pytest.param({"text": " \n "}, "một trong hai", id="spaces"),
        pytest.param(
            {"text": "a", "file": SimpleUploadedFile("a.txt", b"a")}, "một trong hai", id="both"
        ),
        pytest.param({"file": SimpleUploadedFile("a.doc", OLD_WORD)}, "Word", id="old-word"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told(editor, client, sent, said):
    answer = client.post(START, sent)
    assert answer.status_code == 200
    assert said in str(answer.context["form"].errors)


@pytest.mark.parametrize("uid", ["", "x", "0" * 40])
def test_a_forged_key_is_refused(editor, client, letter, uid):
    sent = filled(shown(client, letter), ALL) | {"uid": uid}
    assert client.post(START, sent).status_code == 200
    assert not StatusUpdate.objects.exists()


def test_more_rows_than_a_page_holds_come_in_parts(editor, client, letter, items, monkeypatch):
    monkeypatch.setattr("engagements.desk.results.reading.MOST_ROWS", 2)
    reading = shown(client, letter)
    assert (len(reading.rows), reading.parts) == (2, 2)
    answer = client.post(START, filled(reading, ("refuse", "refuse")))
    source = Source.objects.get(number="88/UBND-VX")  # the next part is read from it
    address = reverse("admin:engagements_source_results", args=[source.pk])
    assert answer["Location"] == f"{address}?part=2"
    reading = client.get(answer["Location"]).context["reading"]
    assert [row.news.item and row.news.item.code for row in reading.rows] == [
        items["request"].code,
        None,
    ]
    client.post(answer["Location"], filled(reading, ("accept", "refuse")))
    assert StatusUpdate.objects.get().target == items["request"]
    first = client.get(address).context["reading"]
    assert first.part == 1
    onward = client.post(address, filled(first, ("refuse", "refuse")))
    assert onward["Location"] == f"{address}?part=2"
    assert client.get(f"{address}?part=x").context["reading"].part == 1
    assert client.get(f"{address}?part=99").context["reading"].part == 2


def test_a_paper_of_something_else_gets_no_rows(editor, client):
    page = client.post(START, {"text": "Sáng nay trời nắng đẹp, nhiều người đi dạo ở bờ hồ."})
    assert page.context["reading"].rows == []
    assert "Không đề xuất gì" in page.content.decode()


# -- the page itself


def test_a_row_may_say_that_it_goes_on_from_now_on(editor, client, letter):
    reading = shown(client, letter)
    update = reading.rows[1].update
    given = {
        update["is_ongoing"].html_name: "on",
        update["new_due_on"].html_name: "",
        update["new_due_text"].html_name: "thường xuyên",
    }
    client.post(START, filled(reading, ("refuse", "change", "refuse", "refuse"), **given))
    assert StatusUpdate.objects.get().is_ongoing


def test_enter_saves_drafts_and_errors_are_told_to_their_boxes(editor, client, letter):
    reading = shown(client, letter)
    decision, quote = reading.rows[0].decision["decision"], reading.rows[0].update["quote"]
    sent = filled(reading, ALL, **{quote.html_name: "điều không có trong văn bản"})
    said = client.post(START, sent).content.decode()
    assert 0 < said.index('name="draft"') < said.index('name="submit"')
    for name in ("helptext", "error"):
        assert f'id="{quote.auto_id}_{name}"' in said
    box = said[said.index(f'name="{quote.html_name}"') :].partition(">")[0]
    assert f'aria-describedby="{quote.auto_id}_helptext {quote.auto_id}_error"' in box
    del sent[decision.html_name]
    said = client.post(START, sent).content.decode()
    assert f'aria-describedby="{decision.auto_id}_error"' in " ".join(said.split())
    assert f'id="{decision.auto_id}_error"' in said


def test_a_deadline_is_moved_only_where_there_was_one(editor, client, letter, items):
    assert "thời hạn dời đến" not in client.post(START, {"text": letter}).content.decode()
    items["advice"].due_on, items["advice"].due_text = date(2026, 3, 31), "quý I/2026"
    items["advice"].save()
    publish(items["advice"], by=publisher())
    assert "thời hạn dời đến 30/06/2026" in client.post(START, {"text": letter}).content.decode()


def test_rows_ask_the_database_nothing_each(editor, client, items):
    make_organization(name="Bộ Cầu Đường")
    first = make_source(number="55/BCT-VP", issued_on=date(2025, 8, 18))
    published(make_update(request=items["request"], source=first))
    head, foot = LETTER.partition("1. Về cấp")[0], "Nơi nhận:\n- Như trên.\n"
    code = items["request"].code
    rows = (
        f"Về sửa cầu ({code}): thuộc thẩm quyền của Bộ Cầu Đường.",
        f"Về sửa cầu ({code}): thu hồi Công văn số 55/BCT-VP ngày 18/8/2025.",
    )
    counts = {}
    for pairs in (1, 15):
        lines = [f"{n}. {row}" for n, row in enumerate(rows * pairs, start=1)]
        source = make_source(text="\n".join([head, *lines, foot]))
        address = reverse("admin:engagements_source_results", args=[source.pk])
        with CaptureQueriesContext(connection) as asked:
            reading = client.get(address).context["reading"]
        assert len(reading.rows) == 2 * pairs
        assert all(row.corrections for row in reading.rows[1::2])
        counts[pairs] = len(asked)
    assert counts[1] == counts[15]


def test_ways_to_the_page(editor, client, letter):
    source = make_source(text=letter)
    form = client.get(reverse("admin:engagements_source_change", args=[source.pk])).content.decode()
    assert reverse("admin:engagements_source_results", args=[source.pk]) in form
    listed = client.get(reverse("admin:engagements_source_changelist")).content.decode()
    assert START in listed
