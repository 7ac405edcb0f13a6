"""Loader of documents in YAML fixtures (fixtures/*.yaml): their records saved through the models.

Inserts only: a row that is there already, by its slug or by the identity that its file and key
give it, is left as staff have it; upgrading.py brings such rows to what the files say now.
Everything or nothing: an error names the file and the row.
"""

import re
import uuid
from decimal import Decimal, InvalidOperation

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from engagements.edition.triggers import lock_register
from engagements.models import (
    Answering,
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
from engagements.models.answering import ANSWERED
from engagements.models.base import EVIDENCE_FIELDS, State
from engagements.words import RemarkKind
from provinces.models import (
    Official,
    Organization,
    Post,
    Province,
    resolve_merge,
)

from .act import Act
from .checks import Refused
from .issuing import skip_numbers
from .kinds import PUBLISHED_IN_ORDER, REGISTER
from .links import key_of
from .publishing import publish_in
from .reference_loading import FileLoader

# Of the keys in our files, from which records have their uid; it never changes.
FIXTURE_NAMESPACE = uuid.UUID("5ad6ca5c-0000-5000-8000-736174636121")
ITEM_SECTIONS = (
    ("requests", ProvinceRequest), ("commitments", Commitment),
    ("recommendations", Recommendation), ("remarks", Remark), ("figures", Figure),
)  # fmt: skip
RECORD_SECTIONS = (("cited", Source), *ITEM_SECTIONS, ("updates", StatusUpdate))
SECTIONS = {"source": Source, "meetings": Meeting, **dict(RECORD_SECTIONS)}  # that hold records
OFFICIALS = ("raised_by", "said_by")
ORGANIZATIONS = ("lead", "current_lead", "addressed_to", "passed_to", "next_by")
KEYS = ("request", "commitment", "recommendation", "asks_again", "corrects")  # of other rows
# What answers, as a row of Answering names it.
ANSWERS_AS = {
    Commitment: "commitment", Recommendation: "recommendation", Remark: "explanation",
    Meeting: "session",
}  # fmt: skip
# What a row says of other rows, which may stand below it.
LINKS = dict.fromkeys(ANSWERS_AS, ("answers",)) | {Commitment: ("answers", "supports")}


class Loader(FileLoader):
    """Loads files of reference data and of documents; what is new of these is published."""

    def __init__(self, author, publisher, say=lambda text: None):
        super().__init__(author, say)
        self.publisher = publisher
        self.keys = {}  # of the file being read: key → record
        self.rows_of = {}  # of the file being read: key → how errors name its row
        self.asked = {}  # of the file being read: key → what it is, as Answering names it
        self.links = []  # of the file being read: (record, row, what it answers…, is it new)
        self.codes = {}  # of all files: code → file and row
        self.retired_codes = set()  # those among them that no living row has

    def content(self, content):
        if "source" in content:
            self.document(content)
        else:
            self.reference(content)

    def by_key(self, key):
        if key is None:
            return None
        if key not in self.keys:
            raise self.bad_row(f"no row with key “{key}” above this one")
        return self.keys[key]

    def document(self, content):
        for section in set(content) - {"officials", "retired", *SECTIONS}:
            raise self.bad_row(f"unknown section “{section}”")
        self.keys, self.rows_of, self.asked, self.links = {}, {}, {}, []
        for row in self.rows({"source": [content["source"]]}, "source"):
            self.source = self.record(Source, row)
        for row in self.rows(content, "cited"):
            self.record(Source, row)
        for row in self.rows(content, "officials"):
            self.official(row)
        for row in self.rows(content, "meetings"):
            self.meeting(row)
        for section, model in ITEM_SECTIONS:
            for row in self.rows(content, section):
                self.record(model, row)
        for link in self.links:
            self.link(*link)
        for row in self.rows(content, "updates"):
            self.record(StatusUpdate, row)
        retired = [self.retired(row) for row in self.rows(content, "retired")]
        self.save_edits()
        self.publish(retired)

    def save_edits(self):
        """Rows that were there already are not edited here."""

    def retired(self, row):
        """A row that was wrong: its number is taken for ever. Returns its model, key and note."""
        section, key, reason = row.pop("section"), row.pop("key"), row.pop("reason")
        if section not in SECTIONS or SECTIONS[section] is Meeting:
            raise self.bad_row(f"no records with codes in a section “{section}”")
        if key in self.keys:
            raise self.bad_row(f"the key “{key}” is that of a living row")
        if not reason:
            raise self.bad_row("what is retired says why")
        code, instead = row.pop("code"), row.pop("instead", None) or []
        self.take_code(SECTIONS[section], code)
        self.retired_codes.add(code)
        instead = instead if isinstance(instead, list) else [instead]
        for other in instead:
            if other not in self.codes or other in self.retired_codes:
                raise self.bad_row(f"no row with code “{other}” to stand instead")
        for name in row:
            raise self.bad_row(f"unknown field “{name}”")
        return self.row, SECTIONS[section], key, f"{reason} → {', '.join(instead)}".rstrip(" →")

    def take_code(self, model, code):
        """Notes the code of a row, which no other row of the files has. Raises BadRow."""
        prefix = REGISTER[model.kind].read.prefix
        if not isinstance(code, str) or not re.fullmatch(rf"{prefix}-[1-9][0-9]{{0,8}}", code):
            raise self.bad_row(f"code: “{code}” is not like {prefix}-1")
        if code in self.codes:
            raise self.bad_row(f"the code “{code}” is that of {self.codes[code]} too")
        self.codes[code] = f"{self.file}: {self.row}"

    def check_free(self, model, code, uid):
        """A new row takes a code that no record of the register has or had. Raises BadRow."""
        other = model.objects.filter(code=code).exclude(uid=uid).first()
        if other is not None:
            raise self.bad_row(f"another record has the code “{code}”: {other}")
        if Edition.objects.filter(kind=model.kind, code=code).exists():
            raise self.bad_row(f"another record was published under the code “{code}”")

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

    def uid_of(self, key):
        return uuid.uuid5(FIXTURE_NAMESPACE, f"{self.file}/{key}")

    def record(self, model, row):
        key = row.pop("key", None)
        if not key:
            raise self.bad_row("a row has a key")
        if key in self.keys:
            raise self.bad_row(f"the key “{key}” is used twice")
        uid = self.uid_of(key)
        code = row.pop("code", None)
        if code is not None:
            self.take_code(model, code)
        links = {name: row.pop(name) for name in LINKS.get(model, ()) if name in row}
        many = []
        if model is Source:
            row["type"] = row.pop("kind", None)
        else:
            row |= self.evidence(row)
            row["meeting"] = self.by_key(row.pop("meeting", None))
            row["province"] = self.get(Province, row.pop("province", None))
            row |= {name: self.get(Official, row[name]) for name in OFFICIALS if name in row}
            row |= {
                name: self.get(Organization, row[name]) for name in ORGANIZATIONS if name in row
            }
            row |= {name: self.by_key(row[name]) for name in KEYS if name in row}
            if "topics" in row:
                many.append(("topics", [self.get(Topic, slug) for slug in row.pop("topics")]))
            if "supporting" in row:
                many.append(
                    ("supporting", [self.get(Organization, slug) for slug in row.pop("supporting")])
                )
            if model is Remark:
                row["type"] = row.pop("kind", None)
                if links and row["type"] != RemarkKind.EXPLANATION:
                    raise self.bad_row("of remarks only an explanation answers")
                if row["type"] == RemarkKind.QUESTION:
                    self.asked[key] = "question"
            if model is ProvinceRequest:
                self.asked[key] = "request"
            if model is Figure:
                row["indicator"] = self.get(Indicator, row.get("indicator"))
                try:
                    row["value"] = Decimal(str(row.get("value")))
                except InvalidOperation as error:
                    raise self.bad_row(f"value: “{row.get('value')}” is not a number") from error
            if model is StatusUpdate:
                del row["meeting"], row["province"]
                if row.get("basis") == "staff":
                    row["source"] = None
                if "takes_back" in row:
                    row["takes_back"] = self.answering(row.get("request"), row["takes_back"])
        self.check_fields(model, row)
        values = row | {"uid": uid}
        if code is not None and not model.objects.filter(uid=uid).exists():
            self.check_free(model, code, uid)
            values["code"] = code  # the draft bears it from the first: publication keeps it
        record, new = self.save(model, values, many, uid=uid)
        return self.keep_key(key, record, new, links)

    def keep_key(self, key, record, new, links):
        self.keys[key], self.rows_of[key] = record, self.row
        self.links.append((record, self.row, links, new))
        return record

    def meeting(self, row):
        key = row.pop("key", None)
        if not key or key in self.keys:
            raise self.bad_row("a row has a key of its own")
        if "code" in row:
            raise self.bad_row("a session has no code, its address is one")
        attendances = row.pop("attendances", [])
        links = {name: row.pop(name) for name in LINKS[Meeting] if name in row}
        many = [
            ("provinces", [self.get(Province, slug) for slug in row.pop("provinces", [])]),
            ("topics", [self.get(Topic, slug) for slug in row.pop("topics", [])]),
            ("cited", [self.by_key(cited) for cited in row.pop("cites", [])]),
        ]
        row |= self.evidence(row)
        row["ministry"] = self.get(Organization, row.get("ministry"))
        row["follows"] = self.by_key(row.get("follows"))
        row["uid"] = self.uid_of(key)
        self.check_fields(Meeting, row)
        record, new = self.save(Meeting, row, many, uid=row["uid"])
        self.keep_key(key, record, new, links)
        outer, seats = self.row, []
        for attendance in attendances:
            self.row = f"{outer} attendance {attendance.get('official')}"
            values = {**attendance, **self.evidence(attendance)}
            values.pop("evidence", None)
            values["meeting"] = record
            values["official"] = self.get(Official, values.get("official"))
            values["organization"] = self.get(Organization, values.get("organization"))
            self.check_fields(Attendance, values)
            seats.append((self.row, values))
        self.parts(record, Attendance, seats, "meeting", ("official",), new)
        self.row = outer

    # -- what records answer and support; other parts of them

    def link(self, record, row, links, new):
        """Once every row has its record: an answer may stand before what it answers."""
        self.row = row
        if type(record) in ANSWERS_AS:
            name = ANSWERS_AS[type(record)]
            answers = links.get("answers", [])
            rows = [(row, {name: record, **self.answered(answer)}) for answer in answers]
            self.parts(record, Answering, rows, name, ANSWERED, new)
        if isinstance(record, Commitment):
            supported = [self.by_key(key) for key in links.get("supports", [])]
            if not all(isinstance(advice, Recommendation) for advice in supported):
                raise self.bad_row("what is supported is advice")
            self.support(record, supported, new)

    def answered(self, answer):
        """Values of a row of Answering: from a key, or from a mapping with mark and reason."""
        if not isinstance(answer, dict):
            answer = {self.asked.get(answer, "question"): answer}
        values = dict(answer)
        for name in ANSWERED:
            if name in values:
                key, values[name] = values[name], self.by_key(values[name])
                if self.asked.get(key) != name:
                    raise self.bad_row(f"it answers what is no {name}: {values[name]}")
        self.check_fields(Answering, values)
        return values

    def answering(self, request, key):
        """The row that links an answer, by its key, to a request."""
        answer = self.by_key(key)
        name = ANSWERS_AS.get(type(answer))
        row = name and Answering.objects.filter(request=request, **{name: answer}).first()
        if row is None:
            raise self.bad_row(f"takes_back: “{key}” does not answer that request")
        return row

    def support(self, record, advice, new):
        if new:
            record._history_user = self.author
            record.supports.set(advice)

    def parts(self, record, model, rows, owner, identity, new):
        """Rows that are published with a record, of a new one alone: (how it is named, values).

        `owner` is the column that names the record, `identity` those that tell its parts apart.
        """
        for self.row, values in rows if new else []:
            names = {name: values.get(name) for name in identity}
            if model.objects.filter(**{owner: record}, **names).exists():
                raise self.bad_row(f"it stands there twice: {list(filter(None, names.values()))}")
            self.save_part(model(**values))

    def save_part(self, part):
        part._history_user = self.author
        try:
            part.full_clean()
            with transaction.atomic():
                part.save()
        except (ValidationError, TypeError, ValueError, DatabaseError) as error:
            raise self.bad_row(error) from error
        self.count(type(part))

    # -- publishing

    def publish(self, retired):
        """In document order; staff's drafts stay drafts, and what another rests on goes before it.

        One act a file: however its records name each other, each is issued once.
        """
        lock_register(connection)
        self.skip_codes()
        act, keys = Act(), {key_of(record): key for key, record in self.keys.items()}
        records = [self.keys[key] for key in self.in_order()]
        try:
            publish_in(act, [*filter(self.goes_out, records)], by=self.publisher)
        except Refused as refusal:
            self.row = self.rows_of[keys[key_of(refusal.record)]]
            raise self.bad_row(refusal) from refusal
        self.retire(retired, act)
        act.carry_out()

    def goes_out(self, record):
        is_new = record.published_version is None and record.state == State.DRAFT
        return is_new and self.is_ours(record)

    def skip_codes(self):
        """No code of the files is given to another record, retired ones included."""
        for model in dict.fromkeys(SECTIONS.values()):
            prefix = f"{REGISTER[model.kind].read.prefix}-"
            taken = [int(code.removeprefix(prefix)) for code in self.codes if code[:3] == prefix]
            if taken and model is not Meeting:
                skip_numbers(model.kind, max(taken))

    def in_order(self):
        """Keys by kind and as their rows stand, but each after what must be public before it."""
        keys = {key_of(record): key for key, record in self.keys.items()}
        ordered = {}

        def visit(key):
            if key is None or key in ordered:
                return
            record = self.keys[key]
            if record.published_version is None:
                for needed in REGISTER[record.kind].goes_first(record):
                    visit(keys.get(key_of(needed)))
            ordered[key] = True

        for model in PUBLISHED_IN_ORDER:
            for key, record in self.keys.items():
                if type(record) is model:
                    visit(key)
        return ordered

    def retire(self, retired, act):
        """Where rows are only inserted, what was retired since stays."""

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
    renew_statistics(loader.added)
    return loader.added


def renew_statistics(added):
    """A fresh load leaves PostgreSQL's planner without figures."""
    if added and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {Edition._meta.db_table}")
