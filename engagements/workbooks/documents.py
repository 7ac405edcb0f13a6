"""Separated values (.csv) and tables of Word (.docx) as grids.

Both are read as the reader of documents does it: bytes are decoded by `reading.formats.encoded`, a
document of Word is parsed in the child process with its limits.
"""

import csv
import io
import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from engagements.reading.formats.encoded import text_of
from engagements.reading.formats.raw import Refused
from engagements.reading.process import parsed
from engagements.reading.refusals import Unreadable

from .grids import Grid
from .headings import HEADING_ROWS, MOST_COLUMNS

SEPARATORS = (",", ";", "\t", "|")
TOLD_SEPARATOR = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # the first line that Excel may ask for
OTHER_TEXTS = ("%pdf-", "{\\rtf", "<html", "<!doctype", "<?xml", "<table")


def grids_of_text(content, vocabulary):
    """[Grid] of separated values, by the separator that finds most headings."""
    try:
        text = text_of(content)
    except Refused as refusal:
        raise _unknown() from refusal
    if not text.strip() or text.lstrip().lower().startswith(OTHER_TEXTS):
        raise _unknown()
    told = TOLD_SEPARATOR.match(text)
    if told:
        grid = _separated(text[told.end() :], told[1])
        return [grid]
    grids = [_separated(text, separator) for separator in SEPARATORS]
    return [max(grids, key=lambda grid: _score(grid, vocabulary))]


def _unknown():
    return ValidationError(
        _("Only .xlsx, .csv and .docx are read here. Open the file in Excel and save it as .xlsx.")
    )


def _score(grid, vocabulary):
    try:
        headings = vocabulary.heading_in([values for _number, values in grid.first(HEADING_ROWS)])
    except ValidationError:
        return 0
    return headings.score if headings else 0


def _separated(text, separator):
    def begin():
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        try:
            for number, values in enumerate(lines, start=1):
                yield number, [value or None for value in values[: MOST_COLUMNS + 1]]
        except csv.Error as error:
            text_ = _("The file cannot be read as separated values. Save it in Excel as .xlsx.")
            raise ValidationError(text_) from error

    return Grid("", begin)


def grids_of_word(content):
    """[Grid] of the tables of a document of Word; merged cells and a cut end are refused."""
    try:
        raw = parsed("docx", content)
    except Unreadable as refusal:
        raise ValidationError(refusal.messages) from refusal
    if raw["is_cut"]:
        raise ValidationError(
            _("The document holds more than is read of one. Save its table as a workbook (.xlsx).")
        )
    if raw["counts"].get("merged"):
        raise ValidationError(
            _("Cells of a table are merged across rows. Split them, each row stands for itself.")
        )
    tables = {}
    for block in raw["blocks"]:
        if block[0] == "row":
            tables.setdefault(block[1], []).append([cell or None for cell in block[2]])
    if not tables:
        raise ValidationError(_("The document has no table with headings and rows."))
    return [
        Grid(_("table %(n)d") % {"n": number}, lambda rows=rows: enumerate(rows, start=1))
        for number, rows in tables.items()
    ]
