"""Merging duplicate officials or organizations, and undoing a merge.

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
from .issuing import edited_numbers
from .kinds import REGISTER
from .links import OFFICIALS, ORGANIZATIONS
from .reissuing import reissue_pointing

# What is written by publication, or tells of a merge itself.
NOT_MOVED = (Edition, EditionLink, Merge)
# Rows that are duplicates once both names are one: one of them goes. What they have in common, and
# what the one that stays takes over where it has nothing.
DUPLICATES = {
    Post: (("official", "organization", "title", "starts_on"), ("ends_on", "proof")),
    OrganizationSuccession: (("predecessor", "successor", "field"), ("legal_act", "is_principal")),
}
DROPPED = "dropped"  # keys of those that went, beside the column's own
FILLED = "filled"  # key of the row that stayed, of the one that went, and what it took over
NAMED_BOTH = "beside"  # records that named both rows
ALIASES = "aliases"  # names that the kept organization was given
EDITIONS = "editions"  # what the public read: kind and record → number, keys of what it named

# Keys of `refs` by which an edition names such a row, and their index in an attendance.
REF_NAMES = {Official: OFFICIALS, Organization: ORGANIZATIONS}
ATTENDANCE_INDEX = {Official: 0, Organization: 1}


class MergeRefused(ValidationError):
    """Why two rows cannot be made one, or two again; written for who asked for it."""


# -- what points to an official or an organization


class ReferencingColumn(NamedTuple):
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


def referencing_columns(model):
    """Every column of the register that points to rows of this model."""
    fields = [
        relation.field
        for relation in model._meta.get_fields(include_hidden=True)
        if relation.is_relation and relation.auto_created and not relation.concrete
    ]
    return [
        ReferencingColumn(field)
        for field in fields
        if field.model not in NOT_MOVED
        and not field.model._meta.proxy
        and not field.model._meta.auto_created
        and (field.many_to_many or field.db_constraint)  # the past keeps the name of its day
    ]


def _duplicate_of(record, column, kept):
    """A row that would say the same as this one, once it pointed to the kept row."""
    if column.model not in DUPLICATES:
        return None
    common, _more = DUPLICATES[column.model]
    values = {name: getattr(record, name) for name in common} | {column.field.name: kept}
    return column.model._base_manager.filter(**values).exclude(pk=record.pk).first()


# -- what forbids it


class Obstacle(NamedTuple):
    """Why two rows are not made one, and the record in which it is solved, if there is one."""

    text: str
    record: models.Model | None = None


def obstacles(first, second):
    """What must be solved before these two are made one."""
    if first.pk == second.pk:
        return [Obstacle(_("Choose two different rows."))]
    reasons = [
        Obstacle(_("%(name)s was merged already.") % {"name": row}, row)
        for row in (first, second)
        if row.merged_into_id is not None
    ]
    between = _between_officials if isinstance(first, Official) else _between_organizations
    return reasons + between(first, second)


def _between_officials(first, second):
    both = Attendance.objects.filter(official=first, meeting__attendances__official=second)
    meetings = {seat.meeting_id: seat.meeting for seat in both.select_related("meeting")}
    text = _("Both sat at “%(meeting)s”: take one of them out of that session first.")
    reasons = [Obstacle(text % {"meeting": meeting}, meeting) for meeting in meetings.values()]
    read = [
        {edition.pk: edition for edition in _editions_naming(row).filter(kind=Kind.MEETING)}
        for row in (first, second)
    ]
    for key in sorted(set(read[0]) & set(read[1])):
        edition = read[0][key]
        people = {person for person, _organization in edition.keys["attendances"]}
        if {first.pk, second.pk} <= people and edition.record not in meetings:
            meeting = REGISTER[edition.kind].model.objects.get(pk=edition.record)
            text = _("The public reads that both sat at “%(meeting)s”: publish its edit first.")
            reasons.append(Obstacle(text % {"meeting": meeting}, meeting))
    return reasons


def _between_organizations(first, second):
    reasons = []
    for unit, above in ((first, second), (second, first)):
        if above.pk in _keys_above(unit):
            text = _("%(unit)s belongs to %(body)s: these are two bodies.")
            reasons.append(Obstacle(text % {"unit": unit, "body": above}, unit))
    pair = (first, second)
    for row in OrganizationSuccession.objects.filter(predecessor__in=pair, successor__in=pair):
        text = _("%(row)s: one took over the other's work, so these are two bodies.")
        reasons.append(Obstacle(text % {"row": row}, row))
    principal = OrganizationSuccession.objects.filter(predecessor__in=pair, is_principal=True)
    if len(principal) > 1 and len({(row.successor_id, row.field) for row in principal}) > 1:
        text = _("%(rows)s: both are said to have gone there whole; mend one of them first.")
        rows = ", ".join(str(row) for row in principal)
        reasons.append(Obstacle(text % {"rows": rows}, principal[1]))
    return reasons


def _keys_above(unit):
    """Keys of the organizations that it belongs to."""
    keys = set()
    while unit.parent_id is not None and unit.parent_id not in keys:
        keys.add(unit.parent_id)
        unit = unit.parent
    return keys


# -- what would move


class References(NamedTuple):
    """What points to a row through one column."""

    label: str
    number: int
    first: list
    same: int = 0  # that the other row has too


def description(record):
    """A record in the words that tell it from others: a post with its organization."""
    return f"{record}, {record.organization}" if isinstance(record, Post) else str(record)


def references_to(row, other, first=5):
    """What points to the row: column by column, with the first of each; then its editions."""
    references = []
    for column in referencing_columns(type(row)):
        rows = column.rows(row)
        same = (
            sum(1 for record in rows if _duplicate_of(record, column, other))
            if column.model in DUPLICATES
            else 0
        )
        shown = [description(record) for record in rows[:first]]
        references.append(References(column.label, rows.count(), shown, same))
    read = _editions_naming(row)
    codes = [edition.code for edition in read.order_by("first_sequence")[:first]]
    return [*references, References(_("editions that the public reads now"), read.count(), codes)]


def _editions_naming(row):
    links = EditionLink.objects.filter(**{row._meta.model_name: row})
    return Edition.objects.current().filter(pk__in=links.values("edition"))


def _lock_rows(*rows):
    """The rows as they are now; nobody enters anything that points to them meanwhile."""
    lock_register(connection)
    model = type(rows[0])
    locked = model.objects.select_for_update(of=("self",)).order_by("pk")
    by_key = {row.pk: row for row in locked.filter(pk__in=[row.pk for row in rows])}
    return [by_key[row.pk] for row in rows]


# -- one


@transaction.atomic
def merge(kept, gone, *, by, reason):
    """Everything that points to `gone` points to `kept` from now on; raises MergeRefused."""
    if kept.pk != gone.pk:
        kept, gone = _lock_rows(kept, gone)
    if in_the_way := obstacles(kept, gone):
        raise MergeRefused([obstacle.text for obstacle in in_the_way])
    was_read = list(_editions_naming(gone).order_by("pk"))
    moved = {}
    for column in referencing_columns(type(gone)):
        for record in column.rows(gone):
            if same := _duplicate_of(record, column, kept):
                moved.setdefault(f"{column.name} {DROPPED}", []).append(record.pk)
                if names := _drop(record, same, by):
                    filled = [same.pk, moved[f"{column.name} {DROPPED}"][-1], names]
                    moved.setdefault(f"{column.name} {FILLED}", []).append(filled)
                continue
            if column.field.many_to_many and getattr(record, column.field.name).contains(kept):
                moved.setdefault(f"{column.name} {NAMED_BOTH}", []).append(record.pk)
            column.point(record, gone, kept, by, MERGED)
            moved.setdefault(column.name, []).append(record.pk)
    if isinstance(gone, Organization):
        moved[ALIASES] = _give_names(kept, gone, by)
    edited = edited_numbers([(edition.kind, edition.record) for edition in was_read])
    moved[EDITIONS] = {
        f"{edition.kind} {edition.record}": [edited[edition.kind, edition.record], edition.refs]
        for edition in was_read
    }
    issued = reissue_pointing(
        {edition.pk: _swap_refs(edition.keys, type(gone), gone.pk, kept.pk) for edition in was_read}
    )
    gone.merged_into = kept
    gone.merged_sequence = max((edition.sequence for edition in issued), default=None)
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
    _common, more = DUPLICATES[type(record)]
    new = [name for name in more if getattr(record, name) and not getattr(same, name)]
    for name in new:
        setattr(same, name, getattr(record, name))
    record._history_user, record._change_reason = by, MERGED
    record.delete()  # first: of what one row alone may say, two never do
    if new:
        same._history_user, same._change_reason = by, MERGED
        same.save()
    return new


def _give_names(kept, gone, by):
    """Adds the names of the one merged away as other names of the one kept; returns the new."""
    known = {kept.name, kept.short_name, kept.name_en, *kept.aliases.splitlines()}
    offered = [gone.name, gone.short_name, gone.name_en, *gone.aliases.splitlines()]
    new = [name for name in dict.fromkeys(offered) if name and name not in known]
    if new:
        _set_aliases(kept, [*kept.aliases.splitlines(), *new], by, MERGED)
    return new


def _set_aliases(organization, names, by, reason):
    organization.aliases = "\n".join(name for name in names if name)
    organization._history_user, organization._change_reason = by, reason
    organization.save()


def _swap_refs(refs, model, old, new):
    """The keys of an edition with one row in the place of another."""
    swapped = dict(refs)
    for name in REF_NAMES[model]:
        value = refs.get(name)
        if isinstance(value, list):
            swapped[name] = sorted({new if key == old else key for key in value})
        elif value == old:
            swapped[name] = new
    if "attendances" in refs:
        swapped["attendances"] = [
            [
                new if index == ATTENDANCE_INDEX[model] and key == old else key
                for index, key in enumerate(seat)
            ]
            for seat in refs["attendances"]
        ]
    return swapped


# -- two again


@transaction.atomic
def take_back(done, *, by):
    """Moves back what still points to the kept row; returns what has changed since and is left.

    Raises MergeRefused.
    """
    lock_register(connection)
    done = Merge.objects.select_for_update(of=("self",)).get(pk=done.pk)
    if done.undone_at is not None:
        raise MergeRefused(_("This merge was taken back already."))
    gone = done.official or done.organization
    kept = type(gone).objects.filter(pk=done.kept).first()
    if kept is None or gone.merged_into_id != kept.pk:
        raise MergeRefused(_("The row that was kept was merged later: take that merge back first."))
    kept, gone = _lock_rows(kept, gone)
    gone.merged_into = gone.merged_sequence = None
    gone._history_user, gone._change_reason = by, UNMERGED
    gone.save(update_fields=["merged_into", "merged_sequence"])
    left, touched = [], set()
    for column in referencing_columns(type(gone)):
        for record in _rows_by_key(column.model, done.moved.get(column.name)):
            if not _moved_back(column, record, kept, gone, done, by):
                left.append(f"{column.label}: {record}")
            part_of = record.meeting if isinstance(record, Attendance) else record
            touched.add((getattr(part_of, "kind", None), part_of.pk))
        for key, dropped, names in done.moved.get(f"{column.name} {FILLED}", ()):
            left += _take_from_kept(column.model, key, dropped, names, by)
        for key in done.moved.get(f"{column.name} {DROPPED}", ()):
            left += _recreate(column.model, key, by)
    if names := done.moved.get(ALIASES):
        stay = [name for name in kept.aliases.splitlines() if name not in names]
        _set_aliases(kept, stay, by, UNMERGED)
    touched |= {(key.split()[0], int(key.split()[1])) for key in done.moved.get(EDITIONS, ())}
    refs, as_read = _refs_after_undo(touched, kept, gone, done)
    reissue_pointing(refs)
    left += [_("%(code)s, as the public reads it") % {"code": edition.code} for edition in as_read]
    done.undone_by, done.undone_at = by, timezone.now()
    done.save()
    return left


def _rows_by_key(model, keys):
    return model._base_manager.filter(pk__in=keys or ()).order_by("pk")


def _moved_back(column, record, kept, gone, done, by):
    """Whether the record still pointed to the kept row, and now points to the other again."""
    if column.field.many_to_many:
        others = getattr(record, column.field.name)
        if not others.contains(kept) or others.contains(gone):
            return False
        if record.pk in done.moved.get(f"{column.name} {NAMED_BOTH}", ()):
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


def _last_state(model, key):
    """A row that went, as its history has it; None if it was erased at a person's request."""
    return model.history.filter(**{model._meta.pk.name: key}).order_by("-history_id").first()


def _take_from_kept(model, key, dropped, names, by):
    """Takes from a row what it took over; what was changed since, or is unknown, is told."""
    row, past = model._base_manager.filter(pk=key).first(), _last_state(model, dropped)
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
    return [f"{label} · {field.verbose_name}: {description(row)}" for field in other]


def _recreate(model, key, by):
    """A row that was dropped as the same, as its history has it; what cannot be made is told."""
    past = _last_state(model, key)
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


def _refs_after_undo(touched, kept, gone, done):
    """For the current edition of each of these records: its key → what it points to from now on.

    Where no edit waits, that is what the register says. Where one waits, it is what was published:
    what that named before the merge, it names again. Editions that were published since, and wait
    for another, are left until that is published: they are the second answer.
    """
    refs_by_edition, undecided = {}, []
    for kind, key in touched:
        edition = Edition.objects.current().filter(kind=kind or "-", record=key).first()
        if edition is None:
            continue
        record = REGISTER[kind].model.objects.get(pk=key)
        if not record.has_waiting_edit:
            refs_by_edition[edition.pk] = compose(record).refs
            continue
        number, before = done.moved.get(EDITIONS, {}).get(f"{kind} {key}", (None, "{}"))
        if number == edited_numbers([(kind, key)])[kind, key]:  # nothing was published since
            refs = edition.keys
            refs_by_edition[edition.pk] = _restore_refs(
                refs, json.loads(before), type(gone), kept.pk, gone.pk
            )
        else:
            undecided.append(edition)
    return refs_by_edition, undecided


def _restore_refs(refs, before, model, kept, gone):
    """The keys as they are, but where they named the one row before the merge, they do again."""
    restored = dict(refs)
    for name in REF_NAMES[model]:
        value, was = refs.get(name), before.get(name)
        if isinstance(value, list):
            if gone in was and kept in value:
                stay = set(value) if kept in was else set(value) - {kept}
                restored[name] = sorted(stay | {gone})
        elif was == gone and value == kept:
            restored[name] = gone
    seat_index = ATTENDANCE_INDEX[model]
    if "attendances" in refs:
        restored["attendances"] = [
            [gone if index == seat_index and was[index] == gone and key == kept else key
             for index, key in enumerate(seat)]
            for seat, was in zip(refs["attendances"], before["attendances"], strict=True)
        ]  # fmt: skip
    return restored
