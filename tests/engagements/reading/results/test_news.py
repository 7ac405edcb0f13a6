"""News: kind, day, deadline moved, number reached, whom it was passed to, quotation."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import yaml

from engagements.reading.results.news import news_of
from engagements.reading.results.numbers import reached_in
from engagements.reading.results.papers import PaperOfResults
from engagements.reading.results.passages import Passage, columns_of, rows_of

from .conftest import FOLDER, read_text
from .test_matching import HEAD

PHRASES = yaml.safe_load((FOLDER / "phrases.yaml").read_text(encoding="utf-8"))
LETTER = PaperOfResults(
    is_of_results=True, body="UBND tỉnh Phú Thọ", side="province", issued_on=date(2026, 11, 20)
)


def told_in(text, paper=LETTER, item=None, **given):
    return news_of(Passage(1, 0, len(text), text, **given), text, paper, item)


@pytest.mark.parametrize(
    ("text", "kind"), [(text, kind) for kind, texts in PHRASES.items() for text in texts]
)
def test_kind_of_a_phrase(text, kind):
    assert told_in(text).kind == kind


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("đã hoàn thành ngày 12/10/2026", date(2026, 10, 12)),
        ("đã hoàn thành trong tháng 9/2026", date(2026, 9, 30)),
        ("đã ban hành Quyết định số 5/QĐ-UBND ngày 09/9/2026", date(2026, 9, 9)),
        ("đã ban hành Quyết định số 5/QĐ-UBND", date(2026, 11, 20)),
        ("đến hết tháng 10/2026 đạt 72%", date(2026, 10, 31)),
        ("9 tháng đầu năm 2026 đạt 81,4%", date(2026, 9, 30)),
        ("trong 10 tháng đạt 60%", date(2026, 10, 31)),
        ("tính đến ngày 31/10/2026 đã hỗ trợ 9.150 hộ", date(2026, 10, 31)),
        ("đang thực hiện theo Quyết định số 5/QĐ-UBND ngày 09/9/2026", date(2026, 11, 20)),
        ("đang thực hiện, dự kiến xong trong quý II/2027", date(2026, 11, 20)),
        ("đã khởi công 2.950 căn, hoàn thành đến hết năm 2027", date(2026, 11, 20)),
        ("đã hoàn thành ngày 31/02/2026", date(2026, 11, 20)),
    ],
)
def test_day_it_happened_else_the_papers(text, day):
    assert told_in(text).happened_on == day


def test_day_up_to_which_the_whole_paper_reports():
    paper = replace(LETTER, as_of=date(2026, 11, 15))
    assert told_in("đang thực hiện", paper).happened_on == date(2026, 11, 15)
    assert told_in("không chấp thuận", paper).happened_on == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "due_on"),
    [
        ("đang thi công, dự kiến hoàn thành trước ngày 30/6/2027", date(2027, 6, 30)),
        ("đang thi công, phấn đấu xong trong quý II/2027", date(2027, 6, 30)),
        ("chưa thực hiện, xin lùi thời hạn đến hết năm 2027", date(2027, 12, 31)),
        ("đang thi công, phấn đấu xong trước ngày 31/12/2026", None),  # the item's own
        ("đang thi công, khởi công từ ngày 05/10/2026", None),
        ("đưa vào kế hoạch khảo sát năm 2027", None),
        ("đang thi công", None),
    ],
)
def test_deadline_that_moved(item, text, due_on):
    assert told_in(text, item=item("CK-241")).due_on == due_on


def test_deadline_in_a_cell_of_its_own(item):
    news = told_in("Đang thẩm định", item=item("CK-241"), due="Quý II/2027")
    assert (news.due_on, news.due_words) == (date(2027, 6, 30), "Quý II/2027")


@pytest.mark.parametrize(
    ("text", "wanted", "value", "unit", "total"),
    [
        ("đã xử lý 4/6 điểm", "", "4", "điểm", "6"),
        ("có 312.480 hộ trên tổng số 318.200 hộ", "", "312480", "hộ", "318200"),
        ("đạt 81,4%", "", "81.4", "%", None),
        ("bố trí 214 tỷ đồng, bằng 0,72% chi ngân sách", "ít nhất 1%", "0.72", "%", None),
        ("toàn tỉnh có 9 khu, trong đó 5 khu đã mở", "", "5", "khu", None),
        ("còn 5 bon chưa có điện", "", None, None, None),
        ("5 vùng còn lại chờ điện", "", None, None, None),
        ("theo Quyết định số 12 ngày 5/6/2026", "", None, None, None),
        ("quốc lộ 32 km 5", "", None, None, None),
        ("mỗi huyện có từ 3 đến 5 xã", "", None, None, None),
        ("có 3 - 5 xã đăng ký", "", None, None, None),
        ("từ 3 đến 3 xã", "", None, None, None),
        ("từ 3 xã tới 5 xã", "", None, None, None),
        ("tăng từ 3 đến 5 xã", "", "5", "xã", None),
        ("từ 3 xã lên 5 xã", "", "5", "xã", None),
        ("tỷ lệ hộ nghèo giảm từ 12,5% xuống còn 4%", "", "4", "%", None),
        ("đã xử lý từ 3 lên 5/6 điểm", "", "5", "điểm", "6"),
        ("đến 5 xã có sóng", "", "5", "xã", None),
        ("đạt 60% đến ngày 31/10/2026", "", "60", "%", None),
    ],
)
def test_number_reached(text, wanted, value, unit, total):
    number = reached_in(text, wanted)
    if value is None:
        assert number is None
    else:
        told = (number.value, number.unit, number.total)
        assert told == (Decimal(value), unit, total and Decimal(total))


def test_number_held_against_what_the_item_sets(item):
    text = "Đã khởi công {} căn"
    assert told_in(text.format("2.950"), item=item("KH-341")).kind == "in_progress"
    assert told_in(text.format("4.200"), item=item("KH-341")).kind == "done"


@pytest.mark.parametrize(
    ("text", "to"),
    [
        ("thuộc thẩm quyền của Bộ Giáo dục và Đào tạo, đề nghị Bộ", "Bộ Giáo dục và Đào tạo"),
        ("không thuộc chức năng của Sở, Sở đã chuyển Sở Nội vụ xử lý", "Sở Nội vụ"),
        ("thuộc phạm vi của Bộ Văn hóa, Thể thao và Du lịch.", "Bộ Văn hóa, Thể thao và Du lịch"),
        ("không thuộc thẩm quyền của tỉnh", ""),
    ],
)  # fmt: skip
def test_whom_it_is_passed_to(text, to):
    news = told_in(text)
    assert (news.kind, news.passed_to) == ("not_ours", to)


def test_what_is_the_writers_own_is_not_passed_on():
    news = told_in("nội dung này thuộc thẩm quyền của UBND tỉnh Phú Thọ, tỉnh đang thực hiện")
    assert news.kind == "in_progress"


def test_answer_promised_until_a_day_and_paper_cited():
    news = told_in("Bộ sẽ có văn bản trả lời trước ngày 15/01/2027")
    assert news.until == date(2027, 1, 15)
    news = told_in("đã được trả lời tại Công văn số 22/UBND-CĐS ngày 14/3/2026")
    assert (news.cited_number, news.cited_on) == ("22/UBND-CĐS", date(2026, 3, 14))


def test_quotation_of_a_long_clause_is_where_the_words_are():
    text = (
        "Sau khi nghiên cứu, trao đổi với các đơn vị có liên quan trong và ngoài tỉnh, "
        "tổng hợp ý kiến của các huyện, thị xã trên địa bàn, Ủy ban nhân dân tỉnh không chấp thuận "
        "đề xuất nêu trên"
    )
    news = told_in(text)
    quote = text[news.start : news.end]
    assert "không chấp thuận" in quote
    assert len(quote.split()) <= 20


# -- tables


def test_rows_of_a_pasted_table_keep_their_empty_cells():
    rows = rows_of(["STT\tNội dung\tKết quả", "", "\t\ttừ ngày 01/10/2026", "một dòng"])
    assert [len(row.cells) for row in rows.values()] == [3, 3]
    assert list(rows) == [1, 2]


def test_rows_parted_by_bars():
    rows = rows_of(["| STT | Nội dung | Kết quả |", "| 1 | Việc A |  |"])
    assert [len(row.cells) for row in rows.values()] == [5, 5]
    rows = rows_of(["STT | Nội dung | Kết quả", "1 | Việc A | Đã xong"])
    assert [len(row.cells) for row in rows.values()] == [3, 3]


@pytest.mark.parametrize(
    ("heading", "roles"),
    [
        ("STT|Nội dung|Cơ quan|Kết quả|Thời hạn|Lý do", "number subject body result due reason"),
        ("TT|Kiến nghị của tỉnh|Đơn vị chủ trì|Nội dung trả lời", "number subject body result"),
        ("Mã số|Tình hình thực hiện|Ghi chú", "code result note"),
        ("STT|Họ và tên|Chức vụ", ""),
    ],
)  # fmt: skip
def test_columns_by_their_headings(heading, roles):
    assert " ".join(columns_of(heading.split("|"))) == roles


def test_row_that_says_nothing_yet_is_quoted_by_its_subject():
    text = HEAD + (
        "STT\tNội dung\tKết quả\tGhi chú\n1\tĐầu tư cầu Đồng Lạc qua sông Lô\t\t\n"
        "2\tXử lý 6 điểm đen tai nạn trên quốc lộ 2\tĐã xong\t"
    )
    first, second = read_text(text)[1].news
    assert (first.item.code, first.news.kind) == ("KN-141", "told")
    assert first.quote == "Đầu tư cầu Đồng Lạc qua sông Lô"
    assert (second.item.code, second.news.kind) == ("KN-146", "done")


def test_row_that_goes_on_on_the_next_page():
    text = HEAD + "\n".join(
        [
            "STT\tNội dung\tKết quả\tGhi chú",
            "1\tĐầu tư cầu Đồng Lạc qua sông Lô\tĐã phê duyệt dự án tại Quyết định\t",
            "2",
            "STT\tNội dung\tKết quả\tGhi chú",
            "\t\tsố 55/QĐ-BXD ngày 02/11/2026\t",
            "2\tNâng cấp quốc lộ 32C đoạn qua trung tâm thành phố cũ\tChưa thực hiện\t",
        ]
    )
    _document, results = read_text(text)
    assert [(row.item.code, row.news.kind) for row in results.news] == [
        ("KN-141", "done"),
        ("KN-142", "not_started"),
    ]
    assert results.news[0].news.happened_on == date(2026, 11, 2)
