"""Excel workbook writer (openpyxl): sheets, headings, guarded cells, and the answer that saves one.

Rows go out one by one, so that a long workbook needs no more memory than a short one. The public
lists have a writer of their own (exports): they are sent before the last row is read.
"""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from engagements.slots import in_slot

from .cells import cell_text

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DAY_FORMAT = "dd/mm/yyyy"
TOP = Alignment(vertical="top", wrap_text=True)
BOLD = Font(bold=True)
HEADING_FILL = PatternFill("solid", fgColor="DDEDEB")
THIN = Border(*[Side(style="thin", color="808080")] * 4)
A4 = 9  # in Excel's list of papers
SHEET_TITLE_CHARACTERS = 31
CORE_TIMESTAMPS = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(<)")


class WorkbookWriter:
    """A workbook in the making."""

    def __init__(self):
        self.book = Workbook(write_only=True)

    def sheet(self, title, widths=(), freeze=None):
        """A new sheet; `freeze` is the first cell that scrolls."""
        sheet = SheetWriter(self.book.create_sheet(sheet_title(title)))
        sheet.layout.freeze_panes = freeze
        for number, width in enumerate(widths, start=1):
            sheet.layout.column_dimensions[get_column_letter(number)].width = width
        return sheet

    def to_bytes(self, published_at=None):
        """The file. With an instant for its own stamps, the same bytes for the same content."""
        out = BytesIO()
        self.book.save(out)
        return _stamped(out, published_at) if published_at else out.getvalue()


class SheetWriter:
    """A sheet, written row by row; `layout` is openpyxl's, for what is set before the first row."""

    def __init__(self, layout):
        self.layout, self.height = layout, 0

    def row(self, values, **look):
        self.append([self.cell(value, **look) for value in values])

    def append(self, cells):
        self.layout.append(cells)
        self.height += 1

    def merged_row(self, values, **look):
        """One cell over the columns of all these values; the first of them is shown."""
        self.row(values, **look)
        last = get_column_letter(len(values))
        self.layout.merged_cells.add(f"A{self.height}:{last}{self.height}")

    def cell(self, value, number_format=None, font=None, fill=None, border=None, align=TOP):
        """A cell: text is text, whatever it begins with; numbers and days stay what they are."""
        is_empty = value is None or value == ""
        if is_empty and border is None:
            return None
        is_text = not (is_empty or isinstance(value, int | float | Decimal | date))
        cell = WriteOnlyCell(self.layout, cell_text(value) if is_text else value)
        if is_text:
            cell.data_type = "s"
        if number_format is None and isinstance(value, date):
            number_format = DAY_FORMAT
        if align:
            cell.alignment = align
        if number_format:
            cell.number_format = number_format
        if font:
            cell.font = font
        if fill:
            cell.fill = fill
        if border:
            cell.border = border
        return cell

    def print_on_a4(self, heading_row, is_fitted=False):
        """Across the paper, the heading on every page; fitted, no column on a second one."""
        layout = self.layout
        layout.page_setup.orientation, layout.page_setup.paperSize = "landscape", A4
        layout.print_title_rows = f"{heading_row}:{heading_row}"
        if is_fitted:
            layout.page_setup.fitToWidth, layout.page_setup.fitToHeight = 1, 0
            layout.sheet_properties.pageSetUpPr.fitToPage = True


def sheet_title(title):
    """A title that a sheet may bear."""
    text = "".join(" " if character in "[]:*?/\\'" else character for character in str(title))
    return text[:SHEET_TITLE_CHARACTERS]


def _stamped(file, published_at):
    """The file, its own stamps saying when its content was published, not when it was asked for."""
    out = BytesIO()
    stamp = rb"\g<1>" + published_at.strftime("%Y-%m-%dT%H:%M:%SZ").encode() + rb"\g<3>"
    with ZipFile(file) as parts, ZipFile(out, "w", ZIP_DEFLATED) as still:
        for name in parts.namelist():
            part = parts.read(name)
            if name == "docProps/core.xml":
                part = CORE_TIMESTAMPS.sub(stamp, part)
            entry = ZipInfo(name)
            entry.compress_type = ZIP_DEFLATED
            still.writestr(entry, part)
    return out.getvalue()


def as_file(content, name, content_type=XLSX):
    """The answer whose content a browser saves under this name."""
    response = in_slot(lambda: HttpResponse(content, content_type=content_type))
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
