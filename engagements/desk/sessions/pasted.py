"""Tokenizer of pasted lines: tables of Word and Excel, numbered and bulleted lists, headings.

`read_pasted` gives the lines that say something, each as its parts, and tells what it passed over.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from provinces.vietnamese import fold

PART_BREAK = re.compile(r"[|\t]")
CELL_BREAK = "\x1f"  # where a line ends within a cell; the cleaner leaves none of these
# Excel puts a cell between quotation marks when it holds a line end, a tab or such a mark.
EXCEL_CELL = re.compile(r'(?m)(?:^|(?<=\t))"(?P<inner>(?:[^"]|"")*)"(?=[ ]*(?:\t|$))')

DASHES = "-–—‒―−"
BULLETS = "•●○◦·∙⋅▪■□▫◆◇►▶▸➢➤✓✔‣⁃*"
LEADING_MARK = re.compile(
    rf"\s*(?:[{BULLETS}]\s*|[{DASHES}](?:\s+|(?=[^\W\d_]))"
    r"|(?:\(\d{1,3}\)|\d{1,3}(?:\.\d{1,3}){0,3}(?:\.\)|[.)/]))(?:\s+|(?=[^\W\d_]))"
    r"|(?:\((?:[ivx]{1,4}|[a-zđ])\)|(?:[ivx]{1,4}|[a-zđ])(?:\.\)|[.)/]))\s+)"
)
PLUS = re.compile(r"\s*\+\s*(?=[^\W\d_])")
ROW_NUMBER = re.compile(r"\(?\d{1,3}(?:\.\d{1,2}){0,2}\.?[)/]?")
BULLET_CELL = re.compile(rf"[+{BULLETS}{DASHES}]")
GROUP_NUMBER = re.compile(r"(?:[IVX]{1,5}|[A-HĐ])[.)/]?")
GROUP_MARK = re.compile(r"\s*(?:[IVX]{1,5}|[A-HĐ])[.)/]\s+(?=\S)")

HEADINGS = {
    "stt", "tt", "so tt", "so thu tu", "noi dung", "noi dung kien nghi", "noi dung de xuat",
    "noi dung cam ket", "noi dung khuyen nghi", "kien nghi", "de xuat", "de nghi", "cam ket",
    "khuyen nghi", "kien nghi de xuat", "noi dung kien nghi de xuat", "nhiem vu", "ten nhiem vu",
    "noi dung nhiem vu", "noi dung cong viec", "cong viec", "co quan", "co quan chu tri",
    "don vi", "don vi chu tri", "chu tri", "co quan phoi hop", "don vi phoi hop", "phoi hop",
    "co quan thuc hien", "don vi thuc hien", "thoi han", "thoi han hoan thanh", "thoi gian",
    "thoi gian hoan thanh", "han", "han hoan thanh", "tien do", "ghi chu", "ket qua",
    "ket qua thuc hien", "san pham", "ho ten", "ho va ten", "chuc vu", "chuc danh", "trich dan",
    "trich nguyen van", "nguyen van", "doan", "muc do", "loai", "tinh", "dia phuong",
    "tinh thanh pho", "so", "no", "content", "request", "commitment", "recommendation", "deadline",
    "lead", "quotation", "paragraph", "name", "title", "note", "notes", "province",
}  # fmt: skip


@dataclass(frozen=True)
class PastedLine:
    """What one thing says: where it begins in the box, as typed, and its parts."""

    number: int
    typed: str
    parts: tuple
    is_unclear: bool = False  # alone and without a number in a table whose rows have one


@dataclass(frozen=True)
class PassedOver:
    """What was left out of a box, in words as a string."""

    marks: int = 0  # lines whose number or bullet was left out
    headings: tuple = ()
    groups: tuple = ()

    is_warning = False

    def __bool__(self):
        return bool(self.marks or self.headings or self.groups)

    def __str__(self):
        told = []
        if self.marks:
            text = ngettext(
                "the number or bullet before %(n)d line was left out",
                "the numbers and bullets before %(n)d lines were left out",
                self.marks,
            )
            told.append(text % {"n": self.marks})
        if self.headings:
            told.append(_("headings passed over: %(lines)s") % {"lines": _listed(self.headings)})
        if self.groups:
            told.append(_("group rows passed over: %(lines)s") % {"lines": _listed(self.groups)})
        return f"{'; '.join(told)}."


def _listed(lines):
    return ", ".join(f"“{line}”" for line in lines)


@dataclass
class _Row:
    """A line while it is read: its cells, and how they are numbered."""

    number: int
    cells: list
    has_tabs: bool
    is_table_row: bool = False  # begins with a cell that holds its number alone
    is_marked: bool = False  # begins with a number or a bullet
    is_unclear: bool = False

    @property
    def typed(self):
        return " | ".join(self.cells).strip()

    @property
    def filled(self):
        return [cell for cell in self.cells if cell]


def read_pasted(text, *, plus_is_bullet=True):
    """([PastedLine], PassedOver) of a text that was cleaned.

    With `plus_is_bullet` a line's first “+” is a bullet; among people it is a sign of its own.
    """
    rows = _joined(_rows(text))
    lines, marks, headings, groups = [], 0, [], []
    was_heading = False
    for place, row in enumerate(rows):
        following = rows[place + 1] if place + 1 < len(rows) else None
        if _is_heading(row) or (was_heading and _numbers_columns(row)):
            headings.append(row.typed)
            was_heading = True
            continue
        was_heading = False
        if _is_group(row, following):
            groups.append(row.typed)
            continue
        parts, has_mark = _without_marks(row, plus_is_bullet)
        marks += has_mark
        lines.append(PastedLine(row.number, row.typed, tuple(parts), row.is_unclear))
    return lines, PassedOver(marks, tuple(headings), tuple(groups))


def _rows(text):
    """The lines of the text that are not empty; a cell of Excel is on one of them, unquoted."""
    rows, number = [], 1
    for line in EXCEL_CELL.sub(_on_one_line, text).split("\n"):
        if line.strip():
            cells = [" ".join(cell.split()) for cell in PART_BREAK.split(_spaced(line))]
            row = _Row(number, cells, "\t" in line)
            row.is_table_row = _begins_with_a_number(row)
            row.is_marked = row.is_table_row or bool(LEADING_MARK.match(cells[0]))
            rows.append(row)
        number += 1 + line.count(CELL_BREAK)
    return rows


def _on_one_line(cell):
    inner = cell["inner"]
    if not ("\n" in inner or "\t" in inner or '""' in inner):
        return cell[0]  # quotation marks of the writer
    return inner.replace('""', '"').replace("\n", CELL_BREAK).replace("\t", " ")


def _spaced(line):
    return line.replace(CELL_BREAK, " ")


def _begins_with_a_number(row):
    return len(row.filled) > 1 and bool(ROW_NUMBER.fullmatch(row.cells[0]))


def _joined(rows):
    """The rows of a table of Word, whose cells with several lines are torn apart when pasted."""
    numbered = [row for row in rows if row.is_table_row and row.has_tabs]
    if len(numbered) < 2:
        return rows
    columns = max(len(row.cells) for row in rows if row.is_table_row or _is_heading(row))
    joined = []
    for row in rows:
        last = joined[-1] if joined else None
        starts_anew = row.is_marked or _is_heading(row) or GROUP_NUMBER.fullmatch(row.cells[0])
        if starts_anew or GROUP_MARK.match(row.cells[0]):
            joined.append(row)
        elif last and last.is_table_row and _goes_on(last, row, columns):
            last.cells[-1:] = [f"{last.cells[-1]} {row.cells[0]}".strip(), *row.cells[1:]]
        else:
            row.is_unclear = len(row.filled) == 1
            joined.append(row)
    return joined


def _goes_on(last, row, columns):
    if len(last.cells) < columns:
        return len(last.cells) + len(row.cells) - 1 <= columns
    return len(row.cells) == 1 and row.cells[0][:1].islower()


def _is_heading(row):
    names = [fold(re.sub(r"\([^)]*\)", "", cell)) for cell in row.filled]
    return (len(names) > 1 or names == ["stt"]) and all(name in HEADINGS for name in names)


def _numbers_columns(row):
    numbers = [cell.strip("()") for cell in row.cells]
    return len(numbers) > 1 and numbers == [str(n) for n in range(1, len(numbers) + 1)]


def _is_group(row, following):
    """Whether it names the rows under it: by a sign of a higher level, or as they begin anew."""
    if following is None or not following.is_marked:
        return False
    if len(row.filled) == 2 and GROUP_NUMBER.fullmatch(row.cells[0]):
        return True
    if len(row.filled) != 1:
        return False
    if GROUP_MARK.match(row.filled[0]):
        return True
    return row.is_unclear and following.cells[0].strip("(.)/ ") == "1"


def _without_marks(row, plus_is_bullet):
    """(cells without what numbers the row, whether there was any)."""
    cells = list(row.cells)
    is_numbered = row.is_table_row or (
        len(row.filled) > 1 and GROUP_NUMBER.fullmatch(cells[0]) is not None
    )
    if is_numbered:
        cells = cells[1:]
    while row.has_tabs and len(cells) > 1 and not cells[0]:
        cells = cells[1:]
    if len(cells) > 1 and BULLET_CELL.fullmatch(cells[0]):
        cells = [f"{cells[0]} {cells[1]}", *cells[2:]]
    marks = (LEADING_MARK, PLUS, GROUP_MARK) if plus_is_bullet else (LEADING_MARK,)
    if not is_numbered:
        for mark in marks:
            if (found := mark.match(cells[0])) and (bare := cells[0][found.end() :].strip()):
                return [bare, *cells[1:]], True
    return cells, is_numbered
