"""Reader of the first sheet of an uploaded workbook: its heading, and the rows under it.

The heading may stand in one of the first rows, as machine names or as labels in either language.
"""

import re
import zipfile
from dataclasses import dataclass
from datetime import date, time, timedelta

from django.core.exceptions import ValidationError
from django.utils.formats import localize
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from provinces.vietnamese import cleaned

from .cells import Unreadable
from .guard import PIECE_BYTES, refuse_unfit

MOST_ROWS = 5000
SCANNED_ROWS = 20_000  # with the empty ones between
MOST_COLUMNS = 100
HEADING_ROWS = 5  # the heading is one of so many
NAMED_CELLS = 3  # at most so many are named in a message
MERGED_CELLS = re.compile(rb'<mergeCell ref="([A-Z0-9:]{2,20})"')


@dataclass
class Sheet:
    """The first sheet of a workbook: which columns it has, and the rows that hold something."""

    columns: list
    rows: list  # (number of the row in Excel, its cells in the order of the columns)


def read_sheet(file, names, needed):
    """The rows of the first sheet, under the columns that `names` ({name: labels}) allows.

    Raises ValidationError for a sheet that is not of this table; a single cell that cannot be
    read becomes Unreadable, so that its row tells it.
    """
    refuse_unfit(file)
    try:
        book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        merged = _merged(file, sheet)
    except ValidationError:
        raise
    except Exception as error:  # whatever openpyxl meets in a file that only looks like one
        raise ValidationError(_("The workbook cannot be read. Save it in Excel again.")) from error
    if merged:
        raise ValidationError(
            _("Merged cells: %(cells)s. Unmerge them, each row stands for itself.")
            % {"cells": ", ".join(merged[:NAMED_CELLS])}
        )
    try:
        return _rows(sheet, names, needed)
    except ValidationError:
        raise
    except Exception as error:
        raise ValidationError(_("The workbook cannot be read. Save it in Excel again.")) from error
    finally:
        book.close()
        file.seek(0)


def _merged(file, sheet):
    merged, before = [], b""
    with zipfile.ZipFile(file) as archive, archive.open(sheet._worksheet_path) as part:
        while piece := part.read(PIECE_BYTES):
            merged += [cells.decode() for cells in MERGED_CELLS.findall(before + piece)]
            before = piece[-48:]
    return list(dict.fromkeys(merged))


def _rows(sheet, names, needed):
    sheet.reset_dimensions()  # what the file says of its own size is not believed
    heading, rows, waiting = None, [], []
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), start=1):
        if number > SCANNED_ROWS or len(rows) > MOST_ROWS:
            raise ValidationError(
                _("More than %(most)s rows. Split the workbook.") % {"most": localize(MOST_ROWS)}
            )
        values = [_value(cell) for cell in cells]
        if heading is None:
            waiting.append((number, values))
            if number == HEADING_ROWS:
                heading, rows = _begin(waiting, names, needed)
        elif any(value not in (None, "") for value in values):
            rows.append((number, _under(heading, values)))
    if heading is None:
        heading, rows = _begin(waiting, names, needed)
    if len(rows) > MOST_ROWS:
        raise ValidationError(
            _("More than %(most)s rows. Split the workbook.") % {"most": localize(MOST_ROWS)}
        )
    return Sheet([name for name in heading if name], rows)


def _value(cell):
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
    return value


def _begin(rows, names, needed):
    """The heading among the first rows, by machine names or else by labels, and what follows it."""
    by_label = {label.casefold(): name for name, labels in names.items() for label in labels}
    best = None
    for index, (_number, values) in enumerate(rows):
        texts = [
            cleaned(value).strip() if isinstance(value, str) else ""
            for value in values[:MOST_COLUMNS]
        ]
        for read_as in (
            [text if text in names else "" for text in texts],
            [by_label.get(text.casefold(), "") for text in texts],
        ):
            score = sum(bool(name) for name in read_as)
            if score and (best is None or score >= best[0]):
                best = score, index, read_as, texts
    if best is None:
        raise ValidationError(
            _("No row of headings was found. Take the empty template or an export as the start.")
        )
    _score, index, heading, texts = best
    _refuse_columns(heading, texts, names, needed)
    rest = [
        (number, _under(heading, values))
        for number, values in rows[index + 1 :]
        if any(value not in (None, "") for value in values)
    ]
    return heading, rest


def _refuse_columns(heading, texts, names, needed):
    wrong = []
    pairs = zip(heading, texts, strict=True)
    if unknown := [text[:40] for name, text in pairs if text and not name]:
        wrong.append(_("Unknown columns: %(columns)s") % {"columns": ", ".join(unknown[:20])})
    if missing := [names[name][0] for name in needed if name not in heading]:
        wrong.append(_("Missing columns: %(columns)s") % {"columns": ", ".join(missing)})
    twice = {name for name in heading if name and heading.count(name) > 1}
    if twice:
        wrong.append(_("Columns that stand twice: %(columns)s") % {"columns": ", ".join(twice)})
    if wrong:
        raise ValidationError(wrong)


def _under(heading, values):
    """The cells under known headings; what stands beside them is told on the first one."""
    values = [*values, *[None] * (len(heading) - len(values))]
    cells = [value for name, value in zip(heading, values, strict=False) if name]
    beside = [
        value
        for index, value in enumerate(values)
        if value not in (None, "") and not (index < len(heading) and heading[index])
    ]
    if beside:
        cells[0] = Unreadable(_("A cell of this row stands under no heading."))
    return cells
