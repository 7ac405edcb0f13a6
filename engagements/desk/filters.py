"""List filters of the desk: what waits, what is late, what wants a second look."""

from django.contrib import admin
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engagements.audit import worries_of
from engagements.edition.models import CURRENT, Edition
from engagements.models import Meeting, Source
from engagements.models.base import WAITING_EDIT
from engagements.needs import BY_NAME, DESK, ME, NO_OWNER, OTHERS, QUESTIONS, of_whom
from engagements.roles import BELONGS_TO
from engagements.words import Answer, Deadline, Kind
from provinces.models import Organization

from .lists import StrictChangeList

LATEST_MEETINGS = 20
LATEST_SOURCES = 10


class ChoiceFilter(admin.SimpleListFilter):
    """One of a closed list; `rows` says which rows a choice means."""

    choices_offered = ()

    def lookups(self, request, model_admin):
        return self.choices_offered

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        if self.value() not in dict(self.lookup_choices):
            raise ValueError(self.value())
        return self.rows(queryset, self.value())


class WaitingFilter(ChoiceFilter):
    title = _("edit waiting")
    parameter_name = "waiting"
    choices_offered = [("yes", _("An edit waits")), ("no", _("No edit waits"))]

    def rows(self, queryset, value):
        return queryset.filter(WAITING_EDIT if value == "yes" else ~WAITING_EDIT)


class DeadlineFilter(ChoiceFilter):
    title = _("deadline")
    parameter_name = "deadline"
    choices_offered = Deadline.choices

    def rows(self, queryset, value):
        return queryset.with_deadline(value, on=timezone.localdate())


class FirstDeadlineFilter(DeadlineFilter):
    title = _("against the first deadline")
    parameter_name = "first_deadline"

    def rows(self, queryset, value):
        return queryset.with_deadline(value, on=timezone.localdate(), first=True)


class AnswerFilter(ChoiceFilter):
    """What the public reads as the answer to a request."""

    title = _("published answer")
    parameter_name = "answer"
    choices_offered = [*Answer.choices[:-1], (Answer.UNANSWERED.value, _("No published answer"))]

    def rows(self, queryset, value):
        current = Edition.objects.current().of_kind(Kind.REQUEST)
        if value == Answer.UNANSWERED:
            answered = current.exclude(answer=Answer.UNANSWERED)
            return queryset.exclude(pk__in=answered.values("record"))
        return queryset.filter(pk__in=current.filter(answer=value).values("record"))


class WorryFilter(ChoiceFilter):
    """Rows that don't fit."""

    title = _("wants a second look")
    parameter_name = "worry"

    def lookups(self, request, model_admin):
        self.worries = worries_of(model_admin.model)
        return [(worry.name, worry.label) for worry in self.worries.values()]

    def rows(self, queryset, value):
        return self.worries[value].rows(queryset, timezone.localdate())


class NeedsFilter(ChoiceFilter):
    """What the first page counts: its numbers are the lengths of these lists."""

    title = _("what it needs")
    parameter_name = "needs"

    def lookups(self, request, model_admin):
        return [(need.name, need.label) for need in QUESTIONS if model_admin.model in need.models]

    def rows(self, queryset, value):
        return BY_NAME[value].rows(queryset, timezone.localdate())


class WhoseFilter(ChoiceFilter):
    title = _("whose")
    parameter_name = "whose"
    choices_offered = [
        (DESK, _("My desk’s")),
        (ME, _("Changed by me")),
        (OTHERS, _("Not changed by me")),
    ]

    def lookups(self, request, model_admin):
        belongs = model_admin.model in BELONGS_TO
        return self.choices_offered if belongs else self.choices_offered[1:]

    def queryset(self, request, queryset):
        self.user = request.user
        return super().queryset(request, queryset)

    def rows(self, queryset, value):
        return of_whom(queryset, value, self.user)


class UnitFilter(ChoiceFilter):
    """By the organization that follows an item today, chosen on the first page."""

    title = _("who follows it today")
    parameter_name = "unit"

    def lookups(self, request, model_admin):
        key = self.used_parameters.get(self.parameter_name, "")
        chosen = Organization.objects.filter(pk=int(key)) if key.isdigit() else ()
        return [*((key, str(unit)) for unit in chosen), (NO_OWNER, _("Nobody"))]

    def rows(self, queryset, value):
        return queryset.followed_today_by(None if value == NO_OWNER else int(value))


class NarrowedList(StrictChangeList):
    """What is narrowed to a need or a worry is short: days to choose from would only cost."""

    narrowing = {one.parameter_name for one in (NeedsFilter, WhoseFilter, UnitFilter, WorryFilter)}

    def get_filters(self, request):
        by_day = any(name.startswith(f"{self.date_hierarchy}__") for name in request.GET)
        if self.narrowing & set(request.GET) and not by_day:
            self.date_hierarchy = None
        return super().get_filters(request)


class LatestMeetingsFilter(admin.SimpleListFilter):
    """The latest sessions; the search of the list finds those before."""

    title = _("meeting")
    parameter_name = "meeting"

    def lookups(self, request, model_admin):
        latest = Meeting.objects.values_list("pk", "title")[:LATEST_MEETINGS]
        return [(str(pk), title) for pk, title in latest]

    def has_output(self):
        return True  # a filter that is not shown would not be applied either

    def queryset(self, request, queryset):
        return queryset if self.value() is None else queryset.filter(meeting=int(self.value()))


class LatestSourcesFilter(admin.SimpleListFilter):
    """The latest sources that rows of the list rest on: all that came by one letter."""

    title = _("source")
    parameter_name = "source"

    def lookups(self, request, model_admin):
        used = model_admin.model.objects.exclude(source=None).order_by("-source")
        keys = used.values("source").distinct()[:LATEST_SOURCES]
        rows = Source.objects.filter(pk__in=list(keys.values_list("source", flat=True)))
        return [(str(row.pk), str(row)) for row in rows.order_by("-pk")]

    def has_output(self):
        return True  # a filter that is not shown would not be applied either

    def queryset(self, request, queryset):
        return queryset if self.value() is None else queryset.filter(source=int(self.value()))


class ReadingFilter(ChoiceFilter):
    """Where an edition stands."""

    title = _("read by the public")
    parameter_name = "reading"
    choices_offered = [
        ("now", _("Now")),
        ("before", _("Before")),
        ("withdrawn", _("Withdrawn")),
    ]

    def rows(self, queryset, value):
        rule = {
            "now": CURRENT,
            "before": Q(superseded_at__isnull=False, withdrawn_at=None),
            "withdrawn": Q(withdrawn_at__isnull=False),
        }
        return queryset.filter(rule[value])


def filters_of_records(*own):
    """Those of every list of records, round its own."""
    return (NeedsFilter, WhoseFilter, "state", WaitingFilter, *own, WorryFilter)
