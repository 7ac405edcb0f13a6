"""Screen of sessions: one form holds who sat there and everything that was said, with its proof."""

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import BadRequest
from django.http import HttpResponseRedirect, JsonResponse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from engagements import roles
from engagements.desk import reports
from engagements.desk.answering import SessionAnswersInline
from engagements.desk.boxes import is_key
from engagements.desk.cleaning import tell_notes
from engagements.desk.filters import filters_of_records
from engagements.desk.lists import UsedRelationFilter
from engagements.desk.pages import READ, Page, page_of
from engagements.desk.readings import filling as from_reading
from engagements.desk.records import RecordAdmin
from engagements.desk.review.actions import publish_whole_session
from engagements.desk.review.pages import SESSION_PAGE
from engagements.desk.rows import NEXT, rows_name
from engagements.models import Meeting, ProvinceRequest
from engagements.publication.kinds import RECORDS
from provinces.models import Official

from . import next_session, taken_up
from .filling import PEOPLE, day_sent, filled, seats_of
from .forms import SessionForm
from .inlines import (
    AttendanceInline,
    CommitmentInline,
    FigureInline,
    RecommendationInline,
    RemarkInline,
    RequestInline,
)
from .lines import BOXES, LineBoxes, cleaned_boxes, unfolded
from .rows import AnsweringFormSet

FAST = _(
    "Parts of a line are parted by | or a tab; only the first is needed. Tables and lists can be"
    " pasted: numbers, bullets and headings are left out. Saving turns lines into rows, which stand"
    " further down."
)


class MeetingForm(LineBoxes, SessionForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "provinces" in self.fields:
            self.fields["provinces"].required = False  # of a draft; publishing asks for them


def seat_view(screen, request):
    """The office that somebody held on the day of the session, for the row they are put in."""
    asked = request.GET
    official = asked.get("official", "")
    if not is_key(Official._meta.pk, official):
        raise BadRequest("A key that no row can have.")
    ministry, provinces = asked.get("ministry", ""), asked.getlist("provinces")
    held = seats_of({int(official)}, day_sent(asked), ministry, provinces).get(official)
    if held is None:
        return JsonResponse({})
    organization = {"id": held.organization.pk, "text": str(held.organization)}
    return JsonResponse({"title": held.title, "organization": organization, "side": held.side})


@admin.register(Meeting)
class MeetingAdmin(RecordAdmin):
    form = MeetingForm
    pages = (
        *RecordAdmin.pages,
        SESSION_PAGE,
        next_session.NEXT_PAGE,
        taken_up.TAKEN_UP_PAGE,
        *reports.REPORT_PAGES,
        Page("seat/", seat_view, "seat", "seat", methods=READ),
    )
    looked_at_on = (*RecordAdmin.looked_at_on, "session")
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
    list_filter = filters_of_records(
        "state_of_it",
        "format",
        ("provinces", UsedRelationFilter),
        ("topics", UsedRelationFilter),
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
        SessionAnswersInline,
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

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            # Made and looked at from here; changed and deleted in their own forms.
            field.widget.can_change_related = field.widget.can_delete_related = False
        return field

    def _kinds_to_add(self, request, obj):
        """Prefixes of the rows that this person may add to the session."""
        return [
            rows_name(Meeting, inline.model, inline.fk_name)
            for inline in self.get_inline_instances(request, obj)
            if inline.has_add_permission(request, obj)
        ]

    def get_fieldsets(self, request, obj=None):
        first, *rest = super().get_fieldsets(request, obj)
        kinds = self._kinds_to_add(request, obj)
        boxes = tuple(name for name, kind in BOXES.items() if kind.prefix in kinds)
        if not boxes or (obj and not self.has_change_permission(request, obj)):
            return [first, *rest]
        side_by_side = tuple(name for name in boxes if BOXES[name].prefix == PEOPLE)
        boxes = tuple(name for name in boxes if name not in side_by_side)
        fields = (side_by_side, *boxes) if side_by_side else boxes
        fast = {"classes": ("fast",), "fields": fields, "description": FAST}
        return [first, (_("Fast entry: one thing a line"), fast), *rest]

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """A session may be filled from a reading that the address names."""
        request.reading = from_reading.reading_asked(request, object_id)
        if request.reading and from_reading.is_to_be_filled(request):
            session = self.get_object(request, unquote(object_id)) if object_id else None
            if object_id is None or (session and self.has_change_permission(request, session)):
                from_reading.open_filled(self, request, request.reading, session)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _changeform_view(self, request, object_id, form_url, extra_context):
        if request.reading is None or request.method != "POST":
            return self._form_view(request, object_id, form_url, extra_context)
        filled_in = from_reading.WithItsSource(
            self, request, request.reading, is_new=object_id is None
        )
        return filled_in.answer(
            lambda: self._form_view(request, object_id, form_url, extra_context)
        )

    def _form_view(self, request, object_id, form_url, extra_context):
        unfolds = request.method == "POST" and self._take_in(request, object_id)
        response = super()._changeform_view(request, object_id, form_url, extra_context)
        if unfolds and response.status_code == 200:
            text = _("The lines that you typed are rows now, further down; nothing is saved yet.")
            self.message_user(request, text, messages.WARNING)
        return response

    def _take_in(self, request, object_id):
        """Completes the form as sent; whether lines became rows."""
        obj = None
        if object_id and is_key(self.opts.pk, object_id):
            obj = self.model.objects.filter(pk=unquote(object_id)).first()
        kinds = self._kinds_to_add(request, obj)
        boxes = [name for name, kind in BOXES.items() if kind.prefix in kinds]
        sent, notes = cleaned_boxes(request.POST, boxes)
        tell_notes(self, request, notes)
        request.last_kind = next(
            (name for name in reversed(boxes) if sent.get(name, "").strip()), None
        )
        request.POST, passed = unfolded(sent, boxes, day_sent(sent))
        tell_notes(self, request, passed)
        unfolds = request.POST is not sent and request.last_kind is not None
        request.POST = filled(request.POST, kinds, had_source=bool(obj and obj.source_id))
        return unfolds

    def _create_formsets(self, request, obj, change):
        formsets, inlines = super()._create_formsets(request, obj, change)
        requests = next((rows for rows in formsets if rows.model is ProvinceRequest), None)
        for rows in formsets:
            rows.texts = formsets[0].texts  # a source is read once for the whole form
            if requests is not None and isinstance(rows, AnsweringFormSet):
                rows.hold_against(requests)
        return formsets, inlines

    # and the next item

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if request.reading:
            from_reading.link(request.reading, form.instance, formsets)
            from_reading.warn_of_titles(self, request, request.POST)
        for rows in formsets:
            if not request.last_kind and (rows.new_objects or rows.changed_objects):
                request.last_rows = rows.prefix

    def response_add(self, request, obj, post_url_continue=None):
        stock = super().response_add
        return self._on_to_the_next(request, obj) or stock(request, obj, post_url_continue)

    def response_change(self, request, obj):
        return self._on_to_the_next(request, obj) or super().response_change(request, obj)

    def _on_to_the_next(self, request, obj):
        """Back to the same form, with a row open for the next thing of the kind last entered."""
        goes_on = "_addanother" in request.POST and IS_POPUP_VAR not in request.POST
        if not goes_on or not self.has_change_permission(request, obj):
            return None
        text = _("The session “%(session)s” was saved. Enter what comes next in it.")
        self.message_user(request, text % {"session": obj}, messages.SUCCESS)
        kinds = {
            *BOXES,
            *(rows_name(Meeting, inline.model, inline.fk_name) for inline in self.inlines),
        }
        kind = request.POST.get("_kind")
        if kind not in kinds:
            kind = request.last_kind or getattr(request, "last_rows", "lines_requests")
        filters = {"preserved_filters": self.get_preserved_filters(request), "opts": self.opts}
        address = f"{page_of(obj)}?{urlencode({NEXT: kind})}"
        return HttpResponseRedirect(add_preserved_filters(filters, address))

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        fields = context["adminform"].form.fields
        rows = {
            inline.formset.prefix: inline.formset for inline in context["inline_admin_formsets"]
        }
        if (requests := rows.get("provincerequests")) and "lines_requests" in fields:
            box = fields["lines_requests"]
            number = gettext("The next one gets #%(n)d.") % {"n": requests.total_form_count() + 1}
            box.help_text = f"{number} {box.help_text}"
        box = fields.get(request.GET.get(NEXT, ""))
        if box is not None and not context["errors"]:
            box.widget.attrs["autofocus"] = True
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("provinces")

    def list_context(self, request):
        return super().list_context(request) | {"list_tools": reports.list_tools()}

    def ways_on(self, request, obj):
        return [*next_session.ways_from(self, request, obj), taken_up.way_from(obj)]

    def get_readonly_fields(self, request, obj=None):
        fixed = ("slug",) if obj and obj.code else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

    # what a person may do

    def has_seat_permission(self, request):
        return self.has_add_permission(request) or self.has_change_permission(request)

    def has_draw_up_permission(self, request):
        return reports.may_draw_up(self, request)

    def has_publish_session_permission(self, request, obj=None):
        """A session goes out with its sources and items: who publishes it may publish each."""
        return all(roles.may_review(request.user, model) for model in RECORDS)

    @admin.display(description=_("day"), ordering="held_on")
    def day(self, meeting):
        return meeting.held_on or meeting.planned_text or meeting.planned_from

    @admin.display(description=_("provinces"))
    def where(self, meeting):
        return ", ".join(str(province) for province in meeting.provinces.all())
