"""Screen of sources: documents that prove, their text, their scan."""

import hashlib

from django.contrib import admin, messages
from django.core.files.uploadedfile import UploadedFile
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from engagements.models import Source
from engagements.models.quotations import rows_off_the_text

from .filters import filters_of_records
from .forms import RecordForm
from .links import told_of
from .pages import READ, Page, page_of
from .records import RecordAdmin
from .scans import ScanInput, check_scan, safe_name, scan_response

FALLEN = 20  # named one by one; the rest are counted


class SourceForm(RecordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "scan" in self.fields and self.instance.pk and self.instance.scan:
            self.fields["scan"].widget.address = page_of(self.instance, "scan")

    def full_clean(self):
        super().full_clean()
        chosen = self.is_bound and self.files.get(self.add_prefix("scan"))
        if chosen and self.errors and "scan" not in self.errors:
            text = _("A browser does not keep a file: choose “%(name)s” once more.")
            self.add_error("scan", text % {"name": chosen.name})

    def clean_scan(self):
        scan = self.cleaned_data.get("scan")
        if isinstance(scan, UploadedFile):
            check_scan(scan)
            scan.name = safe_name(scan.name)
        return scan

    def clean(self):
        """The fingerprint of a pasted text is worked out, unless that of a file was given."""
        cleaned = super().clean()
        text, was = cleaned.get("text") or "", self.initial.get("text") or ""
        if "text" in cleaned and "text" not in self.changed_data:
            cleaned["text"] = was  # as it was read, hidden characters too: its fingerprint holds
        elif text:
            given = cleaned.get("sha256") or ""
            if not given or given == fingerprint(was):
                cleaned["sha256"] = fingerprint(text)
        return cleaned


def fingerprint(text):
    """SHA-256 of a text as it is kept, after it was cleaned."""
    return hashlib.sha256(text.encode()).hexdigest()


def scan_view(screen, request, source):
    return scan_response(source)


@admin.register(Source)
class SourceAdmin(RecordAdmin):
    form = SourceForm
    pages = (*RecordAdmin.pages, Page("<path:object_id>/scan/", scan_view, "scan", methods=READ))
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
    list_filter = filters_of_records("rank", "type")
    readonly_fields = (*RecordAdmin.readonly_fields, "opens")
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
                    "opens",
                    "note",
                )
            },
        ),
        (_("The document itself"), {"fields": ("sha256", "scan", "text")}),
    )

    @admin.display(description=_("does it open"))
    def opens(self, source):
        return told_of(source)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "scan":
            kwargs["widget"] = ScanInput
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_fieldsets(self, request, obj=None):
        """Who only looks, at a past state too, gets the link that the box would show."""
        shown = super().get_fieldsets(request, obj)
        past = request.resolver_match.url_name.endswith("_simple_history")
        if obj is None or (self.has_change_permission(request, obj) and not past):
            return shown
        return [
            (
                name,
                options
                | {"fields": ["scan_link" if box == "scan" else box for box in options["fields"]]},
            )
            for name, options in shown
        ]

    def get_readonly_fields(self, request, obj=None):
        return (*super().get_readonly_fields(request, obj), "scan_link")

    @admin.display(description=_("scan"))
    def scan_link(self, source):
        if not source.scan:
            return None
        name = source.scan.name.rpartition("/")[2]
        return format_html('<a href="{}">{}</a>', page_of(source, "scan"), name)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if change and "text" in form.changed_data and (rows := rows_off_the_text(obj)):
            named = "; ".join(str(row) for row in rows[:FALLEN])
            text = _(
                "Quotations that do not stand in the new text, so that these are not published"
                " again as they are (%(n)d): %(rows)s"
            ) % {"n": len(rows), "rows": named}
            self.message_user(request, text, messages.WARNING)
