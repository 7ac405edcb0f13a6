"""Publishing, re-issuing, withdrawing: the only place where editions are written."""

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engagements.edition.models import CodeCounter, Edition, EditionLink
from engagements.edition.triggers import lock_register
from engagements.models import Source, State
from engagements.models.base import PUBLISHED, WITHDRAWN
from engagements.models.followups import TARGETS
from engagements.models.quotations import Texts, quotation_problems
from engagements.words import FOLLOW_UPS, PREFIXES, Kind
from provinces.models import Atlas, Province
from provinces.vietnamese import FoldedField, nfc

from . import compose

# What a reviewer is told who saw another version than the one that waits.
CHANGED_SINCE_SEEN = gettext_lazy(
    "It was changed after you opened this page: what you saw is not what would be published."
    " Look at it again."
)
PROVINCE_PATH = "/tinh/"


class Refused(ValidationError):
    """Why a record cannot be published or withdrawn; each message is written for the editor."""


# -- what no single row decides


def _quotations(record):
    parts = [record, *(one for name in record.children for one in getattr(record, name).all())]
    return [one for one in parts if getattr(one, "quote", "") or getattr(one, "paragraph", None)]


def problems(record, by=None, along=frozenset(), texts=None):
    """Every reason not to publish the record as it stands, in the editor's language.

    `along` names records (kind, key) that go out before it in the same act; `texts` are those of
    sources that were read already.
    """
    found = []
    if record.state == State.WITHDRAWN and not record.has_waiting_edit:
        found.append(_("It was withdrawn; edit it before it is published again."))
    if by is not None and by.pk in record.editors():
        found.append(_("You changed this record: a second person publishes it."))
    found += _proof_problems(record, along)
    found += quotation_problems(_quotations(record), texts)
    for name in ("title", "detail", "text", "summary", "quote"):
        value = getattr(record, name, "") if record.kind != Kind.SOURCE or name != "text" else ""
        if value and value != nfc(value):
            found.append(
                _("The text is not in Unicode's composed form (NFC): %(field)s") % {"field": name}
            )
    if record.kind in (*FOLLOW_UPS, Kind.REMARK, Kind.FIGURE):
        found += _place_problems(record, along)
    if record.kind == Kind.UPDATE and not _is_public(record.target, along):
        found.append(_("Publish the item first, then its update."))
    if record.kind in (Kind.COMMITMENT, Kind.RECOMMENDATION):
        waiting = [one for one in record.answers.all() if not _is_public(one, along)]
        if waiting:
            titles = ", ".join(str(one) for one in waiting)
            found.append(_("Publish what it answers first: %(titles)s") % {"titles": titles})
        strangers = record.answers.exclude(province=record.province)
        if strangers and strangers.exclude(province__in=_lineage(record.province)):
            found.append(_("It answers a request of another province."))
    if record.kind == Kind.MEETING:
        found += _session_problems(record)
    return found


def _lineage(unit):
    """The unit and those before it: a letter of today may answer what one of them asked."""
    return [one.pk for one in Atlas().lineage(unit)]


def _session_problems(meeting):
    places = meeting.provinces.all()
    if not places:
        return [_("A session names its provinces.")]
    found, day = [], meeting.day
    if meeting.held_on and meeting.held_on > timezone.localdate():
        found.append(_("It is said to be held on a day that has not come yet."))
    if day:
        there = set(Province.objects.on(day))
        names = [str(one) for one in places if one not in there]
        body = meeting.ministry
        if body and body.ceased_on and body.ceased_on <= day:
            names.append(str(body))
        found += [_("It did not exist on that day: %(name)s") % {"name": name} for name in names]
    items = Edition.objects.current().filter(meeting=meeting.code or "-").exclude(kind=Kind.MEETING)
    left = items.exclude(province__in=places).values_list("code", flat=True)[:5]
    if left:
        found.append(
            _("Published items are about a province that the session no longer names: %(codes)s")
            % {"codes": ", ".join(left)}
        )
    return found


def _proof_problems(record, along):
    if record.kind == Kind.SOURCE:
        return []
    parts = [record, *(one for name in record.children for one in getattr(record, name).all())]
    sources = {one.source for one in parts if one.source_id}
    if not record.source_id and record.kind != Kind.UPDATE:
        return [_("A published record names its source.")]
    drafts = [source for source in sources if not _is_public(source, along)]
    return [_("Publish the source first: %(title)s") % {"title": one.title} for one in drafts]


def _place_problems(record, along):
    if record.meeting_id is None:
        return []
    if not _is_public(record.meeting, along):
        return [_("Publish the session first, then its items.")]
    if not record.meeting.provinces.filter(pk=record.province_id).exists():
        return [_("The province is not among those of the session.")]
    return []


def _is_public(record, along=frozenset()):
    if (record.kind, record.pk) in along:
        return True
    return Edition.objects.current().filter(kind=record.kind, record=record.pk).exists()


# -- writing editions


def _instant():
    """Now, but never before the last edition: a clock that is set back tears no hole."""
    last = Edition.objects.order_by("-sequence").values_list("published_at", flat=True).first()
    now = timezone.now()
    return max(now, last) if last else now


def _code(record):
    if record.code:
        return record.code
    if record.kind == Kind.MEETING:
        return record.slug
    counter, _created = CodeCounter.objects.select_for_update().get_or_create(kind=record.kind)
    counter.last += 1
    counter.save()
    return f"{PREFIXES[record.kind]}-{counter.last}"


def _insert(values, links, first_sequence, at):
    """One new edition, numbered under the lock that the caller holds."""
    sequence = (Edition.objects.aggregate(last=Max("sequence"))["last"] or 0) + 1
    edition = Edition(
        sequence=sequence, first_sequence=first_sequence or sequence, published_at=at, **values
    )
    edition.save(force_insert=True)
    EditionLink.objects.bulk_create(
        EditionLink(edition=edition, kind=link[1], record=link[2])
        if link[0] == "record"
        else EditionLink(edition=edition, **{f"{link[0]}_id": link[1]})
        for link in links
    )
    return edition


def _links(draft):
    return [
        ("record", key[0], key[1]) if name == "record" else (name, key)
        for name, key in compose.links(draft)
    ]


def _close(edition, at):
    Edition.objects.filter(pk=edition.pk).update(superseded_at=at)


def _open_row(kind, record):
    return Edition.objects.filter(kind=kind, record=record, superseded_at=None).first()


def _issue(draft, stamp, at, atlas):
    """Writes the draft as the record's open edition and closes the one before it."""
    was = _open_row(draft.kind, draft.record)
    values = compose.columns(draft, compose.link(draft), stamp, atlas)
    if was:
        _close(was, at)
    first = Edition.objects.filter(kind=draft.kind, record=draft.record).aggregate(
        first=Min("first_sequence")
    )["first"]
    return _insert(values, _links(draft), first, at)


def _stamp(edition):
    return {key: edition.data[key] for key in ("edition", "first_published_at", "published_at")}


STORED = (
    "code", "province_id", "heir_id", "ministry_id", "lead_id", "raised_by_id", "meeting", "type",
    "status", "strength", "answer", "topics", "due_on", "completed_on", "day", "search", "body",
    "refs",
)  # fmt: skip


def differences(edition, values):
    """Names of the columns in which an edition differs from what it should be."""
    return [name for name in STORED if getattr(edition, name) != values[name]]


def _reissue(edition, at, atlas, refs=None):
    """The same edition with its links as they stand now; nothing is written if none moved.

    With `refs` it points to those rows instead of its own.
    """
    draft = compose.reread(edition)
    draft.refs = refs or draft.refs
    values = compose.columns(draft, compose.link(draft), _stamp(edition), atlas)
    if not differences(edition, values):
        return None
    _close(edition, at)
    new = _insert(values, _links(draft), edition.first_sequence, at)
    _keep_standing(new)
    return new


def _keep_standing(edition):
    """Status and completion of a follow-up's register row, as its published updates have them."""
    if edition.kind in FOLLOW_UPS:
        model = compose.REGISTER[edition.kind]
        # The version stays: nobody edited the record. The history of the update tells who moved it.
        model.objects.filter(pk=edition.record).update(
            status=edition.status, completed_on=edition.completed_on
        )


def _linked(kind, record, *editions):
    """Current editions that name the record, or that one of its editions names."""
    current = Edition.objects.current()
    found = {
        one.pk: one for one in current.filter(links__kind=kind, links__record=record).distinct()
    }
    for edition in editions:
        for link in edition.links.exclude(record=None).exclude(kind=Kind.SOURCE):
            for one in current.filter(kind=link.kind, record=link.record):
                found[one.pk] = one
    found = [one for one in found.values() if (one.kind, one.record) != (kind, record)]
    return sorted(found, key=lambda one: one.first_sequence)


def _reissue_linked(kind, record, at, atlas, *editions):
    # One round is enough: links carry own fields of their target only, and a follow-up's status,
    # which comes from its updates, stands in no other body.
    return [new for one in _linked(kind, record, *editions) if (new := _reissue(one, at, atlas))]


# -- what staff do


@transaction.atomic
def publish(record, *, by, version=None, texts=None):
    """Writes the record as it stands as its next edition, in one transaction.

    Raises Refused with every reason at once. `by` is the publisher: never one who changed the
    record since its last edition. `version` is the one that the publisher has seen, `texts` are
    those of sources that were read already.
    """
    lock_register(connection)
    record = type(record).objects.select_for_update(of=("self",)).get(pk=record.pk)
    if version is not None and version != record.version:
        raise Refused(CHANGED_SINCE_SEEN)
    if by is None or by.pk is None:
        raise Refused(_("A publication bears the name of who publishes."))
    reasons = problems(record, by, texts=texts)
    if reasons:
        raise Refused(reasons)
    return _publish(record, by)


def _publish(record, by):
    """The next edition of a record that the caller holds; nothing was in the way."""
    was = _open_row(record.kind, record.pk)
    if was and not was.is_tombstone and not record.has_waiting_edit:
        raise Refused(_("The public already reads this version."))
    at = _instant()
    record.code = _code(record)
    record.state = State.PUBLISHED
    record.published_at = at
    record.published_version = record.version
    record.review_note = ""
    _save_publication(record, by, at, PUBLISHED)
    every = Edition.objects.filter(kind=record.kind, record=record.pk)
    before = every.exclude(body="").order_by("-sequence").first()
    stamp = {
        "edition": (before.number if before else 0) + 1,
        "first_published_at": before.data["first_published_at"] if before else at,
        "published_at": at,
    }
    atlas = Atlas()
    edition = _issue(compose.compose(record), stamp, at, atlas)
    _keep_standing(edition)
    earlier = [before] if before else []
    _reissue_linked(record.kind, record.pk, at, atlas, edition, *earlier)
    return edition


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
    items = [
        *meeting.provincerequests.order_by("pk"),
        *meeting.commitments.order_by("pk"),
        *meeting.recommendations.order_by("pk"),
        *meeting.remarks.order_by("pk"),
        *meeting.figures.order_by("pk"),
    ]
    checked, news = _reviewed(meeting)
    proofs = {one.source_id for one in [meeting, *parts, *items, *checked, *news]} | set(
        meeting.cited.values_list("pk", flat=True)
    )
    proofs = Source.objects.filter(pk__in=proofs - {None}).order_by("pk")
    return [*proofs, meeting, *items, *checked, *news]


def _reviewed(meeting):
    """What taking up earlier items brought: public ones that were checked, and the updates."""
    rows = meeting.reviewed.select_related("update", *TARGETS).order_by("pk")
    checked = [
        one.target
        for one in rows
        if one.checked_on
        and one.target.published_version is not None
        and one.target.meeting_id != meeting.pk
    ]
    return checked, [one.update for one in rows if one.update]


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
    editions, texts = [], Texts()
    for record in session_records(meeting):
        key = (record.kind, record.pk)
        if not is_to_publish(record) or (seen is not None and key not in seen):
            continue
        try:
            editions.append(publish(record, by=by, version=seen and seen[key], texts=texts))
        except Refused as refusal:
            raise Refused([f"{record}: {message}" for message in refusal.messages]) from refusal
    return editions


def what_goes_first(record):
    """Records that the public must read before this one and does not yet, in order."""
    first = [one.source for name in record.children for one in getattr(record, name).all()]
    first = [getattr(record, "source", None), *first, getattr(record, "meeting", None)]
    if record.kind in (Kind.COMMITMENT, Kind.RECOMMENDATION):
        first += record.answers.order_by("pk")
    if record.kind == Kind.UPDATE:
        first.append(record.target)
    found = {}
    for one in first:
        if one is not None and not _is_public(one):
            for before in (*what_goes_first(one), one):
                found.setdefault((before.kind, before.pk), before)
    return list(found.values())


def as_it_will_be(record, show):
    """What `show` gives of the record's address while the public reads it as it stands here.

    A session is shown with all that goes out with it. The editions are written, and rolled back
    when `show` is done; raises Refused if anything but the author stands in the way.
    """
    with transaction.atomic():
        lock_register(connection)
        record = type(record).objects.get(pk=record.pk)
        if record.kind == Kind.MEETING:
            going = [one for one in session_records(record) if is_to_publish(one)]
        else:
            going = [*what_goes_first(record), record]
        texts = Texts()
        for one in going:
            one = type(one).objects.get(pk=one.pk)  # as the records before it have left it
            reasons = problems(one, texts=texts)
            if reasons:
                raise Refused([f"{one}: {reason}" for reason in reasons])
            if is_to_publish(one) or one.state == State.WITHDRAWN:
                _publish(one, None)
        shown = show(_address(record))
        transaction.set_rollback(True)
    return shown


def _address(record):
    """The page on which the public reads the record; None if it reads nothing of it."""
    edition = Edition.objects.current().filter(kind=record.kind, record=record.pk).first()
    if edition is None:
        return None
    if not edition.path:  # a figure that was quoted at no session stands on its province's page
        return f"{PROVINCE_PATH}{edition.province.slug}/"
    return edition.path.split("#")[0]


@transaction.atomic
def withdraw(record, *, by):
    """Takes a record out of everything public; its address answers that it was withdrawn.

    Raises Refused while something published rests on it. Updates go with their follow-up.
    """
    lock_register(connection)
    record = type(record).objects.select_for_update(of=("self",)).get(pk=record.pk)
    last = Edition.objects.current().filter(kind=record.kind, record=record.pk).first()
    if last is None:
        raise Refused(_("The public does not read this record."))
    held = _resting_on(record, last)
    if held:
        codes = ", ".join(held[:10])
        raise Refused(_("Withdraw what rests on it first: %(codes)s") % {"codes": codes})
    if record.kind in FOLLOW_UPS:
        for update in record.updates.filter(state=State.PUBLISHED):
            withdraw(update, by=by)
        last = Edition.objects.current().get(kind=record.kind, record=record.pk)
    at = _instant()
    record.state = State.WITHDRAWN
    _save_publication(record, by, at, WITHDRAWN)
    every = Edition.objects.filter(kind=record.kind, record=record.pk)
    _close(last, at)
    every.filter(withdrawn_at=None).update(withdrawn_at=at)
    tombstone = {
        "kind": record.kind,
        "record": record.pk,
        "code": record.code,
        "number": last.number,
        "day": timezone.localdate(at),
        "body": "",
        "withdrawn_at": at,
    }
    _insert(tombstone, [], last.first_sequence, at)
    _reissue_linked(record.kind, record.pk, at, Atlas(), last)
    return at


def _resting_on(record, edition):
    if record.kind == Kind.SOURCE:
        return [one.code for one in compose.rest_on(record)]
    if record.kind == Kind.MEETING:
        return list(
            Edition.objects.current()
            .filter(meeting=edition.code)
            .exclude(kind=Kind.MEETING)
            .values_list("code", flat=True)
        )
    return []


@transaction.atomic
def reissue_naming(*, official=None, organization=None, province=None, indicator=None):
    """After a name changed: every current edition that bears it, again, with its links swapped."""
    if province is not None:
        return reissue_placed(province)
    lock_register(connection)
    current = Edition.objects.current()
    if indicator is not None:
        found = [
            one
            for one in current.filter(kind=Kind.FIGURE)
            if one.data["indicator"]["slug"] == indicator.slug
        ]
    else:
        by = {"official": official, "organization": organization}
        by = {f"links__{name}": row for name, row in by.items() if row is not None}
        found = list(current.filter(**by).distinct())
    # Sessions first: an item takes its speaker's title from the session's edition.
    found.sort(key=lambda one: (one.kind != Kind.MEETING, one.first_sequence))
    at, atlas = _instant(), Atlas()
    return [new for one in found if (new := _reissue(one, at, atlas))]


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
    # Sessions first: an item takes its speaker's title from the session's edition.
    found.sort(key=lambda one: (one.kind != Kind.MEETING, one.first_sequence))
    at = _instant()
    return [_reissue(one, at, atlas) or repeat(one) for one in found]


@transaction.atomic
def reissue_pointing(refs):
    """Current editions (their key → refs) again, pointing to other rows; the rest of them stays.

    What two rows for one person or body are made one by, and two again. Items of a session go
    along with it: they take its ministry and their speaker's title from its edition.
    """
    lock_register(connection)
    current = Edition.objects.current()
    found = {one.pk: one for one in current.filter(pk__in=refs)}
    sessions = [one.code for one in found.values() if one.kind == Kind.MEETING]
    found |= {one.pk: one for one in current.filter(meeting__in=sessions)}
    rows = sorted(found.values(), key=lambda one: (one.kind != Kind.MEETING, one.first_sequence))
    at, atlas = _instant(), Atlas()
    return [new for one in rows if (new := _reissue(one, at, atlas, refs.get(one.pk)))]


def repeat(edition):
    """A current edition once more under a new sequence, so that who keeps a copy reads it again."""
    at = _instant()
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
    _close(edition, at)
    return _insert(values, links, edition.first_sequence, at)


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
            record = compose.REGISTER[edition.kind].objects.filter(pk=edition.record).first()
            if record is None or record.has_waiting_edit:
                draft = compose.reread(edition)
            else:
                draft = compose.compose(record)
            values = compose.columns(draft, compose.link(draft), _stamp(edition), atlas)
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
    return edition and _reissue(edition, _instant(), Atlas())
