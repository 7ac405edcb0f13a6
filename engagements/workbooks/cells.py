"""Cell values of a workbook: how one from a file is read, compared and shown.

What the register holds is compared as Excel may have written it back: a day as an instant, a number
as a float, a text with the apostrophe of the formula guard before it.
"""

import re
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _

from engagements.edition.cells import CELL_CHARACTERS, cell_text, original, utf16_length
from provinces.vietnamese import clean, refuse_nothing

# Excel writes a character that XML has no place for as _xHHHH_; the cleaner tells of line ends.
ESCAPES = re.compile("(?:_x(?!000[9A-Da-d]_)[0-9A-Fa-f]{4}_)+")


class Unreadable:
    """A cell that holds no value of ours, and why."""

    def __init__(self, reason):
        self.reason = reason

    def __str__(self):
        return str(self.reason)


def same(given, held):
    """Whether a cell of a file holds what the register has, however Excel has written it back."""
    given, held = plain_value(given), plain_value(held)
    if isinstance(held, str) and isinstance(given, str):
        return given in (held, cell_text(held), unescaped(cell_text(held)))
    return given == held


def plain_value(value):
    """The value without what Excel adds to it."""
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date()
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return Decimal(str(value)).normalize()
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def shown(value):
    """A value of the register as the comparison writes it."""
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, int | float | Decimal):
        return localize(value)
    return value or ""


def is_cut(text):
    """Whether a text fills its cell, so that its end may be lost."""
    return utf16_length(text) >= CELL_CHARACTERS - 1  # a cut may leave out the half of a pair


def notes_of(value):
    """What there is to say of the text of a cell, which is cleaned on its way in."""
    return clean(original(value))[1] if isinstance(value, str) else ()


def text_of(value):
    """What is written in a cell, as text; refuses what Excel has made something else of."""
    if isinstance(value, Unreadable):
        raise ValidationError(value.reason)
    if value is None:
        return ""
    if isinstance(value, str):
        if is_cut(value):
            raise ValidationError(_("The text was cut off at 32,767 characters by Excel."))
        text, notes = clean(original(value))
        refuse_nothing(notes)
        return text
    if isinstance(value, date):
        raise ValidationError(
            _("Excel made a date of this. Format the cell as text and type it again.")
        )
    if isinstance(value, bool):
        raise ValidationError(_("TRUE or FALSE is no text."))
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return str(int(value))
    raise ValidationError(
        _("Excel made a number of this. Format the cell as text and type it again.")
    )


def unescaped(text):
    """The text without Excel's escapes."""
    return ESCAPES.sub(_characters, text) if "_x" in text else text


def _characters(escapes):
    units = escapes[0][2:-1].split("__x")
    pairs = b"".join(int(unit, 16).to_bytes(2, "little") for unit in units)
    return pairs.decode("utf-16-le", "ignore")
