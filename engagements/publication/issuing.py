"""Issuing: the rows of Edition, written under the register's lock.

Numbers, instants and sequences are given here and nowhere else. Whoever calls holds the lock
(`lock_register`) and has a transaction open.
"""

from django.db.models import Max, Min
from django.utils import timezone

from engagements.edition.models import CodeCounter, Edition, EditionLink
from engagements.words import FOLLOW_UPS

from . import compose
from .kinds import REGISTER

# Columns by which an edition is compared with what it should be.
STORED = (
    "code", "province_id", "heir_id", "ministry_id", "lead_id", "raised_by_id", "meeting", "type",
    "status", "strength", "answer", "topics", "due_on", "completed_on", "day", "search", "payload",
    "refs",
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


def insert(values, targets, first_sequence, at):
    """One new row under the next sequence, with what it names (see links.targets)."""
    sequence = (Edition.objects.aggregate(last=Max("sequence"))["last"] or 0) + 1
    edition = Edition(
        sequence=sequence, first_sequence=first_sequence or sequence, published_at=at, **values
    )
    edition.save(force_insert=True)
    EditionLink.objects.bulk_create(_link(edition, *target) for target in targets)
    return edition


def _link(edition, column, *key):
    if column == "record":
        kind, record = key
        return EditionLink(edition=edition, kind=kind, record=record)
    return EditionLink(edition=edition, **{f"{column}_id": key[0]})


def open_row(kind, record):
    """The row that no later one has superseded: what the public reads, or a tombstone."""
    return Edition.objects.filter(kind=kind, record=record, superseded_at=None).first()


def issue(draft, stamp, at, atlas):
    """Writes the draft as the record's open edition and closes the one before it."""
    values, targets = compose.edition(draft, stamp, atlas)
    before = open_row(draft.kind, draft.record)
    if before:
        close(before, at)
    rows = Edition.objects.filter(kind=draft.kind, record=draft.record)
    first = rows.aggregate(first=Min("first_sequence"))["first"]
    return insert(values, targets, first, at)


def close(edition, at):
    Edition.objects.filter(pk=edition.pk).update(superseded_at=at)


def stamp_of(edition):
    """Number and instants that an edition already bears."""
    return {key: edition.data[key] for key in ("edition", "first_published_at", "published_at")}


def differences(edition, values):
    """Names of the columns in which an edition differs from what it should be."""
    return [name for name in STORED if getattr(edition, name) != values[name]]


def mirror_status(edition):
    """Status and completion of a follow-up's register row, as its published updates have them."""
    if edition.kind in FOLLOW_UPS:
        model = REGISTER[edition.kind].model
        # The version stays: nobody edited the record. The history of the update tells who moved it.
        model.objects.filter(pk=edition.record).update(
            status=edition.status, completed_on=edition.completed_on
        )
