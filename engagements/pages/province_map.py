"""Map of the provinces on home page and list: counts by unit, coloured by a measure."""

from collections import Counter, defaultdict

from django.db.models import Count
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from engagements.edition.counts import FILTERS, counts
from engagements.edition.filter_forms import without_empty
from engagements.edition.models import Edition, EditionLink
from engagements.words import FOLLOW_UPS, Kind, MeetingState

from .base import PageMixin
from .tiles import Measure, tile_map


def units_with_counts(atlas):
    """The units of today with the number of their items by kind and state and of their
    sessions held and planned.

    After them the units that were split, if they have any: theirs are counted once, under their
    own name.
    """
    public = Edition.objects.public()
    numbers = defaultdict(Counter)
    states = counts()
    rows = public.filter(kind__in=FOLLOW_UPS).order_by().values("heir", "kind")
    for row in rows.annotate(total=Count("pk"), **states):
        numbers[row["heir"]][row["kind"]] = row["total"]
        numbers[row["heir"]].update({name: row[name] for name in ("total", *states)})
    sessions = defaultdict(lambda: defaultdict(set))  # unit → state → sessions
    links = EditionLink.objects.filter(edition__in=public.of_kind(Kind.MEETING))
    links = links.exclude(province=None)
    for province, edition, state in links.values_list("province", "edition", "edition__type"):
        sessions[atlas.counted_under(atlas.units[province]).pk][state].add(edition)
    shown = [unit for unit in atlas.units.values() if unit.is_living()]
    shown += [
        unit
        for unit in atlas.units.values()
        if atlas.heir(unit) is None and (numbers[unit.pk]["total"] or sessions[unit.pk])
    ]
    return [
        {
            "unit": unit,
            "requests": numbers[unit.pk][Kind.REQUEST],
            "commitments": numbers[unit.pk][Kind.COMMITMENT],
            "recommendations": numbers[unit.pk][Kind.RECOMMENDATION],
            "held": len(sessions[unit.pk][MeetingState.HELD]),
            "planned": len(sessions[unit.pk][MeetingState.PLANNED]),
            "origins": atlas.predecessors(unit),
        }
        | {name: numbers[unit.pk][name] for name in ("total", *states)}
        for unit in shown
    ]


class MapPage(PageMixin, TemplateView):
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
        rows = units_with_counts(self.atlas)
        units = [row for row in rows if row["unit"].is_living()]
        tiles = tile_map(units, self.measure)
        return super().get_context_data(
            rows=rows, units=units, map=tiles, filters=FILTERS, **kwargs
        )
