"""Sessions: one form holds who sat there and everything that was said, each with its proof."""

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import flatten, unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponseRedirect, JsonResponse
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from engagements import roles
from engagements.desk.boxes import is_key
from engagements.desk.figures import FigureForm
from engagements.desk.filters import NeedsFilter, WaitingFilter, WhoseFilter, WorryFilter
from engagements.desk.forms import RecordForm
from engagements.desk.historical import HistoricalAdmin
from engagements.desk.lists import UsedRelationFilter
from engagements.desk.records import EVIDENCE, RecordAdmin
from engagements.desk.reports import Reports
from engagements.desk.review.actions import publish_whole_session
from engagements.desk.rows import NEXT, PartInline, RecordInline, rows_name
from engagements.desk.slugs import SluggedForm
from engagements.models import (
    Attendance,
    Commitment,
    Figure,
    Meeting,
    ProvinceRequest,
    Recommendation,
    Remark,
    Source,
    StatusUpdate,
)
from provinces.models import Official

from .filling import PEOPLE, day_sent, filled, seats_of
from .lines import KINDS, LineBoxes, unfolded
from .next_session import NextSessions
from .rows import AnsweringForm, AnsweringFormSet, AttendanceForm, AttendanceFormSet, ItemFormSet
from .taken_up import Reviews

FAST = _(
    "Parts of a line are parted by | or a tab; only the first is needed. Saving turns lines into"
    " rows, which stand further down."
)
SESSION = (
    Source,
    Meeting,
    ProvinceRequest,
    Commitment,
    Recommendation,
    Remark,
    Figure,
    StatusUpdate,
)


class MeetingForm(LineBoxes, SluggedForm, RecordForm):
    slug_help = _("Left empty, it is made of the day and the provinces.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "provinces" in self.fields:
            self.fields["provinces"].required = False  # of a draft; publishing asks for them

    def slug_words(self, cleaned):
        day = cleaned.get("held_on") or cleaned.get("planned_from")
        places = [province.slug for province in cleaned.get("provinces") or ()]
        words = places or [cleaned.get("title") or ""]
        return " ".join([day.isoformat(), *words]) if day else ""


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
        *EVIDENCE,
    )

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        may_add = roles.may_add(request.user, Official)
        return type(formset.__name__, (formset,), {"may_add_officials": may_add})


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


class AnsweringInline(ItemInline):
    """What answers a request of the same form: by its number there."""

    form = AnsweringForm
    formset = AnsweringFormSet
    autocomplete_fields = tuple(set(ItemInline.autocomplete_fields) - {"addressed_to"})
    fetched = (*ItemInline.fetched, "answers")

    def get_fieldsets(self, request, obj=None):
        """Who only looks is shown the requests themselves."""
        ((name, options), *rest) = super().get_fieldsets(request, obj)
        if not self.has_change_permission(request, obj):
            fields = flatten(options["fields"])
            shown = ["answers" if one == "answers_lines" else one for one in fields]
            options = {**options, "fields": shown}
        return [(name, options), *rest]


class CommitmentInline(AnsweringInline):
    model = Commitment
    fields = (
        "title",
        "detail",
        ("strength", *ItemInline.said),
        ItemInline.after,
        ("answers_lines", "topics"),
        *EVIDENCE,
    )


class RecommendationInline(AnsweringInline):
    model = Recommendation
    fields = (
        "title",
        "detail",
        ItemInline.said,
        ItemInline.after,
        ("answers_lines", "topics"),
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
class MeetingAdmin(Reviews, NextSessions, Reports, RecordAdmin):
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
        NeedsFilter,
        WhoseFilter,
        "state",
        WaitingFilter,
        "state_of_it",
        "format",
        ("provinces", UsedRelationFilter),
        ("topics", UsedRelationFilter),
        WorryFilter,
    )
    date_hierarchy = "held_on"
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
            {"fields": ("title", "ministry", "provinces", ("held_on", "place"), "source")},
        ),
        (
            _("More about the session"),
            {
                "classes": ("collapse",),
                "fields": (
                    ("state_of_it", "format"),
                    ("on_behalf_of", "initiated_by"),
                    ("planned_from", "planned_to", "planned_text"),
                    ("follows", "slug"),
                    "summary",
                    ("topics", "cited"),
                    "internal_note",
                ),
            },
        ),
        (
            _("Where the source tells of the session"),
            {
                "classes": ("collapse",),
                "fields": ("paragraph", "quote", ("is_inferred", "inference")),
            },
        ),
    )

    # the form: lines become rows, rows take what the form says once

    def get_urls(self):
        seat = self.admin_site.admin_view(require_safe(self.seat_view))
        return [path("seat/", seat, name="engagements_meeting_seat"), *super().get_urls()]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            # Made and looked at from here; changed and deleted in their own forms.
            field.widget.can_change_related = field.widget.can_delete_related = False
        return field

    def _kinds_to_add(self, request, obj):
        """Prefixes of the rows that this person may add to the session."""
        return [
            rows_name(Meeting, one.model)
            for one in self.get_inline_instances(request, obj)
            if one.has_add_permission(request, obj)
        ]

    def get_fieldsets(self, request, obj=None):
        first, *rest = super().get_fieldsets(request, obj)
        kinds = self._kinds_to_add(request, obj)
        boxes = tuple(name for name, kind in KINDS.items() if kind.prefix in kinds)
        if not boxes or (obj and not self.has_change_permission(request, obj)):
            return [first, *rest]
        side_by_side = tuple(name for name in boxes if KINDS[name].prefix == PEOPLE)
        boxes = tuple(name for name in boxes if name not in side_by_side)
        fields = (side_by_side, *boxes) if side_by_side else boxes
        fast = {"classes": ("fast",), "fields": fields, "description": FAST}
        return [first, (_("Fast entry: one thing a line"), fast), *rest]

    def _changeform_view(self, request, object_id, form_url, extra_context):
        unfolds = request.method == "POST" and self._take_in(request, object_id)
        response = super()._changeform_view(request, object_id, form_url, extra_context)
        if unfolds and response.status_code == 200:
            said = _("The lines that you typed are rows now, further down; nothing is saved yet.")
            self.message_user(request, said, messages.WARNING)
        return response

    def _take_in(self, request, object_id):
        """Completes the form as sent; whether lines became rows."""
        obj = None
        if object_id and is_key(self.opts.pk, object_id):
            obj = self.model.objects.filter(pk=unquote(object_id)).first()
        kinds = self._kinds_to_add(request, obj)
        sent = request.POST
        boxes = [name for name, kind in KINDS.items() if kind.prefix in kinds]
        request.last_kind = next(
            (name for name in reversed(boxes) if sent.get(name, "").strip()), None
        )
        request.POST = unfolded(sent, boxes)
        unfolds = request.POST is not sent and request.last_kind is not None
        request.POST = filled(request.POST, kinds, had_source=bool(obj and obj.source_id))
        return unfolds

    def _create_formsets(self, request, obj, change):
        formsets, inlines = super()._create_formsets(request, obj, change)
        requests = next((one for one in formsets if one.model is ProvinceRequest), None)
        for one in formsets:
            one.texts = formsets[0].texts  # a source is read once for the whole form
            if requests is not None and isinstance(one, AnsweringFormSet):
                one.hold_against(requests)
        return formsets, inlines

    def seat_view(self, request):
        """The office that somebody held on the day of the session, for the row they are put in."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        official = request.GET.get("official", "")
        if not is_key(Official._meta.pk, official):
            raise BadRequest("A key that no row can have.")
        asked = request.GET
        ministry, provinces = asked.get("ministry", ""), asked.getlist("provinces")
        seat = seats_of({int(official)}, day_sent(asked), ministry, provinces).get(official)
        if seat is None:
            return JsonResponse({})
        body = {"id": seat.organization.pk, "text": str(seat.organization)}
        return JsonResponse({"title": seat.title, "organization": body, "side": seat.side})

    # and the next item

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        for one in formsets:
            if not request.last_kind and (one.new_objects or one.changed_objects):
                request.last_rows = one.prefix

    def response_add(self, request, obj, post_url_continue=None):
        on = self._on_to_the_next(request, obj)
        return on or super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        return self._on_to_the_next(request, obj) or super().response_change(request, obj)

    def _on_to_the_next(self, request, obj):
        """Back to the same form, with a row open for the next thing of the kind last entered."""
        goes_on = "_addanother" in request.POST and IS_POPUP_VAR not in request.POST
        if not goes_on or not self.has_change_permission(request, obj):
            return None
        said = _("The session “%(session)s” was saved. Enter what comes next in it.")
        self.message_user(request, said % {"session": obj}, messages.SUCCESS)
        kinds = {*KINDS, *(rows_name(Meeting, one.model) for one in self.inlines)}
        kind = request.POST.get("_kind")
        if kind not in kinds:
            kind = request.last_kind or getattr(request, "last_rows", "lines_requests")
        address = reverse(
            "admin:engagements_meeting_change", args=[obj.pk], current_app=self.admin_site.name
        )
        filters = {"preserved_filters": self.get_preserved_filters(request), "opts": self.opts}
        query = urlencode({NEXT: kind})
        return HttpResponseRedirect(add_preserved_filters(filters, f"{address}?{query}"))

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        fields = context["adminform"].form.fields
        rows = {one.formset.prefix: one.formset for one in context["inline_admin_formsets"]}
        if (requests := rows.get("provincerequests")) and "lines_requests" in fields:
            box = fields["lines_requests"]
            said = gettext("The next one gets #%(n)d.") % {"n": requests.total_form_count() + 1}
            box.help_text = f"{said} {box.help_text}"
        box = fields.get(request.GET.get(NEXT, ""))
        if box is not None and not context["errors"]:
            box.widget.attrs["autofocus"] = True
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("provinces")

    def get_readonly_fields(self, request, obj=None):
        fixed = ("slug",) if obj and obj.code else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

    def has_publish_session_permission(self, request, obj=None):
        """A session goes out with its sources and items: who publishes it may publish each."""
        return all(roles.may_review(request.user, model) for model in SESSION)

    @admin.display(description=_("day"), ordering="held_on")
    def day(self, meeting):
        return meeting.held_on or meeting.planned_text or meeting.planned_from

    @admin.display(description=_("provinces"))
    def where(self, meeting):
        return ", ".join(str(province) for province in meeting.provinces.all())


@admin.register(Attendance)
class AttendanceAdmin(HistoricalAdmin):
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
        return obj is not None and roles.may_delete(request.user, obj)
