"""Figures at the head of pages: counts of follow-ups, each a link to the list that it counts."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from engagements.edition.counts import FILTERS, OF_REQUESTS, counts_by_kind
from engagements.words import FOLLOW_UPS, Kind

TOTALS = {
    Kind.REQUEST: _("requests"),
    Kind.COMMITMENT: _("commitments"),
    Kind.RECOMMENDATION: _("recommendations"),
}
LABELS = {
    "answered": _("requests answered"),
    "possibly_answered": _("requests possibly answered, by inference"),
    "unanswered": _("requests without a recorded answer"),
    "done": _("commitments reported done"),
    "done_confirmed": _("commitments done and confirmed"),
    "past_unknown": _("commitments past their day, without news"),
    "first_past_unknown": _("commitments past the day first promised, without news"),
    "overdue": _("commitments overdue"),
    "first_overdue": _("commitments overdue against the day first promised"),
}
DEADLINES = ("past_unknown", "first_past_unknown", "overdue", "first_overdue")


class Figures:
    """The figures of these editions; `query` is the filter under which lists find them."""

    def __init__(self, editions, query=""):
        self.query = query
        self.counted = counts_by_kind(editions.filter(kind__in=FOLLOW_UPS))

    def number(self, kind, name):
        return self.counted.get(kind, {}).get(name, 0)

    def figure(self, kind, name, label, filters=""):
        asked = "&".join(part for part in (self.query, filters) if part)
        address = reverse(f"{kind}-list")
        return {
            "name": name,
            "number": self.number(kind, name),
            "label": label,
            "href": f"{address}?{asked}" if asked else address,
        }

    def total(self, kind):
        return self.figure(kind, "total", TOTALS[kind])

    def answers(self):
        """The three numbers of requests, never one without the others."""
        return [
            self.figure(Kind.REQUEST, name, LABELS[name], FILTERS[name]) for name in OF_REQUESTS
        ]

    def done(self):
        """What is reported done, and the part of it that is confirmed."""
        return [
            self.figure(Kind.COMMITMENT, name, LABELS[name], FILTERS[name])
            for name in ("done", "done_confirmed")
        ]

    def late(self):
        """Late against the day in force; against the first day where that is another number."""
        figures = []
        for name in DEADLINES:
            in_force = name.removeprefix("first_")
            is_other = self.number(Kind.COMMITMENT, name) != self.number(Kind.COMMITMENT, in_force)
            if name == in_force or is_other:
                figure = self.figure(Kind.COMMITMENT, name, LABELS[name], FILTERS[name])
                figures.append(figure | {"deadline": in_force})
        return figures
