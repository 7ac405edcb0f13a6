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
from engagements.models.quotations import Texts
from engagements.words import FOLLOW_UPS, Kind
from provinces.vietnamese import FoldedField

from .act import Act
from .checks import Refused, problems, what_goes_first
from .issuing import code_of, open_row
from .kinds import PUBLISHED_IN_ORDER, REGISTER, SESSION_ITEMS

# What a reviewer is told who saw another version than the one that waits.
CHANGED_SINCE_SEEN = gettext_lazy(
    "It was changed after you opened this page: what you saw is not what would be published."
    " Look at it again."
)


@transaction.atomic
def publish(record, *, by, version=None, texts=None, act=None):
    """Writes the record as it stands as its next edition, in one transaction.

    Raises Refused with every reason at once. `by` is the publisher: never one who changed the
    record since its last edition. `version` is the one that the publisher has seen, `texts` are
    those of sources that were read already. As a part of an act nothing is written, and None is
    returned, until that is carried out.
    """
    lock_register(connection)
    whole = act or Act()
    record = type(record).objects.select_for_update(of=("self",)).get(pk=record.pk)
    if version is not None and version != record.version:
        raise Refused(CHANGED_SINCE_SEEN)
    if by is None or by.pk is None:
        raise Refused(_("A publication bears the name of who publishes."))
    reasons = problems(record, by, along=whole.along(), texts=texts)
    if reasons:
        raise Refused(reasons)
    _publish(record, by, whole)
    return None if act else whole.carry_out()[record.kind, record.pk]


def _publish(record, by, act):
    """Puts a record that the caller holds into the act; nothing was in the way."""
    before = open_row(record.kind, record.pk)
    if before and not before.is_tombstone and not record.has_waiting_edit:
        raise Refused(_("The public already reads this version."))
    record.code = code_of(record)
    record.state = State.PUBLISHED
    record.published_at = act.at
    record.published_version = record.version
    record.review_note = ""
    _save_publication(record, by, act.at, PUBLISHED)
    act.edit(record)


def _save_publication(record, by, at, reason):
    """Saves what publication changes; the version stays, since nobody edited the record."""
    record._history_user = by
    record._history_date = at
    record._change_reason = reason
    record.save(
        update_fields=[
            "code",
            "state",
            "published_at",
            "published_version",
            "review_note",
            *_searched(record),
        ]
    )


def _searched(record):
    return [field.name for field in record._meta.fields if isinstance(field, FoldedField)]


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


@transaction.atomic
def publish_session(meeting, *, by, seen=None):
    """A session whole: its sources, itself, its items; all or nothing. Raises Refused.

    `seen` has the version that the publisher saw of each record, by kind and key; what is not
    among them stays as it is.
    """
    lock_register(connection)
    meeting = type(meeting).objects.get(pk=meeting.pk)  # as it is now, as its items are read
    act, texts = Act(), Texts()
    for record in session_records(meeting):
        key = (record.kind, record.pk)
        if not is_to_publish(record) or (seen is not None and key not in seen):
            continue
        try:
            publish(record, by=by, version=seen and seen[key], texts=texts, act=act)
        except Refused as refusal:
            raise Refused([f"{record}: {message}" for message in refusal.messages]) from refusal
    written = act.carry_out()
    return [written[key] for key in act.edited]


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
        act, texts = Act(), Texts()
        for part in going:
            part = type(part).objects.get(pk=part.pk)  # as the records before it have left it
            reasons = problems(part, along=act.along(), texts=texts)
            if reasons:
                raise Refused([f"{part}: {reason}" for reason in reasons])
            if is_to_publish(part) or part.state == State.WITHDRAWN:
                _publish(part, None, act)
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
        _save_publication(part, by, whole.at, WITHDRAWN)
        whole.withdraw(open_row(part.kind, part.pk))
    if act is None:
        whole.carry_out()
    return whole.at
