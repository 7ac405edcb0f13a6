"""Pages of officials, organizations and topics: what editions say beside the reference data.

A person or an organization has a page only while something that is published names them.
"""

import unicodedata
from collections import Counter, defaultdict
from typing import NamedTuple

from django import forms
from django.db.models import Count, F, Max, Prefetch, Q
from django.http import Http404
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView, TemplateView

from engagements.edition.filters import StrictForm
from engagements.edition.models import Edition, EditionLink
from engagements.edition.reading import public_officials, public_organizations
from engagements.reference import Topic
from engagements.words import FOLLOW_UPS, Answer, Kind
from provinces.models import Official, Organization, OrganizationKind, OrganizationSuccession, Post
from provinces.vietnamese import TONES

from .base import COUNT_MOST, FOLLOW_UP_HEADINGS, LIST_ROWS, MEETINGS_MOST, PageMixin
from .lists import meeting_rows
from .records import by_type, capped

NAMING_MOST = 200  # sessions on the page of a person or an organization
ITEMS_MOST = 300  # items on the page of an organization
REQUESTS_MOST = 500  # requests on the page of a topic


def initial(word):
    """The letter of the Vietnamese alphabet under which a word stands: Ấn under Â, Đào under Đ."""
    parts = unicodedata.normalize("NFD", unicodedata.normalize("NFC", word)[:1])
    first = "".join(character for character in parts if character not in TONES)
    first = unicodedata.normalize("NFC", first)[:1].upper()
    return first if first.isalpha() else "#"


def by_letter(rows, word):
    """Rows, already in order, under the letter of the word that they are known by."""
    groups = defaultdict(list)
    for row in rows:
        groups[initial(word(row))].append(row)
    return list(groups.items())


def with_anchors(groups):
    """An id for each letter that is plain in an address: D and Đ are two letters."""
    return [(letter, f"chu-{ord(letter)}", rows) for letter, rows in groups]


class Seat(NamedTuple):
    """A person at a table: the session's edition, and the attendance as it has it."""

    meeting: Edition
    attendance: dict
    official: int
    organization: int | None


def seats(meetings):
    """Every seat at these sessions, with the keys of the person and of the organization."""
    for meeting in meetings:
        keys = meeting.keys["attendances"]
        for seat, (official, organization) in zip(meeting.data["attendances"], keys, strict=True):
            yield Seat(meeting, seat, official, organization)


def meetings_naming(**reference):
    """Public sessions that name a person or an organization, the newest first."""
    links = EditionLink.objects.filter(**reference).values("edition")
    meetings = Edition.objects.public().of_kind(Kind.MEETING).filter(pk__in=links)
    return meetings.newest_first().defer("search")


def three_lists(editions, query):
    """Requests, commitments and recommendations: the first of each, and where the rest is."""
    return [
        {
            "kind": kind,
            "title": title,
            "number": editions.of_kind(kind).count_up_to(COUNT_MOST),
            "rows": list(editions.of_kind(kind)[:LIST_ROWS]),
            "list": f"{kind}-list",
            "query": query,
        }
        for kind, title in FOLLOW_UP_HEADINGS.items()
    ]


class ReferenceDetail(PageMixin, DetailView):
    """A page of reference data; an address of former days leads to that of today."""

    context_object_name = "named"

    def get(self, request, *args, **kwargs):
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            row = self.model.objects.formerly(kwargs["slug"])
            if row is None or not self.get_queryset().filter(pk=row.pk).exists():
                raise
            moved = redirect(request.resolver_match.url_name, row.slug, permanent=True)
            moved["Cache-Control"] = "no-cache"  # a merge may be taken back
            return moved


# -- officials


class OfficialList(PageMixin, TemplateView):
    template_name = "engagements/official_list.html"

    def get_context_data(self, **kwargs):
        public = Edition.objects.public().of_kind(Kind.MEETING)
        at_the_table = EditionLink.objects.filter(edition__in=public).exclude(official=None)
        attended = {
            row["official"]: row
            for row in at_the_table.values("official").annotate(
                sessions=Count("edition", distinct=True), last=Max("edition__day")
            )
        }
        latest = {}
        last_days = {row["last"] for row in attended.values()}
        for seat in seats(public.filter(day__in=last_days).order_by("day", "pk").defer("search")):
            latest[seat.official] = seat
        people = [
            {
                "official": official,
                "sessions": attended.get(official.pk, {}).get("sessions", 0),
                "latest": latest.get(official.pk),
            }
            for official in public_officials()
        ]
        groups = by_letter(people, lambda row: row["official"].full_name.split()[-1])
        return super().get_context_data(letters=with_anchors(groups), number=len(people), **kwargs)


class OfficialDetail(ReferenceDetail):
    """A person: posts held, every session with the title of that day, what they said there."""

    model = Official
    template_name = "engagements/official_detail.html"

    def get_queryset(self):
        return public_officials()

    def get_context_data(self, **kwargs):
        person = self.object
        meetings = meeting_rows(meetings_naming(official=person)[:NAMING_MOST])
        posts = Post.objects.filter(official=person).select_related("organization")
        raised = self.editions(*FOLLOW_UPS).filter(raised_by=person)
        remarks, remarks_cut = capped(self.editions(Kind.REMARK).filter(raised_by=person))
        return super().get_context_data(
            posts=posts.order_by(F("starts_on").desc(nulls_last=True), "-pk"),
            public_bodies=set(public_organizations().values_list("pk", flat=True)),
            seats=[seat for seat in seats(meetings) if seat.official == person.pk],
            lists=three_lists(raised, f"official={person.slug}"),
            remarks=by_type(remarks),
            remarks_cut=remarks_cut,
            query=f"official={person.slug}",
            **kwargs,
        )


# -- organizations


class KindForm(StrictForm):
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=OrganizationKind.choices)


class OrganizationList(PageMixin, TemplateView):
    template_name = "engagements/organization_list.html"

    @cached_property
    def form(self):
        return KindForm(self.request.GET or None)

    def get_context_data(self, **kwargs):
        is_wrong = self.form.is_bound and not self.form.is_valid()
        kind = self.form.cleaned_data.get("kind") if self.form.is_bound and not is_wrong else ""
        organizations = list(public_organizations().select_related("parent"))
        counts = Counter(organization.kind for organization in organizations)
        shown = [row for row in organizations if kind in ("", None, row.kind)]
        groups = by_letter([] if is_wrong else shown, lambda row: row.name)
        return super().get_context_data(
            form=self.form,
            form_fields=list(self.form),
            is_wrong=is_wrong,
            letters=with_anchors(groups),
            number=len(organizations),
            kind=kind,
            kinds=[(choice, counts[choice]) for choice in OrganizationKind if counts[choice]],
            chosen=[kind] if kind else [],
            **kwargs,
        )

    def render_to_response(self, context, **kwargs):
        status = 400 if context["is_wrong"] else 200
        return super().render_to_response(context, status=status, **kwargs)


ITEM_ROLES = (
    ("lead", _("It leads")),
    ("current_lead", _("It follows today")),
    ("addressed_to", _("It was asked")),
    ("supporting", _("It supports")),
)


class OrganizationDetail(ReferenceDetail):
    """An organization: its parent, who carries its work on, what it owes, who sat there for it."""

    model = Organization
    template_name = "engagements/organization_detail.html"

    def get_queryset(self):
        follows = OrganizationSuccession.objects.select_related("successor", "predecessor")
        return (
            public_organizations()
            .select_related("parent", "province")
            .prefetch_related(Prefetch("successions", follows), Prefetch("origins", follows))
        )

    def items(self):
        """Items under what it is to them: (code of the role, its label, editions)."""
        links = EditionLink.objects.filter(organization=self.object).values("edition")
        naming = Edition.objects.public().of_kind(*FOLLOW_UPS).filter(pk__in=links)
        groups = defaultdict(list)
        rows = list(naming.newest_first().defer("search")[:ITEMS_MOST])
        for item in rows:
            for role, _label in ITEM_ROLES:
                keys = item.keys.get(role)
                if self.object.pk in (keys if isinstance(keys, list) else [keys]):
                    groups[role].append(item)
        sections = [(role, label, groups[role]) for role, label in ITEM_ROLES if groups[role]]
        return sections, len(rows) == ITEMS_MOST

    def people(self, meetings):
        """Who sat for it: (attendance of the latest session, that session, number of sessions)."""
        latest, counted = {}, Counter()
        for seat in seats(meetings):
            if seat.organization == self.object.pk:
                latest.setdefault(seat.official, seat)
                counted[seat.official] += 1
        officials = Official.objects.filter(pk__in=latest)
        return [(official, latest[official.pk], counted[official.pk]) for official in officials]

    def get_context_data(self, **kwargs):
        organization = self.object
        public = public_organizations()
        meetings = meeting_rows(meetings_naming(organization=organization)[:NAMING_MOST])
        items, is_cut = self.items()
        related = Q(pk=organization.parent_id)
        related |= Q(pk__in=[link.successor_id for link in organization.successions.all()])
        related |= Q(pk__in=[link.predecessor_id for link in organization.origins.all()])
        province = organization.province_id
        return super().get_context_data(
            units=list(public.filter(parent=organization)),
            public_bodies=set(public.filter(related).values_list("pk", flat=True)),
            heir=province and self.atlas.heir(self.atlas.units[province]),
            items=items,
            is_cut=is_cut,
            meetings=meetings,
            people=self.people(meetings),
            **kwargs,
        )


# -- topics


class TopicList(PageMixin, TemplateView):
    template_name = "engagements/topic_list.html"

    def get_context_data(self, **kwargs):
        kinds = (*FOLLOW_UPS, Kind.MEETING)
        rows = Edition.objects.public().of_kind(*kinds).exclude(topics="").order_by()
        counts = defaultdict(Counter)
        for kind, slugs, number in rows.values_list("kind", "topics").annotate(Count("pk")):
            for slug in slugs.strip("|").split("|"):
                counts[slug][kind] += number
        rows = [
            {
                "topic": topic,
                "counts": [(f"{kind}-list", counts[topic.slug][kind]) for kind in kinds],
            }
            for topic in Topic.objects.all()
        ]
        return super().get_context_data(rows=rows, **kwargs)


class TopicDetail(PageMixin, DetailView):
    """A field of work: what each province asked in it, side by side, and what was answered."""

    model = Topic
    context_object_name = "topic"
    template_name = "engagements/topic_detail.html"

    def get_context_data(self, **kwargs):
        items = self.editions(*FOLLOW_UPS).with_topic(self.object.slug)
        requests = list(items.of_kind(Kind.REQUEST)[:REQUESTS_MOST])
        groups = defaultdict(list)
        for request in requests:
            groups[self.atlas.units[request.heir_id]].append(request)
        meetings = self.editions(Kind.MEETING).with_topic(self.object.slug)
        query = f"topic={self.object.slug}"
        lists = three_lists(items, query)
        return super().get_context_data(
            places=sorted(groups.items(), key=lambda pair: pair[0].sort_key),
            unanswered=sum(request.answer == Answer.UNANSWERED for request in requests),
            is_cut=len(requests) == REQUESTS_MOST,
            asked=lists[0],
            lists=lists[1:],
            meetings=meeting_rows(meetings[:MEETINGS_MOST]),
            meetings_number=meetings.count_up_to(COUNT_MOST),
            query=query,
            **kwargs,
        )
