"""Tables that go out to a workbook and come back: their columns, and which record a row is.

Records have codes and, as drafts, UUIDs; people and organizations have an address (slug); a post is
known by who holds it, where, as what and since when.
"""

import hashlib
from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from engagements.deadlines import read_deadline
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
from engagements.roles import BELONGS_TO
from provinces.models import Official, Organization, Post
from provinces.vietnamese import cleaned, slugify_vi

from . import cells
from .columns import KeyColumn, RecordColumn, column_for
from .keys import key_in, uuid_of

SLUG_CHARACTERS = 115  # of one made of a name

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
    "is_ongoing",
    "is_general",
    "last_checked_on",
    "completion_criteria",
    *EVIDENCE,
    "internal_note",
)
STATUS = ("state", "status", "completed_on")


class Table:
    """A table of the register as the first sheet of a workbook.

    Its columns are what names a row, what a file may change, what is shown alone, and a version.
    """

    model = None
    names_it = ()
    fields = ()
    reading = ()
    optional = ("is_ongoing",)  # written columns that workbooks of earlier releases do not have

    # -- columns

    @property
    def names(self):
        return (*self.names_it, *self.fields, *self.reading, "version")

    @cached_property
    def columns(self):
        return [self.column(name) for name in self.names]

    def column(self, name):
        if name == "version":
            return KeyColumn(name, gettext_lazy("version"), self.version_of)
        is_written = name not in (*self.reading, *self.names_it)
        return column_for(self.model._meta.get_field(name), is_written)

    @cached_property
    def by_name(self):
        return {column.name: column for column in self.columns}

    @cached_property
    def written(self):
        return [column for column in self.columns if column.is_written]

    @property
    def headings(self):
        """{machine name: headings in every language, the reader's first}."""
        headings = {column.name: [column.heading] for column in self.columns}
        for language in ("vi", "en"):
            with override(language):
                for column in self.columns:
                    headings[column.name].append(column.heading)
        return headings

    @property
    def needed(self):
        """Columns that a file must have: all that could be changed by it, and what names a row."""
        return [name for name in self.names if name not in (*self.reading, *self.optional)]

    # -- out

    def related(self, queryset):
        """With what the rows name and belong to; each record once, whatever the number of rows."""
        names = [column.name for column in self.columns if isinstance(column, RecordColumn)]
        owned = [path.rpartition("__")[0] for path in BELONGS_TO.get(self.model, ())]
        names += [path for path in dict.fromkeys(owned) if path and path not in names]
        rows = [
            models.Prefetch(name, Source.objects.defer("text"))
            if name in ("source", "cited")
            else name
            for name in names
        ]
        return queryset.select_related(None).prefetch_related(*rows)

    def values_of(self, record):
        """{machine name: what its cell holds} of a record."""
        return {column.name: column.value_of(record) for column in self.columns}

    def version_of(self, record):
        """What shows whether a record was changed since it was exported."""
        raise NotImplementedError  # abstract: records count theirs, people have none

    # -- in: which record a row of a file is

    def find(self, rows, known, lock):
        """{key: record} of those that rows of a file may be about, read together.

        `known` are the records that they name in other columns: {model: {key: record}}.
        """
        raise NotImplementedError  # abstract, as above

    def match(self, row, records, known):
        """The record of ours that a row of the file is; None for a new one."""
        raise NotImplementedError  # abstract, as above

    def new(self, row):
        """The record that a row makes."""
        return self.model()

    def complete(self, row, known):
        """Fills empty cells of a row that others of it tell, with a warning of what was read."""

    def doubts(self, record):
        """What a person should look at before the record is written."""
        return []

    def matching(self, rule, lock):
        rows = self.related(self.model.objects.filter(rule).order_by("pk"))
        return rows.select_for_update(of=("self",), no_key=True) if lock else rows


def _no_such_key(column):
    return ValidationError({column: _("No record has this key. Leave it empty for a new record.")})


# -- records: named by their code, as drafts by their key


class RecordTable(Table):
    names_it = ("code", "uid")
    reading = ("state",)

    def column(self, name):
        if name == "uid":
            return KeyColumn(name, gettext_lazy("key of a draft"), self.uid_of)
        return super().column(name)

    def uid_of(self, record):
        return "" if record.code else str(record.uid)

    def version_of(self, record):
        return record.version

    def find(self, rows, known, lock):
        codes, uids = set(), set()
        for row in rows:
            codes.add(key_in(row.values["code"]))
            uids |= {str(row.uid), uuid_of(key_in(row.values["uid"]))}
        rule = models.Q(code__in=codes - {""}) | models.Q(uid__in=uids - {None})
        records = {}
        for record in self.matching(rule, lock):
            records[str(record.uid)] = record
            if record.code:
                records[record.code] = record
        return records

    def match(self, row, records, known):
        code, uid = key_in(row.values["code"]), key_in(row.values["uid"])
        keys = {"code": code, "uid": uuid_of(uid) if uid else ""}
        matches = {}
        for column, key in keys.items():
            if key != "":
                if key not in records:
                    raise _no_such_key(column)
                matches[records[key].pk] = records[key]
        if len(matches) > 1:
            raise ValidationError({"uid": _("Code and key are of two records.")})
        return next(iter(matches.values())) if matches else records.get(str(row.uid))

    def new(self, row):
        return self.model(uid=row.uid)


class SourceTable(RecordTable):
    model = Source
    fields = (
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
    model = Meeting
    fields = (
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


class DueTable(RecordTable):
    """Records that have a deadline: cells left empty are read from its words, and shown."""

    def complete(self, row, known):
        day_name, words_name = self.model.due_fields
        words = row.values[words_name]
        if words in (None, ""):
            return
        try:
            reading = read_deadline(cells.text_of(words), self.told_on(row, known))
        except ValidationError:  # a date or a time: the column tells of it
            return
        if reading.is_ongoing and row.values.get("is_ongoing") in (None, ""):
            self._fill(row, "is_ongoing", True, _("“%(words)s” is read as ongoing."), reading)
        names = (words_name, day_name)
        is_untouched = all(cells.same(row.values[name], row.before.get(name, "")) for name in names)
        if row.values[day_name] not in (None, "") or is_untouched:
            return
        if reading.due_on:
            text = "" if reading.is_stated else _("“%(words)s” is read as %(day)s: %(why)s.")
            self._fill(row, day_name, reading.due_on, text, reading)
        elif reading.problem:
            text = _("“%(words)s”: %(why)s. It is kept without a day.")
            row.warnings.append(text % self._told(reading))
        elif not reading.is_understood:
            text = _("“%(words)s” tells no day that is understood here. It is kept without a day.")
            row.warnings.append(text % self._told(reading))

    def _fill(self, row, name, value, text, reading):
        """Puts what was read into an empty cell, with a warning where it is news."""
        row.values[name] = value
        written = self.by_name[name].render(value) if value is True else value
        if text and not cells.same(written, row.before.get(name, "")):
            row.warnings.append(text % self._told(reading))

    def _told(self, reading):
        day = cells.shown(reading.due_on)
        return {"words": reading.words, "why": reading.why, "day": day}

    def doubts(self, record):
        day, session_day = getattr(record, self.model.due_fields[0]), record.session_day
        if day and session_day and day < session_day:
            given = {"day": cells.shown(day), "session": cells.shown(session_day)}
            return [_("%(day)s is before the session (%(session)s).") % given]
        return []


class FollowUpTable(DueTable):
    reading = STATUS

    def told_on(self, row, known):
        """The day of the session that the row names; None if it names none."""
        key = row.values["meeting"]
        meeting = known[Meeting].get(key.strip()) if isinstance(key, str) else None
        return meeting and (meeting.held_on or meeting.planned_from)


class RequestTable(FollowUpTable):
    model = ProvinceRequest
    fields = (*ProvinceRequest.own_fields(), *FOLLOWED)


class CommitmentTable(FollowUpTable):
    model = Commitment
    fields = ("answers", *Commitment.own_fields(), *FOLLOWED)


class RecommendationTable(FollowUpTable):
    model = Recommendation
    fields = ("answers", *Recommendation.own_fields(), *FOLLOWED)


class UpdateTable(DueTable):
    model = StatusUpdate
    fields = (
        *TARGETS,
        "happened_on",
        "status",
        "completed_on",
        "answer",
        "response",
        "passed_to",
        "corrects",
        "voice",
        "basis",
        "new_due_on",
        "new_due_text",
        "is_ongoing",
        "next_step",
        "next_on",
        "next_by",
        "text",
        *EVIDENCE,
        "internal_note",
    )

    def told_on(self, row, known):
        """The day of the news."""
        day = cells.plain_value(row.values["happened_on"])
        return day if isinstance(day, date) else None


class RemarkTable(RecordTable):
    model = Remark
    fields = (
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
    model = Figure
    fields = (
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


# -- people and organizations: named by their address


class UnversionedTable(Table):
    """Rows without a version of their own: what they hold stands for it."""

    def version_of(self, record):
        held = [str(getattr(record, name)) for name in self._attributes]
        return hashlib.sha256(repr(held).encode()).hexdigest()[:12]

    @cached_property
    def _attributes(self):
        return [column.field.attname for column in self.written]


class SluggedTable(UnversionedTable):
    names_it = ("slug",)
    called = "name"  # the column of the name that makes a new address

    def find(self, rows, known, lock):
        rule = models.Q(slug__in={self.slug_of(row) for row in rows} - {""})
        return {record.slug: record for record in self.matching(rule, lock)}

    def slug_of(self, row):
        """Its address, or that which its name makes: a namesake is not added unseen."""
        slug, name = key_in(row.values["slug"]), row.values[self.called]
        if slug or not isinstance(name, str):
            return slug
        return slugify_vi(cleaned(name))[:SLUG_CHARACTERS].strip("-")

    def match(self, row, records, known):
        return records.get(self.slug_of(row))

    def new(self, row):
        return self.model(slug=self.slug_of(row))


class OfficialTable(SluggedTable):
    model = Official
    called = "full_name"
    fields = ("full_name", "note")


class OrganizationTable(SluggedTable):
    model = Organization
    fields = (
        "name",
        "name_en",
        "short_name",
        "kind",
        "parent",
        "province",
        "established_on",
        "ceased_on",
        "aliases",
        "note",
    )


class PostTable(UnversionedTable):
    """An office held: named by its number, or by who held it, where, as what and since when."""

    model = Post
    names_it = ("id",)
    fields = ("official", "organization", "title", "starts_on", "ends_on", "proof")
    held = ("official", "organization", "title", "starts_on")

    def find(self, rows, known, lock):
        keys = {key_in(row.values["id"]) for row in rows}
        numbers = {int(key) for key in keys if key.isdecimal() and len(key) < 18}
        people = known[Official]
        holders = {
            people[key].pk
            for row in rows
            if isinstance(row.values["official"], str)
            and (key := row.values["official"].strip()) in people
        }
        rule = models.Q(pk__in=numbers) | models.Q(official__in=holders)
        records = {}
        for post in self.matching(rule, lock):
            records[str(post.pk)] = post
            records[tuple(getattr(post, name) for name in self.held)] = post
        return records

    def match(self, row, records, known):
        if key := key_in(row.values["id"]):
            if key not in records:
                raise _no_such_key("id")
            return records[key]
        try:
            held = [self.by_name[name].clean(row.values[name], known) for name in self.held]
        except ValidationError:
            return None  # the row itself tells what is wrong with it
        return records.get(tuple(held))


TABLES = {
    table.model: table()
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
