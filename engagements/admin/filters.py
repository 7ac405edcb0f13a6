"""Filters of the staff's lists: what waits, what is late, what wants a second look."""

from django.contrib import admin
from django.db.models import F, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engagements.edition.models import CURRENT, Edition, EditionQuerySet
from engagements.edition.words import Answer, Deadline, FollowUpStatus, Kind
from engagements.models import Meeting

LATEST_MEETINGS = 20


class ChoiceFilter(admin.SimpleListFilter):
    """One of a closed list; `rows` says which rows a choice means."""

    choices_offered = ()

    def lookups(self, request, model_admin):
        return self.choices_offered

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        if self.value() not in dict(self.choices_offered):
            raise ValueError(self.value())
        return self.rows(queryset, self.value())


class WaitingFilter(ChoiceFilter):
    title = _("edit waiting")
    parameter_name = "waiting"
    choices_offered = [("yes", _("An edit waits")), ("no", _("No edit waits"))]

    def rows(self, queryset, value):
        waiting = Q(published_version__isnull=False) & ~Q(version=F("published_version"))
        return queryset.filter(waiting if value == "yes" else ~waiting)


class DeadlineFilter(ChoiceFilter):
    title = _("deadline")
    parameter_name = "deadline"
    choices_offered = Deadline.choices

    def rows(self, queryset, value):
        # The rule is the edition's; the register's rows have the columns that it asks about.
        rows = queryset.alias(kind=Value(str(queryset.model.kind)))
        return EditionQuerySet.with_deadline(rows, value, on=timezone.localdate())


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
    title = _("wants a second look")
    parameter_name = "worry"
    choices_offered = [
        ("undated", _("Done without a day")),
        ("unproven", _("No source")),
        ("unquoted", _("No quotation")),
        ("inferred", _("Inferred")),
    ]

    def rows(self, queryset, value):
        rule = {
            "undated": Q(status=FollowUpStatus.DONE, completed_on=None),
            "unproven": Q(source=None),
            "unquoted": Q(quote=""),
            "inferred": Q(is_inferred=True),
        }
        return queryset.filter(rule[value])


class ProofFilter(WorryFilter):
    """The same for what is not followed up."""

    choices_offered = WorryFilter.choices_offered[1:]


class MeetingFilter(admin.SimpleListFilter):
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
