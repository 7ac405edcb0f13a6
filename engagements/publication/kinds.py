"""Kinds of record as they are published: own fields, links, what stops publication; one class each.

The twin of edition/kinds.py, which says how a kind is read. Whatever differs from kind to kind when
a record is composed, checked or withdrawn is asked here: `REGISTER[record.kind]`.
"""

from operator import attrgetter

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from engagements.edition.kinds import KINDS
from engagements.edition.models import Edition
from engagements.models import (
    Commitment,
    Figure,
    Meeting,
    ProvinceRequest,
    Recommendation,
    Remark,
    Source,
    StatusUpdate,
)
from engagements.models.base import EVIDENCE_FIELDS
from engagements.statuses import answer_of, is_refusal, state_of
from engagements.words import Kind
from provinces.models import Atlas, Organization, Province

from .links import is_public, meeting_link


class Reason(str):
    """Why a record is not published as it stands; `row` is where that is solved, if anywhere."""

    def __new__(cls, text, row=None):
        reason = super().__new__(cls, text)
        reason.row = row
        return reason


def fields(record, *names):
    return {name: getattr(record, name) for name in names}


def keys(relation):
    """Keys of the rows of a list, sorted."""
    return sorted(row.pk for row in relation.all())


def keys_alone(name, model):
    """Reads of a list no more than the keys of its rows."""
    return Prefetch(name, model.objects.only("pk"))


def evidence(record):
    source = record.source.code if record.source_id else None
    return {"source": source, **fields(record, *EVIDENCE_FIELDS[1:])}


def topics(record):
    return sorted(topic.slug for topic in record.topics.all())


class RegisterKind:
    """One kind of record in the register.

    `record` is a row of its model, `refs` the keys of what an edition points to, `filled` a payload
    whose links are filled, `edition` a row of Edition.
    """

    model = None
    reads = ()  # relations that checks and composing read, beside the source and the session
    is_numbered = True  # its code is a prefix and the next number of its kind
    is_proven = True  # its source must be published first; an update may rest on what staff know
    checked_for_nfc = ("title", "detail", "text", "summary", "quote")

    @property
    def kind(self):
        return self.model.kind

    @property
    def read(self):
        return KINDS[self.kind]

    # composing

    def path(self, record):
        return f"{self.read.path}{record.code}/"

    def own(self, record):
        """(own fields as the register has them now, keys of what its links point to)."""
        raise NotImplementedError  # abstract: every kind below has its own

    def proofs(self, record):
        """Keys of the sources that the record and its parts rest on."""
        return sorted({getattr(part, "source_id", None) for part in parts_of(record)} - {None})

    def link(self, draft, meeting, links):
        """The keys of the payload that links (links.Links) fill, as they stand now."""
        return {}

    # the edition's columns

    def meeting_column(self, filled):
        return (filled.get("meeting") or {}).get("slug", "")

    def type_column(self, filled):
        return filled.get("type") or ""

    def ministry_column(self, refs, meeting):
        return None

    def day_column(self, filled, meeting):
        """The day that lists run by, if one is known."""
        return meeting.day if meeting else None

    # publishing and withdrawing

    def problems(self, record, along):
        """Reasons of this kind alone not to publish; `along` names what goes out before it."""
        return []

    def goes_first(self, record):
        """Records that the public must read before this one, beside its sources and session."""
        return []

    def resting_on(self, record, edition):
        """Codes of current editions that cannot stay without this record."""
        return []

    def code(self, record, number):
        """The code of its first publication; `number` is the next one of its kind."""
        return f"{self.read.prefix}-{number}"


def parts_of(record):
    """The record and the rows that are published with it."""
    return [record, *(part for name in record.children for part in getattr(record, name).all())]


class SourceRegister(RegisterKind):
    model = Source
    is_proven = False
    checked_for_nfc = ("title", "detail", "summary", "quote")  # its text is the document's own

    def own(self, record):
        names = ("type", "rank", "title", "publisher", "number", "issued_on", "url", "archived_url")
        own = fields(record, *names, "accessed_on", "sha256", "note")
        return own | {"path": self.path(record)}, {}

    def day_column(self, filled, meeting):
        return filled["issued_on"] or filled["accessed_on"]

    def resting_on(self, record, edition):
        """What rests on it as its own proof, or a part's; citing it is no proof."""
        return [resting.code for resting in rest_on(record)]


def rest_on(source):
    """Current editions whose own proof, or a part's, is that source."""
    linked = Edition.objects.current().filter(links__kind=Kind.SOURCE, links__record=source.pk)
    return [edition for edition in linked.distinct() if source.pk in edition.keys["proof"]]


class MeetingRegister(RegisterKind):
    model = Meeting
    is_numbered = False
    reads = (
        "ministry", "provinces", "topics", keys_alone("cited", Source), "attendances", "answerings",
    )  # fmt: skip

    def own(self, record):
        names = ("title", "on_behalf_of", "format", "state_of_it", "held_on", "planned_from")
        own = fields(record, *names, "planned_to", "planned_text", "place", "initiated_by")
        attendances = sorted(record.attendances.all(), key=attrgetter("pk"))
        own |= {
            "summary": record.summary,
            "slug": record.code,  # fixed at first publication
            "path": self.path(record),
            "topics": topics(record),
            "evidence": evidence(record),
            "attendances": [
                fields(seat, "title", "side", "role") | {"evidence": evidence(seat)}
                for seat in attendances
            ],
        }
        refs = {
            "ministry": record.ministry_id,
            "follows": record.follows_id,
            "cited": keys(record.cited),
            "provinces": keys(record.provinces),
            "attendances": [[seat.official_id, seat.organization_id] for seat in attendances],
            "answers": answers_of(record),
        }
        return own, refs

    def link(self, draft, meeting, links):
        own, refs = draft.own, draft.refs
        cited = [links.edition(Kind.SOURCE, key) for key in refs["cited"]]
        codes = [source.code for source in cited if source]
        return {
            "ministry": links.organizations[refs["ministry"]],
            "follows": meeting_link(links.edition(Kind.MEETING, refs["follows"])),
            "cited": sorted(codes, key=lambda code: int(code.split("-")[1])),
            "answers": links.answered(draft),
            "attendances": [
                seat
                | {
                    "official": links.officials[official],
                    "organization": links.organizations.get(organization),
                }
                for seat, (official, organization) in zip(
                    own["attendances"], refs["attendances"], strict=True
                )
            ],
        }

    def meeting_column(self, filled):
        return filled["slug"]

    def type_column(self, filled):
        return filled["state_of_it"]

    def ministry_column(self, refs, meeting):
        return refs["ministry"]

    def day_column(self, filled, meeting):
        return filled["held_on"] or filled["planned_from"]

    def problems(self, record, along):
        places = record.provinces.all()
        if not places:
            return [_("A session names its provinces.")]
        reasons, day = [], record.day
        if day:
            living = set(Province.objects.on(day))
            absent = [str(place) for place in places if place not in living]
            ministry = record.ministry
            if ministry and ministry.ceased_on and ministry.ceased_on <= day:
                absent.append(str(ministry))
            reasons += [
                _("It did not exist on that day: %(name)s") % {"name": name} for name in absent
            ]
        left = self._items(record.code or "-").exclude(province__in=places)
        if codes := left.values_list("code", flat=True)[:5]:
            message = _(
                "Published items are about a province that the session no longer names: %(codes)s"
            )
            reasons.append(message % {"codes": ", ".join(codes)})
        if record.held_on is None and self._items(record.code or "-").exists():
            reasons.append(
                _("Published items were said at it: it cannot lose the day on which it was held.")
            )
        return reasons

    def _items(self, code):
        return Edition.objects.current().filter(meeting=code).exclude(kind=Kind.MEETING)

    def resting_on(self, record, edition):
        return list(self._items(edition.code).values_list("code", flat=True))

    def code(self, record, number):
        return record.slug


class SaidAtSession(RegisterKind):
    """What was said at a session about one province."""

    def problems(self, record, along):
        if record.meeting_id is None:
            return []
        if not is_public(record.meeting, along):
            return [Reason(_("Publish the session first, then its items."), record.meeting)]
        if record.meeting.held_on is None:
            return [_("The session has no day on which it was held: nothing was said there yet.")]
        if record.province_id not in keys(record.meeting.provinces):
            return [_("The province is not among those of the session.")]
        return []


class FollowUpRegister(SaidAtSession):
    """What requests, commitments and recommendations have in common.

    A plain field that one kind alone has needs no line here; what links to other rows does.
    """

    reads = ("topics", keys_alone("supporting", Organization))

    def own(self, record):
        get_field = self.model._meta.get_field
        plain = [name for name in self.model.own_fields() if not get_field(name).is_relation]
        own = fields(record, "title", "detail", "raised_by_text", "last_checked_on")
        own |= fields(record, "completion_criteria", *plain)
        own |= {
            "path": self.path(record),
            "topics": topics(record),
            "is_general": record.is_general,
            "first_due_on": record.due_on,
            "first_due_text": record.due_text,
            "first_is_ongoing": record.is_ongoing,
            "evidence": evidence(record),
        }
        refs = {
            "meeting": record.meeting_id,
            "province": record.province_id,
            "raised_by": record.raised_by_id,
            "lead": record.lead_id,
            "current_lead": record.current_lead_id,
            "supporting": keys(record.supporting),
        }
        return own, refs

    def link(self, draft, meeting, links):
        refs, organizations = draft.refs, links.organizations
        updates = links.updates_of(self.kind, draft.record)
        return {
            "raised_by": links.speaker(refs["raised_by"], meeting),
            "lead": organizations.get(refs["lead"]),
            "current_lead": organizations.get(refs["current_lead"]),
            "supporting": [organizations[key] for key in refs["supporting"]],
            "updates": updates,
            **state_of(draft.own, updates),
            **self.link_answers(draft, updates, links),
        }

    def link_answers(self, draft, updates, links):
        """What it answers, in order of publication."""
        return {"answers": links.answered(draft)}

    def ministry_column(self, refs, meeting):
        return meeting.ministry_id


class RequestRegister(FollowUpRegister):
    model = ProvinceRequest

    def own(self, record):
        own, refs = super().own(record)
        keys = {"addressed_to": record.addressed_to_id, "asks_again": record.asks_again_id}
        return own, refs | keys

    def link_answers(self, draft, updates, links):
        answered_by = links.answering(self.kind, draft.record, updates)
        earlier = links.edition(Kind.REQUEST, draft.refs.get("asks_again"))
        asked_again = links.asked_again(draft.record)
        return {
            "addressed_to": links.organizations.get(draft.refs["addressed_to"]),
            "asks_again": earlier and item_link(earlier),
            "answered_by": answered_by,
            "asked_again": asked_again,
            "answer": answer_of(answered_by, updates, asked_again),
        }


def item_link(edition):
    names = ("code", "kind", "title", "path")
    return {name: edition.data[name] for name in names}


def answers_of(record):
    """What it answers: [kind, key, whether that is inferred, why]."""
    return [
        [str(row.answered.kind), row.answered.pk, row.is_inferred, row.inference]
        for row in answering_rows(record)
    ]


def answering_rows(record):
    return sorted(record.answerings.all(), key=attrgetter("pk"))


class Answers:
    """A kind of record that may answer requests and questions: their links are parts of it."""

    def own(self, record):
        own, refs = super().own(record)
        return own, refs | {"answers": answers_of(record)}

    def problems(self, record, along):
        reasons = super().problems(record, along)
        answered = self.goes_first(record)
        waiting = [asked for asked in answered if not is_public(asked, along)]
        if waiting:
            titles = ", ".join(str(asked) for asked in waiting)
            reasons.append(_("Publish what it answers first: %(titles)s") % {"titles": titles})
        if elsewhere := {asked.province_id for asked in answered} - {record.province_id}:
            # A letter of today may answer what a unit before it asked.
            lineage = Atlas().lineage(record.province)
            if elsewhere - {unit.pk for unit in lineage}:
                reasons.append(_("It answers a request of another province."))
        return reasons

    def goes_first(self, record):
        return [row.answered for row in answering_rows(record)]


class AnsweringRegister(Answers, FollowUpRegister):
    """Commitments and recommendations."""

    reads = (*FollowUpRegister.reads, "answerings")


class CommitmentRegister(AnsweringRegister):
    model = Commitment
    reads = (*AnsweringRegister.reads, "supports")

    def own(self, record):
        own, refs = super().own(record)
        return own, refs | {"supports": keys(record.supports)}

    def link_answers(self, draft, updates, links):
        advice = [links.edition(Kind.RECOMMENDATION, key) for key in draft.refs.get("supports", ())]
        advice = sorted((row for row in advice if row), key=lambda row: row.order)
        supports = [item_link(row) for row in advice]
        return super().link_answers(draft, updates, links) | {"supports": supports}

    def goes_first(self, record):
        advice = sorted(record.supports.all(), key=attrgetter("pk"))
        return [*super().goes_first(record), *advice]


class RecommendationRegister(AnsweringRegister):
    model = Recommendation


class UpdateRegister(RegisterKind):
    model = StatusUpdate
    reads = ("corrects", "takes_back")
    is_proven = False

    def own(self, record):
        own = fields(
            record, "happened_on", "status", "completed_on", "answer", "response", "voice", "basis",
            "is_ongoing", "next_step", "next_on", "text",
        )  # fmt: skip
        own |= {
            "due_on": record.new_due_on,
            "due_text": record.new_due_text,
            "evidence": evidence(record),
        }
        target = record.target
        refs = {
            "follow_up": [target.kind, target.pk],
            "province": target.province_id,
            "corrects": record.corrects_id,
            "passed_to": record.passed_to_id,
            "next_by": record.next_by_id,
            "ends": self._ends(record),
            "takes_back": record.takes_back and self._answer(record.takes_back),
        }
        return own, refs

    def _answer(self, answering):
        return [str(answering.answer.kind), answering.answer.pk]

    def _ends(self, record):
        """Keys of what it takes back: one answer, or each of them if it refuses them all."""
        if record.takes_back:
            return [self._answer(record.takes_back)]
        if record.request and is_refusal(fields(record, "answer", "voice")):
            return [self._answer(row) for row in record.request.answered.order_by("pk")]
        return []

    def link(self, draft, meeting, links):
        refs = draft.refs
        about = links.edition(*refs["follow_up"])
        wrong = links.edition(Kind.UPDATE, refs.get("corrects"))
        ended = links.edition(*(refs.get("takes_back") or (None, None)))
        return {
            "follow_up": item_link(about),
            "path": f"{about.data['path']}#{draft.own['code']}",
            "corrects": wrong and wrong.code,
            "takes_back": ended and ended.code,
            "passed_to": links.organizations.get(refs.get("passed_to")),
            "next_by": links.organizations.get(refs.get("next_by")),
        }

    def day_column(self, filled, meeting):
        return filled["happened_on"]

    def problems(self, record, along):
        reasons = []
        if not is_public(record.target, along):
            reasons.append(_("Publish the item first, then its update."))
        wrong = record.corrects
        if wrong and wrong.target != record.target:
            reasons.append(_("It corrects an update of another item."))
        if wrong and not is_public(wrong, along):
            reasons.append(_("What it corrects is not published: change that one instead."))
        if record.takes_back and record.takes_back.request_id != record.request_id:
            reasons.append(_("It takes back an answer to another request."))
        return reasons

    def goes_first(self, record):
        return [record.target]

    def resting_on(self, record, edition):
        """A correction cannot stay without what it corrects."""
        linked = Edition.objects.current().filter(
            kind=Kind.UPDATE, links__kind=Kind.UPDATE, links__record=record.pk
        )
        return [correction.code for correction in linked.distinct()]


class RemarkRegister(Answers, SaidAtSession):
    model = Remark
    reads = ("answerings",)

    def own(self, record):
        own = fields(record, "type", "text", "said_by_text") | {"evidence": evidence(record)}
        refs = {
            "meeting": record.meeting_id,
            "province": record.province_id,
            "said_by": record.said_by_id,
            "answers": answers_of(record),
        }
        return own, refs

    def link(self, draft, meeting, links):
        return {
            "said_by": links.speaker(draft.refs["said_by"], meeting),
            "path": f"{meeting.data['path']}#{draft.own['code']}",
            "answers": links.answered(draft),
            "answered_by": links.answering(self.kind, draft.record),
        }


class FigureRegister(SaidAtSession):
    model = Figure
    reads = ("indicator",)

    def problems(self, record, along):
        reasons = super().problems(record, along)
        if record.indicator.is_proposed:
            text = _("The indicator “%(name)s” is proposed: a second person accepts it first.")
            reasons.append(Reason(text % {"name": record.indicator.name}, record.indicator))
        return reasons

    def own(self, record):
        names = ("period", "period_from", "period_to", "value", "qualifier", "unit", "is_target")
        own = fields(record, *names) | {"evidence": evidence(record)}
        refs = {
            "meeting": record.meeting_id,
            "province": record.province_id,
            "indicator": record.indicator_id,
        }
        return own, refs

    def link(self, draft, meeting, links):
        indicator = draft.refs["indicator"]
        return {
            "indicator": links.indicators[indicator],
            "path": f"{meeting.data['path']}#{draft.own['code']}" if meeting else "",
        }

    def type_column(self, filled):
        return filled["indicator"]["slug"]


REGISTER = {
    register.kind: register
    for register in (
        SourceRegister(),
        MeetingRegister(),
        RequestRegister(),
        CommitmentRegister(),
        RecommendationRegister(),
        UpdateRegister(),
        RemarkRegister(),
        FigureRegister(),
    )
}
RECORDS = tuple(register.model for register in REGISTER.values())
SESSION_ITEMS = tuple(
    register.model for register in REGISTER.values() if isinstance(register, SaidAtSession)
)
# Each kind after those that it names: so a session and a file are published whole.
PUBLISHED_IN_ORDER = (
    Source, Meeting, ProvinceRequest, Remark, Recommendation, Commitment, Figure, StatusUpdate,
)  # fmt: skip
