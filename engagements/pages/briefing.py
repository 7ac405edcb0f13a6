"""Briefing sheet of a province: what somebody needs before the next session with it.

One reading of the editions, shown as a page for the screen and for A4 here, and as an Excel
workbook in briefing_workbook.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta

from django.db.models import F
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from engagements.deadlines import midnight
from engagements.edition.models import Edition
from engagements.edition.selections import SlugChanged, unit_at
from engagements.reference import Indicator, names
from engagements.words import CLOSED, FOLLOW_UPS, Answer, Deadline, Kind, Role, Side
from provinces.models import Official

from .base import PageMixin
from .figures import Figures
from .lists import meeting_rows, session_numbers
from .records import proofs

OPEN_MOST = 1000  # items on a sheet, those due first before the others
CHANGES_MOST = 500
SESSIONS_MOST = 50
FIGURES_MOST = 300

# Open items in the order in which they matter at the table.
OPEN_GROUPS = {
    "unanswered": gettext_lazy("Requests without a recorded answer"),
    Deadline.PAST_UNKNOWN: gettext_lazy("Past their day, without news"),
    Deadline.OVERDUE: gettext_lazy("Overdue"),
    Deadline.DUE_SOON: gettext_lazy("Due within 30 days"),
    "open": gettext_lazy("Others that are open"),
}
CHANGE_GROUPS = {
    "news": gettext_lazy("News of earlier items"),
    "changed": gettext_lazy("Items published again"),
    "new": gettext_lazy("Items published for the first time"),
    "figures": gettext_lazy("Figures"),
    "own": gettext_lazy("Items of that session itself, recorded after it"),
}


def group_of(edition, on):
    """Where an open item stands on the sheet."""
    if edition.kind == Kind.REQUEST and edition.answer == Answer.UNANSWERED:
        return "unanswered"
    deadline = edition.deadline(on)
    return deadline if deadline in OPEN_GROUPS else "open"


class BriefingSheet:
    """The sections of the sheet of a province on one day, each read once."""

    def __init__(self, unit, atlas, on):
        self.unit, self.atlas, self.on = unit, atlas, on

    def about(self, *kinds):
        public = Edition.objects.public().of_kind(*kinds).about(self.unit, self.atlas)
        return public.defer("search", "refs")

    @cached_property
    def open_items(self):
        """(key, heading, items) of the groups that hold something."""
        groups = defaultdict(list)
        items = self.about(*FOLLOW_UPS).exclude(status__in=CLOSED)
        items = items.order_by(F("due_on").asc(nulls_last=True), "-day", "first_sequence")
        for item in items[:OPEN_MOST]:
            groups[group_of(item, self.on)].append(item)
        return [(key, title, groups[key]) for key, title in OPEN_GROUPS.items() if groups[key]]

    @cached_property
    def head_figures(self):
        """The numbers of the place that never stand alone, each with the list that it counts."""
        of_place = Edition.objects.public().about(self.unit, self.atlas)
        figures = Figures(of_place, f"province={self.unit.slug}")
        return [*figures.answers(), *figures.done(), *figures.late()]

    @cached_property
    def open_number(self):
        return sum(len(rows) for _key, _title, rows in self.open_items)

    @property
    def is_cut(self):
        return self.open_number == OPEN_MOST

    # -- sessions

    @property
    def of_place(self):
        public = Edition.objects.public().of_kind(Kind.MEETING)
        return public.in_place(self.unit, self.atlas).newest_first().defer("search", "refs")

    @cached_property
    def sessions(self):
        return meeting_rows(self.of_place[:SESSIONS_MOST])

    @cached_property
    def session_numbers(self):
        return session_numbers(self.of_place, f"province={self.unit.slug}")

    @cached_property
    def held_sessions(self):
        return [session for session in self.sessions if session.was_held]

    @property
    def last(self):
        return self.held_sessions[0] if self.held_sessions else None

    @cached_property
    def seated(self):
        """Each person of the sessions held: last seat taken, days, the post recorded last."""
        seats = {}
        for session in self.held_sessions:
            for seat in session.data["attendances"]:
                person = seats.setdefault(
                    seat["official"]["slug"], {"seat": seat, "day": session.day, "sessions": []}
                )
                person["sessions"].append(session)
        people = Official.objects.filter(slug__in=seats).prefetch_related("posts__organization")
        for official in people:
            seats[official.slug] |= {"official": official, "posts": self.posts(official)}
        sides = [Side.PROVINCE, Side.MINISTRY, Side.OTHER]
        roles = list(Role)

        def rank(person):
            seat, official = person["seat"], person.get("official")
            name = official.sort_key if official else seat["official"]["name"]
            return sides.index(Side(seat["side"])), roles.index(Role(seat["role"])), name

        return sorted(seats.values(), key=rank)

    def posts(self, official):
        """Offices that nobody has recorded as ended; the organization itself may have ended."""
        posts = [
            post for post in official.posts.all() if not post.ends_on or post.ends_on >= self.on
        ]
        posts.sort(key=lambda post: (post.starts_on or date.min, post.pk), reverse=True)
        return [
            {
                "post": post,
                "last_day": post.organization.ceased_on
                and post.organization.ceased_on <= self.on
                and post.organization.ceased_on - timedelta(days=1),
            }
            for post in posts
        ]

    # -- since the last session

    @cached_property
    def changes(self):
        """(key, heading, editions) published after the day of the last session held."""
        if self.last is None:
            return []
        after = midnight(self.last.day + timedelta(days=1))
        published = self.about(*FOLLOW_UPS, Kind.UPDATE, Kind.FIGURE).changed_since(after)
        groups = defaultdict(list)
        for edition in published.order_by("-sequence")[:CHANGES_MOST]:
            if edition.kind == Kind.UPDATE:
                groups["news"].append(edition)
            elif edition.kind == Kind.FIGURE:
                if edition.meeting != self.last.code:  # those quoted there stand under Figures
                    groups["figures"].append(edition)
            elif datetime.fromisoformat(edition.data["first_published_at"]) < after:
                groups["changed"].append(edition)
            else:
                groups["own" if edition.meeting == self.last.code else "new"].append(edition)
        return [(key, title, groups[key]) for key, title in CHANGE_GROUPS.items() if groups[key]]

    @cached_property
    def quoted(self):
        figures = self.about(Kind.FIGURE).order_by("type", "-day", "first_sequence")
        return list(figures[:FIGURES_MOST])

    @cached_property
    def proofs(self):
        """The sources on which all this rests, by code."""
        rows = [item for _key, _title, rows in self.open_items for item in rows]
        rows += [*self.sessions, *self.quoted]
        rows += [
            update for key, _title, changed in self.changes if key == "news" for update in changed
        ]
        return proofs(*(edition.data for edition in rows))

    @property
    def sources(self):
        return sorted(self.proofs.values(), key=lambda source: source.first_sequence)


class BriefingPage(PageMixin, TemplateView):
    template_name = "provinces/province_briefing.html"

    def get(self, request, *args, **kwargs):
        try:
            self.unit = unit_at(self.atlas, kwargs["slug"])
        except SlugChanged as moved:
            name = request.resolver_match.view_name
            return redirect(name, slug=moved.args[0], permanent=True)
        self.sheet = BriefingSheet(self.unit, self.atlas, timezone.localdate())
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        lineage = self.atlas.lineage(self.unit)
        return super().get_context_data(
            province=self.unit,
            heirs=self.atlas.successors(self.unit),
            origins=[unit for unit in lineage if unit != self.unit],
            sheet=self.sheet,
            indicators=names(Indicator.objects.public()),
            proofs=self.sheet.proofs,
            site=self.request.build_absolute_uri("/").rstrip("/"),
            own_address=self.request.build_absolute_uri(self.request.path),
            **kwargs,
        )
