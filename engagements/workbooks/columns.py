"""Columns of a workbook, by what their cells hold: what Excel is given, what it gives back.

The rules of a value are those of the model's form field; a column adds what Excel makes of it.
"""

from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.formats import localize
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from .asking import Asked
from .cells import text_of
from .keys import key_of, keys_of_list
from .numbers import readings_of

EXACT = 15  # digits that a number of Excel keeps
YEARS = range(1900, 2201)


class KeyColumn:
    """A column that is no field of the table, and is never taken from a file."""

    number_format, width, labels = "@", 14, ()
    is_written = is_needed = False
    help = ""

    def __init__(self, name, label, value_of):
        self.name, self.label, self.value_of = name, label, value_of

    @property
    def heading(self):
        return capfirst(str(self.label))


class TextColumn:
    """A column of text; the others differ in what they make of it.

    Its machine name stays, its heading is in the reader's language.
    """

    number_format, width, labels = "@", 24, ()
    is_list = False

    def __init__(self, field, is_written):
        self.field, self.name, self.is_written = field, field.name, is_written
        self.form_field = field.formfield(**self.form_options())
        if isinstance(field, models.TextField):
            self.width = 60

    def form_options(self):
        return {"assume_scheme": "https"} if isinstance(self.field, models.URLField) else {}

    @property
    def heading(self):
        return capfirst(str(self.field.verbose_name))

    @property
    def help(self):
        return str(self.field.help_text)

    @property
    def is_needed(self):
        return not self.field.blank and not self.field.has_default()

    @property
    def has_a_default(self):
        """Whether an empty cell leaves what there is: the field is never empty."""
        return not self.field.blank and self.field.has_default()

    def described(self):
        """How the column is filled in, for the sheet that explains it."""
        return _("any text")

    def value_of(self, record):
        return self.render(getattr(record, self.name))

    def render(self, value):
        """What a cell holds of a value of the field."""
        return "" if value is None else str(value)

    def clean(self, value, known):
        """The value of the field that a cell of a file gives; ValidationError for none.

        `known` are the records that the file names: {model: {key: record}}.
        """
        return self.form_field.clean(text_of(value))


class NumberColumn(TextColumn):
    number_format, width = "General", 12

    def form_options(self):
        if isinstance(self.field, models.IntegerField):
            messages = {"invalid": gettext_lazy("A whole number is expected.")}
            return {"localize": True, "error_messages": messages}
        return {"localize": True}

    def described(self):
        return _("a number")

    def render(self, value):
        if value is None:
            return None
        value = Decimal(value).normalize() + 0
        return localize(value) if len(value.as_tuple().digits) > EXACT else value

    def clean(self, value, known):
        """Asked for a text such as 20,000, whose mark may part thousands or decimals."""
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            value = localize(Decimal(str(value)), use_l10n=True) if value == value else "?"
            return self.form_field.clean(value)
        text = text_of(value).strip()
        readings = readings_of(text)
        if isinstance(self.field, models.IntegerField) and len(readings) > 1:
            readings = [reading for reading in readings if reading == reading.to_integral_value()]
        if len(readings) > 1:
            raise Asked(text, [*zip(map(str, readings), map(_told, readings, MEANT), strict=True)])
        return self.form_field.clean(localize(readings[0], use_l10n=True) if readings else text)

    def answered(self, answer):
        return Decimal(answer)


MEANT = (
    gettext_lazy("%(number)s, if the mark parts thousands"),
    gettext_lazy("%(number)s, if the mark parts decimals"),
)


def _told(reading, meant):
    number = f"{reading:f}"
    return meant % {"number": number.replace(".", ",") if localize(0.5)[1] == "," else number}


class DayColumn(TextColumn):
    number_format, width = "dd/mm/yyyy", 13

    def form_options(self):
        messages = {"invalid": gettext_lazy("A day is expected, written dd/mm/yyyy.")}
        return {"error_messages": messages}

    def described(self):
        return _("day, dd/mm/yyyy")

    def render(self, value):
        return value

    def clean(self, value, known):
        if isinstance(value, datetime):
            if value.time() != datetime.min.time():
                raise ValidationError(_("A day has no time of day."))
            value = value.date()
        elif isinstance(value, int | float):
            raise ValidationError(
                _("This is Excel's number of a day. Format the cell as a date: dd/mm/yyyy.")
            )
        day = self.form_field.clean(value if isinstance(value, date) else text_of(value).strip())
        if day and day.year not in YEARS:
            raise ValidationError(_("A year between 1900 and 2200 is expected."))
        return day


class ChoiceColumn(TextColumn):
    """The label in the reader's language; labels of the other language and codes are read too."""

    def described(self):
        return _("one of the list: %(labels)s") % {"labels": "; ".join(self.labels)}

    @property
    def labels(self):
        return [str(label) for _code, label in self.field.flatchoices]

    def render(self, value):
        return str(dict(self.field.flatchoices).get(value, "" if value is None else value))

    def clean(self, value, known):
        text = text_of(value).strip()
        code = self.codes().get(text.casefold(), "")
        if text and code == "":
            raise ValidationError(
                _("“%(value)s” is not in the list. One of: %(labels)s.")
                % {"value": text[:80], "labels": "; ".join(self.labels)}
            )
        return self.form_field.clean(code)

    def codes(self):
        codes = {}
        for language, _name in settings.LANGUAGES:
            with override(language):
                for code, label in self.field.flatchoices:
                    codes.setdefault(str(label).casefold(), code)
        return codes | {str(code).casefold(): code for code, _label in self.field.flatchoices}


class FlagColumn(TextColumn):
    width = 9
    is_needed = False

    def described(self):
        return _("yes or no")

    @property
    def labels(self):
        return [*self.words().values()]

    def words(self):
        return {True: _("yes"), False: _("no")}

    def render(self, value):
        return self.words()[bool(value)]

    def clean(self, value, known):
        if isinstance(value, bool):
            return value
        text = text_of(value).strip().casefold()
        for language, _name in settings.LANGUAGES:
            with override(language):
                for flag, word in self.words().items():
                    if text == word.casefold():
                        return flag
        if text in ("", "0", "false", "1", "true", "x"):
            return text in ("1", "true", "x")
        raise ValidationError(_("“yes” or “no” is expected."))


class RecordColumn(TextColumn):
    """A record of another table, named by its key."""

    def __init__(self, field, is_written):
        self.field, self.name, self.is_written = field, field.name, is_written

    @property
    def model(self):
        return self.field.remote_field.model

    def described(self):
        return _("code or address of: %(table)s") % {"table": self.model._meta.verbose_name}

    def render(self, value):
        return key_of(value)

    def clean(self, value, known):
        keys = keys_of_list(value)
        if not keys:
            if not self.field.blank:
                raise ValidationError(_("This field is required."))
            return None
        if len(keys) > 1:
            raise ValidationError(_("Only one can be named here."))
        return self.named(keys, known)[0]

    def named(self, keys, known):
        """The records of these keys."""
        records = known[self.model]
        missing = [key for key in keys if key not in records]
        if missing:
            raise ValidationError(
                _("Not in the register (%(table)s): %(keys)s")
                % {"table": self.model._meta.verbose_name, "keys": ", ".join(missing[:5])}
            )
        return [records[key] for key in keys]


class RecordsColumn(RecordColumn):
    """Several records of another table."""

    width = 30
    is_list = True

    def described(self):
        return _("codes or addresses of: %(table)s, with “;” between them") % {
            "table": self.model._meta.verbose_name_plural
        }

    def render(self, value):
        records = value.all() if hasattr(value, "all") else value or ()
        return "; ".join(sorted(map(key_of, records)))

    def clean(self, value, known):
        keys = list(dict.fromkeys(keys_of_list(value)))
        if not (keys or self.field.blank):
            raise ValidationError(_("This field is required."))
        return self.named(keys, known)


BY_FIELD = {
    models.BooleanField: FlagColumn,
    models.DateField: DayColumn,
    models.IntegerField: NumberColumn,
    models.DecimalField: NumberColumn,
}


def column_for(field, is_written):
    """The column that a field of the register is written in."""
    if field.many_to_many:
        return RecordsColumn(field, is_written)
    if field.remote_field:
        return RecordColumn(field, is_written)
    if field.choices:
        return ChoiceColumn(field, is_written)
    columns = (column for held, column in BY_FIELD.items() if isinstance(field, held))
    return next(columns, TextColumn)(field, is_written)
