"""Lists out to Excel and back: nothing changes by itself, nothing wrong is written."""

import threading
import tracemalloc
import zipfile
from datetime import date, datetime, time, timedelta
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from openpyxl import Workbook as Book
from openpyxl import load_workbook
from openpyxl.styles import PatternFill

from engagements.edition.cells import original
from engagements.models import (
    Commitment,
    Figure,
    Meeting,
    ProvinceRequest,
    Remark,
    Source,
    State,
    StatusUpdate,
    Workbook,
)
from engagements.publication.checks import problems
from engagements.publication.kinds import RECORDS
from engagements.roles import ROLES
from engagements.words import Strength
from engagements.workbooks import guard, sheets, spreadsheet
from engagements.workbooks.headings import HEADING_ROWS, MOST_COLUMNS
from engagements.workbooks.tables import TABLES as TABLED
from provinces.models import Official, Organization, Post
from tests.desk import address, save
from tests.factories import (
    edition_of,
    make_commitment,
    make_figure,
    make_meeting,
    make_official,
    make_organization,
    make_post,
    make_remark,
    make_request,
    make_source,
    make_topic,
    make_update,
    make_user,
    many,
    published,
)
from tests.formulas import EITHER, HOSTILE
from tests.workbooks import (
    columns,
    confirm,
    counts,
    empty,
    exported,
    plan,
    put,
    reasons,
    refusal,
    rows,
    saved,
    send,
)

TABLES = (*RECORDS, Official, Organization, Post)
HELD_ON = date(2024, 2, 29)  # that of make_meeting


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def at_desk(client, role, organization, username=None):
    user = make_user(username, [role], desk=organization)
    client.force_login(user)
    return user


def again(record):
    return type(record).objects.get(pk=record.pk)


# -- out


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_an_export_sent_back_changes_nothing(register, staff_client, model):
    published(make_update(commitment=Commitment.objects.first()))
    before = model.history.count()
    book = exported(staff_client, model)
    number = model.objects.count()
    assert number == len(rows(book)) > 0
    answer = send(staff_client, model, book)
    assert counts(answer) == (0, 0, number, 0)
    assert "seen" not in answer.text.partition("<form")[2]  # there is nothing to confirm
    assert model.history.count() == before


def test_an_export_is_the_list_as_it_is_filtered(staff_client):
    make_commitment(title="Cấp điện", strength="offer")
    make_commitment(title="Cấp nước", strength="explicit")
    make_commitment(title="Làm đường", strength="offer")
    book = exported(staff_client, Commitment, q="cap", strength__exact="offer")
    assert [row["title"] for row in rows(book)] == ["Cấp điện"]


def test_an_export_of_a_list_that_is_none_goes_back_to_the_list(staff_client):
    answer = staff_client.get(address(Commitment, "export"), {"due_on__year": "-1"})
    assert answer.url == f"{address(Commitment)}?e=1"


def test_an_export_writes_days_numbers_and_names_as_what_they_are(staff_client):
    make_figure(value="5.2", period_from=2022, is_target=True)
    make_commitment(due_on=date(2024, 3, 31), due_text="quý I/2024", topics=[make_topic(slug="y")])
    (figure,) = rows(exported(staff_client, Figure))
    assert (figure["value"], figure["period_from"]) == (5.2, 2022)
    book = exported(staff_client, Commitment)
    (row,) = rows(book)
    place = columns(book)["due_on"]
    assert row["due_on"] == datetime(2024, 3, 31)
    assert book.worksheets[0].cell(3, place).number_format == "dd/mm/yyyy"
    assert (row["topics"], row["strength"]) == (
        "y",
        Commitment.objects.get().get_strength_display(),
    )
    assert row["code"] is None
    assert row["uid"] == str(Commitment.objects.get().uid)


def test_a_workbook_explains_its_columns_and_choices(staff_client):
    book = exported(staff_client, Commitment)
    assert len(book.sheetnames) == 3
    explained = {row[1].value for row in book.worksheets[1].iter_rows(min_row=2)}
    assert set(columns(book)) <= explained
    offered = {row[1].value for row in book.worksheets[2].iter_rows(min_row=2)}
    assert {"Lời hứa rõ ràng", "Cam kết rõ ràng", "Explicit promise"} & offered


def test_a_body_is_offered_to_every_column_that_takes_one(staff_client):
    body = make_organization()
    book = exported(staff_client, Commitment)
    (named,) = [row for row in book.worksheets[2].values if row[1] == body.slug]
    for column in ("lead", "supporting", "current_lead"):
        assert book.worksheets[0].cell(1, columns(book)[column]).value in named[0].split("; ")


def test_the_most_rows_are_written_as_the_reader_writes_numbers(staff_client):
    said = [row[0] for row in exported(staff_client, Commitment).worksheets[1].values]
    assert any("5.000" in (text or "") for text in said)
    assert "5.000" in staff_client.get(address(Commitment, "import")).text


@pytest.mark.parametrize(
    "model", [Meeting, Commitment, StatusUpdate, Post], ids=lambda m: m.__name__
)
def test_an_export_asks_as_much_for_thirty_rows_as_for_one(staff_client, model):
    make = {
        Meeting: lambda: make_meeting(topics=[make_topic()], cited=[make_source()]),
        Commitment: lambda: make_commitment(topics=[make_topic()], answers=[make_request()]),
        StatusUpdate: make_update,
        Post: make_post,
    }[model]
    asked = []
    for number in (1, 29):
        many(make, number)
        with CaptureQueriesContext(connection) as queries:
            staff_client.get(address(model, "export"))
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_text_that_would_be_calculated_leaves_with_an_apostrophe(staff_client):
    meeting = make_meeting()
    texts = [*EITHER, "'nháy'", "dòng\nmới"]
    remarks = {str(make_remark(meeting=meeting, text=text).uid): text for text in texts}
    book = exported(staff_client, Remark)
    place, found = columns(book)["text"], {}
    for number, row in enumerate(rows(book), start=1):
        text, cell = remarks[row["uid"]], book.worksheets[0].cell(2 + number, place)
        assert cell.data_type == "s", text
        assert cell.value.startswith("'") is (text in HOSTILE or text.startswith("'")), text
        assert original(cell.value) == text
        found[number] = cell.value
    assert len(found) == len(texts)
    assert counts(send(staff_client, Remark, book)) == (0, 0, len(texts), 0)
    for number, written in found.items():
        put(book, number, text=f"{written} và")
    confirm(staff_client, send(staff_client, Remark, book))
    now = {str(uid): text for uid, text in Remark.objects.values_list("uid", "text")}
    assert now == {uid: f"{text} và".strip() for uid, text in remarks.items()}


# -- in


@pytest.mark.both_databases
def test_a_changed_cell_is_shown_and_then_written(staff, staff_client):
    commitment = make_commitment(title="Cấp điện", topics=[make_topic(slug="dien")])
    make_topic(slug="nuoc")
    book = put(exported(staff_client, Commitment), 1, title="Cấp nước", topics="nuoc; dien")
    answer = send(staff_client, Commitment, book, name="Tháng 3.xlsx")
    assert counts(answer) == (0, 1, 0, 0)
    assert again(commitment).title == "Cấp điện"
    ((_title, before, after), (_topics, *_rest)) = plan(answer)["rows"][0]["changes"]
    assert (before, after) == ("Cấp điện", "Cấp nước")
    assert "<del>Cấp điện</del> <ins>Cấp nước</ins>" in answer.text

    written = confirm(staff_client, answer)
    assert counts(written) == (0, 1, 0, 0)
    assert written.context["done"]
    commitment = again(commitment)
    assert commitment.title == "Cấp nước"
    assert {topic.slug for topic in commitment.topics.all()} == {"dien", "nuoc"}
    assert commitment.version == 2
    assert commitment.updated_by == staff
    entry = commitment.history.first()
    assert entry.history_user == staff
    assert "Tháng 3.xlsx" in entry.history_change_reason
    kept = Workbook.objects.get()
    assert (kept.imported_by, kept.name, kept.rows_changed) == (staff, "Tháng 3.xlsx", 1)
    assert kept.file.read() == saved(book) or kept.sha256 == plan(answer)["sha256"]


def test_cells_are_cleaned_and_each_is_told(staff_client):
    commitment = make_commitment(title="Cấp điện", topics=[make_topic(slug="dien")])
    book = exported(staff_client, Commitment)
    put(book, 1, title="Ðào tạo_x000D_\n ng\u00adhề", detail="Hu\u200bế", topics="\ufeffdien")
    heading = book.worksheets[0].cell(2, 1)
    heading.value = f"\u200b{heading.value}"
    answer = send(staff_client, Commitment, book)
    assert counts(answer) == (0, 1, 0, 0)
    (row,) = plan(answer)["rows"]
    assert row["warnings"] == [
        "Tiêu đề: Đã bỏ 2 ký tự ẩn.",
        "Chi tiết: Đã bỏ 1 ký tự ẩn.",
        "Lĩnh vực: Đã bỏ 1 ký tự ẩn.",
    ]
    confirm(staff_client, answer)
    commitment = again(commitment)
    assert (commitment.title, commitment.detail) == ("Đào tạo\n nghề", "Huế")


def test_a_cell_of_hidden_characters_alone_is_wrong(staff_client):
    make_commitment(title="Cấp điện")
    book = put(exported(staff_client, Commitment), 1, title="\u200b")
    answer = send(staff_client, Commitment, book)
    assert counts(answer) == (0, 0, 0, 1)
    ((_place, message),) = reasons(answer).items()
    assert message


def test_who_imports_has_written_and_cannot_publish(staff, staff_client):
    source = published(make_source())
    book = put(exported(staff_client, Source), 1, title="Bài khác")
    confirm(staff_client, send(staff_client, Source, book))
    source = again(source)
    assert source.has_waiting_edit
    assert staff.pk in source.editors()
    assert problems(source, staff)
    assert source.state == State.PUBLISHED


def test_a_new_row_is_a_draft_and_the_same_file_makes_it_once(staff, staff_client):
    meeting = make_meeting()
    province = meeting.provinces.get()
    book = put(
        empty(staff_client, Commitment),
        1,
        meeting=meeting.slug,
        province=province.slug,
        title="Xây trường",
        strength="explicit",
        source=str(meeting.source.uid),
        due_on="31/12/2025",
        due_text="trước ngày 31/12/2025",
        state="Published",
        completed_on=datetime(2025, 1, 1),
    )
    answer = send(staff_client, Commitment, book)
    assert counts(answer) == (1, 0, 0, 0)
    confirm(staff_client, answer)
    made = Commitment.objects.get()
    assert (made.state, made.code, made.version) == (State.DRAFT, None, 1)
    assert (made.created_by, made.due_on, made.source) == (
        staff,
        date(2025, 12, 31),
        meeting.source,
    )
    assert made.completed_on is None
    assert counts(send(staff_client, Commitment, book)) == (0, 0, 1, 0)

    save(staff_client, made, title="Xây hai trường")
    (reason,) = reasons(send(staff_client, Commitment, book)).values()
    assert str(made.uid) in reason


@pytest.mark.both_databases
def test_confirming_twice_writes_once(staff_client):
    book = put(empty(staff_client, Official), 1, full_name="Lê Thị Bình")
    answer = send(staff_client, Official, book)
    for _time in range(2):
        assert confirm(staff_client, answer).context["done"]
    assert Official.objects.filter(slug="le-thi-binh").count() == 1
    assert Workbook.objects.count() == 1


def test_a_namesake_is_not_added_unseen(staff_client):
    official = make_official(full_name="Lê Thị Bình")
    book = put(empty(staff_client, Official), 1, full_name="Lê Thị Bình", note="Sở Y tế")
    assert official.full_name in next(iter(reasons(send(staff_client, Official, book)).values()))
    assert counts(send(staff_client, Official, put(book, 1, slug="le-thi-binh-y-te"))) == (
        1,
        0,
        0,
        0,
    )


def test_an_empty_cell_clears_and_a_missing_row_stays(staff_client):
    cleared, untouched = make_request(detail="Chi tiết"), make_request(detail="Còn")
    book = exported(staff_client, ProvinceRequest)
    titles = [row["title"] for row in rows(book)]
    put(book, titles.index(cleared.title) + 1, detail=None)
    book.worksheets[0].delete_rows(titles.index(untouched.title) + 3)
    confirm(staff_client, send(staff_client, ProvinceRequest, book))
    assert (again(cleared).detail, again(untouched).detail) == ("", "Còn")


def test_a_session_without_an_address_is_given_one(staff_client):
    ministry, source = make_organization(), make_source()
    province = make_meeting().provinces.get()
    book = empty(staff_client, Meeting)
    for row in (1, 2):
        put(
            book,
            row,
            title=f"Buổi {row}",
            ministry=ministry.slug,
            provinces=province.slug,
            held_on=datetime(2025, 5, 6),
            source=str(source.uid),
        )
    confirm(staff_client, send(staff_client, Meeting, book))
    made = Meeting.objects.filter(title__startswith="Buổi ", ministry=ministry)
    slug = f"2025-05-06-{province.slug}"
    assert {meeting.slug for meeting in made} == {slug, f"{slug}-2"}


def test_a_quotation_finds_its_paragraph_or_is_refused(staff_client):
    source = make_source(text="Đoạn một.\nBộ trưởng cam kết cấp điện.")
    right, wrong = many(make_remark, 2, source=source)
    book = exported(staff_client, Remark)
    places = [row["uid"] for row in rows(book)]
    put(book, places.index(str(right.uid)) + 1, quote="cam kết cấp điện")
    put(book, places.index(str(wrong.uid)) + 1, quote="cam kết cấp nước")
    answer = send(staff_client, Remark, book)
    assert counts(answer) == (0, 1, 0, 1)
    ((_row, column),) = reasons(answer)
    assert column == "quote"
    put(book, places.index(str(wrong.uid)) + 1, quote=None)
    confirm(staff_client, send(staff_client, Remark, book))
    assert again(right).paragraph == 2


READ = {
    # the words, the session, the day, whether it is to be looked at
    "stated": ("trước 30/6/2024", HELD_ON, date(2024, 6, 30), False),
    "quarter": ("quý I/2024", HELD_ON, date(2024, 3, 31), True),
    "number": (2025, HELD_ON, date(2025, 12, 31), True),
    "year-inferred": ("cuối năm", HELD_ON, date(2024, 12, 31), True),
    "on-the-day": ("trước 29/2", HELD_ON, date(2024, 2, 29), True),
    "day-after": ("trước 28/2", HELD_ON, date(2025, 2, 28), True),
    "planned": ("trong vòng 30 ngày", None, date(2024, 5, 31), True),
}


def asked_for(client, wanted):
    """An empty workbook with a request a row: {title: (its session, its deadline in words)}."""
    book, source = empty(client, ProvinceRequest), make_source()
    for number, (title, (meeting, words)) in enumerate(wanted.items(), start=1):
        put(
            book,
            number,
            title=title,
            meeting=meeting.slug,
            province=meeting.provinces.get().slug,
            source=str(source.uid),
            due_text=words,
        )
    return book


def test_a_day_left_empty_is_read_from_its_words_and_shown(staff_client):
    planned = {"planned_from": date(2024, 5, 1), "planned_to": date(2024, 5, 9)}
    sessions = {
        HELD_ON: make_meeting(),
        None: make_meeting(state_of_it="planned", held_on=None, **planned),
    }
    book = asked_for(
        staff_client, {title: (sessions[row[1]], row[0]) for title, row in READ.items()}
    )
    answer = send(staff_client, ProvinceRequest, book)
    shown = dict(zip(READ, plan(answer)["rows"], strict=True))
    for title, (_words, _held_on, due_on, is_warned) in READ.items():
        changes, warnings = shown[title]["changes"], shown[title]["warnings"]
        assert ["due_on", "", f"{due_on:%d/%m/%Y}"] in changes, title
        told = [f"{due_on:%d/%m/%Y}" in message for message in warnings]
        assert told == [True] * is_warned, title
    assert not ProvinceRequest.objects.exists()
    confirm(staff_client, answer)
    kept = {item.title: (item.due_on, item.due_text) for item in ProvinceRequest.objects.all()}
    assert kept == {title: (row[2], str(row[0])) for title, row in READ.items()}
    assert counts(send(staff_client, ProvinceRequest, book)) == (0, 0, len(READ), 0)


WITHOUT_A_DAY = {
    # the words, whether they are looked at, whether they say that it is ongoing
    "words": ("sớm nhất", False, False),
    "ongoing": ("thường xuyên", True, True),
    "no-deadline": ("như đã bàn", True, False),
    "before-the-session": ("quý IV/2023", True, False),
    "impossible-day": ("trước 31/4/2024", True, False),
}


def test_words_without_a_day_are_kept(staff_client):
    meeting = make_meeting()
    wanted = {title: (meeting, row[0]) for title, row in WITHOUT_A_DAY.items()}
    book = asked_for(staff_client, wanted)
    answer = send(staff_client, ProvinceRequest, book)
    shown = dict(zip(WITHOUT_A_DAY, plan(answer)["rows"], strict=True))
    for title, (words, is_warned, _is_ongoing) in WITHOUT_A_DAY.items():
        told = [words in message for message in shown[title]["warnings"]]
        assert told == [True] * is_warned, title
    confirm(staff_client, answer)
    kept = {
        item.title: (item.due_on, item.due_text, item.is_ongoing)
        for item in ProvinceRequest.objects.all()
    }
    assert kept == {title: (None, row[0], row[2]) for title, row in WITHOUT_A_DAY.items()}
    assert counts(send(staff_client, ProvinceRequest, book)) == (0, 0, len(kept), 0)


def test_a_due_day_before_the_session_is_looked_at(staff_client):
    kept = make_commitment(due_text="quý I/2024", due_on=date(2024, 3, 31))
    book = exported(staff_client, Commitment)
    put(book, 1, due_on=date(2023, 3, 31))
    answer = send(staff_client, Commitment, book)
    (row,) = plan(answer)["rows"]
    assert len(row["warnings"]) == 1
    assert "31/03/2023 là trước buổi làm việc (29/02/2024)" in row["warnings"][0]
    confirm(staff_client, answer)
    assert again(kept).due_on == date(2023, 3, 31)


def test_a_workbook_of_an_earlier_release_lacks_the_column_ongoing(staff_client):
    kept = make_commitment(due_text="hằng năm", is_ongoing=True)
    book = exported(staff_client, Commitment)
    sheet = book.worksheets[0]
    column = next(cell.column for cell in sheet[2] if cell.value == "is_ongoing")
    sheet.delete_cols(column)
    put(book, 1, detail="Rõ hơn")
    confirm(staff_client, send(staff_client, Commitment, book))
    assert (again(kept).detail, again(kept).is_ongoing) == ("Rõ hơn", True)


def test_a_day_that_a_person_gave_is_no_matter_of_its_words(staff_client):
    kept = make_commitment(due_on=date(2024, 5, 1), due_text="quý I/2024")
    cleared = make_commitment(due_on=date(2024, 5, 1), due_text="trước hết quý II/2024")
    book = exported(staff_client, Commitment)
    uids = [row["uid"] for row in rows(book)]
    put(book, uids.index(str(kept.uid)) + 1, detail="Rõ hơn")
    put(book, uids.index(str(cleared.uid)) + 1, due_on=None)
    answer = send(staff_client, Commitment, book)
    warned = {row["label"]: len(row["warnings"]) for row in plan(answer)["rows"]}
    assert warned == {str(kept): 0, str(cleared): 1}
    confirm(staff_client, answer)
    assert again(kept).due_on == date(2024, 5, 1)
    assert again(cleared).due_on == date(2024, 6, 30)


def test_choices_are_read_by_label_in_both_languages_and_by_code(staff_client):
    remarks = many(make_remark, 3, type="question")
    book = exported(staff_client, Remark)
    for row, said_so in enumerate(["Khó khăn, vướng mắc", "Difficulty", "difficulty"], start=1):
        put(book, row, type=said_so if row > 1 else Remark(type="difficulty").get_type_display())
    confirm(staff_client, send(staff_client, Remark, book))
    assert {again(remark).type for remark in remarks} == {"difficulty"}


def test_an_organizations_new_name_is_issued_again(staff_client):
    organization = make_organization(name="Bộ Cũ")
    commitment = published(make_commitment(lead=organization))
    book = exported(staff_client, Organization)
    names = [row["name"] for row in rows(book)]
    put(book, names.index("Bộ Cũ") + 1, name="Bộ Mới")
    confirm(staff_client, send(staff_client, Organization, book))
    assert edition_of(commitment).data["lead"]["name"] == "Bộ Mới"


# -- what is wrong is told on its row, and nothing is written

WRONG = {
    "serial-number-of-a-day": ("due_on", 45382),
    "no-such-day": ("due_on", "30/02/2025"),
    "year-too-early": ("due_on", datetime(1800, 1, 1)),
    "unknown-code": ("answers", "KN-999"),
    "unknown-address": ("province", "khong-co"),
    "two-where-one-is-asked": ("province", "a; b"),
    "wrong-choice": ("strength", "rất mạnh"),
    "too-long": ("title", "x" * 201),
    "cleared-though-needed": ("title", None),
    "needed-relation-cleared": ("meeting", None),
    "date-in-a-text": ("due_text", datetime(2024, 3, 1)),
    "number-in-a-text": ("quote", 1.5),
    "no-number": ("paragraph", "hai"),
    "paragraph-from-one": ("paragraph", 0),
    "more-than-a-column-holds": ("paragraph", 10**20),
    "no-end-of-text": ("detail", "x" * 32_767),
    "no-end-of-codes": ("answers", "x;" * 16_383 + "x"),
    "no-end-of-codes-by-half-a-pair": ("answers", "x;" * 16_383),
    "formula": ("title", "=1+1"),
    "time-of-day": ("due_text", time(8, 30)),
    "hidden-signs": ("title", "\u202e"),
    "neither-yes-nor-no": ("is_inferred", "có lẽ"),
    "inferred-without-why": ("is_inferred", True),
    "ongoing-neither-yes-nor-no": ("is_ongoing", "có lẽ"),
    "unknown-code-of-its-own": ("code", "CK-999"),
    "unknown-key-of-its-own": ("uid", "khong-phai-khoa"),
}


def commitments_in_a_book(client, titles):
    """An export of new commitments of these titles, and {title: its row under the headings}."""
    meeting = make_meeting()
    for title in titles:
        make_commitment(meeting=meeting, title=title)
    book = exported(client, Commitment)
    return book, {row["title"]: number for number, row in enumerate(rows(book), start=1)}


def test_a_wrong_cell_is_told_on_its_row(staff_client):
    book, places = commitments_in_a_book(staff_client, ["Đúng", *WRONG])
    put(book, places["Đúng"], title="Vẫn đúng")
    for title, (column, value) in WRONG.items():
        put(book, places[title], **{column: value})
    answer = send(staff_client, Commitment, book)
    assert counts(answer) == (0, 1, 0, len(WRONG))
    told = {row: (column, message) for (row, column), message in reasons(answer).items()}
    assert len(told) == len(reasons(answer)) == len(WRONG)
    for title, (column, _value) in WRONG.items():
        told_on, message = told[places[title] + 2]
        assert told_on in (column, "", "inference"), title
        assert message, title
    confirm(staff_client, answer)
    assert set(Commitment.objects.values_list("title", flat=True)) == {"Đúng", *WRONG}
    assert not Workbook.objects.exists()


EXPECTED = {
    # the column, what is typed, what the message tells
    "day": ("due_on", "30/02/2025", "dd/mm/yyyy"),
    "choice": ("strength", "rất mạnh", None),
    "number": ("paragraph", "hai", "số nguyên"),
    "time": ("title", time(8, 30), "thành giờ"),
    "length-of-time": ("title", timedelta(hours=30), "thành giờ"),
    "formula": ("title", "=1+1", "công thức"),
}


def test_a_row_is_told_what_is_expected(staff_client):
    book, places = commitments_in_a_book(staff_client, EXPECTED)
    for title, (column, value, _told) in EXPECTED.items():
        put(book, places[title], **{column: value})
    messages = {
        row: text for (row, _column), text in reasons(send(staff_client, Commitment, book)).items()
    }
    with translation.override("vi"):  # the desk's
        labels = [str(label) for label in Strength.labels]
    for title, (_column, _value, told) in EXPECTED.items():
        message = messages[places[title] + 2].lower()
        assert all(words.lower() in message for words in ([told] if told else labels)), title


def test_a_province_that_is_none_of_the_session_is_warned_of_and_may_be_imported(staff_client):
    right, wrong = make_commitment(title="Đúng"), make_commitment(title="Sai")
    book = exported(staff_client, Commitment)
    titles = [row["title"] for row in rows(book)]
    elsewhere = make_meeting().provinces.get()
    put(book, titles.index("Đúng") + 1, detail="Rõ hơn")
    put(book, titles.index("Sai") + 1, province=elsewhere.slug)
    answer = send(staff_client, Commitment, book)
    assert counts(answer) == (0, 2, 0, 0)
    warned = {row["label"]: bool(row["warnings"]) for row in plan(answer)["rows"]}
    assert warned == {str(right): False, str(wrong): True}
    assert answer.text.count('class="import-warnings"') == 1
    confirm(staff_client, answer)
    assert again(wrong).province == elsewhere


def test_one_record_in_two_rows_is_refused(staff_client):
    make_commitment()
    book = exported(staff_client, Commitment)
    put(book, 2, **{name: value for name, value in rows(book)[0].items() if value is not None})
    assert counts(send(staff_client, Commitment, book)) == (0, 0, 1, 1)


def test_a_code_and_a_key_of_two_records_are_refused(staff_client):
    make_commitment()
    coded = published(make_commitment())
    book = exported(staff_client, Commitment)
    place = [row["code"] for row in rows(book)].index(None) + 1
    ((_row, column),) = reasons(send(staff_client, Commitment, put(book, place, code=coded.code)))
    assert column == "uid"


@pytest.mark.both_databases
def test_what_changed_since_the_export_is_not_written_over(staff_client):
    commitment = make_commitment(title="Cấp điện")
    book = exported(staff_client, Commitment)
    save(staff_client, commitment, title="Cấp nước")
    assert counts(send(staff_client, Commitment, put(book, 1, title="Cấp nước"))) == (0, 0, 1, 0)
    answer = send(staff_client, Commitment, put(book, 1, title="Cấp gạo"))
    assert counts(answer) == (0, 0, 0, 1)
    organization = make_organization(name="Sở A", kind="other")
    book = exported(staff_client, Organization, q="so a")
    save(staff_client, organization, name="Sở B")
    assert counts(send(staff_client, Organization, put(book, 1, name="Sở C"))) == (0, 0, 0, 1)


@pytest.mark.both_databases
def test_what_changed_between_the_preview_and_the_word_goes_back_to_the_preview(staff_client):
    commitment = make_commitment(title="Cấp điện")
    book = put(exported(staff_client, Commitment), 1, title="Cấp gạo")
    answer = send(staff_client, Commitment, book)
    save(staff_client, commitment, title="Cấp nước")
    shown = confirm(staff_client, answer)
    assert counts(shown) == (0, 0, 0, 1)
    assert [message.level_tag for message in shown.context["messages"]][-1] == "warning"
    assert again(commitment).title == "Cấp nước"
    assert not Workbook.objects.exists()


@pytest.mark.both_databases
@pytest.mark.parametrize("changed", [{"sha256": "0" * 64}, {"seen": "x"}, {"seen": ""}])
def test_only_what_was_seen_is_written(staff_client, changed):
    commitment = make_commitment(title="Cấp điện")
    book = put(exported(staff_client, Commitment), 1, title="Cấp gạo")
    confirm(staff_client, send(staff_client, Commitment, book), **changed)
    assert again(commitment).title == "Cấp điện"


def test_a_published_update_never_changes(staff_client):
    update = published(make_update(text="Đã xong"))
    book = put(exported(staff_client, StatusUpdate), 1, text="Chưa xong")
    assert counts(send(staff_client, StatusUpdate, book)) == (0, 0, 0, 1)
    assert again(update).text == "Đã xong"


def test_an_item_of_another_organization_is_refused(client):
    ours, theirs = make_organization(), make_organization()
    at_desk(client, "Biên tập", ours)
    make_commitment(meeting=make_meeting(ministry=theirs), title="Của họ")
    mine = make_meeting(ministry=ours)
    make_commitment(meeting=mine, title="Của ta")
    book = exported(client, Commitment)
    titles = [row["title"] for row in rows(book)]
    assert counts(send(client, Commitment, book)) == (0, 0, 2, 0)
    put(book, titles.index("Của họ") + 1, title="Đổi")
    assert counts(send(client, Commitment, book)) == (0, 0, 1, 1)
    other = Meeting.objects.get(ministry=theirs).slug
    put(book, titles.index("Của họ") + 1, title="Của họ")
    put(book, titles.index("Của ta") + 1, meeting=other)
    ((_row, column),) = reasons(send(client, Commitment, book))
    assert column == "meeting"


@pytest.mark.parametrize("role", ROLES)
def test_who_may_export_and_import(client, role):
    at_desk(client, role, make_organization())
    make_commitment()
    assert client.get(address(Commitment, "export")).status_code == 200
    allowed = 200 if role == "Biên tập" else 403
    assert client.get(address(Commitment, "import")).status_code == allowed
    assert client.get(address(Commitment, "empty")).status_code == allowed
    assert client.post(address(Commitment, "import")).status_code == allowed
    listed = client.get(address(Commitment)).text
    assert address(Commitment, "export") in listed
    assert (address(Commitment, "import") in listed) is (role == "Biên tập")


def test_a_file_is_only_for_who_sent_it(client, staff_client):
    make_commitment()
    book = put(exported(staff_client, Commitment), 1, title="Đổi")
    here = send(staff_client, Commitment, book).redirect_chain[-1][0]
    at_desk(client, "Biên tập", make_organization())
    for answer in (client.get(here), client.post(here, {})):
        assert answer.url == address(Commitment, "import")


def test_a_file_that_nobody_confirmed_goes_after_a_day(staff, staff_client, monkeypatch):
    make_commitment()
    book = put(exported(staff_client, Commitment), 1, title="Đổi")
    here = send(staff_client, Commitment, book).redirect_chain[-1][0]
    assert len(default_storage.listdir(f"uploads/{staff.pk}")[1]) == 2
    monkeypatch.setattr("engagements.workbooks.importing.KEPT", timedelta(hours=-1))
    send(staff_client, Commitment, exported(staff_client, Commitment))
    assert len(default_storage.listdir(f"uploads/{staff.pk}")[1]) == 2
    answer = staff_client.get(here)
    assert answer.url == address(Commitment, "import")


# -- files that are no workbook of ours


def packed(book, **members):
    """The workbook with these members put into its archive; None takes one out."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(saved(book))) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            if name not in members:
                new.writestr(name, old.read(name))
        for name, body in members.items():
            if body is not None:
                new.writestr(name, body)
    return out.getvalue()


def sheet_of(*given):
    book = Book()
    for row in given:
        book.active.append(row)
    return saved(book)


def with_rows(client, number):
    book = empty(client, Commitment)
    place = columns(book)["title"]
    for row in range(number):
        book.worksheets[0].cell(3 + row, place).value = "x"
    return saved(book)


def merged(client):
    book = empty(client, Commitment)
    book.worksheets[0].merge_cells("C3:D4")
    return saved(book)


BOMB = b"<x>" + b" " * (guard.UNPACKED + 1) + b"</x>"
REFUSED = {
    "text": lambda client: "Kính gửi: Bộ Tài chính, Ủy ban".encode(),
    "pdf": lambda client: b"%PDF-1.7\ncode,title",
    "empty": lambda client: b"",
    "old-excel": lambda client: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512,
    "zip-of-something": lambda client: packed(Book(), **{"xl/workbook.xml": None}),
    "broken-zip": lambda client: saved(empty(client, Commitment))[:-200],
    "macros": lambda client: packed(Book(), **{"xl/vbaProject.bin": b"x"}),
    "links": lambda client: packed(Book(), **{"xl/externalLinks/externalLink1.xml": b"<x/>"}),
    "objects": lambda client: packed(Book(), **{"xl/embeddings/oleObject1.bin": b"x"}),
    "bomb": lambda client: packed(Book(), **{"xl/worksheets/sheet9.xml": BOMB}),
    "bomb-of-styles": lambda client: packed(Book(), **{"xl/styles.xml": b" " * 6_000_000}),
    "many-members": lambda client: packed(Book(), **{f"x{n}": b"" for n in range(201)}),
    "entities": lambda client: packed(
        Book(), **{"xl/sharedStrings.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}
    ),
    "utf-16": lambda client: packed(
        Book(), **{"xl/sharedStrings.xml": '<?xml version="1.0"?><x/>'.encode("utf-16")}
    ),
    "no-xml": lambda client: packed(Book(), **{"xl/workbook.xml": b"<x"}),
    "no-headings": lambda client: sheet_of(["a", "b"], ["c", "d"]),
    "nothing": lambda client: sheet_of(),
    "merged-cells": merged,
    "too-many-rows": lambda client: with_rows(client, sheets.MOST_ROWS + 1),
}


def stuffed(name, body):
    """An empty workbook with one part made of this."""
    return packed(Book(), **{name: body.encode()})


def sheet_xml(inside, beside=""):
    return f"<worksheet><sheetData>{inside}</sheetData>{beside}</worksheet>"


SHEET, OTHER = "xl/worksheets/sheet1.xml", "xl/styles.xml"
LADEN = "".join(f" a{number}=''" for number in range(101))
STUFFED = {  # refused where 500 elements are too many, whatever the part is named
    "cells-of-many-rows": (SHEET, sheet_xml("<row><c/><c/></row>" * 170)),
    "cells-of-one-row": (SHEET, sheet_xml(f"<row>{'<c/>' * 251}</row>")),
    "what-is-no-row": (SHEET, sheet_xml("<x/>" * 251)),
    "rows-in-a-prefix": (SHEET, f"<y:worksheet><y:row>{'<y:c/>' * 251}</y:row></y:worksheet>"),
    "merged-cells": (SHEET, sheet_xml("", "<mergeCell/>" * 251)),
    "shared-strings": ("xl/x.foo", f"<sst>{'<si/>' * 501}</sst>"),
    "runs-of-one-string": ("xl/sharedStrings.xml", f"<sst><si>{'<r/>' * 251}</si></sst>"),
    "styles": (OTHER, f"<styleSheet>{'<xf/>' * 251}</styleSheet>"),
    "attributes": (OTHER, f"<a{LADEN}/>"),
    "text-without-end": (OTHER, f"<a>{' ' * (guard.UNTAGGED_BYTES + 2 * guard.PIECE_BYTES)}</a>"),
}


@pytest.mark.parametrize(("name", "body"), STUFFED.values(), ids=STUFFED)
def test_a_part_that_holds_too_much_is_refused_unparsed(monkeypatch, name, body):
    monkeypatch.setattr(guard, "BRANCHES", {"worksheet": ("row", 500), "sst": ("si", 500)})
    monkeypatch.setattr(guard, "IN_A_BRANCH", 250)
    monkeypatch.setattr(guard, "BESIDE_BRANCHES", 250)
    told = str(too_much(stuffed(name, body)))
    assert name in told


def test_parts_are_counted_together(monkeypatch):
    monkeypatch.setattr(guard, "ELEMENTS", 650)
    sheets = {f"xl/worksheets/sheet{n}.xml": b"<a>" + b"<b/>" * 200 + b"</a>" for n in (7, 8)}
    assert "sheet8" in str(too_much(packed(Book(), **sheets)))


def too_much(body):
    with pytest.raises(ValidationError) as refused:
        guard.refuse_unfit(ContentFile(body))
    return refused.value.messages


def test_a_picture_is_no_part_to_be_counted():
    body = packed(Book(), **{"xl/media/image1.png": b"\x89PNG\r\n\x1a\n" + b"\0" * 600_000})
    guard.refuse_unfit(ContentFile(body))


@pytest.mark.parametrize("what", ["<c/>", "<x/>"])
def test_three_million_empty_elements_are_refused_at_once(what):
    body = stuffed(SHEET, sheet_xml(f"<row>{what * 3_000_000}</row>"))
    assert len(body) < 100_000
    tracemalloc.start()
    assert too_much(body)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 10_000_000


def test_the_widest_table_full_of_rows_is_let_through():
    wide = max(len(table.columns) for table in TABLED.values())
    cell = "<c><is><t>x</t></is></c>"
    filled = sheet_xml(f"<row>{cell * wide}</row>" * (sheets.MOST_ROWS + HEADING_ROWS))
    guard.refuse_unfit(ContentFile(stuffed(SHEET, filled)))


def test_a_far_empty_cell_does_not_widen_the_rows(staff_client, monkeypatch):
    make_commitment()
    book = exported(staff_client, Commitment)
    book.worksheets[0].cell(3, 16_384).fill = PatternFill("solid", fgColor="FFFF00")
    seen = []
    take = spreadsheet.value_of
    monkeypatch.setattr(spreadsheet, "value_of", lambda cell: seen.append(cell) or take(cell))
    assert counts(send(staff_client, Commitment, book)) == (0, 0, 1, 0)
    assert len(seen) % (MOST_COLUMNS + 1) == 0


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED)
def test_a_file_that_is_no_workbook_of_ours_is_refused_whole(staff_client, make):
    answer = send(staff_client, Commitment, make(staff_client))
    assert answer.status_code == 200
    assert refusal(answer)
    assert '<input type="file"' in answer.text


def test_no_file_is_asked_for(staff_client):
    answer = staff_client.post(address(Commitment, "import"), {})
    assert refusal(answer)


def test_fifty_megabytes_are_refused_unread(staff_client):
    answer = staff_client.generic(
        "POST",
        address(Commitment, "import"),
        b"x",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(50 * 1024 * 1024),
    )
    assert answer.status_code == 413
    assert refusal(answer)


def test_six_megabytes_are_refused_on_the_field(staff_client):
    answer = send(staff_client, Commitment, b"PK" + b"\0" * (guard.BYTES + 1))
    assert "5" in refusal(answer)


def test_the_form_needs_its_token(staff):
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff)
    assert client.post(address(Commitment, "import"), {}).status_code == 403


def test_the_size_that_a_sheet_tells_of_itself_is_not_believed(staff_client):
    make_commitment(title="Một")
    make_commitment(title="Hai")
    body = saved(exported(staff_client, Commitment))
    with zipfile.ZipFile(BytesIO(body)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    start = sheet.index(b"<dimension")
    end = sheet.index(b"/>", start) + 2
    lying = sheet[:start] + b'<dimension ref="A1:B3"/>' + sheet[end:]
    body = packed(load_workbook(BytesIO(body)), **{"xl/worksheets/sheet1.xml": lying})
    assert counts(send(staff_client, Commitment, body))[3] == 0
    assert sum(counts(send(staff_client, Commitment, body))) == 2


def test_a_row_far_down_is_not_waited_for(staff_client):
    body = saved(exported(staff_client, Commitment))
    with zipfile.ZipFile(BytesIO(body)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    far = b'<row r="999999999"><c r="A999999999"><v>1</v></c></row></sheetData>'
    sheet = sheet.replace(b"</sheetData>", far)
    body = packed(load_workbook(BytesIO(body)), **{"xl/worksheets/sheet1.xml": sheet})
    assert refusal(send(staff_client, Commitment, body))


def test_headings_alone_are_enough_without_the_machine_names(staff_client):
    make_commitment()
    book = exported(staff_client, Commitment)
    book.worksheets[0].delete_rows(2)
    assert counts(send(staff_client, Commitment, book)) == (0, 0, 1, 0)


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
@pytest.mark.parametrize("page", ["export", "empty", "import"])
def test_other_methods_are_refused(staff_client, method, page):
    answer = getattr(staff_client, method)(address(Commitment, page))
    assert answer.status_code == 405


def test_the_preview_survives_any_question(staff_client):
    make_commitment()
    answer = send(staff_client, Commitment, exported(staff_client, Commitment))
    for asked in ({"kind": "x"}, {"page": "-1"}, {"page": "x"}, {"kind": "new"}):
        assert staff_client.get(answer.redirect_chain[-1][0], asked).status_code == 200


# -- two at once


@pytest.mark.django_db(transaction=True)
def test_the_same_file_twice_at_once_makes_each_row_once():
    users = [make_user(f"nguoi-{place}", ROLES) for place in (1, 2)]
    meeting = make_meeting()
    province = meeting.provinces.get()
    book, clients, shown = None, [], []
    for user in users:
        client = Client()
        client.force_login(user)
        clients.append(client)
        if book is None:
            book = empty(client, Remark)
            for row in range(1, 6):
                put(
                    book,
                    row,
                    meeting=meeting.slug,
                    province=province.slug,
                    type="question",
                    text=f"Câu hỏi {row}",
                )
        shown.append(send(client, Remark, book))
    assert [counts(one) for one in shown] == [(5, 0, 0, 0)] * 2

    start, told = threading.Barrier(2), [None, None]

    def word(place):
        start.wait()
        try:
            told[place] = counts(confirm(clients[place], shown[place]))
        finally:
            connection.close()

    threads = [threading.Thread(target=word, args=[place]) for place in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [(0, 0, 5, 0), (5, 0, 0, 0)]
    assert Remark.objects.count() == 5
    assert Workbook.objects.count() == 1


# -- what was imported


def test_the_original_is_kept_for_who_sent_it_and_for_quan_tri(client, staff_client):
    make_commitment()
    book = put(exported(staff_client, Commitment), 1, title="Đổi")
    confirm(staff_client, send(staff_client, Commitment, book))
    kept = Workbook.objects.get()
    page = address(Workbook, "file", kept.pk)
    answer = staff_client.get(page)
    assert answer["Content-Disposition"].startswith("attachment")
    assert load_workbook(BytesIO(b"".join(answer.streaming_content))).sheetnames == book.sheetnames
    at_desk(client, "Biên tập", make_organization())
    assert client.get(page).status_code == 404
    assert client.get(address(Workbook)).context["cl"].result_count == 0
    at_desk(client, "Quản trị", make_organization())
    assert client.get(page).status_code == 200
    assert client.get(address(Workbook, "file", 1 << 70)).status_code == 404
