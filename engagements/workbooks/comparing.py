"""Comparison of a workbook with the register, row by row and cell by cell, and its saving.

A wrong cell is told on its row and in its column, and the other rows are looked at all the same.
"""

import json
import uuid
from functools import reduce
from operator import and_

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DatabaseError, connection, models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from engagements.models import Meeting
from engagements.models.answering import set_answered
from engagements.models.quotations import Texts, too_long
from engagements.roles import misplaced
from provinces.models import all_hold
from provinces.vietnamese import slugify_vi

from . import cells
from .asking import Asked, Questions
from .columns import ChoiceColumn, RecordColumn
from .keys import key_in, key_of, keys_of_list, records_by_key
from .naming import Naming
from .rows import Row, RowKind
from .tables.base import PROVED

NAMESPACE = uuid.UUID("6f4b3d4e-0d3a-5d0e-9a55-6b1d0a6f2c11")


CHECKED_AT_ONCE = 50  # rows, of some 100 parameters each
MOST_FILLED = 4  # columns that a file has not and that are asked for all its new rows


class Comparison:
    """What each row of a sheet would do to a table of the register; done at once if `writes`.

    Then the rows are locked, and a row that is refused leaves the others written: the caller
    holds the transaction, and rolls it back. The rules of the table's ModelAdmin bind the rows.
    """

    def __init__(
        self, table, model_admin, request, sheet, *, writes=False, reason="", answers=None
    ):
        self.table, self.model_admin, self.request = table, model_admin, request
        self.sheet, self.writes, self.questions = sheet, writes, Questions(answers or {})
        self.may_add = model_admin.has_add_permission(request)
        self.rows = [
            Row(
                row.number,
                dict.fromkeys((*table.names_it, "version"))
                | dict(zip(sheet.columns, row.cells, strict=True)),
                reason,
                problem=row.problem,
            )
            for row in sheet.rows
        ]
        self._fill_absent_columns()
        self._name_new_records()
        self.known = {model: records_by_key(model, keys) for model, keys in self._named().items()}
        Naming(table, self.rows, self.known, self.questions)
        self._find_repeated()
        self.records = table.find(self.rows, self.known, lock=writes)
        self.constrained = []  # (row, rules, values)
        self.first_rows, self.slugs, self.texts, self.form = {}, set(), Texts(), None
        for row in self.rows:
            self._compare(row)
        self._check_constraints()
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

    def _fill_absent_columns(self):
        """Asks once for a column that new rows need and the file has not: which session, say."""
        absent = [
            column
            for column in self.table.written
            if column.is_needed
            and column.name not in self.sheet.columns
            and isinstance(column, RecordColumn | ChoiceColumn)
        ]
        names_it = self.table.names_it
        new = [row for row in self.rows if not any(row.values[name] for name in names_it)]
        for column in absent[:MOST_FILLED] if new and self.may_add else ():
            options = [(label, label) for label in column.labels]
            question = self.questions.ask(column.name, "", options)
            question.rows = [row.number for row in new]
            if question.answer:
                for row in new:
                    row.values[column.name] = question.answer

    def _find_repeated(self):
        """The same row twice is told with the cells of both: it is neither merged nor doubled."""
        first = {}
        for row in self.rows:
            held = [
                (name, " ".join(str(cells.plain_value(value)).casefold().split()))
                for name, value in row.values.items()
                if name in self.table.by_name and name != "version"
            ]
            if not any(text for _name, text in held):
                continue
            before = first.setdefault(tuple(held), row.number)
            if before != row.number:
                text = _("Rows %(first)d and %(row)d say the same (%(cells)s). Leave one out.")
                cells_ = f"{self.sheet.cell(row.name_column, before)}, " + self.sheet.cell(
                    row.name_column, row.number
                )
                given = {"first": before, "row": row.number, "cells": cells_}
                row.problem = row.problem or text % given

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
            if row.questions and {name for name, _message in row.errors} <= set(row.questions):
                row.kind = RowKind.ASKED
        if row.kind != RowKind.WRONG or (row.record is not None and row.record.pk):
            row.label = str(row.record)
        row.label = row.label or row.name

    def _match(self, row):
        """Finds the record that the row is about, or makes a new one."""
        if row.problem:
            raise ValidationError(row.problem)
        for name in (*self.table.names_it, "version"):
            if isinstance(row.values[name], cells.Unreadable):
                raise ValidationError({name: str(row.values[name])})
        record = self.table.match(row, self.records, self.known)
        if record is None:
            row.record = self.table.new(row)
            return
        first = self.first_rows.setdefault(record.pk, row.number)
        if first != row.number:
            name = next(name for name in self.table.names_it if row.values[name] or name == "uid")
            places = ", ".join(self.sheet.cell(name, number) for number in (first, row.number))
            text = _("Row %(row)d is about the same record (%(cells)s).")
            raise ValidationError(text % {"row": first, "cells": places})
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
            if column.name in row.questions:
                errors[column.name] = row.questions[column.name].refusal
                continue
            try:
                taken = self._cleaned(row, column, value)
            except ValidationError as error:
                errors[column.name] = error
            else:
                self._set(row, column, taken, before)
                row.warnings += [f"{column.heading}: {note}" for note in cells.notes_of(value)]
        if row.is_new and "slug" in self.table.by_name and not row.record.slug:
            row.record.slug = self._free_slug(row)
        return errors

    def _cleaned(self, row, column, value):
        """The value of a cell; of one that can be read in several ways, what was answered."""
        try:
            return column.clean(value, self.known)
        except Asked as asked:
            question = self.questions.ask(column.name, asked.text, asked.options, row.number)
            if question.answer:
                return column.clean(column.answered(question.answer), self.known)
            row.questions[column.name] = question
            raise question.refusal from asked

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
        after, name = column.render(value), row.named.get(column.name)
        row.changes.append((column.name, before, f"{after} ({name})" if name else after))

    def _free_slug(self, row):
        """An address for a new row that was given none, as the form makes it."""
        self.form = self.form or self.model_admin.get_form(self.request, None, change=False)()
        model = self.table.model
        values = {field.name: getattr(row.record, field.attname) for field in model._meta.fields}
        words = slugify_vi(self.form.slug_words(values | row.lists))
        length = model._meta.get_field("slug").max_length - 5
        words = slug = words[:length].strip("-")
        number = 1
        while slug and (slug in self.slugs or slug in self.slugs_before):
            number += 1
            slug = f"{words}-{number}"
        return slug

    @cached_property
    def slugs_before(self):
        """Every address of the table, read once."""
        return set(self.table.model.objects.values_list("slug", flat=True))

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
            if record.slug in self.slugs_before and record.slug != row.before.get("slug"):
                raise ValidationError(
                    {"slug": record.unique_error_message(self.table.model, ("slug",))}
                )
        self._constrain(row)
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

    def _constrain(self, row):
        """Keeps the constraints that the row's columns stand in, for `check_together`.

        While rows are written the database asks itself: what was seen stood the test before.
        """
        if self.writes:
            return
        record, changed = row.record, None if row.is_new else set(row.changed_data)
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
        if rules:
            self.constrained.append((row, reduce(and_, rules), values))

    def _check_constraints(self):
        """Asks for the constraints of many rows in one query; of those that fail, one by one."""
        for start in range(0, len(self.constrained), CHECKED_AT_ONCE):
            part = self.constrained[start : start + CHECKED_AT_ONCE]
            if _hold(part):
                continue
            for row, _rules, _values in part:
                try:
                    row.record.validate_constraints()
                except ValidationError as error:
                    row.kind, row.errors = RowKind.WRONG, _messages(error)

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


def _hold(constrained):
    """Whether the rules of these rows hold; not where the database takes a value for none."""
    try:
        given = ((rules, values) for _row, rules, values in constrained)
        return all_hold(given, connection.alias)
    except (DatabaseError, ValueError):
        return False


def _messages(error):
    """[(column, message)] of a ValidationError; the column is empty for the row as a whole."""
    by_column = getattr(error, "message_dict", None) or {NON_FIELD_ERRORS: error.messages}
    return [
        ("" if name == NON_FIELD_ERRORS else name, message)
        for name, messages in by_column.items()
        for message in messages
    ]
