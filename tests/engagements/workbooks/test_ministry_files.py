"""Files as ministries have them: read with what they are like, told what was passed over."""

import unicodedata
import zipfile
from datetime import date, datetime
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook as Book

from engagements.models import (
    Figure,
    ProvinceRequest,
    Workbook,
)
from engagements.workbooks.numbers import readings_of
from provinces.encodings import FROM_TCVN3
from tests.desk import address
from tests.factories import (
    make_indicator,
    make_meeting,
    make_merger,
    make_organization,
    make_province,
    make_request,
    make_source,
    make_topic,
)
from tests.workbooks import confirm, counts, exported, plan, put, reasons, refusal, send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def session():
    """A session with a province that is gone since, whose name another unit bears today."""
    before = make_province(name="Ninh Bình", slug="ninh-binh-2025", code="37")
    south = make_province(name="Nam Định", slug="nam-dinh", code="36")
    now = make_province(name="Ninh Bình", slug="ninh-binh", code="T37")
    make_merger(now, before, south)
    make_organization(
        name="Bộ Thông tin và Truyền thông", slug="bo-tttt", short_name="Bộ TT&TT", aliases="MIC"
    )
    make_topic(name="Hạ tầng số", slug="ha-tang-so")
    source = make_source(title="Thông báo kết luận", number="89/TB-BTTTT")
    return make_meeting(slug="2024-02-29-ninh-binh", provinces=[before], source=source)


def book_of(*given):
    book = Book()
    for row in given:
        book.active.append(row)
    return book


def notes(answer):
    return " ".join(plan(answer)["notes"])


def answered(client, answer, **given):
    """The preview after its questions got these answers, by column."""
    keys = {question["column"]: question["key"] for question in plan(answer)["questions"]}
    sent = {keys[column]: value for column, value in given.items()} | {"answer": "1"}
    here = answer.redirect_chain[-1][0]
    again = client.post(here, sent, follow=True)
    again.redirect_chain = [(here, 302)]
    return again


def options(answer, column):
    (question,) = [asked for asked in plan(answer)["questions"] if asked["column"] == column]
    return {label: key for key, label in question["options"]}


DAY = date(2024, 5, 1)
HEADINGS = ("STT", "Nội dung kiến nghị", "Tỉnh/TP", "Cơ quan chủ trì", "Thời hạn", "Ghi chú")


# -- the sheet


def test_a_ministrys_own_table_becomes_drafts(staff_client, session):
    book = Book()
    book.active.title = "Bìa"
    book.active["B2"] = "BÁO CÁO TỔNG HỢP"
    book.create_sheet("Trống")
    sheet = book.create_sheet("Kiến nghị")
    sheet.merge_cells("A1:F1")
    sheet["A1"] = "BẢNG TỔNG HỢP KIẾN NGHỊ"
    sheet["A2"] = "(Kèm theo Thông báo số 89)"
    for row in (
        HEADINGS,
        ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)"),
        ("I", "Hạ tầng số", None, None, None, None),
        (1, "Hỗ trợ_x000D_\nvốn", "Ninh Bình", "Bộ TT&TT", "quý I/2024", "gấp"),
        (2, "Phủ sóng", "Nam Định", "MIC", datetime(2024, 6, 30), None),
        ("Tổng cộng", 2, None, None, None, None),
        HEADINGS,
        (3, "Cấp phép", "ninh-binh-2025", None, "sớm nhất", None),
    ):
        sheet.append(row)
    book.create_sheet("Nháp").sheet_state = "hidden"
    sheet.row_dimensions[7].hidden = True
    sheet.column_dimensions["F"].hidden = True

    answer = send(staff_client, ProvinceRequest, book, name="Bộ.xlsx")
    told = notes(answer)
    for words in ("“Bìa”", "“Trống”", "“Nháp”", "BẢNG TỔNG HỢP", "I Hạ tầng số", "Tổng cộng"):
        assert words in told
    assert "Dòng ẩn vẫn được đọc như các dòng khác: 7." in told
    assert "Cột ẩn vẫn được đọc như các cột khác: F." in told
    asked = {question["column"]: question["rows"] for question in plan(answer)["questions"]}
    assert asked == {"meeting": [6, 7, 10], "province": [6]}

    answer = answered(staff_client, answer, meeting="29/02/2024")
    assert counts(answer) == (3, 0, 0, 0)
    confirm(staff_client, answer)
    money, mast, permit = ProvinceRequest.objects.order_by("pk")
    assert (money.title, money.province.slug) == ("Hỗ trợ\nvốn", "ninh-binh-2025")
    assert (money.lead.slug, money.due_on, money.internal_note) == (
        "bo-tttt",
        date(2024, 3, 31),
        "gấp",
    )
    assert (mast.province.slug, mast.due_on, mast.due_text) == (
        "nam-dinh",
        date(2024, 6, 30),
        "30/06/2024",
    )
    assert (permit.due_on, permit.due_text) == (None, "sớm nhất")


def test_headings_of_two_rows_and_columns_of_nobodys(staff_client, session):
    book = book_of(
        ("STT", "Kiến nghị", "Địa phương", "Theo dõi", None),
        (None, None, None, "Đơn vị chủ trì", "Người theo dõi"),
        (1, "Cấp điện", "Ninh Bình", "MIC", "Ông An"),
    )
    for cells in ("A1:A2", "B1:B2", "C1:C2", "D1:E1"):
        book.active.merge_cells(cells)
    answer = send(staff_client, ProvinceRequest, book)
    assert "“Người theo dõi” (E)" in notes(answer)
    answer = answered(staff_client, answer, meeting=session.slug)
    assert ["lead", "", "bo-tttt (Bộ Thông tin và Truyền thông)"] in plan(answer)["rows"][0][
        "changes"
    ]


def test_two_headings_of_one_column_are_refused_with_their_cells(staff_client):
    book = book_of(("Nội dung", "Nội dung kiến nghị", "Tỉnh"), ("a", "b", "c"))
    told = refusal(send(staff_client, ProvinceRequest, book))
    assert "“Nội dung” (A)" in told
    assert "“Nội dung kiến nghị” (B)" in told


def test_an_absent_column_changes_nothing_of_a_row_that_is_there(staff_client):
    kept = make_request(title="Cấp điện", detail="Chi tiết", due_on=DAY, due_text="trước 1/5")
    book = exported(staff_client, ProvinceRequest)
    sheet = book.worksheets[0]
    for cell in reversed(sheet[2]):
        if cell.value not in ("uid", "title", "version"):
            sheet.delete_cols(cell.column)
    answer = send(staff_client, ProvinceRequest, put(book, 1, title="Cấp nước"))
    assert counts(answer) == (0, 1, 0, 0)
    assert [change[0] for change in plan(answer)["rows"][0]["changes"]] == ["title"]
    confirm(staff_client, answer)
    kept.refresh_from_db()
    assert (kept.title, kept.detail, kept.due_on) == ("Cấp nước", "Chi tiết", DAY)


def test_what_a_new_row_needs_is_asked_on_its_row(staff_client, session):
    book = book_of(
        ("meeting", "title", "province"),
        (session.slug, "Cấp điện", "Ninh Bình"),
        (session.slug, None, "Ninh Bình"),
    )
    answer = send(staff_client, ProvinceRequest, book)
    assert counts(answer) == (1, 0, 0, 1)
    assert {column for _row, column in reasons(answer)} == {"title"}
    assert "Tiêu đề (B3)" in answer.text


def test_the_same_row_twice_is_told_with_both_cells(staff_client, session):
    row = (session.slug, "Cấp điện", "Ninh Bình")
    answer = send(
        staff_client,
        ProvinceRequest,
        book_of(("meeting", "title", "province"), row, (session.slug, "Khác", "Ninh Bình"), row),
    )
    ((place, reason),) = reasons(answer).items()
    assert place == (4, "")
    assert "B2, B4" in reason
    kept = make_request()
    book = exported(staff_client, ProvinceRequest)
    put(book, 2, uid=str(kept.uid))
    ((_place, reason),) = reasons(send(staff_client, ProvinceRequest, book)).items()
    assert "B3, B4" in reason


# -- names


@pytest.mark.parametrize(
    ("column", "text", "key"),
    [
        pytest.param("lead", "Bộ Thông tin và Truyền thông", "bo-tttt", id="name"),
        pytest.param("lead", "bộ tt&tt", "bo-tttt", id="short-name"),
        pytest.param("lead", "MIC", "bo-tttt", id="other-name"),
        pytest.param("topics", "hạ tầng số", "ha-tang-so", id="topic"),
        pytest.param("province", "tỉnh Nam Định", "nam-dinh", id="province-with-its-rank"),
        pytest.param("meeting", "29/2/2024", "2024-02-29-ninh-binh", id="session-by-its-day"),
        pytest.param("source", "số 89/TB-BTTTT", None, id="source-by-its-number"),
        pytest.param("source", "thông báo kết luận", None, id="source-by-its-title"),
    ],
)
def test_a_record_is_named_as_people_name_it(staff_client, session, column, text, key):
    row = {"meeting": session.slug, "province": "ninh-binh-2025", "title": "Cấp điện", column: text}
    answer = send(staff_client, ProvinceRequest, book_of([*row], [*row.values()]))
    assert counts(answer) == (1, 0, 0, 0)
    written = {change[0]: change[2] for change in plan(answer)["rows"][0]["changes"]}
    assert written[column].startswith(key or str(session.source.uid))


def test_a_name_with_commas_is_not_torn_apart(staff_client, session):
    make_organization(name="Sở Văn hóa, Thể thao và Du lịch", slug="so-vhttdl")
    book = book_of(
        ("meeting", "province", "title", "Cơ quan phối hợp"),
        (session.slug, "Ninh Bình", "Bảo tàng", "MIC, Sở Văn hóa, Thể thao và Du lịch"),
    )
    answer = send(staff_client, ProvinceRequest, book)
    (written,) = [c[2] for c in plan(answer)["rows"][0]["changes"] if c[0] == "supporting"]
    assert written.startswith("bo-tttt; so-vhttdl")


def test_the_session_of_a_row_tells_which_province_is_meant_and_it_is_said(staff_client, session):
    book = book_of(("meeting", "province", "title"), (session.slug, "Ninh Bình", "Cấp điện"))
    (row,) = plan(send(staff_client, ProvinceRequest, book))["rows"]
    assert ["province", "", "ninh-binh-2025 (Tỉnh Ninh Bình (đến 30/06/2025))"] in row["changes"]
    assert any("Ninh Bình" in warning for warning in row["warnings"])


def test_a_name_of_several_is_asked_once_and_nothing_is_written_before(staff_client):
    ours, theirs = (
        make_organization(name="Sở Y tế", slug=f"so-y-te-{n}", kind="provincial_department")
        for n in (1, 2)
    )
    meeting = make_meeting()
    place = meeting.provinces.get().slug
    book = book_of(
        ("meeting", "province", "title", "lead"),
        (meeting.slug, place, "Cấp điện", "Sở Y tế"),
        (meeting.slug, place, "Cấp nước", "sở y tế"),
        (meeting.slug, place, "Làm đường", "Sở Không Có"),
    )
    answer = send(staff_client, ProvinceRequest, book)
    assert counts(answer) == (0, 0, 0, 1)
    assert plan(answer)["counts"]["asked"] == 2
    assert reasons(answer)[(4, "lead")]
    book.active.delete_rows(4)
    book.active["D3"] = "Sở Y tế"
    answer = send(staff_client, ProvinceRequest, book)
    (question,) = plan(answer)["questions"]
    assert question["rows"] == [2, 3]
    confirm(staff_client, answer)
    assert not ProvinceRequest.objects.exists()
    answer = answered(staff_client, answer, lead=str(theirs.pk))
    assert counts(answer) == (2, 0, 0, 0)
    confirm(staff_client, answer)
    assert {item.lead for item in ProvinceRequest.objects.all()} == {theirs}
    assert ours.pk != theirs.pk


@pytest.mark.parametrize("given", ["x", "999999", "-1"])
def test_an_answer_that_was_not_offered_is_none(staff_client, given):
    for n in (1, 2):
        make_organization(name="Sở Y tế", slug=f"so-y-te-{n}")
    meeting = make_meeting()
    row = (meeting.slug, meeting.provinces.get().slug, "Cấp điện", "Sở Y tế")
    book = book_of(("meeting", "province", "title", "lead"), row)
    answer = answered(staff_client, send(staff_client, ProvinceRequest, book), lead=given)
    assert plan(answer)["counts"]["asked"] == 1


# -- numbers and deadlines

READINGS = {
    "20,000": ["20000", "20"],
    "78,500": ["78500", "78.5"],
    "1.234": ["1234", "1.234"],
    "-1.234": ["-1234", "-1.234"],
    "0,500": ["0.5"],
    "1,234,567": ["1234567"],
    "1.234,5": ["1234.5"],
    "1,234.5": ["1234.5"],
    "20 000": ["20000"],
    "5.2": ["5.2"],
    "5,25": ["5.25"],
    "2024": ["2024"],
    "1.23.456": [],
    "1,2,3": [],
    "20,": [],
    "1.234,567,890": [],
    "khoảng 20": [],
}


@pytest.mark.parametrize(("text", "readings"), READINGS.items(), ids=READINGS)
def test_a_number_written_as_text_has_these_readings(text, readings):
    assert [f"{reading:f}" for reading in readings_of(text)] == readings


def figures(*values):
    meeting, indicator = make_meeting(), make_indicator()
    fixed = (meeting.slug, meeting.provinces.get().slug, indicator.slug, "2023")
    names = ("meeting", "province", "indicator", "period", "value")
    return book_of(names, *((*fixed, value) for value in values))


@pytest.mark.parametrize(
    ("text", "chosen", "value"),
    [("20,000", "20", 20), ("78,500", "78500", 78500), ("1.234", "1.234", 1.234)],
)
def test_a_number_of_two_readings_is_asked_about(staff_client, text, chosen, value):
    answer = send(staff_client, Figure, figures(text))
    assert plan(answer)["counts"]["asked"] == 1
    assert len(options(answer, "value")) == 2
    confirm(staff_client, answer)
    assert not Figure.objects.exists()
    answer = answered(staff_client, answer, value=chosen)
    confirm(staff_client, answer)
    assert float(Figure.objects.get().value) == value


def test_numbers_of_excel_are_taken_as_they_are(staff_client):
    answer = send(staff_client, Figure, figures(20000, 78.5))
    assert counts(answer) == (2, 0, 0, 0)
    confirm(staff_client, answer)
    assert sorted(float(figure.value) for figure in Figure.objects.all()) == [78.5, 20000]


@pytest.mark.parametrize(
    ("words", "due_on", "due_text"),
    [
        pytest.param("quý I/2024", date(2024, 3, 31), "quý I/2024", id="quarter"),
        pytest.param(2025, date(2025, 12, 31), "2025", id="year-as-a-number"),
        pytest.param("trong năm 2025", date(2025, 12, 31), "trong năm 2025", id="year"),
        pytest.param("thường xuyên", None, "thường xuyên", id="ongoing"),
        pytest.param("theo kế hoạch của tỉnh", None, "theo kế hoạch của tỉnh", id="no-day"),
        pytest.param("30/6/2024", date(2024, 6, 30), "30/6/2024", id="day"),
        pytest.param(datetime(2024, 6, 30), date(2024, 6, 30), "30/06/2024", id="date"),
    ],
)
def test_words_in_the_column_of_the_deadline(staff_client, session, words, due_on, due_text):
    book = book_of(
        ("meeting", "province", "title", "Hạn hoàn thành"),
        (session.slug, "Ninh Bình", "Cấp điện", words),
    )
    answer = send(staff_client, ProvinceRequest, book)
    assert counts(answer) == (1, 0, 0, 0)
    confirm(staff_client, answer)
    item = ProvinceRequest.objects.get()
    assert (item.due_on, item.due_text) == (due_on, due_text)


def test_escapes_of_excel_are_undone(staff_client, session):
    title = "Hỗ trợ_x000D_\nvốn _xD83D__xDE00_ _x005F_x0041_"
    book = book_of(("meeting", "province", "title"), (session.slug, "Ninh Bình", title))
    answer = send(staff_client, ProvinceRequest, book)
    confirm(staff_client, answer)
    assert ProvinceRequest.objects.get().title == "Hỗ trợ\nvốn 😀 _x0041_"
    book = exported(staff_client, ProvinceRequest)
    assert counts(send(staff_client, ProvinceRequest, book)) == (0, 0, 1, 0)


# -- other kinds of files

LINES = ("STT{0}Nội dung kiến nghị{0}Tỉnh{0}Buổi làm việc", "1{0}Đào tạo nghề{0}Nam Định{0}{1}")


@pytest.mark.parametrize(
    ("encoding", "separator"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("utf-16", "\t"), ("cp1258", ";")],
)
def test_separated_values_in_what_excel_saves(staff_client, session, encoding, separator):
    text = "\r\n".join(LINES).format(separator, session.slug)
    if encoding == "cp1258":
        text = "".join(vietnamese_1258(letter) for letter in text)
    answer = send(staff_client, ProvinceRequest, text.encode(encoding), name="bang.csv")
    assert counts(answer) == (1, 0, 0, 0), notes(answer)
    confirm(staff_client, answer)
    item = ProvinceRequest.objects.get()
    assert (item.title, item.province.slug) == ("Đào tạo nghề", "nam-dinh")
    kept = Workbook.objects.get()
    assert kept.file.name.endswith(".csv")
    page = staff_client.get(address(Workbook, "file", kept.pk))
    assert page["Content-Disposition"].endswith('.csv"')


def vietnamese_1258(letter):
    """The letter as Windows-1258 has it: its tone as a sign of its own."""
    parts = unicodedata.normalize("NFD", letter)
    tones = [mark for mark in parts if mark in "\u0300\u0301\u0303\u0309\u0323"]
    base = unicodedata.normalize("NFC", "".join(mark for mark in parts if mark not in tones))
    return base + "".join(tones)


def test_a_table_in_tcvn3_is_recognised_as_a_whole(staff_client, session):
    written = {letter: sign for sign, letter in FROM_TCVN3.items()}
    lines = [line.format(",", session.slug) for line in LINES]
    text = "\n".join([*lines, f"2,Hỗ trợ vốn cho người dân,Nam Định,{session.slug}"])
    body = "".join(written.get(letter, letter) for letter in text).encode("latin-1")
    answer = send(staff_client, ProvinceRequest, body, name="bang.csv")
    assert counts(answer) == (2, 0, 0, 0)
    assert [row["label"] for row in plan(answer)["rows"]] == [
        "Đào tạo nghề",
        "Hỗ trợ vốn cho người dân",
    ]


def document(*rows):
    """A small document of Word with one table; a cell may be (its properties, its text)."""
    table = ""
    for row in rows:
        cells = [("", cell) if isinstance(cell, str) else cell for cell in row]
        table += "<w:tr>"
        for props, cell in cells:
            table += f"<w:tc>{props}<w:p><w:r><w:t>{cell}</w:t></w:r></w:p></w:tc>"
        table += "</w:tr>"
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = f"<w:body><w:tbl>{table}</w:tbl></w:body>"
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{space}">{body}</w:document>')
    return out.getvalue()


def test_a_table_of_word_is_read(staff_client, session):
    rows = [
        ("STT", "Nội dung kiến nghị", "Tỉnh"),
        ("1", "Cấp điện", "Ninh Bình"),
        ("2", "Cấp nước", "Nam Định"),
    ]
    answer = send(staff_client, ProvinceRequest, document(*rows), name="phu-luc.docx")
    answer = answered(staff_client, answer, meeting=session.title)
    assert counts(answer) == (2, 0, 0, 0)
    went_on = ("<w:tcPr><w:vMerge/></w:tcPr>", "")
    body = document(*rows, ("3", "Làm đường", went_on))
    assert "nhiều dòng" in refusal(send(staff_client, ProvinceRequest, body, name="a.docx"))


@pytest.mark.parametrize(
    ("name", "body"),
    [
        pytest.param("a.docx", document(("x", "y", "z")), id="no-table"),
        pytest.param("a.csv", b"\0\1\2\3" * 40, id="no-text"),
        pytest.param("a.csv", b'title,province\n"' + b"x" * 200_000, id="cell-without-end"),
        pytest.param("a.csv", b"," * 1_000_000, id="separators-alone"),
    ],
)
def test_other_files_are_refused_with_a_sentence(staff_client, name, body):
    assert refusal(send(staff_client, ProvinceRequest, body, name=name))


# -- bounds


def named(meeting, number):
    province = meeting.provinces.get().name
    rows = [(f"Kiến nghị {n}", province, "Bộ Mẫu", "29/02/2024", n) for n in range(number)]
    return book_of(("Nội dung", "Tỉnh", "Chủ trì", "Buổi làm việc", "Ghi chú"), *rows)


def test_a_preview_asks_as_much_for_thirty_rows_as_for_one(staff_client):
    make_organization(name="Bộ Mẫu")
    meeting = make_meeting()
    asked = []
    for number in (1, 30):
        with CaptureQueriesContext(connection) as queries:
            answer = send(staff_client, ProvinceRequest, named(meeting, number))
        assert counts(answer)[0] == number, reasons(answer)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_file_that_is_read_leaves_nothing_but_its_upload(staff, staff_client, session):
    book = book_of(("meeting", "province", "title"), (session.slug, "Ninh Bình", "Cấp điện"))
    answer = send(staff_client, ProvinceRequest, book)
    assert len(default_storage.listdir(f"uploads/{staff.pk}")[1]) == 2
    confirm(staff_client, answer)
    assert len(default_storage.listdir(f"uploads/{staff.pk}")[1]) == 1
