"""Headings of a sheet: which of its first rows names the columns, by which names.

A heading is the machine name of a column, its label in either language, or one of the names that
people give it (headings.yaml). What names none is passed over, and told.
"""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml
from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from provinces.vietnamese import cleaned, fold

PATH = Path(__file__).with_name("headings.yaml")
HEADING_ROWS = 30  # the headings are in one of so many rows
MOST_COLUMNS = 100
BRACKETED = re.compile(r"\([^()]*\)")
NUMBERED = re.compile(r"\(?(?:\d{1,4}(?:\.\d{1,3}){0,3}|[IVXLC]{1,6}|[A-HĐ])\)?[.)/]?")
GROUP_NUMBER = re.compile(r"\(?(?:[IVXLC]{1,6}|[A-HĐ])\)?[.)/]?")


@cache
def spelled():
    """{name of a list: spellings}, folded; of columns {machine name: spellings}."""
    lists = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    columns = {name: [*map(words_of, texts)] for name, texts in lists.pop("columns").items()}
    folded = {name: {words_of(text) for text in texts} for name, texts in lists.items()}
    return folded | {"columns": columns}


def words_of(text):
    """A heading as two are held against each other; what stands in brackets is no part of it."""
    return fold(BRACKETED.sub(" ", text)) or text.strip()


def text_in(value):
    """The text of a cell of a heading or a title."""
    return " ".join(cleaned(value).split()) if isinstance(value, str) else ""


@dataclass
class Headings:
    """The row that names the columns: which column each cell of it names, "" for none."""

    index: int  # among the first rows
    names: list
    texts: list
    is_by_machine_names: bool = False
    numbering: set = field(default_factory=set)  # columns that number the rows

    @property
    def score(self):
        return len({name for name in self.names if name})

    @property
    def is_enough(self):
        """Whether these are headings, and no words that happen to be one."""
        beside = [text for text in self.texts if text]
        return self.score > 1 or (self.score == 1 and len(beside) - len(self.numbering) == 1)

    @property
    def letters(self):
        """{machine name: letter of its column}."""
        return {
            name: get_column_letter(place) for place, name in enumerate(self.names, start=1) if name
        }

    @property
    def unknown(self):
        """Headings that name no column."""
        return [
            _("“%(heading)s” (%(column)s)")
            % {"heading": text[:40], "column": get_column_letter(place + 1)}
            for place, text in enumerate(self.texts)
            if text and not self.names[place] and place not in self.numbering
        ]

    @property
    def twice(self):
        """Headings that name the same column."""
        names = [name for name in self.names if name]
        return [
            _("“%(heading)s” (%(column)s)")
            % {"heading": self.texts[place][:40], "column": get_column_letter(place + 1)}
            for place, name in enumerate(self.names)
            if names.count(name) > 1
        ]

    def is_repeated(self, values):
        """Whether a row says the headings again, as at the head of a page."""
        texts = [text_in(value) for value in values]
        said = [(text, own) for text, own in zip(texts, self.texts, strict=False) if text and own]
        return len(said) > 1 and all(words_of(text) == words_of(own) for text, own in said)

    def with_row_below(self, values):
        """The same headings, with what a second row says where cells of both are merged."""
        return [
            text_in(value) or own
            for value, own in zip([*values, *[""] * len(self.texts)], self.texts, strict=False)
        ]


class Vocabulary:
    """The names that the columns of a table go by."""

    def __init__(self, headings):
        self.machine = set(headings)
        self.labels, self.folded = {}, {}
        for name, labels in headings.items():
            for label in labels:
                self.labels[label.casefold()] = name
                self.folded.setdefault(words_of(label), name)
        for name, spellings in spelled()["columns"].items():
            if name in headings:
                for spelling in spellings:
                    self.folded.setdefault(spelling, name)

    def heading_in(self, rows):
        """The Headings among these rows (lists of values); None if no row is one."""
        best = None
        for index, values in enumerate(rows):
            texts = [text_in(value) for value in values[:MOST_COLUMNS]]
            headings = self.read(index, texts)
            is_better = best is None or (
                (headings.is_by_machine_names, headings.score)
                > (best.is_by_machine_names, best.score)
            )
            if headings.is_enough and is_better:
                best = headings
        return best

    def read(self, index, texts):
        """The Headings that these texts are, whatever people call the columns."""
        names = [self._name_of(text) if text else "" for text in texts]
        machine = {text for text in texts if text in self.machine}
        return Headings(
            index,
            names,
            texts,
            is_by_machine_names=len(machine) > 1,  # one of them may be a word of the reader's
            numbering=_numbering(texts),
        )

    def _name_of(self, text):
        if text in self.machine:
            return text
        return self.labels.get(text.casefold()) or self.folded.get(words_of(text), "")


def _numbering(texts):
    words = spelled()["numbering"]
    return {place for place, text in enumerate(texts) if text and words_of(text) in words}
