"""One cell of a workbook, both ways: what Excel is given, and what becomes of what it gives back.

A text that a spreadsheet would calculate leaves with an apostrophe before it and returns without.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from import_export.widgets import Widget

from engagements.edition.cells import CELL_CHARACTERS, cell_text, original, utf16_length
from provinces.vietnamese import nfc

EXACT = 15  # digits that a number of Excel keeps
YEARS = range(1900, 2201)
BETWEEN = re.compile(r"[;,\n]")


def same(given, held):
    """Whether a cell of a file holds what the register has, however Excel has written it back."""
    given, held = _bare(given), _bare(held)
    if isinstance(held, str) and isinstance(given, str):
        return given in (held, cell_text(held))
    return given == held


def _bare(value):
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date()
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return Decimal(str(value)).normalize()
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def shown(value):
    """A cell as the preview writes it."""
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, int | float | Decimal):
        return localize(value)
    return value or ""


class Unreadable:
    """A cell that holds no value of ours, and why."""

    def __init__(self, reason):
        self.reason = reason

    def __str__(self):
        return str(self.reason)


def text_of(value):
    """What is written in a cell, as text; refuses what Excel has made something else of."""
    if isinstance(value, Unreadable):
        raise ValidationError(value.reason)
    if value is None:
        return ""
    if isinstance(value, str):
        if utf16_length(value) >= CELL_CHARACTERS - 1:  # a cut may leave out the half of a pair
            raise ValidationError(_("The text was cut off at 32,767 characters by Excel."))
        return original(value)
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


# -- columns by what they hold


class Cell(Widget):
    """Text; the others differ in what they make of it. Rules of the column are the form's."""

    format = "@"
    width = 24
    is_list = False

    def __init__(self, column):
        super().__init__()
        self.column = column
        self.form = column.formfield(**self.asked())
        if isinstance(column, models.TextField):
            self.width = 60

    def asked(self):
        return {"assume_scheme": "https"} if isinstance(self.column, models.URLField) else {}

    @property
    def is_needed(self):
        return not self.column.blank and not self.column.has_default()

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else str(value)

    def clean(self, value, row=None, **kwargs):
        return self.form.clean(text_of(value))

    def described(self):
        """How the column is filled in, for the sheet that explains it."""
        return _("any text")


class NumberCell(Cell):
    format = "General"
    width = 12

    def asked(self):
        if isinstance(self.column, models.IntegerField):
            told = {"invalid": gettext_lazy("A whole number is expected.")}
            return {"localize": True, "error_messages": told}
        return {"localize": True}

    def render(self, value, obj=None, **kwargs):
        if value is None:
            return None
        value = Decimal(value).normalize() + 0
        return localize(value) if len(value.as_tuple().digits) > EXACT else value

    def clean(self, value, row=None, **kwargs):
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = localize(Decimal(repr(value)), use_l10n=True) if value == value else "?"
        return self.form.clean(text_of(value).strip())

    def described(self):
        return _("a number")


class DayCell(Cell):
    format = "dd/mm/yyyy"
    width = 13

    def asked(self):
        told = {"invalid": gettext_lazy("A day is expected, written dd/mm/yyyy.")}
        return {"error_messages": told}

    def render(self, value, obj=None, **kwargs):
        return value

    def clean(self, value, row=None, **kwargs):
        if isinstance(value, datetime):
            if value.time() != datetime.min.time():
                raise ValidationError(_("A day has no time of day."))
            value = value.date()
        elif isinstance(value, int | float):
            raise ValidationError(
                _("This is Excel's number of a day. Format the cell as a date: dd/mm/yyyy.")
            )
        day = self.form.clean(value if isinstance(value, date) else text_of(value).strip())
        if day and day.year not in YEARS:
            raise ValidationError(_("A year between 1900 and 2200 is expected."))
        return day

    def described(self):
        return _("day, dd/mm/yyyy")


class ChoiceCell(Cell):
    """The label in the reader's language; labels of the other language and codes are read too."""

    def render(self, value, obj=None, **kwargs):
        return str(dict(self.column.flatchoices).get(value, "" if value is None else value))

    def clean(self, value, row=None, **kwargs):
        said = nfc(text_of(value)).strip()
        code = self.codes().get(said.casefold(), "")
        if said and code == "":
            raise ValidationError(
                _("“%(value)s” is not in the list. One of: %(labels)s.")
                % {"value": said[:80], "labels": "; ".join(self.labels)}
            )
        return self.form.clean(code)

    def codes(self):
        found = {}
        for language, _name in settings.LANGUAGES:
            with override(language):
                for code, label in self.column.flatchoices:
                    found.setdefault(str(label).casefold(), code)
        return found | {str(code).casefold(): code for code, _label in self.column.flatchoices}

    @property
    def labels(self):
        return [str(label) for _code, label in self.column.flatchoices]

    def described(self):
        return _("one of the list: %(labels)s") % {"labels": "; ".join(self.labels)}


class FlagCell(Cell):
    width = 9

    @property
    def is_needed(self):
        return False

    def words(self):
        return {True: _("yes"), False: _("no")}

    def render(self, value, obj=None, **kwargs):
        return self.words()[bool(value)]

    def clean(self, value, row=None, **kwargs):
        if isinstance(value, bool):
            return value
        said = nfc(text_of(value)).strip().casefold()
        for language, _name in settings.LANGUAGES:
            with override(language):
                for flag, word in self.words().items():
                    if said == word.casefold():
                        return flag
        if said in ("", "0", "false", "1", "true", "x"):
            return said in ("1", "true", "x")
        raise ValidationError(_("“yes” or “no” is expected."))

    @property
    def labels(self):
        return [*self.words().values()]

    def described(self):
        return _("yes or no")


# -- other records, named by their code or address


def key_of(record):
    """What names a record in a workbook: its code or address, or the key of a draft."""
    if record is None:
        return ""
    return getattr(record, "slug", None) or getattr(record, "code", None) or str(record.uid)


def keys_in(value):
    return [key for key in map(str.strip, BETWEEN.split(text_of(value))) if key]


def found_by(model, keys):
    """{key: record} for those of the keys that name one; one query for a thousand keys."""
    columns = {one.name for one in model._meta.fields} & {"slug", "code", "uid"}
    if "slug" in columns:
        columns.discard("code")  # a province's code is no key, a session's is its address
    keys, found = sorted({key.strip() for key in keys}), {}
    for start in range(0, len(keys), 1000):
        part = [key for key in keys[start : start + 1000] if len(key) <= 120]
        rule = models.Q()
        for column in columns:
            fit = [key for key in map(uid_of if column == "uid" else str, part) if key]
            rule |= models.Q(**{f"{column}__in": fit})
        for record in model.objects.filter(rule).order_by("pk"):
            for column in columns:
                if value := getattr(record, column):
                    found[str(value)] = record
    return found


def uid_of(key):
    """The key as a UUID is written, or None if it is none."""
    try:
        return str(UUID(key))
    except ValueError:
        return None


class RowCell(Cell):
    """A record of another table."""

    def __init__(self, column):
        super(Cell, self).__init__()
        self.column = column

    def render(self, value, obj=None, **kwargs):
        return key_of(value)

    def clean(self, value, row=None, known=None, **kwargs):
        keys = keys_in(value)
        if not keys:
            if not self.column.blank:
                raise ValidationError(_("This field is required."))
            return None
        if len(keys) > 1:
            raise ValidationError(_("Only one can be named here."))
        return self.found(keys, known)[0]

    def found(self, keys, known):
        model = self.column.remote_field.model
        missing = [key for key in keys if key not in known[model]]
        if missing:
            raise ValidationError(
                _("Not in the register (%(table)s): %(keys)s")
                % {"table": model._meta.verbose_name, "keys": ", ".join(missing[:5])}
            )
        return [known[model][key] for key in keys]

    def described(self):
        model = self.column.remote_field.model
        return _("code or address of: %(table)s") % {"table": model._meta.verbose_name}


class RowsCell(RowCell):
    width = 30
    is_list = True

    def render(self, value, obj=None, **kwargs):
        rows = value.all() if hasattr(value, "all") else value or ()
        return "; ".join(sorted(map(key_of, rows)))

    def clean(self, value, row=None, known=None, **kwargs):
        keys = list(dict.fromkeys(keys_in(value)))
        if not (keys or self.column.blank):
            raise ValidationError(_("This field is required."))
        return self.found(keys, known)

    def described(self):
        model = self.column.remote_field.model
        return _("codes or addresses of: %(table)s, with “;” between them") % {
            "table": model._meta.verbose_name_plural
        }


def cell_for(column):
    """The cell that a column of the register is written in."""
    if column.many_to_many:
        return RowsCell(column)
    if column.remote_field:
        return RowCell(column)
    if column.choices:
        return ChoiceCell(column)
    kinds = {
        models.BooleanField: FlagCell,
        models.DateField: DayCell,
        models.IntegerField: NumberCell,
        models.DecimalField: NumberCell,
    }
    return next(
        (cell(column) for kind, cell in kinds.items() if isinstance(column, kind)), None
    ) or (Cell(column))
