"""Passages: a paper of results in the pieces that each speak of one item, table rows among them.

A passage is a part of one paragraph, with what it is about (its subject), the headings above it and
the units that it is said of. Greetings, the head, signatures and copies are no passages.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from provinces.vietnamese import comparable

from .items import codes_in, paper_numbers_in
from .lists import begun, listed, said

HEADING_WORDS = 16
_SAID = r"(?:[^:;.]|\.(?=\d))"
_OPENING = "Về|Đối với|Liên quan đến|Việc|Nội dung|Kiến nghị|Cam kết|Khuyến nghị|Các"
_BEHIND = "nội dung|đến nay|hiện|tỉnh|Bộ|Cục|Sở|Ủy|UBND|thành phố|sau khi"
SUBJECT = re.compile(
    rf"(?:(?:{_OPENING})\b{_SAID}{{3,220}}?|(?:[^:;.,]|[.,](?=\d)){{3,90}})"
    rf"(?=:(?!\d)|,\s(?:{_BEHIND})|\.\s)"
)
ABOUT = re.compile(r"(?:Về|Đối với|Liên quan đến)\s")
NUMBERED = re.compile(
    r"\s*(?:\(?(?P<digit>\d{1,2}(?:\.\d{1,2})*)[.)]\s?(?!\d)|(?P<roman>[IVX]{1,5})[.)]\s|\(?(?P<letter>[a-zđ])[.)]\s|"
    r"(?P<bullet>[-–+•*])\s+)"
)
BETWEEN_CODES = re.compile(r"[\s,;()\[\]&/]*(?:và[\s(\[]*)?")
END = re.compile(r"(?<=[.;!?])\s+(?=\S)")


class Cell(NamedTuple):
    """A cell of a table's row: its bounds in the paragraph."""

    start: int
    end: int


@dataclass(frozen=True)
class Row:
    """A row of a table, which is one paragraph: its cells, empty ones too."""

    paragraph: int
    cells: tuple  # of Cell


@dataclass
class Passage:
    """What speaks of one item: bounds in a paragraph, and what stands around it."""

    paragraph: int
    start: int
    end: int
    text: str  # as in the paragraph, with the tone marks of `text.tone`
    subject: str = ""
    codes: tuple = ()
    context: str = ""  # headings above it, nearest last
    cited: frozenset = frozenset()  # numbers of papers that a heading cites
    place: str = ""  # a heading or cell that names where it is said of
    is_listed: bool = False  # a numbered paragraph, a bullet, a row
    due: str = ""  # the cell of the deadline
    reason: str = ""  # the cell of the reason
    body: str = ""  # the cell of who does it
    more: str = ""  # what a row goes on with on the next page


# -- tables

BAR = re.compile(r"(?:^|\s)\|(?!\S)")  # between two cells, which may be empty


def rows_of(lines):
    """{number of a paragraph: Row} of the lines that are rows: cells parted by tabs or bars.

    `lines` are those of a text as it was given; the empty ones are no paragraphs.
    """
    rows, number = {}, 0
    for line in lines:
        paragraph = comparable(line)
        if not paragraph:
            continue
        number += 1
        mark = "\t" if line.count("\t") >= 2 else "|" if len(BAR.findall(line)) >= 2 else ""
        if not mark:
            continue
        parts = line.strip(" \n").split("\t") if mark == "\t" else line.strip().split("|")
        cells, place = [], 0
        for part in parts:
            cell = comparable(part)
            start = paragraph.find(cell, place) if cell else place
            cells.append(Cell(start, start + len(cell)))
            place = start + len(cell)
        rows[number] = Row(number, tuple(cells))
    return rows


def columns_of(texts):
    """{role: index} of a heading row; empty if it is none."""
    roles = {}
    for index, text in enumerate(texts):
        low = text.lower().strip(" .:")
        for role, names in listed("columns").items():
            exact = role in ("number", "code", "province")
            fits = low in names if exact else any(low.startswith(name) for name in names)
            if fits and role not in roles:
                roles[role] = index
                break
        else:
            if low and any(name in low for name in listed("columns")["result"]):
                roles.setdefault("result", index)
    has_rest = {"number", "code", "body", "due", "reason", "note"} & set(roles)
    is_heading = "result" in roles and ("subject" in roles or "code" in roles) and has_rest
    return roles if is_heading else {}


# -- the pieces


class Splitter:
    """Walks the paragraphs of a paper once; `passages` are what it finds."""

    def __init__(self, document, rows, first=1, last=None):
        self.document, self.rows = document, rows
        self.first, self.last = first, last or len(document.paragraphs)
        self.passages = []
        self.headings = []  # (level, paragraph, text)
        self.columns = {}
        for number in range(self.first, self.last + 1):
            self._take(number)

    def _take(self, number):
        text = self.document.toned[number - 1]
        if number in self.rows:
            self._take_row(self.rows[number], text)
            return
        if self._is_nothing(text):
            return
        marked = NUMBERED.match(text)
        low = text.lower()
        if marked is None and not codes_in(text):
            first = self.document.sentences[number][0]
            receives = self._receives(first.text.lower())
            if self._introduces(low) or (receives and first.end >= len(text)):
                return
            if receives:
                self._split(number, text, first.end, is_listed=False)
                return
        if self._is_heading(text, marked):
            level = level_of(marked)
            self.headings = [row for row in self.headings if row[0] < level]
            self.headings.append((level, number, text[marked.end() if marked else 0 :]))
            return
        if marked is not None:
            level = level_of(marked)
            self.headings = [row for row in self.headings if row[0] < level]
        self._split(number, text, marked.end() if marked else 0, is_listed=marked is not None)

    def _is_nothing(self, text):
        is_bracketed = text.startswith("(") and text.endswith(")")
        return len(text) < 4 or text.isupper() or text.isdigit() or is_bracketed

    def _introduces(self, low):
        """A sentence that opens the list, or the paper: “… báo cáo như sau:”."""
        return (
            low.rstrip().endswith(":")
            or bool(said("preamble_ends").search(low[-30:]))
            or low.startswith("căn cứ ")
        )

    def _receives(self, low):
        """A sentence that says which letter is answered, or what was said in it."""
        return bool(said("receives").search(low))

    def _is_heading(self, text, marked):
        """A line that names what follows: short, without an end mark, nothing said of it."""
        if codes_in(text) and text.rstrip().endswith((".", ";")):
            return False
        rest = text[marked.end() :] if marked else text
        if text.rstrip().endswith((".", ";", "!", "?", ".…")) or len(rest.split()) > HEADING_WORDS:
            return False
        if ":" in rest.rstrip(" :"):
            return False
        low = rest.lower()
        telling = ("telling", "news.not_started", "news.not_taken_up", "news.holding")
        return not any(said(name).search(low) for name in telling)

    def _split(self, number, text, start, *, is_listed):
        """One passage, or one for each group of codes, each from its sentence on."""
        end = len(text)
        codes = [code for code in codes_in(text) if code.start >= 0]
        groups = []
        for code in codes:
            if groups and BETWEEN_CODES.fullmatch(text[groups[-1][-1].end : code.start]):
                groups[-1].append(code)
            else:
                groups.append([code])
        if not groups:
            self._add(number, text, start, end, (), is_listed=is_listed)
            return
        bounds = self._bounds(text, start, groups)
        for (first, last), group in zip(bounds, groups, strict=True):
            named = tuple(dict.fromkeys(code.code for code in group))
            self._add(number, text, first, last, named, is_listed=True)

    def _bounds(self, text, start, groups):
        ends = [found.end() for found in END.finditer(text)]
        begins = []
        for place, group in enumerate(groups):
            before = [end for end in ends if end <= group[0].start]
            begin = start if place == 0 else max(before, default=group[0].start)
            if place and begin <= begins[-1]:
                begin = group[0].start
            begins.append(begin)
        return list(zip(begins, [*begins[1:], len(text)], strict=True))

    def _add(self, number, text, start, end, codes, *, is_listed):
        whole = text[start:end]
        subject = subject_of(whole)
        self.passages.append(
            Passage(
                number, start, end, whole, subject, codes, self._context(), self._cited(),
                self._place(whole if subject else ""), is_listed,
            )
        )  # fmt: skip

    def _context(self):
        return " ".join(text for _level, _number, text in self.headings)

    def _cited(self):
        return frozenset(
            paper for _level, _number, text in self.headings for paper in paper_numbers_in(text)
        )

    def _place(self, own):
        return " ".join([text for level, _number, text in self.headings if level <= 5])

    # -- rows of a table

    def _take_row(self, row, text):
        texts = [text[cell.start : cell.end] for cell in row.cells]
        if columns := columns_of(texts):
            self.columns = columns
            return
        filled = [part for part in texts if part]
        if not self.columns or len(filled) == 0:
            for found in [text] if not self.columns and len(filled) > 0 else []:
                self._split(row.paragraph, found, 0, is_listed=True)
            return
        cells = self._by_role(row, text)
        subject, result = cells.get("subject", ""), cells.get("result", "")
        is_counted = cells.get("number", "").strip(" .)").isdigit()
        if not (result or is_counted) and len([p for p in filled if not _is_number(p)]) <= 1:
            group = max(filled, key=len)  # a row that heads a group
            self.headings = [heading for heading in self.headings if heading[0] < 4]
            self.headings.append((4, row.paragraph, group))
            return
        if not subject and not cells.get("code") and self.passages:
            self.passages[-1].more += " " + " ".join(filled)  # it goes on on the next page
            return
        index = self.columns["result"]
        cell = row.cells[index] if index < len(row.cells) else Cell(len(text), len(text))
        if cell.start == cell.end:  # nothing is said: the row is quoted by what it is about
            cell = max(row.cells, key=lambda cell: cell.end - cell.start)
        codes = tuple(code.code for code in codes_in(f"{cells.get('code', '')} {subject}"))
        passage = Passage(
            row.paragraph, cell.start, cell.end, text[cell.start : cell.end], subject, codes,
            self._context(), self._cited(), cells.get("province") or self._place(""), True,
            cells.get("due", ""), cells.get("reason", ""), cells.get("body", ""),
        )  # fmt: skip
        self.passages.append(passage)

    def _by_role(self, row, text):
        return {
            role: text[row.cells[index].start : row.cells[index].end]
            for role, index in self.columns.items()
            if index < len(row.cells)
        }


def _is_number(text):
    return bool(re.fullmatch(r"\s*(?:\d{1,3}|[IVX]{1,5}|[a-zđ])[.)]?\s*", text))


def level_of(marked):
    """How deep a number or bullet stands: I, then 1, 1.1, a), a bullet; without one: a heading."""
    if marked is None:
        return 2
    if marked["roman"]:
        return 3
    if marked["digit"]:
        return 5 + marked["digit"].count(".")
    return 8 if marked["letter"] else 9


def subject_of(text):
    """What a passage is about, where it says so before a colon or after “Về”; else nothing."""
    found = SUBJECT.match(text.lstrip("[( ")) if not codes_in(text[:14]) else None
    if found is None:
        return ""
    whole = found[0]
    is_named = ABOUT.match(text.lstrip("[( ")) or text.lstrip("[( ")[len(whole) :].startswith(":")
    return whole if is_named else ""


def is_closing(low):
    return bool(begun("closing").match(low))
