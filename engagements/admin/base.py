"""What records share at the desk: who may do what, and that nobody overwrites unseen."""

from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.db import connection
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from engagements.edition.publishing import problems
from engagements.edition.words import PATHS, deadline_of
from engagements.models import Publishable, State
from engagements.models.base import PUBLISHED, SENT_BACK, SUBMITTED, WITHDRAWN
from provinces.admin import RegisterAdmin

from .actions import publish_chosen, send_back_chosen, submit_chosen, withdraw_chosen
from .forms import RecordForm, hidden_field

# What the history says of a record that was moved: translated where it is shown.
REASONS = {
    PUBLISHED: gettext_noop("publish"),
    WITHDRAWN: gettext_noop("withdraw"),
    SUBMITTED: gettext_noop("submit"),
    SENT_BACK: gettext_noop("send back"),
}
EVIDENCE = (("source", "paragraph"), "quote", ("is_inferred", "inference"))
PROOF = (_("Proof"), {"fields": EVIDENCE})


class RecordAdmin(RegisterAdmin):
    """Anything that is published: drafted by one person, published by another."""

    form = RecordForm
    exclude = ("version", "uid")
    actions = (submit_chosen, send_back_chosen, publish_chosen, withdraw_chosen)
    readonly_fields = (
        "code",
        "shown_state",
        "in_the_way",
        "review_note",
        "published_at",
        "entered",
        "changed",
    )

    # what a person may do

    def has_publish_permission(self, request):
        codename = get_permission_codename("publish", self.opts)
        return request.user.has_perm(f"{self.opts.app_label}.{codename}")

    def has_delete_permission(self, request, obj=None):
        """What the public has read is withdrawn, never deleted."""
        return (obj is None or obj.code is None) and super().has_delete_permission(request, obj)

    # the form

    def get_fieldsets(self, request, obj=None):
        (name, options), *rest = super().get_fieldsets(request, obj)
        fields = (*options["fields"], *hidden_field(request, self, obj))
        shown = [(name, {**options, "fields": fields}), *rest]
        if obj is None:
            return shown
        standing = (
            ("code", "shown_state"),
            "in_the_way",
            "review_note",
            ("entered", "changed", "published_at"),
        )
        return [*shown, (_("Publication"), {"fields": standing})]

    def get_object(self, request, object_id, from_field=None):
        found = super().get_object(request, object_id, from_field)
        if found and request.method == "POST" and connection.in_atomic_block:
            # From here on nobody edits or publishes it until this answer is given.
            rows = self.model.objects.select_for_update(of=("self",), no_key=True)
            found = rows.filter(pk=found.pk).first()
        return found

    def view_on_site(self, obj):
        path = PATHS.get(obj.kind)
        return f"{path}{obj.code}/" if path and obj.state == State.PUBLISHED else None

    def get_inline_formsets(self, request, formsets, inline_instances, obj=None):
        """With the number of rows in each heading: they are folded when the form opens."""
        found = super().get_inline_formsets(request, formsets, inline_instances, obj)
        for one in found:  # `opts` is the inline made for this request
            rows = one.formset.initial_form_count()
            one.opts.verbose_name_plural = f"{one.opts.verbose_name_plural} ({rows})"
        return found

    # saving

    def save_model(self, request, obj, form, change):
        obj.updated_by = request.user
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        parts = [one for one in formsets if one.fk.remote_field.related_name in self.model.children]
        if change and not form.has_changed() and any(one.has_changed() for one in parts):
            # A part was changed, so the whole was: its version rises, it waits for publication.
            form.instance._history_user = request.user
            form.instance.save()

    def save_formset(self, request, form, formset, change):
        for one in formset.save(commit=False):
            if isinstance(one, Publishable):
                one.updated_by = request.user
                if one._state.adding:
                    one.created_by = request.user
            one._history_user = request.user
            one.save()
        for one in formset.deleted_objects:
            one._history_user = request.user
            one.delete()
        formset.save_m2m()

    # columns

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, obj):
        state = obj.get_state_display()
        return f"{state} · {gettext('edit waiting')}" if obj.has_waiting_edit else state

    @admin.display(description=_("before it is published"))
    def in_the_way(self, obj):
        if hasattr(obj, "_history"):  # a state of the past is not published
            return ""
        prefetch_related_objects([obj], *(f"{name}__source" for name in obj.children))
        return " ".join(problems(obj)) or gettext("Nothing stands in the way.")

    @admin.display(description=_("entered"))
    def entered(self, obj):
        return _who_and_when(obj.created_by, obj.created_at)

    @admin.display(description=_("last changed"))
    def changed(self, obj):
        return _who_and_when(obj.updated_by, obj.updated_at)

    @admin.display(description=_("updated"), ordering="updated_at")
    def updated(self, obj):
        return date_format(timezone.localtime(obj.updated_at), "SHORT_DATE_FORMAT")

    @admin.display(description=_("deadline"), ordering="due_on")
    def deadline_today(self, obj):
        today = timezone.localdate()
        return deadline_of(obj.status, obj.due_on, obj.completed_on, today).label


def _who_and_when(who, when):
    when = date_format(timezone.localtime(when), "SHORT_DATETIME_FORMAT")
    return f"{who}, {when}" if who else when
