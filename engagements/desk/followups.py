"""Screens of follow-ups: requests, commitments, recommendations, and the updates on them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from engagements import roles
from engagements.deadlines import COLUMNS, deadline_words
from engagements.models import (
    Answering,
    Commitment,
    ProvinceRequest,
    Recommendation,
    State,
    StatusUpdate,
)
from engagements.models.answering import ANSWERED, ANSWERS
from engagements.models.followups import TARGETS
from engagements.words import FollowUpStatus, Kind

from . import current_leads, letters
from .answering import CommitmentAnswersInline, RecommendationAnswersInline
from .boxes import is_key
from .filters import (
    AnswerFilter,
    DeadlineFilter,
    FirstDeadlineFilter,
    LatestMeetingsFilter,
    LatestSourcesFilter,
    UnitFilter,
    filters_of_records,
)
from .lists import UsedRelationFilter
from .next_item import OF_A_SESSION
from .pages import page_of
from .records import EVIDENCE_ROWS, PROOF, RecordAdmin
from .rows import RecordInline

UPDATE_FIELDS = (
    ("happened_on", "status", "completed_on"),
    ("voice", "basis"),
    "text",
    ("new_due_on", "new_due_text", "is_ongoing"),
    ("next_step", "next_on", "next_by"),
    ("passed_to", "corrects"),
)
ANSWER_FIELDS = ("answer", "takes_back")  # of updates on requests
RESPONSE_FIELDS = ("response",)  # of updates on advice
UPDATE_RELATIONS = ("passed_to", "next_by", "corrects", "takes_back")


def of_the_item(field, item):
    """Keeps what an update may correct, or take back, to what belongs to its item."""
    if field.name == "corrects":
        published = StatusUpdate.objects.filter(state=State.PUBLISHED)
        return published.filter(**{item.kind: item}) if item else published.none()
    answers = Answering.objects.select_related(*ANSWERS, *ANSWERED)
    is_asked = item is not None and item.kind == Kind.REQUEST
    return answers.filter(request=item) if is_asked else answers.none()


def _row_asked(request, model):
    """The row whose form is asked for; None for a new one."""
    key = request.resolver_match.kwargs.get("object_id")
    return model.objects.filter(pk=key).first() if is_key(model._meta.pk, key) else None


class PublishedUpdateInline(RecordInline):
    """What the public reads of it: a mistake is answered by a new update."""

    model = StatusUpdate
    verbose_name_plural = _("updates, published")
    joined = ("source", *UPDATE_RELATIONS)
    fields = (*UPDATE_FIELDS, *EVIDENCE_ROWS)

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(code=None)

    def may_write(self, request, obj=None):
        return False


class DraftUpdateInline(RecordInline):
    model = StatusUpdate
    verbose_name_plural = _("updates, not yet published")
    autocomplete_fields = ("source", "passed_to", "next_by")
    joined = ("source", *UPDATE_RELATIONS)
    fields = (*UPDATE_FIELDS, *EVIDENCE_ROWS, "internal_note")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in ("corrects", "takes_back"):
            kwargs["queryset"] = of_the_item(db_field, _row_asked(request, self.parent_model))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_queryset(self, request):
        return super().get_queryset(request).filter(code=None)


class RequestUpdateInline(DraftUpdateInline):
    """Only a request is answered formally."""

    fields = (*UPDATE_FIELDS, ANSWER_FIELDS, *EVIDENCE_ROWS, "internal_note")


class RequestPublishedUpdateInline(PublishedUpdateInline):
    fields = (*UPDATE_FIELDS, ANSWER_FIELDS, *EVIDENCE_ROWS)


class AdviceUpdateInline(DraftUpdateInline):
    """Only advice is taken up or not."""

    fields = (*UPDATE_FIELDS, RESPONSE_FIELDS, *EVIDENCE_ROWS, "internal_note")


class AdvicePublishedUpdateInline(PublishedUpdateInline):
    fields = (*UPDATE_FIELDS, RESPONSE_FIELDS, *EVIDENCE_ROWS)


class FollowUpAdmin(RecordAdmin):
    """What requests, commitments and recommendations share."""

    pages = (*RecordAdmin.pages, letters.LETTER_PAGE, current_leads.CURRENT_LEADS_PAGE)
    carried = OF_A_SESSION
    list_display = (
        "code",
        "title",
        "province",
        "shown_state",
        "status_told",
        "deadline_today",
        "due_today",
        "lead",
        "updated",
    )
    list_display_links = ("code", "title")
    list_select_related = ("province", "lead")
    list_filter = filters_of_records(
        DeadlineFilter,
        FirstDeadlineFilter,
        "status",
        ("province", UsedRelationFilter),
        ("topics", UsedRelationFilter),
        UnitFilter,
        LatestMeetingsFilter,
        "source__rank",
    )
    date_hierarchy = "due_on"
    search_fields = ("search", "staff_search")
    autocomplete_fields = (
        "meeting",
        "province",
        "topics",
        "raised_by",
        "lead",
        "supporting",
        "current_lead",
        "source",
    )
    readonly_fields = (*RecordAdmin.readonly_fields, "status_told", "completed_on")
    inlines = (PublishedUpdateInline, DraftUpdateInline)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "title",
                    "detail",
                    ("meeting", "province"),
                    ("raised_by", "raised_by_text"),
                    "topics",
                )
            },
        ),
        PROOF,
        (
            _("What becomes of it"),
            {
                "fields": (
                    ("lead", "current_lead"),
                    "supporting",
                    ("due_on", "due_text", "is_ongoing"),
                    ("status_told", "completed_on"),
                    ("last_checked_on", "is_general"),
                    "completion_criteria",
                    "internal_note",
                )
            },
        ),
    )

    def has_letter_permission(self, request, item):
        user = request.user
        return roles.may_add(user, StatusUpdate) and roles.is_at_desk(user, item)

    def ways_on(self, request, obj):
        if self.has_letter_permission(request, obj):
            return [(page_of(obj, "letter"), _("Answer, outcome by letter"))]
        return []

    def list_context(self, request):
        tools = super().list_context(request)
        own = current_leads.tool(self, request)
        return tools | {"list_tools": [*tools.get("list_tools", ()), *own]}

    def get_queryset(self, request):
        return super().get_queryset(request).with_deadline_in_force()

    @admin.display(description=_("status"), ordering="status")
    def status_told(self, item):
        return item.status_words() if item.pk else FollowUpStatus.UNKNOWN.label

    @admin.display(description=_("due on"), ordering="due_today")
    def due_today(self, item):
        """What counts now, words where they tell no day; the first one stands in the form."""
        due = item.due
        return due["due_on"] or deadline_words(*(due[name] for name in COLUMNS))

    def get_fieldsets(self, request, obj=None):
        """With what this kind alone has, under its title."""
        (name, options), *rest = super().get_fieldsets(request, obj)
        first, *fields = options["fields"]
        return [(name, {**options, "fields": (first, self.model.own_fields(), *fields)}), *rest]

    def get_autocomplete_fields(self, request):
        return (*super().get_autocomplete_fields(request), *self.model.own_fields())


@admin.register(ProvinceRequest)
class ProvinceRequestAdmin(FollowUpAdmin):
    list_filter = (AnswerFilter, *FollowUpAdmin.list_filter)
    inlines = (RequestPublishedUpdateInline, RequestUpdateInline)


@admin.register(Commitment)
class CommitmentAdmin(FollowUpAdmin):
    inlines = (CommitmentAnswersInline, *FollowUpAdmin.inlines)
    list_filter = ("strength", *FollowUpAdmin.list_filter)


@admin.register(Recommendation)
class RecommendationAdmin(FollowUpAdmin):
    inlines = (
        RecommendationAnswersInline,
        AdvicePublishedUpdateInline,
        AdviceUpdateInline,
    )


@admin.register(StatusUpdate)
class StatusUpdateAdmin(RecordAdmin):
    """News of a follow-up. Once published it is read only: a new update answers a mistake."""

    list_display = (
        "code",
        "about",
        "happened_on",
        "status",
        "voice",
        "basis",
        "shown_state",
        "updated",
    )
    list_display_links = ("code", "about")
    list_select_related = TARGETS
    list_filter = filters_of_records(
        "status", "voice", "basis", "answer", "response", LatestSourcesFilter
    )
    date_hierarchy = "happened_on"
    carried = ("source",)
    search_fields = ("search", *(f"{name}__search" for name in TARGETS))
    autocomplete_fields = (*TARGETS, "source", "passed_to", "next_by")
    fieldsets = (
        (
            None,
            {"fields": (TARGETS, *UPDATE_FIELDS, (*ANSWER_FIELDS, "response"), "internal_note")},
        ),
        PROOF,
    )

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in ("corrects", "takes_back"):
            update = _row_asked(request, StatusUpdate)
            kwargs["queryset"] = of_the_item(db_field, update and update.target)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("about"))
    def about(self, update):
        return update.target
