"""Table of the register as a sheet of a workbook: its columns, and which record a row is.

Records have codes and, as drafts, UUIDs; people and organizations have an address (slug); a post is
known by who holds it, where, as what and since when.
"""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from engagements.models import Source
from engagements.roles import BELONGS_TO

from ..columns import KeyColumn, RecordColumn, column_for
from ..keys import key_in, uuid_of

PROVED = ("source", "paragraph", "quote")
EVIDENCE = (*PROVED, "is_inferred", "inference")


class Table:
    """A table of the register as the first sheet of a workbook.

    Its columns are what names a row, what a file may change, what is shown alone, and a version.
    """

    model = None
    names_it = ()
    fields = ()
    reading = ()

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


def no_such_key(column):
    return ValidationError({column: _("No record has this key. Leave it empty for a new record.")})


class RecordTable(Table):
    """Records, named by their code, as drafts by their key."""

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
                    raise no_such_key(column)
                matches[records[key].pk] = records[key]
        if len(matches) > 1:
            raise ValidationError({"uid": _("Code and key are of two records.")})
        return next(iter(matches.values())) if matches else records.get(str(row.uid))

    def new(self, row):
        return self.model(uid=row.uid)
