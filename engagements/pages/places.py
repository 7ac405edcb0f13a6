"""Home, the provinces, one province."""

from collections import Counter, defaultdict

from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from engagements.deadlines import deadline_rules, midnight
from engagements.edition.filter_forms import chosen, form_fields, made_for_pages, without_empty
from engagements.edition.filters import TRACKING, ProvinceItemFilter
from engagements.edition.models import Edition, EditionLink
from engagements.edition.selections import latest
from engagements.words import FOLLOW_UPS, Answer, Deadline, FollowUpStatus, Kind, MeetingState
from provinces.models import Province

from .about import DEADLINES_SEEN
from .base import (
    AT_A_GLANCE,
    BESIDE,
    COUNTED,
    LISTS,
    NEWEST,
    PLANNED_WINDOW,
    SESSIONS,
    Page,
    measures,
)
from .charts import events_of, figure_charts, lifeline, stacked
from .facets import facets
from .lists import dressed, meeting_rows
from .records import beside, by_type
from .tiles import Measure, tile_map


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
            "number": latest().issued_since(midnight(since)).count_up_to(COUNTED),
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
