"""The gate: which paper tells of results, who speaks in it, to whom, of which province."""

import pytest

from engagements.reading.reader import read_text as read_document_text
from tests.engagements.reading.conftest import reference_names

from .conftest import TEXTS, gold_of, read, read_text

OF_A_SESSION = """\
BỘ XÂY DỰNG
Số: 51/TB-BXD
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Hà Nội, ngày 03 tháng 6 năm 2026
THÔNG BÁO
Kết luận của Thứ trưởng Khuất Thành Nghĩa tại buổi làm việc với Ủy ban nhân dân tỉnh Phú Thọ
Thứ trưởng kết luận như sau:
1. Bộ sẽ đầu tư cầu Đồng Lạc qua sông Lô trong năm 2027.
2. Giao Cục Đường bộ Việt Nam trả lời tỉnh về quốc lộ 32C trước ngày 30/6/2026.
"""
PRESS = """\
Phú Thọ đẩy nhanh tiến độ nhà ở xã hội
Ngày 12/10/2026, phóng viên ghi nhận tại công trường: tỉnh đã khởi công 2.950 căn nhà ở xã hội.
Theo Sở Xây dựng, việc nâng cấp quốc lộ 32C đang chờ vốn.
"""
PASTED = """\
Ủy ban nhân dân tỉnh Phú Thọ trả lời Công văn số 6402/BXD-KHTC của Bộ Xây dựng như sau:
1. Khởi công 4.200 căn nhà ở xã hội: đã khởi công 2.950 căn.
Phú Thọ, ngày 28 tháng 10 năm 2026
"""


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem[:2])
def test_paper_is_known_with_its_sender_and_day(path):
    wanted, paper = gold_of(path)["results"], read(path)[1].paper
    assert paper.is_of_results
    told = {name: getattr(paper, name) for name in ("body", "side", "number", "issued_on")}
    assert told == {name: wanted[name] for name in told}
    assert paper.provinces == tuple(wanted["provinces"])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param(OF_A_SESSION, "session", id="conclusions-of-a-session"),
        pytest.param(PRESS, "nothing", id="press"),
        pytest.param("", "nothing", id="empty"),
        pytest.param("Kính gửi", "nothing", id="two-words"),
    ],
)
def test_nothing_is_drafted_of_other_papers(text, why):
    _document, results = read_text(text)
    assert (results.paper.is_of_results, results.paper.why) == (False, why)
    assert results.news == ()


ANNEX = """\
{title}STT | Nội dung | {column} | Ghi chú
1 | Đầu tư cầu Đồng Lạc qua sông Lô | {first} |
2 | Xử lý 6 điểm đen tai nạn trên quốc lộ 2 | {second} |
"""


@pytest.mark.parametrize(
    ("column", "first", "second", "is_of_results"),
    [
        pytest.param("Kết quả", "Đã phê duyệt dự án", "Đang xử lý", True, id="results"),
        pytest.param("Tình hình thực hiện", "", "Chưa thực hiện", True, id="half-empty"),
        pytest.param("Kết quả", "", "", False, id="not-filled-in"),
        pytest.param("Kết quả", "8,5", "7,0", False, id="marks"),
        pytest.param("Kết quả dự kiến", "Đang lập", "Đã trình", False, id="plan"),
        pytest.param("Kết quả thi", "Đã đạt", "Chưa đạt", False, id="exam"),
        pytest.param("Ý kiến góp ý", "Đã rõ", "Chưa rõ", False, id="opinions"),
    ],
)
@pytest.mark.parametrize("title", ["", "PHỤ LỤC\n", "PHỤ LỤC\nCác việc của tỉnh Phú Thọ\n"])
def test_annex_without_letterhead_is_known_by_its_columns(
    title, column, first, second, is_of_results
):
    text = ANNEX.format(title=title, column=column, first=first, second=second)
    results = read_text(text)[1]
    assert results.paper.is_of_results is is_of_results
    assert (document_verdict(text) == "results") is is_of_results
    if is_of_results:
        codes = [row.item and row.item.code for row in results.news]
        assert codes == ["KN-141", "KN-146"]
        assert results.paper.why == "table"


def document_verdict(text):
    return read_document_text(text, reference_names()).session.verdict


def test_paper_without_its_head_is_told_by_its_first_sentence():
    paper = read_text(PASTED)[1].paper
    assert (paper.is_of_results, paper.body, paper.side) == (True, "UBND tỉnh Phú Thọ", "province")


def test_items_that_a_letter_does_not_mention_are_told():
    path = next(path for path in TEXTS if path.stem.startswith("p4"))
    unmentioned = {item.code for item in read(path)[1].unmentioned}
    assert unmentioned == set()
    path = next(path for path in TEXTS if path.stem.startswith("p5"))
    unmentioned = {item.code for item in read(path)[1].unmentioned}
    assert unmentioned == {"KN-133", "CK-231", "KH-331"}
