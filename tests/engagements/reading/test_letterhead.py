"""Letterheads: which organization issues a paper; names in two lines, one under another."""

import pytest

from engagements.reading.letterhead import letterhead_of, said_in_head
from tests.engagements.reading.results.conftest import read_text

FOOT = """\
Số: 12/BC-VP
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Hà Nội, ngày 18 tháng 11 năm 2026
Kính gửi: Ủy ban nhân dân tỉnh Phú Thọ
Trả lời Công văn số 3/UBND-VX ngày 1/10/2026, có ý kiến như sau:
1. Về cầu Đồng Lạc: đang lập dự án.
"""


@pytest.mark.parametrize(
    ("head", "publisher", "sender"),
    [
        pytest.param("BỘ XÂY DỰNG", "BỘ XÂY DỰNG", "Bộ Xây dựng", id="one-line"),
        pytest.param(
            "BỘ KHOA HỌC\nVÀ CÔNG NGHỆ", "BỘ KHOA HỌC VÀ CÔNG NGHỆ",
            "Bộ Khoa học và Công nghệ", id="broken-before-and",
        ),
        pytest.param("BỘ\nTÀI CHÍNH", "BỘ TÀI CHÍNH", "Bộ Tài chính", id="broken-after-bo"),
        pytest.param(
            "ỦY BAN NHÂN DÂN\nTỈNH PHÚ THỌ", "ỦY BAN NHÂN DÂN TỈNH PHÚ THỌ", "UBND tỉnh Phú Thọ",
            id="committee-and-its-province",
        ),
        pytest.param(
            "UBND TỈNH PHÚ THỌ\nSỞ KHOA HỌC\nVÀ CÔNG NGHỆ",
            "SỞ KHOA HỌC VÀ CÔNG NGHỆ TỈNH PHÚ THỌ", "Sở Khoa học và Công nghệ tỉnh Phú Thọ",
            id="department-of-a-province",
        ),
        pytest.param(
            "BỘ XÂY DỰNG\nCỤC ĐƯỜNG BỘ VIỆT NAM", "CỤC ĐƯỜNG BỘ VIỆT NAM",
            "Cục đường bộ việt nam", id="agency-of-a-ministry",
        ),
        pytest.param(
            "BỘ XÂY DỰNG | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "BỘ XÂY DỰNG", "Bộ Xây dựng",
            id="cells-of-a-table",
        ),
    ],
)  # fmt: skip
def test_issuer_is_the_last_name_of_the_letterhead(head, publisher, sender):
    text = f"{head}\n{FOOT}"
    assert said_in_head(text.splitlines()).publisher == publisher
    assert read_text(text)[1].paper.body == sender


@pytest.mark.parametrize(
    "head",
    [
        pytest.param("BÁO CÁO\nKẾT QUẢ", id="a-title"),
        pytest.param("Sáng nay trời nắng đẹp", id="prose"),
        pytest.param("SỐ: 12/BC-VP\nV/v trả lời", id="number-in-capitals"),
        pytest.param("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", id="motto"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_is_no_name_is_not_taken_for_one(head):
    assert letterhead_of(head.splitlines()) == []
