"""Provinces: the list with the map, and the page of one with lists, facets and charts."""

from django.db.models import Count
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.generic import TemplateView

from engagements.edition.counts import counts
from engagements.edition.filter_forms import (
    active_filters,
    form_fields,
    made_for_pages,
    without_empty,
)
from engagements.edition.filters import TRACKING, ProvinceItemFilter
from engagements.edition.models import Edition, EditionLink
from engagements.reference import Indicator
from engagements.words import FOLLOW_UPS, FollowUpStatus, Kind, MeetingState
from provinces.models import Organization, Province

from .base import COUNT_MOST, FOLLOW_UP_HEADINGS, LIST_ROWS, MEETINGS_MOST, PageMixin
from .charts import events_of, figure_charts, lifeline, stacked_bar
from .facets import facets
from .figures import Figures
from .lists import meeting_rows, session_numbers
from .province_map import MapPage
from .records import by_type, capped


def head_figures(editions, query=""):
    """The figures at the head of a page; each is a link to the list that it counts."""
    figures = Figures(editions, query)
    return [
        figures.total(Kind.REQUEST),
        *figures.answers(),
        figures.total(Kind.COMMITMENT),
        figures.total(Kind.RECOMMENDATION),
        *figures.done(),
        *figures.late(),
    ]


def status_bar(editions):
    """Parts of the bar that shows shares by status; of what is done, how much is confirmed."""
    rows = editions.filter(kind__in=FOLLOW_UPS).order_by().values("status")
    rows = list(rows.annotate(number=Count("pk"), confirmed=counts()["done_confirmed"]))
    confirmed = {row["status"]: row["confirmed"] for row in rows}
    parts = stacked_bar({row["status"]: row["number"] for row in rows}, FollowUpStatus)
    return [
        part | {"confirmed": confirmed[part["status"]]}
        if part["status"] == FollowUpStatus.DONE
        else part
        for part in parts
    ]


def indicators_by_slug():
    """What figures are values of."""
    rows = Indicator.objects.public().values("slug", "name", "name_en", "better", "note")
    return {row["slug"]: row for row in rows}


def only(keys):
    """The only key, or None where there are several or none."""
    return next(iter(keys)) if len(keys) == 1 else None


class ProvinceList(MapPage):
    template_name = "provinces/province_list.html"

    def get_context_data(self, **kwargs):
        former = [unit for unit in self.atlas.units.values() if not unit.is_living()]
        former = [(unit, self.atlas.successors(unit)) for unit in former]
        return super().get_context_data(former=former, **kwargs)


class ProvinceDetail(PageMixin, TemplateView):
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
        lineage = [member.pk for member in atlas.lineage(unit)]
        meetings = public.of_kind(Kind.MEETING).exclude(type=MeetingState.CANCELLED)
        sessions = EditionLink.objects.filter(province__in=lineage, edition__in=meetings)
        items = public.filter(kind__in=(*FOLLOW_UPS, Kind.UPDATE), province__in=lineage).order_by()
        due = items.filter(kind__in=FOLLOW_UPS, due_on__isnull=False)
        number = Count("pk")
        return lifeline(
            unit,
            atlas,
            events_of(
                sessions.values_list("province", "edition__day", "edition__type").annotate(number),
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
        items = self.filterset.qs if self.filterset.is_bound else self.about(*FOLLOW_UPS)
        query = self.request.GET.copy()
        query.pop("kind", None)
        for name in [name for name in query if TRACKING.fullmatch(name)]:
            del query[name]
        query["province"] = self.province.slug
        return [
            {
                "kind": kind,
                "title": title,
                "number": items.of_kind(kind).count_up_to(COUNT_MOST),
                "rows": items.of_kind(kind)[:LIST_ROWS],
                "href": f"{reverse(f'{kind}-list')}?{query.urlencode()}",
            }
            for kind, title in FOLLOW_UP_HEADINGS.items()
            if asked.get("kind") in (None, "", kind)
        ]

    def about(self, *kinds):
        return self.editions(*kinds).about(self.province, self.atlas)

    def get_context_data(self, **kwargs):
        unit, atlas, public = self.province, self.atlas, Edition.objects.public()
        form = made_for_pages(self.filterset.form, self.topics)
        if not atlas.origins(unit):
            form.fields.pop("lineage")
        meetings = self.editions(Kind.MEETING).in_place(unit, atlas)
        shown = meeting_rows(meetings[:MEETINGS_MOST])
        heirs = atlas.successors(unit)
        quoted = self.about(Kind.FIGURE).order_by("type", "-day", "first_sequence")
        figures, figures_cut = capped(quoted)
        remarks, remarks_cut = capped(self.about(Kind.REMARK))
        indicators = indicators_by_slug()
        lists = self.lists()
        return super().get_context_data(
            province=unit,
            facets=facets(self.filterset, self.topics),
            is_alone=self.request.GET.get("lineage") == "false",
            day_fields=[form[name] for name in ("from", "to")],
            lifeline=self.lifeline(),
            shown=sum(listed["number"] for listed in lists),
            charts=figure_charts(figures, indicators),
            charts_of=only({figure.province_id for figure in figures}),
            heirs=heirs,
            committee=Organization.objects.committee_of(unit),
            succession=heirs and atlas.successions(unit)[0],
            origins=[
                (atlas.units[succession.predecessor_id], succession)
                for succession in atlas.origins(unit)
            ],
            facts=head_figures(public.about(unit, atlas), query=f"province={unit.slug}"),
            bar=status_bar(self.about(*FOLLOW_UPS)),
            form=form,
            form_fields=form_fields(form),
            chosen=[] if self.is_wrong() else active_filters(form, self.request.GET),
            is_wrong=self.is_wrong(),
            lists=lists,
            meetings=shown,
            seated=[
                (session, seat)
                for session in shown
                if session.was_held
                for seat in session.data["attendances"]
            ],
            session_numbers=session_numbers(meetings, f"province={unit.slug}"),
            figures=figures,
            figures_cut=figures_cut,
            indicators={
                slug: (get_language() == "en" and indicator["name_en"]) or indicator["name"]
                for slug, indicator in indicators.items()
            },
            remarks=by_type(remarks),
            remarks_cut=remarks_cut,
            query=f"province={unit.slug}",
            **kwargs,
        )
