"""Comparison of a workbook with the register, row by row and cell by cell, and its saving.

A wrong cell is told on its row and in its column, and the other rows are looked at all the same.
"""

import json
import uuid
from dataclasses import dataclass, field
from functools import reduce
from operator import and_

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engagements.models import Meeting
from engagements.models.answering import set_answered
from engagements.models.quotations import Texts, too_long
from engagements.roles import misplaced
from provinces.vietnamese import slugify_vi

from . import cells
from .columns import RecordColumn
from .keys import key_in, key_of, keys_of_list, records_by_key
from .tables.base import PROVED

NAMESPACE = uuid.UUID("6f4b3d4e-0d3a-5d0e-9a55-6b1d0a6f2c11")
CALLED = ("title", "text", "full_name", "name", "indicator")


class RowKind(models.TextChoices):
    """What a row of the file would do."""

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
    is_allowed: bool = True

    @property
    def version(self):
        return str(self.before.get("version", ""))

    @property
    def name(self):
        """What the file calls it, where there is no record yet to say so."""
        named = (self.values.get(column) for column in CALLED)
        return next((value for value in named if isinstance(value, str)), "")[:200]

    # What ModelAdmin.save_model asks of a form.

    @property
    def cleaned_data(self):
        return {"reason": self.reason}

    @property
    def changed_data(self):
        return [column for column, _before, _after in self.changes]

    def has_changed(self):
        return bool(self.changes)


class Comparison:
    """What each row of a sheet would do to a table of the register; done at once if `writes`.

    Then the rows are locked, and a row that is refused leaves the others written: the caller
    holds the transaction, and rolls it back. The rules of the table's ModelAdmin bind the rows.
    """

    def __init__(self, table, model_admin, request, sheet, *, writes=False, reason=""):
        self.table, self.model_admin, self.request, self.writes = (
            table,
            model_admin,
            request,
            writes,
        )
        self.may_add = model_admin.has_add_permission(request)
        self.rows = [
            Row(number, dict(zip(sheet.columns, values, strict=True)), reason)
            for number, values in sheet.rows
        ]
        self._name_new_records()
        self.known = {model: records_by_key(model, keys) for model, keys in self._named().items()}
        self.records = table.find(self.rows, self.known, lock=writes)
        self.first_rows, self.slugs, self.texts, self.form = {}, set(), Texts(), None
        for row in self.rows:
            self._compare(row)
        self._warn()

    def _named(self):
        """{model: keys that stand in cells of columns that name its records}."""
        named = {}
        for column in self.table.written:
            if isinstance(column, RecordColumn):
                keys = named.setdefault(column.model, set())
                for row in self.rows:
                    value = row.values.get(column.name)
                    if isinstance(value, str) and not cells.is_cut(value):
                        keys.update(keys_of_list(value))
        return named

    def _name_new_records(self):
        """A UUID for each row, made of what it holds: the same new row makes the same record."""
        seen, label = {}, self.table.model._meta.label
        for row in self.rows:
            held = [
                (column.name, str(cells.plain_value(row.values[column.name])).strip())
                for column in self.table.written
                if column.name in row.values
            ]
            words = json.dumps(held, ensure_ascii=False)
            seen[words] = seen.get(words, 0) + 1
            row.uid = uuid.uuid5(NAMESPACE, f"{label}\n{words}\n{seen[words]}")

    # -- one row

    def _compare(self, row):
        try:
            self._match(row)
            errors = self._take(row)
            if row.is_new or row.changes or errors:
                self._refuse(row, errors)
                if self.writes:
                    self._save(row)
                row.kind = RowKind.NEW if row.is_new else RowKind.CHANGED
            else:
                row.kind = RowKind.UNCHANGED
        except ValidationError as error:
            row.errors = _messages(error)
        if row.kind != RowKind.WRONG or (row.record is not None and row.record.pk):
            row.label = str(row.record)
        row.label = row.label or row.name

    def _match(self, row):
        """Finds the record that the row is about, or makes a new one."""
        for name in (*self.table.names_it, "version"):
            if isinstance(row.values[name], cells.Unreadable):
                raise ValidationError({name: str(row.values[name])})
        record = self.table.match(row, self.records, self.known)
        if record is None:
            row.record = self.table.new(row)
            return
        first = self.first_rows.setdefault(record.pk, row.number)
        if first != row.number:
            raise ValidationError(_("Row %(row)d is about the same record.") % {"row": first})
        row.record, row.is_new = record, False
        row.before = self.table.values_of(record)
        row.untaken = [
            name
            for name in self.table.reading
            if (value := row.values.get(name)) not in (None, "")
            and not cells.same(value, row.before[name])
        ]

    def _take(self, row):
        """Sets on the record what differs; {column: error} of what cannot be taken."""
        errors = {}
        self.table.complete(row, self.known)
        for column in self.table.written:
            before = row.before.get(column.name, "")
            value = row.values.get(column.name, before)
            if cells.same(value, before) or (value in (None, "") and column.has_a_default):
                continue
            if not (row.is_new or row.changes or errors):
                row.is_allowed = self.model_admin.has_change_permission(self.request, row.record)
            try:
                taken = column.clean(value, self.known)
            except ValidationError as error:
                errors[column.name] = error
            else:
                self._set(row, column, taken, before)
                row.warnings += [f"{column.heading}: {note}" for note in cells.notes_of(value)]
        if row.is_new and "slug" in self.table.by_name and not row.record.slug:
            row.record.slug = self._free_slug(row)
        return errors

    def _set(self, row, column, value, before):
        if column.is_list:
            held = [] if row.is_new else getattr(row.record, column.name).all()
            if {record.pk for record in held} == {record.pk for record in value}:
                return
            row.lists[column.name] = value
        else:
            if not row.is_new and getattr(row.record, column.name) == value:
                return
            setattr(row.record, column.name, value)
        row.changes.append((column.name, before, column.render(value)))

    def _free_slug(self, row):
        """An address for a new row that was given none, as the form makes it."""
        self.form = self.form or self.model_admin.get_form(self.request, None, change=False)()
        model = self.table.model
        values = {field.name: getattr(row.record, field.attname) for field in model._meta.fields}
        words = slugify_vi(self.form.slug_words(values | row.lists))
        length = model._meta.get_field("slug").max_length - 5
        words = slug = words[:length].strip("-")
        number = 1
        while slug and (slug in self.slugs or model.objects.filter(slug=slug).exists()):
            number += 1
            slug = f"{words}-{number}"
        return slug

    # -- what stands against it

    def _refuse(self, row, errors):
        """Raises ValidationError with all that stands against the row."""
        refusals = [
            refusal
            for refusal in (
                "" if row.is_new else self._stale(row),
                "" if row.is_allowed else _("You may not change this record."),
                ""
                if self.may_add or not row.is_new
                else _("You may not add records to this table."),
                *(() if row.is_new else self._fixed(row)),
            )
            if refusal
        ]
        if refusals:
            errors = errors | {NON_FIELD_ERRORS: refusals}
        if not errors:
            self._check(row)
            written = [column.name for column in self.table.written]
            changed = written if row.is_new else row.changed_data
            errors = misplaced(self.request.user, row.record, changed)
        if errors:
            raise ValidationError(errors)

    def _stale(self, row):
        given, record = key_in(row.values["version"]), row.record
        if given == row.version:
            return ""
        if not given:
            return _(
                "The register has this record already (%(record)s), and not as it stands here. "
                "Export it and change that row."
            ) % {"record": key_of(record) if hasattr(record, "uid") else record}
        if not hasattr(record, "updated_at"):
            return _("It was changed after this workbook was made. Export it again.")
        return _(
            "%(who)s changed it at %(when)s, after this workbook was made. Export it again."
        ) % {
            "who": record.updated_by or _("Somebody"),
            "when": date_format(timezone.localtime(record.updated_at), "SHORT_DATETIME_FORMAT"),
        }

    def _fixed(self, row):
        """Columns that the form shows to this person for reading."""
        fixed = set(self.model_admin.get_readonly_fields(self.request, row.record))
        return [
            _("You may not change: %(column)s") % {"column": self.table.by_name[name].heading}
            for name in row.changed_data
            if name in fixed
        ]

    def _check(self, row):
        """What full_clean() asks."""
        record, fields = row.record, self.table.model._meta.fields
        relations = {
            field.name
            for field in fields
            if field.remote_field and getattr(record, field.attname) is not None
        }
        taken = {column.name for column in self.table.written} | ({"slug"} if row.is_new else set())
        record.clean_fields(exclude=relations | {field.name for field in fields} - taken)
        record.clean()
        if set(PROVED) & set(row.changed_data):
            self._prove(row)
        if "slug" in self.table.by_name and (row.is_new or "slug" in row.changed_data):
            if record.slug in self.slugs:
                raise ValidationError({"slug": _("Another row of this file has this address.")})
            self.slugs.add(record.slug)
            record.validate_unique(exclude={field.name for field in fields} - {"slug"})
        self._constrain(record, None if row.is_new else set(row.changed_data))
        row.warnings += self.table.doubts(record)

    def _prove(self, row):
        """The quotation stands in its source; where it does alone, the paragraph is filled in."""
        record = row.record
        if too_long(record.quote):
            raise ValidationError({"quote": _("A quotation has at most 20 words.")})
        if record.source_id is None:
            return
        paragraph = self.texts[record.source_id].locate(record.quote, record.paragraph)
        if paragraph != record.paragraph:
            row.changes.append(("paragraph", record.paragraph, paragraph))
            record.paragraph = paragraph

    def _constrain(self, record, changed):
        """One query for all constraints that these columns stand in, not one for each.

        While rows are written the database asks itself: what was seen stood the test before.
        """
        if self.writes:
            return
        rules, values = [], {}
        for rule in record._meta.constraints:
            if isinstance(rule, models.UniqueConstraint):
                rule.validate(self.table.model, record)
                continue
            condition = models.Q(rule.condition)
            names = condition.referenced_base_fields
            if changed is None or names & changed:
                rules.append(condition)
                values |= dict.fromkeys(names)
        for name in values:
            column = record._meta.get_field(name)
            values[name] = models.Value(getattr(record, column.attname), column)
        if rules and not reduce(and_, rules).check(values):
            record.validate_constraints()

    # -- once it stands

    def _save(self, row):
        record = row.record
        record._history_user, record._change_reason = self.request.user, row.reason
        self.model_admin.save_model(self.request, record, row, change=not row.is_new)
        for name, others in row.lists.items():
            if name == "answers":
                set_answered(row.record, others, self.request.user)
                continue
            getattr(record, name).set(others)

    def _warn(self):
        """A draft may be about a province that its session does not name; publishing refuses it."""
        if not {"meeting", "province"} <= set(self.table.by_name):
            return
        pairs = [
            (row, (row.record.meeting_id, row.record.province_id))
            for row in self.rows
            if row.kind in (RowKind.NEW, RowKind.CHANGED)
            and row.record.meeting_id
            and row.record.province_id
        ]
        seats = Meeting.provinces.through.objects.filter(
            meeting__in={meeting for _row, (meeting, _province) in pairs}
        )
        named = set(seats.values_list("meeting_id", "province_id")) if pairs else set()
        for row, pair in pairs:
            if pair not in named:
                row.warnings.append(_("The province is not among those of the session."))


def _messages(error):
    """[(column, message)] of a ValidationError; the column is empty for the row as a whole."""
    by_column = getattr(error, "message_dict", None) or {NON_FIELD_ERRORS: error.messages}
    return [
        ("" if name == NON_FIELD_ERRORS else name, message)
        for name, messages in by_column.items()
        for message in messages
    ]
