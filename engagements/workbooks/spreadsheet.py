"""Spreadsheets (.xlsx) as grids: values, escapes undone, and what is merged or hidden.

openpyxl reads row by row, and then tells nothing of merged cells and of hidden rows and columns:
these are read from the part of the sheet itself.
"""

import zipfile
from datetime import date, time, timedelta
from itertools import islice
from xml.parsers import expat

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries

from .cells import Unreadable, unescaped
from .grids import Grid, Merged
from .guard import PIECE_BYTES
from .headings import MOST_COLUMNS

MOST_TOLD = 5000  # merged cells and hidden rows


def grids_of(file):
    """[Grid] of a file that the guard let through. Raises ValidationError."""
    try:
        book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
        with zipfile.ZipFile(file) as archive:
            return [_grid(archive, sheet) for sheet in book.worksheets]
    except Exception as error:  # whatever openpyxl meets in a file that only looks like one
        raise _broken() from error


def _broken():
    return ValidationError(_("The workbook cannot be read. Save it in Excel again."))


def _grid(archive, sheet):
    shape = _Shape()
    parser = expat.ParserCreate()
    parser.StartElementHandler = shape.start
    with archive.open(sheet._worksheet_path) as part:
        while piece := part.read(PIECE_BYTES):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    return Grid(
        title=sheet.title,
        begin=lambda: _rows(sheet),
        is_hidden=sheet.sheet_state != "visible",
        merged=shape.merged,
        hidden_rows=shape.hidden_rows,
        hidden_columns=shape.hidden_columns,
    )


class _Shape:
    """What the part of a sheet says besides its values."""

    def __init__(self):
        self.merged, self.hidden_rows, self.hidden_columns = [], [], []
        self.number = 0

    def start(self, name, attributes):
        name = name.rpartition(":")[2]
        is_hidden = attributes.get("hidden") in ("1", "true")
        if name == "row":
            number = attributes.get("r", "")
            self.number = int(number) if number.isdecimal() else self.number + 1
            if is_hidden and len(self.hidden_rows) < MOST_TOLD:
                self.hidden_rows.append(self.number)
        elif name == "col" and is_hidden:
            first, last = (int(attributes.get(end, 0)) for end in ("min", "max"))
            columns = range(max(first, 1), min(last, MOST_COLUMNS) + 1)
            self.hidden_columns += map(get_column_letter, columns)
        elif name == "mergeCell" and len(self.merged) < MOST_TOLD:
            cells = attributes.get("ref", "")
            _column, first_row, _last_column, last_row = range_boundaries(cells)
            self.merged.append(Merged(cells, first_row, last_row))


def _rows(sheet):
    sheet.reset_dimensions()  # what the file says of its own size is not believed
    rows = enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), start=1)
    while True:
        try:
            row = next(islice(rows, 1), None)
        except Exception as error:
            raise _broken() from error
        if row is None:
            return
        number, cells = row
        yield number, [value_of(cell) for cell in cells]


def value_of(cell):
    """What a cell holds, as a value or as Unreadable."""
    value, kind = cell.value, getattr(cell, "data_type", "n")
    if value is None:
        return None
    if isinstance(value, time | timedelta):
        return Unreadable(
            _("Excel made a time of day of this. Format the cell as text and type it again.")
        )
    if kind == "f" or not isinstance(value, str | int | float | date | bool | type(None)):
        return Unreadable(_("A formula: only its value can be taken. Paste it as a value."))
    if kind == "e":
        return Unreadable(_("An error of Excel's: %(value)s") % {"value": str(value)[:20]})
    return unescaped(value) if isinstance(value, str) else value
