"""Blocks of text as a parser finds them, within limits of length; refusals as codes.

Nothing is cleaned here: characters are as the file has them, but for white space.
"""

MOST_CHARACTERS = 120_000
MOST_PARAGRAPHS = 5_000
MOST_LEVELS = 120  # elements within elements
MOST_COLUMNS = 40
CELLS_BETWEEN = " | "  # cells of a row in one line


class Refused(Exception):
    """The file cannot be read; its argument is a code of `refusals.REFUSALS`."""


class Full(Exception):
    """As much text as is taken was read: the parser may stop."""


class Raw:
    """What a parser found: blocks in their order, and what it counted on the way.

    A block is `["text", text]` or `["row", number of its table, [cell, …]]`; a cell is a text in
    which line ends part its paragraphs.
    """

    def __init__(self, characters=MOST_CHARACTERS, paragraphs=MOST_PARAGRAPHS):
        self.blocks = []
        self.says = {}  # title, publisher, day (ISO), url: what the page says of itself
        self.counts = {}  # joined, hidden, edges, merged: joined, left out, tables
        self.is_cut = False
        self.tables = 0
        self._characters, self._paragraphs = characters, paragraphs

    def count(self, what, number=1):
        self.counts[what] = self.counts.get(what, 0) + number

    def text(self, text):
        """Takes a paragraph, of the last one its beginning. Raises Full when no more is taken."""
        text = spaced(text)
        if len(text) > self._characters and self._paragraphs > 0:
            begun = text[: self._characters].rpartition(" ")[0]
            self.blocks += [["text", begun]] if begun else []
        if text:
            self._take(len(text))
            self.blocks.append(["text", text])

    def row(self, table, cells):
        """Takes a row of a table, unless all its cells are empty. Raises Full."""
        cells = [lined(cell) for cell in cells[:MOST_COLUMNS]]
        if any(cells):
            self._take(sum(map(len, cells)))
            self.blocks.append(["row", table, cells])

    def table(self, rows):
        """Takes a table: as rows if it holds data, else (a letterhead, say) cell after cell."""
        if not is_data(rows):
            for cell in (cell for row in rows for cell in row):
                for line in cell.split("\n"):
                    self.text(line)
            return
        self.tables += 1
        for row in rows:
            self.row(self.tables, row)

    def _take(self, characters):
        self._characters -= characters
        self._paragraphs -= 1
        if self._characters < 0 or self._paragraphs < 0:
            self.is_cut = True
            raise Full

    def as_dict(self):
        return {
            "blocks": self.blocks,
            "says": self.says,
            "counts": self.counts,
            "is_cut": self.is_cut,
        }


def is_data(rows):
    """Whether rows of cells are a table that is read by its columns, and not a layout."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    wide = [number for number in filled if number >= 2]
    return len(wide) >= 2 and (max(filled) >= 3 or len(wide) >= 3)


def spaced(text):
    """The text on one line with single spaces."""
    return " ".join(text.split())


def lined(text):
    """The lines of a cell that hold something."""
    return "\n".join(filter(None, map(spaced, text.split("\n"))))
