"""Re-issuing: current editions again with their links as they stand now, own fields untouched.

Also the check of the whole register: what an edition should be, and mending it.
"""

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

BATCH = 500  # editions whose links are read together


def _carried_out(act):
    """The rows of an act in the order of their sequences."""
    return list(act.carry_out().values())


@transaction.atomic
def reissue_naming(*, official=None, organization=None, province=None, indicator=None):
    """After a name changed: every current edition that bears it, again, with its links swapped."""
    if province is not None:
        return reissue_placed(province)
    lock_register(connection)
    current = Edition.objects.current()
    if indicator is not None:
        naming = current.filter(kind=Kind.FIGURE, type=indicator.slug)
    else:
        by = {"official": official, "organization": organization}
        by = {f"links__{name}": row for name, row in by.items() if row is not None}
        naming = current.filter(**by).distinct()
    act = Act()
    for edition in naming:
        act.touch(edition)
    return _carried_out(act)


@transaction.atomic
def reissue_placed(*units):
    """After units were renamed, or others carry them on: every current edition about one, again.

    Those of their predecessors too, which show the unit of today. It is added when they are read,
    so most of them say the same; their new sequence tells who keeps a copy.
    """
    lock_register(connection)
    act = Act()
    places = {place.pk for unit in units for place in act.atlas.lineage(unit)}
    for edition in Edition.objects.current().filter(links__province__in=places).distinct():
        act.touch(edition, repeat=True)
    return _carried_out(act)


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
