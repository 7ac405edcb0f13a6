"""Admin of records, which are published: permissions, races between editors, columns of state."""

from time import monotonic

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db import IntegrityError, OperationalError, connection
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from engagements import roles
from engagements.deadlines import both_states
from engagements.desk.review.actions import (
    publish_chosen,
    send_back_chosen,
    submit_chosen,
    withdraw_chosen,
)
from engagements.desk.review.course import COURSE, course, part_entries
from engagements.desk.review.pages import REVIEW_PAGES, told_reasons
from engagements.edition.kinds import KINDS
from engagements.models import Publishable, State
from engagements.publication.checks import problems

from .boxes import is_key
from .filters import NarrowedList
from .forms import RecordForm, hidden_field
from .next_item import next_item
from .pages import page_of
from .rows import ShownRows
from .ruled import RuledAdmin, sent_by
from .source_text import beside

RACES = 8  # that a form may lose to others who save at the same instant,
PATIENCE = 10  # and for how many seconds
STEPS_TOLD = 4  # on the form; the review page has them all
EVIDENCE_ROWS = (("source", "paragraph"), "quote", ("is_inferred", "inference"))
PROOF = (_("Proof"), {"fields": EVIDENCE_ROWS})


class RecordAdmin(RuledAdmin):
    """Anything that is published: drafted by one person, published by another."""

    form = RecordForm
    pages = (*RuledAdmin.pages, *REVIEW_PAGES)
    looked_at_on = ("review", "preview")  # pages to which the form leads
    carried = ()  # columns that the next item of its kind begins with
    exclude = ("version", "uid", "review_note")
    reasons = RuledAdmin.reasons | COURSE
    actions = (submit_chosen, send_back_chosen, publish_chosen, withdraw_chosen)
    readonly_fields = (
        "code",
        "shown_state",
        "in_the_way",
        "steps",
        "published_at",
        "entered",
        "changed",
    )

    def get_changelist(self, request, **kwargs):
        return NarrowedList

    # what a person may do

    def has_add_permission(self, request):
        return roles.may_add(request.user, self.model)

    def has_publish_permission(self, request, obj=None):
        """Of a record: never for who changed it since the public last read it."""
        if obj is None:
            return roles.may_review(request.user, self.model)
        return roles.may_publish(request.user, obj)

    def has_review_permission(self, request, obj=None):
        """Sends back and withdraws, whoever wrote it."""
        return roles.may_review(request.user, obj or self.model)

    # the form

    def get_form(self, request, obj=None, change=False, **kwargs):
        return sent_by(request.user, super().get_form(request, obj, change, **kwargs))

    def get_fieldsets(self, request, obj=None):
        (name, options), *rest = super().get_fieldsets(request, obj)
        fields = (*options["fields"], *hidden_field(request, self, obj))
        shown = [(name, {**options, "fields": fields}), *rest]
        if obj is None:
            return shown
        standing = [("code", "shown_state"), "in_the_way", "steps", ("entered", "changed")]
        if self.has_change_permission(request, obj):
            standing.insert(0, "reason")
        return [*shown, (_("Publication"), {"fields": standing})]

    def get_object(self, request, object_id, from_field=None):
        record = super().get_object(request, object_id, from_field)
        if record and request.method == "POST" and connection.in_atomic_block:
            # From here on nobody edits or publishes it until this answer is given.
            rows = self.model.objects.select_for_update(of=("self",), no_key=True)
            record = rows.filter(pk=record.pk).first()
        return record

    def view_on_site(self, obj):
        path = KINDS[obj.kind].path
        return f"{path}{obj.code}/" if path and obj.state == State.PUBLISHED else None

    def get_inline_formsets(self, request, formsets, inline_instances, obj=None):
        """With the number of rows in each heading: they are folded when the form opens."""
        stock = super().get_inline_formsets(request, formsets, inline_instances, obj)
        shown = [ShownRows(formset) for formset in stock]
        for rows in shown:  # `opts` is the inline made for this request
            rows.opts.verbose_name_plural = f"{rows.opts.verbose_name_plural} ({rows.number})"
        return shown

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if not request.resolver_match.url_name.endswith("_simple_history"):
            context["beside"] = beside(context)
        if obj is not None and obj.pk and not context.get("is_popup"):
            context |= {f"{page}_url": page_of(obj, page) for page in self.looked_at_on}
        return super().render_change_form(request, context, add, change, form_url, obj)

    # saving

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        began = monotonic()
        for _race in range(RACES if request.method == "POST" else 0):
            try:
                return super().changeform_view(request, object_id, form_url, extra_context)
            except (IntegrityError, OperationalError):
                # Another request saved the same key or address first, or held the row for long:
                # nothing was saved here, and this time the form finds what they made.
                if monotonic() - began > PATIENCE:
                    raise
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request, obj, form, change):
        obj._change_reason = form.cleaned_data.get("reason") or None
        obj.updated_by = request.user
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        parts = [rows for rows in formsets if _parent_calls(rows) in self.model.children]
        if change and not form.has_changed() and any(rows.has_changed() for rows in parts):
            # A part was changed, so the whole was: its version rises, it waits for publication.
            form.instance._history_user = request.user
            form.instance.save()

    def save_formset(self, request, form, formset, change):
        for row in formset.save(commit=False):
            if isinstance(row, Publishable):
                row.updated_by = request.user
                if row._state.adding:
                    row.created_by = request.user
            row._history_user = request.user
            row._change_reason = form.cleaned_data.get("reason") or None
            row.save()
        for row in formset.deleted_objects:
            row._history_user = request.user
            row.delete()
        formset.save_m2m()

    def response_add(self, request, obj, post_url_continue=None):
        stock = super().response_add(request, obj, post_url_continue)
        return next_item(self, request, obj) or stock

    def response_change(self, request, obj):
        stock = super().response_change(request, obj)
        return next_item(self, request, obj) or stock

    # columns

    def action_checkbox(self, obj):
        """With the version shown: what is published from the list is what the list showed."""
        shown = '<input type="hidden" name="listed" value="{}:{}">'
        return super().action_checkbox(obj) + format_html(shown, obj.pk, obj.version)

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, obj):
        state = obj.get_state_display()
        if obj.has_waiting_edit:
            waiting = gettext("edit waiting")
            state = f"{state} · {waiting}"
        if hasattr(obj, "_history") or not obj.waits_for_review:
            return state
        return format_html('<a href="{}">{}</a>', page_of(obj, "review"), state)

    @admin.display(description=_("before it is published"))
    def in_the_way(self, obj):
        if hasattr(obj, "_history"):  # a state of the past is not published
            return ""
        proven = [name for name in obj.children if name != "answerings"]
        prefetch_related_objects([obj], *(f"{name}__source" for name in proven))
        lines = told_reasons(problems(obj)) or [(gettext("Nothing stands in the way."), None)]
        return format_html_join(" ", "{}", ((_line(*line),) for line in lines))

    @admin.display(description=_("review"))
    def steps(self, obj):
        """Submitted, sent back, published: by whom and when, the latest first."""
        if hasattr(obj, "_history"):
            return ""
        steps = course(obj)[:STEPS_TOLD]
        lines = []
        for step in steps:
            line = f"{step['step']}: {_who_and_when(step['who'], step['at'])}"
            lines.append(f"{line}. {step['note']}" if step["note"] else line)
        if obj.was_sent_back and not any(step["note"] for step in steps):
            lines.insert(0, gettext("Sent back: %(note)s") % {"note": obj.review_note})
        return format_html_join("", "<p>{}</p>", ([line] for line in lines))

    def history_view(self, request, object_id, extra_context=None):
        if self.model.children and is_key(self.opts.pk, object_id):
            record = self.get_object(request, unquote(object_id))
            if record is not None and self.has_view_permission(request, record):
                parts = {"parts": part_entries(record), "parts_title": _("Parts of it")}
                extra_context = parts | (extra_context or {})
        return super().history_view(request, object_id, extra_context)

    @admin.display(description=_("entered"))
    def entered(self, obj):
        return _who_and_when(obj.created_by, obj.created_at)

    @admin.display(description=_("last changed"))
    def changed(self, obj):
        return _who_and_when(obj.updated_by, obj.updated_at)

    @admin.display(description=_("updated"), ordering="updated_at")
    def updated(self, obj):
        return date_format(timezone.localtime(obj.updated_at), "SHORT_DATE_FORMAT")

    @admin.display(description=_("deadline"), ordering="due_today")
    def deadline_today(self, obj):
        """Against the day in force, and against the first where that says otherwise."""
        today = timezone.localdate()
        return both_states(obj.deadline(today), obj.first_deadline(today))


def _parent_calls(formset):
    return formset.fk.remote_field.related_name


def _line(text, address):
    return format_html('<a href="{}">{}</a>', address, text) if address else text


def _who_and_when(who, when):
    when = date_format(timezone.localtime(when), "SHORT_DATETIME_FORMAT")
    return f"{who}, {when}" if who else when
