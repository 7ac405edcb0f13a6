"""Reader of an uploaded file of rows: the sheet that has headings, and the rows under them.

Ministries' files have cover sheets, banners, group rows and columns of their own: what is passed
over is told, and so is what is hidden.
"""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl.utils import get_column_letter

from engagements.edition.workbook import sheet_title
from provinces.encodings import decoded
from provinces.vietnamese import fold

from . import documents, spreadsheet
from .cells import Unreadable
from .guard import kind_of, refuse_unfit
from .headings import GROUP_NUMBER, HEADING_ROWS, NUMBERED, Vocabulary, spelled, text_in

MOST_ROWS = 5000
SCANNED_ROWS = 20_000  # with the empty ones between
NAMED = 3  # at most so many things are named in a message
NAMED_ROWS = 12
BETWEEN = "\n\u241f\n"  # of texts whose encoding is looked for together


@dataclass
class SheetRow:
    """A row under the headings: its number in Excel, and its cells in the order of the columns."""

    number: int
    cells: list
    problem: str = ""


@dataclass
class Sheet:
    """The rows of a file: which columns it has and where, and what was passed over."""

    columns: list
    letters: dict  # {machine name: letter of the column}
    rows: list
    notes: list = field(default_factory=list)

    def cell(self, name, number):
        """How Excel names the cell of a column in a row; of a column that it has not, the row."""
        return f"{self.letters.get(name, '')}{number}"


def read_sheet(file, table):
    """The rows of a file for a table of the register.

    Raises ValidationError for a file that has none; a single cell that cannot be read becomes
    Unreadable, so that its row tells it.
    """
    vocabulary = Vocabulary(table.headings)
    try:
        return _read(_grids(file, vocabulary), vocabulary)
    finally:
        file.seek(0)


def _read(grids, vocabulary):
    grid, headings, notes = _chosen(grids, vocabulary)
    headings = _with_rows_below(grid, headings, vocabulary)
    if headings.twice:
        text = _("Headings that name the same column: %(headings)s. Leave one of them.")
        raise ValidationError(text % {"headings": ", ".join(headings.twice[:20])})
    reader = _Reader(grid, headings)
    reader.read()
    columns = [name for name in headings.names if name]
    return Sheet(columns, headings.letters, reader.rows, notes + reader.notes())


def _grids(file, vocabulary):
    """[Grid] of a file, read as what its bytes say that it is."""
    kind = kind_of(file)
    if kind == "xlsx":
        refuse_unfit(file)
        return spreadsheet.grids_of(file)
    content = file.read()
    file.seek(0)
    if kind == "docx":
        return documents.grids_of_word(content)
    return documents.grids_of_text(content, vocabulary)


# -- which sheet, which headings


def _chosen(grids, vocabulary):
    """(the grid with the most headings, these, what is to be said of the other grids)."""
    named, empty, bare, hidden = [], [], [], []
    for grid in grids:
        first = [values for _number, values in grid.first(HEADING_ROWS)]
        headings = vocabulary.heading_in(_with_known_encoding(first))
        if grid.is_hidden:
            hidden.append(grid)
        elif headings:
            named.append((grid, headings))
        elif any(value not in (None, "") for values in first for value in values):
            bare.append(grid)
        else:
            empty.append(grid)
    if not named:
        raise ValidationError(
            _("No row of headings was found. Take the empty template or an export as the start.")
        )
    notes, ours = [], _titles_of_ours()
    chosen, headings = max(
        [pair for pair in named if pair[0].title not in ours] or named,
        key=lambda pair: (pair[1].is_by_machine_names, pair[1].score),
    )
    others = [grid for grid, _headings in named if grid is not chosen]
    for text, left in (
        (_("Sheets and tables without headings, passed over: %(titles)s."), bare),
        (_("Empty sheets, passed over: %(titles)s."), empty),
        (_("Hidden sheets, not read: %(titles)s."), hidden),
        (
            _("Sheets and tables that have headings too, and were not read: %(titles)s. Send each"
              " as a file of its own."),
            others,
        ),
    ):  # fmt: skip
        titles = [f"“{grid.title[:40]}”" for grid in left if grid.title not in ours]
        if titles:
            notes.append(text % {"titles": _few(titles)})
    if len(named) > 1 and chosen.title:
        notes.insert(0, _("Read: “%(title)s”.") % {"title": chosen.title[:40]})
    return chosen, headings, notes


def _titles_of_ours():
    """Titles of the sheets that an export has besides its rows."""
    titles = set()
    for language in ("vi", "en"):
        with override(language):
            titles |= {sheet_title(_("Columns")), sheet_title(_("Choices"))}
    return titles


def _few(texts, most=NAMED_ROWS):
    texts = list(texts)
    more = len(texts) - most
    listed = ", ".join(map(str, texts[:most]))
    return _("%(listed)s and %(n)d more") % {"listed": listed, "n": more} if more > 0 else listed


def _last_heading_row(grid, headings):
    """The number of the last row of the headings: their cells may be merged with those below."""
    own = headings.index + 1
    return max([own, *(merged.last_row for merged in grid.merged if merged.first_row <= own)])


def _with_rows_below(grid, headings, vocabulary):
    own, last = headings.index + 1, _last_heading_row(grid, headings)
    if last > own:
        for number, values in grid.first(last):
            if number > own:
                headings = vocabulary.read(headings.index, headings.with_row_below(values))
    return headings


# -- encodings


def _with_known_encoding(rows):
    """The rows (lists of values), out of a legacy encoding if all of them together tell which."""
    texts = [value for values in rows for value in values if isinstance(value, str)]
    if all(text.isascii() for text in texts):
        return rows
    meant = decoded(BETWEEN.join(texts))
    if not (meant.encoding and meant.is_certain):
        return rows
    given = iter(meant.text.split(BETWEEN))
    return [
        [next(given, "") if isinstance(value, str) else value for value in values]
        for values in rows
    ]


# -- the rows under the headings


class _Reader:
    """Reads the rows of a grid under its headings, and keeps what is to be said of them."""

    def __init__(self, grid, headings):
        self.grid, self.headings = grid, headings
        self.rows = []
        self.above, self.groups, self.totals = [], [], []
        self.repeated = 0
        self.is_converted = False
        self.beside = {}  # column without a heading: [(row, value)]
        self.kept = [place for place, name in enumerate(headings.names) if name]
        self.last_heading_row = _last_heading_row(grid, headings)

    def read(self):
        taken = []
        for number, values in self.grid.begin():
            if number > SCANNED_ROWS or len(taken) > MOST_ROWS:
                raise ValidationError(
                    _("More than %(most)s rows. Split the workbook.")
                    % {"most": localize(MOST_ROWS)}
                )
            if any(value not in (None, "") for value in values):
                self._sort(number, values, taken)
        if len(taken) > MOST_ROWS:
            raise ValidationError(
                _("More than %(most)s rows. Split the workbook.") % {"most": localize(MOST_ROWS)}
            )
        self._refuse_merged({number for number, _values in taken})
        plain = [values for _number, values in taken]
        known = _with_known_encoding(plain)
        self.is_converted = known is not plain
        for (number, _values), values in zip(taken, known, strict=True):
            self._take(number, values)
        self._tell_beside()

    def _sort(self, number, values, taken):
        """Puts a row to the rows, or to what is passed over."""
        own = self.headings.index + 1
        if number < own:
            self.above.append((number, values))
        elif number <= self.last_heading_row:
            return
        elif self.headings.is_repeated(values) or self._numbers_columns(values):
            self.repeated += number > own + 1
        elif self._is_group(number, values):
            self.groups.append((number, values))
        elif self._is_total(values):
            self.totals.append((number, values))
        else:
            taken.append((number, values))

    def _numbers_columns(self, values):
        """Whether a row only numbers the columns: (1) (2) (3)."""
        texts = [str(value).strip("() ") for value in values if value not in (None, "")]
        return len(texts) > 1 and texts == [str(n) for n in range(1, len(texts) + 1)]

    def _is_group(self, number, values):
        """Whether a row names those under it: one text alone, numbered as a group or merged."""
        filled = [(place, value) for place, value in enumerate(values) if value not in (None, "")]
        numbers = [value for place, value in filled if place in self.headings.numbering]
        texts = [value for place, value in filled if place not in self.headings.numbering]
        if len(texts) > 1 or not all(isinstance(value, str) for value in texts):
            return False
        if not texts:
            return not all(NUMBERED.fullmatch(str(value).strip()) for value in numbers)
        if numbers and GROUP_NUMBER.fullmatch(str(numbers[0]).strip()):
            return True
        return not numbers and any(
            merged.first_row == merged.last_row == number for merged in self.grid.merged
        )

    def _is_total(self, values):
        texts = [value for value in values if value not in (None, "")]
        return isinstance(texts[0], str) and fold(texts[0]) in spelled()["totals"]

    def _refuse_merged(self, numbers):
        """Merged cells among the rows: what they mean for each row is not guessed."""
        merged = [
            merged.cells
            for merged in self.grid.merged
            if merged.last_row > self.last_heading_row
            and (merged.first_row in numbers or merged.first_row < merged.last_row)
        ]
        if merged:
            raise ValidationError(
                _("Merged cells: %(cells)s. Unmerge them, each row stands for itself.")
                % {"cells": ", ".join(list(dict.fromkeys(merged))[:NAMED])}
            )

    def _take(self, number, values):
        values = [*values, *[None] * (len(self.headings.names) - len(values))]
        cells = [values[place] for place in self.kept]
        for place, value in enumerate(values):
            has_heading = place < len(self.headings.texts) and self.headings.texts[place]
            if value not in (None, "") and not has_heading:
                self.beside.setdefault(place, []).append((len(self.rows), value))
        if any(value not in (None, "") for value in cells) or self.beside_of(len(self.rows)):
            self.rows.append(SheetRow(number, cells))

    def beside_of(self, index):
        return any(given[-1][0] == index for given in self.beside.values())

    def _tell_beside(self):
        """A cell under no heading is told on its row, unless its column only numbers the rows."""
        for place, given in list(self.beside.items()):
            if all(NUMBERED.fullmatch(str(value).strip()) for _index, value in given):
                continue
            del self.beside[place]
            for index, _value in given:
                row = self.rows[index]
                cell = f"{get_column_letter(place + 1)}{row.number}"
                row.problem = _("%(cell)s stands under no heading.") % {"cell": cell}

    # -- what is said of them

    def notes(self):
        told = []
        for text, rows in (
            (_("Rows above the headings, passed over: %(rows)s."), self.above),
            (_("Rows that name a group, passed over: %(rows)s."), self.groups),
            (_("Rows that sum up others, passed over: %(rows)s."), self.totals),
        ):
            if rows:
                told.append(text % {"rows": _few(map(_row_told, rows))})
        if self.repeated:
            told.append(_("Headings that stand again below were passed over."))
        numbering = {*self.headings.numbering, *self.beside}
        if numbering:
            letters = _few(get_column_letter(place + 1) for place in sorted(numbering))
            told.append(
                _("Columns that number the rows, passed over: %(columns)s.") % {"columns": letters}
            )
        if self.headings.unknown:
            text = _("Columns that have no place in this table, NOT read: %(columns)s.")
            told.append(text % {"columns": _few(self.headings.unknown)})
        numbers = {row.number for row in self.rows}
        if hidden := [number for number in self.grid.hidden_rows if number in numbers]:
            text = _("Hidden rows were read like the others: %(rows)s.")
            told.append(text % {"rows": _few(hidden)})
        letters = set(self.headings.letters.values())
        if hidden := [letter for letter in self.grid.hidden_columns if letter in letters]:
            text = _("Hidden columns were read like the others: %(columns)s.")
            told.append(text % {"columns": _few(hidden)})
        if self.is_converted:
            told.append(_("The texts were converted from a legacy encoding: check the words."))
        return told


def _shortened(text, most):
    return text if len(text) <= most else f"{text[:most].rpartition(' ')[0]}…"


def _row_told(row):
    number, values = row
    texts = [
        text_in(value) or str(value)
        for value in values
        if value not in (None, "") and not isinstance(value, Unreadable)
    ]
    text = _shortened(" ".join(texts), 60)
    return f"{number} “{text}”" if text else str(number)
