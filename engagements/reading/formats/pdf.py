"""PDF files: text by its places on the page, joined to paragraphs; ruled tables row by row.

pypdf is pure Python with bounded filters: 36 MB for a file that took another library 783 MB.
Page numbers, running heads and what lies outside the page are left out and counted.
"""

import io
import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ..lines import BEGINS, ENDS, ENDS_SENTENCE, PAGE_NUMBER, goes_on, together
from .raw import MOST_CHARACTERS, Full, Raw, Refused, spaced
from .ruling import Rules

PAGES = 500
CHUNKS = 20_000  # pieces of text on one page; letter by letter it has 4,000
PAGE_BYTES = 4 * 1024 * 1024  # of its operators, unpacked; pypdf reads them before it gives any
EDGE = 0.08  # of the height, where page numbers and running heads stand
SAME_EDGE = 3  # pages that say it, for a running head
GAP = 2.5  # of the size of the letters, between two columns
SPACE = 0.18  # of it, between two words
FEW_LINES = 6  # of a page, which tell neither its margin nor its leading
SCANNED = 20  # characters a page, below which a page with a picture is a scan


@dataclass
class Line:
    """A line of one page, in points from its lower left corner."""

    x: float
    end: float
    y: float
    size: float
    text: str


@dataclass
class Cells:
    """A table of one page: its rows of cells, and where it begins."""

    y: float
    edges: list
    rows: list


def read(content):
    """A Raw of the file. Raises Refused."""
    import pypdf
    from pypdf.errors import DependencyError, PyPdfError

    try:
        reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Refused("password")
        pages = [page for page, _number in zip(reader.pages, range(PAGES), strict=False)]
        return _read_pages(pages, len(reader.pages) > PAGES)
    except DependencyError as error:  # an encryption that is not read here
        raise Refused("password") from error
    except PyPdfError as error:
        is_limit = type(error).__name__ == "LimitReachedError"
        raise Refused("too_large" if is_limit else "broken") from error
    except (AttributeError, KeyError, IndexError, TypeError, ValueError, OSError) as error:
        raise Refused("broken") from error  # what a damaged file does to the parser
    except RecursionError as error:
        raise Refused("too_deep") from error


def _read_pages(pages, is_cut):
    raw, sheets, characters, has_picture = Raw(), [], 0, False
    for page in pages:
        contents = page.get_contents()
        if contents is not None and len(contents.get_data()) > PAGE_BYTES:
            raise Refused("too_large")
        sheet = _Sheet(page)
        raw.count("hidden", sheet.outside)
        characters += sheet.characters
        has_picture = has_picture or (not sheet.characters and _has_picture(page))
        sheets.append(sheet)
        if characters > 3 * MOST_CHARACTERS:
            is_cut = True
            break
    if not characters or (has_picture and characters < SCANNED * len(sheets)):
        raise Refused("scan" if has_picture else "empty")
    raw.is_cut = is_cut
    _drop_edges(raw, sheets)
    try:
        _Paragraphs(raw).take(sheets)
    except Full:
        pass
    return raw


def _has_picture(page):
    objects = (page.get("/Resources") or {}).get("/XObject") or {}
    return any(objects[name].get("/Subtype") in ("/Image", "/Form") for name in objects)


# -- what stands on a page


class _Sheet:
    """The lines and ruled tables of one page."""

    def __init__(self, page):
        box = page.cropbox
        self.left, self.bottom = float(box.left), float(box.bottom)
        self.width, self.height = float(box.width), float(box.height)
        self.turn = (page.rotation or 0) % 360
        self.chunks, self.outside, self._written = [], 0, set()
        rules = Rules(self.place)
        page.extract_text(visitor_text=self._visit, visitor_operand_before=rules.visit)
        if self.turn in (90, 270):
            self.width, self.height = self.height, self.width
        self.lines, self.tables = _lines(self.chunks), []
        self.characters = sum(len(line.text) for line in self.lines)
        for grid in rules.grids():
            inside = [chunk for chunk in self.chunks if grid.holds(chunk.x, chunk.y)]
            if rows := _rows(grid, inside):
                self.tables.append(Cells(grid.top, grid.columns, rows))
                taken = set(map(id, inside))
                self.chunks = [chunk for chunk in self.chunks if id(chunk) not in taken]
        if self.tables:
            self.lines = _lines(self.chunks)

    def place(self, matrix, x, y):
        """Where a point lies on the page as it is shown."""
        a, b, c, d, e, f = matrix
        x, y = a * x + c * y + e - self.left, b * x + d * y + f - self.bottom
        if self.turn == 90:
            return y, self.width - x
        if self.turn == 180:
            return self.width - x, self.height - y
        if self.turn == 270:
            return self.height - y, x
        return x, y

    def _visit(self, text, matrix, text_matrix, font, size):
        x, y = self.place(matrix, text_matrix[4], text_matrix[5])
        if not text.strip():
            last = self.chunks[-1] if self.chunks else None
            if last and abs(last.y - y) < 1 and x > last.x:
                last.end = max(last.end, x)  # where the writing stopped
                last.text += " " if text == " " and not last.text.endswith(" ") else ""
            return
        if len(self.chunks) >= CHUNKS:
            raise Refused("too_large")
        a, b, c, d, *_rest = matrix
        scale = abs(a * d - b * c) ** 0.5 * abs(text_matrix[3] or text_matrix[1] or 1)
        size = abs(size or 12) * scale
        width, height = self.width, self.height
        if self.turn in (90, 270):
            width, height = height, width
        if not (-size < x < width and -size < y < height):
            self.outside += len(text.split())
            return
        text = text.replace("\n", " ")
        written = (round(x / 2), round(y / 2), text)
        if written in self._written:
            return  # twice in one place, which is how some programs write bold letters
        self._written.add(written)
        self.chunks.append(Line(x, x + len(text) * size * 0.4, y, size, text))


def _lines(chunks):
    """The lines of these chunks from top to bottom, in columns apart where the gap is wide."""
    lines, row = [], []
    for chunk in sorted(chunks, key=lambda chunk: (-chunk.y, chunk.x)):
        if row and row[0].y - chunk.y > 0.35 * max(row[0].size, chunk.size):
            lines += _parts(row)
            row = []
        row.append(chunk)
    return lines + _parts(row)


def _parts(row):
    """One line, or several where a wide gap parts columns."""
    parts = []
    for chunk in sorted(row, key=lambda chunk: chunk.x):
        last = parts[-1] if parts else None
        if last is None or chunk.x - last.end > GAP * chunk.size:
            parts.append(Line(chunk.x, chunk.end, chunk.y, chunk.size, chunk.text))
            continue
        is_apart = chunk.x - last.end > SPACE * chunk.size
        last.text += (" " if is_apart and not last.text.endswith(" ") else "") + chunk.text
        last.end = max(last.end, chunk.end)
    for part in parts:
        part.text = spaced(part.text)
    return [part for part in parts if part.text]


def _rows(grid, chunks):
    """Rows of cells of a ruled table; none of a frame round a text."""
    cells = {}
    for chunk in chunks:
        cells.setdefault(grid.cell(chunk.x, chunk.y), []).append(chunk)
    rows = [[""] * grid.width for _row in range(grid.height)]
    for (row, column), inside in cells.items():
        lines = [line.text for line in _lines(inside)]
        rows[row][column] = _cell(lines)
    rows = [row for row in rows if any(row)]
    is_table = sum(sum(map(bool, row)) >= 2 for row in rows) >= 1
    return rows if is_table else []


def _cell(lines):
    """The lines of a cell as its paragraphs: there, too, a line ends where the column does."""
    paragraphs = lines[:1]
    for line in lines[1:]:
        if BEGINS.match(line) or (
            ENDS_SENTENCE.search(paragraphs[-1][-9:]) and not line[0].islower()
        ):
            paragraphs.append(line)
        else:
            paragraphs[-1] = together(paragraphs[-1], line)
    return "\n".join(paragraphs)


# -- page numbers and running heads


def _drop_edges(raw, sheets):
    """Leaves out lines at the edges of pages that are no text of the paper."""
    edges = [
        [line for line in sheet.lines if not EDGE < line.y / (sheet.height or 1) < 1 - EDGE]
        for sheet in sheets
    ]
    said = Counter(text for lines in edges for text in {_numberless(line) for line in lines})
    often = min(SAME_EDGE, max(2, len(sheets)))
    for sheet, lines in zip(sheets, edges, strict=True):
        gone = [
            line
            for line in lines
            if PAGE_NUMBER.fullmatch(line.text) or said[_numberless(line)] >= often
        ]
        raw.count("edges", len(gone))
        sheet.lines = [line for line in sheet.lines if line not in gone]


def _numberless(line):
    return re.sub(r"\d+", "0", line.text.casefold())


# -- paragraphs


class _Paragraphs:
    """Joins lines to paragraphs, and tables over the end of a page, into a Raw."""

    def __init__(self, raw):
        self.raw = raw
        self.paragraph, self.last = "", None  # what is open, and its last line
        self.begins_at = self.left = self.leading = 0
        self.table, self.edges = None, None

    def take(self, sheets):
        for sheet in sheets:
            parts = sorted([*sheet.lines, *sheet.tables], key=lambda part: -part.y)
            lines = sheet.lines
            self.lines = lines
            if len(lines) >= FEW_LINES or not self.leading:  # else they are as on the page before
                self.left, self.leading = _margin(lines), _leading(lines)
            self.is_new_page = True
            for part in parts:
                if isinstance(part, Cells):
                    self.close()
                    self._take_table(part)
                else:
                    self._take_line(part)
                self.is_new_page = False
        self.close()
        self.close_table()

    def close(self):
        if self.paragraph:
            self.close_table()
            self.raw.text(self.paragraph)
        self.paragraph, self.last = "", None

    def close_table(self):
        if self.table:
            self.raw.table(self.table)
        self.table = None

    def _take_line(self, line):
        if self.last and self._goes_on(line):
            self.paragraph = together(self.paragraph, line.text)
            self.raw.count("joined")
        else:
            self.close()
            self.paragraph = line.text
            self.begins_at = line.x
        self.last = line

    def _goes_on(self, line):
        last = self.last
        alike = (other.end for other in self.lines if abs(other.size - last.size) < 1)
        right = max(alike, default=last.end)
        hangs = (
            line.x < self.begins_at - 0.8 * line.size
        )  # as in a paragraph whose first is indented
        if self.is_new_page:
            is_broken_off = (
                hangs and last.end > 0.95 * right and not ENDS_SENTENCE.search(last.text)
            )
            is_same = abs(last.size - line.size) < 1
            return is_same and (is_broken_off or goes_on(last.text, line.text, len(last.text)))
        if abs(last.size - line.size) > 1.5 or last.y - line.y < 0.1 * line.size:
            return False  # of another size, or beside it
        if last.y - line.y > 1.3 * self.leading:
            return False
        if BEGINS.match(line.text) and not hangs:
            return False
        room = right - last.end
        first = len(line.text.partition(" ")[0]) + 1
        letter = (line.end - line.x) / max(len(line.text), 1)
        if room > (first + 1) * letter * 1.1 + 0.02 * right:
            # The next word had room in that line: it was ended, or it is centred.
            return line.text[0].islower() and not ENDS.search(last.text)
        is_indented = line.x - self.left > line.size
        return not (is_indented and (ENDS.search(last.text) or line.x - last.x > 0.8 * line.size))

    def _take_table(self, part):
        """A table at the head of a page goes on with that which ended the page before."""
        if self.table and _same_edges(self.edges, part.edges):
            rows = part.rows
            if rows and [*map(_flat, rows[0])] == [*map(_flat, self.table[0])]:
                rows = rows[1:]  # the headings again
            if rows and self.is_new_page and not rows[0][0] and self.table[-1][0]:
                cells = zip(self.table[-1], rows[0], strict=True)
                self.table[-1] = [_carried_on(*pair) for pair in cells]
                rows = rows[1:]
            self.table += rows
            return
        self.close_table()
        self.table, self.edges = list(part.rows), part.edges


def _same_edges(edges, others):
    return len(edges) == len(others) and all(
        abs(one - other) < 4 for one, other in zip(edges, others, strict=True)
    )


def _flat(cell):
    return spaced(cell).casefold()


def _carried_on(cell, rest):
    if not cell or not rest:
        return cell or rest
    if ENDS_SENTENCE.search(cell[-9:]) and not rest[0].islower():
        return f"{cell}\n{rest}"
    return together(cell, rest)


def _margin(lines):
    """Where most lines begin; of several places the leftmost."""
    places = Counter(round(line.x) for line in lines)
    most = max(places.values(), default=0)
    return min((place for place, number in places.items() if number == most), default=0)


def _leading(lines):
    """The usual distance between two lines of one paragraph, in points."""
    steps = [above.y - below.y for above, below in pairwise(lines)]
    steps = sorted(step for step in steps if step > 3)
    near = [step for step in steps if step < 2.2 * steps[0]] if steps else []
    return median(near[: max(len(near) * 2 // 3, 1)]) if near else 14
