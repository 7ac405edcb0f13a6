"""Two rows of one person, or of one body, made one; and taken apart again.

Nothing that a record says is edited: its version stays, an edit that waits goes on waiting, and
whoever may publish it still may. What the public reads is issued again, pointing to the row kept.
"""

import json
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from engagements.edition.models import Edition, EditionLink
from engagements.edition.triggers import lock_register
from engagements.models import Attendance, Merge
from engagements.models.base import MERGED, UNMERGED
from engagements.words import Kind
from provinces.models import Official, Organization, OrganizationSuccession, Post

from .compose import compose
from .kinds import REGISTER
from .links import OFFICIALS, ORGANIZATIONS
from .reissuing import reissue_pointing

# What is written by publication, or tells of a merge itself.
NOT_MOVED = (Edition, EditionLink, Merge)
# Rows that say the same once both names are one: one of them goes. What they have in common, and
# what the one that stays takes over where it has nothing.
SAME = {
    Post: (("official", "organization", "title", "starts_on"), ("ends_on", "proof")),
    OrganizationSuccession: (("predecessor", "successor", "field"), ("legal_act",)),
}
DROPPED = "dropped"  # keys of those that went, beside the column's own
FILLED = "filled"  # key of the row that stayed, of the one that went, and what it took over
BESIDE = "beside"  # records that named both rows
ALIASES = "aliases"  # names that the kept body was given
EDITIONS = "editions"  # what the public read: kind and record → number, keys of what it named

# Keys by which an edition names a person or a body, and their place in an attendance.
NAMED = {Official: OFFICIALS, Organization: ORGANIZATIONS}
SEAT = {Official: 0, Organization: 1}


class Refused(ValidationError):
    """Why two rows cannot be made one, or two again; written for who asked for it."""


# -- what points to a person or a body


class Column(NamedTuple):
    """A column, or a list, of the register that may point to the row."""

    field: models.Field

    @property
    def name(self):
        return f"{self.model._meta.model_name}.{self.field.name}"

    @property
    def model(self):
        return self.field.model

    @property
    def label(self):
        return f"{self.model._meta.verbose_name_plural} · {self.field.verbose_name}"

    def rows(self, row):
        return self.model._base_manager.filter(**{self.field.name: row}).order_by("pk")

    def point(self, record, old, new, by, reason):
        """Saves the record pointing to another row: with its history, without a new version."""
        record._history_user, record._change_reason = by, reason
        if self.field.many_to_many:
            others = getattr(record, self.field.name)
            others.add(new)
            others.remove(old)
        else:
            setattr(record, self.field.name, new)
            record.save(update_fields=[self.field.name])


def columns(model):
    """Every column of the register that points to rows of this model."""
    relations = [one for one in model._meta.get_fields(include_hidden=True) if one.is_relation]
    fields = [one.field for one in relations if one.auto_created and not one.concrete]
    return [
        Column(field)
        for field in fields
        if field.model not in NOT_MOVED
        and not field.model._meta.proxy
        and not field.model._meta.auto_created
        and (field.many_to_many or field.db_constraint)  # the past keeps the name of its day
    ]


def _same(record, column, kept):
    """A row that would say the same as this one, once it pointed to the kept row."""
    if column.model not in SAME:
        return None
    common, _more = SAME[column.model]
    said = {name: getattr(record, name) for name in common} | {column.field.name: kept}
    return column.model._base_manager.filter(**said).exclude(pk=record.pk).first()


# -- what forbids it


class Obstacle(NamedTuple):
    """Why two rows are not made one, and the record in which it is solved, if there is one."""

    text: str
    record: models.Model | None = None


def obstacles(one, other):
    """What must be solved before these two are made one."""
    if one.pk == other.pk:
        return [Obstacle(_("Choose two different rows."))]
    found = [
        Obstacle(_("%(name)s was merged already.") % {"name": row}, row)
        for row in (one, other)
        if row.merged_into_id is not None
    ]
    return found + (_of_people if isinstance(one, Official) else _of_bodies)(one, other)


def _of_people(one, other):
    both = Attendance.objects.filter(official=one, meeting__attendances__official=other)
    meetings = {seat.meeting_id: seat.meeting for seat in both.select_related("meeting")}
    text = _("Both sat at “%(meeting)s”: take one of them out of that session first.")
    found = [Obstacle(text % {"meeting": meeting}, meeting) for meeting in meetings.values()]
    read = [
        {edition.pk: edition for edition in _naming(row).filter(kind=Kind.MEETING)}
        for row in (one, other)
    ]
    for key in sorted(set(read[0]) & set(read[1])):
        edition = read[0][key]
        people = {person for person, _body in edition.keys["attendances"]}
        if {one.pk, other.pk} <= people and edition.record not in meetings:
            meeting = REGISTER[edition.kind].model.objects.get(pk=edition.record)
            text = _("The public reads that both sat at “%(meeting)s”: publish its edit first.")
            found.append(Obstacle(text % {"meeting": meeting}, meeting))
    return found


def _of_bodies(one, other):
    found = []
    for unit, above in ((one, other), (other, one)):
        if above.pk in _above(unit):
            text = _("%(unit)s belongs to %(body)s: these are two bodies.")
            found.append(Obstacle(text % {"unit": unit, "body": above}, unit))
    pair = (one, other)
    for row in OrganizationSuccession.objects.filter(predecessor__in=pair, successor__in=pair):
        text = _("%(row)s: one took over the other's work, so these are two bodies.")
        found.append(Obstacle(text % {"row": row}, row))
    return found


def _above(unit):
    """Keys of the bodies that it belongs to."""
    found = set()
    while unit.parent_id is not None and unit.parent_id not in found:
        found.add(unit.parent_id)
        unit = unit.parent
    return found


# -- what would move


class Held(NamedTuple):
    """What points to a row through one column."""

    label: str
    number: int
    first: list
    same: int = 0  # that the other row has too


def told(record):
    """A record in the words that tell it from others: a post with its body."""
    return f"{record}, {record.organization}" if isinstance(record, Post) else str(record)


def held(row, other, first=5):
    """What points to the row: column by column, with the first of each; then its editions."""
    found = []
    for column in columns(type(row)):
        rows = column.rows(row)
        same = sum(1 for one in rows if _same(one, column, other)) if column.model in SAME else 0
        found.append(Held(column.label, rows.count(), [told(one) for one in rows[:first]], same))
    read = _naming(row)
    codes = [one.code for one in read.order_by("first_sequence")[:first]]
    return [*found, Held(_("editions that the public reads now"), read.count(), codes)]


def _naming(row):
    links = EditionLink.objects.filter(**{row._meta.model_name: row})
    return Edition.objects.current().filter(pk__in=links.values("edition"))


def _locked(*rows):
    """The rows as they are now; nobody enters anything that points to them meanwhile."""
    lock_register(connection)
    model = type(rows[0])
    found = model.objects.select_for_update(of=("self",)).order_by("pk")
    found = {one.pk: one for one in found.filter(pk__in=[row.pk for row in rows])}
    return [found[row.pk] for row in rows]


# -- one


@transaction.atomic
def merge(kept, gone, *, by, reason):
    """Everything that points to `gone` points to `kept` from now on; raises Refused."""
    if kept.pk != gone.pk:
        kept, gone = _locked(kept, gone)
    if found := obstacles(kept, gone):
        raise Refused([one.text for one in found])
    was_read = list(_naming(gone).order_by("pk"))
    moved = {}
    for column in columns(type(gone)):
        for record in column.rows(gone):
            if same := _same(record, column, kept):
                moved.setdefault(f"{column.name} {DROPPED}", []).append(record.pk)
                if names := _drop(record, same, by):
                    filled = [same.pk, moved[f"{column.name} {DROPPED}"][-1], names]
                    moved.setdefault(f"{column.name} {FILLED}", []).append(filled)
                continue
            if column.field.many_to_many and getattr(record, column.field.name).contains(kept):
                moved.setdefault(f"{column.name} {BESIDE}", []).append(record.pk)
            column.point(record, gone, kept, by, MERGED)
            moved.setdefault(column.name, []).append(record.pk)
    if isinstance(gone, Organization):
        moved[ALIASES] = _give_names(kept, gone, by)
    moved[EDITIONS] = {f"{one.kind} {one.record}": [one.number, one.refs] for one in was_read}
    issued = reissue_pointing(
        {one.pk: _swapped(one.keys, type(gone), gone.pk, kept.pk) for one in was_read}
    )
    gone.merged_into = kept
    gone.merged_sequence = max((one.sequence for one in issued), default=None)
    gone._history_user, gone._change_reason = by, MERGED
    gone.save(update_fields=["merged_into", "merged_sequence"])
    done = Merge(
        kept=kept.pk,
        kept_name=str(kept),
        moved=moved,
        reason=reason,
        merged_by=by,
        merged_at=timezone.now(),
        **{gone._meta.model_name: gone},
    )
    done.save()
    return done


def _drop(record, same, by):
    """The second of two rows that say the same; what only it knew is kept, and returned by name."""
    _common, more = SAME[type(record)]
    new = [name for name in more if getattr(record, name) and not getattr(same, name)]
    if new:
        for name in new:
            setattr(same, name, getattr(record, name))
        same._history_user, same._change_reason = by, MERGED
        same.save()
    record._history_user, record._change_reason = by, MERGED
    record.delete()
    return new


def _give_names(kept, gone, by):
    """The names of the body merged away, as other names of the one kept; returns the new ones."""
    known = {kept.name, kept.short_name, kept.name_en, *kept.aliases.splitlines()}
    offered = [gone.name, gone.short_name, gone.name_en, *gone.aliases.splitlines()]
    new = [one for one in dict.fromkeys(offered) if one and one not in known]
    if new:
        _set_aliases(kept, [*kept.aliases.splitlines(), *new], by, MERGED)
    return new


def _set_aliases(body, names, by, reason):
    body.aliases = "\n".join(one for one in names if one)
    body._history_user, body._change_reason = by, reason
    body.save()


def _swapped(refs, model, old, new):
    """The keys of an edition with one row in the place of another."""
    made = dict(refs)
    for name in NAMED[model]:
        value = refs.get(name)
        if isinstance(value, list):
            made[name] = sorted({new if one == old else one for one in value})
        elif value == old:
            made[name] = new
    if "attendances" in refs:
        made["attendances"] = [
            [new if place == SEAT[model] and one == old else one for place, one in enumerate(seat)]
            for seat in refs["attendances"]
        ]
    return made


# -- two again


@transaction.atomic
def take_back(done, *, by):
    """Moves back what still points to the kept row; returns what has changed since and is left.

    Raises Refused.
    """
    lock_register(connection)
    done = Merge.objects.select_for_update(of=("self",)).get(pk=done.pk)
    if done.undone_at is not None:
        raise Refused(_("This merge was taken back already."))
    gone = done.official or done.organization
    kept = type(gone).objects.filter(pk=done.kept).first()
    if kept is None or gone.merged_into_id != kept.pk:
        raise Refused(_("The row that was kept was merged later: take that merge back first."))
    kept, gone = _locked(kept, gone)
    gone.merged_into = gone.merged_sequence = None
    gone._history_user, gone._change_reason = by, UNMERGED
    gone.save(update_fields=["merged_into", "merged_sequence"])
    left, touched = [], set()
    for column in columns(type(gone)):
        for record in _rows(column.model, done.moved.get(column.name)):
            if not _moved_back(column, record, kept, gone, done, by):
                left.append(f"{column.label}: {record}")
            part_of = record.meeting if isinstance(record, Attendance) else record
            touched.add((getattr(part_of, "kind", None), part_of.pk))
        for key, dropped, names in done.moved.get(f"{column.name} {FILLED}", ()):
            left += _emptied(column.model, key, dropped, names, by)
        for key in done.moved.get(f"{column.name} {DROPPED}", ()):
            left += _made_again(column.model, key, by)
    if names := done.moved.get(ALIASES):
        stay = [one for one in kept.aliases.splitlines() if one not in names]
        _set_aliases(kept, stay, by, UNMERGED)
    touched |= {(key.split()[0], int(key.split()[1])) for key in done.moved.get(EDITIONS, ())}
    refs, as_read = _refs_apart(touched, kept, gone, done)
    reissue_pointing(refs)
    left += [_("%(code)s, as the public reads it") % {"code": one.code} for one in as_read]
    done.undone_by, done.undone_at = by, timezone.now()
    done.save()
    return left


def _rows(model, keys):
    return model._base_manager.filter(pk__in=keys or ()).order_by("pk")


def _moved_back(column, record, kept, gone, done, by):
    """Whether the record still pointed to the kept row, and now points to the other again."""
    if column.field.many_to_many:
        others = getattr(record, column.field.name)
        if not others.contains(kept) or others.contains(gone):
            return False
        if record.pk in done.moved.get(f"{column.name} {BESIDE}", ()):
            record._history_user, record._change_reason = by, UNMERGED
            others.add(gone)
            return True
    elif getattr(record, column.field.attname) != kept.pk:
        return False
    try:
        with transaction.atomic():
            column.point(record, kept, gone, by, UNMERGED)
    except IntegrityError:  # somebody has entered the same of that row since
        return False
    return True


def _last(model, key):
    """A row that went, as its history has it; None if it was erased at a person's request."""
    return model.history.filter(**{model._meta.pk.name: key}).order_by("-history_id").first()


def _emptied(model, key, dropped, names, by):
    """Takes from a row what it took over; what was changed since, or is unknown, is told."""
    row, past = model._base_manager.filter(pk=key).first(), _last(model, dropped)
    if row is None:
        return []
    own, other = [], []
    for name in names:
        same = past is not None and getattr(row, name) == getattr(past, name)
        (own if same else other).append(model._meta.get_field(name))
    if own:
        for field in own:
            setattr(row, field.name, field.get_default())
        row._history_user, row._change_reason = by, UNMERGED
        row.save()
    label = model._meta.verbose_name_plural
    return [f"{label} · {field.verbose_name}: {told(row)}" for field in other]


def _made_again(model, key, by):
    """A row that was dropped as the same, as its history has it; what cannot be made is told."""
    past = _last(model, key)
    if past is None:
        return []
    record = past.instance
    record._history_user, record._change_reason = by, UNMERGED
    try:
        with transaction.atomic():
            record.save(force_insert=True)
    except IntegrityError:
        return [f"{model._meta.verbose_name_plural}: {record}"]
    return []


def _refs_apart(touched, kept, gone, done):
    """For the current edition of each of these records: its key → what it points to from now on.

    Where no edit waits, that is what the register says. Where one waits, it is what was published:
    what that named before the merge, it names again. Editions that were published since, and wait
    for another, are left until that is published: they are the second answer.
    """
    found, left = {}, []
    for kind, key in touched:
        edition = Edition.objects.current().filter(kind=kind or "-", record=key).first()
        if edition is None:
            continue
        record = REGISTER[kind].model.objects.get(pk=key)
        if not record.has_waiting_edit:
            found[edition.pk] = compose(record).refs
            continue
        number, before = done.moved.get(EDITIONS, {}).get(f"{kind} {key}", (None, "{}"))
        if number == edition.number:
            refs = edition.keys
            found[edition.pk] = _apart(refs, json.loads(before), type(gone), kept.pk, gone.pk)
        else:
            left.append(edition)
    return found, left


def _apart(refs, before, model, kept, gone):
    """The keys as they are, but where they named the one row before the merge, they do again."""
    made = dict(refs)
    for name in NAMED[model]:
        value, was = refs.get(name), before.get(name)
        if isinstance(value, list):
            if gone in was and kept in value:
                stay = set(value) if kept in was else set(value) - {kept}
                made[name] = sorted(stay | {gone})
        elif was == gone and value == kept:
            made[name] = gone
    place = SEAT[model]
    if "attendances" in refs:
        made["attendances"] = [
            [gone if at == place and was[at] == gone and one == kept else one
             for at, one in enumerate(seat)]
            for seat, was in zip(refs["attendances"], before["attendances"], strict=True)
        ]  # fmt: skip
    return made
