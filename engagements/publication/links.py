"""Links of a payload: what its keys point to, filled from current editions and reference data.

Nothing here reads the register's own fields, where an unreviewed edit may be waiting. What an act
is about to issue counts as issued (see act.py), so that one row a record says all that it changed.
"""

from collections import defaultdict
from datetime import date
from operator import itemgetter

from django.db.models import Q

from engagements.edition.kinds import KINDS
from engagements.edition.models import Edition
from engagements.models import Indicator
from engagements.reference import Topic
from engagements.statuses import taken_back_by
from engagements.words import FOLLOW_UPS, Kind
from provinces.models import Official, Organization

# What each key of an edition's `refs` points to: a column of EditionLink, or a kind of record.
PROVINCES = ("province", "provinces")
ORGANIZATIONS = (
    "ministry", "lead", "current_lead", "addressed_to", "supporting", "passed_to", "next_by",
)  # fmt: skip
OFFICIALS = ("raised_by", "said_by")
RECORDS = {
    "meeting": Kind.MEETING,
    "follows": Kind.MEETING,
    "cited": Kind.SOURCE,
    "proof": Kind.SOURCE,
    "asks_again": Kind.REQUEST,
    "supports": Kind.RECOMMENDATION,
    "corrects": Kind.UPDATE,
}
ANSWERING = (Kind.COMMITMENT, Kind.RECOMMENDATION, Kind.REMARK, Kind.MEETING)
ANSWERED = (Kind.REQUEST, Kind.REMARK)
ENTRY = (
    "code", "happened_on", "status", "completed_on", "answer", "response", "takes_back",
    "passed_to", "corrects", "voice", "basis", "due_on", "due_text", "is_ongoing", "next_step",
    "next_on", "next_by", "text", "path", "evidence",
)  # fmt: skip


def targets(refs):
    """What an edition names: (column of EditionLink, key) or ("record", kind, key), each once."""
    found = [("province", key) for name in PROVINCES for key in keys_in(refs, name)]
    found += [("organization", key) for name in ORGANIZATIONS for key in keys_in(refs, name)]
    found += [("official", key) for name in OFFICIALS for key in keys_in(refs, name)]
    for official, organization in refs.get("attendances", ()):
        found += [("official", official), ("organization", organization)]
    found += [("record", *key) for key in records_in(refs)]
    return list(dict.fromkeys(target for target in found if target[-1] is not None))


def records_in(refs):
    """The records that an edition names: (kind, key)."""
    records = [(kind, key) for name, kind in RECORDS.items() for key in keys_in(refs, name)]
    records += [(kind, key) for kind, key, *_mark in answers_in(refs)]
    records += [tuple(key) for key in refs.get("ends", ())]
    if "follow_up" in refs:
        records.append(tuple(refs["follow_up"]))
    return [(kind, key) for kind, key in records if key is not None]


def answers_in(refs):
    """What a record answers: (kind, key, whether that is inferred, why)."""
    return [
        # Rows of shape 1 and 2 name requests alone, by their keys.
        tuple(row) if isinstance(row, list) else (str(Kind.REQUEST), row, False, "")
        for row in refs.get("answers", ())
    ]


def keys_in(refs, name):
    """The keys under a name: one or several, or none."""
    value = refs.get(name)
    return value if isinstance(value, list) else [value]


def key_of(record):
    """What names a record in this package: (kind, key)."""
    return record.kind, record.pk


def by_kind(keys):
    """{kind: keys} of pairs (kind, key), each kind where it comes first."""
    grouped = defaultdict(set)
    for kind, key in keys:
        grouped[kind].add(key)
    return grouped


def rows_named(keys):
    """The condition that an edition is one of these records; empty where there are none."""
    named = Q()
    for kind, records in by_kind(keys).items():
        named |= Q(kind=kind, record__in=records)
    return named


def rows_naming(keys):
    """The condition that an edition names one of these records; empty where there are none."""
    naming = Q()
    for kind, records in by_kind(keys).items():
        naming |= Q(links__kind=kind, links__record__in=records)
    return naming


def public_among(keys):
    """Those of these keys (kind, key) whose records the public reads now."""
    named = rows_named(keys)
    rows = Edition.objects.current().filter(named) if named else Edition.objects.none()
    return set(rows.values_list("kind", "record"))


def is_public(record, along=frozenset()):
    """Whether the public reads the record now, or will once `along` (kind, key) has gone out."""
    if key_of(record) in along:
        return True
    return Edition.objects.current().filter(kind=record.kind, record=record.pk).exists()


def topic_names():
    """{slug: name} of all topics, in their order."""
    return dict(Topic.objects.values_list("slug", "name"))


def meeting_link(edition):
    keys = ("slug", "title", "held_on", "path")
    return {key: edition.data[key] for key in keys} if edition else None


class EditionsRead:
    """Current editions that drafts name or are named by, read together.

    `named` by key; the rows that name one of the drafts: `asking_again`, `updates`, `answering`.
    """

    def __init__(self, drafts):
        named = [
            (kind, key)
            for draft in drafts
            for kind, key in records_in(draft.refs)
            if kind != Kind.SOURCE or key in keys_in(draft.refs, "cited")
        ]
        wanted = rows_named(named)
        rows = Edition.objects.current().filter(wanted) if wanted else []
        self.named = {(row.kind, row.record): row for row in rows}
        drafted = [(draft.kind, draft.record) for draft in drafts]
        followed = [key for key in drafted if key[0] in FOLLOW_UPS]
        asked = [key for key in drafted if key[0] in ANSWERED]
        requests = [key for key in drafted if key[0] == Kind.REQUEST]
        self.asking_again = _naming(requests, (Kind.REQUEST,))
        self.updates = _naming(followed, (Kind.UPDATE,))
        self.answering = _naming(asked, ANSWERING)

    def keys(self):
        """Of every row that was read: (kind, key)."""
        naming = [*self.asking_again, *self.updates, *self.answering]
        return set(self.named) | {(row.kind, row.record) for row in naming}


def _naming(records, kinds):
    """Current rows of these kinds that name one of the records."""
    naming = rows_naming(records)
    rows = Edition.objects.current().filter(naming, kind__in=kinds) if naming else None
    return [] if rows is None else list(rows.distinct())


class Links:
    """Current editions and names by key, for several drafts.

    `pending` are rows that an act is about to issue, `gone` the records it withdraws: they stand
    before what the database has. `read` are the drafts' EditionsRead.
    """

    def __init__(self, drafts, pending=(), gone=frozenset(), read=None):
        read = read or EditionsRead(drafts)
        self.pending = {(row.kind, row.record): row for row in pending}
        self.gone = frozenset(gone)
        editions = read.named | self.pending
        self.editions = {key: row for key, row in editions.items() if key not in self.gone}
        self._load_names(drafts)
        self._sort_naming(read)

    # reading

    def _load_names(self, drafts):
        officials, organizations, indicators = set(), set(), set()
        for draft in drafts:
            for column, *key in targets(draft.refs):
                if column == "official":
                    officials.add(key[0])
                elif column == "organization":
                    organizations.add(key[0])
            indicators.update(keys_in(draft.refs, "indicator"))
        self.officials = _names(Official, officials, "full_name")
        self.organizations = _names(Organization, organizations)
        self.indicators = _names(Indicator, indicators - {None})
        self.topics = topic_names()

    def _sort_naming(self, read):
        """Updates by follow-up, what answers by request or question, what asks a request again."""
        self._updates, self._answering = defaultdict(list), defaultdict(list)
        self._asking_again = defaultdict(list)
        for row in self._with_pending(read.asking_again, (Kind.REQUEST,)):
            self._asking_again[row.keys.get("asks_again")].append(row)
        for row in self._with_pending(read.updates, (Kind.UPDATE,)):
            self._updates[tuple(row.keys["follow_up"])].append(row)
        for row in self._with_pending(read.answering, ANSWERING):
            for kind, key, is_inferred, inference in answers_in(row.keys):
                self._answering[kind, key].append((row, is_inferred, inference))

    def _with_pending(self, rows, kinds):
        passed = self.gone | set(self.pending)
        rows = [row for row in rows if (row.kind, row.record) not in passed]
        return [*rows, *(row for row in self.pending.values() if row.kind in kinds)]

    # what a payload holds

    def edition(self, kind, key):
        """The row that the public reads of a record, or will; None if it reads none."""
        return self.editions.get((kind, key))

    def speaker(self, key, meeting):
        """A person with the title of that day, as the meeting's edition has it."""
        person = self.officials.get(key)
        if person is None:
            return None
        seats = meeting.data["attendances"] if meeting else []
        titles = [seat["title"] for seat in seats if seat["official"]["slug"] == person["slug"]]
        return person | {"title": titles[0] if titles else ""}

    def updates_of(self, kind, record):
        """The updates of a follow-up, oldest news first."""
        rows = sorted(self._updates[kind, record], key=lambda row: (_day_of(row), row.order))
        corrections = {row.data["corrects"]: row.code for row in rows}
        return [
            {name: row.data[name] for name in ENTRY}
            | {
                "corrected_by": corrections.get(row.code),
                "published_at": row.data["changed_at"],
            }
            for row in rows
        ]

    def answering(self, kind, record, updates=()):
        """What is published and answers a request or question, in order of publication.

        `updates` are those of the request: one of them may have taken an answer back.
        """
        rows = sorted(
            self._answering[kind, record], key=lambda link: (str(link[0].kind), link[0].order)
        )
        entries = []
        for row, is_inferred, inference in rows:
            entry = {
                **self._link_to(row),
                "is_inferred": is_inferred,
                "inference": inference,
                "strength": row.data.get("strength", ""),
                "is_general": bool(row.data.get("is_general")),
                "said_on": self._said_on(row),
            }
            entry["taken_back"] = taken_back_by(entry, entry["said_on"], updates)
            entries.append(entry)
        return entries

    def asked_again(self, record):
        """Later requests that ask the same, in order of publication."""
        rows = sorted(self._asking_again[record], key=lambda row: row.order)
        return [self._link_to(row) | {"asked_on": self._said_on(row)} for row in rows]

    def answered(self, draft):
        """What a record answers and the public reads, in order of publication."""
        entries = []
        for kind, key, is_inferred, inference in answers_in(draft.refs):
            if row := self.edition(kind, key):
                entry = {
                    **self._link_to(row),
                    "is_inferred": is_inferred,
                    "inference": inference,
                    "taken_back": _taken_back_in(row, draft.own["code"]),
                }
                entries.append(((str(kind), row.order), entry))
        return [entry for _order, entry in sorted(entries, key=itemgetter(0))]

    def _said_on(self, row):
        """The day on which an answer was given, as payloads write days; "" if none is known."""
        session = row.data if row.kind == Kind.MEETING else self._session_of(row)
        return str(session["held_on"] or "")

    def _session_of(self, row):
        """The link to its session; of a row that is not composed yet from the session's own."""
        meeting = self.edition(Kind.MEETING, row.keys.get("meeting"))
        return row.data.get("meeting") or meeting.data

    def _link_to(self, row):
        """How one record names another: kind, code, title, path."""
        kind, data = Kind(row.kind), row.data
        return {
            "kind": str(kind),
            "code": row.code,
            "title": KINDS[kind].title(data),
            "path": data.get("path") or f"{self._session_of(row)['path']}#{row.code}",
        }


def _taken_back_in(row, code):
    """The formal answer that ended what this record answered, as the request has it."""
    entries = (entry for entry in row.data.get("answered_by", ()) if entry["code"] == code)
    return next((entry["taken_back"] for entry in entries), None)


def _names(model, keys, name="name"):
    """{slug, name} of people, organizations or indicators, by key."""
    rows = model.objects.in_bulk(keys) if keys else {}
    return {key: {"slug": row.slug, "name": getattr(row, name)} for key, row in rows.items()}


def _day_of(row):
    day = row.data["happened_on"]
    return date.fromisoformat(day) if isinstance(day, str) else day
