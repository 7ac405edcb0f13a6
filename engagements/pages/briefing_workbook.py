"""Excel workbook of the briefing sheet: the sections of the page, a sheet each."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from engagements.edition import licence
from engagements.edition.entries import place_words
from engagements.edition.models import Edition
from engagements.edition.text import plain_text
from engagements.edition.workbook import BOLD, WorkbookWriter, as_file
from engagements.words import Kind, MeetingState, Side

from .briefing import BriefingPage


def add_sheet(book, title, columns, rows):
    """A sheet for paper and screen; columns are (heading, width)."""
    sheet = book.sheet(title, [width for _heading, width in columns], freeze="A2")
    sheet.print_on_a4(heading_row=1, is_fitted=True)
    sheet.row([heading for heading, _width in columns], font=BOLD)
    for row in rows:
        sheet.row([plain_text(value) if isinstance(value, str) else value for value in row])


def day_of(text):
    return date.fromisoformat(text) if text else None


def proof_of(data):
    evidence = data.get("evidence") or {}
    source, paragraph = evidence.get("source"), evidence.get("paragraph")
    number = _("paragraph %(number)s") % {"number": paragraph} if paragraph else ""
    return ", ".join(part for part in (source, number) if part)


def change_words(edition):
    """What changed, in the register's words."""
    data = edition.data
    if edition.kind == Kind.UPDATE:
        return f"{data['follow_up']['code']}: {data['text']}"
    if edition.kind == Kind.FIGURE:
        return data["indicator"]["name"]
    return data["title"]


class BriefingWorkbook(BriefingPage):
    """The sheet as .xlsx, one sheet a section."""

    def render_to_response(self, context, **kwargs):
        book = WorkbookWriter()
        head = [(_("Briefing sheet"), 34), (self.unit.full_name, 90)]
        add_sheet(book, _("Summary"), head, self.summary(context))
        add_sheet(book, _("Open items"), *self.open_items())
        add_sheet(book, _("Changes"), *self.changes())
        add_sheet(book, _("Meetings"), *self.sessions())
        add_sheet(book, _("At the table"), *self.seated())
        add_sheet(book, _("Figures"), *self.quoted_figures(context["indicators"]))
        add_sheet(book, _("Sources"), *self.sources())
        newest = Edition.objects.last_act()
        content = book.to_bytes(newest["published_at"] if newest else datetime(1970, 1, 1))
        return as_file(content, f"ho-so-{self.unit.slug}-{self.sheet.on:%Y-%m-%d}.xlsx")

    def absolute(self, path):
        return self.request.build_absolute_uri(path)

    def unit_words(self, edition):
        return place_words(self.atlas.units[edition.province_id]) if edition.province_id else ""

    def summary(self, context):
        sheet = self.sheet
        yield _("As of"), sheet.on
        yield _("Address"), context["own_address"].replace("ho-so.xlsx", "ho-so/")
        if context["origins"]:
            yield _("Includes"), ", ".join(place_words(unit) for unit in context["origins"])
        if sheet.last:
            yield _("Last session held"), sheet.last.day
            yield "", sheet.last.data["title"]
        for counted in sheet.session_numbers:
            yield _("Sessions: %(state)s") % {"state": counted["state"].label}, counted["number"]
        for figure in sheet.head_figures:
            yield capfirst(figure["label"]), figure["number"]
        for _key, title, items in sheet.open_items:
            yield title, len(items)
        yield _("Licence"), licence.NAME

    def open_items(self):
        columns = [
            (_("Group"), 24), (_("Code"), 9), (_("Kind"), 14), (_("Title"), 60), (_("Status"), 18),
            (_("Deadline"), 18), (_("Due on"), 12), (_("As phrased"), 16),
            (_("Against the first deadline"), 18), (_("First due on"), 12), (_("Answer"), 16),
            (_("Lead organization"), 28), (_("Province of that day"), 24), (_("Session on"), 12),
            (_("Proof"), 16), (_("Quotation"), 50), (_("Address"), 40),
        ]  # fmt: skip
        rows = [
            (
                title, item.code, item.get_kind_display(), item.data["title"],
                item.status_words(), item.deadline(self.sheet.on).label, item.due_on,
                item.data["due_text"], item.first_deadline(self.sheet.on).label,
                item.first_due_on, item.get_answer_display() if item.answer else "",
                (item.data["current_lead"] or item.data["lead"] or {}).get("name"),
                self.unit_words(item), day_of(item.data["meeting"]["held_on"]),
                proof_of(item.data), item.data["evidence"]["quote"], self.absolute(item.path),
            )
            for _key, title, items in self.sheet.open_items
            for item in items
        ]  # fmt: skip
        return columns, rows

    def changes(self):
        columns = [
            (_("Group"), 30), (_("Code"), 9), (_("Published on"), 13), (_("Title"), 70),
            (_("Status"), 20), (_("Address"), 40),
        ]  # fmt: skip
        rows = [
            (
                title, edition.code, timezone.localdate(edition.changed_at),
                change_words(edition), edition.status_words() if edition.status else "",
                self.absolute(edition.path),
            )
            for _key, title, editions in self.sheet.changes
            for edition in editions
        ]  # fmt: skip
        return columns, rows

    def sessions(self):
        columns = [
            (_("Day"), 12), (_("Held or not"), 20), (_("Title"), 60), (_("Planned for"), 26),
            (_("Place"), 24), (_("Ministry"), 34), (_("Address"), 40),
        ]  # fmt: skip
        rows = [
            (
                day_of(session.data["held_on"]), MeetingState(session.type).label,
                session.data["title"], session.data["planned_text"], session.data["place"],
                session.data["ministry"]["name"], self.absolute(session.path),
            )
            for session in self.sheet.sessions
        ]  # fmt: skip
        return columns, rows

    def seated(self):
        columns = [
            (_("Name"), 24), (_("Side"), 12), (_("Title of that day"), 50), (_("Last session"), 12),
            (_("Meetings"), 9), (_("Office last recorded"), 60), (_("How sure"), 40),
        ]  # fmt: skip
        rows = []
        for person in self.sheet.seated:
            seat = person["seat"]
            posts = [row["post"] for row in person.get("posts", [])]
            rows.append(
                (
                    seat["official"]["name"], Side(seat["side"]).label, seat["title"],
                    person["day"], len(person["sessions"]),
                    "; ".join(f"{post.title}, {post.organization.name}" for post in posts),
                    _("as last recorded; whether it is still held is not known")
                    if posts else _("no office is recorded"),
                )
            )  # fmt: skip
        return columns, rows

    def quoted_figures(self, indicators):
        columns = [
            (_("Indicator"), 40), (_("Period"), 20), (_("Qualifier"), 12), (_("Value"), 14),
            (_("Unit"), 14), (_("Target"), 10), (_("Province of that day"), 24), (_("Proof"), 16),
            (_("Code"), 9),
        ]  # fmt: skip
        rows = []
        for figure in self.sheet.quoted:
            data = figure.data
            rows.append(
                (
                    indicators.get(figure.type) or data["indicator"]["name"], data["period"],
                    data["qualifier"], float(data["value"]), data["unit"],
                    _("target") if data["is_target"] else "", self.unit_words(figure),
                    proof_of(data), figure.code,
                )
            )  # fmt: skip
        return columns, rows

    def sources(self):
        columns = [
            (_("Code"), 9), (_("Title"), 70), (_("Publisher"), 30), (_("Number"), 18),
            (pgettext("of a source", "Issued on"), 12), (_("Web address"), 50),
        ]  # fmt: skip
        rows = [
            (
                source.code, source.data["title"], source.data["publisher"],
                source.data["number"], day_of(source.data["issued_on"]), source.data["url"],
            )
            for source in self.sheet.sources
        ]  # fmt: skip
        return columns, rows
