"""Re-issuing: current editions again with their links as they stand now, own fields untouched.

Also the check of the whole register: what an edition should be, and mending it.
"""

from dataclasses import dataclass, field

from django.db import connection, transaction

from engagements.edition.models import Edition
from engagements.edition.triggers import lock_register
from engagements.words import Kind
from provinces.models import Atlas

from . import compose
from .act import Act
from .issuing import differences, stamp_of
from .kinds import REGISTER
from .links import Links
from .models import RENAMED, PendingReissue

BATCH = 200  # editions whose links are read together: nobody waits long for the lock
AT_ONCE = 500  # editions that a change of a name issues again while one waits


def _carried_out(act):
    """The rows of an act in the order of their sequences."""
    return list(act.carry_out().values())


@dataclass
class Reissue:
    """What came of a changed name: rows that were issued, or PendingReissues for the worker."""

    editions: list = field(default_factory=list)
    waiting: list = field(default_factory=list)


def _bearing(act, *, official=None, organization=None, indicator=None, provinces=()):
    """Current editions that bear a name; of units those about their predecessors too.

    These show the unit of today.
    """
    current = Edition.objects.current()
    if indicator is not None:
        return current.filter(kind=Kind.FIGURE, type=indicator.slug)
    if provinces:
        places = {place.pk for unit in provinces for place in act.atlas.lineage(unit)}
        return current.filter(links__province__in=places).distinct()
    by = {"official": official, "organization": organization}
    by = {f"links__{name}": row for name, row in by.items() if row is not None}
    return current.filter(**by).distinct()


@transaction.atomic
def reissue_naming(**named):
    """After a name changed: every current edition that bears it, again, with its links swapped.

    `named` is one of official, organization, province, indicator. Where more than AT_ONCE bear it
    they wait for the worker. Returns a Reissue.
    """
    if "province" in named:
        return reissue_placed(named["province"])
    lock_register(connection)
    act = Act()
    bearing = _bearing(act, **named)
    if (total := bearing.count()) > AT_ONCE:
        return Reissue(waiting=[_defer(total, **named)])
    for edition in bearing:
        act.touch(edition)
    return Reissue(_carried_out(act))


@transaction.atomic
def reissue_placed(*units):
    """After units were renamed, or others carry them on: the same for every edition about one.

    The unit of today is added when they are read, so most of them say the same; their new sequence
    tells who keeps a copy.
    """
    if not units:
        return Reissue()
    lock_register(connection)
    act = Act()
    bearing = _bearing(act, provinces=units)
    if bearing.count() > AT_ONCE:
        totals = {unit: _bearing(act, provinces=[unit]).count() for unit in dict.fromkeys(units)}
        return Reissue(waiting=[_defer(total, province=unit) for unit, total in totals.items()])
    for edition in bearing:
        act.touch(edition, repeat=True)
    return Reissue(_carried_out(act))


def _defer(total, **named):
    """Leaves it to the worker, from the first edition on if it was under way."""
    beginning = {"after": 0, "looked_at": 0, "total": total}
    return PendingReissue.objects.update_or_create(**named, defaults=beginning)[0]


def _named_by(waiting):
    if waiting.province_id:
        return {"provinces": [waiting.province]}
    return {name: row for name in RENAMED if (row := getattr(waiting, name))}


@transaction.atomic
def carry_on():
    """The next batch of what waits, oldest first; the PendingReissue, or None if nothing waits.

    Stopped at any moment, it goes on after the last batch that was written.
    """
    if not PendingReissue.objects.exists():
        return None  # the worker asks every few seconds: those who write need not wait for that
    lock_register(connection)
    waiting = PendingReissue.objects.first()
    if waiting is None:
        return None
    act = Act()
    bearing = _bearing(act, **_named_by(waiting)).filter(first_sequence__gt=waiting.after)
    batch = list(bearing.order_by("first_sequence")[:BATCH])
    for edition in batch:
        act.touch(edition, repeat=waiting.province_id is not None)
    act.carry_out()
    waiting.looked_at += len(batch)
    if len(batch) < BATCH:
        waiting.delete()
    else:
        waiting.after = batch[-1].first_sequence
        waiting.save()
    return waiting


@transaction.atomic
def reissue_pointing(refs):
    """Current editions (their key → refs) again, pointing to other rows; the rest of them stays.

    What two rows for one person or organization are made one by, and two again. Items of a session
    go along with it: they take its ministry and their speaker's title from its edition.
    """
    lock_register(connection)
    current, act = Edition.objects.current(), Act()
    rows = list(current.filter(pk__in=refs))
    sessions = [row.code for row in rows if row.kind == Kind.MEETING]
    for edition in (*rows, *current.filter(meeting__in=sessions)):
        act.touch(edition, refs.get(edition.pk))
    return _carried_out(act)


@transaction.atomic
def repeat(*editions):
    """Current editions once more under new sequences, so that who keeps a copy reads them again."""
    lock_register(connection)
    act = Act()
    for edition in editions:
        act.touch(edition, repeat=True)
    return _carried_out(act)


# -- checking the whole register


def mismatches():
    """(edition, column names) for every current edition that is not what it should be.

    Where no edit waits, the edition must be what composing the register gives; where one waits,
    its links must be what they are now, and its own fields stay as they were published.
    """
    atlas, current = Atlas(), Edition.objects.current().order_by("sequence")
    batch = []
    for edition in current.iterator(chunk_size=BATCH):
        batch.append(edition)
        if len(batch) == BATCH:
            yield from _differing(batch, atlas)
            batch = []
    yield from _differing(batch, atlas)


def _differing(editions, atlas):
    drafts = [_draft_of(edition) for edition in editions]
    links = Links(drafts)
    for edition, draft in zip(editions, drafts, strict=True):
        filled = compose.fill(draft, links)
        columns = compose.columns(draft, filled, stamp_of(edition), links, atlas)
        if names := differences(edition, columns):
            yield edition, names


def _draft_of(edition):
    """What it should say: as the register has it, or as it was published where an edit waits."""
    record = REGISTER[edition.kind].model.objects.filter(pk=edition.record).first()
    if record is None or record.has_waiting_edit:
        return compose.reread(edition)
    return compose.compose(record)


@transaction.atomic
def mend(*editions):
    """Swaps the links of these current editions for those of today; the rows that were issued.

    Own fields stay as they were published: what else differs in the register is for a person.
    """
    lock_register(connection)
    act = Act()
    for edition in Edition.objects.current().filter(pk__in=[edition.pk for edition in editions]):
        act.touch(edition)
    return _carried_out(act)
