"""One form for a session: lines become rows, rows take what the form says once, nothing is lost."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html

from engagements.models import (
    Attendance,
    Commitment,
    Figure,
    Meeting,
    ProvinceRequest,
    Recommendation,
    Remark,
)
from engagements.models.followups import FOLLOW_UP_MODELS
from provinces.models import Official
from tests.desk import (
    address,
    new_row,
    new_session,
    opened,
    posted,
    rows_back,
    said,
    save,
    send,
)
from tests.factories import (
    edited,
    make_attendance,
    make_commitment,
    make_figure,
    make_indicator,
    make_meeting,
    make_merger,
    make_official,
    make_organization,
    make_post,
    make_province,
    make_recommendation,
    make_remark,
    make_request,
    make_source,
    make_user,
)

HELD_ON = date(2024, 2, 29)
BEFORE, AFTER = date(2024, 1, 1), date(2024, 12, 31)


@pytest.mark.parametrize("model", FOLLOW_UP_MODELS)
def test_a_field_that_one_kind_alone_has_stands_in_its_row_by_itself(
    editor, client, model, monkeypatch
):
    own = (*model.own_fields(), "completion_criteria")
    monkeypatch.setattr(model, "own_fields", lambda: own)
    inlines = client.get(address(Meeting, "add")).context["inline_admin_formsets"]
    rows = next(rows for rows in inlines if rows.formset.model is model)
    fields = rows.formset.empty_form.fields
    assert [name for name in own if name not in fields and f"{name}_lines" not in fields] == []


# -- lines


def test_a_session_is_entered_in_lines(editor, enter):
    ministry, province = make_organization(name="Bộ Mẫu"), make_province()
    make_official(full_name="Đặng Thị Hòa")
    given = new_session(
        ministry=ministry.pk,
        provinces=province.pk,
        lines_ministry="Dang Thi Hoa, Bộ trưởng | chủ trì\r\n+ Lê Văn Mới\tVụ trưởng\t3",
        lines_province="+ Phạm Bình, Chủ tịch",
        lines_requests="1. Xin cơ chế thử nghiệm | 4 | “cho phép thử nghiệm”\r\n\r\n- Xin vốn",
        lines_commitments="Cùng tỉnh lập đề án | rõ ràng | #1, 2 | 6 | “sẽ cùng tỉnh”",
        lines_recommendations="Lập tổ chuyên gia | #2",
        lines_remarks="Hạ tầng còn yếu | khó khăn",
    )
    assert enter(**given).status_code == 302
    meeting = Meeting.objects.get()
    people = meeting.attendances.order_by("pk")
    assert [(str(one.official), one.title, one.side, one.role) for one in people] == [
        ("Đặng Thị Hòa", "Bộ trưởng", "ministry", "chair"),
        ("Lê Văn Mới", "Vụ trưởng", "ministry", "attended"),
        ("Phạm Bình", "Chủ tịch", "province", "attended"),
    ]
    first, second = meeting.provincerequests.order_by("pk")
    assert (first.title, first.paragraph, first.quote) == (
        "Xin cơ chế thử nghiệm",
        4,
        "cho phép thử nghiệm",
    )
    promise = Commitment.objects.get()
    assert (promise.strength, promise.paragraph, promise.quote) == ("explicit", 6, "sẽ cùng tỉnh")
    assert set(promise.answers.all()) == {first, second}
    assert list(Recommendation.objects.get().answers.all()) == [second]
    assert Remark.objects.get().type == "difficulty"
    items = [first, second, promise, Recommendation.objects.get(), Remark.objects.get()]
    assert {one.province for one in items} == {province}
    assert {one.source_id for one in (*items, *people)} == {given["source"]}
    assert {one.created_by for one in items} == {editor}


def test_lines_are_cleaned_before_they_are_read_and_the_number_is_said(editor, enter, client):
    ministry, province = make_organization(name="Bộ Mẫu"), make_province()
    given = new_session(
        title="Làm việc\u200b với tỉnh",
        ministry=ministry.pk,
        provinces=province.pk,
        lines_requests="\uf0b7\tÐào tạo\u00ad nghề | 4\u200b\r\n\ufeff2. Xin vốn",
    )
    assert enter(**given).status_code == 302
    meeting = Meeting.objects.get()
    assert meeting.title == "Làm việc với tỉnh"
    first, second = meeting.provincerequests.order_by("pk")
    assert (first.title, first.paragraph, second.title) == ("Đào tạo nghề", 4, "Xin vốn")
    page = client.get(address(Meeting, "change", meeting.pk))
    said = " ".join(str(message) for message in page.context["messages"])
    assert "Đã bỏ 3 ký tự ẩn." in said
    assert "Đã bỏ 1 ký tự ẩn." in said


def test_lines_of_hidden_characters_alone_are_refused(editor, enter):
    answer = enter(**new_session(lines_requests="\u200b\r\n\ufeff"))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["lines_requests"]
    assert not Meeting.objects.exists()


WRONG_LINES = {
    "third-part": ("lines_requests", "Xin vốn | lời này | lời kia", "lời kia"),
    "answers-of-a-request": ("lines_requests", "Xin vốn | #1", "#1"),
    "two-paragraphs": ("lines_commitments", "Hứa | rõ ràng | 3 | 4", "4"),
    "numbers-that-are-none": ("lines_commitments", "Hứa | rõ ràng | #một", "#một"),
    "no-title": ("lines_recommendations", " | 4", "| 4"),
    "two-deadlines": ("lines_requests", "Xin vốn | quý I/2024 | cuối năm", "cuối năm"),
}


@pytest.mark.parametrize(("box", "line", "named"), WRONG_LINES.values(), ids=WRONG_LINES)
def test_a_line_that_is_not_understood_leaves_every_box_as_it_was(editor, box, line, named, enter):
    typed = {"lines_remarks": "Hay | khó khăn", box: f"Dòng đúng\n{line}"}
    answer = enter(**new_session(**typed))
    form = answer.context["adminform"].form
    (told,) = form.errors[box]
    assert named in told
    assert "2" in told
    assert {name: form[name].value() for name in typed} == typed
    assert not Meeting.objects.exists()


def test_too_many_lines_at_once_are_refused_and_kept(editor, enter):
    typed = "\n".join(f"Đề nghị {n}" for n in range(201))
    form = enter(**new_session(lines_requests=typed)).context["adminform"].form
    assert form["lines_requests"].value() == typed
    assert form.errors["lines_requests"]


def test_lines_of_a_form_with_another_fault_come_back_as_rows(editor, enter):
    answer = enter(**new_session(title="", lines_requests="Xin vốn | 4"))
    (row,) = rows_back(answer, "provincerequests")
    assert (row["title"].value(), row["paragraph"].value()) == ("Xin vốn", "4")
    assert answer.context["adminform"].form["lines_requests"].value() == ""
    assert len(said(answer)) == 1


def test_a_promise_without_its_strength_is_asked_for_it_in_its_row(editor, enter):
    answer = enter(**new_session(lines_commitments="Sẽ làm"))
    (row,) = rows_back(answer, "commitments")
    assert list(row.errors) == ["strength"]
    assert not Commitment.objects.exists()


def test_who_may_not_add_items_has_no_boxes_and_posts_none(client, db):
    meeting = make_meeting()
    client.force_login(make_user(roles=["Xem nội bộ"]))
    page = client.get(address(Meeting, "change", meeting.pk)).content.decode()
    assert 'name="lines_requests"' not in page
    assert send(client, meeting, {"lines_requests": "Chen vào"}).status_code == 403
    assert not ProvinceRequest.objects.exists()


# -- deadlines in lines

READ = {
    # the words, and their day for a session on 29/02/2024
    "day": ("trước 30/6/2024", "30/06/2024"),
    "quarter": ("quý I/2024", "31/03/2024"),
    "year": ("2025", "31/12/2025"),
    "period": ("giai đoạn 2021-2025", "31/12/2025"),
    "months": ("6 tháng đầu năm 2025", "30/06/2025"),
    "year-inferred": ("trước 30/6", "30/06/2024"),
    "year-of-the-session": ("cuối năm nay", "31/12/2024"),
    "on-the-day": ("trước 29/2", "29/02/2024"),
    "day-after": ("trước 28/2", "28/02/2025"),
    "counted": ("trong vòng 30 ngày", "30/03/2024"),
    "without-marks": ("quy III", "30/09/2024"),
}
BOXES = {
    "lines_requests": "provincerequests",
    "lines_commitments": "commitments",
    "lines_recommendations": "recommendations",
}


@pytest.mark.parametrize(("words", "day"), READ.values(), ids=READ)
def test_a_deadline_is_read_shown_and_kept_when_saved_again(editor, client, enter, words, day):
    typed = dict.fromkeys(BOXES, f"Làm đường | rõ ràng | {words} | 4 | “làm đường”")
    typed |= {
        name: line.replace(" | rõ ràng", "")
        for name, line in typed.items()
        if name != "lines_commitments"
    }
    answer = enter(**new_session(**typed))
    if words != "trước 30/6/2024":  # which leaves nothing to confirm
        for prefix in BOXES.values():
            (row,) = rows_back(answer, prefix)
            assert (row["due_text"].value(), row["due_on"].value()) == (words, day)
            assert list(row.errors) == ["due_on"]
            assert f"“{words}”" in row.errors["due_on"][0]
            assert day in row.errors["due_on"][0]
        assert not Meeting.objects.exists()
        answer = client.post(address(Meeting, "add"), posted(answer))
    assert answer.status_code == 302
    for model in (ProvinceRequest, Commitment, Recommendation):
        item = model.objects.get()
        assert (item.due_text, f"{item.due_on:%d/%m/%Y}") == (words, day)
        assert (item.paragraph, item.quote) == (4, "làm đường")


def test_promises_pasted_with_their_deadlines_keep_no_invented_proof(editor, client, enter):
    """A deadline was once stored as the quotation, a year as the paragraph."""
    typed = (
        "Hoàn thành cấp phép thử nghiệm | rõ ràng | trước 30/6/2024\n"
        "Bố trí vốn | rõ ràng | quý I/2024\n"
        "Trình đề án | rõ ràng | 2025\n"
        "Phủ sóng | rõ ràng | giai đoạn 2021-2025\n"
    )
    answer = enter(**new_session(lines_commitments=typed))
    rows = rows_back(answer, "commitments")
    assert [list(row.errors) for row in rows] == [[], ["due_on"], ["due_on"], ["due_on"]]
    assert client.post(address(Meeting, "add"), posted(answer)).status_code == 302
    assert list(
        Commitment.objects.order_by("pk").values_list("due_text", "due_on", "paragraph", "quote")
    ) == [
        ("trước 30/6/2024", date(2024, 6, 30), None, ""),
        ("quý I/2024", date(2024, 3, 31), None, ""),
        ("2025", date(2025, 12, 31), None, ""),
        ("giai đoạn 2021-2025", date(2025, 12, 31), None, ""),
    ]


ASKED = {
    "impossible": "trước 31/2",
    "before-the-session": "28/2/2024",
    "year-before-the-session": "2023",
    "year-outside": "tháng 6/2150",
    "begin-or-end": "trước quý III",
    "no-start": "30 ngày",
}


@pytest.mark.parametrize("words", ASKED.values(), ids=ASKED)
def test_a_deadline_without_a_certain_day_is_asked_about(editor, client, enter, words):
    answer = enter(**new_session(lines_requests=f"Xin vốn | {words} | “vốn”"))
    (row,) = rows_back(answer, "provincerequests")
    assert list(row.errors) == ["due_on"]
    assert len(row.errors["due_on"]) == 1
    assert f"“{words}”" in row.errors["due_on"][0]
    boxes = row["due_text"].value(), row["due_on"].value(), row["quote"].value()
    assert boxes == (words, None, "vốn")
    assert not Meeting.objects.exists()
    given = posted(answer) | {"provincerequests-0-due_on": "31/12/2024"}
    assert client.post(address(Meeting, "add"), given).status_code == 302
    item = ProvinceRequest.objects.get()
    assert (item.due_text, item.due_on) == (words, date(2024, 12, 31))


@pytest.mark.parametrize("words", ASKED.values(), ids=ASKED)
def test_its_words_are_kept_alone_when_it_is_saved_again(editor, client, enter, words):
    answer = enter(**new_session(lines_requests=f"Xin vốn | {words}"))
    assert client.post(address(Meeting, "add"), posted(answer)).status_code == 302
    item = ProvinceRequest.objects.get()
    assert (item.due_text, item.due_on) == (words, None)


KEPT = {
    "ongoing": ("thường xuyên", True),
    "no-day": ("sớm nhất", False),
    "term": ("nhiệm kỳ 2021-2026", False),
}


@pytest.mark.parametrize(("words", "is_ongoing"), KEPT.values(), ids=KEPT)
def test_words_that_tell_no_day_are_kept(editor, enter, words, is_ongoing):
    assert enter(**new_session(lines_requests=f"Xin vốn | {words}")).status_code == 302
    item = ProvinceRequest.objects.get()
    assert (item.due_text, item.due_on, item.is_ongoing) == (words, None, is_ongoing)


def test_a_day_that_was_read_can_be_taken_away(editor, client, enter):
    answer = enter(**new_session(lines_requests="Xin vốn | cuối năm"))
    given = posted(answer) | {"provincerequests-0-due_on": ""}
    assert client.post(address(Meeting, "add"), given).status_code == 302
    item = ProvinceRequest.objects.get()
    assert (item.due_text, item.due_on) == ("cuối năm", None)


def test_a_deadline_that_hangs_on_the_session_asks_for_its_day(editor, enter):
    given = new_session(held_on="", lines_requests="Xin vốn | cuối năm")
    (row,) = rows_back(enter(**given), "provincerequests")
    assert (row["due_text"].value(), row["due_on"].value()) == ("cuối năm", None)
    assert list(row.errors) == ["due_on"]


def test_a_planned_session_counts_from_the_first_day_of_its_window(editor, enter):
    window = {"planned_from": "01/05/2024", "planned_to": "09/05/2024", "state_of_it": "planned"}
    given = new_session(held_on="", lines_requests="Xin vốn | trong 30 ngày", **window)
    (row,) = rows_back(enter(**given), "provincerequests")
    assert row["due_on"].value() == "31/05/2024"


NO_DEADLINES = {
    "paragraph": ("lines_requests", "Xin vốn | 25", {"paragraph": 25, "quote": ""}),
    "paragraph-like-no-year": ("lines_requests", "Xin vốn | 1944", {"paragraph": 1944}),
    "quotation": ("lines_requests", "Xin vốn | “quý I/2024”", {"quote": "quý I/2024"}),
    "in-a-sentence": ("lines_requests", "Xin vốn | “vốn quý I/2024”", {"quote": "vốn quý I/2024"}),
    "first-part": ("lines_requests", "Quý I/2024 | 4", {"title": "Quý I/2024"}),
    "of-a-remark": ("lines_remarks", "Mục tiêu | mục tiêu | 2025", {"paragraph": 2025}),
}


@pytest.mark.parametrize(("box", "line", "kept"), NO_DEADLINES.values(), ids=NO_DEADLINES)
def test_what_is_no_deadline_stays_what_it_was(editor, enter, box, line, kept):
    assert enter(**new_session(**{box: line})).status_code == 302
    item = (Remark if box == "lines_remarks" else ProvinceRequest).objects.get()
    assert {name: getattr(item, name) for name in kept} == kept
    assert getattr(item, "due_on", None) is None


def test_rows_that_answer_each_other_keep_that_while_a_deadline_is_looked_at(editor, client, enter):
    typed = {
        "lines_requests": "Xin vốn",
        "lines_commitments": (
            "Bố trí vốn | rõ ràng | #1 | quý I/2024\nCấp phép | rõ ràng | 30/6/2024"
        ),
    }
    answer = enter(**new_session(**typed))
    first, second = rows_back(answer, "commitments")
    assert (list(first.errors), list(second.errors)) == (["due_on"], [])
    assert client.post(address(Meeting, "add"), posted(answer)).status_code == 302
    promise = Commitment.objects.get(title="Bố trí vốn")
    assert promise.answers.get() == ProvinceRequest.objects.get()


# -- who sat there

POSTS = {
    "the-only-one": ([("Vụ trưởng", BEFORE, AFTER)], "Vụ trưởng"),
    "days-unknown": ([("Vụ trưởng", None, None)], "Vụ trưởng"),
    "first-day": ([("Vụ trưởng", HELD_ON, None)], "Vụ trưởng"),
    "day-before-the-first": ([("Vụ trưởng", date(2024, 3, 1), None)], ""),
    "last-day": ([("Vụ trưởng", None, HELD_ON)], "Vụ trưởng"),
    "day-after-the-last": ([("Vụ trưởng", None, date(2024, 2, 28))], ""),
    "known-days-first": ([("Vụ phó", None, None), ("Vụ trưởng", BEFORE, None)], "Vụ trưởng"),
    "two-alike": ([("Vụ phó", BEFORE, None), ("Vụ trưởng", BEFORE, None)], ""),
    "two-unknown": ([("Vụ phó", None, None), ("Vụ trưởng", None, None)], ""),
}


@pytest.mark.parametrize(("posts", "title"), POSTS.values(), ids=POSTS)
def test_the_title_is_that_of_the_office_held_on_the_day(editor, client, posts, title, enter):
    who, ministry = make_official(), make_organization()
    unit = make_organization(kind="ministry_unit", parent=ministry)
    for name, starts_on, ends_on in posts:
        make_post(official=who, organization=unit, title=name, starts_on=starts_on, ends_on=ends_on)
    given = new_session(ministry=ministry.pk, lines_ministry=who.full_name)
    assert enter(**given).status_code == 302
    seat = Attendance.objects.get()
    assert (seat.official, seat.title) == (who, title)
    assert seat.organization == (unit if title else None)

    asked = {"official": who.pk, "held_on": "29/02/2024", "ministry": ministry.pk}
    shown = client.get(address(Meeting, "seat"), asked).json()
    assert shown.get("title", "") == title
    assert shown.get("side", "ministry") == "ministry"


def test_a_title_that_was_typed_stays(editor, enter):
    post = make_post(title="Bộ trưởng")
    enter(**new_session(lines_ministry=f"{post.official.full_name}, Quyền Bộ trưởng"))
    seat = Attendance.objects.get()
    assert (seat.title, seat.organization) == ("Quyền Bộ trưởng", None)


def test_the_side_is_guessed_from_the_body(editor, client):
    ministry, province = make_organization(), make_province()
    unit = make_organization(kind="ministry_unit", parent=ministry)
    people = {
        "ministry": make_post(organization=unit),
        "province": make_post(
            organization=make_organization(kind="peoples_committee", province=province)
        ),
    }
    for side, post in people.items():
        meeting = make_meeting(ministry=ministry, provinces=[province])
        row = {"official": post.official_id, "role": "attended"}
        answer = send(client, meeting, new_row(opened(client, meeting), "attendances", **row))
        assert answer.status_code == 302
        assert meeting.attendances.get().side == side


def test_the_side_of_a_stranger_is_asked_for(editor, client):
    meeting = make_meeting()
    row = {"official": make_post().official_id, "role": "attended"}
    answer = send(client, meeting, new_row(opened(client, meeting), "attendances", **row))
    (back,) = rows_back(answer, "attendances")
    assert list(back.errors) == ["side"]


def test_an_unknown_name_waits_for_a_tick(editor, client, enter):
    given = new_session(lines_ministry="Người Chưa Biết, Chuyên viên")
    answer = enter(**given)
    (row,) = rows_back(answer, "attendances")
    assert list(row.errors) == ["name"]
    assert row["title"].value() == "Chuyên viên"
    ticked = posted(answer) | {"attendances-0-is_new": "on"}
    assert client.post(address(Meeting, "add"), ticked).status_code == 302
    assert Official.objects.get().full_name == "Người Chưa Biết"
    assert Official.objects.get().history.get().history_user == editor


def test_a_name_of_several_people_is_asked_about(editor, enter):
    for slug in ("tran-an", "tran-an-2"):
        make_official(full_name="Trần An", slug=slug)
    (row,) = rows_back(enter(**new_session(lines_ministry="ông Trần An")), "attendances")
    assert "tran-an-2" in row.errors["name"][0]
    assert not Attendance.objects.exists()


def test_one_new_name_twice_is_refused(editor, enter):
    answer = enter(**new_session(lines_ministry="+ Lê Mới\n+ LÊ MỚI"))
    assert [list(row.errors) for row in rows_back(answer, "attendances")] == [[], ["name"]]
    assert not Official.objects.exists()


def test_who_keeps_no_people_adds_none(client, db):
    reviewer = make_user(roles=["Duyệt"])
    reviewer.groups.get().permissions.filter(codename="add_official").delete()
    client.force_login(reviewer)
    meeting = make_meeting()
    row = {"name": "Lê Mới", "is_new": "on", "side": "other", "role": "attended"}
    answer = send(client, meeting, new_row(opened(client, meeting), "attendances", **row))
    (back,) = rows_back(answer, "attendances")
    assert list(back.errors) == ["is_new"]
    assert not Official.objects.exists()


@pytest.mark.parametrize("official", ["", "abc", "-1", "99999999999999999999", "١"])
def test_the_seat_of_nobody_is_a_bad_question(editor, client, official):
    asked = {"official": official, "held_on": "29/02/2024", "ministry": "x", "provinces": "y"}
    assert client.get(address(Meeting, "seat"), asked).status_code in (200, 400)
    if official != "":
        row = {"official": official, "side": "other", "role": "attended"}
        meeting = make_meeting()
        answer = send(client, meeting, new_row(opened(client, meeting), "attendances", **row))
        assert rows_back(answer, "attendances")[0].errors


def test_the_seat_is_for_who_enters_sessions(client, db):
    client.force_login(make_user(roles=["Xem nội bộ"]))
    assert client.get(address(Meeting, "seat"), {"official": 1}).status_code == 403
    client.logout()
    assert client.get(address(Meeting, "seat"), {"official": 1}).status_code == 302


# -- what the form says once


def test_rows_take_a_source_that_is_chosen_later(editor, client):
    meeting = make_meeting(source=None)
    item = make_request(meeting=meeting, source=None)
    source = make_source()
    assert save(client, meeting, source=source.pk).status_code == 302
    item.refresh_from_db()
    assert item.source == source


def test_rows_keep_the_source_that_they_name(editor, client, untouched):
    other = make_source()
    sent = untouched | new_session()
    row = {"title": "Xin vốn", "source": other.pk, "paragraph": 3}
    assert (
        client.post(address(Meeting, "add"), new_row(sent, "provincerequests", **row)).status_code
        == 302
    )
    assert ProvinceRequest.objects.get().source == other


def test_of_several_provinces_the_row_says_which(editor, client, untouched):
    given = new_session(provinces=[make_province().pk, make_province().pk])
    sent = untouched | given
    sent = new_row(sent, "provincerequests", title="Xin vốn")
    (row,) = rows_back(client.post(address(Meeting, "add"), sent), "provincerequests")
    assert list(row.errors) == ["province"]


def test_a_draft_may_still_lack_its_provinces_and_its_source(editor, enter):
    given = new_session() | {"provinces": [], "source": ""}
    assert enter(**given).status_code == 302
    assert Meeting.objects.get().slug == "2024-02-29-lam-viec-voi-tinh"


# -- when it could not be saved


def page_of(response):
    return html.fromstring(response.content.decode())


def on_the_page(response):
    """What a browser sends of the page itself, whatever the form behind it holds."""
    sent = {}
    for name, value in page_of(response).get_element_by_id("meeting_form").form_values():
        if "__prefix__" not in name:
            sent.setdefault(name, []).append(value)
    return sent


@pytest.fixture
def chi(db):
    client = Client()
    client.force_login(make_user("chi", is_superuser=True))
    return client


@pytest.mark.parametrize("typed", [{}, {"recommendations-0-detail": "Tôi viết thêm"}])
def test_a_row_that_a_colleague_deleted_never_holds_the_form_up(editor, client, chi, typed):
    meeting = make_meeting()
    _gone, *kept = [make_recommendation(meeting=meeting) for _place in range(3)]
    page = address(Meeting, "change", meeting.pk)
    mine = on_the_page(client.get(page)) | typed
    theirs = on_the_page(chi.get(page)) | {"recommendations-0-DELETE": "on"}
    assert chi.post(page, theirs).status_code == 302

    answer = client.post(page, mine | {"lines_requests": "Xin vốn", "held_on": "31/02/2024"})
    assert answer.status_code == 200
    (heading,) = page_of(answer).xpath("//h2[@id='recommendations-heading']/text()")
    assert ("(3)" if typed else "(2)") in heading  # it is told once, then let go
    again = client.post(page, on_the_page(answer))  # the day is still none
    assert again.status_code == 200
    sent = on_the_page(again) | {"held_on": "29/02/2024", "recommendations-2-title": "Mới"}
    assert client.post(page, sent).status_code == 302
    assert list(meeting.recommendations.order_by("pk")) == kept
    assert meeting.recommendations.get(pk=kept[1].pk).title == "Mới"
    assert meeting.provincerequests.get().title == "Xin vốn"


def test_what_is_not_saved_yet_is_counted_and_stands_open(editor, enter):
    given = new_session(lines_requests="Xin vốn\nXin người", held_on="31/02/2024")
    page = page_of(enter(**given))
    headings = page.xpath("//summary[h2[contains(., '(2)')]]")
    assert [one.getparent().get("open") for one in headings] == [""]
    assert len(page.xpath("//details[not(@open)]//h2[contains(., '(0)')]")) == 6


def test_who_sits_there_twice_is_named(editor, client):
    meeting = make_meeting()
    other, who = make_official(full_name="Lê Văn Khác"), make_official(full_name="Lê Thị Hai")
    sent = opened(client, meeting)
    for official in (other, who, who):
        row = {"official": official.pk, "title": "Vụ trưởng", "side": "ministry"}
        sent = new_row(sent, "attendances", **row, role="attended", source=meeting.source_id)
    answer = send(client, meeting, sent)
    found = answer.context["inline_admin_formsets"]
    (told,) = found[0].non_form_errors()
    assert told.startswith("Cán bộ")
    assert "Lê Thị Hai" in told
    assert "Lê Văn Khác" not in told


# -- which request it answers


@pytest.mark.parametrize("prefix", ["commitments", "recommendations"])
def test_what_answers_a_request_tells_its_number(editor, client, prefix):
    meeting = make_meeting()
    saved = make_request(meeting=meeting)
    sent = new_row(opened(client, meeting), "provincerequests", title="Mới")
    row = {"title": "Trả lời", "answers_lines": "2, 1"}
    if prefix == "commitments":
        row["strength"] = "explicit"
    assert send(client, meeting, new_row(sent, prefix, **row)).status_code == 302
    (answering,) = getattr(meeting, prefix).all()
    assert set(answering.answers.all()) == {saved, ProvinceRequest.objects.get(title="Mới")}
    assert opened(client, meeting)[f"{prefix}-0-answers_lines"] == "1, 2"


def test_answers_to_requests_of_other_sessions_stay(editor, client):
    meeting = make_meeting()
    here = make_request(meeting=meeting)
    elsewhere = make_request(province=here.province)
    promise = make_commitment(meeting=meeting, province=here.province, answers=[here, elsewhere])
    assert save(client, meeting, **{"commitments-0-answers_lines": ""}).status_code == 302
    assert list(promise.answers.all()) == [elsewhere]
    promise.refresh_from_db()
    assert (promise.version, promise.updated_by) == (2, editor)


WRONG_NUMBERS = {
    "none": ("3", {}),
    "zero": ("0", {}),
    "words": ("một", {}),
    "empty-row": ("2", {}),
    "deleted": ("1", {"provincerequests-0-DELETE": "on"}),
    "other-province": ("1", {}),
    "endless": ("9" * 500, {}),
}


@pytest.mark.parametrize(
    ("case", "number", "also"),
    [(case, *given) for case, given in WRONG_NUMBERS.items()],
    ids=WRONG_NUMBERS,
)
def test_a_wrong_number_is_an_error_in_its_box(editor, client, case, number, also):
    provinces = [make_province(), make_province()]
    meeting = make_meeting(provinces=provinces)
    make_request(meeting=meeting, province=provinces[0])
    sent = opened(client, meeting) | also
    if case == "empty-row":
        sent = new_row(sent, "provincerequests", title="", source=meeting.source_id)
    about = provinces[case == "other-province"].pk
    row = {"title": "Hứa", "strength": "offer", "answers_lines": number, "province": about}
    answer = send(client, meeting, new_row(sent, "commitments", **row))
    (back,) = rows_back(answer, "commitments")
    assert list(back.errors) == ["answers_lines"]
    assert back["answers_lines"].value() == number
    assert not Commitment.objects.exists()
    assert ProvinceRequest.objects.count() == 1


def test_numbers_that_somebody_else_changed_meanwhile_are_told(editor, client):
    meeting = make_meeting()
    first, second, third = (make_request(meeting=meeting) for _place in range(3))
    promise = make_commitment(meeting=meeting, answers=[first])
    seen = opened(client, meeting)
    edited(promise, by=make_user("chi"), detail="Chị Chi sửa").answers.set([second])
    answer = send(client, meeting, seen | {"commitments-0-answers_lines": "3"})
    (back,) = rows_back(answer, "commitments")
    assert "2" in back.errors["answers_lines"][0]
    assert list(promise.answers.all()) == [second]
    assert send(client, meeting, posted(answer)).status_code == 302
    assert list(promise.answers.all()) == [third]


def test_an_untouched_row_leaves_the_numbers_that_somebody_else_changed(editor, client):
    meeting = make_meeting()
    first, second = (make_request(meeting=meeting) for _place in range(2))
    promise = make_commitment(meeting=meeting, answers=[first])
    seen = opened(client, meeting)
    edited(promise, by=make_user("chi"), detail="Chị Chi sửa").answers.set([second])
    send(client, meeting, seen | {"summary": "Tôi chỉ sửa chỗ này"})
    assert list(promise.answers.all()) == [second]


# -- and the next item


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"lines_commitments": "Hứa | rõ ràng"}, "lines_commitments"),
        ({"lines_requests": "Xin", "_kind": "figures"}, "figures"),
        ({"_kind": "//example.com"}, "lines_requests"),
    ],
    ids=["last-box", "where-the-cursor-was", "forged"],
)
def test_saving_for_the_next_item_comes_back_to_the_form(editor, client, given, kind, enter):
    answer = enter(**new_session(**given), _addanother="1")
    page = address(Meeting, "change", Meeting.objects.get().pk)
    assert (answer.status_code, answer["Location"]) == (302, f"{page}?next={kind}")
    (told,) = said(client.get(answer["Location"]))
    assert "Làm việc với tỉnh" in told
    assert "thêm một" not in told  # which would be another session


def test_a_row_of_the_next_kind_stands_open(editor, client):
    item = make_request()
    page = address(Meeting, "change", item.meeting_id)
    shown = client.get(page, {"next": "provincerequests"})
    row = rows_back(shown, "provincerequests")[-1]
    assert (row.instance.pk, row["source"].value()) == (None, item.source_id)
    assert "<details open>" in shown.content.decode()
    assert "<details open>" not in client.get(page, {"next": "'><b>"}).content.decode()


@pytest.mark.parametrize("make", [make_request, make_commitment, make_remark, make_figure])
def test_the_next_item_has_meeting_province_and_source_of_the_last(editor, client, make):
    item = make()
    sent = opened(client, item) | {"_addanother": "1"}
    answer = client.get(send(client, item, sent)["Location"])
    form = answer.context["adminform"].form
    shown = {name: int(form[name].value()) for name in ("meeting", "province", "source")}
    assert shown == {
        "meeting": item.meeting_id,
        "province": item.province_id,
        "source": item.source_id,
    }


# -- a long session


def long_session(rows):
    meeting = make_meeting()
    for _place in range(rows):
        request = make_request(meeting=meeting, raised_by=make_official())
        make_attendance(meeting=meeting, organization=make_organization())
        make_commitment(meeting=meeting, answers=[request], lead=make_organization())
        make_recommendation(meeting=meeting, answers=[request])
        make_remark(meeting=meeting)
        make_figure(meeting=meeting)
    return meeting


def test_a_session_of_a_hundred_items_opens_with_few_questions(editor, client):
    meeting = long_session(20)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address(Meeting, "change", meeting.pk)).status_code == 200
    assert len(asked) < 40


def test_a_form_of_a_hundred_lines_passes(editor, client, untouched):
    indicator = make_indicator()
    given = new_session(
        lines_ministry="\n".join(f"+ Người Bộ {n}" for n in range(10)),
        lines_province="\n".join(f"+ Người Tỉnh {n}" for n in range(10)),
        lines_requests="\n".join(f"Đề nghị {n} | {n + 1}" for n in range(30)),
        lines_commitments="\n".join(f"Hứa {n} | rõ ràng | chung | #{n + 1}" for n in range(20)),
        lines_recommendations="\n".join(f"Khuyên {n} | #{n + 1}, {n + 2}" for n in range(20)),
        lines_remarks="\n".join(f"Nhận xét {n} | đánh giá" for n in range(9)),
    )
    sent = untouched | given
    sent = new_row(sent, "figures", indicator=indicator.pk, value="5,2")
    assert client.post(address(Meeting, "add"), sent).status_code == 302
    meeting = Meeting.objects.get()
    counts = {
        model: model.objects.filter(meeting=meeting).count() for model in (Attendance, Figure)
    }
    assert counts == {Attendance: 20, Figure: 1}
    assert meeting.provincerequests.count() == 30
    last = Recommendation.objects.get(title="Khuyên 19")
    assert {one.title for one in last.answers.all()} == {"Đề nghị 19", "Đề nghị 20"}
    assert save(client, meeting).status_code == 302


# -- namesakes


def test_a_new_name_that_the_register_has_is_refused_with_who_bears_it(editor, client, enter):
    known = make_official(full_name="Phạm Quang Ngọc")
    make_post(official=known, title="Chủ tịch UBND tỉnh")
    given = new_session(lines_province="+ đ/c Pham Quang Ngoc, Chủ tịch")
    answer = enter(**given)
    (row,) = rows_back(answer, "attendances")
    assert list(row.errors) == ["name"]
    for told in ("Phạm Quang Ngọc", "Chủ tịch UBND tỉnh", known.slug):
        assert told in row.errors["name"][0]
    assert Official.objects.get() == known

    sent = posted(answer)
    del sent["attendances-0-is_new"]
    assert client.post(address(Meeting, "add"), sent).status_code == 302
    assert Attendance.objects.get().official == known


@pytest.mark.parametrize("way", ["in-the-line", "in-the-row"])
def test_a_doubled_sign_makes_a_namesake_on_purpose(editor, client, way, enter):
    known = make_official(full_name="Phạm Quang Ngọc")
    sign = "++" if way == "in-the-line" else "+"
    given = new_session(lines_province=f"{sign} Phạm Quang Ngọc, Giám đốc Sở")
    answer = enter(**given)
    if way == "in-the-row":
        sent = posted(answer) | {"attendances-0-name": "+ Phạm Quang Ngọc"}
        answer = client.post(address(Meeting, "add"), sent)
    assert answer.status_code == 302
    seat = Attendance.objects.get()
    assert (seat.official.full_name, seat.title) == ("Phạm Quang Ngọc", "Giám đốc Sở")
    assert seat.official != known


# -- a session with several provinces


@pytest.fixture
def two_provinces(db):
    old = make_province(name="Nam Định", slug="nam-dinh")
    home = make_province(name="Ninh Bình", slug="ninh-binh", aliases="Cố đô Hoa Lư")
    return make_merger(home, old), make_province(name="Huế", kind="city")


NAMES = {
    "name": "Ninh Bình",
    "without-marks": "ninh binh",
    "in-full": "Tỉnh Ninh Bình",
    "other-name": "Cố đô Hoa Lư",
    "old-name": "Nam Dinh",
    "city": "thanh pho hue",
}


@pytest.mark.parametrize(("case", "name"), NAMES.items(), ids=NAMES)
def test_a_line_names_its_province(editor, two_provinces, case, name, enter):
    given = new_session(provinces=[one.pk for one in two_provinces])
    answer = enter(**given, lines_requests=f"Xin vốn | 4 | {name} | “lời trích”")
    assert answer.status_code == 302
    item = ProvinceRequest.objects.get()
    assert (item.province, item.quote) == (two_provinces[case == "city"], "lời trích")


def test_a_line_that_names_no_province_is_told_how(editor, two_provinces, enter):
    typed = "Xin vốn | Huế\nXin người\nXin đất | Hue | ninh bình"
    given = new_session(provinces=[one.pk for one in two_provinces], lines_remarks=typed)
    form = enter(**given).context["adminform"].form
    missing, doubled = form.errors["lines_remarks"]
    assert "2" in missing
    assert "| Ninh Bình" in missing
    assert "| Huế" in missing
    assert "“ninh bình”" in doubled
    assert form["lines_remarks"].value() == typed
    assert not Meeting.objects.exists()


@pytest.mark.parametrize("keys", [["x", "-1"], ["9" * 30, "١"]])
def test_lines_about_provinces_that_are_none_are_no_error_of_ours(editor, keys, enter):
    answer = enter(**new_session(provinces=keys), lines_requests="Xin vốn | Huế")
    assert "provinces" in answer.context["adminform"].form.errors
