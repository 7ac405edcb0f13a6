"""Duplicates: what of a document's proposals the register has already.

The same session is one of that ministry's and province's lineages within a day; in it, an item of
the same kind that shares half of its words or more is the same, said in another paper: it wants a
further `Proof`. From about a third on both are shown side by side.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from engagements.models import Commitment, Meeting, ProvinceRequest, Recommendation, State
from provinces.models import OrganizationSuccession
from provinces.models.units import Atlas
from provinces.vietnamese import fold

from .proposals import ProposalKind

SAME, ALIKE = 0.5, 0.35  # shares of words; different items of one session reached 0.35 at most
MODELS = {
    ProposalKind.REQUEST: ProvinceRequest,
    ProposalKind.COMMITMENT: Commitment,
    ProposalKind.RECOMMENDATION: Recommendation,
}


@dataclass(frozen=True)
class Duplicate:
    """A record of the register that a proposal may be, and how alike the two are."""

    record: object
    likeness: float

    @property
    def is_same(self):
        return self.likeness >= SAME


def sessions_like(reading):
    """Meetings of the register that a DocumentReading may be about."""
    session = reading.session
    ministry = session.ministry.value if session.ministry else ""
    return sessions_near(session.day.held_on, ministry, {unit.value for unit in session.provinces})


def sessions_near(day, ministry, names):
    """Meetings of a ministry's lineage (a slug) and provinces' (names) within a day."""
    if not day or not ministry or not names:
        return []
    near = Meeting.objects.filter(
        held_on__range=(day - timedelta(days=1), day + timedelta(days=1))
    ).exclude(state=State.WITHDRAWN)
    near = near.select_related("ministry").prefetch_related("provinces")
    kin = organizations_akin(ministry)
    atlas = Atlas()
    return [
        meeting
        for meeting in near
        if meeting.ministry.slug in kin
        and any(
            names & {unit.name for unit in atlas.lineage(atlas.units[province.pk])}
            for province in meeting.provinces.all()
        )
    ]


def duplicates(proposals, meetings):
    """{index of a proposal: [Duplicate, the most alike first]} of requests, promises and advice."""
    found = {}
    records = {
        kind: [
            (words_of(record.quote), words_of(f"{record.title} {record.detail}"), record)
            for record in model.objects.filter(meeting__in=meetings)
            .exclude(state=State.WITHDRAWN)
            .order_by("pk")
        ]
        for kind, model in MODELS.items()
        if meetings
    }
    for index, proposal in enumerate(proposals):
        words = words_of(proposal.quote)
        alike = [
            Duplicate(record, max(shared(words, quoted), shared(words, told)))
            for quoted, told, record in records.get(proposal.kind, ())
        ]
        alike = [duplicate for duplicate in alike if duplicate.likeness >= ALIKE]
        if alike:
            found[index] = sorted(alike, key=lambda duplicate: -duplicate.likeness)
    return found


def words_of(text):
    return frozenset(fold(text).split())


def shared(words, others):
    """Jaccard: the words of both by the words of either."""
    return len(words & others) / len(words | others) if words and others else 0.0


def organizations_akin(slug):
    """Slugs of an organization, of what it came from and of what followed it."""
    forth, back = defaultdict(set), defaultdict(set)
    for old, new in OrganizationSuccession.objects.values_list(
        "predecessor__slug", "successor__slug"
    ):
        forth[old].add(new)
        back[new].add(old)
    kin = {slug}
    for ways in (forth, back):
        waiting = [slug]
        while waiting:
            for other in ways[waiting.pop()] - kin:
                kin.add(other)
                waiting.append(other)
    return kin
