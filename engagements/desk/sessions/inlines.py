"""Inlines of a session's form: who sat there, what was asked, promised, advised, said, quoted."""

from django.contrib.admin.utils import flatten

from engagements import roles
from engagements.desk.figures import FigureForm, proposer_of
from engagements.desk.records import EVIDENCE_ROWS
from engagements.desk.rows import PartInline, RecordInline
from engagements.models import (
    Attendance,
    Commitment,
    Figure,
    ProvinceRequest,
    Recommendation,
    Remark,
)
from provinces.models import Official

from .rows import (
    AnsweringForm,
    AnsweringFormSet,
    AttendanceForm,
    AttendanceFormSet,
    FigureFormSet,
    ItemFormSet,
)


class AttendanceInline(PartInline):
    model = Attendance
    form = AttendanceForm
    formset = AttendanceFormSet
    autocomplete_fields = ("official", "organization", "source")
    joined = ("official", "organization", "source", "meeting")
    fields = (
        ("official", "name", "is_new"),
        ("title", "organization"),
        ("side", "role"),
        *EVIDENCE_ROWS,
    )

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        may_add = roles.may_add(request.user, Official)
        return type(formset.__name__, (formset,), {"may_add_officials": may_add})


class ItemInline(RecordInline):
    """What was said at a session and is followed: the rest stands in its own form."""

    formset = ItemFormSet
    autocomplete_fields = ("province", "raised_by", "lead", "topics", "source")
    joined = ("province", "raised_by", "lead", "source")
    fetched = ("topics",)
    said = ("province", "raised_by", "raised_by_text")
    after = ("lead", "due_on", "due_text", "is_ongoing")
    otherwise = ()  # what this kind alone has and a field of the form stands for

    def get_fields(self, request, obj=None):
        """With what this kind alone has and no row names, then the proof."""
        named = {*flatten(self.fields), *self.otherwise}
        rest = tuple(name for name in self.model.own_fields() if name not in named)
        return (*self.fields, *([rest] if rest else []), *EVIDENCE_ROWS)

    def get_autocomplete_fields(self, request):
        return (*super().get_autocomplete_fields(request), *self.model.own_fields())


class RequestInline(ItemInline):
    model = ProvinceRequest
    joined = (*ItemInline.joined, "addressed_to", "asks_again")
    fields = (
        "title",
        "detail",
        ItemInline.said,
        ("addressed_to", *ItemInline.after),
        "topics",
    )


class AnsweringInline(ItemInline):
    """What answers a request of the same form: by its number there."""

    form = AnsweringForm
    formset = AnsweringFormSet
    otherwise = ("answers",)  # answers_lines
    fetched = (*ItemInline.fetched, "answers")

    def get_fieldsets(self, request, obj=None):
        """Who only looks is shown the requests themselves."""
        ((name, options), *rest) = super().get_fieldsets(request, obj)
        if not self.has_change_permission(request, obj):
            fields = flatten(options["fields"])
            shown = ["answers" if name == "answers_lines" else name for name in fields]
            options = {**options, "fields": shown}
        return [(name, options), *rest]


class CommitmentInline(AnsweringInline):
    model = Commitment
    fetched = (*AnsweringInline.fetched, "supports")
    fields = (
        "title",
        "detail",
        ("strength", *ItemInline.said),
        ItemInline.after,
        ("answers_lines", "topics"),
    )


class RecommendationInline(AnsweringInline):
    model = Recommendation
    fields = (
        "title",
        "detail",
        ItemInline.said,
        ItemInline.after,
        ("answers_lines", "topics"),
    )


class RemarkInline(RecordInline):
    model = Remark
    formset = ItemFormSet
    autocomplete_fields = ("province", "said_by", "source")
    joined = ("province", "said_by", "source")
    fields = (("type", "province"), ("said_by", "said_by_text"), "text", *EVIDENCE_ROWS)


class FigureInline(RecordInline):
    model = Figure
    form = FigureForm
    formset = FigureFormSet
    autocomplete_fields = ("indicator", "province", "source")
    joined = ("indicator", "province", "source")
    fields = (
        ("indicator", "indicator_name", "province"),
        "meant",
        ("qualifier", "value", "unit", "is_target"),
        ("period", "period_from", "period_to"),
        *EVIDENCE_ROWS,
    )

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, localized_fields=("value",), **kwargs)
        return type(formset.__name__, (formset,), {"proposer": proposer_of(request)})
