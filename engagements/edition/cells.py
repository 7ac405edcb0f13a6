"""Text in a cell of a spreadsheet: never taken for a formula, and given back as it was."""

import re

# What Excel, LibreOffice or an older import would run (CSV injection; ASVS 5, 1.2.10), with the
# apostrophes before it, so that taking one off gives back what there was.
FORMULA = re.compile(r"'*[=+\-@|%\t\r\n\0＝＋－＠]")
# What XML 1.0 has no place for.
UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
CHARACTERS = 32_767  # the most that a cell of Excel holds


def neutral(text):
    """The text as a cell may hold it: with an apostrophe before it where a program would run it."""
    return f"'{text}" if FORMULA.match(text) else text


def original(text):
    """What `neutral` was given."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text
