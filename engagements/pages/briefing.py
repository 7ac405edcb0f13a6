"""The briefing sheet: what somebody needs before the next session with a province.

One reading of the editions, shown as a page (for the screen and for A4) and as a spreadsheet.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta

from django.db.models import F
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.generic import TemplateView

from engagements.deadlines import midnight
from engagements.edition import licence
from engagements.edition.entries import place_words
from engagements.edition.models import Edition
from engagements.edition.selections import Moved, unit_at
from engagements.edition.text import plain
from engagements.edition.workbook import BOLD, Book, as_file
from engagements.reference import Indicator, names
from engagements.words import CLOSED, FOLLOW_UPS, Answer, Deadline, Kind, MeetingState, Role, Side
from provinces.models import Official

from .base import Page
from .lists import meeting_rows
from .records import proofs

OPEN_MOST = 1000  # items on a sheet, those due first before the others
CHANGES_MOST = 500
SESSIONS_MOST = 50
FIGURES_MOST = 300

# Open items in the order in which they matter at the table.
GROUPS = {
    "unanswered": gettext_lazy("Requests without a recorded answer"),
    Deadline.PAST_UNKNOWN: gettext_lazy("Past their day, without news"),
    Deadline.OVERDUE: gettext_lazy("Overdue"),
    Deadline.DUE_SOON: gettext_lazy("Due within 30 days"),
    "open": gettext_lazy("Others that are open"),
}
CHANGES = {
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
    return deadline if deadline in GROUPS else "open"


class Sheet:
    """What the sheet of a province says on one day."""

    def __init__(self, unit, atlas, on):
        self.unit, self.atlas, self.on = unit, atlas, on

    def about(self, *kinds):
        public = Edition.objects.public().of_kind(*kinds).about(self.unit, self.atlas)
        return public.defer("search", "refs")

    @cached_property
    def open_items(self):
        """(key, heading, items) of the groups that hold something."""
        groups = defaultdict(list)
        found = self.about(*FOLLOW_UPS).exclude(status__in=CLOSED)
        found = found.order_by(F("due_on").asc(nulls_last=True), "-day", "first_sequence")
        for one in found[:OPEN_MOST]:
            groups[group_of(one, self.on)].append(one)
        return [(key, title, groups[key]) for key, title in GROUPS.items() if groups[key]]

    @cached_property
    def open_number(self):
        return sum(len(rows) for _key, _title, rows in self.open_items)

    @property
    def is_cut(self):
        return self.open_number == OPEN_MOST

    # -- sessions

    @cached_property
    def sessions(self):
        public = Edition.objects.public().of_kind(Kind.MEETING)
        found = public.in_place(self.unit, self.atlas).newest_first().defer("search", "refs")
        return meeting_rows(found[:SESSIONS_MOST])

    @cached_property
    def held(self):
        return [one for one in self.sessions if one.type == MeetingState.HELD]

    @cached_property
    def planned(self):
        return [one for one in self.sessions if one.type == MeetingState.PLANNED]

    @property
    def last(self):
        return self.held[0] if self.held else None

    @cached_property
    def seated(self):
        """Each person of the sessions held: last seat taken, days, the post recorded last."""
        seats = {}
        for session in self.held:
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

        def rank(one):
            seat, official = one["seat"], one.get("official")
            name = official.sort_key if official else seat["official"]["name"]
            return sides.index(Side(seat["side"])), roles.index(Role(seat["role"])), name

        return sorted(seats.values(), key=rank)

    def posts(self, official):
        """Offices that nobody has recorded as ended; the body itself may have ended."""
        held = [one for one in official.posts.all() if not one.ends_on or one.ends_on >= self.on]
        held.sort(key=lambda one: (one.starts_on or date.min, one.pk), reverse=True)
        return [
            {
                "post": one,
                "gone": one.organization.ceased_on
                and one.organization.ceased_on <= self.on
                and one.organization.ceased_on - timedelta(days=1),
            }
            for one in held
        ]

    # -- since the last session

    @cached_property
    def changes(self):
        """(key, heading, editions) published after the day of the last session held."""
        if self.last is None:
            return []
        after = midnight(self.last.day + timedelta(days=1))
        found = self.about(*FOLLOW_UPS, Kind.UPDATE, Kind.FIGURE).filter(published_at__gte=after)
        groups = defaultdict(list)
        for one in found.order_by("-sequence")[:CHANGES_MOST]:
            if one.kind == Kind.UPDATE:
                groups["news"].append(one)
            elif one.kind == Kind.FIGURE:
                if one.meeting != self.last.code:  # those quoted there stand under Figures
                    groups["figures"].append(one)
            elif datetime.fromisoformat(one.data["first_published_at"]) < after:
                groups["changed"].append(one)
            else:
                groups["own" if one.meeting == self.last.code else "new"].append(one)
        return [(key, title, groups[key]) for key, title in CHANGES.items() if groups[key]]

    @cached_property
    def quoted(self):
        found = self.about(Kind.FIGURE).order_by("type", "-day", "first_sequence")
        return list(found[:FIGURES_MOST])

    @cached_property
    def proofs(self):
        """The sources on which all this rests, by code."""
        rows = [one for _key, _title, rows in self.open_items for one in rows]
        rows += [*self.sessions, *self.quoted]
        rows += [one for key, _title, changed in self.changes if key == "news" for one in changed]
        return proofs(*(one.data for one in rows))

    @property
    def sources(self):
        return sorted(self.proofs.values(), key=lambda one: one.first_sequence)


# -- on screen and on paper


class Briefing(Page, TemplateView):
    template_name = "provinces/province_briefing.html"

    def get(self, request, *args, **kwargs):
        try:
            self.unit = unit_at(self.atlas, kwargs["slug"])
        except Moved as moved:
            name = request.resolver_match.view_name
            return redirect(name, slug=moved.args[0], permanent=True)
        self.sheet = Sheet(self.unit, self.atlas, timezone.localdate())
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        heir = self.atlas.heir(self.unit)
        lineage = self.atlas.lineage(self.unit)
        return super().get_context_data(
            province=self.unit,
            heir=heir if heir != self.unit else None,
            origins=[one for one in lineage if one != self.unit],
            sheet=self.sheet,
            indicators=names(Indicator),
            proofs=self.sheet.proofs,
            site=self.request.build_absolute_uri("/").rstrip("/"),
            own_address=self.request.build_absolute_uri(self.request.path),
            **kwargs,
        )


# -- as a spreadsheet


def add_sheet(book, title, columns, rows):
    """A sheet for paper and screen; columns are (heading, width)."""
    sheet = book.sheet(title, [width for _heading, width in columns], freeze="A2")
    sheet.print_on_a4(heading_row=1, is_fitted=True)
    sheet.row([heading for heading, _width in columns], font=BOLD)
    for row in rows:
        sheet.row([plain(value) if isinstance(value, str) else value for value in row])


def day_of(text):
    return date.fromisoformat(text) if text else None


def proof_of(data):
    evidence = data.get("evidence") or {}
    parts = [evidence.get("source"), evidence.get("paragraph")]
    return ", ".join(
        [
            *([parts[0]] if parts[0] else []),
            *([_("paragraph %(number)s") % {"number": parts[1]}] if parts[1] else []),
        ]
    )


class BriefingBook(Briefing):
    """The sheet as .xlsx, one sheet a section."""

    def render_to_response(self, context, **kwargs):
        book = Book()
        head = [(_("Briefing sheet"), 34), (self.unit.full_name, 90)]
        add_sheet(book, _("Summary"), head, self.summary(context))
        add_sheet(book, _("Open items"), *self.open_items())
        add_sheet(book, _("Changes"), *self.changes())
        add_sheet(book, _("Meetings"), *self.sessions())
        add_sheet(book, _("At the table"), *self.seated())
        add_sheet(book, _("Figures"), *self.quotations(context["indicators"]))
        add_sheet(book, _("Sources"), *self.sources())
        newest = Edition.objects.last_act()
        body = book.to_bytes(newest["published_at"] if newest else datetime(1970, 1, 1))
        return as_file(body, f"ho-so-{self.unit.slug}-{self.sheet.on:%Y-%m-%d}.xlsx")

    def absolute(self, path):
        return self.request.build_absolute_uri(path)

    def unit_words(self, edition):
        return place_words(self.atlas.units[edition.province_id]) if edition.province_id else ""

    def summary(self, context):
        sheet = self.sheet
        yield _("As of"), sheet.on
        yield _("Address"), context["own_address"].replace("ho-so.xlsx", "ho-so/")
        if context["origins"]:
            yield _("Includes"), ", ".join(place_words(one) for one in context["origins"])
        if sheet.last:
            yield _("Last session held"), sheet.last.day
            yield "", sheet.last.data["title"]
        for _key, title, rows in sheet.open_items:
            yield title, len(rows)
        yield _("Licence"), licence.NAME

    def open_items(self):
        columns = [
            (_("Group"), 24), (_("Code"), 9), (_("Kind"), 14), (_("Title"), 60), (_("Status"), 18),
            (_("Deadline"), 18), (_("Due on"), 12), (_("As phrased"), 16), (_("Answer"), 16),
            (_("Lead organization"), 28), (_("Province of that day"), 24), (_("Session on"), 12),
            (_("Proof"), 16), (_("Quotation"), 50), (_("Address"), 40),
        ]  # fmt: skip
        rows = [
            (
                title, one.code, one.get_kind_display(), one.data["title"],
                one.get_status_display(), one.deadline(self.sheet.on).label, one.due_on,
                one.data["due_text"], one.get_answer_display() if one.answer else "",
                (one.data["current_lead"] or one.data["lead"] or {}).get("name"),
                self.unit_words(one), day_of(one.data["meeting"]["held_on"]),
                proof_of(one.data), one.data["evidence"]["quote"], self.absolute(one.path),
            )
            for _key, title, group in self.sheet.open_items
            for one in group
        ]  # fmt: skip
        return columns, rows

    def changes(self):
        columns = [
            (_("Group"), 30), (_("Code"), 9), (_("Published on"), 13), (_("Title"), 70),
            (_("Status"), 20), (_("Address"), 40),
        ]  # fmt: skip
        rows = [
            (
                title, one.code, timezone.localdate(one.published_at), change_words(one),
                one.get_status_display() if one.status else "", self.absolute(one.path),
            )
            for _key, title, group in self.sheet.changes
            for one in group
        ]  # fmt: skip
        return columns, rows

    def sessions(self):
        columns = [
            (_("Day"), 12), (_("Held or not"), 20), (_("Title"), 60), (_("Planned for"), 26),
            (_("Place"), 24), (_("Ministry"), 34), (_("Address"), 40),
        ]  # fmt: skip
        rows = [
            (
                day_of(one.data["held_on"]), MeetingState(one.type).label, one.data["title"],
                one.data["planned_text"], one.data["place"], one.data["ministry"]["name"],
                self.absolute(one.path),
            )
            for one in self.sheet.sessions
        ]  # fmt: skip
        return columns, rows

    def seated(self):
        columns = [
            (_("Name"), 24), (_("Side"), 12), (_("Title of that day"), 50), (_("Last session"), 12),
            (_("Meetings"), 9), (_("Office last recorded"), 60), (_("How sure"), 40),
        ]  # fmt: skip
        rows = []
        for one in self.sheet.seated:
            posts = one.get("posts", [])
            said = [f"{held['post'].title}, {held['post'].organization.name}" for held in posts]
            rows.append(
                (
                    one["seat"]["official"]["name"], Side(one["seat"]["side"]).label,
                    one["seat"]["title"], one["day"], len(one["sessions"]), "; ".join(said),
                    _("as last recorded; whether it is still held is not known")
                    if posts else _("no office is recorded"),
                )
            )  # fmt: skip
        return columns, rows

    def quotations(self, indicators):
        columns = [
            (_("Indicator"), 40), (_("Period"), 20), (_("Qualifier"), 12), (_("Value"), 14),
            (_("Unit"), 14), (_("Target"), 10), (_("Province of that day"), 24), (_("Proof"), 16),
            (_("Code"), 9),
        ]  # fmt: skip
        rows = [
            (
                indicators.get(one.type) or one.data["indicator"]["name"], one.data["period"],
                one.data["qualifier"], float(one.data["value"]), one.data["unit"],
                _("target") if one.data["is_target"] else "", self.unit_words(one),
                proof_of(one.data), one.code,
            )
            for one in self.sheet.quoted
        ]  # fmt: skip
        return columns, rows

    def sources(self):
        columns = [
            (_("Code"), 9), (_("Title"), 70), (_("Publisher"), 30), (_("Number"), 18),
            (pgettext("of a source", "Issued on"), 12), (_("Web address"), 50),
        ]  # fmt: skip
        rows = [
            (
                one.code, one.data["title"], one.data["publisher"], one.data["number"],
                day_of(one.data["issued_on"]), one.data["url"],
            )
            for one in self.sheet.sources
        ]  # fmt: skip
        return columns, rows


def change_words(edition):
    """What changed, in the register's words."""
    data = edition.data
    if edition.kind == Kind.UPDATE:
        return f"{data['follow_up']['code']}: {data['text']}"
    if edition.kind == Kind.FIGURE:
        return data["indicator"]["name"]
    return data["title"]
