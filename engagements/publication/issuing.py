"""Issuing: the rows of Edition, written under the register's lock.

Sequences, numbers and instants are given here and nowhere else. Whoever calls holds the lock
(`lock_register`) and has a transaction open.
"""

from collections import defaultdict

from django.db.models import Max, Q
from django.utils import timezone

from engagements.deadlines import NO_DEADLINE
from engagements.edition.models import CodeCounter, Edition, EditionLink
from engagements.words import FOLLOW_UPS, Cause

from .kinds import REGISTER
from .links import targets

# Columns by which an edition is compared with what it should be.
STORED = (
    "code", "province_id", "heir_id", "ministry_id", "lead_id", "raised_by_id", "meeting", "type",
    "status", "status_proof", "voices", "is_general", "strength", "answer", "response", "topics",
    "inferred", *NO_DEADLINE, "completed_on", "day", "search", "payload", "refs",
)  # fmt: skip


def instant():
    """Now, but never before the last edition: a clock that is set back tears no hole."""
    last = Edition.objects.order_by("-sequence").values_list("published_at", flat=True).first()
    now = timezone.now()
    return max(now, last) if last else now


def code_of(record):
    """The record's code; a first one is given to what has none."""
    return record.code or REGISTER[record.kind].code(record, lambda: _next_number(record.kind))


def _next_number(kind):
    counter, _created = CodeCounter.objects.select_for_update().get_or_create(kind=kind)
    counter.last += 1
    counter.save()
    return counter.last


def skip_numbers(kind, up_to):
    """Numbers up to this one are never given: they are those of codes that came with a file."""
    counter, _created = CodeCounter.objects.select_for_update().get_or_create(kind=kind)
    if counter.last < up_to:
        counter.last = up_to
        counter.save()


# -- the rows that are there


def open_rows(records):
    """{(kind, key): the row that no later one has superseded}; a tombstone is one too."""
    by_kind = defaultdict(list)
    for kind, key in records:
        by_kind[kind].append(key)
    wanted = Q()
    for kind, keys in by_kind.items():
        wanted |= Q(kind=kind, record__in=keys)
    rows = Edition.objects.filter(wanted, superseded_at=None) if by_kind else []
    return {(row.kind, row.record): row for row in rows}


def open_row(kind, record):
    return open_rows([(kind, record)]).get((kind, record))


def first_published_at(edition):
    """When the record of this row first became public; of a tombstone that of the row before."""
    if edition.is_tombstone:
        rows = Edition.objects.filter(kind=edition.kind, record=edition.record)
        edition = rows.exclude(payload="").order_by("-sequence").first()
    return edition.data["first_published_at"]


def edited_numbers(records):
    """{(kind, key): number of the last row that publishing an edit made}."""
    by_kind, numbers = defaultdict(list), {}
    for kind, key in records:
        by_kind[kind].append(key)
    for kind, keys in by_kind.items():
        rows = Edition.objects.filter(kind=kind, record__in=keys, cause=Cause.EDITED).order_by()
        last = rows.values_list("record").annotate(Max("number"))
        numbers |= {(kind, key): number for key, number in last}
    return numbers


def stamp_of(edition):
    """Number, cause and instants that an edition already bears."""
    names = ("edition", "cause", "first_published_at", "published_at", "changed_at")
    return {name: edition.data[name] for name in names}


def differences(edition, columns):
    """Names of the columns in which an edition differs from what it should be."""
    return [name for name in STORED if getattr(edition, name) != columns[name]]


# -- the rows that come


class Tombstone:
    """The row that says a record was withdrawn: code and day, nothing more."""

    def __init__(self, edition, at):
        self.before, self.kind, self.record, self.keys = edition, edition.kind, edition.record, {}
        self.columns = {
            "kind": edition.kind,
            "record": edition.record,
            "code": edition.code,
            "number": edition.number + 1,
            "cause": Cause.EDITED,
            "changed_at": at,
            "day": timezone.localdate(at),
            "payload": "",
            "withdrawn_at": at,
        }


def issue(rows, tombstones, at):
    """Writes these rows in their order, tombstones first, and closes those before them.

    Each has `before`, `columns` and `keys`. Returns {(kind, record): Edition}.
    """
    rows = [*tombstones, *rows]
    closed = [row.before.pk for row in rows if row.before]
    Edition.objects.filter(pk__in=closed, superseded_at=None).update(superseded_at=at)
    for tombstone in tombstones:
        of_record = Edition.objects.filter(kind=tombstone.kind, record=tombstone.record)
        of_record.filter(withdrawn_at=None).update(withdrawn_at=at)
    last = Edition.objects.aggregate(last=Max("sequence"))["last"] or 0
    editions, links = {}, []
    for sequence, row in enumerate(rows, start=last + 1):
        first = row.before.first_sequence if row.before else sequence
        edition = Edition(sequence=sequence, first_sequence=first, published_at=at, **row.columns)
        editions[row.kind, row.record] = edition
        links += [_link(edition, *target) for target in targets(row.keys)]
    Edition.objects.bulk_create(editions.values())
    EditionLink.objects.bulk_create(links)
    for edition in editions.values():
        mirror_status(edition)
    return editions


def _link(edition, column, *key):
    if column == "record":
        kind, record = key
        return EditionLink(edition=edition, kind=kind, record=record)
    return EditionLink(edition=edition, **{f"{column}_id": key[0]})


def mirror_status(edition):
    """Status and completion of a follow-up's register row, as its published updates have them."""
    if edition.kind in FOLLOW_UPS and not edition.is_tombstone:
        model = REGISTER[edition.kind].model
        mirrored = {"status": edition.status, "completed_on": edition.completed_on}
        # The version stays: nobody edited the record. The history of the update tells who moved it.
        model.objects.filter(pk=edition.record).exclude(**mirrored).update(**mirrored)
