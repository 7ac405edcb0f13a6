"""Pages: what the public reads, from editions alone."""

from collections import Counter, defaultdict
from datetime import datetime, time, timedelta
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.forms import CheckboxSelectMultiple
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.generic import DetailView, TemplateView
from django.views.generic.base import ContextMixin
from django_filters.views import FilterView

from engagements.models.base import Topic
from engagements.models.figures import Indicator
from provinces.models import Atlas, OrganizationKind, Province

from .charts import events_of, figure_charts, lifeline, stacked
from .facets import facets
from .filters import FILTERS, NEWS, TRACKING, LatestFilter, ProvinceItemFilter
from .models import (
    CommitmentEdition,
    Edition,
    EditionLink,
    MeetingEdition,
    RecommendationEdition,
    RequestEdition,
    SourceEdition,
    deadline_rules,
)
from .problems import problem_response
from .story import by_voice, numbered, told
from .tiles import Measure, tile_map
from .words import (
    FOLLOW_UPS,
    Answer,
    Deadline,
    FollowUpStatus,
    Kind,
    MeetingState,
    RemarkKind,
    Side,
    SourceRank,
    Strength,
)

COUNTED = 10_000  # a reader who would turn further is told to narrow the list
AT_A_GLANCE = 25  # rows of each list on a page of a province
BESIDE = 100  # remarks and figures there and on a person's page
SESSIONS = 20
PLANNED_WINDOW = timedelta(days=366)  # a planned session's window is never longer
NEWEST = 6
HISTORY = 100  # editions of one record on a page

LISTS = {
    Kind.REQUEST: gettext_lazy("Requests"),
    Kind.COMMITMENT: gettext_lazy("Commitments"),
    Kind.RECOMMENDATION: gettext_lazy("Recommendations"),
}


def names(model):
    """Reference data by slug, in the language of the page."""
    rows = model.objects.values_list("slug", "name", "name_en")
    if get_language() == "en":
        return {slug: name_en or name for slug, name, name_en in rows}
    return {slug: name for slug, name, _name_en in rows}


def measures():
    """Indicators by slug: what figures are values of."""
    rows = Indicator.objects.values("slug", "name", "name_en", "better", "note")
    return {row["slug"]: row for row in rows}


class Page(ContextMixin):
    """What every page of the register knows: the units and the topics by name."""

    @cached_property
    def atlas(self):
        return Atlas()

    @cached_property
    def topics(self):
        return names(Topic)

    def get_context_data(self, **kwargs):
        return super().get_context_data(atlas=self.atlas, topics=self.topics, **kwargs)

    def editions(self, *kinds):
        """Current editions in the order of lists, without what only search and re-issue read."""
        return Edition.objects.public().of_kind(*kinds).newest_first().defer("search", "refs")


# -- lists

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
        return self.model.objects.public().newest_first().defer("search", "refs")

    def is_wrong(self):
        return self.filterset.is_bound and not self.filterset.is_valid()

    def get_paginate_by(self, queryset):
        return None if self.is_wrong() else 25

    def get_context_data(self, **kwargs):
        form = made_for_pages(self.filterset.form, self.topics)
        return super().get_context_data(
            form=form,
            form_fields=form_fields(form),
            chosen=[] if self.is_wrong() else chosen(form, self.request.GET),
            is_wrong=self.is_wrong(),
            title=self.title,
            lede=self.lede,
            none_yet=self.none_yet,
            **{"kind": getattr(self.model, "kept", None)} | kwargs,
        )

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


# -- one record


class Withdrawn(Exception):
    """The address of a record that was taken back."""


class EditionDetail(Page, DetailView):
    """One record as it is published now; 410 once it was withdrawn."""

    slug_field = slug_url_kwarg = "code"
    context_object_name = "edition"

    def get(self, request, *args, **kwargs):
        code = kwargs["code"]
        if self.model.kept != Kind.MEETING and code != code.upper():
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


def proofs(*bodies):
    """The sources that these bodies (and their updates and attendances) rest on, by code."""
    parts = [part for body in bodies for part in (body, *body.get("updates", ()))]
    parts += [seat for body in bodies for seat in body.get("attendances", ())]
    cited = [code for body in bodies for code in body.get("cited", ())]
    return by_code([part["evidence"]["source"] for part in parts if "evidence" in part] + cited)


def editions_of(edition):
    """The numbers of a record that were not taken back, each as it was first published."""
    rows = Edition.objects.filter(kind=edition.kind, record=edition.record, withdrawn_at=None)
    return list(rows.one_a_number().defer("search", "refs").reverse()[:HISTORY])[::-1]


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
        revisions = numbered(editions_of(self.object), self.topics)
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


class FollowUpEditions(EditionDetail):
    """Every edition of an item, and what each changed; a re-issue is none."""

    template_name = "engagements/followup_editions.html"

    def get_context_data(self, **kwargs):
        revisions = numbered(editions_of(self.object), self.topics)
        return super().get_context_data(
            revisions=revisions[::-1], is_cut=len(revisions) == HISTORY, **kwargs
        )


class RequestEditions(FollowUpEditions):
    model = RequestEdition


class CommitmentEditions(FollowUpEditions):
    model = CommitmentEdition


class RecommendationEditions(FollowUpEditions):
    model = RecommendationEdition


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


# -- places


def tally(editions):
    """How many follow-ups of each kind and state, in one query."""
    rows = (
        editions.filter(kind__in=FOLLOW_UPS).order_by().values("kind").annotate(total=Count("pk"))
    )
    return {
        row["kind"]: row
        for row in rows.annotate(unanswered=Count("pk", filter=Q(answer=Answer.UNANSWERED)))
    }


def facts(editions, query=""):
    """The figures at the head of a page; each is a link to the list that it counts."""
    counted = tally(editions)
    today = timezone.localdate()
    commitments = editions.of_kind(Kind.COMMITMENT)

    def fact(kind, number, said, more=""):
        ask = "&".join(part for part in (query, more) if part)
        href = reverse(f"{kind}-list") + (f"?{ask}" if ask else "")
        return {"number": number, "said": said, "href": href}

    def count(kind, name="total"):
        return counted.get(kind, {}).get(name, 0)

    found = [
        fact(Kind.REQUEST, count(Kind.REQUEST), _("requests")),
        fact(
            Kind.REQUEST,
            count(Kind.REQUEST, "unanswered"),
            _("requests without a recorded answer"),
            f"answer={Answer.UNANSWERED}",
        ),
        fact(Kind.COMMITMENT, count(Kind.COMMITMENT), _("commitments")),
        fact(Kind.RECOMMENDATION, count(Kind.RECOMMENDATION), _("recommendations")),
    ]
    for deadline, said in (
        (Deadline.PAST_UNKNOWN, _("commitments past their day, without news")),
        (Deadline.OVERDUE, _("commitments overdue")),
    ):
        number = commitments.with_deadline(deadline, on=today).count()
        found.append(
            fact(Kind.COMMITMENT, number, said, f"deadline={deadline}") | {"deadline": deadline}
        )
    return found


def units_with_counts(atlas):
    """The units of today with the number of their items by kind and state and of their sessions."""
    public = Edition.objects.public()
    rules = deadline_rules(timezone.localdate())
    counts = defaultdict(Counter)
    states = {
        "unanswered": Count("pk", filter=Q(answer=Answer.UNANSWERED)),
        "past": Count("pk", filter=rules[Deadline.PAST_UNKNOWN]),
        "overdue": Count("pk", filter=rules[Deadline.OVERDUE]),
        "done": Count("pk", filter=Q(status=FollowUpStatus.DONE)),
    }
    rows = public.filter(kind__in=FOLLOW_UPS).order_by().values("heir", "kind")
    for row in rows.annotate(total=Count("pk"), **states):
        counts[row["heir"]][row["kind"]] = row["total"]
        counts[row["heir"]].update({name: row[name] for name in ("total", *states)})
    sessions = defaultdict(set)
    held = EditionLink.objects.filter(edition__in=public.of_kind(Kind.MEETING)).exclude(
        province=None
    )
    for province, edition in held.values_list("province", "edition"):
        heir = atlas.heir(atlas.units[province]) or atlas.units[province]
        sessions[heir.pk].add(edition)
    return [
        {
            "unit": unit,
            "requests": counts[unit.pk][Kind.REQUEST],
            "commitments": counts[unit.pk][Kind.COMMITMENT],
            "recommendations": counts[unit.pk][Kind.RECOMMENDATION],
            "meetings": len(sessions[unit.pk]),
            "origins": atlas.predecessors(unit),
        }
        | {name: counts[unit.pk][name] for name in ("total", *states)}
        for unit in atlas.units.values()
        if unit.is_living()
    ]


class Mapped(Page, TemplateView):
    """A page with the map of tiles, coloured by the measure that `do` names."""

    def get(self, request, *args, **kwargs):
        if clean := without_empty(request, {"do"}):
            return redirect(clean)
        asked = request.GET.getlist("do") or [Measure.ITEMS.value]
        if len(asked) > 1 or asked[0] not in Measure.values:
            reason = _("The map has no such measure: %(do)s") % {"do": asked[-1][:40]}
            return render(request, "400.html", {"reason": reason}, status=400)
        self.measure = Measure(asked[0])
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        units = units_with_counts(self.atlas)
        return super().get_context_data(units=units, map=tile_map(units, self.measure), **kwargs)


def live_figures():
    """What needs a reader's eye now; each is a link to the list that it counts."""
    public, today = Edition.objects.public(), timezone.localdate()
    since = today.replace(day=1)
    start = datetime.combine(since, time.min, timezone.get_current_timezone())
    counts = public.filter(kind__in=FOLLOW_UPS).aggregate(
        unanswered=Count("pk", filter=Q(kind=Kind.REQUEST, answer=Answer.UNANSWERED))
    )
    rules = deadline_rules(today)
    commitments = public.of_kind(Kind.COMMITMENT).aggregate(
        past=Count("pk", filter=rules[Deadline.PAST_UNKNOWN]),
        overdue=Count("pk", filter=rules[Deadline.OVERDUE]),
    )
    requests, promises = reverse("request-list"), reverse("commitment-list")
    return [
        {
            "number": counts["unanswered"],
            "said": _("requests without a recorded answer"),
            "href": f"{requests}?answer={Answer.UNANSWERED}",
        },
        {
            "number": commitments["past"],
            "said": _("commitments past their day, without news"),
            "href": f"{promises}?deadline={Deadline.PAST_UNKNOWN}",
            "deadline": Deadline.PAST_UNKNOWN,
        },
        {
            "number": commitments["overdue"],
            "said": _("commitments overdue"),
            "href": f"{promises}?deadline={Deadline.OVERDUE}",
            "deadline": Deadline.OVERDUE,
        },
        {
            "number": latest().issued_since(start).count_up_to(COUNTED),
            "said": _("published or corrected this month"),
            "href": f"{reverse('latest-list')}?updated_since={since.isoformat()}",
        },
    ]


class Home(Mapped):
    template_name = "home.html"

    def get_context_data(self, **kwargs):
        today = timezone.localdate()
        meetings = self.editions(Kind.MEETING)
        planned = meetings.filter(type=MeetingState.PLANNED)
        ahead = planned.exclude(day__lt=today - PLANNED_WINDOW).order_by("day", "first_sequence")
        coming = [one for one in meeting_rows(ahead[:BESIDE]) if not one.window_passed]
        due = self.editions(*FOLLOW_UPS).with_deadline(Deadline.DUE_SOON, on=today)
        context = super().get_context_data(
            live=live_figures(),
            newest=dressed(latest()[:NEWEST]),
            held=meeting_rows(meetings.exclude(type=MeetingState.PLANNED)[:NEWEST]),
            due=due.order_by("due_on", "first_sequence")[:NEWEST],
            planned=coming[:NEWEST],
            statuses=FollowUpStatus,
            deadlines=DEADLINES_SEEN,
            **kwargs,
        )
        totals = Counter()
        for row in context["units"]:
            totals.update({name: row[name] for name in ("requests", "commitments")})
            totals["recommendations"] += row["recommendations"]
        return context | {"totals": totals}


class ProvinceList(Mapped):
    template_name = "provinces/province_list.html"

    def get_context_data(self, **kwargs):
        gone = [unit for unit in self.atlas.units.values() if not unit.is_living()]
        gone = [(unit, self.atlas.heir(unit)) for unit in gone]
        return super().get_context_data(gone=gone, **kwargs)


def status_bar(editions):
    """Parts of a bar by status."""
    rows = editions.filter(kind__in=FOLLOW_UPS).order_by().values_list("status")
    return stacked(dict(rows.annotate(Count("pk"))), FollowUpStatus)


def one_of(keys):
    """The only key, or None where there are several or none."""
    return next(iter(keys)) if len(keys) == 1 else None


class ProvinceDetail(Page, TemplateView):
    """A unit, of today or of the past, with everything of its lineage."""

    template_name = "provinces/province_detail.html"

    def get(self, request, *args, **kwargs):
        self.province = self.atlas.slugs.get(kwargs["slug"])
        if self.province is None:
            moved = Province.objects.formerly(kwargs["slug"])
            if moved is None:
                raise Http404
            return redirect(moved, permanent=True)
        if clean := without_empty(request, ProvinceItemFilter.base_filters):
            return redirect(clean)
        self.filterset = ProvinceItemFilter(
            self.asked(),
            queryset=self.editions(*FOLLOW_UPS),
            request=request,
            place=self.province,
            atlas=self.atlas,
        )
        response = super().get(request, *args, **kwargs)
        response.status_code = 400 if self.is_wrong() else 200
        return response

    def asked(self):
        """The filters of the address; tracking asks for nothing."""
        asked = any(not TRACKING.fullmatch(name) for name in self.request.GET)
        return self.request.GET if asked else None

    def is_wrong(self):
        return self.filterset.is_bound and not self.filterset.is_valid()

    def lifeline(self):
        """What happened on the unit and its predecessors, counted by day."""
        unit, atlas = self.province, self.atlas
        public = Edition.objects.public()
        lineage = [one.pk for one in atlas.lineage(unit)]
        sessions = EditionLink.objects.filter(
            province__in=lineage, edition__in=public.of_kind(Kind.MEETING)
        )
        items = public.filter(kind__in=(*FOLLOW_UPS, Kind.UPDATE), province__in=lineage).order_by()
        due = items.filter(kind__in=FOLLOW_UPS, due_on__isnull=False)
        number = Count("pk")
        return lifeline(
            unit,
            atlas,
            events_of(
                sessions.values_list("province", "edition__day").annotate(number),
                items.values_list("province", "day", "kind").annotate(number),
                due.values_list("province", "due_on").annotate(number),
            ),
            timezone.localdate(),
        )

    def lists(self):
        """The three lists: the first rows of each, how many there are, where the whole list is."""
        if self.is_wrong():
            return []
        asked = self.filterset.form.cleaned_data if self.filterset.is_bound else {}
        found = self.filterset.qs if self.filterset.is_bound else self.about(*FOLLOW_UPS)
        query = self.request.GET.copy()
        query.pop("kind", None)
        for name in [name for name in query if TRACKING.fullmatch(name)]:
            del query[name]
        query["province"] = self.province.slug
        return [
            {
                "kind": kind,
                "title": title,
                "number": found.of_kind(kind).count_up_to(COUNTED),
                "rows": found.of_kind(kind)[:AT_A_GLANCE],
                "href": f"{reverse(f'{kind}-list')}?{query.urlencode()}",
            }
            for kind, title in LISTS.items()
            if asked.get("kind") in (None, "", kind)
        ]

    def about(self, *kinds):
        return self.editions(*kinds).about(self.province, self.atlas)

    def get_context_data(self, **kwargs):
        unit, atlas = self.province, self.atlas
        form = made_for_pages(self.filterset.form, self.topics)
        if not atlas.origins(unit):
            form.fields.pop("lineage")
        meetings = self.editions(Kind.MEETING).in_place(unit, atlas)
        shown = meeting_rows(meetings[:SESSIONS])
        heir = atlas.heir(unit)
        quoted = self.about(Kind.FIGURE).order_by("type", "-day", "first_sequence")
        figures, figures_cut = beside(quoted)
        remarks, remarks_cut = beside(self.about(Kind.REMARK))
        indicators = measures()
        lists = self.lists()
        return super().get_context_data(
            province=unit,
            facets=facets(self.filterset, self.topics),
            is_alone=self.request.GET.get("lineage") == "false",
            day_fields=[form[name] for name in ("from", "to")],
            lifeline=self.lifeline(),
            shown=sum(one["number"] for one in lists),
            charts=figure_charts(figures, indicators),
            charts_of=one_of({one.province_id for one in figures}),
            heir=heir if heir != unit else None,
            succession=heir != unit and unit.successions.order_by("effective_on").first(),
            origins=[(atlas.units[one.predecessor_id], one) for one in atlas.origins(unit)],
            facts=facts(Edition.objects.public().about(unit, atlas), query=f"province={unit.slug}"),
            bar=status_bar(self.about(*FOLLOW_UPS)),
            form=form,
            form_fields=form_fields(form),
            chosen=[] if self.is_wrong() else chosen(form, self.request.GET),
            is_wrong=self.is_wrong(),
            lists=lists,
            meetings=shown,
            seated=[(one, seat) for one in shown for seat in one.data["attendances"]],
            meetings_number=meetings.count_up_to(COUNTED),
            figures=figures,
            figures_cut=figures_cut,
            indicators={
                slug: (get_language() == "en" and one["name_en"]) or one["name"]
                for slug, one in indicators.items()
            },
            remarks=by_type(remarks),
            remarks_cut=remarks_cut,
            query=f"province={unit.slug}",
            **kwargs,
        )


# -- words about the register

# Deadline states that a tag shows: where no clock runs there is nothing to show.
DEADLINES_SEEN = [one for one in Deadline if one not in (Deadline.NONE, Deadline.CLOSED)]


STATUS_MEANINGS = {
    FollowUpStatus.UNKNOWN: (
        gettext_lazy("Nothing published says what became of it."),
        gettext_lazy("A session was reported in the press; no later document speaks of it."),
    ),
    FollowUpStatus.NOT_STARTED: (
        gettext_lazy("It is known that nothing has been done yet."),
        gettext_lazy("The ministry writes that the work waits for a decree."),
    ),
    FollowUpStatus.IN_PROGRESS: (
        gettext_lazy("Work on it is known to have begun."),
        gettext_lazy("The province reports that a working group has been set up."),
    ),
    FollowUpStatus.PARTLY_DONE: (
        gettext_lazy("Part of it is done; the rest is still owed."),
        gettext_lazy("Two of five districts have been connected."),
    ),
    FollowUpStatus.DONE: (
        gettext_lazy("It is done, by the criterion on its page if there is one."),
        gettext_lazy("The handing-over is on record, with its day."),
    ),
    FollowUpStatus.PAUSED: (
        gettext_lazy("Work on it was stopped for a time."),
        gettext_lazy("A letter puts it off until the budget is settled."),
    ),
    FollowUpStatus.DROPPED: (
        gettext_lazy("It was said that it will not be done."),
        gettext_lazy("A conclusion notice takes the plan off the list."),
    ),
    FollowUpStatus.TRANSFERRED: (
        gettext_lazy("Another body has taken it over."),
        gettext_lazy("After a reorganization another ministry is named as responsible."),
    ),
}
DEADLINE_MEANINGS = {
    Deadline.NONE: (
        gettext_lazy("No day was given."),
        gettext_lazy("“The ministry will support the province.”"),
    ),
    Deadline.IN_TIME: (
        gettext_lazy("Its day is more than 30 days away."),
        gettext_lazy("Due on 30 June, read on 2 April."),
    ),
    Deadline.DUE_SOON: (
        gettext_lazy("Its day is at most 30 days away."),
        gettext_lazy("Due on 30 June, read from 31 May to 30 June."),
    ),
    Deadline.OVERDUE: (
        gettext_lazy("It is known to be unfinished, and its day has passed."),
        gettext_lazy("Due on 30 June; on 1 July the last news is “in progress”."),
    ),
    Deadline.PAST_UNKNOWN: (
        gettext_lazy("Its day has passed and nobody has reported. That is not called overdue."),
        gettext_lazy("Due on 30 June; on 1 July there is no news at all."),
    ),
    Deadline.ON_TIME: (
        gettext_lazy("It was done on its day or before."),
        gettext_lazy("Due on 30 June, done on 30 June."),
    ),
    Deadline.LATE: (
        gettext_lazy("It was done after its day."),
        gettext_lazy("Due on 30 June, done on 1 July."),
    ),
    Deadline.DONE_UNDATED: (
        gettext_lazy("It is done; on which day is not known."),
        gettext_lazy("A later report counts it as finished and gives no day."),
    ),
    Deadline.CLOSED: (
        gettext_lazy("Paused, not to be done, or transferred: no day is counted."),
        gettext_lazy("Due on 30 June; in May it was put off without a new day."),
    ),
}
ANSWER_MEANINGS = {
    Answer.PROMISED: (
        gettext_lazy("The ministry promised it, or both sides undertook it together."),
        gettext_lazy("“The ministry will send experts this quarter.”"),
    ),
    Answer.OFFERED: (
        gettext_lazy("The ministry offered something, or said what is taken as a commitment."),
        gettext_lazy("“The ministry is ready to go along with the province.”"),
    ),
    Answer.ADVISED: (
        gettext_lazy("The ministry advised the province what to do itself."),
        gettext_lazy("“The province should begin with its own data.”"),
    ),
    Answer.EXPLAINED: (
        gettext_lazy("The ministry explained how things stand, and undertook nothing."),
        gettext_lazy("A letter says which rule applies."),
    ),
    Answer.DECLINED: (
        gettext_lazy("The ministry said that it will not do it."),
        gettext_lazy("A letter says that the request is outside its powers."),
    ),
    Answer.UNANSWERED: (
        gettext_lazy("No published document answers it. An answer may exist that is not here."),
        gettext_lazy("The article about the session names the request and nothing after it."),
    ),
}
STRENGTH_MEANINGS = {
    Strength.EXPLICIT: (
        gettext_lazy("The ministry said that it will do it."),
        gettext_lazy("“The ministry will …”, “the ministry undertakes to …”"),
    ),
    Strength.JOINT: (
        gettext_lazy("Both sides said that they will do it together."),
        gettext_lazy("“The two sides agreed to …”"),
    ),
    Strength.OFFER: (
        gettext_lazy("The ministry said that it is ready to, if the province wishes."),
        gettext_lazy("“The ministry can help with …”"),
    ),
    Strength.IMPLIED: (
        gettext_lazy("It follows from what was said; the page says why it is taken so."),
        gettext_lazy("“This will be piloted in the province.”"),
    ),
}


class About(Page, TemplateView):
    template_name = "about.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            statuses=STATUS_MEANINGS.items(),
            deadlines=DEADLINE_MEANINGS.items(),
            answers=ANSWER_MEANINGS.items(),
            strengths=STRENGTH_MEANINGS.items(),
            ranks=SourceRank,
            **kwargs,
        )


# -- when something is not there


def bad_request(request, exception=None):
    return render(request, "400.html", status=400)


def not_found(request, exception=None):
    if request.path.startswith("/api/"):
        return problem_response(404, "not_found", _("There is nothing at this address."))
    return render(request, "404.html", status=404)


def server_error(request):
    """Without the database, which may be what failed."""
    return render(request, "500.html", status=500)
