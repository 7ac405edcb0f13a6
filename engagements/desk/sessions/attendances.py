"""Screen of attendances: who sat at which session."""

from django.contrib import admin

from engagements import roles
from engagements.desk.historical import HistoricalAdmin
from engagements.desk.lists import UsedRelationFilter
from engagements.desk.records import EVIDENCE_ROWS
from engagements.models import Attendance


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
        *EVIDENCE_ROWS,
    )

    def may_write(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        """With its meeting, while that is a draft."""
        return obj is not None and roles.may_delete(request.user, obj)
