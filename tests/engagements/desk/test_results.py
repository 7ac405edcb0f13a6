"""A letter of reply at the desk: its rows beside the text, decided on, saved as one."""

import uuid
from datetime import date

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from engagements.desk.forms import RecordForm
from engagements.desk.results.reading import LetterReading
from engagements.desk.review.actions import submit
from engagements.models import Source, StatusUpdate
from engagements.publication.checks import Refused
from engagements.publication.publishing import publish, withdraw
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


# -- saved as one


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
