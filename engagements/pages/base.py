"""Base of the public pages: context that every template gets, limits of lists, labels."""

from django.utils.functional import cached_property
from django.views.generic.base import ContextMixin

from engagements.edition.kinds import KINDS
from engagements.edition.models import Edition
from engagements.reference import Topic, names
from engagements.words import FOLLOW_UPS
from provinces.models import Atlas

COUNT_MOST = 10_000  # a reader who would turn further is told to narrow the list
LIST_ROWS = 25  # of each list on a page of a province, person or topic
BESIDE_MOST = 100  # remarks and figures there and on a person's page
MEETINGS_MOST = 20
HISTORY_MOST = 100  # editions of one record on a page

FOLLOW_UP_HEADINGS = {kind: KINDS[kind].heading for kind in FOLLOW_UPS}


class PageMixin(ContextMixin):
    """What every page of the register knows: the units and the topics by name."""

    @cached_property
    def atlas(self):
        return Atlas()

    @cached_property
    def topics(self):
        return names(Topic.objects.all())

    def get_context_data(self, **kwargs):
        return super().get_context_data(atlas=self.atlas, topics=self.topics, **kwargs)

    def editions(self, *kinds):
        """Current editions in the order of lists, without what only search and re-issue read."""
        return Edition.objects.public().of_kind(*kinds).newest_first().defer("search", "refs")
