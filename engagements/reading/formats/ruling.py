"""Ruled lines of a PDF page, and the grids of cells that they make.

A table in a PDF is drawn, not said: what is a cell is known by the lines round it alone.
"""

from bisect import bisect_right
from itertools import pairwise

THIN = 3  # points: a filled box no thicker is a line
NEAR = 3  # points between two lines that are one
SHORT = 4  # points: a line no longer rules nothing
MOST_RULES = 8_000  # of a page
MOST_CELLS = 8_000  # of a grid
STROKED = {b"S", b"s", b"B", b"B*", b"b", b"b*"}
PAINTED = STROKED | {b"f", b"F", b"f*"}


class Rules:
    """Collects the lines of a page as its operators come by."""

    def __init__(self, place):
        self.place = place  # (matrix, x, y) → a point of the page
        self.across, self.down = [], []  # (y, x from, x to), (x, y from, y to)
        self._boxes, self._strokes, self._from = [], [], None  # of the path so far

    def visit(self, operator, operands, matrix, text_matrix):
        """Takes one operator: a path is kept when it is painted, and not when it only clips."""
        try:
            if operator == b"re":
                x, y, width, height = map(float, operands)
                corners = self.place(matrix, x, y), self.place(matrix, x + width, y + height)
                self._boxes.append(corners)
            elif operator == b"m":
                self._from = self.place(matrix, *map(float, operands))
            elif operator == b"l" and self._from:
                to = self.place(matrix, *map(float, operands))
                self._strokes.append((self._from, to))
                self._from = to
            elif operator in PAINTED:
                self._paint(operator in STROKED)
            elif operator == b"n":
                self._paint(is_stroked=False, is_seen=False)
        except (TypeError, ValueError):  # operands that are no numbers draw nothing
            self._from = None
        if len(self._boxes) + len(self._strokes) > MOST_RULES:
            self._paint(is_stroked=False, is_seen=False)

    def _paint(self, is_stroked, is_seen=True):
        for corner, other in self._boxes if is_seen else ():
            self._box(corner, other, is_stroked)
        for point, other in self._strokes if is_seen and is_stroked else ():
            self._line(point, other)
        self._boxes, self._strokes, self._from = [], [], None

    def _box(self, corner, other, is_stroked):
        (left, right), (low, high) = sorted((corner[0], other[0])), sorted((corner[1], other[1]))
        if high - low <= THIN and right - left <= THIN:
            return
        if high - low <= THIN:
            self._line((left, (low + high) / 2), (right, (low + high) / 2))
        elif right - left <= THIN:
            self._line(((left + right) / 2, low), ((left + right) / 2, high))
        elif is_stroked:  # a filled one is a background
            for y in (low, high):
                self._line((left, y), (right, y))
            for x in (left, right):
                self._line((x, low), (x, high))

    def _line(self, point, other):
        if len(self.across) + len(self.down) >= MOST_RULES:
            return
        (x, y), (to_x, to_y) = point, other
        if abs(y - to_y) <= 1 and abs(x - to_x) > SHORT:
            self.across.append((y, min(x, to_x), max(x, to_x)))
        elif abs(x - to_x) <= 1 and abs(y - to_y) > SHORT:
            self.down.append((x, min(y, to_y), max(y, to_y)))

    def grids(self):
        """The grids of at least two columns and two rows, from top to bottom."""
        across, down = _merged(self.across), _merged(self.down)
        grids = []
        for low, high in _bands(down):
            inside = [line for line in down if line[1] >= low - NEAR and line[2] <= high + NEAR]
            level = [line for line in across if low - NEAR <= line[0] <= high + NEAR]
            columns, rows = _places(inside), _places(level)
            is_grid = len(columns) > 2 and len(rows) > 2
            if is_grid and len(columns) * len(rows) <= MOST_CELLS:
                grids.append(Grid(columns, rows, level, inside))
        return sorted(grids, key=lambda grid: -grid.top)


def _merged(lines):
    """Pieces of one line as one."""
    merged = []
    for place, begin, end in sorted(lines):
        near = [line for line in merged[-30:] if place - line[0] <= NEAR]
        for line in near:
            if begin <= line[2] + NEAR and end >= line[1] - NEAR:
                line[1], line[2] = min(line[1], begin), max(line[2], end)
                break
        else:
            merged.append([place, begin, end])
    return merged


def _bands(down):
    """(low, high) of the parts of the page that upright lines go through without a gap."""
    bands = []
    for _x, low, high in sorted(down, key=lambda line: line[1]):
        if bands and low <= bands[-1][1] + NEAR:
            bands[-1][1] = max(bands[-1][1], high)
        else:
            bands.append([low, high])
    return bands


def _places(lines):
    places = []
    for place in sorted(line[0] for line in lines):
        if not places or place - places[-1] > NEAR:
            places.append(place)
    return places


class Grid:
    """Cells between lines; two are one where no line parts them."""

    def __init__(self, columns, rows, across, down):
        self.columns, self.levels = columns, rows  # from left to right, from the bottom up
        self.width, self.height = len(columns) - 1, len(rows) - 1
        self.top, self.bottom = rows[-1], rows[0]
        self._across, self._down = across, down
        self._first = self._merge()

    def holds(self, x, y):
        return (
            self.columns[0] - NEAR <= x <= self.columns[-1] and self.bottom - NEAR <= y <= self.top
        )

    def cell(self, x, y):
        """(row, column) of the cell at that point, rows counted from the top."""
        column = min(max(bisect_right(self.columns, x + NEAR / 2) - 1, 0), self.width - 1)
        level = min(max(bisect_right(self.levels, y) - 1, 0), self.height - 1)
        return self._first[self.height - 1 - level, column]

    def _merge(self):
        """{(row, column): the first cell of those that it is one with}."""
        tops = list(reversed(self.levels))
        first = {}
        for row, (top, low) in enumerate(pairwise(tops)):
            for column, (left, right) in enumerate(pairwise(self.columns)):
                x, y = (left + right) / 2, (top + low) / 2
                here = (row, column)
                if column and not _crossed(self._down, left, y):
                    first[here] = first[row, column - 1]
                elif row and not _crossed(self._across, top, x):
                    first[here] = first[row - 1, column]
                else:
                    first[here] = here
        return first


def _crossed(lines, place, along):
    return any(
        abs(line[0] - place) <= NEAR and line[1] - 1 <= along <= line[2] + 1 for line in lines
    )
