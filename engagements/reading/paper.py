"""Paper: a document that was taken in, as numbered paragraphs, tables and its own data."""

from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import NamedTuple

from django.utils.translation import gettext, ngettext


class Row(NamedTuple):
    """A row of a table: the number of the paragraph that it is in the text, and its cells.

    A cell is a text in which line ends part its paragraphs; an empty one is there too.
    """

    paragraph: int
    cells: tuple


@dataclass(frozen=True)
class Table:
    """A table of a paper, over the ends of pages too; its first row has the headings, if any."""

    rows: tuple


@dataclass(frozen=True)
class Says:
    """What a paper says of itself; empty where it says nothing."""

    title: str = ""
    publisher: str = ""
    number: str = ""
    issued_on: date | None = None
    url: str = ""  # the address that it names as its own, else the one that was asked
    accessed_on: date | None = None  # of an address


class PaperNoteKind(Enum):
    """What was done to a paper on its way in, or found in it."""

    JOINED = "joined"
    EDGES = "edges"
    HIDDEN_TEXT = "hidden_text"
    NOISE = "noise"
    CUT = "cut"
    NOT_VIETNAMESE = "not_vietnamese"


class PaperNote(NamedTuple):
    """One such thing, with its number; in words as a string."""

    kind: PaperNoteKind
    number: int = 0

    @property
    def is_warning(self):
        """Whether a person has to look at it before anything rests on the text."""
        return self.kind != PaperNoteKind.EDGES

    def __str__(self):
        number = self.number
        if self.kind == PaperNoteKind.JOINED:
            said = ngettext(
                "%(n)d line was joined to the one before: look whether the paragraphs are right.",
                "%(n)d lines were joined to those before: look whether the paragraphs are right.",
                number,
            )
        elif self.kind == PaperNoteKind.EDGES:
            said = ngettext(
                "%(n)d page number or running head was left out.",
                "%(n)d page numbers and running heads were left out.",
                number,
            )
        elif self.kind == PaperNoteKind.HIDDEN_TEXT:
            said = ngettext(
                "%(n)d word that no reader sees was left out.",
                "%(n)d words that no reader sees were left out.",
                number,
            )
        elif self.kind == PaperNoteKind.NOISE:
            said = ngettext(
                "%(n)d line of menus, cookie texts or related news was left out.",
                "%(n)d lines of menus, cookie texts or related news were left out.",
                number,
            )
        elif self.kind == PaperNoteKind.CUT:
            said = ngettext(
                "The text is too long: it was cut after %(n)d paragraph.",
                "The text is too long: it was cut after %(n)d paragraphs.",
                number,
            )
        else:
            said = gettext("The text is not Vietnamese, or was typed without its marks.")
        return said % {"n": number}


@dataclass(frozen=True)
class Paper:
    """A document as the register takes it in.

    `paragraphs[0]` is paragraph 1. The row of a table is one paragraph, its cells between bars;
    `tables` has them apart. `notes` are Note of the cleaner and PaperNote.
    """

    paragraphs: tuple
    tables: tuple = ()
    says: Says = field(default_factory=Says)
    notes: tuple = ()
    kind: str = "paste"  # or docx, pdf, html, txt

    @property
    def text(self):
        """The text as a source keeps it: a line a paragraph."""
        return "\n".join(self.paragraphs)
