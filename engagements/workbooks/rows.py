"""Rows of a file: what each would do to the register, and what it did."""

import uuid
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_lazy

CALLED = ("title", "text", "full_name", "name", "indicator")


class RowKind(models.TextChoices):
    """What a row of the file would do."""

    ASKED = "asked", gettext_lazy("To be answered")
    NEW = "new", gettext_lazy("New")
    CHANGED = "changed", gettext_lazy("Changed")
    WRONG = "wrong", gettext_lazy("Wrong")
    UNCHANGED = "unchanged", gettext_lazy("Unchanged")


@dataclass
class Row:
    """What one row of the file would do, and what it did."""

    number: int
    values: dict  # as the file has them, by machine name
    reason: str = ""  # why it was changed, for the history
    uid: uuid.UUID = None  # of the record that it would make
    kind: RowKind = RowKind.WRONG
    label: str = ""
    record: object = None
    is_new: bool = True
    before: dict = field(default_factory=dict)
    changes: list = field(default_factory=list)  # (column, before, after)
    lists: dict = field(default_factory=dict)  # of many to many: what is set after the row is saved
    errors: list = field(default_factory=list)  # (column or "", message)
    untaken: list = field(default_factory=list)  # columns that differ and are only for reading
    warnings: list = field(default_factory=list)  # what may be imported, and hardly is meant
    questions: dict = field(default_factory=dict)  # {column: Question} that has no answer yet
    named: dict = field(default_factory=dict)  # {column: names of the records that it called so}
    problem: str = ""  # of the row as a whole, as the file has it
    is_allowed: bool = True

    @property
    def version(self):
        return str(self.before.get("version", ""))

    @property
    def name(self):
        """What the file calls it, where there is no record yet to say so."""
        value = self.values.get(self.name_column)
        return value[:200] if isinstance(value, str) else ""

    @property
    def name_column(self):
        """The column that says what it is called."""
        return next((name for name in CALLED if isinstance(self.values.get(name), str)), "")

    # What ModelAdmin.save_model asks of a form.

    @property
    def cleaned_data(self):
        return {"reason": self.reason}

    @property
    def changed_data(self):
        return [column for column, _before, _after in self.changes]

    def has_changed(self):
        return bool(self.changes)
