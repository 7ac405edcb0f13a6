"""What is asked of a file before a program reads it as a workbook, and how its rows are read.

A small file can unpack to gigabytes or to millions of empty elements, and a workbook can carry
programs: both are refused while its parts stream by, before anything of them is kept.
"""

import re
import zipfile
from collections import Counter
from dataclasses import dataclass
from datetime import date, time, timedelta
from xml.parsers import expat

from django.core.exceptions import ValidationError
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import load_workbook

from .cells import Unreadable

BYTES = 5 * 1024 * 1024
MEMBERS = 200
UNPACKED = 50 * 1024 * 1024
# Parts that are read whole keep a limit of their own; a sheet is read row by row.
PARTS = {"xl/sharedStrings.xml": 20 * 1024 * 1024, "xl/worksheets/": UNPACKED}
OTHER_PARTS = 5 * 1024 * 1024
# Elements cost more than bytes. A full sheet of the widest table has 425,000, or 285,000 and as
# many shared strings; the sheet of choices 110,000.
ELEMENTS = 700_000  # of all parts
BRANCHES = {"worksheet": ("row", 500_000), "sst": ("si", 350_000)}  # read one by one, and let go
IN_A_BRANCH = 2_000
BESIDE_BRANCHES = 40_000  # and in parts that are kept whole
ATTRIBUTES = 100  # of one element
LONGEST = 256 * 1024  # bytes without a tag: the longest text of a cell
ROWS = 5000
SCANNED = 20_000  # with the empty ones between
COLUMNS = 100
HEADING_WITHIN = 5  # rows
BESIDE = 3  # at most so many rows or columns are named in a message
CARRIED = {
    "vbaproject": gettext_lazy("The workbook holds macros. Save it as .xlsx without them."),
    "xl/externallinks/": gettext_lazy(
        "The workbook is linked to other files. Break the links and save it again."
    ),
    "xl/activex/": gettext_lazy("The workbook holds programs. Save it as .xlsx without them."),
    "xl/embeddings/": gettext_lazy("The workbook holds other documents. Remove them."),
}
MERGED = re.compile(rb'<mergeCell ref="([A-Z0-9:]{2,20})"')
CHUNK = 1 << 16


def megabytes(size):
    return localize(size // (1024 * 1024))


# -- before it is parsed


def refuse_unfit(file):
    """Raises ValidationError unless the file is a plain .xlsx of a size that can be read."""
    if file.size > BYTES:
        raise ValidationError(
            _("The file is larger than %(most)s MB. Export fewer rows at a time.")
            % {"most": megabytes(BYTES)}
        )
    try:
        with zipfile.ZipFile(file) as archive:
            _refuse_archive(archive)
    # NotImplementedError is zipfile's word for a kind of archive that it cannot read.
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise ValidationError(
            _("This is no Excel workbook (.xlsx). Open it in Excel and save it as .xlsx.")
        ) from error
    finally:
        file.seek(0)


def _refuse_archive(archive):
    members = archive.infolist()
    if len(members) > MEMBERS or sum(one.file_size for one in members) > UNPACKED:
        raise ValidationError(
            _("Unpacked, the workbook is larger than %(most)s MB or has more than %(parts)d parts.")
            % {"most": megabytes(UNPACKED), "parts": MEMBERS}
        )
    names = {one.filename.lower() for one in members}
    if not {"[content_types].xml", "xl/workbook.xml"} <= names:
        raise zipfile.BadZipFile
    for sign, refusal in CARRIED.items():
        if any(sign in name for name in names):
            raise ValidationError(refusal)
    tally = _Tally()
    for one in members:
        most = next((most for part, most in PARTS.items() if one.filename.startswith(part)), None)
        if one.file_size > (most or OTHER_PARTS):
            raise ValidationError(
                _("A part of the workbook is too large: %(part)s") % {"part": one.filename[:80]}
            )
        _refuse_contents(archive, one, tally)


class _TooMuch(Exception):
    """A part holds more than a workbook of ours does."""


class _Tally:
    """Counts the elements of the parts, whatever these are named, and stops at what is too much."""

    def __init__(self):
        self.all = 0

    def begin(self):
        """A parser for the next part."""
        self.found, self.depth, self.inside = Counter(), 0, None
        self.branch, self.most = None, BESIDE_BRANCHES
        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.StartDoctypeDeclHandler = _refuse_document_type
        return parser

    def start(self, name, attributes):
        name = name.rpartition(":")[2]
        if self.depth == 0:
            self.branch, self.most = BRANCHES.get(name, (None, BESIDE_BRANCHES))
        self.depth += 1
        self.all += 1
        self.found["all"] += 1
        if self.inside is not None:
            self.found["inside"] += 1
        elif name == self.branch:
            self.inside, self.found["inside"] = self.depth, 0
        else:
            self.found["beside"] += 1
        if (
            self.all > ELEMENTS
            or self.found["all"] > self.most
            or self.found["inside"] > IN_A_BRANCH
            or self.found["beside"] > BESIDE_BRANCHES
            or len(attributes) > ATTRIBUTES
        ):
            raise _TooMuch

    def end(self, name):
        if self.inside == self.depth:
            self.inside = None
        self.depth -= 1


def _refuse_document_type(*given):
    """No workbook needs a document type; one that has it means a parser harm."""
    raise zipfile.BadZipFile


def _refuse_contents(archive, member, tally):
    """Pictures and the like are no XML, and are left at their first bytes."""
    parser, untagged, is_first = tally.begin(), 0, True
    try:
        with archive.open(member) as part:
            while piece := part.read(CHUNK):
                if is_first and 0 in piece[:4] and _is_named_xml(member):  # UTF-16
                    raise zipfile.BadZipFile
                is_first, untagged = False, 0 if b"<" in piece else untagged + len(piece)
                if untagged > LONGEST:
                    raise _TooMuch
                parser.Parse(piece)
            parser.Parse(b"", True)
    except _TooMuch as error:
        raise ValidationError(
            _("A part of the workbook holds too much: %(part)s") % {"part": member.filename[:80]}
        ) from error
    except (expat.ExpatError, ValueError, LookupError) as error:  # also of an unknown encoding
        if _is_named_xml(member):
            raise zipfile.BadZipFile from error


def _is_named_xml(member):
    return member.filename.lower().endswith((".xml", ".rels"))


# -- reading


@dataclass
class Sheet:
    """The first sheet of a workbook: which columns it has, and the rows that hold something."""

    columns: list
    rows: list  # (number of the row in Excel, its cells in the order of the columns)


def read(file, names, needed):
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
            % {"cells": ", ".join(merged[:BESIDE])}
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
    found, before = [], b""
    with zipfile.ZipFile(file) as archive, archive.open(sheet._worksheet_path) as part:
        while piece := part.read(CHUNK):
            found += [one.decode() for one in MERGED.findall(before + piece)]
            before = piece[-48:]
    return list(dict.fromkeys(found))


def _rows(sheet, names, needed):
    sheet.reset_dimensions()  # what the file says of its own size is not believed
    heading, rows, waiting = None, [], []
    for number, cells in enumerate(sheet.iter_rows(max_col=COLUMNS + 1), start=1):
        if number > SCANNED or len(rows) > ROWS:
            raise ValidationError(
                _("More than %(most)s rows. Split the workbook.") % {"most": localize(ROWS)}
            )
        values = [_value(cell) for cell in cells]
        if heading is None:
            waiting.append((number, values))
            if number == HEADING_WITHIN:
                heading, rows = _begin(waiting, names, needed)
        elif any(value not in (None, "") for value in values):
            rows.append((number, _under(heading, values)))
    if heading is None:
        heading, rows = _begin(waiting, names, needed)
    if len(rows) > ROWS:
        raise ValidationError(
            _("More than %(most)s rows. Split the workbook.") % {"most": localize(ROWS)}
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
    labels = {label.casefold(): name for name, said in names.items() for label in said}
    best = None
    for place, (_number, values) in enumerate(rows):
        texts = [value.strip() if isinstance(value, str) else "" for value in values[:COLUMNS]]
        for read_as in (
            [text if text in names else "" for text in texts],
            [labels.get(text.casefold(), "") for text in texts],
        ):
            score = sum(bool(name) for name in read_as)
            if score and (best is None or score >= best[0]):
                best = score, place, read_as, texts
    if best is None:
        raise ValidationError(
            _("No row of headings was found. Take the empty template or an export as the start.")
        )
    _score, place, heading, texts = best
    _refuse_columns(heading, texts, names, needed)
    rest = [
        (number, _under(heading, values))
        for number, values in rows[place + 1 :]
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
    """The cells under known headings; what stands beside them is told on the last one."""
    values = [*values, *[None] * (len(heading) - len(values))]
    cells = [value for name, value in zip(heading, values, strict=False) if name]
    beside = [
        value
        for place, value in enumerate(values)
        if value not in (None, "") and not (place < len(heading) and heading[place])
    ]
    if beside:
        cells[0] = Unreadable(_("A cell of this row stands under no heading."))
    return cells
