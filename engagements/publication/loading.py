"""Loader of YAML fixtures (fixtures/*.yaml): saves the register's files through the models.

Inserts only: a row that is there already, by its slug or by the identity that its file and key
give it, is left as staff have it. Everything or nothing: an error names the file and the row.
"""

import uuid
from decimal import Decimal, InvalidOperation
from pathlib import Path

import yaml
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist, ValidationError
from django.db import DatabaseError, connection, transaction

from engagements.edition.triggers import lock_register
from engagements.models import (
    Attendance,
    Commitment,
    Edition,
    Figure,
    Indicator,
    Meeting,
    ProvinceRequest,
    Recommendation,
    Remark,
    Source,
    StatusUpdate,
    Topic,
)
from engagements.models.base import EVIDENCE_FIELDS
from provinces.models import (
    Official,
    Organization,
    OrganizationSuccession,
    Post,
    Province,
    Succession,
    resolve_merge,
)

from .act import Act
from .checks import Refused
from .publishing import publish

# Of the keys in our files, from which records have their uid; it never changes.
FIXTURE_NAMESPACE = uuid.UUID("5ad6ca5c-0000-5000-8000-736174636121")
REFERENCE = ("provinces.yaml", "organizations.yaml", "topics.yaml", "indicators.yaml")
RECORD_SECTIONS = (
    ("cited", Source), ("requests", ProvinceRequest), ("commitments", Commitment),
    ("recommendations", Recommendation), ("remarks", Remark), ("figures", Figure),
    ("updates", StatusUpdate),
)  # fmt: skip


class BadRow(Exception):
    """A row that cannot be saved: which file, which row, why."""

    def __init__(self, file, row, reason):
        super().__init__(f"{file}: {row}: {reason}")


class Loader:
    """Loads files in the order given; `added` counts the new rows by model."""

    def __init__(self, author, publisher, say=lambda text: None):
        self.author, self.publisher, self.say = author, publisher, say
        self.added = {}
        self.file = self.row = ""
        self.keys = {}  # of the file being read: key → record

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
            if "source" in content:
                self.document(content)
            else:
                self.reference(content)
        except KeyError as error:
            raise self.bad_row(f"no field “{error.args[0]}”") from error
        except (AttributeError, TypeError, ValueError) as error:
            raise self.bad_row(f"a value of the wrong kind: {error}") from error

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
            yield dict(row)

    # -- rows

    def save(self, model, values, many=(), **identity):
        """The row that has this identity; a new one if there is none. Raises BadRow."""
        existing = model.objects.filter(**identity).first()
        if existing:
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
        self.added[model] = self.added.get(model, 0) + 1
        return row, True

    def get(self, model, slug):
        if slug is None:
            return None
        try:
            row = model.objects.get(slug=slug)
            return resolve_merge(row) if hasattr(row, "merged_into_id") else row
        except ObjectDoesNotExist as error:
            raise self.bad_row(f"no {model._meta.verbose_name} “{slug}”") from error

    def by_key(self, key):
        if key is None:
            return None
        if key not in self.keys:
            raise self.bad_row(f"no row with key “{key}” above this one")
        return self.keys[key]

    def check_fields(self, model, row, *beside):
        """Refuses fields that the model does not have: a misspelt one would be lost."""
        for name, value in row.items():
            if name in beside:
                continue
            if isinstance(value, list | dict):
                raise self.bad_row(f"the field “{name}” holds one value")
            try:
                model._meta.get_field(name)
            except FieldDoesNotExist as error:
                raise self.bad_row(f"unknown field “{name}”") from error

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
            self.save_by_slug(Organization, row)
        for row in self.rows(content, "topics"):
            self.save_by_slug(Topic, row)
        for row in self.rows(content, "indicators"):
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
            self.save(link, row, **identity)

    def save_by_slug(self, model, row):
        if isinstance(row.get("aliases"), list):
            row["aliases"] = "\n".join(row["aliases"])
        self.check_fields(model, row)
        return self.save(model, row, slug=row.get("slug"))

    # -- documents

    def document(self, content):
        known = {"source", "officials", "meetings", *(name for name, _model in RECORD_SECTIONS)}
        for section in set(content) - known:
            raise self.bad_row(f"unknown section “{section}”")
        self.keys = {}
        for row in self.rows({"source": [content["source"]]}, "source"):
            self.source = self.record(Source, row)
        for row in self.rows(content, "cited"):
            self.record(Source, row)
        for row in self.rows(content, "officials"):
            self.official(row)
        for row in self.rows(content, "meetings"):
            self.meeting(row)
        for section, model in RECORD_SECTIONS[1:]:
            for row in self.rows(content, section):
                self.record(model, row)
        self.publish()

    def official(self, row):
        posts = row.pop("posts", [])
        official = resolve_merge(self.save_by_slug(Official, row)[0])
        for post in posts:
            self.check_fields(Post, post)
            values = {
                **post,
                "official": official,
                "organization": self.get(Organization, post.get("organization")),
            }
            self.save(
                Post,
                values,
                official=official,
                organization=values["organization"],
                title=post.get("title"),
            )

    def evidence(self, row):
        evidence = row.pop("evidence", None) or {}
        for name in evidence:
            if name not in EVIDENCE_FIELDS:
                raise self.bad_row(f"unknown field of evidence “{name}”")
        evidence = dict(evidence)
        key = evidence.pop("source", None)
        return {**evidence, "source": self.by_key(key) if key else self.source}

    def record(self, model, row):
        key = row.pop("key", None)
        if not key:
            raise self.bad_row("a row has a key")
        if key in self.keys:
            raise self.bad_row(f"the key “{key}” is used twice")
        uid = uuid.uuid5(FIXTURE_NAMESPACE, f"{self.file}/{key}")
        many = []
        if model is Source:
            row["type"] = row.pop("kind", None)
        else:
            row |= self.evidence(row)
            row["meeting"] = self.by_key(row.pop("meeting", None))
            row["province"] = self.get(Province, row.pop("province", None))
            for name in ("raised_by", "said_by"):
                if name in row:
                    row[name] = self.get(Official, row[name])
            for name in ("lead", "current_lead", "addressed_to"):
                if name in row:
                    row[name] = self.get(Organization, row[name])
            if "topics" in row:
                many.append(("topics", [self.get(Topic, slug) for slug in row.pop("topics")]))
            if "supporting" in row:
                many.append(
                    ("supporting", [self.get(Organization, slug) for slug in row.pop("supporting")])
                )
            if "answers" in row:
                many.append(("answers", [self.by_key(answered) for answered in row.pop("answers")]))
            if model is Remark:
                row["type"] = row.pop("kind", None)
            if model is Figure:
                row["indicator"] = self.get(Indicator, row.get("indicator"))
                try:
                    row["value"] = Decimal(str(row.get("value")))
                except InvalidOperation as error:
                    raise self.bad_row(f"value: “{row.get('value')}” is not a number") from error
            if model is StatusUpdate:
                row |= {
                    name: self.by_key(row[name])
                    for name in ("request", "commitment", "recommendation")
                    if name in row
                }
                del row["meeting"], row["province"]
                if row.get("basis") == "staff":
                    row["source"] = None
        self.check_fields(model, row)
        self.keys[key], _new = self.save(model, {**row, "uid": uid}, many, uid=uid)
        return self.keys[key]

    def meeting(self, row):
        key = row.pop("key", None)
        if not key or key in self.keys:
            raise self.bad_row("a row has a key of its own")
        attendances = row.pop("attendances", [])
        many = [
            ("provinces", [self.get(Province, slug) for slug in row.pop("provinces", [])]),
            ("topics", [self.get(Topic, slug) for slug in row.pop("topics", [])]),
            ("cited", [self.by_key(cited) for cited in row.pop("cites", [])]),
        ]
        row |= self.evidence(row)
        row["ministry"] = self.get(Organization, row.get("ministry"))
        row["follows"] = self.by_key(row.get("follows"))
        row["uid"] = uuid.uuid5(FIXTURE_NAMESPACE, f"{self.file}/{key}")
        self.check_fields(Meeting, row)
        self.keys[key], new = self.save(Meeting, row, many, uid=row["uid"])
        outer = self.row
        for attendance in attendances if new else []:
            self.row = f"{outer} attendance {attendance.get('official')}"
            values = {**attendance, **self.evidence(attendance)}
            values.pop("evidence", None)
            values["meeting"] = self.keys[key]
            values["official"] = self.get(Official, values.get("official"))
            values["organization"] = self.get(Organization, values.get("organization"))
            self.check_fields(Attendance, values)
            self.save(Attendance, values, meeting=values["meeting"], official=values["official"])

    def publish(self):
        """In document order, so that codes are alike in every clone; staff's drafts stay drafts.

        One act a file: however its records name each other, each is issued once.
        """
        lock_register(connection)
        act = Act()
        for key, record in self.keys.items():
            if (
                record.published_version is None
                and record.state == "draft"
                and self.is_ours(record)
            ):
                self.row = key
                try:
                    publish(record, by=self.publisher, act=act)
                except Refused as refusal:
                    raise self.bad_row(refusal) from refusal
        act.carry_out()

    def is_ours(self, record):
        """Loaded just now: a draft that staff have touched waits for staff."""
        return record.updated_by_id == self.author.pk and record.version == 1


def account(name):
    """A disabled account under which files are entered or published."""
    user, new = get_user_model().objects.get_or_create(
        username=name, defaults={"is_active": False, "is_staff": False}
    )
    if new:
        user.set_unusable_password()
        user.save()
    return user


def load(paths, say=lambda text: None):
    """Loads the files under the two disabled accounts; returns how many rows were new, by model."""
    loader = Loader(account("tep-nhap"), account("tep-cong-bo"), say)
    loader.load(paths)
    if loader.added and connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # a fresh load leaves the planner without figures
            cursor.execute(f"ANALYZE {Edition._meta.db_table}")
    return loader.added
