"""iCalendar files (.ics) of what a page shows: sessions, and the days when something is due."""

from datetime import timedelta

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
        """A session on its day; one without a day as a reminder on the first day of its window.

        An event as long as the window would fill a month's view and look like a day that is set;
        a VTODO is dropped by most programs that follow a calendar by its address.
        """
        event = self.event(edition, edition.day, atlas)
        event.add("status", EVENT_STATUS[edition.type])
        if place := plain_line(edition.data["place"]):
            event.add("location", place)
        return event

    def title(self, edition):
        title = headline_of(edition)
        if edition.kind != Kind.MEETING:
            return _("Due: %(title)s") % {"title": title}
        # An entry of a day on which nothing is set must not read as if it were.
        return title if edition.data["held_on"] else f"{MeetingState(edition.type).label}: {title}"

    def due_day(self, edition, atlas):
        words = {"deadline": edition.deadline().label, "text": plain_line(edition.data["due_text"])}
        due = _("Deadline as phrased: %(text)s. %(deadline)s.") % words
        return self.event(edition, edition.due_on, atlas, before=due)

    def event(self, edition, day, atlas, before=""):
        """An event that lasts a whole day; its end is the day after."""
        event = Event()
        event.add("uid", f"{edition.code}@satcanh")
        event.add("dtstamp", edition.changed_at)
        event.add("last-modified", edition.changed_at)
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
        event.add("summary", self.title(edition))
        parts = (before, facts_of(edition, atlas), summary_of(edition))
        event.add("description", "\n\n".join(part for part in parts if part))
        event.add("url", self.absolute(href_of(edition, atlas)))
        return event
