"""List pages: pagination and filter of requests, commitments, meetings, sources, latest news."""

from collections import defaultdict

from django.core.paginator import Paginator
from django.db.models import Count
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.views import FilterView

from engagements.edition.filter_forms import (
    active_filters,
    form_fields,
    made_for_pages,
    without_empty,
)
from engagements.edition.filters import FILTERS, TRACKING, LatestFilter, instant_asked
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
from engagements.edition.reading import Reader
from engagements.edition.selections import LATEST, latest
from engagements.words import Answer, Kind, MeetingState

from .base import COUNT_MOST, PageMixin


class CappedPaginator(Paginator):
    """Counts no further than a reader would turn."""

    @cached_property
    def count(self):
        return self.object_list.count_up_to(COUNT_MOST)

    @property
    def is_capped(self):
        return self.count == COUNT_MOST


class EditionList(PageMixin, FilterView):
    """A list with its filter. A wrong filter answers 400 with the error beside it and no rows."""

    paginator_class = CappedPaginator
    title = lede = none_yet = ""

    def get(self, request, *args, **kwargs):
        clean = without_empty(request, {*self.filterset_class.base_filters, "page"})
        return redirect(clean) if clean else super().get(request, *args, **kwargs)

    def get_queryset(self):
        public = self.model.objects.public(instant_asked(self.request.GET))
        return public.newest_first().defer("search", "refs")

    def is_wrong(self):
        return self.filterset.is_bound and not self.filterset.is_valid()

    def get_paginate_by(self, queryset):
        return None if self.is_wrong() else 25

    def get_context_data(self, **kwargs):
        form = made_for_pages(self.filterset.form, self.topics)
        context = super().get_context_data(
            form=form,
            form_fields=form_fields(form),
            chosen=[] if self.is_wrong() else active_filters(form, self.request.GET),
            is_wrong=self.is_wrong(),
            title=self.title,
            lede=self.lede,
            none_yet=self.none_yet,
            **{"kind": getattr(self.model, "kept", None)} | kwargs,
        )
        if form.is_bound and (day := form.cleaned_data.get("as_of")):
            reader = Reader(day)
            for edition in context["object_list"]:
                reader.without_withdrawn(edition).seen_on = day
        return context

    def render_to_response(self, context, **kwargs):
        return super().render_to_response(context, status=400 if self.is_wrong() else 200, **kwargs)


class FollowUpList(EditionList):
    template_name = "engagements/followup_list.html"


class RequestList(FollowUpList):
    model = RequestEdition
    filterset_class = FILTERS[Kind.REQUEST]
    title = KINDS[Kind.REQUEST].heading
    lede = gettext_lazy("What the provinces asked of the ministry, and whether it was answered.")
    none_yet = gettext_lazy("No request has been published yet.")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        asked = {name for name in self.request.GET if not TRACKING.fullmatch(name)} - {"page"}
        if asked != {"answer"} or self.request.GET.getlist("answer") != [Answer.UNANSWERED]:
            return context
        return context | {
            "title": _("Requests without a recorded answer"),
            "lede": _(
                "Nothing that is published promises, offers, advises, explains or declines what "
                "these requests ask. An answer may exist that nobody has sent to this register."
            ),
            "is_unanswered": True,
        }


class CommitmentList(FollowUpList):
    model = CommitmentEdition
    filterset_class = FILTERS[Kind.COMMITMENT]
    title = KINDS[Kind.COMMITMENT].heading
    lede = gettext_lazy(
        "What the ministry undertook before the provinces: how firmly, by when, and how it stands."
    )
    none_yet = gettext_lazy("No commitment has been published yet.")


class RecommendationList(FollowUpList):
    model = RecommendationEdition
    filterset_class = FILTERS[Kind.RECOMMENDATION]
    title = KINDS[Kind.RECOMMENDATION].heading
    lede = gettext_lazy("What the ministry advised the provinces to do.")
    none_yet = gettext_lazy("No recommendation has been published yet.")


def meeting_rows(editions):
    """Sessions, each with the keys of its provinces and whether its window went by in silence."""
    editions = list(editions)
    links = EditionLink.objects.filter(edition__in=editions).exclude(province=None)
    units = defaultdict(list)
    for edition, province in links.order_by("pk").values_list("edition", "province"):
        units[edition].append(province)
    today = timezone.localdate().isoformat()
    for edition in editions:
        edition.place_ids = units[edition.pk]
        planned = edition.type == MeetingState.PLANNED
        edition.window_passed = planned and edition.data["planned_to"] < today
    return editions


def session_numbers(sessions, query=""):
    """How many sessions were held; beside it how many are planned, cancelled or not known.

    Each is a link to the list that it counts, where a filter of lists (`query`) finds them.
    """
    counted = dict(sessions.order_by().values_list("type").annotate(Count("pk", distinct=True)))
    states = [state for state in MeetingState if state != MeetingState.HELD and counted.get(state)]
    return [
        {
            "state": state,
            "number": counted.get(state, 0),
            "href": query and f"{reverse('meeting-list')}?{query}&type={state}",
        }
        for state in (MeetingState.HELD, *states)
    ]


def mixed_rows(editions):
    """Rows of several kinds, the sessions among them with their provinces."""
    editions = list(editions)
    meeting_rows([edition for edition in editions if edition.kind == Kind.MEETING])
    return editions


class MeetingList(EditionList):
    model = MeetingEdition
    filterset_class = FILTERS[Kind.MEETING]
    template_name = "engagements/meeting_list.html"
    title = KINDS[Kind.MEETING].heading
    lede = gettext_lazy("Working sessions between the ministry and the provinces, held or planned.")
    none_yet = gettext_lazy("No meeting has been published yet.")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | {"object_list": meeting_rows(context["object_list"])}


class LatestList(EditionList):
    """All news: records published for the first time, newest first."""

    model = Edition
    filterset_class = LatestFilter
    template_name = "engagements/latest_list.html"
    title = LATEST
    lede = gettext_lazy(
        "What was published last: requests, commitments, recommendations, meetings, and the news "
        "of how they stand."
    )
    none_yet = gettext_lazy("Nothing has been published yet.")

    def get_queryset(self):
        return latest()

    def get_context_data(self, **kwargs):
        context = super().get_context_data(kind="latest", **kwargs)
        return context | {"object_list": mixed_rows(context["object_list"])}


class SourceList(EditionList):
    model = SourceEdition
    filterset_class = FILTERS[Kind.SOURCE]
    template_name = "engagements/source_list.html"
    title = KINDS[Kind.SOURCE].heading
    lede = gettext_lazy("The documents on which the register rests: each line names its own.")
    none_yet = gettext_lazy("No source has been published yet.")
