"""Organizations: the list with a filter by kind, and the page of one with items and people."""

from collections import Counter, defaultdict

from django import forms
from django.db.models import Prefetch, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from engagements.edition.filters import StrictForm
from engagements.edition.models import Edition, EditionLink
from engagements.edition.reading import public_organizations
from engagements.words import FOLLOW_UPS, Kind
from provinces.models import Official, Organization, OrganizationKind, OrganizationSuccession

from .base import PageMixin
from .directory import NAMING_MOST, ReferenceDetail, by_letter, meetings_naming, seats, with_anchors
from .lists import meeting_rows, session_numbers

ITEMS_MOST = 300  # items on the page of an organization
ITEM_ROLES = (
    ("lead", _("It leads")),
    ("current_lead", _("It follows today")),
    ("addressed_to", _("It was asked")),
    ("supporting", _("It supports")),
)


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
            item.was_of = self.predecessor_of(item)
            for role, _label in ITEM_ROLES:
                keys = item.keys.get(role)
                if self.object.pk in (keys if isinstance(keys, list) else [keys]):
                    groups[role].append(item)
        sections = [(role, label, groups[role]) for role, label in ITEM_ROLES if groups[role]]
        return sections, len(rows) == ITEMS_MOST

    @cached_property
    def predecessors(self):
        """The organizations whose work it carries on, and those before them, by key."""
        before = defaultdict(list)
        pairs = OrganizationSuccession.objects.values_list("successor", "predecessor")
        for successor, predecessor in pairs.order_by("effective_on", "pk"):
            before[successor].append(predecessor)
        found, waiting = [], [self.object.pk]
        while waiting:
            nearer = [key for key in before[waiting.pop(0)] if key not in found]
            found += nearer
            waiting += nearer
        rows = Organization.objects.in_bulk([key for key in found if key != self.object.pk])
        return {key: rows[key] for key in found if key in rows}

    def predecessor_of(self, item):
        """Of which predecessor an item was: who led it, was asked, or promised it; None of none."""
        keys = item.keys
        promised = keys.get("lead") is None and item.kind == Kind.COMMITMENT and item.ministry_id
        for key in (keys.get("lead"), keys.get("addressed_to"), promised):
            if key in self.predecessors:
                return self.predecessors[key]
        return None

    def inherited(self):
        """Items of its predecessors of which nobody has said yet who follows them today."""
        if not self.predecessors:
            return [], False
        links = EditionLink.objects.filter(organization__in=self.predecessors).values("edition")
        promised = Q(kind=Kind.COMMITMENT, lead=None, ministry__in=self.predecessors)
        naming = Edition.objects.public().of_kind(*FOLLOW_UPS)
        naming = naming.filter(Q(pk__in=links) | promised)
        rows = list(naming.newest_first().defer("search")[:ITEMS_MOST])
        waiting = []
        for item in rows:
            item.was_of = self.predecessor_of(item)
            if item.was_of and item.keys.get("current_lead") is None:
                waiting.append(item)
        return waiting, len(rows) == ITEMS_MOST

    def people(self, meetings):
        """Who sat for it: (attendance of the latest session held, that session, how many)."""
        latest, counted = {}, Counter()
        for seat in seats(session for session in meetings if session.was_held):
            if seat.organization == self.object.pk:
                latest.setdefault(seat.official, seat)
                counted[seat.official] += 1
        officials = Official.objects.filter(pk__in=latest)
        return [(official, latest[official.pk], counted[official.pk]) for official in officials]

    def get_context_data(self, **kwargs):
        organization = self.object
        public = public_organizations()
        naming = meetings_naming(organization=organization)
        meetings = meeting_rows(naming[:NAMING_MOST])
        items, is_cut = self.items()
        inherited, inherited_is_cut = self.inherited()
        related = Q(pk=organization.parent_id)
        related |= Q(pk__in=[link.successor_id for link in organization.successions.all()])
        related |= Q(pk__in=[link.predecessor_id for link in organization.origins.all()])
        province = organization.province_id
        return super().get_context_data(
            units=list(public.filter(parent=organization)),
            public_organizations=set(public.filter(related).values_list("pk", flat=True)),
            heirs=self.atlas.successors(self.atlas.units[province]) if province else [],
            items=items,
            is_cut=is_cut or inherited_is_cut,
            inherited=inherited,
            meetings=meetings,
            session_numbers=session_numbers(naming),
            people=self.people(meetings),
            **kwargs,
        )
