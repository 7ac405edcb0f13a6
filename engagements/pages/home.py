"""Home page: figures that need attention, what is new, due and planned, and the map."""

from collections import Counter
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from engagements.deadlines import midnight
from engagements.edition.models import Edition
from engagements.edition.selections import latest
from engagements.words import FOLLOW_UPS, Deadline, FollowUpStatus, Kind, MeetingState

from .about import DEADLINES_SHOWN
from .base import COUNT_MOST
from .figures import Figures
from .lists import meeting_rows, mixed_rows
from .province_map import MapPage

PLANNED_WINDOW = timedelta(days=366)  # a planned session's window is never longer
PLANNED_READ = 100  # planned sessions, of which those whose window has not passed are shown
NEWEST_ROWS = 6  # of each list on the home page


def live_figures():
    """What needs a reader's eye now; each is a link to the list that it counts."""
    figures, since = Figures(Edition.objects.public()), timezone.localdate().replace(day=1)
    news = {
        "number": latest().changed_since(midnight(since)).count_up_to(COUNT_MOST),
        "label": _("published or corrected this month"),
        "href": f"{reverse('latest-list')}?updated_since={since.isoformat()}",
    }
    return [*figures.answers(), *figures.done(), *figures.late(), news]


class Home(MapPage):
    template_name = "home.html"

    def get_context_data(self, **kwargs):
        today = timezone.localdate()
        meetings = self.editions(Kind.MEETING)
        planned = meetings.filter(type=MeetingState.PLANNED)
        ahead = planned.exclude(day__lt=today - PLANNED_WINDOW).order_by("day", "first_sequence")
        coming = [row for row in meeting_rows(ahead[:PLANNED_READ]) if not row.window_passed]
        due = self.editions(*FOLLOW_UPS).with_deadline(Deadline.DUE_SOON, on=today)
        context = super().get_context_data(
            live=live_figures(),
            newest=mixed_rows(latest()[:NEWEST_ROWS]),
            held=meeting_rows(meetings.held()[:NEWEST_ROWS]),
            due=due.order_by("due_on", "first_sequence")[:NEWEST_ROWS],
            planned=coming[:NEWEST_ROWS],
            statuses=FollowUpStatus,
            deadlines=DEADLINES_SHOWN,
            **kwargs,
        )
        totals = Counter()
        for row in context["rows"]:
            totals.update({name: row[name] for name in ("requests", "commitments")})
            totals["recommendations"] += row["recommendations"]
        return context | {"totals": totals}
