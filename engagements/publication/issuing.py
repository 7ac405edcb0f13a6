"""Issuing: the rows of Edition, written under the register's lock.

Sequences, numbers and instants are given here and nowhere else. Whoever calls holds the lock
(`lock_register`) and has a transaction open.
"""

from django.db.models import Max
from django.utils import timezone

from engagements.deadlines import NO_DEADLINE
from engagements.edition.models import CodeCounter, Edition, EditionLink
from engagements.words import FOLLOW_UPS, Cause

from .kinds import REGISTER
from .links import by_kind, key_of, rows_named, targets

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


def last_sequence():
    """The sequence of the last row that was issued; 0 where there is none."""
    return Edition.objects.aggregate(last=Max("sequence"))["last"] or 0


def give_codes(records):
    """A first code for each of the records that has none, in their order; nothing is saved."""
    without = [record for record in records if not record.code]
    for kind in by_kind(map(key_of, without)):
        register, rows = REGISTER[kind], [record for record in without if record.kind == kind]
        first = _take_numbers(kind, len(rows)) if register.is_numbered else 1
        for number, record in enumerate(rows, start=first):
            record.code = register.code(record, number)


def _take_numbers(kind, count):
    """The first of that many numbers in a row, which nobody else gets."""
    counter, _created = CodeCounter.objects.select_for_update().get_or_create(kind=kind)
    counter.last += count
    counter.save()
    return counter.last - count + 1


def skip_numbers(kind, up_to):
    """Numbers up to this one are never given: they are those of codes that came with a file."""
    counter, _created = CodeCounter.objects.select_for_update().get_or_create(kind=kind)
    if counter.last < up_to:
        counter.last = up_to
        counter.save()


# -- the rows that are there


def open_rows(records):
    """{(kind, key): the row that no later one has superseded}; a tombstone is one too."""
    named = rows_named(records)
    rows = Edition.objects.filter(named, superseded_at=None) if named else []
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
    numbers = {}
    for kind, keys in by_kind(records).items():
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
    last = last_sequence()
    editions, links = {}, []
    for sequence, row in enumerate(rows, start=last + 1):
        first = row.before.first_sequence if row.before else sequence
        edition = Edition(sequence=sequence, first_sequence=first, published_at=at, **row.columns)
        editions[row.kind, row.record] = edition
        links += [_link(edition, *target) for target in targets(row.keys)]
    Edition.objects.bulk_create(editions.values())
    EditionLink.objects.bulk_create(links)
    _mirror_status(editions.values())
    return editions


def _link(edition, column, *key):
    if column == "record":
        kind, record = key
        return EditionLink(edition=edition, kind=kind, record=record)
    return EditionLink(edition=edition, **{f"{column}_id": key[0]})


def _mirror_status(editions):
    """Status and completion of follow-ups' register rows, as their published updates have them."""
    told = {
        (edition.kind, edition.record): (edition.status, edition.completed_on)
        for edition in editions
        if edition.kind in FOLLOW_UPS and not edition.is_tombstone
    }
    for kind, keys in by_kind(told).items():
        # The version stays: nobody edited the record. The update's history tells who moved it.
        rows = REGISTER[kind].model.objects.filter(pk__in=keys)
        columns = rows.order_by("pk").values_list("pk", "status", "completed_on")
        for key, *mirrored in columns:
            status, completed_on = told[kind, key]
            if mirrored != [status, completed_on]:
                rows.filter(pk=key).update(status=status, completed_on=completed_on)
