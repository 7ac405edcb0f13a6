"""Sessions: one form holds who sat there and everything that was said, each with its proof."""

from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.utils.translation import gettext_lazy as _

from engagements.models import (
    Attendance,
    Commitment,
    Figure,
    Meeting,
    ProvinceRequest,
    Recommendation,
    Remark,
    Source,
)
from provinces.admin import RegisterAdmin, SluggedForm, UsedRelationFilter

from .actions import publish_whole_session
from .base import EVIDENCE, PROOF, RecordAdmin
from .figures import FigureForm
from .filters import WaitingFilter
from .forms import RecordForm
from .rows import RecordInline, RowsFormSet, RowsInline

SESSION = (Source, Meeting, ProvinceRequest, Commitment, Recommendation, Remark, Figure)


class MeetingForm(SluggedForm, RecordForm):
    slug_help = _("Left empty, it is made of the day and the provinces.")

    def slug_words(self, cleaned):
        day = cleaned.get("held_on") or cleaned.get("planned_from")
        places = [province.slug for province in cleaned.get("provinces") or ()]
        return " ".join([day.isoformat(), *places]) if day and places else ""


class AttendanceFormSet(RowsFormSet):
    taken = ("source",)


class ItemFormSet(RowsFormSet):
    """What was said there: usually about the one province, proved by the one document."""

    taken = ("source", "province")


class AttendanceInline(RowsInline):
    model = Attendance
    formset = AttendanceFormSet
    autocomplete_fields = ("official", "organization", "source")
    joined = ("official", "organization", "source", "meeting")
    fields = (("official", "title"), ("organization", "side", "role"), *EVIDENCE)


class ItemInline(RecordInline):
    """What was said at a session and is followed: the rest stands in its own form."""

    formset = ItemFormSet
    autocomplete_fields = (
        "province",
        "raised_by",
        "lead",
        "addressed_to",
        "answers",
        "topics",
        "source",
    )
    joined = ("province", "raised_by", "lead", "source")
    fetched = ("topics",)
    said = ("province", "raised_by", "raised_by_text")
    after = ("lead", "due_on", "due_text")


class RequestInline(ItemInline):
    model = ProvinceRequest
    autocomplete_fields = tuple(set(ItemInline.autocomplete_fields) - {"answers"})
    joined = (*ItemInline.joined, "addressed_to")
    fields = (
        "title",
        "detail",
        ItemInline.said,
        ("addressed_to", *ItemInline.after),
        "topics",
        *EVIDENCE,
    )


class CommitmentInline(ItemInline):
    model = Commitment
    autocomplete_fields = tuple(set(ItemInline.autocomplete_fields) - {"addressed_to"})
    fetched = (*ItemInline.fetched, "answers")
    fields = (
        "title",
        "detail",
        ("strength", *ItemInline.said),
        ItemInline.after,
        ("answers", "topics"),
        *EVIDENCE,
    )


class RecommendationInline(ItemInline):
    model = Recommendation
    autocomplete_fields = CommitmentInline.autocomplete_fields
    fetched = CommitmentInline.fetched
    fields = (
        "title",
        "detail",
        ItemInline.said,
        ItemInline.after,
        ("answers", "topics"),
        *EVIDENCE,
    )


class RemarkInline(RecordInline):
    model = Remark
    formset = ItemFormSet
    autocomplete_fields = ("province", "said_by", "source")
    joined = ("province", "said_by", "source")
    fields = (("type", "province"), ("said_by", "said_by_text"), "text", *EVIDENCE)


class FigureInline(RecordInline):
    model = Figure
    form = FigureForm
    formset = ItemFormSet
    autocomplete_fields = ("indicator", "province", "source")
    joined = ("indicator", "province", "source")
    fields = (
        ("indicator", "province"),
        ("qualifier", "value", "unit", "is_target"),
        ("period", "period_from", "period_to"),
        *EVIDENCE,
    )

    def get_formset(self, request, obj=None, **kwargs):
        return super().get_formset(request, obj, localized_fields=("value",), **kwargs)


@admin.register(Meeting)
class MeetingAdmin(RecordAdmin):
    form = MeetingForm
    actions = (*RecordAdmin.actions, publish_whole_session)
    list_display = (
        "title",
        "day",
        "where",
        "ministry",
        "state_of_it",
        "shown_state",
        "updated",
    )
    list_select_related = ("ministry",)
    list_filter = (
        "state",
        WaitingFilter,
        "state_of_it",
        "format",
        ("provinces", UsedRelationFilter),
        ("topics", UsedRelationFilter),
    )
    date_hierarchy = "held_on"
    save_on_top = True
    autocomplete_fields = ("ministry", "provinces", "follows", "topics", "cited", "source")
    inlines = (
        AttendanceInline,
        RequestInline,
        CommitmentInline,
        RecommendationInline,
        RemarkInline,
        FigureInline,
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "title",
                    ("ministry", "on_behalf_of"),
                    "provinces",
                    ("state_of_it", "format", "initiated_by"),
                    ("held_on", "place"),
                    ("planned_from", "planned_to", "planned_text"),
                    ("follows", "slug"),
                    "summary",
                    ("topics", "cited"),
                    "internal_note",
                )
            },
        ),
        PROOF,
    )

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("provinces")

    def get_readonly_fields(self, request, obj=None):
        fixed = ("slug",) if obj and obj.code else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

    def has_publish_session_permission(self, request):
        """A session goes out with its sources and items: who publishes it may publish each."""
        return all(
            request.user.has_perm(
                f"{model._meta.app_label}.{get_permission_codename('publish', model._meta)}"
            )
            for model in SESSION
        )

    @admin.display(description=_("day"), ordering="held_on")
    def day(self, meeting):
        return meeting.held_on or meeting.planned_text or meeting.planned_from

    @admin.display(description=_("provinces"))
    def where(self, meeting):
        return ", ".join(str(province) for province in meeting.provinces.all())


@admin.register(Attendance)
class AttendanceAdmin(RegisterAdmin):
    """For finding who sat where. It is a part of its meeting, and is changed in that form."""

    list_display = ("official", "title", "organization", "side", "role", "meeting")
    list_select_related = ("official", "organization", "meeting")
    list_filter = ("side", "role", ("organization", UsedRelationFilter))
    search_fields = ("official__search", "organization__search", "meeting__search")
    fields = (
        ("meeting", "official", "title"),
        ("organization", "side", "role"),
        *EVIDENCE,
    )

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        """With its meeting, while that is a draft."""
        draft = obj is not None and obj.meeting.code is None
        return draft and super().has_delete_permission(request, obj)
