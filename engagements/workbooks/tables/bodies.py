"""Tables of people, organizations and posts: rows without a code, named by their address."""

import hashlib

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import cached_property

from provinces.models import Official, Organization, Post
from provinces.vietnamese import cleaned, slugify_vi

from ..keys import key_in
from .base import Table, no_such_key

SLUG_CHARACTERS = 115  # of one made of a name


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
        slug, name = key_in(row.values["slug"]), row.values.get(self.called)
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
            if isinstance(row.values.get("official"), str)
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
                raise no_such_key("id")
            return records[key]
        try:
            held = [self.by_name[name].clean(row.values.get(name), known) for name in self.held]
        except ValidationError:
            return None  # the row itself tells what is wrong with it
        return records.get(tuple(held))
