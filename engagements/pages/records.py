"""One record: its story, its editions, a session with all that was said."""

from collections import defaultdict

from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.generic import DetailView

from engagements.edition.kinds import KINDS
from engagements.edition.models import (
    CommitmentEdition,
    Edition,
    EditionLink,
    MeetingEdition,
    RecommendationEdition,
    RequestEdition,
    SourceEdition,
)
from engagements.edition.reading import Reader, editions_of
from engagements.reference import Indicator, names
from engagements.words import FOLLOW_UPS, Kind, RemarkKind, Side

from .base import BESIDE, HISTORY, LISTS, Page
from .lists import meeting_rows
from .story import by_voice, numbered, told


class Withdrawn(Exception):
    """The address of a record that was taken back."""


class EditionDetail(Page, DetailView):
    """One record as it is published now; 410 once it was withdrawn."""

    slug_field = slug_url_kwarg = "code"
    context_object_name = "edition"

    def get(self, request, *args, **kwargs):
        code = kwargs["code"]
        if KINDS[self.model.kept].prefix and code != code.upper():
            here = request.resolver_match.url_name
            return redirect(here, code.upper(), permanent=True)
        try:
            return super().get(request, *args, **kwargs)
        except Withdrawn as withdrawn:
            return render(request, "410.html", {"edition": withdrawn.args[0]}, status=410)

    def get_object(self, queryset=None):
        editions = self.model.objects.filter(code=self.kwargs["code"])
        edition = editions.current().first()
        if edition is None:
            tombstone = editions.filter(superseded_at=None).first()
            raise Withdrawn(tombstone) if tombstone else Http404
        return edition

    def get_context_data(self, **kwargs):
        return super().get_context_data(data=self.object.data, kind=self.object.kind, **kwargs)


def by_code(codes):
    codes = {code for code in codes if code}
    editions = Edition.objects.public().filter(code__in=codes).defer("search", "refs")
    return {one.code: one for one in editions} if codes else {}


def proofs(*payloads):
    """The sources that these payloads (and their updates and attendances) rest on, by code."""
    parts = [part for payload in payloads for part in (payload, *payload.get("updates", ()))]
    parts += [seat for payload in payloads for seat in payload.get("attendances", ())]
    cited = [code for payload in payloads for code in payload.get("cited", ())]
    return by_code([part["evidence"]["source"] for part in parts if "evidence" in part] + cited)


def revisions_of(edition, topics, atlas):
    """The latest of them as a page tells them, and what each changed."""
    rows = list(editions_of(edition).reverse()[:HISTORY])[::-1]
    return numbered(map(Reader().kept, rows), topics, atlas)


class FollowUpDetail(EditionDetail):
    """A request, commitment or recommendation, and its story: session, request, answers, news."""

    template_name = "engagements/followup_detail.html"

    def get_context_data(self, **kwargs):
        data = self.object.data
        asked = data.get("answers", [])
        answering = [one["code"] for one in data.get("answered_by", [])]
        linked = by_code([*asked, *answering, data["meeting"]["slug"]])
        meeting = linked.pop(data["meeting"]["slug"], None)
        chain = [linked[code] for code in [*asked, *answering] if code in linked]
        revisions = revisions_of(self.object, self.topics, self.atlas)
        voices, unheard = by_voice(data["updates"])
        return super().get_context_data(
            meeting=meeting,
            answering=[linked[code] for code in answering if code in linked],
            story=told(self.object, meeting, chain, revisions),
            proofs=proofs(data, *(one.data for one in chain)),
            voices=voices,
            unheard=unheard,
            last=data["updates"][-1] if data["updates"] else None,
            **kwargs,
        )


class RequestDetail(FollowUpDetail):
    model = RequestEdition


class CommitmentDetail(FollowUpDetail):
    model = CommitmentEdition


class RecommendationDetail(FollowUpDetail):
    model = RecommendationEdition


class Editions(EditionDetail):
    """Every edition of a record, and what each changed; a re-issue is none."""

    template_name = "engagements/editions.html"

    def get_context_data(self, **kwargs):
        revisions = revisions_of(self.object, self.topics, self.atlas)
        return super().get_context_data(
            revisions=revisions[::-1],
            is_cut=len(revisions) == HISTORY,
            list_title=KINDS[self.object.kind].heading,
            **kwargs,
        )


def beside(editions):
    """The first of what stands beside the lists of a page, and whether there is more."""
    rows = list(editions[: BESIDE + 1])
    return rows[:BESIDE], len(rows) > BESIDE


def by_type(remarks):
    """Remarks under the word for their kind, in the order of the closed list."""
    groups = defaultdict(list)
    for one in remarks:
        groups[one.type].append(one)
    return [(kind, groups[kind]) for kind in RemarkKind if groups[kind]]


def pairs_of(requests, answering):
    """Each request with what answers it; then what answers none of this session's requests."""
    by_request, loose = defaultdict(list), []
    own = {one.code for one in requests}
    shown = set()
    for one in answering:
        codes = [code for code in one.data["answers"] if code in own]
        for code in codes:
            by_request[code].append({"edition": one, "is_first": one.code not in shown})
            shown.add(one.code)
        if not codes:
            loose.append(one)
    return [(one, by_request[one.code]) for one in requests], loose


def table_of(attendances):
    """Who sat where: (side, attendances), the ministry first."""
    sides = [(side, [one for one in attendances if one["side"] == side]) for side in Side]
    return [(side, seated) for side, seated in sides if seated]


class MeetingDetail(EditionDetail):
    """A session: both sides of the table, what was asked and answered, promised, advised, said."""

    model = MeetingEdition
    template_name = "engagements/meeting_detail.html"

    def get_context_data(self, **kwargs):
        edition = self.object
        items = defaultdict(list)
        said = Edition.objects.public().filter(
            meeting=edition.code, kind__in=[*FOLLOW_UPS, Kind.REMARK, Kind.FIGURE]
        )
        for one in said.order_by("first_sequence").defer("search", "refs"):
            items[one.kind].append(one)
        every = [one.data for rows in items.values() for one in rows]
        following = MeetingEdition.objects.public().filter(
            links__kind=Kind.MEETING, links__record=edition.record
        )
        answering = [*items[Kind.COMMITMENT], *items[Kind.RECOMMENDATION]]
        pairs, loose = pairs_of(items[Kind.REQUEST], answering)
        places = meeting_rows([edition])[0].place_ids
        before, after = self.neighbours(places)
        return super().get_context_data(
            one_place=len(places) == 1,
            pairs=pairs,
            loose=loose,
            before=before,
            after=after,
            table=table_of(edition.data["attendances"]),
            numbers=[(LISTS[kind], len(items[kind])) for kind in FOLLOW_UPS if items[kind]],
            remarks=by_type(items[Kind.REMARK]),
            figures=items[Kind.FIGURE],
            indicators=names(Indicator),
            following=following.newest_first().distinct(),
            proofs=proofs(edition.data, *every),
            **kwargs,
        )

    def neighbours(self, places):
        """The session before and the one after with a unit of the same lineages."""
        edition, lineage = self.object, set()
        for key in places:
            unit = self.atlas.units[key]
            heir = self.atlas.heir(unit) or unit
            lineage |= {one.pk for one in self.atlas.lineage(heir)}
        linked = EditionLink.objects.filter(province__in=lineage).values("edition")
        others = self.editions(Kind.MEETING).filter(pk__in=linked).exclude(pk=edition.pk)
        first = edition.first_sequence
        before = others.filter(
            Q(day__lt=edition.day) | Q(day=edition.day, first_sequence__lt=first)
        )
        after = others.filter(Q(day__gt=edition.day) | Q(day=edition.day, first_sequence__gt=first))
        return (
            before.order_by("-day", "-first_sequence").first(),
            after.order_by("day", "first_sequence").first(),
        )


class SourceDetail(EditionDetail):
    """A document: what is known of it, and what rests on it."""

    model = SourceEdition
    template_name = "engagements/source_detail.html"
    shown = 500

    def get_context_data(self, **kwargs):
        code = self.object.code
        naming = Edition.objects.public().filter(
            links__kind=Kind.SOURCE, links__record=self.object.record
        )
        naming = naming.order_by("first_sequence").defer("search", "refs").distinct()
        resting, citing = defaultdict(list), []
        for one in naming[: self.shown]:
            if code in one.data.get("cited", ()):
                citing.append(one)
            else:
                resting[one.kind].append(one)
        return super().get_context_data(
            resting=[(kind, resting[kind]) for kind in Kind if resting[kind]],
            citing=citing,
            is_cut=sum(map(len, resting.values())) + len(citing) == self.shown,
            **kwargs,
        )
