"""Screen of sources: documents that prove, their text, their scan."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.files.uploadedfile import UploadedFile
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from engagements import roles
from engagements.models import Reading, Source, StatusUpdate
from engagements.models.quotations import rows_off_the_text
from engagements.models.sources import fingerprint

from .boxes import is_key
from .filters import filters_of_records
from .forms import RecordForm, UncheckedForm
from .links import told_of
from .pages import READ, Page, page_of, page_of_table
from .readings.filling import may_read
from .records import RecordAdmin
from .results.pages import PAGES as RESULTS_PAGES
from .scans import ScanInput, check_scan, safe_name, scan_response
from .source_intake import (
    NumberedText,
    ask_about_lines,
    is_asked_to_read,
    read_into,
)
from .source_text import TEXT_PAGE

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
            ask_about_lines(self, text)
        return cleaned


def scan_view(screen, request, source):
    return scan_response(source)


@admin.register(Source)
class SourceAdmin(RecordAdmin):
    form = SourceForm
    pages = (
        *RecordAdmin.pages,
        Page("<path:object_id>/scan/", scan_view, "scan", methods=READ),
        TEXT_PAGE,
        *RESULTS_PAGES,
    )
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

    def has_read_letter_permission(self, request, source=None):
        """Who may enter updates reads a letter of reply."""
        return roles.may_add(request.user, StatusUpdate)

    def ways_on(self, request, obj):
        if not obj.text:
            return []
        ways = [(page_of(obj, "text"), _("Text in numbered paragraphs"))]
        if may_read(request.user):
            door = f"{page_of_table(Reading, 'add')}?source={obj.pk}"
            ways.append((door, _("Read it as a session's paper")))
        if self.has_read_letter_permission(request, obj):
            ways.append((page_of(obj, "results"), _("What it says of open items")))
        return ways

    def list_context(self, request):
        context = super().list_context(request)
        if self.has_read_letter_permission(request):
            tool = (_("Read a letter of reply"), page_of_table(Source, "read_letter"))
            context["list_tools"] = [*context.get("list_tools", ()), tool]
        return context

    @admin.display(description=_("does it open"))
    def opens(self, source):
        return told_of(source)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "scan":
            kwargs["widget"] = ScanInput
        if db_field.name == "text":
            kwargs["widget"] = NumberedText(attrs={"rows": 12})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """The form, saved or shown; or filled from a file or an address, if that was asked for."""
        if not is_asked_to_read(request):
            return super().changeform_view(request, object_id, form_url, extra_context)
        source = None
        if object_id is not None:
            is_there = is_key(self.opts.pk, object_id)
            source = self.get_object(request, unquote(object_id)) if is_there else None
            if source is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        request.POST, told = read_into(self, request, source)
        request.is_read_into = True
        context = {"read_in": told} | (extra_context or {})
        return self._changeform_view(request, object_id, form_url, context)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if getattr(request, "is_read_into", False):
            return type(form.__name__, (UncheckedForm, form), {})
        return form

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        is_form = request.resolver_match.url_name.endswith(("_add", "_change"))
        may = self.has_change_permission(request, obj) if obj and obj.pk else True
        context["may_read_in"] = is_form and may
        return super().render_change_form(request, context, add, change, form_url, obj)

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
