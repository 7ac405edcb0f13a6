"""Detail pages of records: follow-up, meeting, source, and the editions of each."""

from collections import defaultdict

from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.generic import DetailView

from engagements.edition.entries import headline_of, href_of
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
from engagements.words import FOLLOW_UPS, Cause, Kind, RemarkKind, Side

from .base import BESIDE_MOST, FOLLOW_UP_HEADINGS, HISTORY_MOST, PageMixin
from .diffs import changed_fields, fields_in_words, payload_with_provinces, with_changes
from .lists import meeting_rows
from .story import by_voice, timeline


class Withdrawn(Exception):
    """The address of a record that was taken back."""


class EditionDetail(PageMixin, DetailView):
    """One record as it is published now; 410 once it was withdrawn."""

    slug_field = slug_url_kwarg = "code"
    context_object_name = "edition"

    def get(self, request, *args, **kwargs):
        code = kwargs["code"]
        if KINDS[self.model.read_kind].prefix and code != code.upper():
            here = request.resolver_match.url_name
            return redirect(here, **kwargs | {"code": code.upper()}, permanent=True)
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
    return {edition.code: edition for edition in editions} if codes else {}


def proofs(*payloads):
    """The sources that these payloads (and their updates and attendances) rest on, by code."""
    parts = [part for payload in payloads for part in (payload, *payload.get("updates", ()))]
    parts += [seat for payload in payloads for seat in payload.get("attendances", ())]
    cited = [code for payload in payloads for code in payload.get("cited", ())]
    return by_code([part["evidence"]["source"] for part in parts if "evidence" in part] + cited)


def revisions_of(edition, topics, atlas):
    """The latest editions of one record as a page tells them, and what each changed."""
    rows = list(editions_of(edition).told().reverse()[:HISTORY_MOST])[::-1]
    return with_changes(map(Reader().without_withdrawn, rows), topics, atlas)


class FollowUpDetail(EditionDetail):
    """A request, commitment or recommendation, and its story: session, request, answers, news."""

    template_name = "engagements/followup_detail.html"

    def get_context_data(self, **kwargs):
        data = self.object.data
        asked = [link["code"] for link in data.get("answers", ())]
        answering = [link["code"] for link in data.get("answered_by", ())]
        linked = by_code([*asked, *answering, data["meeting"]["slug"]])
        meeting = linked.pop(data["meeting"]["slug"], None)
        chain = [
            linked[code]
            for code in [*asked, *answering]
            if code in linked and linked[code].is_follow_up
        ]
        revisions = revisions_of(self.object, self.topics, self.atlas)
        voices, unheard = by_voice(data["updates"])
        return super().get_context_data(
            meeting=meeting,
            answering=[(link, linked.get(link["code"])) for link in data.get("answered_by", ())],
            story=timeline(self.object, meeting, chain, revisions),
            proofs=proofs(data, *(edition.data for edition in chain)),
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
    """Every edition of a record, and what each changed; those for a link alone are counted."""

    template_name = "engagements/editions.html"

    def get_context_data(self, **kwargs):
        revisions = revisions_of(self.object, self.topics, self.atlas)
        return super().get_context_data(
            revisions=revisions[::-1],
            is_cut=len(revisions) == HISTORY_MOST,
            relinked=editions_of(self.object).filter(cause=Cause.LINKS).count(),
            list_title=KINDS[self.object.kind].heading,
            **kwargs,
        )


class OneEdition(EditionDetail):
    """One edition of a record, to be cited: what could be read then, less what was taken back."""

    template_name = "engagements/edition.html"

    def get_context_data(self, **kwargs):
        current = self.object
        rows = editions_of(current)
        row = rows.filter(number=self.kwargs["number"]).first()
        if row is None:
            raise Http404
        before = rows.filter(number__lt=row.number).last()
        after = rows.filter(number__gt=row.number).first()
        reader = Reader()
        payloads = [
            part and payload_with_provinces(reader.without_withdrawn(part), self.atlas)
            for part in (before, row)
        ]
        was, now = payloads
        return super().get_context_data(
            row=row,
            said=now,
            before=before,
            after=after,
            fields=fields_in_words(now, self.topics),
            changes=changed_fields(was, now, self.topics) if was else None,
            proofs=proofs(now),
            list_title=KINDS[current.kind].heading,
            **kwargs,
        )


def capped(editions):
    """The first of what stands beside the lists of a page, and whether there is more."""
    rows = list(editions[: BESIDE_MOST + 1])
    return rows[:BESIDE_MOST], len(rows) > BESIDE_MOST


def by_type(remarks):
    """Remarks under the word for their kind, in the order of the closed list."""
    groups = defaultdict(list)
    for remark in remarks:
        groups[remark.type].append(remark)
    return [(kind, groups[kind]) for kind in RemarkKind if groups[kind]]


def pairs_of(requests, said):
    """Each request with what of this session answers it; then items that answer none of them."""
    by_code = {edition.code: edition for edition in said}
    shown, pairs = set(), []
    for request in requests:
        answers = []
        for link in request.data["answered_by"]:
            if edition := by_code.get(link["code"]):
                is_first = edition.code not in shown
                answers.append({"edition": edition, "is_first": is_first, "link": link})
                shown.add(edition.code)
        pairs.append((request, answers))
    loose = [edition for edition in said if edition.is_follow_up and edition.code not in shown]
    return pairs, loose


def sides_of_table(attendances):
    """Who sat where: (side, attendances), the ministry first."""
    by_side = defaultdict(list)
    for attendance in attendances:
        by_side[attendance["side"]].append(attendance)
    return [(side, by_side[side]) for side in Side if by_side[side]]


class MeetingDetail(EditionDetail):
    """A session: both sides of the table, what was asked and answered, promised, advised, said."""

    model = MeetingEdition
    template_name = "engagements/meeting_detail.html"

    def get_context_data(self, **kwargs):
        edition = self.object
        items = defaultdict(list)
        editions = Edition.objects.public().filter(meeting=edition.code).exclude(kind=edition.kind)
        for item in editions.order_by("first_sequence").defer("search", "refs"):
            items[item.kind].append(item)
        payloads = [item.data for rows in items.values() for item in rows]
        following = MeetingEdition.objects.public().filter(
            links__kind=Kind.MEETING, links__record=edition.record
        )
        said = [*items[Kind.COMMITMENT], *items[Kind.RECOMMENDATION], *items[Kind.REMARK]]
        pairs, loose = pairs_of(items[Kind.REQUEST], said)
        provinces = meeting_rows([edition])[0].place_ids
        before, after = self.neighbours(provinces)
        return super().get_context_data(
            one_place=len(provinces) == 1,
            pairs=pairs,
            loose=loose,
            before=before,
            after=after,
            table=sides_of_table(edition.data["attendances"]),
            numbers=[
                (FOLLOW_UP_HEADINGS[kind], len(items[kind])) for kind in FOLLOW_UPS if items[kind]
            ],
            remarks=by_type(items[Kind.REMARK]),
            figures=items[Kind.FIGURE],
            indicators=names(Indicator.objects.public()),
            following=following.newest_first().distinct(),
            proofs=proofs(edition.data, *payloads),
            **kwargs,
        )

    def neighbours(self, provinces):
        """The session before and the one after with a unit of the same lineages."""
        edition, lineage = self.object, set()
        for key in provinces:
            unit = self.atlas.units[key]
            for heir in self.atlas.heirs(unit):
                lineage |= {member.pk for member in self.atlas.lineage(heir)}
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
        for edition in naming[: self.shown]:
            if code in edition.data.get("cited", ()):
                citing.append(edition)
            else:
                resting[edition.kind].append(self.row(edition))
        return super().get_context_data(
            resting=[(kind, resting[kind]) for kind in Kind if resting[kind]],
            citing=citing,
            is_cut=sum(map(len, resting.values())) + len(citing) == self.shown,
            **kwargs,
        )

    def row(self, edition):
        """What rests on the source: where it stands, and the paragraph that proves it."""
        proof = edition.data["evidence"]
        is_proven_here = proof["source"] == self.object.code  # else a part of it is
        return {
            "href": href_of(edition, self.atlas),
            "headline": headline_of(edition),
            "paragraph": is_proven_here and proof["paragraph"],
        }
