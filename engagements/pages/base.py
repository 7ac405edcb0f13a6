"""What every page of the register shares, and what is shown when something is not there."""

from datetime import timedelta

from django.utils.functional import cached_property
from django.views.generic.base import ContextMixin

from engagements.edition.kinds import KINDS
from engagements.edition.models import Edition
from engagements.reference import Indicator, Topic, names
from engagements.words import FOLLOW_UPS
from provinces.models import Atlas

COUNTED = 10_000  # a reader who would turn further is told to narrow the list
AT_A_GLANCE = 25  # rows of each list on a page of a province
BESIDE = 100  # remarks and figures there and on a person's page
SESSIONS = 20
PLANNED_WINDOW = timedelta(days=366)  # a planned session's window is never longer
NEWEST = 6
HISTORY = 100  # editions of one record on a page

LISTS = {kind: KINDS[kind].heading for kind in FOLLOW_UPS}


def measures():
    """Indicators by slug: what figures are values of."""
    rows = Indicator.objects.values("slug", "name", "name_en", "better", "note")
    return {row["slug"]: row for row in rows}


class Page(ContextMixin):
    """What every page of the register knows: the units and the topics by name."""

    @cached_property
    def atlas(self):
        return Atlas()

    @cached_property
    def topics(self):
        return names(Topic)

    def get_context_data(self, **kwargs):
        return super().get_context_data(atlas=self.atlas, topics=self.topics, **kwargs)

    def editions(self, *kinds):
        """Current editions in the order of lists, without what only search and re-issue read."""
        return Edition.objects.public().of_kind(*kinds).newest_first().defer("search", "refs")
