"""The tables that go out to a workbook and come back: which columns, and what a row would do."""

import hashlib
import json
import uuid
from dataclasses import dataclass, field
from functools import reduce
from operator import and_

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from import_export.fields import Field
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import ModelResource
from tablib import Dataset

from engagements.edition.cells import original
from engagements.models import (
    Commitment,
    Figure,
    Meeting,
    ProvinceRequest,
    Recommendation,
    Remark,
    Source,
    StatusUpdate,
)
from engagements.models.followups import TARGETS
from engagements.models.quotations import Texts, too_long
from engagements.roles import BELONGS_TO, misplaced
from provinces.models import Official, Organization, Post
from provinces.vietnamese import nfc, slugify_vi

from . import cells

NEW, CHANGED, UNCHANGED, WRONG = "new", "changed", "unchanged", "wrong"
KINDS = {"new": NEW, "update": CHANGED, "skip": UNCHANGED, "invalid": WRONG}
NAMESPACE = uuid.UUID("6f4b3d4e-0d3a-5d0e-9a55-6b1d0a6f2c11")
CHUNK = 2000

PROVED = ("source", "paragraph", "quote")
EVIDENCE = (*PROVED, "is_inferred", "inference")
FOLLOWED = (
    "meeting",
    "province",
    "title",
    "detail",
    "raised_by",
    "raised_by_text",
    "topics",
    "lead",
    "supporting",
    "current_lead",
    "due_on",
    "due_text",
    "last_checked_on",
    "completion_criteria",
    *EVIDENCE,
    "internal_note",
)
CALLED = ("title", "text", "full_name", "name", "indicator")
STANDING = ("state", "status", "completed_on")
KEYS = ("code", "uid", "version")


class Column(Field):
    """A column of a workbook: its machine name stays, its heading is in the reader's language."""

    def __init__(self, *args, label=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.label = label

    @property
    def heading(self):
        return capfirst(str(self.label or self.widget.column.verbose_name))

    @property
    def help(self):
        return "" if self.label else str(self.widget.column.help_text)


class Plain(cells.Widget):
    """A column that is not of the table itself."""

    format, width, is_list, is_needed = "@", 14, False, False

    def described(self):
        return ""


@dataclass
class Row:
    """What one row of the file would do, and what it did."""

    number: int
    kind: str = WRONG
    label: str = ""
    called: str = ""  # by what the file says in its place
    version: str = ""
    record: object = None
    before: dict = field(default_factory=dict)
    changes: list = field(default_factory=list)  # (column, before, after)
    lists: dict = field(default_factory=dict)  # of many to many: what is set after the row is saved
    errors: list = field(default_factory=list)  # (column or "", message)
    untaken: list = field(default_factory=list)  # columns that differ and are only for reading
    warnings: list = field(default_factory=list)  # what may be imported, and hardly is meant
    is_allowed: bool = True
    reason: str = ""  # why it was changed, for the history

    # What ModelAdmin.save_model asks of a form.

    @property
    def cleaned_data(self):
        return {"reason": self.reason}

    @property
    def changed_data(self):
        return [column for column, _before, _after in self.changes]

    def has_changed(self):
        return bool(self.changes)


class KnownRows(BaseInstanceLoader):
    """Rows of the register that the file names; they were read together before the first."""

    def get_instance(self, row):
        return self.resource.match(row)


class RegisterTable(ModelResource):
    """Rows of one table of the register. `desk` is its admin, `request` whose request it is."""

    reading = ()  # columns that are shown and never taken
    names_it = ()  # columns that name the row

    class Meta:
        skip_diff = True
        report_skipped = True
        clean_model_instances = True
        instance_loader_class = KnownRows
        import_id_fields = ()

    def __init__(self, desk, request=None):
        super().__init__()
        self.desk, self.request = desk, request
        self.model = self._meta.model
        self.reason = ""

    @classmethod
    def field_from_django_field(cls, field_name, django_field, readonly):
        return Column(
            attribute=field_name,
            column_name=field_name,
            widget=cells.cell_for(django_field),
            readonly=field_name in (*cls.reading, *cls.names_it),
        )

    # -- columns

    @cached_property
    def columns(self):
        return self.get_export_fields()

    @cached_property
    def written(self):
        return [column for column in self.columns if not column.readonly]

    @property
    def headings(self):
        """{machine name: headings in every language, the reader's first}."""
        found = {column.column_name: [column.heading] for column in self.columns}
        for language in ("vi", "en"):
            with override(language):
                for column in self.columns:
                    found[column.column_name].append(column.heading)
        return found

    @property
    def needed(self):
        """Columns that a file must have: all that could be changed by it, and what names a row."""
        shown = set(self.reading)
        return [one.column_name for one in self.columns if one.column_name not in shown]

    # -- out

    def related(self, queryset):
        """With what the rows name and belong to; each record once, whatever the number of rows."""
        names = [one.attribute for one in self.columns if isinstance(one.widget, cells.RowCell)]
        owned = [path.rpartition("__")[0] for path in BELONGS_TO.get(self.model, ())]
        names += [path for path in dict.fromkeys(owned) if path and path not in names]
        rows = [
            models.Prefetch(name, Source.objects.defer("text"))
            if name in ("source", "cited")
            else name
            for name in names
        ]
        return queryset.select_related(None).prefetch_related(*rows)

    def iter_queryset(self, queryset):
        yield from self.related(queryset).iterator(chunk_size=CHUNK)

    @cached_property
    def _makers(self):
        """(column, what makes its cell), found once and not for each cell."""
        return [
            (one.column_name, getattr(self, f"dehydrate_{one.column_name}", one.export))
            for one in self.columns
        ]

    def cells_of(self, record):
        return {name: make(record) for name, make in self._makers}

    # -- in

    def plan(self, sheet, *, write=False):
        """What each row of the sheet would do; done at once if `write`.

        Then the rows are locked, and a row that is refused leaves the others written: the caller
        holds the transaction, and rolls it back.
        """
        self.writes = write
        self.rows, self.used, self.slugs, self.texts = [], {}, set(), Texts()
        self.form, self.may_add = None, self.desk.has_add_permission(self.request)
        headers = [*sheet.columns, "row"]
        data = Dataset(headers=headers)
        for number, values in sheet.rows:
            data.append([*values, number])
        given = [dict(zip(sheet.columns, values, strict=True)) for _number, values in sheet.rows]
        self.known = {
            model: cells.found_by(model, keys) for model, keys in self._named(given).items()
        }
        self.uids = self._uids(given)
        self.found = self.find(given, locked=write)
        result = self.import_data_inner(data, not write, False, False, False)
        for error in result.error_rows:
            raise error.errors[0].error
        for row, told in zip(self.rows, result.rows, strict=True):
            self._tell(row, told)
        self._warn()
        return self.rows

    def _named(self, given):
        """{model: keys that stand in cells of columns that name its records}."""
        found = {}
        for one in self.written:
            if isinstance(one.widget, cells.RowCell):
                keys = found.setdefault(one.widget.column.remote_field.model, set())
                for row in given:
                    value = row.get(one.column_name)
                    if isinstance(value, str) and len(value) < cells.CELL_CHARACTERS:
                        keys.update(cells.keys_in(value))
        return found

    def find(self, given, locked):
        """Reads the rows that the file names."""
        raise NotImplementedError  # abstract: records have codes and uids, people slugs

    def match(self, row):
        """The row of ours that a line of the file is."""
        raise NotImplementedError  # abstract, as above

    def _rows_of(self, rule, locked):
        rows = self.related(self.model.objects.filter(rule).order_by("pk"))
        return rows.select_for_update(of=("self",), no_key=True) if locked else rows

    def _uids(self, given):
        """A key for each row, made of what it holds: the same new row makes the same record."""
        found, seen = [], {}
        for row in given:
            held = [
                (one.column_name, str(cells._bare(row[one.column_name])).strip())
                for one in self.written
            ]
            words = json.dumps(held, ensure_ascii=False)
            seen[words] = seen.get(words, 0) + 1
            label = self.model._meta.label
            found.append(uuid.uuid5(NAMESPACE, f"{label}\n{words}\n{seen[words]}"))
        return found

    # the steps of one row, as the library takes them

    def before_import_row(self, row, row_number=None, **kwargs):
        called = next((row[name] for name in CALLED if isinstance(row.get(name), str)), "")
        self.rows.append(Row(number=row["row"], reason=self.reason, called=called[:200]))
        self.given_version = row["version"]
        for name in self.names_it:
            if isinstance(row[name], cells.Unreadable):
                raise ValidationError({name: str(row[name])})

    def once(self, record):
        """Refuses a second row about one record."""
        number = self.rows[-1].number
        first = self.used.setdefault(record.pk, number)
        if first != number:
            raise ValidationError(_("Row %(row)d is about the same record.") % {"row": first})
        return record

    def after_init_instance(self, instance, new, row, **kwargs):
        at = self.rows[-1]
        at.record = instance
        at.before = {} if new else self.cells_of(instance)
        at.version = str(at.before.get("version", ""))
        at.untaken = [
            name
            for name in self.reading
            if name in row
            and not new
            and row[name] not in (None, "")
            and not cells.same(row[name], at.before[name])
        ]

    def import_instance(self, instance, row, **kwargs):
        errors, at = {}, self.rows[-1]
        new = instance._state.adding
        before = at.before or {one.column_name: "" for one in self.columns}
        for column in self.written:
            name = column.column_name
            if cells.same(row[name], before[name]):
                continue
            if not (at.changes or errors or new):
                at.is_allowed = self.desk.has_change_permission(self.request, instance)
            try:
                value = column.clean(row, known=self.known)
            except ValidationError as error:
                errors[name] = error
                continue
            self._take(at, column, instance, value, before[name])
        if "slug" in self.fields and new and not instance.slug:
            self.address(instance)
        if errors:
            raise ValidationError(errors)

    def _take(self, at, column, instance, value, before):
        name = column.column_name
        if column.widget.is_list:
            held = [] if instance._state.adding else getattr(instance, name).all()
            if {one.pk for one in held} == {one.pk for one in value}:
                return
            at.lists[name] = value
        else:
            if not instance._state.adding and getattr(instance, name) == value:
                return
            setattr(instance, name, value)
        at.changes.append((name, before, column.widget.render(value)))

    def address(self, instance):
        """An address for a new row that was given none, as the form makes it."""
        self.form = self.form or self.desk.get_form(self.request, None, change=False)()
        at = self.rows[-1]
        values = {one.name: getattr(instance, one.attname) for one in self.model._meta.fields}
        slug = slugify_vi(self.form.slug_words(values | at.lists))
        length = self.model._meta.get_field("slug").max_length - 5
        slug = found = slug[:length].strip("-")
        number = 1
        while found and (found in self.slugs or self.is_taken(found)):
            number += 1
            found = f"{slug}-{number}"
        instance.slug = found

    def is_taken(self, slug):
        return self.model.objects.filter(slug=slug).exists()

    def skip_row(self, instance, original, row, import_validation_errors=None):
        at = self.rows[-1]
        return not (instance._state.adding or at.changes or import_validation_errors)

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        at, new = self.rows[-1], instance._state.adding
        found = [
            refusal
            for refusal in (
                self._stale(instance, at) if not new else "",
                "" if at.is_allowed else _("You may not change this record."),
                "" if not new or self.may_add else _("You may not add records to this table."),
                *(self._fixed(instance, at) if not new else ()),
            )
            if refusal
        ]
        errors = dict(import_validation_errors or {})
        if found:
            errors.setdefault(NON_FIELD_ERRORS, []).extend(found)
        if not errors:
            self._check(instance, at, new)
            given = at.changed_data if not new else [one.column_name for one in self.written]
            errors = misplaced(self.request.user, instance, given)
        if errors:
            raise ValidationError(errors)

    def _stale(self, instance, at):
        given = _key(self.given_version)
        if given == at.version:
            return ""
        if not given:
            return _(
                "The register has this record already (%(record)s), and not as it stands here. "
                "Export it and change that row."
            ) % {"record": cells.key_of(instance) if hasattr(instance, "uid") else instance}
        if not hasattr(instance, "updated_at"):
            return _("It was changed after this workbook was made. Export it again.")
        return _(
            "%(who)s changed it at %(when)s, after this workbook was made. Export it again."
        ) % {
            "who": instance.updated_by or _("Somebody"),
            "when": date_format(timezone.localtime(instance.updated_at), "SHORT_DATETIME_FORMAT"),
        }

    def _fixed(self, instance, at):
        """Columns that the form shows to this person for reading."""
        fixed = set(self.desk.get_readonly_fields(self.request, instance))
        return [
            _("You may not change: %(column)s") % {"column": self.fields[name].heading}
            for name in at.changed_data
            if name in fixed
        ]

    def _check(self, instance, at, new):
        """What full_clean() asks."""
        relations = {
            one.name
            for one in self.model._meta.fields
            if one.remote_field and getattr(instance, one.attname) is not None
        }
        taken = {one.column_name for one in self.written} | ({"slug"} if new else set())
        apart = {one.name for one in self.model._meta.fields} - taken
        instance.clean_fields(exclude=relations | apart)
        instance.clean()
        if set(PROVED) & set(at.changed_data):
            self._prove(instance, at)
        if "slug" in self.fields and (new or "slug" in at.changed_data):
            if instance.slug in self.slugs:
                raise ValidationError({"slug": _("Another row of this file has this address.")})
            self.slugs.add(instance.slug)
            others = {one.name for one in self.model._meta.fields} - {"slug"}
            instance.validate_unique(exclude=others)
        self._constrain(instance, None if new else set(at.changed_data))

    def _constrain(self, instance, changed):
        """One query for all constraints that these columns stand in, not one for each.

        While rows are written the database asks itself: what was seen stood the test before.
        """
        if self.writes:
            return
        rules, values = [], {}
        for rule in self.model._meta.constraints:
            if isinstance(rule, models.UniqueConstraint):
                rule.validate(self.model, instance)
                continue
            condition = models.Q(rule.condition)
            names = condition.referenced_base_fields
            if changed is None or names & changed:
                rules.append(condition)
                values |= dict.fromkeys(names)
        for name in values:
            column = self.model._meta.get_field(name)
            values[name] = models.Value(getattr(instance, column.attname), column)
        if rules and not reduce(and_, rules).check(values):
            instance.validate_constraints()

    def _prove(self, instance, at):
        """The quotation stands in its source; where it does alone, the paragraph is filled in."""
        if too_long(instance.quote):
            raise ValidationError({"quote": _("A quotation has at most 20 words.")})
        if instance.source_id is None:
            return
        found = self.texts[instance.source_id].locate(instance.quote, instance.paragraph)
        if found != instance.paragraph:
            at.changes.append(("paragraph", instance.paragraph, found))
            instance.paragraph = found

    def do_instance_save(self, instance, is_create):
        instance._history_user = self.request.user
        instance._change_reason = self.reason
        self.desk.save_model(self.request, instance, self.rows[-1], change=not is_create)

    def save_m2m(self, instance, row, dry_run=False, **kwargs):
        if not dry_run:
            for name, others in self.rows[-1].lists.items():
                getattr(instance, name).set(others)

    def after_import(self, dataset, result, **kwargs):
        """Not the library's: it would set PostgreSQL's counters back under other writers."""

    def _tell(self, row, told):
        row.kind = KINDS[told.import_type]
        if told.validation_error:
            error = told.validation_error
            by_column = getattr(error, "message_dict", None) or {NON_FIELD_ERRORS: error.messages}
            row.errors = [
                ("" if name == NON_FIELD_ERRORS else name, message)
                for name, messages in by_column.items()
                for message in messages
            ]
        row.label = told.object_repr or ""
        if row.kind == WRONG and row.record is not None and row.record.pk:
            row.label = str(row.record)
        row.label = row.label or row.called

    def _warn(self):
        """A draft may be about a province that its session does not name; publishing refuses it."""
        if not {"meeting", "province"} <= set(self.fields):
            return
        written = [
            (row, row.record.meeting_id, row.record.province_id)
            for row in self.rows
            if row.kind in (NEW, CHANGED) and row.record.meeting_id and row.record.province_id
        ]
        places = Meeting.provinces.through.objects.filter(
            meeting__in={meeting for _row, meeting, _place in written}
        )
        named = set(places.values_list("meeting_id", "province_id")) if written else set()
        for row, *pair in written:
            if tuple(pair) not in named:
                row.warnings.append(_("The province is not among those of the session."))


# -- records: named by their code, as drafts by their key


class RecordTable(RegisterTable):
    names_it = KEYS
    reading = ("state",)

    uid = Column(
        attribute="uid",
        column_name="uid",
        widget=Plain(),
        readonly=True,
        label=gettext_lazy("key of a draft"),
    )
    version = Column(
        attribute="version",
        column_name="version",
        widget=Plain(),
        readonly=True,
        label=gettext_lazy("version"),
    )

    def dehydrate_uid(self, record):
        return "" if record.code else str(record.uid)

    def dehydrate_version(self, record):
        return record.version

    def find(self, given, locked):
        codes, uids = set(), {str(one) for one in self.uids}
        for row in given:
            codes.add(_key(row["code"]))
            uids.add(cells.uid_of(_key(row["uid"])))
        rule = models.Q(code__in=codes - {""}) | models.Q(uid__in=uids - {None})
        found = {}
        for record in self._rows_of(rule, locked):
            found[str(record.uid)] = record
            if record.code:
                found[record.code] = record
        return found

    def match(self, row):
        code, uid = _key(row["code"]), _key(row["uid"])
        for column, key in (("code", code), ("uid", cells.uid_of(uid) if uid else "")):
            if key == "":
                continue
            if key is None or key not in self.found:
                raise ValidationError(
                    {column: _("No record has this key. Leave it empty for a new record.")}
                )
            if code and uid and self.found[key].code != code:
                raise ValidationError({"uid": _("Code and key are of two records.")})
            return self.once(self.found[key])
        known = self.found.get(str(self.uids[len(self.rows) - 1]))
        return known and self.once(known)

    def init_instance(self, row=None):
        return self.model(uid=self.uids[len(self.rows) - 1])


def _key(value):
    """A key as text; what cannot be one is none."""
    return original(value).strip()[:120] if isinstance(value, str) else str(value or "")


def _record_meta(of, *names, reading=("state",)):
    """Options of a record's table: its keys, what it says, what is only for reading."""

    class Meta(RegisterTable.Meta):
        model = of
        fields = ("code", "uid", *names, *reading, "version")

    return Meta


class SourceTable(RecordTable):
    Meta = _record_meta(
        Source,
        "title",
        "type",
        "rank",
        "publisher",
        "number",
        "issued_on",
        "url",
        "archived_url",
        "accessed_on",
        "sha256",
        "note",
    )


class MeetingTable(RecordTable):
    Meta = _record_meta(
        Meeting,
        "slug",
        "title",
        "ministry",
        "provinces",
        "on_behalf_of",
        "format",
        "state_of_it",
        "held_on",
        "planned_from",
        "planned_to",
        "planned_text",
        "place",
        "initiated_by",
        "follows",
        "summary",
        "topics",
        "cited",
        *EVIDENCE,
        "internal_note",
    )


class RequestTable(RecordTable):
    reading = STANDING
    Meta = _record_meta(ProvinceRequest, "addressed_to", *FOLLOWED, reading=STANDING)


class CommitmentTable(RecordTable):
    reading = STANDING
    Meta = _record_meta(Commitment, "strength", "answers", *FOLLOWED, reading=STANDING)


class RecommendationTable(RecordTable):
    reading = STANDING
    Meta = _record_meta(Recommendation, "answers", *FOLLOWED, reading=STANDING)


class UpdateTable(RecordTable):
    Meta = _record_meta(
        StatusUpdate,
        *TARGETS,
        "happened_on",
        "status",
        "completed_on",
        "answer",
        "voice",
        "basis",
        "new_due_on",
        "new_due_text",
        "text",
        *EVIDENCE,
        "internal_note",
    )


class RemarkTable(RecordTable):
    Meta = _record_meta(
        Remark,
        "meeting",
        "province",
        "type",
        "said_by",
        "said_by_text",
        "text",
        *EVIDENCE,
        "internal_note",
    )


class FigureTable(RecordTable):
    Meta = _record_meta(
        Figure,
        "indicator",
        "meeting",
        "province",
        "period",
        "period_from",
        "period_to",
        "qualifier",
        "value",
        "unit",
        "is_target",
        *EVIDENCE,
        "internal_note",
    )


# -- people and bodies: named by their address


class PeopleTable(RegisterTable):
    """Rows without a version of their own: what they hold stands for it."""

    version = Column(
        attribute="pk",
        column_name="version",
        widget=Plain(),
        readonly=True,
        label=gettext_lazy("version"),
    )

    def dehydrate_version(self, record):
        held = [str(getattr(record, name)) for name in self._own]
        return hashlib.sha256(repr(held).encode()).hexdigest()[:12]

    @cached_property
    def _own(self):
        return [self.model._meta.get_field(one.column_name).attname for one in self.written]


class SluggedTable(PeopleTable):
    names_it = ("slug", "version")
    called = "name"

    def find(self, given, locked):
        rule = models.Q(slug__in={self._slug(row) for row in given} - {""})
        return {record.slug: record for record in self._rows_of(rule, locked)}

    def _slug(self, row):
        """Its address, or that which its name makes: a namesake is not added unseen."""
        slug, name = _key(row["slug"]), row[self.called]
        return slug or (slugify_vi(nfc(name))[:115].strip("-") if isinstance(name, str) else "")

    def match(self, row):
        found = self.found.get(self._slug(row))
        return found and self.once(found)

    def init_instance(self, row=None):
        return self.model(slug=self._slug(row))


class OfficialTable(SluggedTable):
    called = "full_name"

    class Meta(RegisterTable.Meta):
        model = Official
        fields = ("slug", "full_name", "note", "version")


class OrganizationTable(SluggedTable):
    class Meta(RegisterTable.Meta):
        model = Organization
        fields = (
            "slug",
            "name",
            "name_en",
            "short_name",
            "kind",
            "parent",
            "province",
            "ceased_on",
            "aliases",
            "note",
            "version",
        )


class PostTable(PeopleTable):
    """An office held: named by its number, or by who held it, where, as what and since when."""

    names_it = ("id", "version")

    class Meta(RegisterTable.Meta):
        model = Post
        fields = (
            "id",
            "official",
            "organization",
            "title",
            "starts_on",
            "ends_on",
            "proof",
            "version",
        )

    def find(self, given, locked):
        keys = {int(key) for row in given if (key := _key(row["id"])).isdecimal() and len(key) < 18}
        who = self.known[Official]
        officials = {
            who[key].pk
            for row in given
            if isinstance(row["official"], str) and (key := row["official"].strip()) in who
        }
        found = {}
        for post in self._rows_of(models.Q(pk__in=keys) | models.Q(official__in=officials), locked):
            found[str(post.pk)] = post
            found[self._held(post)] = post
        return found

    def _held(self, post):
        return post.official.slug, post.organization.slug, post.title, post.starts_on

    def match(self, row):
        if key := _key(row["id"]):
            if key not in self.found:
                raise ValidationError(
                    {"id": _("No record has this key. Leave it empty for a new record.")}
                )
            return self.once(self.found[key])
        try:
            held = tuple(
                self.fields[name].clean(row, known=self.known)
                for name in ("official", "organization", "title", "starts_on")
            )
        except ValidationError:
            return None  # the row itself tells what is wrong with it
        found = self.found.get((held[0].slug, held[1].slug, *held[2:]))
        return found and self.once(found)


TABLES = {
    table._meta.model: table
    for table in (
        SourceTable,
        MeetingTable,
        RequestTable,
        CommitmentTable,
        RecommendationTable,
        UpdateTable,
        RemarkTable,
        FigureTable,
        OfficialTable,
        OrganizationTable,
        PostTable,
    )
}
