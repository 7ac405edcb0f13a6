"""Screens of follow-ups: requests, commitments, recommendations, and the updates on them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from engagements import roles
from engagements.deadlines import COLUMNS, deadline_words
from engagements.models import Commitment, ProvinceRequest, Recommendation, StatusUpdate
from engagements.models.followups import TARGETS

from . import letters
from .filters import (
    AnswerFilter,
    DeadlineFilter,
    LatestMeetingsFilter,
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
)


class PublishedUpdateInline(RecordInline):
    """What the public reads of it: a mistake is answered by a new update."""

    model = StatusUpdate
    verbose_name_plural = _("updates, published")
    fields = (*UPDATE_FIELDS, *EVIDENCE_ROWS)

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(code=None)

    def may_write(self, request, obj=None):
        return False


class DraftUpdateInline(RecordInline):
    model = StatusUpdate
    verbose_name_plural = _("updates, not yet published")
    autocomplete_fields = ("source",)
    joined = ("source",)
    fields = (*UPDATE_FIELDS, *EVIDENCE_ROWS, "internal_note")

    def get_queryset(self, request):
        return super().get_queryset(request).filter(code=None)


class RequestUpdateInline(DraftUpdateInline):
    """Only a request is explained or declined."""

    fields = (*UPDATE_FIELDS, "answer", *EVIDENCE_ROWS, "internal_note")


class RequestPublishedUpdateInline(PublishedUpdateInline):
    fields = (*UPDATE_FIELDS, "answer", *EVIDENCE_ROWS)


class FollowUpAdmin(RecordAdmin):
    """What requests, commitments and recommendations share."""

    pages = (*RecordAdmin.pages, letters.LETTER_PAGE)
    carried = OF_A_SESSION
    list_display = (
        "code",
        "title",
        "province",
        "shown_state",
        "status",
        "deadline_today",
        "due_today",
        "lead",
        "updated",
    )
    list_display_links = ("code", "title")
    list_select_related = ("province", "lead")
    list_filter = filters_of_records(
        DeadlineFilter,
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
    readonly_fields = (*RecordAdmin.readonly_fields, "status", "completed_on")
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
                    ("status", "completed_on"),
                    "last_checked_on",
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

    def get_queryset(self, request):
        return super().get_queryset(request).with_deadline_in_force()

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
    list_filter = ("strength", *FollowUpAdmin.list_filter)


@admin.register(Recommendation)
class RecommendationAdmin(FollowUpAdmin):
    pass


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
    list_filter = filters_of_records("status", "voice", "basis", "answer")
    date_hierarchy = "happened_on"
    carried = ("source",)
    search_fields = ("search", *(f"{name}__search" for name in TARGETS))
    autocomplete_fields = (*TARGETS, "source")
    fieldsets = (
        (None, {"fields": (TARGETS, *UPDATE_FIELDS, "answer", "internal_note")}),
        PROOF,
    )

    @admin.display(description=_("about"))
    def about(self, update):
        return update.target
