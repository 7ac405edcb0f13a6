"""A letter of reply at the desk: its rows beside the text, decided on, saved as one."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from engagements.models import Source, StatusUpdate
from engagements.publication.publishing import publish
from tests.factories import (
    edition_of,
    make_commitment,
    make_meeting,
    make_organization,
    make_province,
    make_recommendation,
    make_request,
    make_source,
    make_update,
    make_user,
    published,
    publisher,
)

pytestmark = pytest.mark.django_db

START = reverse("admin:engagements_source_read_letter")
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LETTER = """\
ỦY BAN NHÂN DÂN TỈNH BÌNH MINH
Số: 88/UBND-VX
Bình Minh, ngày 18 tháng 11 năm 2025
Kính gửi: Bộ Chủ Trì
Phúc đáp Công văn số 39/BCT-VP ngày 20/10/2025, Ủy ban nhân dân tỉnh báo cáo như sau:
1. Về cấp máy tính cho trường học ({commitment}): đã hoàn thành ngày 12/10/2025.
2. Về lập tổ công nghệ số ({advice}): đã có 29/34 thôn lập tổ, dự kiến xong trước ngày 30/6/2026.
3. Về sửa cầu Suối Lạnh ({request}): nội dung này thuộc thẩm quyền của Bộ Cầu Đường.
4. Về lắp đèn đường: đã hoàn thành.
Nơi nhận:
- Như trên.
"""


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def editor(client, db):
    user = make_user("an", ["Biên tập"])
    client.force_login(user)
    return user


@pytest.fixture
def items(db):
    """A commitment, advice and a request of one session, which the public reads."""
    meeting = make_meeting(provinces=[make_province(name="Bình Minh")])
    given = {"meeting": meeting, "province": meeting.provinces.get()}
    return {
        "commitment": published(make_commitment(title="Cấp máy tính cho trường học", **given)),
        "advice": published(make_recommendation(title="Lập tổ công nghệ số", **given)),
        "request": published(make_request(title="Sửa cầu Suối Lạnh", **given)),
    }


@pytest.fixture
def letter(items):
    return LETTER.format(**{name: item.code for name, item in items.items()})


def shown(client, letter):
    return client.post(START, {"text": letter}).context["reading"]


def boxes(form):
    """What a form would send as it is shown."""
    sent = {}
    for box in form:
        value = box.value()
        if value not in (None, ""):
            value = box.field.widget.format_value(value)
            value = value[0] if isinstance(value, list) and value else value
            if value not in (None, [], ""):
                sent[box.html_name] = value
    return sent


def filled(reading, decisions, **given):
    """The page as it is shown, with these decisions by row, in the order of the page."""
    sent = boxes(reading.key) | (boxes(reading.letter) if reading.letter else {})
    sent |= {"letter-title": "Công văn trả lời"} if reading.letter else {}
    for row, decision in zip(reading.rows, decisions, strict=True):
        sent |= boxes(row.decision) | boxes(row.update)
        name = row.decision["decision"].html_name
        sent.pop(name, None)
        if decision:
            sent[name] = decision
    return sent | given


ALL = ("accept", "accept", "accept", "refuse")


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
    name = reading.rows[2].decision["item"].html_name
    sent = filled(reading, ("refuse", "refuse", "change", "refuse"), **{name: items["advice"].code})
    client.post(START, sent)
    update = StatusUpdate.objects.get()
    assert (update.target, update.status, update.answer) == (items["advice"], "transferred", "")


def test_a_row_outside_the_register_may_be_given_an_item(editor, client, letter, items):
    reading = shown(client, letter)
    assert reading.rows[3].decision["decision"].value() == "refuse"
    decisions = ("refuse", "refuse", "refuse", "accept")
    answer = client.post(START, filled(reading, decisions))
    assert "item" in answer.context["reading"].rows[3].decision.errors
    name = reading.rows[3].decision["item"].html_name
    client.post(START, filled(reading, decisions, **{name: items["commitment"].code}))
    assert StatusUpdate.objects.get().target == items["commitment"]


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
    known = make_source(number="88/UBND-VX", issued_on=date(2025, 11, 18), text=letter)
    answer = client.post(START, filled(shown(client, letter), ALL))
    address = reverse("admin:engagements_source_results", args=[known.pk])
    assert address in str(answer.context["reading"].letter.errors)
    reading = client.get(address).context["reading"]
    client.post(address, filled(reading, ALL))
    assert {update.source for update in StatusUpdate.objects.all()} == {known}
    again = client.get(address).context["reading"].rows
    assert [bool(row.recorded) for row in again] == [True, True, True, False]
    assert {row.decision["decision"].value() for row in again} == {"refuse"}


def test_item_of_another_desk_is_refused_with_the_reason(client, letter):
    client.force_login(make_user("binh", ["Biên tập"], desk=make_organization()))
    answer = client.post(START, filled(shown(client, letter), ALL))
    rows = answer.context["reading"].rows
    assert all("item" in row.decision.errors for row in rows[:3])
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
    client.post(START, filled(shown(client, text), ("accept",)))
    assert StatusUpdate.objects.get(source__number="60/BCT-VP").corrects == earlier


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


def test_more_rows_than_a_page_holds_are_told(editor, client, letter, monkeypatch):
    monkeypatch.setattr("engagements.desk.results.pages.MOST_ROWS", 2)
    page = client.post(START, {"text": letter})
    assert len(page.context["reading"].rows) == 2
    assert page.context["reading"].left == 2


def test_a_paper_of_something_else_gets_no_rows(editor, client):
    page = client.post(START, {"text": "Sáng nay trời nắng đẹp, nhiều người đi dạo ở bờ hồ."})
    assert page.context["reading"].rows == []
    assert "Không đề xuất gì" in page.content.decode()


def test_ways_to_the_page(editor, client, letter):
    source = make_source(text=letter)
    form = client.get(reverse("admin:engagements_source_change", args=[source.pk])).content.decode()
    assert reverse("admin:engagements_source_results", args=[source.pk]) in form
    listed = client.get(reverse("admin:engagements_source_changelist")).content.decode()
    assert START in listed
