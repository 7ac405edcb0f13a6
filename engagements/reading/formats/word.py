"""Word documents (.docx): paragraphs and tables, streamed and bounded, nothing unpacked to disk.

Left out: what a reviser struck out (`w:del`, `w:moveFrom`), text that no reader sees (`w:vanish`,
white on the white page), the second copy of a drawing's text (`mc:Fallback`).
"""

import io
import zipfile
from xml.parsers import expat

from .raw import (
    CELLS_BETWEEN,
    MOST_CHARACTERS,
    MOST_COLUMNS,
    MOST_LEVELS,
    Full,
    Raw,
    Refused,
    is_data,
)

MEMBERS = 500
UNPACKED = 30_000_000  # bytes of document.xml
STYLES_UNPACKED = 5_000_000
CELLS = 50_000
ELEMENTS = 800_000  # a paper of 120,000 characters has a quarter of them
OPEN_CHARACTERS = 5 * MOST_CHARACTERS  # of tables and paragraphs that are not closed yet
PIECE_BYTES = 1 << 16
DOCUMENT, STYLES = "word/document.xml", "word/styles.xml"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main "
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main "
FALLBACK = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"
STRUCK_OUT = {"del", "moveFrom"}
OFF = {"0", "false", "off"}
WHITE = {"ffffff", "fefefe"}
SPECKS = {"1", "2"}  # half points
HEADING_ROWS = 2  # of a table, at most: what goes on from them is a heading


def read(content):
    """A Raw of the document. Raises Refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            _refuse_archive(names)
            styles = _Styles()
            if STYLES in names:
                _parse(archive, STYLES, styles, STYLES_UNPACKED)
            document = _Document(styles.hidden)
            try:
                _parse(archive, DOCUMENT, document, UNPACKED)
            except Full:
                pass
            return document.raw
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError) as error:
        # NotImplementedError is zipfile's word for a kind of archive that it cannot read.
        raise Refused("broken") from error
    except RuntimeError as error:  # zipfile's word for a part with a password
        raise Refused("password") from error


def _refuse_archive(names):
    if len(names) > MEMBERS:
        raise Refused("too_large")
    if DOCUMENT not in names:
        is_workbook = any(name.startswith("xl/") for name in names)
        raise Refused("workbook" if is_workbook else "unknown")


def _parse(archive, name, handler, most_bytes):
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = handler.start, handler.end
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse_doctype
    read = 0
    try:
        with archive.open(name) as part:
            while piece := part.read(PIECE_BYTES):
                read += len(piece)
                if read > most_bytes:
                    raise Refused("too_large")
                parser.Parse(piece, False)
            parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:  # also of an unknown encoding
        raise Refused("broken") from error


def _refuse_doctype(*given):
    """No document of Word has a document type; one that has it means a parser harm."""
    raise Refused("broken")


def _local(tag):
    """`p` of an element of WordprocessingML; of another vocabulary the whole name."""
    for namespace in (WORD, STRICT):
        if tag.startswith(namespace):
            return tag[len(namespace) :]
    return tag


def _value(attributes):
    return attributes.get(f"{WORD}val") or attributes.get(f"{STRICT}val") or ""


class _Elements:
    """The names of the elements that are open, with a bound for their depth and number."""

    def __init__(self):
        self.open = []
        self.elements = 0

    def begin(self, tag):
        self.elements += 1
        if len(self.open) >= MOST_LEVELS:
            raise Refused("too_deep")
        if self.elements > ELEMENTS:
            raise Refused("too_large")
        name = _local(tag)
        self.open.append(name)
        return name

    def parent(self, level=1):
        return self.open[-1 - level] if len(self.open) > level else ""


class _Styles(_Elements):
    """Which styles hide their text."""

    def __init__(self):
        super().__init__()
        self.hidden = set()
        self._style = ""

    def start(self, tag, attributes):
        name = self.begin(tag)
        if name == "style":
            self._style = attributes.get(f"{WORD}styleId") or attributes.get(f"{STRICT}styleId")
        elif name == "vanish" and self.parent(2) == "style" and _value(attributes) not in OFF:
            self.hidden.add(self._style)

    def end(self, tag):
        self.open.pop()

    def text(self, text):
        pass


class _Table:
    """A table that is open: its rows so far, the cells of the row, the lines of the cell."""

    def __init__(self):
        self.rows, self.cells, self.lines = [], [], []
        self.is_merged = False  # across rows, below those that head it

    def close_cell(self, span):
        self.cells.append("\n".join(self.lines))
        self.cells += [""] * (span - 1)
        self.lines = []

    def close_row(self):
        if self.cells:
            self.rows.append(self.cells[:MOST_COLUMNS])
        self.cells = []


class _Document(_Elements):
    """Reads the parts of a document into a Raw as they stream by."""

    def __init__(self, hidden_styles):
        super().__init__()
        self.raw = Raw()
        self.hidden_styles = hidden_styles
        self.tables, self.texts = [], []  # those that are open, the innermost last
        self.left_out = 0  # levels of what was struck out or stands there twice
        self.cells = self.spans = 0
        self.taken = 0  # characters in what is open
        self.joins_next, self.carried = False, []  # a paragraph that goes on in the next
        self.is_paragraph_hidden = self.is_shaded = self.has_background = False
        self.begin_run()

    def _is_text_about(self, level=0):
        """Whether a mark of a reviser is about text, and not about a paragraph or a row."""
        return bool(self.open) and self.parent(level) not in ("rPr", "trPr")

    def begin_run(self):
        self.is_hidden, self.is_white, self.is_marked = self.is_paragraph_hidden, False, False

    def start(self, tag, attributes):
        name = self.begin(tag)
        if tag == FALLBACK or (name in STRUCK_OUT and self._is_text_about(1)):
            self.left_out += 1
        elif name == "p":
            self.texts.append([])
            self.is_paragraph_hidden = self.is_shaded = False
        elif name == "r":
            self.begin_run()
        elif name == "tbl":
            self.tables.append(_Table())
        elif name == "tc":
            self.spans = 1
        elif name in ("tab", "br", "cr", "noBreakHyphen") and self.parent() == "r":
            self.put({"tab": " ", "noBreakHyphen": "-"}.get(name, "\n"))
        else:
            self._property(name, attributes)

    def _property(self, name, attributes):
        """What is said of a run, a paragraph or a cell, as it stands now and not as it was."""
        value, parent, of = _value(attributes), self.parent(), self.parent(2)
        if name == "gridSpan" and parent == "tcPr":
            self.spans = min(int(value), MOST_COLUMNS) if value.isdecimal() else 1
        elif name == "vMerge" and parent == "tcPr" and self.tables:
            table = self.tables[-1]
            goes_on = value in ("", "continue") and len(table.rows) >= HEADING_ROWS
            table.is_merged = table.is_merged or goes_on
        elif parent == "pPr" and of == "p":
            if name == "pStyle" and value in self.hidden_styles:
                self.is_paragraph_hidden = True
            elif name == "shd":
                self.is_shaded = True
        elif parent == "rPr" and of == "r":
            if name == "vanish":
                self.is_hidden = value not in OFF
            elif name == "sz":
                self.is_hidden = self.is_hidden or value in SPECKS
            elif name == "rStyle":
                self.is_hidden = self.is_hidden or value in self.hidden_styles
            elif name == "color":
                self.is_white = value.lower() in WHITE
            elif name in ("shd", "highlight"):
                self.is_marked = True
        elif parent == "rPr" and of == "pPr" and name in STRUCK_OUT:
            self.joins_next = True  # the mark between two paragraphs was struck out
        elif name == "background":
            self.has_background = True

    def end(self, tag):
        name = self.open.pop()
        if tag == FALLBACK or (name in STRUCK_OUT and self._is_text_about()):
            self.left_out -= 1
        elif name == "p":
            self._close_paragraph()
        elif self.tables and name == "tc":
            self.cells += 1
            if self.cells > CELLS:
                raise Refused("too_large")
            self.tables[-1].close_cell(max(self.spans, 1))
            self.spans = 1
        elif self.tables and name == "tr":
            self.tables[-1].close_row()
        elif self.tables and name == "tbl":
            self._close_table()

    def text(self, text):
        if self.open and self.open[-1] == "t":
            self.put(text)

    def put(self, text):
        if self.left_out or not self.texts:
            return
        # White on a cell's colour is how headings of tables are written.
        is_coloured = self.is_marked or self.is_shaded or self.has_background or self.tables
        if self.is_hidden or (self.is_white and not is_coloured):
            self.raw.count("hidden", len(text.split()))
            return
        self.texts[-1].append(text)
        self.taken += len(text)
        if self.taken > OPEN_CHARACTERS:
            self._close_all()

    def _close_all(self):
        while self.texts:
            self._close_paragraph()
        while self.tables:
            self.tables[-1].close_cell(1)
            self.tables[-1].close_row()
            self._close_table()
        self.raw.is_cut = True
        raise Full

    def _close_paragraph(self):
        if not self.texts:
            return
        pieces = self.texts.pop()
        pieces, self.carried = self.carried + pieces, []
        if self.joins_next:
            self.joins_next, self.carried = False, pieces
            return
        for line in "".join(pieces).split("\n"):
            self._line(line)

    def _line(self, line):
        if self.tables:
            if line.strip():
                self.tables[-1].lines.append(line)
            return
        self.taken = 0
        self.raw.text(line)

    def _close_table(self):
        table = self.tables.pop()
        rows = table.rows
        if not self.tables:
            self.taken = 0
            if table.is_merged and is_data(rows):
                self.raw.count("merged")
            self.raw.table(rows)
            return
        outer = self.tables[-1].lines
        if is_data(rows):
            outer += [CELLS_BETWEEN.join(cell.replace("\n", " ") for cell in row) for row in rows]
        else:
            outer += [line for row in rows for cell in row for line in cell.split("\n")]
