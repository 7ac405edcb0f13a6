"""Admin of rows that belong to a desk: permissions row by row, as engagements/roles.py rules.

Their lists go out to a workbook and come back, row by row under the same rules.
"""

from django.contrib import messages

from engagements import roles

from . import workbooks
from .historical import HistoricalAdmin


def sent_by(user, form):
    """The form class (a PlacedForm) for that account, which moves no row to or from other desks."""
    return type(form.__name__, (form,), {"user": user})


class RuledAdmin(HistoricalAdmin):
    """Asks of every row whose it is; the form of one that is only read says why."""

    pages = (*HistoricalAdmin.pages, *workbooks.PAGES)

    def has_change_permission(self, request, obj=None):
        if obj is None:
            return super().has_change_permission(request)
        return self.may_write(request, obj) and self._once(request, roles.may_change, obj)

    def has_delete_permission(self, request, obj=None):
        if obj is None:
            return super().has_delete_permission(request)
        return self.may_write(request, obj) and self._once(request, roles.may_delete, obj)

    def has_import_permission(self, request):
        may_write = self.has_add_permission(request) or self.has_change_permission(request)
        return may_write and request.user.has_perm("engagements.add_workbook")

    def _once(self, request, rule, obj):
        """A form asks a dozen times, and each answer may take queries."""
        known = request.__dict__.setdefault("_ruled", {})
        key = (rule, self.model, obj.pk)
        if key not in known or obj.pk is None:
            known[key] = rule(request.user, obj)
        return known[key]

    def list_context(self, request):
        return workbooks.list_context(self, request) | super().list_context(request)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        why = ""
        if change and request.method == "GET" and self.has_change_permission(request):
            may = self.has_change_permission(request, obj)
            why = "" if may else roles.why_not(request.user, obj)
        if why:
            self.message_user(request, why, messages.INFO)
        return super().render_change_form(request, context, add, change, form_url, obj)
