"""YAML fixtures as such, and the reference data among them: rows cleaned, checked, saved by slug.

Inserts only: a row that is there already is left as staff have it. An error names file and row.
"""

from decimal import InvalidOperation
from pathlib import Path

import yaml
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist, ValidationError
from django.db import DatabaseError, transaction

from engagements.reference import Indicator, Topic
from provinces.models import (
    REFERENCE_KINDS,
    Organization,
    OrganizationSuccession,
    Province,
    Succession,
    resolve_merge,
)
from provinces.vietnamese import clean, refuse_nothing

from .indicators import accept

REFERENCE = ("provinces.yaml", "organizations.yaml", "topics.yaml", "indicators.yaml")


class BadRow(Exception):
    """A row that cannot be saved: which file, which row, why."""

    def __init__(self, file, row, reason):
        super().__init__(f"{file}: {row}: {reason}")


class FileLoader:
    """Loads files in the order given; `added` counts the new rows by model.

    It knows reference data; documents are loading.Loader's.
    """

    def __init__(self, author, say=lambda text: None):
        self.author, self.say = author, say
        self.added = {}
        self.file = self.row = ""

    # -- files

    def load(self, paths):
        """Everything or nothing. Raises BadRow."""
        with transaction.atomic():
            for path in paths:
                self.read(Path(path))

    def read(self, path):
        self.file, self.row = path.name, "-"
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, ValueError) as error:  # ValueError: bad encoding, 30 February
            raise self.bad_row(f"not a YAML file: {error}") from error
        if not isinstance(content, dict):
            raise self.bad_row("the file is not a mapping of sections")
        self.say(path.name)
        try:
            self.content(content)
        except KeyError as error:
            raise self.bad_row(f"no field “{error.args[0]}”") from error
        except (AttributeError, TypeError, ValueError) as error:
            raise self.bad_row(f"a value of the wrong kind: {error}") from error

    def content(self, content):
        """What stands in a file, by section."""
        self.reference(content)

    def bad_row(self, reason):
        if isinstance(reason, ValidationError):
            reason = "; ".join(
                f"{name}: {' '.join(messages)}" if name != "__all__" else " ".join(messages)
                for name, messages in getattr(
                    reason, "message_dict", {"__all__": reason.messages}
                ).items()
            )
        return BadRow(self.file, self.row, reason)

    def rows(self, content, section):
        self.row = section
        entries = content.get(section) or []
        if not isinstance(entries, list):
            raise self.bad_row("a section is a list of rows")
        for number, row in enumerate(entries, start=1):
            if not isinstance(row, dict):
                self.row = f"{section}[{number}]"
                raise self.bad_row("a row is a mapping of fields")
            name = (
                row.get("key")
                or row.get("slug")
                or row.get("official")
                or row.get("predecessor")
                or ""
            )
            self.row = f"{section}[{number}] {name}".strip()
            yield self.cleaned(row)

    def cleaned(self, row, path=""):
        """The row with its texts cleaned; says where something was dropped or converted."""
        if isinstance(row, dict):
            as_it_is = {"text"} & set(row) if row.get("sha256") else ()  # it has that fingerprint
            kept = {name: row[name] for name in as_it_is}
            parts = ((name, self.cleaned(part, f"{path} {name}")) for name, part in row.items())
            return dict(parts) | kept
        if isinstance(row, list):
            return [self.cleaned(part, path) for part in row]
        if not isinstance(row, str):
            return row
        text, notes = clean(row)
        try:
            refuse_nothing(notes)
        except ValidationError as error:
            raise self.bad_row(f"{path.strip()}: {error.messages[0]}") from error
        for note in notes:
            self.say(f"{self.file}: {self.row}:{path}: {note}")
        return text

    # -- rows

    def save(self, model, values, many=(), **identity):
        """The row that has this identity; a new one if there is none. Raises BadRow."""
        existing = model.objects.filter(**identity).first()
        if existing:
            self.keep(existing, values, many)
            return existing, False
        try:
            row = model(**values)
            if hasattr(row, "created_by_id"):
                row.created_by = row.updated_by = self.author
            row._history_user = self.author
            row.full_clean()
            with transaction.atomic():
                row.save()
            for name, others in many:
                getattr(row, name).set(others)
        except ValidationError as error:
            raise self.bad_row(error) from error
        except (TypeError, ValueError, DatabaseError, InvalidOperation) as error:
            raise self.bad_row(error) from error
        self.count(model)
        return row, True

    def count(self, model):
        self.added[model] = self.added.get(model, 0) + 1

    def keep(self, existing, values, many):
        """A row that is there already stays as staff have it."""

    def get(self, model, slug):
        if slug is None:
            return None
        try:
            row = model.objects.get(slug=slug)
            return resolve_merge(row) if hasattr(row, "merged_into_id") else row
        except ObjectDoesNotExist as error:
            raise self.bad_row(f"no {model._meta.verbose_name} “{slug}”") from error

    def check_fields(self, model, row, *beside):
        """Refuses fields that the model does not have: a misspelt one would be lost."""
        for name, value in row.items():
            if name in beside:
                continue
            try:
                model._meta.get_field(name)
            except FieldDoesNotExist as error:
                raise self.bad_row(f"unknown field “{name}”") from error
            if isinstance(value, list | dict):
                raise self.bad_row(f"the field “{name}” holds one value")

    # -- reference data

    def reference(self, content):
        known = {"provinces", "organizations", "topics", "indicators", "successions"}
        for section in set(content) - known:
            raise self.bad_row(f"unknown section “{section}”")
        for row in self.rows(content, "provinces"):
            self.save_by_slug(Province, row)
        for row in self.rows(content, "organizations"):
            row["parent"] = self.get(Organization, row.pop("parent", None))
            row["province"] = self.get(Province, row.pop("province", None))
            self.organization(row)
        for row in self.rows(content, "topics"):
            self.save_by_slug(Topic, row)
        for row in self.rows(content, "indicators"):
            self.accept_proposed(row.get("slug"))
            self.save_by_slug(Indicator, row)
        unit, link = (
            (Province, Succession)
            if "provinces" in content
            else (Organization, OrganizationSuccession)
        )
        for row in self.rows(content, "successions"):
            self.check_fields(link, row)
            row["predecessor"] = self.get(unit, row["predecessor"])
            row["successor"] = self.get(unit, row["successor"])
            identity = {name: row[name] for name in ("predecessor", "successor")}
            if "field" in row:
                identity["field"] = row["field"]
            if link is Succession:
                self.save(link, row, **identity)
            else:
                self.succession(row, identity)

    def accept_proposed(self, slug):
        """An indicator of a file is reference data, though an editor has proposed it since."""
        indicator = Indicator.objects.proposed().filter(slug=slug).first()
        if indicator is not None:
            accept(indicator, by=self.author)

    def succession(self, row, identity):
        """Who took over the rest is for staff to say: theirs stands before the file's."""
        said = OrganizationSuccession.objects.filter(
            predecessor=row["predecessor"], is_principal=True
        )
        if said.exclude(**identity).exists():
            row["is_principal"] = False
        self.save(OrganizationSuccession, row, **identity)

    def organization(self, row):
        """A ministry or People's Committee is of the reference data from then on.

        One that is there is marked as such; nothing else of it changes.
        """
        if row.get("kind") in REFERENCE_KINDS:
            row["is_reference"] = True
            self.mark_as_reference(row.get("slug"))
        self.save_by_slug(Organization, row)

    def mark_as_reference(self, slug):
        rows = Organization.objects.filter(is_reference=False, kind__in=REFERENCE_KINDS)
        organization = rows.filter(slug=slug).first()
        if organization is None:
            return
        organization.is_reference, organization._history_user = True, self.author
        try:
            organization.full_clean()
        except ValidationError as error:
            self.say(f"{self.row}: left as staff have it: {' '.join(error.messages)}")
        else:
            organization.save()

    def save_by_slug(self, model, row):
        if isinstance(row.get("aliases"), list):
            row["aliases"] = "\n".join(row["aliases"])
        self.check_fields(model, row)
        return self.save(model, row, slug=row.get("slug"))
