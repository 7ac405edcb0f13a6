"""Paragraphs, sentences and quotations with their places."""

import pytest

from engagements.reading.text import Document, noise, paragraphs_of, sentence_bounds, tone
from engagements.reading.wordlists import LISTS


def test_paragraphs_are_the_lines_that_hold_something():
    assert paragraphs_of("Một  dòng\n\n \u200b\nHai") == ["Một dòng", "Hai"]


def test_tone_marks_stand_in_one_place_and_the_length_stays():
    text = "Uỷ ban, hoà giải, thuỷ lợi, quý, Khoẻ, hoàng"
    assert tone(text) == "Ủy ban, hòa giải, thủy lợi, quý, Khỏe, hoàng"
    assert len(tone(text)) == len(text)


def lists_in(value):
    if isinstance(value, dict):
        for inner in value.values():
            yield from lists_in(inner)
    elif isinstance(value, list):
        yield value


def test_word_lists_are_spelled_as_the_text_is_matched():
    spelled = [str(word) for row in lists_in(LISTS.every) for word in row]
    assert [word for word in spelled if tone(word) != word] == []


@pytest.mark.parametrize(
    ("paragraph", "sentences"),
    [
        ("Một. Hai! Ba?", ["Một.", "Hai!", "Ba?"]),
        ("TP. Kon Tum họp. Xong", ["TP. Kon Tum họp.", "Xong"]),
        ("Có 1.200 ha. Năm 2024", ["Có 1.200 ha.", "Năm 2024"]),
        ("hạ tầng số… còn nhỏ", ["hạ tầng số… còn nhỏ"]),
        ("“Làm ngay.” Ông nói.", ["“Làm ngay.”", "Ông nói."]),
        ("PGS. TS. Lê Mẫu nói. Hết.", ["PGS. TS. Lê Mẫu nói.", "Hết."]),
    ],
)
def test_sentences(paragraph, sentences):
    assert [paragraph[start:end] for start, end in sentence_bounds(paragraph)] == sentences


@pytest.mark.parametrize(
    ("inside", "quote"),
    [
        ("ề nghị Bộ, ", "đề nghị Bộ"),
        ("“hỗ trợ vốn”.", "hỗ trợ vốn"),
        ("sớm (đợt 1)", "sớm (đợt 1)"),
    ],
)
def test_quotation_has_whole_words_and_no_marks_at_its_edges(inside, quote):
    document = Document(["Tỉnh đề nghị Bộ, “hỗ trợ vốn”. Làm sớm (đợt 1)"])
    start = document.paragraphs[0].index(inside)
    bounds = document.quotation(1, start, start + len(inside))
    assert document.quote(1, *bounds) == quote


def test_quotation_has_twenty_words_at_most():
    document = Document([" ".join(["chữ"] * 30)])
    assert document.quote(1, *document.quotation(1, 0, 119)).split() == ["chữ"] * 20


def test_frame_of_a_page_is_told_from_the_article():
    paragraphs = [
        "Trang chủ | Thời sự | Kinh tế",
        "Chúng tôi dùng cookie để trang chạy tốt hơn.",
        "Bộ trưởng làm việc với tỉnh về hạ tầng.",
        "Tin liên quan",
        "Tỉnh bên đón khách đông",
        " ".join(["chữ"] * 40) + ".",
        "Xem thêm: Tỉnh bên làm đường",
    ]
    assert noise(paragraphs) == {1: "menu", 2: "cookie", 4: "related", 5: "related", 7: "related"}
