"""iCalendar files (.ics) of what a page shows: sessions, and the days when something is due."""

from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vText

from engagements.deadlines import deadline_rules
from engagements.edition.entries import facts_of, headline_of, href_of, summary_of
from engagements.edition.reading import Reader
from engagements.edition.selections import address_of
from engagements.edition.text import plain_line
from engagements.words import Deadline, Kind, MeetingState
from provinces.models import Atlas

from .feeds import PageExport

EVENTS_MOST = 1000  # of one calendar: the latest days
EVENT_STATUS = {
    MeetingState.PLANNED: "TENTATIVE",
    MeetingState.HELD: "CONFIRMED",
    MeetingState.CANCELLED: "CANCELLED",
    MeetingState.UNKNOWN: "TENTATIVE",
}


def days_of(session):
    """First and last day of a session; of a planned one, those of its window."""
    data = session.data
    if data["held_on"]:
        day = date.fromisoformat(data["held_on"])
        return day, day
    first = date.fromisoformat(data["planned_from"]) if data["planned_from"] else session.day
    return first, date.fromisoformat(data["planned_to"]) if data["planned_to"] else first


class PageCalendar(PageExport):
    """A calendar; its events last whole days and take nobody's time."""

    content_type = "text/calendar; charset=utf-8"

    def content_of(self, title, editions):
        sessions = editions.filter(kind=Kind.MEETING).order_by("-day", "-sequence")[:EVENTS_MOST]
        rules = deadline_rules(timezone.localdate())
        due = editions.exclude(due_on=None).exclude(rules[Deadline.CLOSED])
        due = due.order_by("-due_on", "-sequence")[:EVENTS_MOST]
        calendar = Calendar()
        calendar.add("version", "2.0")
        calendar.add("prodid", "-//Sat Canh//NONSGML//VI")
        calendar.add("method", "PUBLISH")
        calendar.add("name", vText(title))
        calendar.add("x-wr-calname", vText(title))
        calendar.add("x-wr-timezone", "Asia/Ho_Chi_Minh")
        page = self.absolute(address_of(self.page_path(), self.request.GET))
        calendar.add("url", page)
        atlas, reader = Atlas(), Reader()
        for edition in map(reader.without_withdrawn, sessions):
            calendar.add_component(self.session(edition, atlas))
        for edition in map(reader.without_withdrawn, due):
            if edition.due_on:  # which an update may have moved that was taken back since
                calendar.add_component(self.due_day(edition, atlas))
        return calendar.to_ical()

    def session(self, edition, atlas):
        first, last = days_of(edition)
        event = self.event(edition, first, last, atlas)
        event.add("status", EVENT_STATUS[edition.type])
        if place := plain_line(edition.data["place"]):
            event.add("location", place)
        return event

    def due_day(self, edition, atlas):
        words = {"deadline": edition.deadline().label, "text": plain_line(edition.data["due_text"])}
        due = _("Deadline as phrased: %(text)s. %(deadline)s.") % words
        return self.event(edition, edition.due_on, edition.due_on, atlas, before=due)

    def event(self, edition, first, last, atlas, before=""):
        """A whole-day event; its end is the first day after it."""
        event = Event()
        event.add("uid", f"{edition.code}@satcanh")
        event.add("dtstamp", edition.changed_at)
        event.add("last-modified", edition.changed_at)
        event.add("dtstart", first)
        event.add("dtend", max(first, last) + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
        due = edition.kind != Kind.MEETING
        title = headline_of(edition)
        event.add("summary", _("Due: %(title)s") % {"title": title} if due else title)
        parts = (before, facts_of(edition, atlas), summary_of(edition))
        event.add("description", "\n\n".join(part for part in parts if part))
        event.add("url", self.absolute(href_of(edition, atlas)))
        return event
