"""Publishing and withdrawing: what a second person does with a record, or with a whole session."""

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engagements.edition.kinds import KINDS
from engagements.edition.models import Edition
from engagements.edition.triggers import lock_register
from engagements.models import Source, State
from engagements.models.base import PUBLISHED, WITHDRAWN
from engagements.models.followups import TARGETS
from engagements.words import FOLLOW_UPS, Kind
from provinces.tracking import record_all
from provinces.vietnamese import FoldedField, derived_fields

from . import compose
from .act import Act, Read
from .checks import Refused, Surroundings, problems, what_goes_first
from .issuing import give_codes, open_row, open_rows
from .kinds import PUBLISHED_IN_ORDER, REGISTER, SESSION_ITEMS
from .links import by_kind, key_of
from .together import read_together

# What a reviewer is told who saw another version than the one that waits.
CHANGED_SINCE_SEEN = gettext_lazy(
    "It was changed after you opened this page: what you saw is not what would be published."
    " Look at it again."
)


def publish(record, *, by, version=None):
    """Writes the record as it stands as its next edition, in one transaction.

    Raises Refused with every reason at once. `by` is the publisher: never one who changed the
    record since its last edition. `version` is the one that the publisher has seen.
    """
    read = _read_ahead([record])
    with transaction.atomic():
        lock_register(connection)
        act = Act()
        publish_in(act, [record], by=by, versions={key_of(record): version})
        return act.carry_out(read)[key_of(record)]


def _read_ahead(records):
    """What publishing them is composed from, read before the lock; they may change until then."""
    rows = read_together(records)
    return Read({key_of(row): compose.compose(row) for row in rows})


def publish_in(act, records, *, by, versions=None):
    """Publishes records as a part of an act: nothing is public until that is carried out.

    `versions` are those that the publisher saw, by key. Raises Refused, with the first record that
    something speaks against.
    """
    if by is None or by.pk is None:
        raise Refused(_("A publication bears the name of who publishes."))
    versions = versions or {}
    rows = read_together(records, lock=True)
    for row in rows:
        if versions.get(key_of(row)) not in (None, row.version):
            raise Refused(CHANGED_SINCE_SEEN, row)
    _publish(rows, by, act)


def _publish(records, by, act):
    """Puts records that were read together into the act, each checked after those before it."""
    around = Surroundings(records, by)
    around.public |= act.along()
    before = open_rows(map(key_of, records))
    for record in records:
        if reasons := problems(record, by, around):
            raise Refused(reasons, record)
        edition = before.get(key_of(record))
        if edition and not edition.is_tombstone and not record.has_waiting_edit:
            raise Refused(_("The public already reads this version."), record)
        around.public.add(key_of(record))
    give_codes(records)
    for record in records:
        record.state = State.PUBLISHED
        record.published_at = act.at
        record.published_version = record.version
        record.review_note = ""
    _save_step(records, by, act.at, PUBLISHED)
    for record in records:
        act.edit(record)


MOVED = ("code", "state", "published_at", "published_version", "review_note")


def _save_step(records, by, at, reason):
    """Saves what publication changes; the version stays, since nobody edited the records."""
    for kind in by_kind(map(key_of, records)):
        rows = [record for record in records if record.kind == kind]
        model = REGISTER[kind].model
        searched = [field for field in derived_fields(model) if isinstance(field, FoldedField)]
        for field in searched:
            for row in rows:
                field.pre_save(row, add=False)
        model.objects.bulk_update(rows, [*MOVED, *(field.name for field in searched)])
        record_all(rows, by=by, at=at, reason=reason)


def session_records(meeting):
    """A session's publishable records in the order in which they are published."""
    parts = list(meeting.attendances.all())
    kinds = [model for model in PUBLISHED_IN_ORDER if model in SESSION_ITEMS]
    relations = [model._meta.get_field("meeting").remote_field for model in kinds]
    items = [
        item
        for relation in relations
        for item in getattr(meeting, relation.get_accessor_name()).order_by("pk")
    ]
    checked, news = _taken_up(meeting)
    proofs = {part.source_id for part in [meeting, *parts, *items, *checked, *news]} | set(
        meeting.cited.values_list("pk", flat=True)
    )
    proofs = Source.objects.filter(pk__in=proofs - {None}).order_by("pk")
    return [*proofs, meeting, *items, *checked, *news]


def _taken_up(meeting):
    """What taking up earlier items brought: public ones that were checked, and the updates."""
    taken_up = meeting.taken_up.select_related("update", *TARGETS).order_by("pk")
    checked = [
        row.target
        for row in taken_up
        if row.checked_on
        and row.target.published_version is not None
        and row.target.meeting_id != meeting.pk
    ]
    return checked, [row.update for row in taken_up if row.update]


def is_to_publish(record):
    """Whether a session that is published whole has something to publish here."""
    if record.state == State.WITHDRAWN:
        return False
    return record.published_version is None or record.has_waiting_edit


def publish_session(meeting, *, by, seen=None):
    """A session whole: its sources, itself, its items; all or nothing. Raises Refused.

    `seen` has the version that the publisher saw of each record, by kind and key; what is not
    among them stays as it is.
    """
    read = _read_ahead(_going_out(meeting, seen))
    with transaction.atomic():
        lock_register(connection)
        act = Act()
        try:
            publish_in(act, _going_out(meeting, seen), by=by, versions=seen)
        except Refused as refusal:
            raise refusal.naming_its_record() from refusal
        written = act.carry_out(read)
        return [written[key] for key in act.edited]


def _going_out(meeting, seen):
    """What of a session, as it is now, is to publish and was seen; all of it if `seen` is None."""
    meeting = type(meeting).objects.get(pk=meeting.pk)
    return [
        record
        for record in session_records(meeting)
        if is_to_publish(record) and (seen is None or key_of(record) in seen)
    ]


def as_it_will_be(record, show):
    """What `show` gives of the record's address while the public reads it as it stands here.

    A session is shown with all that goes out with it. The editions are written, and rolled back
    when `show` is done; raises Refused if anything but the author stands in the way.
    """
    with transaction.atomic():
        lock_register(connection)
        record = type(record).objects.get(pk=record.pk)
        if record.kind == Kind.MEETING:
            going = [part for part in session_records(record) if is_to_publish(part)]
        else:
            going = [*what_goes_first(record), record]
        going = [
            part
            for part in read_together(going)
            if is_to_publish(part) or part.state == State.WITHDRAWN
        ]
        act = Act()
        try:
            _publish(going, None, act)
        except Refused as refusal:
            raise refusal.naming_its_record() from refusal
        act.carry_out()
        shown = show(_address(record))
        transaction.set_rollback(True)
    return shown


def _address(record):
    """The page on which the public reads the record; None if it reads nothing of it."""
    edition = Edition.objects.current().filter(kind=record.kind, record=record.pk).first()
    if edition is None:
        return None
    return KINDS[edition.kind].href(edition.data, edition.province).split("#")[0]


@transaction.atomic
def withdraw(record, *, by, note="", act=None):
    """Takes a record out of everything public; its address answers that it was withdrawn.

    Raises Refused while something published rests on it. Updates go with their follow-up. `note`
    says why, for staff. As a part of an act nothing is written until that is carried out.
    """
    lock_register(connection)
    whole = act or Act()
    record = type(record).objects.select_for_update(of=("self",)).get(pk=record.pk)
    edition = open_row(record.kind, record.pk)
    if edition is None or edition.is_tombstone:
        raise Refused(_("The public does not read this record."))
    going_along = {gone.code for gone in whole.gone.values()}
    resting = REGISTER[record.kind].resting_on(record, edition)
    if codes := [code for code in resting if code not in going_along]:
        codes = ", ".join(codes[:10])
        raise Refused(_("Withdraw what rests on it first: %(codes)s") % {"codes": codes})
    going = [record]
    if record.kind in FOLLOW_UPS:
        going = [*record.updates.select_for_update().filter(state=State.PUBLISHED), record]
    for part in going:
        part.state = State.WITHDRAWN
        part.review_note = note or part.review_note
    _save_step(going, by, whole.at, WITHDRAWN)
    rows = open_rows(map(key_of, going))
    for part in going:
        whole.withdraw(rows[key_of(part)])
    if act is None:
        whole.carry_out()
    return whole.at
