"""What every page of the register shares, and what is shown when something is not there."""

from datetime import timedelta

from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.generic.base import ContextMixin

from engagements.api.problems import problem_response
from engagements.edition.models import Edition
from engagements.reference import Indicator, Topic
from engagements.words import Kind
from provinces.models import Atlas

COUNTED = 10_000  # a reader who would turn further is told to narrow the list
AT_A_GLANCE = 25  # rows of each list on a page of a province
BESIDE = 100  # remarks and figures there and on a person's page
SESSIONS = 20
PLANNED_WINDOW = timedelta(days=366)  # a planned session's window is never longer
NEWEST = 6
HISTORY = 100  # editions of one record on a page

LISTS = {
    Kind.REQUEST: gettext_lazy("Requests"),
    Kind.COMMITMENT: gettext_lazy("Commitments"),
    Kind.RECOMMENDATION: gettext_lazy("Recommendations"),
}


def names(model):
    """Reference data by slug, in the language of the page."""
    rows = model.objects.values_list("slug", "name", "name_en")
    if get_language() == "en":
        return {slug: name_en or name for slug, name, name_en in rows}
    return {slug: name for slug, name, _name_en in rows}


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


# -- when something is not there


def bad_request(request, exception=None):
    return render(request, "400.html", status=400)


def not_found(request, exception=None):
    if request.path.startswith("/api/"):
        return problem_response(404, "not_found", _("There is nothing at this address."))
    return render(request, "404.html", status=404)


def server_error(request):
    """Without the database, which may be what failed."""
    return render(request, "500.html", status=500)
