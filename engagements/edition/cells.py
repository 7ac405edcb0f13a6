"""Formula guard for the cells of CSV files and workbooks: text stays text, and is given back.

A program that opens such a file would run what looks like a formula (CSV injection). Every writer
of cells asks here, whatever library writes the file; what reads them takes the guard off again.
"""

import re

# What Excel, LibreOffice or an older import would run (CSV injection; ASVS 5, 1.2.10), with the
# apostrophes before it, so that taking one off gives back what there was.
FORMULA = re.compile(r"'*[=+\-@|%\t\r\n\0＝＋－＠]")
# What XML 1.0 has no place for.
UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
CELL_CHARACTERS = 32_767  # the most that a cell of Excel holds, counted in UTF-16
CUT = " […]"  # the end of a text that is longer than a cell


def neutral(text):
    """The text as a cell may hold it: with an apostrophe before it where a program would run it."""
    return f"'{text}" if FORMULA.match(text) else text


def original(text):
    """What `neutral` was given."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text


def cell_text(value):
    """The value as a text that a cell of a workbook holds: neutral, fit for XML, not too long.

    What XML cannot hold goes first: it must not hide the beginning of a formula.
    """
    text = neutral(UNFIT.sub("", str(value).replace("\r\n", "\n")))
    if utf16_length(text) <= CELL_CHARACTERS:
        return text
    units = text.encode("utf-16-le")
    return units[: 2 * (CELL_CHARACTERS - len(CUT))].decode("utf-16-le", "ignore") + CUT


def utf16_length(text):
    """The number of characters as Excel counts them: two for one beyond the first 65,536."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
