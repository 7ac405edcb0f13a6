"""Plain text of editions for feeds, calendars and e-mails: nothing in it hides or breaks it."""

from provinces.vietnamese import INVISIBLE

from .cells import UNFIT


def plain_text(text):
    """The text without characters that hide, reorder or break what carries it."""
    text = str(text).replace("\r\n", "\n").replace("\r", "\n")
    return INVISIBLE.sub("", UNFIT.sub("", text))


def plain_line(text):
    """The same on one line."""
    return " ".join(plain_text(text).split())
