"""Dashboard, the first page of the desk: what needs this person, what each organization owes."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Case, Count, Q, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from engagements import roles
from engagements.edition.kinds import KINDS
from engagements.models import (
    Indicator,
    Meeting,
    MeetingState,
    Reading,
    State,
    Subscription,
    Tip,
)
from engagements.needs import CONCERNED, NO_OWNER, QUESTIONS, count_needs
from engagements.publication.models import RENAMED, PendingReissue
from provinces.models import Organization

from .pages import page_of_table

BODIES_SHOWN = 30
SESSIONS_SHOWN = 10


@dataclass
class Number:
    """How many rows of one table: the length of the list that it leads to."""

    number: int
    of: str
    sign: str
    url: str


@dataclass
class QuestionLine:
    """One question: what concerns the person, and what is so in the whole register."""

    name: str
    label: str
    concerned: list  # (in which way, numbers)
    everybody: list


@dataclass
class Body:
    """What the items that one body follows today need, question by question."""

    name: str
    is_mine: bool
    cells: list

    @property
    def total(self):
        return sum(number.number for cell in self.cells for number in cell)


class FirstPage:
    """Everything that the page shows, counted for one request."""

    def __init__(self, request, site):
        self.request, self.site, self.user = request, site, request.user
        self.on = timezone.localdate()
        self.lines, self.bodies, self.headings = [], [], []
        self._count()

    def _may_view(self, model):
        return self.site.get_model_admin(model).has_view_permission(self.request)

    def _count(self):
        cells = {}  # organization → question → numbers
        for question in QUESTIONS:
            models = [model for model in question.models if self._may_view(model)]
            if not models:
                continue
            counted = count_needs(question, self.user, models, self.on)
            concerned = [
                (CONCERNED[whose], self._numbers(numbers, needs=question.name, whose=whose))
                for whose, numbers in sorted(counted.concerned.items(), reverse=True)
            ]
            everybody = self._numbers(counted.everybody, needs=question.name)
            self.lines.append(QuestionLine(question.name, question.label, concerned, everybody))
            self.headings.append(question.heading)
            for body, numbers in counted.organizations.items():
                unit = NO_OWNER if body is None else body
                cell = self._numbers(numbers, needs=question.name, unit=unit)
                cells.setdefault(body, {})[question.heading] = cell
        self._name(cells)

    def _numbers(self, numbers, **query):
        """What is not nought, each with the list that it counts."""
        return [
            Number(
                number,
                model._meta.verbose_name_plural,
                KINDS[model.kind].prefix or model._meta.verbose_name,
                f"{page_of_table(model)}?{urlencode(query)}",
            )
            for model, number in numbers.items()
            if number
        ]

    def _name(self, cells):
        names = dict(Organization.objects.filter(pk__in=cells).values_list("pk", "name"))
        mine = roles.organizations_of(self.user)
        for body, of_body in cells.items():
            name = names[body] if body is not None else _("No lead organization")
            row = [of_body.get(heading, []) for heading in self.headings]
            self.bodies.append(Body(name, body in mine, row))
        self.bodies.sort(key=lambda body: (not body.is_mine, -body.total, body.name))

    @property
    def desk(self):
        return roles.desk_of(self.user)

    @property
    def has_concerns(self):
        return any(line.concerned for line in self.lines)

    @property
    def is_calm(self):
        return not any(line.everybody for line in self.lines)

    @property
    def bodies_shown(self):
        return self.bodies[:BODIES_SHOWN]

    @property
    def bodies_left(self):
        return max(len(self.bodies) - BODIES_SHOWN, 0)

    @property
    def reissues(self):
        """Names that changed and that a worker is still bringing into the editions."""
        return PendingReissue.objects.select_related(*RENAMED)

    @property
    def sessions(self):
        """Sessions to come, those of one's own desk first, each with the way to its review."""
        if not self._may_view(Meeting):
            return []
        planned = Q(state_of_it=MeetingState.PLANNED, planned_to__gte=self.on)
        coming = Meeting.objects.filter(planned | Q(held_on__gte=self.on))
        coming = coming.exclude(state=State.WITHDRAWN).prefetch_related("provinces")
        own = When(ministry__in=roles.organizations_of(self.user), then=0)
        coming = coming.annotate(items_taken_up=Count("taken_up"))
        return coming.order_by(
            Case(own, default=1), Coalesce("held_on", "planned_from"), "planned_to", "pk"
        )[:SESSIONS_SHOWN]

    @property
    def door(self):
        """Where a document is read; None for who may not."""
        screen = self.site.get_model_admin(Reading)
        return page_of_table(Reading, "add") if screen.has_add_permission(self.request) else None

    @property
    def indicators(self):
        """Proposed ones, which wait for who keeps the reference data."""
        if not self._may_view(Indicator):
            return None
        url = f"{page_of_table(Indicator)}?state=proposed"
        return Number(Indicator.objects.proposed().count(), "", "", url)

    @property
    def tips(self):
        if not self._may_view(Tip):
            return None
        url = f"{page_of_table(Tip)}?state__exact=new"
        return Number(Tip.objects.waiting().count(), "", "", url)

    @property
    def followers(self):
        if not self._may_view(Subscription):
            return None
        number = Subscription.objects.confirmed().count()
        return Number(number, "", "", page_of_table(Subscription))


def needs(request):
    """For the first page alone."""
    return {"needs": FirstPage(request, admin.site)}


admin.site.show_first(needs)
