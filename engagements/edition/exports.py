"""CSV, NDJSON and XLSX exports: every row that a filter finds, streamed, whatever their number.

Rows are read in pages of the order of first publication, which nothing moves while a reader takes
his time, so memory is flat and no row comes twice or not at all. What fails on the way breaks the
answer off: a client sees an unfinished transfer, never a short file that looks whole. HTTP/1.0
cannot tell an unfinished transfer, so there a file is whole before its first byte is sent.
"""

import csv
import json
import zipfile
from datetime import date
from decimal import Decimal
from io import StringIO
from itertools import chain, islice
from tempfile import SpooledTemporaryFile
from xml.sax.saxutils import escape

from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone
from rest_framework.utils.encoders import JSONEncoder

from engagements.slots import in_slot

from .cells import cell_text, neutral
from .columns import columns_of_kinds, columns_of_shape
from .reading import Reader, with_keys
from .workbook import XLSX

PAGE_ROWS = 250  # read at once
BOM = "\ufeff"  # Excel takes a CSV for the code page of its machine unless it begins with this
SHEET_ROWS = 1_048_576  # of Excel, its header among them
IN_MEMORY = 1 << 20  # bytes of a file that is written before it is sent; the rest is on disk


def payloads(editions, kinds, on=None):
    """The JSON of every row, in lists of at most PAGE_ROWS: kind by kind, each newest first.

    A kind at a time, since an index has the order of first publication within a kind.
    """
    reader = Reader(on)
    for kind in kinds:
        of_kind = editions.of_kind(kind).order_by("-first_sequence").defer("search")
        rows = list(of_kind[:PAGE_ROWS])
        while rows:
            yield [reader.whole(row) for row in rows]
            last = rows[-1].first_sequence
            rows = (
                list(of_kind.filter(first_sequence__lt=last)[:PAGE_ROWS])
                if rows[PAGE_ROWS - 1 :]
                else []
            )


def ndjson(pages, _shown, fields):
    """A payload a line, as it stands."""
    for page in pages:
        yield "".join(f"{with_keys(payload, fields)}\n" for payload in page).encode()


def _csv_value(column, value):
    """A value in a line of text; a number is one below zero too, and no formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    is_text = isinstance(value, str) and column.type != "number"
    return neutral(value) if is_text else str(value)


def csv_lines(pages, shown, _fields, for_excel=False):
    """RFC 4180, UTF-8; numbers as JSON has them."""
    lines = StringIO()
    write = csv.writer(lines).writerow

    def taken():
        text = lines.getvalue()
        lines.seek(0)
        lines.truncate()
        return text.encode()

    if for_excel:
        lines.write(BOM)
    write([column.name for column in shown])
    yield taken()
    for page in pages:
        for payload in page:
            read = json.loads(payload)
            write([_csv_value(column, column.of(read)) for column in shown])
        yield taken()


# -- a workbook, written as it is read: openpyxl and its like finish a file before the first byte

SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def _relations(**targets):
    links = "".join(
        f'<Relationship Id="{name}" Type="{RELATION}/{name}" Target="{target}"/>'
        for name, target in targets.items()
    )
    return f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'


def _override(part, kind):
    return f'<Override PartName="/xl/{part}.xml" ContentType="{CONTENT_TYPE}.{kind}+xml"/>'


WORKBOOK_PARTS = {
    "[Content_Types].xml": f'{XML}<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    + _override("workbook", "sheet.main")
    + _override("styles", "styles")
    + _override("worksheets/sheet1", "worksheet")
    + "</Types>",
    "_rels/.rels": _relations(officeDocument="xl/workbook.xml"),
    "xl/workbook.xml": f'{XML}<workbook xmlns="{SPREADSHEET}" xmlns:r="{RELATION}">'
    '<sheets><sheet name="Sát Cánh" sheetId="1" r:id="worksheet"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": _relations(
        worksheet="worksheets/sheet1.xml", styles="styles.xml"
    ),
    # Styles 1 and 2: a day as dd/mm/yyyy, a heading in bold.
    "xl/styles.xml": f'{XML}<styleSheet xmlns="{SPREADSHEET}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf/><xf numFmtId="164" applyNumberFormat="1"/>'
    '<xf fontId="1" applyFont="1"/></cellXfs><cellStyles count="1">'
    '<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
SHEET_HEAD = (
    f'{XML}<worksheet xmlns="{SPREADSHEET}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    "</sheetView></sheetViews><sheetData>"
)
SHEET_TAIL = "</sheetData></worksheet>"
DAY_ZERO = date(1899, 12, 30)  # of Excel's calendar
DAYS_FROM = date(1900, 3, 1)  # before it, Excel counts a day that never was


def _cell(column, value):
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    if column.type == "number":
        return f"<c><v>{Decimal(value)}</v></c>"
    if column.type == "day" and (day := date.fromisoformat(value)) >= DAYS_FROM:
        return f'<c s="1"><v>{(day - DAY_ZERO).days}</v></c>'
    return _text(value)


def _text(value, style=""):
    text = escape(cell_text(value))
    return f'<c t="inlineStr"{style}><is><t xml:space="preserve">{text}</t></is></c>'


class _ChunkBuffer:
    """A file that can only be written: what was written is taken away piece by piece."""

    def __init__(self):
        self.pieces = []

    def write(self, piece):
        self.pieces.append(bytes(piece))
        return len(piece)

    def flush(self):
        """Nothing is held back."""

    def taken(self):
        pieces, self.pieces = self.pieces, []
        return b"".join(pieces)


def xlsx(pages, shown, _fields):
    """A workbook of one sheet. Raises ValueError for more rows than a sheet holds."""
    pipe, rows = _ChunkBuffer(), 1
    book = zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    for name, text in WORKBOOK_PARTS.items():
        with book.open(name, "w") as part:  # unlike writestr, it writes no hour of the day
            part.write(text.encode())
    with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
        heading = "".join(_text(column.name, ' s="2"') for column in shown)
        sheet.write(f"{SHEET_HEAD}<row>{heading}</row>".encode())
        yield pipe.taken()
        for page in pages:
            rows += len(page)
            if rows > SHEET_ROWS:
                raise ValueError("More rows than a sheet holds.")
            lines = []
            for payload in page:
                read = json.loads(payload)
                cells = "".join(_cell(column, column.of(read)) for column in shown)
                lines.append(f"<row>{cells}</row>")
            sheet.write("".join(lines).encode())
            yield pipe.taken()
        sheet.write(SHEET_TAIL.encode())
    book.close()
    yield pipe.taken()


FORMATS = {
    "csv": ("text/csv; charset=utf-8", csv_lines),
    "ndjson": ("application/x-ndjson; charset=utf-8", ndjson),
    "xlsx": (XLSX, xlsx),
}


def disposition(name, wanted):
    day = timezone.localdate(timezone.now())
    return f'attachment; filename="sat-canh-{name}-{day}.{wanted}"'


def as_line(row):
    """A row of a list that is not kept as JSON, as its payload would be."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"), cls=JSONEncoder)


class ShortList:
    """The rows of one shape, so few that they are a file at once."""

    def __init__(self, rows, shape):
        self.rows, self.shape = rows, shape

    def as_file(self, wanted):
        _media_type, write = FORMATS[wanted]
        return b"".join(
            write([[as_line(row) for row in self.rows]], columns_of_shape(self.shape), None)
        )


def _spooled(pieces):
    """A file with all of them, at its beginning."""
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  the answer closes it
    try:
        for piece in pieces:
            file.write(piece)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def export_response(request, editions, kinds, name, wanted, on=None, fields=None, **options):
    """The whole list as a file: `name` without its ending, `wanted` one of FORMATS.

    `fields` are the keys of the payload to show, all for None; `on` is the day for deadlines.
    """
    media_type, write = FORMATS[wanted]
    shown = [
        column for column in columns_of_kinds(*kinds) if fields is None or column.path[0] in fields
    ]

    def answer():
        pages = payloads(editions, kinds, on)
        first = list(islice(pages, 1))  # while a database that is away can still be told
        pieces = write(chain(first, pages), shown, fields, **options)
        if request.META.get("SERVER_PROTOCOL") == "HTTP/1.0":
            return FileResponse(_spooled(pieces), content_type=media_type)
        return StreamingHttpResponse(pieces, content_type=media_type)

    response = in_slot(answer)
    response["Content-Disposition"] = disposition(name, wanted)
    return response
