"""Hard line breaks: which are undone, which stand."""

import pytest

from engagements.reading.lines import joined, together

NOTICE = """THÔNG BÁO
Kết luận của Bộ trưởng tại buổi làm
việc với lãnh đạo tỉnh A
1. Giao Cục Viễn thông chủ trì, phối hợp với Sở
Thông tin và Truyền thông hỗ trợ tỉnh thử nghiệm
mạng 5G trong quý III năm 2024."""
LETTER = """Tỉnh đề nghị Bộ xem xét hỗ trợ kinh phí cho các thôn. Năm
2025 tỉnh đã bố trí hai tỷ đồng cho việc này nhưng chưa
đủ.

Sở đã có văn bản gửi Cục. Đến nay chưa có phản hồi nào từ
Cục."""
ARTICLE = "\n".join(
    [
        "Bộ trưởng làm việc với tỉnh A",
        "Chiều 16/7, Bộ trưởng làm việc với lãnh đạo tỉnh A về chuyển đổi số và hạ tầng số" * 3,
        "phát biểu tại buổi làm việc",
        "Tỉnh đề nghị Bộ hỗ trợ.",
    ]
)


@pytest.mark.parametrize(
    ("text", "paragraphs", "undone"),
    [
        pytest.param(
            NOTICE,
            [
                "THÔNG BÁO",
                "Kết luận của Bộ trưởng tại buổi làm việc với lãnh đạo tỉnh A",
                "1. Giao Cục Viễn thông chủ trì, phối hợp với Sở Thông tin và Truyền thông hỗ trợ"
                " tỉnh thử nghiệm mạng 5G trong quý III năm 2024.",
            ],
            3,
            id="notice",
        ),
        pytest.param(
            LETTER,
            [
                "Tỉnh đề nghị Bộ xem xét hỗ trợ kinh phí cho các thôn. Năm 2025 tỉnh đã bố trí hai"
                " tỷ đồng cho việc này nhưng chưa đủ.",
                "Sở đã có văn bản gửi Cục. Đến nay chưa có phản hồi nào từ Cục.",
            ],
            3,
            id="empty-lines-part-paragraphs",
        ),
        pytest.param(ARTICLE, ARTICLE.split("\n"), 0, id="long-lines-were-broken-by-nobody"),
        pytest.param("Đoạn một.\nĐoạn hai.", ["Đoạn một.", "Đoạn hai."], 0, id="two-sentences"),
        pytest.param(
            "Bộ trưởng giao:\n- Cục A chủ trì\n- Cục B phối hợp\na) việc một\nb) việc hai",
            [
                "Bộ trưởng giao:",
                "- Cục A chủ trì",
                "- Cục B phối hợp",
                "a) việc một",
                "b) việc hai",
            ],
            0,
            id="list",
        ),
        pytest.param("Một dòng", ["Một dòng"], 0, id="one-line"),
        pytest.param("", [], 0, id="nothing"),
    ],
)
def test_broken_lines_are_joined_and_no_others(text, paragraphs, undone):
    assert joined(text) == (paragraphs, undone, 0)


def test_page_numbers_between_broken_lines_are_left_out():
    page = ["Giao Cục Viễn thông chủ trì, phối hợp với"] * 7
    lines = [*page, "1", "", *page, "- 2 -", "", *page, "Trang 3/3"]
    paragraphs, _undone, edges = joined("\n".join(lines))
    assert edges == 3
    assert not [line for line in paragraphs if line.strip(" -").isdecimal()]


@pytest.mark.parametrize("numbers", [("1", "2"), ("3", "4"), ("1", "3")])
def test_numbers_that_number_something_else_stay(numbers):
    first, second = numbers
    far = "Một dòng.\n" * (2 if numbers == ("1", "2") else 9)
    paragraphs, _undone, edges = joined(f"{far}{first}\n{far}{second}\n")
    assert edges == 0
    assert [line for line in paragraphs if line in numbers] == list(numbers)


@pytest.mark.parametrize(
    ("line", "after", "whole"),
    [
        ("hỗ trợ", "tỉnh", "hỗ trợ tỉnh"),
        ("the techno-", "logy", "the technology"),
        ("mô hình e-", "learning", "mô hình e-learning"),
        ("Thừa Thiên-", "Huế", "Thừa Thiên- Huế"),
        ("thương mại phi chính\u00ad", "thức", "thương mại phi chínhthức"),
        ("2021-", "2025", "2021- 2025"),
    ],
)
def test_a_word_broken_by_a_hyphen_is_whole_again(line, after, whole):
    assert together(line, after) == whole
