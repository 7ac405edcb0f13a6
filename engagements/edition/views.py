"""Pages: what the public reads, from editions alone."""

from collections import Counter, defaultdict
from datetime import date
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
from provinces.models import Atlas, Province

from .filters import FILTERS, AnyFollowUpFilter
from .models import (
    CommitmentEdition,
    Edition,
    EditionLink,
    MeetingEdition,
    RecommendationEdition,
    RequestEdition,
    SourceEdition,
)
from .problems import problem_response
from .tiles import tile_map
from .words import (
    FOLLOW_UPS,
    Answer,
    Deadline,
    FollowUpStatus,
    Kind,
    MeetingState,
    RemarkKind,
    Side,
)

COUNTED = 10_000  # a reader who would turn further is told to narrow the list
AT_A_GLANCE = 25  # rows of each list on a page of a province
BESIDE = 100  # remarks and figures there
SESSIONS = 20
NEWEST = 6

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
    "lead", "from", "to",
)  # fmt: skip


def made_for_pages(form, topics):
    """The form of a filter, dressed for people: boxes to tick, “any” said in words."""
    for name, field in form.fields.items():
        if name == "status":
            field.widget = CheckboxSelectMultiple(choices=field.choices)
        elif hasattr(field, "queryset"):
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
            kind=self.model.kept,
            **kwargs,
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
            return redirect(self.model.kept, code.upper(), permanent=True)
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


class FollowUpDetail(EditionDetail):
    """A request, commitment or recommendation, and its story: session, request, answers, news."""

    template_name = "engagements/followup_detail.html"

    def get_context_data(self, **kwargs):
        data = self.object.data
        asked = data.get("answers", [])
        answering = [one["code"] for one in data.get("answered_by", [])]
        linked = by_code([*asked, *answering, data["meeting"]["slug"]])
        meeting = linked.pop(data["meeting"]["slug"], None)
        after = [{"day": linked[code].day, "edition": linked[code]} for code in answering]
        after += [
            {"day": date.fromisoformat(one["happened_on"]), "update": one}
            for one in data["updates"]
        ]
        return super().get_context_data(
            meeting=meeting,
            asked=[linked[code] for code in asked],
            after=sorted(after, key=lambda one: one["day"]),
            proofs=proofs(data, *(one.data for one in linked.values())),
            last=data["updates"][-1] if data["updates"] else None,
            **kwargs,
        )


class RequestDetail(FollowUpDetail):
    model = RequestEdition


class CommitmentDetail(FollowUpDetail):
    model = CommitmentEdition


class RecommendationDetail(FollowUpDetail):
    model = RecommendationEdition


def by_type(remarks):
    """Remarks under the word for their kind, in the order of the closed list."""
    groups = defaultdict(list)
    for one in remarks:
        groups[one.type].append(one)
    return [(kind, groups[kind]) for kind in RemarkKind if groups[kind]]


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
        return super().get_context_data(
            one_place=len(meeting_rows([edition])[0].place_ids) == 1,
            table=table_of(edition.data["attendances"]),
            requests=items[Kind.REQUEST],
            commitments=items[Kind.COMMITMENT],
            recommendations=items[Kind.RECOMMENDATION],
            remarks=by_type(items[Kind.REMARK]),
            figures=items[Kind.FIGURE],
            indicators=names(Indicator),
            following=following.newest_first().distinct(),
            proofs=proofs(edition.data, *every),
            **kwargs,
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
    """The units of today with the number of their items by kind and of their sessions."""
    public = Edition.objects.public()
    counts = defaultdict(Counter)
    rows = public.filter(kind__in=FOLLOW_UPS).order_by().values_list("heir", "kind")
    for heir, kind, number in rows.annotate(Count("pk")):
        counts[heir][kind] = number
    past = public.with_deadline(Deadline.PAST_UNKNOWN, on=timezone.localdate()).order_by()
    for heir, number in past.values_list("heir").annotate(Count("pk")):
        counts[heir]["past"] = number
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
            "total": sum(counts[unit.pk][kind] for kind in FOLLOW_UPS),
            "past": counts[unit.pk]["past"],
            "meetings": len(sessions[unit.pk]),
            "origins": atlas.predecessors(unit),
        }
        for unit in atlas.units.values()
        if unit.is_living()
    ]


class Home(Page, TemplateView):
    template_name = "home.html"

    def get_context_data(self, **kwargs):
        units = units_with_counts(self.atlas)
        meetings = self.editions(Kind.MEETING)
        planned = meetings.filter(type=MeetingState.PLANNED)
        newest = Edition.objects.public().filter(kind__in=FOLLOW_UPS).order_by("-first_sequence")
        return super().get_context_data(
            facts=facts(Edition.objects.public()),
            units=units,
            map=tile_map(units),
            newest=newest.defer("search", "refs")[:NEWEST],
            held=meeting_rows(meetings.exclude(type=MeetingState.PLANNED)[:NEWEST]),
            planned=meeting_rows(planned[:NEWEST]),
            statuses=FollowUpStatus,
            deadlines=DEADLINES_SEEN,
            **kwargs,
        )


class ProvinceList(Page, TemplateView):
    template_name = "provinces/province_list.html"

    def get_context_data(self, **kwargs):
        gone = [unit for unit in self.atlas.units.values() if not unit.is_living()]
        gone = [(unit, self.atlas.heir(unit)) for unit in gone]
        units = units_with_counts(self.atlas)
        return super().get_context_data(units=units, map=tile_map(units), gone=gone, **kwargs)


class ProvinceItemFilter(AnyFollowUpFilter):
    """The filter on the page of a province, whose place is given."""

    province = meeting = official = lead = ministry = None

    def __init__(self, *args, place, atlas, **kwargs):
        super().__init__(*args, **kwargs)
        self.place, self.atlas = place, atlas

    def filter_queryset(self, queryset):
        lineage = self.form.cleaned_data.get("lineage") != "false"
        return super().filter_queryset(queryset.about(self.place, self.atlas, lineage=lineage))


def status_bar(editions):
    """Parts of a bar by status: where each begins and how wide it is, of 1000."""
    rows = editions.filter(kind__in=FOLLOW_UPS).order_by().values_list("status")
    numbers = dict(rows.annotate(Count("pk")))
    total, at, parts = sum(numbers.values()), 0, []
    for status in FollowUpStatus:
        if number := numbers.get(status, 0):
            width = round(1000 * number / total, 1)
            parts.append({"status": status, "number": number, "x": f"{at:.1f}", "width": width})
            at += width
    for part in parts:
        part["width"] = f"{part['width']:.1f}"
    return parts


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
        self.filterset = ProvinceItemFilter(
            request.GET or None,
            queryset=self.editions(*FOLLOW_UPS),
            request=request,
            place=self.province,
            atlas=self.atlas,
        )
        response = super().get(request, *args, **kwargs)
        response.status_code = 400 if self.is_wrong() else 200
        return response

    def is_wrong(self):
        return self.filterset.is_bound and not self.filterset.is_valid()

    def lists(self):
        """The three lists: the first rows of each, how many there are, where the whole list is."""
        if self.is_wrong():
            return []
        asked = self.filterset.form.cleaned_data if self.filterset.is_bound else {}
        found = self.filterset.qs if self.filterset.is_bound else self.about(*FOLLOW_UPS)
        query = self.request.GET.copy()
        query.pop("kind", None)
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
        return super().get_context_data(
            province=unit,
            heir=heir if heir != unit else None,
            succession=heir != unit and unit.successions.order_by("effective_on").first(),
            origins=[(atlas.units[one.predecessor_id], one) for one in atlas.origins(unit)],
            facts=facts(Edition.objects.public().about(unit, atlas), query=f"province={unit.slug}"),
            bar=status_bar(self.about(*FOLLOW_UPS)),
            form=form,
            form_fields=form_fields(form),
            chosen=[] if self.is_wrong() else chosen(form, self.request.GET),
            is_wrong=self.is_wrong(),
            lists=self.lists(),
            meetings=shown,
            seated=[(one, seat) for one in shown for seat in one.data["attendances"]],
            meetings_number=meetings.count_up_to(COUNTED),
            figures=list(
                self.about(Kind.FIGURE).order_by("type", "-day", "first_sequence")[:BESIDE]
            ),
            indicators=names(Indicator),
            remarks=by_type(self.about(Kind.REMARK)[:BESIDE]),
            **kwargs,
        )


# -- words about the register

# Deadline states that a tag shows: where no clock runs there is nothing to show.
DEADLINES_SEEN = [one for one in Deadline if one not in (Deadline.NONE, Deadline.CLOSED)]


STATUS_MEANINGS = {
    FollowUpStatus.UNKNOWN: gettext_lazy("Nothing published says what became of it."),
    FollowUpStatus.NOT_STARTED: gettext_lazy("It is known that nothing has been done yet."),
    FollowUpStatus.IN_PROGRESS: gettext_lazy("Work on it is known to have begun."),
    FollowUpStatus.PARTLY_DONE: gettext_lazy("Part of it is done; the rest is still owed."),
    FollowUpStatus.DONE: gettext_lazy("It is done, by the criterion on its page if there is one."),
    FollowUpStatus.PAUSED: gettext_lazy("Work on it was stopped for a time."),
    FollowUpStatus.DROPPED: gettext_lazy("It was said that it will not be done."),
    FollowUpStatus.TRANSFERRED: gettext_lazy("Another body has taken it over."),
}
DEADLINE_MEANINGS = {
    Deadline.NONE: gettext_lazy("No day was given."),
    Deadline.IN_TIME: gettext_lazy("Its day is more than 30 days away."),
    Deadline.DUE_SOON: gettext_lazy("Its day is at most 30 days away."),
    Deadline.OVERDUE: gettext_lazy("It is known to be unfinished, and its day has passed."),
    Deadline.PAST_UNKNOWN: gettext_lazy(
        "Its day has passed and nobody has reported. That is not called overdue."
    ),
    Deadline.ON_TIME: gettext_lazy("It was done on its day or before."),
    Deadline.LATE: gettext_lazy("It was done after its day."),
    Deadline.DONE_UNDATED: gettext_lazy("It is done; on which day is not known."),
    Deadline.CLOSED: gettext_lazy("Paused, not to be done, or transferred: no day is counted."),
}


class About(Page, TemplateView):
    template_name = "about.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            statuses=STATUS_MEANINGS.items(), deadlines=DEADLINE_MEANINGS.items(), **kwargs
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
