"""Documents that prove."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from engagements.models import Source

from .base import RecordAdmin
from .filters import WaitingFilter


@admin.register(Source)
class SourceAdmin(RecordAdmin):
    list_display = (
        "code",
        "title",
        "type",
        "rank",
        "publisher",
        "number",
        "issued_on",
        "shown_state",
        "updated",
    )
    list_display_links = ("code", "title")
    list_filter = ("state", WaitingFilter, "rank", "type")
    date_hierarchy = "issued_on"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "title",
                    ("type", "rank"),
                    ("publisher", "number", "issued_on"),
                    ("url", "archived_url", "accessed_on"),
                    "note",
                )
            },
        ),
        (_("The document itself"), {"fields": ("sha256", "scan", "text")}),
    )
