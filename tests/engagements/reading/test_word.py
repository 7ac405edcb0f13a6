"""Word documents: what is text, what is struck out, hidden or there twice; tables; bounds."""

import pytest

from engagements.reading.formats import word
from engagements.reading.formats.raw import Refused

from .files import docx, packed, paragraph, run_of, table


def blocks(body, **parts):
    return word.read(docx(body, **parts)).blocks


def texts(body, **parts):
    return [block[1] for block in blocks(body, **parts)]


def test_runs_of_a_paragraph_are_one_text_and_a_line_break_parts_it():
    body = (
        paragraph("Tỉnh ", "đề ", "nghị") + "<w:p/>" + paragraph("Một", "<w:r><w:br/></w:r>", "Hai")
    )
    assert texts(body) == ["Tỉnh đề nghị", "Một", "Hai"]


@pytest.mark.parametrize(
    ("inside", "read"),
    [
        pytest.param(f"<w:del>{run_of('hứa ')}</w:del>", "Bộ giao Cục", id="struck-out"),
        pytest.param(f"<w:moveFrom>{run_of('hứa ')}</w:moveFrom>", "Bộ giao Cục", id="moved-away"),
        pytest.param(f"<w:ins>{run_of('đã ')}</w:ins>", "Bộ đã giao Cục", id="put-in"),
        pytest.param(run_of("không ", "<w:vanish/>"), "Bộ giao Cục", id="hidden"),
        pytest.param(run_of("có ", '<w:vanish w:val="0"/>'), "Bộ có giao Cục", id="not-hidden"),
        pytest.param(run_of("x ", '<w:rStyle w:val="An"/>'), "Bộ giao Cục", id="hidden-by-style"),
        pytest.param(run_of("x ", '<w:sz w:val="2"/>'), "Bộ giao Cục", id="one-point"),
        pytest.param(run_of("x ", '<w:color w:val="FFFFFF"/>'), "Bộ giao Cục", id="white-on-white"),
        pytest.param(
            run_of("x ", '<w:color w:val="FFFFFF"/><w:shd w:fill="000080"/>'),
            "Bộ x giao Cục",
            id="white-on-blue",
        ),
        pytest.param(
            run_of("x ", '<w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange>'),
            "Bộ x giao Cục",
            id="was-hidden-once",
        ),
        pytest.param(
            "<mc:AlternateContent><mc:Choice>" + run_of("một ") + "</mc:Choice><mc:Fallback>"
            + run_of("hai ") + "</mc:Fallback></mc:AlternateContent>",
            "Bộ một giao Cục",
            id="there-twice",
        ),
        pytest.param("<w:r><w:instrText>PAGE</w:instrText></w:r>", "Bộ giao Cục", id="field"),
    ],
)  # fmt: skip
def test_what_a_reader_does_not_see_is_left_out(inside, read):
    hides = (
        '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:style w:styleId="An"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>'
    )
    assert texts(paragraph("Bộ ", inside, "giao Cục"), styles=hides) == [read]


def test_hidden_words_are_counted():
    raw = word.read(docx(paragraph("Bộ ", run_of("hứa một nghìn tỷ ", "<w:vanish/>"), "giao")))
    assert raw.counts == {"hidden": 4}


def test_a_paragraph_whose_mark_was_struck_out_goes_on_in_the_next():
    first = f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{run_of('Tỉnh đề ')}</w:p>"
    assert texts(first + paragraph("nghị Bộ")) == ["Tỉnh đề nghị Bộ"]


def test_rows_of_a_table_keep_their_cells_in_order():
    body = paragraph("Phụ lục") + table(
        ["STT", "Nội dung", "Kết quả"],
        ["1", ["Phủ sóng", "a) Thôn Một"], ""],
        ["", "", ""],
    )  # fmt: skip
    assert blocks(body + paragraph("Nơi nhận")) == [
        ["text", "Phụ lục"],
        ["row", 1, ["STT", "Nội dung", "Kết quả"]],
        ["row", 1, ["1", "Phủ sóng\na) Thôn Một", ""]],
        ["text", "Nơi nhận"],
    ]


def test_a_cell_over_several_columns_leaves_the_others_empty():
    wide = '<w:tr><w:tc><w:tcPr><w:gridSpan w:val="3"/></w:tcPr>' + paragraph("I. Hạ tầng")
    body = table(["STT", "Nội dung", "Kết quả"], ["1", "Phủ sóng", "Xong"])
    body = body.replace("</w:tbl>", f"{wide}</w:tc></w:tr></w:tbl>")
    assert blocks(body)[-1] == ["row", 1, ["I. Hạ tầng", "", ""]]


def test_a_letterhead_is_no_table():
    head = table([["BỘ A", "Số: 12/TB-BA"], ["CỘNG HÒA", "Hà Nội, ngày 5 tháng 3 năm 2024"]])
    assert texts(head) == ["BỘ A", "Số: 12/TB-BA", "CỘNG HÒA", "Hà Nội, ngày 5 tháng 3 năm 2024"]


def test_a_table_within_a_cell_is_read_there():
    inner = table(["a", "b", "c"], ["1", "2", "3"])
    outer = f"<w:tbl><w:tr><w:tc>{inner}{paragraph('dưới')}</w:tc></w:tr></w:tbl>"
    assert texts(outer) == ["a | b | c", "1 | 2 | 3", "dưới"]


def test_a_long_document_is_cut_and_says_so():
    raw = word.read(docx(paragraph("Tỉnh đề nghị Bộ hỗ trợ.") * 6_000))
    assert (len(raw.blocks), raw.is_cut) == (5_000, True)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(docx("<w:p>" * 130), "too_deep", id="deep"),
        pytest.param(docx("<w:p/>" * 900_000), "too_large", id="elements"),
        pytest.param(docx(f"<w:tbl><w:tr>{'<w:tc/>' * 60_000}"), "too_large", id="cells"),
        pytest.param(docx("<w:p>" + " " * 31_000_000), "too_large", id="bytes"),
        pytest.param(
            packed({f"{number}.xml": "" for number in range(501)}), "too_large", id="parts"
        ),
        pytest.param(packed({"xl/workbook.xml": ""}), "workbook", id="workbook"),
        pytest.param(packed({"content.xml": ""}), "unknown", id="other-archive"),
        pytest.param(docx("<w:p>"), "broken", id="not-closed"),
        pytest.param(docx("")[:40], "broken", id="cut-off"),
        pytest.param(
            packed({"word/document.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
            "broken",
            id="entities",
        ),
    ],
)
def test_what_is_no_document_of_a_size_to_read_is_refused(content, why):
    with pytest.raises(Refused, match=why):
        word.read(content)
