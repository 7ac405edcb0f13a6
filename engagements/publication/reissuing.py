"""Re-issuing: current editions again with their links as they stand now, own fields untouched.

Also the check of the whole register: what an edition should be, and mending it.
"""

from django.db import connection, transaction

from engagements.edition.models import Edition
from engagements.edition.triggers import lock_register
from engagements.words import Kind
from provinces.models import Atlas

from . import compose
from .issuing import STORED, close, differences, insert, instant, mirror_status, stamp_of
from .kinds import REGISTER


def reissue(edition, at, atlas, refs=None):
    """The same edition with its links as they stand now; nothing is written if none moved.

    With `refs` it points to those rows instead of its own.
    """
    draft = compose.reread(edition)
    draft.refs = refs or draft.refs
    values, targets = compose.edition(draft, stamp_of(edition), atlas)
    if not differences(edition, values):
        return None
    close(edition, at)
    new = insert(values, targets, edition.first_sequence, at)
    mirror_status(new)
    return new


def reissue_linked(kind, record, at, atlas, *editions):
    """What names the record, or is named by one of its editions, again; the new rows."""
    # One round is enough: links carry own fields of their target only, and a follow-up's status,
    # which comes from its updates, stands in no other payload.
    linked = _linked(kind, record, *editions)
    return [new for edition in linked if (new := reissue(edition, at, atlas))]


def _linked(kind, record, *editions):
    """Current editions that name the record, or that one of its editions names."""
    current = Edition.objects.current()
    naming = current.filter(links__kind=kind, links__record=record).distinct()
    linked = {edition.pk: edition for edition in naming}
    for edition in editions:
        for link in edition.links.exclude(record=None).exclude(kind=Kind.SOURCE):
            for named in current.filter(kind=link.kind, record=link.record):
                linked[named.pk] = named
    others = [row for row in linked.values() if (row.kind, row.record) != (kind, record)]
    return sorted(others, key=lambda edition: edition.first_sequence)


def _sessions_first(editions):
    """In the order of a re-issue: an item takes its speaker's title from the session's edition."""
    return sorted(editions, key=lambda row: (row.kind != Kind.MEETING, row.first_sequence))


@transaction.atomic
def reissue_naming(*, official=None, organization=None, province=None, indicator=None):
    """After a name changed: every current edition that bears it, again, with its links swapped."""
    if province is not None:
        return reissue_placed(province)
    lock_register(connection)
    current = Edition.objects.current()
    if indicator is not None:
        found = current.filter(kind=Kind.FIGURE, type=indicator.slug)
    else:
        by = {"official": official, "organization": organization}
        by = {f"links__{name}": row for name, row in by.items() if row is not None}
        found = list(current.filter(**by).distinct())
    at, atlas = instant(), Atlas()
    return [new for row in _sessions_first(found) if (new := reissue(row, at, atlas))]


@transaction.atomic
def reissue_placed(*units):
    """After units were renamed, or others carry them on: every current edition about one, again.

    Those of their predecessors too, which show the unit of today. It is added when they are read,
    so most of them are the same to the byte; their new sequence tells who keeps a copy.
    """
    lock_register(connection)
    atlas = Atlas()
    places = {one.pk for unit in units for one in atlas.lineage(unit)}
    found = list(Edition.objects.current().filter(links__province__in=places).distinct())
    at = instant()
    return [reissue(row, at, atlas) or repeat(row) for row in _sessions_first(found)]


@transaction.atomic
def reissue_pointing(refs):
    """Current editions (their key → refs) again, pointing to other rows; the rest of them stays.

    What two rows for one person or body are made one by, and two again. Items of a session go
    along with it: they take its ministry and their speaker's title from its edition.
    """
    lock_register(connection)
    current = Edition.objects.current()
    rows = {row.pk: row for row in current.filter(pk__in=refs)}
    sessions = [row.code for row in rows.values() if row.kind == Kind.MEETING]
    rows |= {row.pk: row for row in current.filter(meeting__in=sessions)}
    rows, at, atlas = _sessions_first(rows.values()), instant(), Atlas()
    return [new for row in rows if (new := reissue(row, at, atlas, refs.get(row.pk)))]


def repeat(edition):
    """A current edition once more under a new sequence, so that who keeps a copy reads it again."""
    at = instant()
    values = {name: getattr(edition, name) for name in ("kind", "record", "number", *STORED)}
    links = [
        ("record", link.kind, link.record)
        if link.record is not None
        else next(
            (name, getattr(link, f"{name}_id"))
            for name in ("province", "organization", "official")
            if getattr(link, f"{name}_id") is not None
        )
        for link in edition.links.order_by("pk")
    ]
    close(edition, at)
    return insert(values, links, edition.first_sequence, at)


# -- checking the whole register


def mismatches():
    """(edition, column names) for every current edition that is not what it should be.

    Where no edit waits, the edition must be what composing the register gives; where one waits,
    its links must be what they are now, and its own fields stay as they were published.
    """
    atlas, current = Atlas(), Edition.objects.current().order_by("sequence")
    # Sessions first: an item takes its speaker's title from the session's edition.
    for found in (current.filter(kind=Kind.MEETING), current.exclude(kind=Kind.MEETING)):
        for edition in found.iterator(chunk_size=500):
            model = REGISTER[edition.kind].model
            record = model.objects.filter(pk=edition.record).first()
            if record is None or record.has_waiting_edit:
                draft = compose.reread(edition)
            else:
                draft = compose.compose(record)
            values, _targets = compose.edition(draft, stamp_of(edition), atlas)
            different = differences(edition, values)
            if different:
                yield edition, different


@transaction.atomic
def mend(edition):
    """Swaps the links of one edition for those of today; returns the new one, or None.

    Own fields stay as they were published: what else differs in the register is for a person.
    """
    lock_register(connection)
    edition = Edition.objects.current().filter(pk=edition.pk).first()
    return edition and reissue(edition, instant(), Atlas())
