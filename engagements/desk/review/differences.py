"""Difference between the edition that the public reads and the register, with the proof beside.

Field by field, in a person's words: what publication would change.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache

from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from engagements.deadlines import FIRST_COLUMNS
from engagements.desk.history import Change, Piece, StateWords, differing, states_now, told_fields
from engagements.edition.models import Edition
from engagements.models import (
    Answering,
    Attendance,
    ProvinceRequest,
    Remark,
    Source,
    Topic,
)
from engagements.models.answering import ANSWERS
from engagements.models.base import EVIDENCE_FIELDS
from engagements.models.followups import TARGETS
from engagements.publication.links import answers_in
from engagements.words import Kind
from provinces.vietnamese import comparable

# Where an edition calls a field otherwise than the register does.
NAMES_IN_EDITIONS = FIRST_COLUMNS
NAMES_IN_UPDATE_EDITIONS = {"new_due_on": "due_on", "new_due_text": "due_text"}


# -- what the public reads, as a state of the record


@cache
def public_fields(model):
    """Fields of a form that the public reads: their help text says so."""
    with translation.override(None):  # as it is written in the models
        return tuple(
            field.name
            for field in told_fields(model)
            if not str(field.help_text).endswith("Never published.")
        )


def _public(model, state):
    """The part of a state that the public would read."""
    return {name: state[name] for name in public_fields(model)}


class Published:
    """What current editions say, as states of their records; keys are looked up together."""

    def __init__(self, records):
        keys = {(record.kind, record.pk) for record in records}
        current = Edition.objects.current().filter(
            kind__in={kind for kind, _key in keys}, record__in={key for _kind, key in keys}
        )
        editions = {(edition.kind, edition.record): edition for edition in current}
        self.editions = {key: edition for key, edition in editions.items() if key in keys}
        self.topics = dict(Topic.objects.values_list("slug", "pk"))
        codes = {
            part["evidence"]["source"]
            for edition in self.editions.values()
            for part in (edition.data, *edition.data.get("attendances", ()))
            if part.get("evidence")
        }
        sources = Source.objects.filter(code__in=codes - {None})
        self.sources = dict(sources.values_list("code", "pk"))

    def state(self, record):
        """The published state of a record; None if the public reads nothing of it."""
        edition = self.editions.get((record.kind, record.pk))
        if edition is None:
            return None
        refs = edition.keys
        model = type(record)
        return {
            name: self._value(model._meta.get_field(name), edition.data, refs, record.kind)
            for name in public_fields(model)
        }

    def parts(self, record):
        """The published states of who sat at a session, by official."""
        edition = self.editions.get((record.kind, record.pk))
        if edition is None or record.kind != Kind.MEETING:
            return {}
        refs = edition.keys["attendances"]
        parts = {}
        for payload, (official, organization) in zip(
            edition.data["attendances"], refs, strict=True
        ):
            given = {"official": official, "organization": organization, "meeting": record.pk}
            parts[official] = {
                name: self._value(Attendance._meta.get_field(name), payload, given, None)
                for name in public_fields(Attendance)
            }
        return parts

    def _answering(self, refs):
        """The answer that a published update takes back: by what it is and what it answered."""
        if not refs.get("takes_back"):
            return None
        (kind, key), (_request, request) = refs["takes_back"], refs["follow_up"]
        column = {Kind.REMARK: "explanation", Kind.MEETING: "session"}.get(kind, kind)
        row = Answering.objects.filter(**{f"{column}_id": key, "request": request}).first()
        return row and row.pk

    def _value(self, column, payload, refs, kind):
        name = column.name
        if name == "source":
            return self.sources.get(payload["evidence"]["source"])
        if name == "topics":
            return sorted(self.topics[slug] for slug in payload["topics"] if slug in self.topics)
        if name in EVIDENCE_FIELDS:
            return payload["evidence"][name]
        if column.related_model:
            if kind == Kind.UPDATE and name in TARGETS:
                about, key = refs["follow_up"]
                return key if about == name else None
            if name == "takes_back":
                return self._answering(refs)
            keys = refs.get(name)
            return sorted(keys) if isinstance(keys, list) else keys
        called = NAMES_IN_UPDATE_EDITIONS if kind == Kind.UPDATE else NAMES_IN_EDITIONS
        value = payload[called.get(name, name) if called.get(name, name) in payload else name]
        if isinstance(column, models.DateField) and value:
            return date.fromisoformat(value)
        if isinstance(column, models.DecimalField) and value is not None:
            return Decimal(value)
        return value


# -- the difference


@dataclass
class Proof:
    """What a record or a part of it rests on, with the words of the source where they are kept."""

    of: str
    source: Source
    paragraph: int | None
    quote: str
    pieces: list = field(default_factory=list)

    @property
    def has_passage(self):
        return bool(self.paragraph or self.quote)

    @property
    def is_there(self):
        """Whether the quotation stands in the paragraph that is shown."""
        return any(piece.tag == "mark" for piece in self.pieces)


@dataclass
class SeatChange:
    """Somebody at the table: new there, gone, changed or as before."""

    official: int
    name: str
    mark: str  # "new", "gone", "changed", "same"
    changes: list


@dataclass
class Difference:
    """A record beside what the public reads of it."""

    record: object
    edition: Edition | None
    fields: list
    parts: list
    for_staff: list
    proofs: list

    @property
    def told_proofs(self):
        """Those of the record, and of who sat there with a passage of their own."""
        return [proof for proof in self.proofs if not proof.of or proof.has_passage]

    @property
    def named_by(self):
        """(source, names) of those whom it names without a passage of their own."""
        names = {}
        for proof in self.proofs:
            if proof.of and not proof.has_passage:
                names.setdefault(proof.source, []).append(proof.of)
        return list(names.items())

    @property
    def changed(self):
        return [change for change in self.fields if change.is_changed]

    @property
    def unchanged(self):
        return [change for change in self.fields if not change.is_changed and change.now]

    @property
    def moved(self):
        """Who came, went or changed."""
        return [part for part in self.parts if part.mark != "same"]

    @property
    def stayed(self):
        return [part.name for part in self.parts if part.mark == "same"]

    @property
    def is_empty(self):
        return not self.changed and not self.moved

    @property
    def key(self):
        """Names the record in a form, with the version that is shown."""
        return f"{self.record.kind}:{self.record.pk}:{self.record.version}"


def differences_of(records):
    """Each record beside what the public reads; as many queries for a hundred as for one."""
    published, by_model = Published(records), {}
    for record in records:
        by_model.setdefault(type(record), []).append(record)
    seats = _seats([record for record in records if record.kind == Kind.MEETING])
    proofs = _proofs(records, [seat for held in seats.values() for seat in held])
    answers = _Answers(records, published.editions)
    beside = {}
    for model, rows in by_model.items():
        now = [_public(model, state) for state in states_now(model, rows)]
        was = [published.state(record) for record in rows]
        words = StateWords(model, [*now, *filter(None, was)])
        for record, after, before in zip(rows, now, was, strict=True):
            held = seats.get(record.pk, []) if record.kind == Kind.MEETING else []
            parts = _parts(held, published.parts(record))
            calm = {part.official for part in parts if part.mark == "same"}
            shown = [record, *(seat for seat in held if seat.official_id not in calm)]
            beside[record] = Difference(
                record,
                published.editions.get((record.kind, record.pk)),
                [*_fields(words, before, after), *answers.change(record)],
                parts,
                _for_staff(record),
                [proofs[row] for row in shown if row in proofs],
            )
    return [beside[record] for record in records]


def _fields(words, before, after):
    changed = set(differing(before or {}, after))
    return [
        Change(
            name,
            words.label(name),
            words.say(name, before[name]) if before else "",
            words.say(name, value),
            is_changed=name in changed and bool(before or words.say(name, value)),
        )
        for name, value in after.items()
    ]


class _Answers:
    """What records answer, with the mark of each link, in words: published and now."""

    def __init__(self, records, editions):
        self.editions, self.now = editions, defaultdict(list)
        rule = Q()
        for record in records:
            if "answerings" in record.children:
                name = Answering.column_of(record)
                rule |= Q(**{name: record.pk})
        rows = Answering.objects.filter(rule).order_by("pk") if rule else ()
        for row in rows:
            for name in ANSWERS:
                if key := getattr(row, f"{name}_id"):
                    self.now[name, key].append(
                        (row.request_id, row.question_id, row.is_inferred, row.inference)
                    )
        was = [answers_in(edition.keys) for edition in editions.values() if edition.payload]
        asked = {key for links in was for kind, key, *_m in links if kind == Kind.REQUEST}
        asked |= {link[0] for links in self.now.values() for link in links} - {None}
        questions = {key for links in was for kind, key, *_m in links if kind == Kind.REMARK}
        questions |= {link[1] for links in self.now.values() for link in links} - {None}
        self.requests = ProvinceRequest.objects.in_bulk(asked) if asked else {}
        self.questions = Remark.objects.in_bulk(questions) if questions else {}

    def change(self, record):
        """The line of the difference; none for what answers nothing and never did."""
        if "answerings" not in record.children:
            return []
        now = self.now[Answering.column_of(record), record.pk]
        edition = self.editions.get((record.kind, record.pk))
        links = answers_in(edition.keys) if edition else ()
        was = [
            (key if kind == Kind.REQUEST else None, key if kind == Kind.REMARK else None, *mark)
            for kind, key, *mark in links
        ]
        before, after = self._say(was), self._say(now)
        if not (before or after):
            return []
        label = capfirst(Answering._meta.verbose_name_plural)
        return [Change("answers", label, before, after, is_changed=before != after)]

    def _say(self, links):
        lines = []
        for request, question, is_inferred, inference in links:
            target = self.requests.get(request) or self.questions.get(question)
            mark = _("inferred: %(why)s") % {"why": inference} if is_inferred else _("stated")
            lines.append(f"{target} ({mark})")
        return "; ".join(sorted(lines))


def _for_staff(record):
    """What the reviewer reads and the public never does."""
    columns = {column.name: column for column in record._meta.fields}
    note = getattr(record, "internal_note", "")
    return [(capfirst(columns["internal_note"].verbose_name), note)] if note else []


def _seats(meetings):
    """Who sat at each session, by its key."""
    seats = {meeting.pk: [] for meeting in meetings}
    rows = Attendance.objects.filter(meeting__in=seats).order_by("pk") if seats else ()
    for seat in rows:
        seats[seat.meeting_id].append(seat)
    return seats


def _parts(held, before):
    now = {
        seat.official_id: _public(Attendance, state)
        for seat, state in zip(held, states_now(Attendance, held), strict=True)
    }
    words = StateWords(Attendance, [*now.values(), *before.values()])
    parts = []
    for official in dict.fromkeys([*now, *before]):
        after, was = now.get(official), before.get(official)
        changes = _fields(words, was, after or was)
        changes = [change for change in changes if change.name not in ("official", "meeting")]
        mark = "gone" if after is None else "new" if was is None else "same"
        if mark == "same" and any(change.is_changed for change in changes):
            mark = "changed"
        shown = [change for change in changes if mark == "new" or change.is_changed]
        shown = [change for change in shown if change.now or change.was]
        parts.append(SeatChange(official, words.say("official", official), mark, shown))
    return parts


def _proofs(records, seats):
    """The proof of each row that has one; a source's text is read once."""
    rows = [row for row in (*records, *seats) if getattr(row, "source_id", None)]
    sources = Source.objects.in_bulk({row.source_id for row in rows})
    texts = {key: source.paragraphs() for key, source in sources.items()}
    proofs = {}
    for row in rows:
        paragraphs, number = texts[row.source_id], row.paragraph
        text = paragraphs[number - 1] if number and number <= len(paragraphs) else ""
        name = "" if row in records else str(row.official)
        marked = _marked(text, row.quote)
        proofs[row] = Proof(name, sources[row.source_id], number, row.quote, marked)
    return proofs


def _marked(text, quote):
    """The paragraph with the quotation marked in it."""
    text, quote = comparable(text), comparable(quote)
    start = text.find(quote) if quote else -1
    if start < 0:
        return [Piece("same", text)] if text else []
    end = start + len(quote)
    return [Piece("same", text[:start]), Piece("mark", quote), Piece("same", text[end:])]
