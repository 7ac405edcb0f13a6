"""PDF files: lines joined by their places, tables by their ruled lines, what is left out."""

import pytest

from engagements.reading.formats import pdf as parser
from engagements.reading.formats.raw import Refused

from .files import grid_of, lines_at, pdf, stream, text_at

FIRST = "Giao Cục Viễn thông chủ trì, phối hợp với Sở Thông tin và"
SECOND = "Truyền thông hỗ trợ tỉnh thử nghiệm mạng 5G tại các khu"
THIRD = "công nghiệp trong quý III năm 2024."
WHOLE = f"{FIRST} {SECOND} {THIRD}"


def read(*pages, **given):
    return parser.read(pdf(*pages, **given))


def texts(raw):
    return [block[1] for block in raw.blocks if block[0] == "text"]


def test_lines_of_a_paragraph_are_joined():
    raw = read(lines_at(80, 700, FIRST, SECOND, THIRD))
    assert texts(raw) == [WHOLE]
    assert raw.counts["joined"] == 2


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(text_at(80, 630, SECOND), id="a-gap"),
        pytest.param(text_at(110, 652, SECOND), id="an-indent"),
        pytest.param(text_at(80, 652, f"2. {SECOND}"), id="a-number"),
        pytest.param(text_at(80, 650, SECOND, size=16), id="another-size"),
    ],
)
def test_a_new_paragraph_is_known_by_its_place(after):
    raw = read([*lines_at(80, 700, FIRST, SECOND), text_at(80, 668, FIRST), after])
    assert len(texts(raw)) == 2


def test_a_line_that_had_room_for_the_next_word_ended_there():
    raw = read(lines_at(80, 700, "Bộ trưởng kết luận", "Sở báo cáo kết quả", FIRST, SECOND))
    assert texts(raw) == ["Bộ trưởng kết luận", "Sở báo cáo kết quả", f"{FIRST} {SECOND}"]


def test_a_number_at_the_margin_of_an_indented_paragraph_begins_no_other():
    lines = [text_at(110, 700, FIRST[:50]), *lines_at(80, 684, SECOND, f"(2) {SECOND}", THIRD)]
    lines += [text_at(110, 636, FIRST[:50]), *lines_at(80, 620, SECOND, SECOND)]
    assert texts(read(lines))[0] == f"{FIRST[:50]} {SECOND} (2) {SECOND} {THIRD}"


def test_an_indented_line_after_a_sentence_begins_another():
    full = f"{SECOND[:-1]}."
    lines = [text_at(110, 700, full), *lines_at(80, 684, SECOND, full), text_at(110, 652, full)]
    lines += [text_at(110, 636, full), text_at(80, 620, SECOND)]
    assert texts(read(lines)) == [f"{full} {SECOND} {full}", full, f"{full} {SECOND}"]


def test_a_paragraph_goes_on_over_the_end_of_a_page():
    raw = read(lines_at(80, 700, FIRST, SECOND), lines_at(80, 760, THIRD))
    assert texts(raw) == [WHOLE]


def test_pieces_of_a_line_are_put_together_by_their_places():
    """Words apart by a space, letters of a word by none, columns by a line of their own."""
    line = [text_at(80, 700, "Cục"), text_at(104, 700, "Vi"), text_at(116, 700, "ễn thông")]
    assert texts(read([*line, text_at(300, 700, "Độc lập")])) == ["Cục Viễn thông", "Độc lập"]


def test_letters_written_twice_in_one_place_are_read_once():
    assert texts(read([text_at(80, 700, "THÔNG BÁO"), text_at(80.4, 700, "THÔNG BÁO")])) == [
        "THÔNG BÁO"
    ]


def test_page_numbers_and_running_heads_are_left_out():
    pages = [
        [text_at(80, 820, "Báo cáo kết quả"), text_at(300, 30, str(number)), text_at(80, 600, said)]
        for number, said in enumerate(["Đoạn một.", "Đoạn hai.", "Đoạn ba."], start=1)
    ]
    raw = read(*pages)
    assert texts(raw) == ["Đoạn một.", "Đoạn hai.", "Đoạn ba."]
    assert raw.counts["edges"] == 6


def test_what_lies_outside_the_page_is_left_out_and_counted():
    raw = read([text_at(80, 700, "Bộ giao Cục."), text_at(900, 700, "Bộ hứa một tỷ")])
    assert texts(raw) == ["Bộ giao Cục."]
    assert raw.counts["hidden"] == 4


COLUMNS = (60, 100, 260, 400, 540)
HEAD = [text_at(64, 690, "STT"), text_at(104, 690, "Nội dung"), text_at(264, 690, "Kết quả")]
ROW = [
    text_at(64, 660, "1"), *lines_at(104, 665, "Hỗ trợ tỉnh thử", "nghiệm mạng 5G"),
    *lines_at(264, 665, "Đã khảo sát.", "Đang lắp đặt"), text_at(404, 665, "30/9/2024"),
]  # fmt: skip


def test_a_ruled_table_keeps_its_rows():
    raw = read([text_at(60, 760, "PHỤ LỤC"), *grid_of(COLUMNS, (710, 680, 640)), *HEAD, *ROW])
    assert raw.blocks == [
        ["text", "PHỤ LỤC"],
        ["row", 1, ["STT", "Nội dung", "Kết quả", ""]],
        [
            "row",
            1,
            ["1", "Hỗ trợ tỉnh thử nghiệm mạng 5G", "Đã khảo sát.\nĐang lắp đặt", "30/9/2024"],
        ],
    ]


def test_a_table_goes_on_over_the_end_of_a_page():
    """Its headings are there again, and a row that the page cut in two is whole."""
    cut = [text_at(104, 640, "theo kế hoạch"), text_at(264, 640, "hai trạm")]
    second = [text_at(64, 620, "2"), text_at(104, 620, "Phủ sóng"), text_at(264, 620, "Xong")]
    raw = read(
        [*grid_of(COLUMNS, (710, 680, 640)), *HEAD, *ROW, text_at(300, 30, "1")],
        [*grid_of(COLUMNS, (710, 680, 635, 610)), *HEAD, *cut, *second, text_at(300, 30, "2")],
    )
    assert raw.blocks == [
        ["row", 1, ["STT", "Nội dung", "Kết quả", ""]],
        [
            "row",
            1,
            [
                "1",
                "Hỗ trợ tỉnh thử nghiệm mạng 5G theo kế hoạch",
                "Đã khảo sát.\nĐang lắp đặt hai trạm",
                "30/9/2024",
            ],
        ],
        ["row", 1, ["2", "Phủ sóng", "Xong", ""]],
    ]


def test_a_table_on_a_page_that_lies_on_its_side():
    """Annexes are set across: what is drawn upwards is read from left to right."""
    page = [*grid_of(COLUMNS, (590, 560, 520))]
    page += [text_at(64, 570, "STT"), text_at(104, 570, "Nội dung"), text_at(264, 570, "Kết quả")]
    page += [text_at(64, 540, "1"), text_at(104, 540, "Phủ sóng"), text_at(264, 540, "Xong")]
    turned = ["0 1 -1 0 595 0 cm", *page]
    raw = read(turned, rotate=90)
    assert raw.blocks == [
        ["row", 1, ["STT", "Nội dung", "Kết quả", ""]],
        ["row", 1, ["1", "Phủ sóng", "Xong", ""]],
    ]


def test_a_frame_round_a_text_is_no_table():
    raw = read([*grid_of((60, 540), (720, 650)), *lines_at(80, 700, FIRST, SECOND, THIRD)])
    assert texts(raw) == [WHOLE]


def test_a_clip_rules_nothing():
    clip = ["60 640 40 70 re 100 640 160 70 re 60 640 200 30 re W n"]
    raw = read([*clip, *lines_at(80, 700, FIRST, SECOND, THIRD)])
    assert texts(raw) == [WHOLE]


LETTER = b"BT /F 12 Tf 80 700 Td <0041> Tj ET\n"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(pdf(["q"], has_picture=True), "scan", id="scan"),
        pytest.param(pdf(["q"]), "empty", id="empty"),
        pytest.param(pdf(stream(LETTER * 200_000, packs=2)), "too_large", id="bytes-of-a-page"),
        pytest.param(
            pdf([text_at(80, 700, str(number)) for number in range(20_001)]),
            "too_large",
            id="pieces-of-text",
        ),
        pytest.param(
            pdf(
                lines_at(80, 700, FIRST),
                extra=b"<</Filter/Standard/V 1/R 2/O<%s>/U<%s>/P -4>>" % (b"11" * 32, b"22" * 32),
                trailer=b"/Encrypt 9 0 R/ID[<00><00>]",
            ),
            "password",
            id="password",
        ),
        pytest.param(b"%PDF-1.7\n" + b"x" * 500, "broken", id="broken"),
        pytest.param(pdf(lines_at(80, 700, FIRST))[:300], "broken|empty", id="cut-off"),
    ],
)
def test_what_cannot_be_read_is_refused(content, why):
    with pytest.raises(Refused, match=why):
        parser.read(content)
