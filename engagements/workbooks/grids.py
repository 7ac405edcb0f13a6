"""Grids: the sheets and tables of a file, cell by cell, whatever kind of file it is."""

from dataclasses import dataclass, field


@dataclass
class Grid:
    """A sheet of a workbook or a table of a document."""

    title: str
    begin: object  # gives (number of the row, its values) from the first row on, anew at each call
    is_hidden: bool = False
    merged: list = field(default_factory=list)  # of Merged
    hidden_rows: list = field(default_factory=list)
    hidden_columns: list = field(default_factory=list)  # letters

    def first(self, number):
        """The first rows, at most so many: [(number, values)]."""
        rows = []
        for row in self.begin():
            if len(rows) == number or row[0] > number:
                break
            rows.append(row)
        return rows


@dataclass(frozen=True)
class Merged:
    """Cells that are merged."""

    cells: str
    first_row: int
    last_row: int
