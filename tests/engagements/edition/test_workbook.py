"""The one writer of Excel workbooks: what a cell holds, how a sheet is called and laid out."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from engagements.edition.cells import cell_text
from engagements.edition.workbook import (
    DAY_FORMAT,
    THIN,
    XLSX,
    WorkbookWriter,
    as_file,
    sheet_title,
)
from tests.formulas import EITHER


def read(book):
    return load_workbook(BytesIO(book.to_bytes()))


def test_text_is_text_and_numbers_and_days_stay_what_they_are():
    book = WorkbookWriter()
    sheet = book.sheet("Số liệu")
    sheet.row([*EITHER, -5, Decimal("-2.5"), date(2024, 2, 29), None, ""])
    (cells,) = read(book).active
    texts, (whole, fraction, day, *empty) = cells[: len(EITHER)], cells[len(EITHER) :]
    assert [cell.value for cell in texts] == [cell_text(text) for text in EITHER]
    assert "f" not in {cell.data_type for cell in cells}
    assert (whole.value, fraction.value) == (-5, -2.5)
    assert (day.value, day.number_format) == (datetime(2024, 2, 29), DAY_FORMAT)
    assert not [cell for cell in empty if cell.value is not None or cell.has_style]


def test_an_empty_cell_keeps_its_border():
    book = WorkbookWriter()
    book.sheet("Bảng").row([None, ""], border=THIN)
    (cells,) = read(book).active
    assert [(cell.value, cell.border.left.style) for cell in cells] == [(None, "thin")] * 2


def test_a_merged_row_lies_over_all_its_columns():
    book = WorkbookWriter()
    sheet = book.sheet("Báo cáo", widths=(6, 48), freeze="A3")
    sheet.row(["a", "b"])
    sheet.merged_row(["Cả hàng", None])
    sheet = read(book).active
    assert [str(cells) for cells in sheet.merged_cells.ranges] == ["A2:B2"]
    assert sheet["A2"].value == "Cả hàng"
    assert (sheet.column_dimensions["B"].width, sheet.freeze_panes) == (48, "A3")


@pytest.mark.parametrize(
    ("title", "allowed"),
    [("Lựa chọn", "Lựa chọn"), ("a/b:c'[d]*?\\", "a b c  d    "), ("x" * 40, "x" * 31)],
)
def test_a_sheet_bears_a_title_that_excel_allows(title, allowed):
    assert sheet_title(title) == allowed


def test_with_its_instant_the_same_content_is_the_same_file():
    instant = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)

    def file():
        book = WorkbookWriter()
        book.sheet("Một").row(["a"])
        return book.to_bytes(instant)

    assert file() == file()
    assert load_workbook(BytesIO(file())).properties.modified == instant.replace(tzinfo=None)


def test_a_file_is_saved_under_its_name():
    answer = as_file(b"x", "so.xlsx")
    assert answer["Content-Type"] == XLSX
    assert answer["Content-Disposition"] == 'attachment; filename="so.xlsx"'
