"""Lists of editions, each with its filter."""

from collections import defaultdict
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.forms import CheckboxSelectMultiple
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.views import FilterView

from engagements.edition.filters import FILTERS, NEWS, TRACKING, LatestFilter, instant_asked
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
from engagements.words import FOLLOW_UPS, Answer, Kind, MeetingState
from provinces.models import OrganizationKind

from .base import COUNTED, LISTS, Page

OFTEN_ASKED = (
    "q", "kind", "province", "lineage", "topic", "status", "answer", "strength", "type", "deadline",
    "ministry", "lead", "year", "from", "to",
)  # fmt: skip


def made_for_pages(form, topics):
    """The form of a filter, dressed for people: boxes to tick, “any” said in words."""
    for name, field in form.fields.items():
        if name == "status":
            field.widget = CheckboxSelectMultiple(choices=field.choices)
        elif hasattr(field, "queryset"):
            if name == "ministry":  # any body is accepted; ministries alone are offered
                field.queryset = field.queryset.filter(kind=OrganizationKind.MINISTRY)
            field.empty_label = _("Any")
        elif hasattr(field, "choices"):
            codes = [(code, said) for code, said in field.choices if code != ""]
            field.widget.choices = codes if name == "lineage" else [("", _("Any")), *codes]
        if name == "topic":
            field.label_from_instance = lambda topic: topics[topic.slug]
    return form


def form_fields(form):
    """The fields to show: those often asked, and whatever else the visitor's address asks."""
    given = [name for name in form.fields if name not in OFTEN_ASKED and form[name].value()]
    return [form[name] for name in (*OFTEN_ASKED, *given) if name in form.fields]


def chosen(form, query):
    """What is asked for, in words, each with the address that asks all but that."""
    found = []
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name) if form.is_bound else None
        if value in (None, "", []) or (name, value) == ("lineage", "true"):
            continue
        if hasattr(field, "queryset"):
            said = field.label_from_instance(value)
        elif hasattr(field, "choices"):
            said_by_code = {str(code): said for code, said in field.choices}
            values = value if isinstance(value, list) else [value]
            said = ", ".join(str(said_by_code[str(one)]) for one in values)
        else:
            said = value
        rest = {key: values for key, values in query.lists() if key not in (name, "page")}
        rest = {key: values for key, values in rest.items() if any(values)}
        found.append({"label": field.label, "value": said, "without": urlencode(rest, doseq=True)})
    return found


def without_empty(request, fields):
    """The address without the fields that a form sent empty, or None if it is clean."""
    empty = [name for name in request.GET if name in fields and not any(request.GET.getlist(name))]
    half = [name for name in request.GET if name in fields and "" in request.GET.getlist(name)]
    if not (empty or half):
        return None
    rest = request.GET.copy()
    for name in {*empty, *half}:
        rest.setlist(name, [value for value in rest.getlist(name) if value])
    query = rest.urlencode()
    return f"{request.path}?{query}" if query else request.path


class Pages(Paginator):
    """Counts no further than a reader would turn."""

    @cached_property
    def count(self):
        return self.object_list.count_up_to(COUNTED)

    @property
    def is_capped(self):
        return self.count == COUNTED


class EditionList(Page, FilterView):
    """A list with its filter. A wrong filter answers 400 with the error beside it and no rows."""

    paginator_class = Pages
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
            chosen=[] if self.is_wrong() else chosen(form, self.request.GET),
            is_wrong=self.is_wrong(),
            title=self.title,
            lede=self.lede,
            none_yet=self.none_yet,
            **{"kind": getattr(self.model, "kept", None)} | kwargs,
        )
        if form.is_bound and (day := form.cleaned_data.get("as_of")):
            reader = Reader(day)
            for edition in context["object_list"]:
                reader.kept(edition).seen_on = day
        return context

    def render_to_response(self, context, **kwargs):
        return super().render_to_response(context, status=400 if self.is_wrong() else 200, **kwargs)


class FollowUpList(EditionList):
    template_name = "engagements/followup_list.html"


class RequestList(FollowUpList):
    model = RequestEdition
    filterset_class = FILTERS[Kind.REQUEST]
    title = LISTS[Kind.REQUEST]
    lede = gettext_lazy("What the provinces asked of the ministry, and whether it was answered.")
    none_yet = gettext_lazy("No request has been published yet.")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        asked = {name for name in self.request.GET if not TRACKING.fullmatch(name)} - {"page"}
        if asked != {"answer"} or self.request.GET["answer"] != Answer.UNANSWERED:
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
    title = LISTS[Kind.COMMITMENT]
    lede = gettext_lazy(
        "What the ministry undertook before the provinces: how firmly, by when, and how it stands."
    )
    none_yet = gettext_lazy("No commitment has been published yet.")


class RecommendationList(FollowUpList):
    model = RecommendationEdition
    filterset_class = FILTERS[Kind.RECOMMENDATION]
    title = LISTS[Kind.RECOMMENDATION]
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


def latest():
    """What readers follow, newest first: each record where it first appeared."""
    kinds = (*FOLLOW_UPS, *NEWS)
    found = Edition.objects.public().of_kind(*kinds).order_by("-first_sequence")
    return found.defer("search", "refs")


def dressed(editions):
    """Rows of several kinds, the sessions among them with their provinces."""
    editions = list(editions)
    meeting_rows([one for one in editions if one.kind == Kind.MEETING])
    return editions


class MeetingList(EditionList):
    model = MeetingEdition
    filterset_class = FILTERS[Kind.MEETING]
    template_name = "engagements/meeting_list.html"
    title = gettext_lazy("Meetings")
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
    title = gettext_lazy("Latest updates")
    lede = gettext_lazy(
        "What was published last: requests, commitments, recommendations, meetings, and the news "
        "of how they stand."
    )
    none_yet = gettext_lazy("Nothing has been published yet.")

    def get_queryset(self):
        return latest()

    def get_context_data(self, **kwargs):
        context = super().get_context_data(kind="latest", **kwargs)
        return context | {"object_list": dressed(context["object_list"])}


class SourceList(EditionList):
    model = SourceEdition
    filterset_class = FILTERS[Kind.SOURCE]
    template_name = "engagements/source_list.html"
    title = gettext_lazy("Sources")
    lede = gettext_lazy("The documents on which the register rests: each line names its own.")
    none_yet = gettext_lazy("No source has been published yet.")
