"""Admin of a historical table: what changed in words, and an older state restored as a new edit.

The history is read, never gone back to: a restored state fills the form and is saved as any edit.
"""

from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from simple_history.admin import SimpleHistoryAdmin

from .boxes import is_key
from .guarded import GuardedAdmin
from .history import Restored, StateWords, changes, states
from .pages import READ, Page, page_of

FROM_THE_LIST = gettext_noop("deleted from the list")
RESTORE = "<path:object_id>/history/<path:version_id>/restore/"


def restore_view(screen, request, record, version_id):
    """The form filled as the record was then. Nothing is saved until somebody saves it."""
    if not is_key(screen.opts.pk, version_id):
        raise Http404
    row = get_object_or_404(screen.model.history, id=record.pk, pk=version_id)
    fixed = {"slug", *screen.get_readonly_fields(request, record)}
    shown = set(flatten_fieldsets(screen.get_fieldsets(request, record))) - fixed
    request.restored = Restored(record, row, shown)
    context = {"restored": request.restored}
    return screen.changeform_view(request, str(record.pk), page_of(record), context)


class HistoricalAdmin(GuardedAdmin, SimpleHistoryAdmin):
    """A table of the register: guarded, with its history; what did not change is not saved."""

    pages = (Page(RESTORE, restore_view, "restore", "change", methods=READ),)
    search_fields = ("search",)
    object_history_list_template = "admin/object_history_list.html"
    history_list_per_page = 50
    # Reasons that the history holds as words of ours, in the reader's language.
    reasons = {FROM_THE_LIST: _("deleted from the list")}

    class Media:
        js = ("admin/js/jquery.init.js", "desk.js")

    def set_history_delta_changes(self, request, historical_records, foreign_keys_are_objs=True):
        """What each row changed, in words: the tables it names are read once for the page."""
        rows = list(historical_records)
        if not rows:
            return
        before = rows[-1].prev_record
        with_it = [*rows, before] if before else rows
        held = states(self.model, with_it)
        words = StateWords(self.model, held)
        for row, now, was in zip(rows, held, [*held[1:], None], strict=False):
            row.why = self.reasons.get(row.history_change_reason, row.history_change_reason)
            row.told = changes(self.model, was, now, words, cut=True) if was else []

    def history_view(self, request, object_id, extra_context=None):
        if not is_key(self.opts.pk, object_id):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        record = self.get_object(request, unquote(object_id))
        may_change = record is not None and self.has_change_permission(request, record)
        extra_context = {"may_restore": may_change} | (extra_context or {})
        return super().history_view(request, object_id, extra_context)

    def get_object(self, request, object_id, from_field=None):
        record = super().get_object(request, object_id, from_field)
        restored = getattr(request, "restored", None)
        if record is not None and restored is not None:
            restored.fill(record)
        return record

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        # The package hides its button when reverting is off, and still saves what is posted.
        if request.method not in READ:
            raise PermissionDenied
        if not (is_key(self.opts.pk, object_id) and is_key(self.opts.pk, version_id)):
            raise Http404
        return super().history_form_view(request, object_id, version_id, extra_context)

    def render_history_view(self, request, template, context, **kwargs):
        if form := context.get("adminform"):
            form.readonly_fields = flatten_fieldsets(form.fieldsets)
        return super().render_history_view(request, template, context, **kwargs)

    def save_model(self, request, obj, form, change):
        if not change or form.has_changed():
            super().save_model(request, obj, form, change)

    def delete_queryset(self, request, queryset):
        for row in queryset:
            row._history_user = request.user
            row._change_reason = FROM_THE_LIST
            row.delete()
