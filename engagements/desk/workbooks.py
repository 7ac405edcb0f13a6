"""Lists out to Excel and back: what is exported, looked over before it is written, and kept."""

import logging
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from engagements.edition.workbook import as_file
from engagements.models import Workbook
from engagements.roles import keeps_the_lists
from engagements.workbooks import guard
from engagements.workbooks.exporting import table_book
from engagements.workbooks.importing import Moved, Upload, carry_out, receive
from engagements.workbooks.tables import CHANGED, NEW, TABLES, UNCHANGED, WRONG
from provinces.models import Officer
from provinces.vietnamese import slugify_vi

from .guarded import ReadOnlyAdmin

logger = logging.getLogger(__name__)

EXPORTED = 20_000
PAGE = 100
BODY = guard.BYTES + 1024 * 1024  # the file and the form round it
KINDS = {
    NEW: gettext_lazy("New"),
    CHANGED: gettext_lazy("Changed"),
    WRONG: gettext_lazy("Wrong"),
    UNCHANGED: gettext_lazy("Unchanged"),
}


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Excel workbook (.xlsx)"),
        allow_empty_file=True,  # told as what it is: no workbook
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )


class WorkbookDesk:
    """A list that goes out to a workbook and comes back."""

    def get_urls(self):
        def named(address, view, name):
            name = f"{self.opts.app_label}_{self.opts.model_name}_{name}"
            return path(address, self.admin_site.admin_view(view), name=name)

        return [
            named("export/", self.export_view, "export"),
            named("empty/", self.empty_view, "empty"),
            # The token is looked for after the length: a body that is too long is never read.
            named("import/", csrf_exempt(self.import_view), "import"),
            named("import/<uuid:key>/", self.comparison_view, "import_preview"),
            *super().get_urls(),
        ]

    def table(self, request):
        return TABLES[self.model](self, request)

    def workbook_address(self, name, *args):
        opts = self.opts
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_{name}", args=args)

    def has_import_permission(self, request):
        changes = self.has_add_permission(request) or self.has_change_permission(request)
        return changes and request.user.has_perm("engagements.add_workbook")

    def changelist_view(self, request, extra_context=None):
        tools = {"export_url": self.workbook_address("export")}
        if self.has_import_permission(request):
            tools["import_url"] = self.workbook_address("import")
            tools["empty_url"] = self.workbook_address("empty")
        return super().changelist_view(request, tools | (extra_context or {}))

    # out

    def export_view(self, request):
        """The list as its filters and its search leave it."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        here = self.workbook_address("changelist")
        try:
            rows = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(f"{here}?{ERROR_FLAG}=1")
        number = rows.count()
        if number > EXPORTED:
            text = _("The list has %(n)s rows. At most %(most)s are exported: filter it first.")
            given = {"n": localize(number), "most": localize(EXPORTED)}
            self.message_user(request, text % given, messages.ERROR)
            return HttpResponseRedirect(f"{here}?{request.GET.urlencode()}")
        body = table_book(self.table(request), rows)
        logger.info("export table=%s user=%s rows=%s", self.opts.label, request.user.pk, number)
        return as_file(body, self.file_name(f"{timezone.localdate():%Y-%m-%d}"))

    def empty_view(self, request):
        """The same workbook without rows, to be filled in."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not self.has_import_permission(request):
            raise PermissionDenied
        body = table_book(self.table(request), self.model.objects.none())
        return as_file(body, self.file_name(slugify_vi(_("empty template"))))

    def file_name(self, ending):
        return f"{slugify_vi(str(self.opts.verbose_name_plural))}-{ending}.xlsx"

    # in

    def import_view(self, request):
        if not self.has_import_permission(request):
            raise PermissionDenied
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > BODY:
            form = UploadForm(initial={})
            form.refusal = _(
                "The file is larger than %(most)s MB. Export fewer rows at a time."
            ) % {"most": guard.megabytes(guard.BYTES)}
            return self._upload_page(request, form, status=413)
        return self._import_view(request)

    @property
    def _import_view(self):
        return csrf_protect(self._receive_import)

    def _receive_import(self, request):
        form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
        if request.method == "POST" and form.is_valid():
            try:
                table = self.table(request)
                upload = receive(table, request.user, form.cleaned_data["file"])
            except ValidationError as refusal:
                form.add_error("file", refusal)
            else:
                return HttpResponseRedirect(self.workbook_address("import_preview", upload.key))
        return self._upload_page(request, form)

    def _upload_page(self, request, form, status=200):
        context = {
            "title": _("Import from Excel"),
            "form": form,
            "columns": self.table(request).columns,
            "most_rows": localize(guard.ROWS),
            "most_bytes": guard.megabytes(guard.BYTES),
        }
        return self._workbook_page(request, "import.html", context, status)

    def _workbook_page(self, request, template, context, status=200):
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "export_url": self.workbook_address("export"),
            "empty_url": self.workbook_address("empty"),
            "import_url": self.workbook_address("import"),
            **context,
        }
        request.current_app = self.admin_site.name
        page = f"admin/engagements/{template}"
        response = TemplateResponse(request, page, context, status=status)
        response["Cache-Control"] = "no-store"
        return response

    def comparison_view(self, request, key):
        if not self.has_import_permission(request):
            raise PermissionDenied
        upload = Upload(request.user, key)
        plan = upload.plan() if upload.exists() else None
        if plan is None or plan["table"] != self.opts.label_lower:
            text = _("This file is no longer kept. Send it again.")
            self.message_user(request, text, messages.WARNING)
            return HttpResponseRedirect(self.workbook_address("import"))
        if request.method == "POST" and not plan.get("done"):
            return self._confirm_import(request, upload)
        return self._comparison(request, plan)

    def _confirm_import(self, request, upload):
        here = self.workbook_address("import_preview", upload.key)
        sent = request.POST
        try:
            book = carry_out(self.table(request), upload, sent.get("sha256"), sent.get("seen"))
        except Moved:
            text = _(
                "Nothing was written: the register is not as it was shown, or somebody else is "
                "writing. This is how it stands now; look it over and confirm it again."
            )
            self.message_user(request, text, messages.WARNING)
        except ValidationError as refusal:
            self.message_user(request, " ".join(refusal.messages), messages.ERROR)
        else:
            text = _("Imported: %(new)s new, %(changed)s changed, %(unchanged)s unchanged.") % {
                "new": localize(book.rows_new),
                "changed": localize(book.rows_changed),
                "unchanged": localize(book.rows_unchanged),
            }
            self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(here)

    def _comparison(self, request, plan):
        counts = plan["counts"]
        kind = request.GET.get("kind")
        if kind not in KINDS:
            kind = next((one for one in (WRONG, CHANGED, NEW) if counts[one]), UNCHANGED)
        rows = [row for row in plan["rows"] if row["kind"] == kind]
        page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
        for row in page.object_list:
            row["cells"] = [
                (plan["columns"][name], before, after) for name, before, after in row["changes"]
            ]
            row["reasons"] = [
                (plan["columns"].get(name, name), message) for name, message in row["errors"]
            ]
            row["unread"] = [plan["columns"][name] for name in row["untaken"]]
        done = plan.get("done", False)
        context = {
            "title": _("What was imported") if done else _("Look it over before it is written"),
            "plan": plan,
            "done": done,
            "kind": kind,
            "kind_label": KINDS[kind],
            "kinds": [(one, label, counts[one]) for one, label in KINDS.items()],
            "page": page,
            "is_ready": not done and not counts[WRONG] and counts[NEW] + counts[CHANGED] > 0,
        }
        return self._workbook_page(request, "import_preview.html", context)


# -- what was imported


@admin.register(Workbook)
class WorkbookAdmin(ReadOnlyAdmin):
    list_display = (
        "name",
        "table",
        "imported_by",
        "imported_at",
        "rows_new",
        "rows_changed",
        "rows_unchanged",
    )
    list_select_related = ("imported_by",)
    date_hierarchy = "imported_at"
    fields = (
        ("name", "table"),
        ("imported_by", "imported_at"),
        ("rows_new", "rows_changed", "rows_unchanged"),
        "sha256",
        "original",
    )

    def get_queryset(self, request):
        """Quản trị sees every workbook; the others what they sent themselves."""
        rows = super().get_queryset(request)
        return (
            rows
            if keeps_the_lists(request.user, Officer)
            else rows.filter(imported_by=request.user)
        )

    def get_urls(self):
        view = self.admin_site.admin_view(self.file_view)
        name = "engagements_workbook_file"
        return [path("<int:pk>/file/", view, name=name), *super().get_urls()]

    def file_view(self, request, pk):
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        if pk >= 1 << 63:
            raise Http404
        book = get_object_or_404(self.get_queryset(request), pk=pk)
        if not book.file or not default_storage.exists(book.file.name):
            raise Http404
        response = FileResponse(
            book.file.open(), as_attachment=True, filename=f"{UUID(str(book.key))}.xlsx"
        )
        response["Cache-Control"] = "no-store"
        return response

    @admin.display(description=gettext_lazy("table"), ordering="kind")
    def table(self, book):
        app, _dot, model = book.kind.partition(".")
        found = [one for one in self.admin_site._registry if one._meta.label_lower == book.kind]
        return str(found[0]._meta.verbose_name_plural) if found else f"{app}.{model}"

    @admin.display(description=gettext_lazy("file"))
    def original(self, book):
        page = reverse("admin:engagements_workbook_file", args=[book.pk])
        return format_html('<a href="{}">{}</a>', page, book.name)
