"""Lists out to Excel and back: what is exported, looked over before it is written, and kept."""

import logging
from functools import partial
from pathlib import Path
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponseRedirect
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from engagements.edition.workbook import as_file
from engagements.models import Workbook
from engagements.roles import keeps_the_lists
from engagements.slots import in_slot
from engagements.workbooks import guard, sheets
from engagements.workbooks.comparing import RowKind
from engagements.workbooks.exporting import table_book
from engagements.workbooks.importing import Moved, Upload, answer, carry_out, receive
from engagements.workbooks.tables import TABLES
from provinces.models import Officer
from provinces.vietnamese import slugify_vi

from .guarded import ReadOnlyAdmin
from .pages import READ, Page, desk_page, page_of, page_of_table

logger = logging.getLogger(__name__)

EXPORTED = 20_000
ROWS_A_PAGE = 100
QUESTIONS = 40  # at once: the others come when these are answered
ROWS_NAMED = 8  # of a question
WAYS = ("export", "empty", "import")
BODY = guard.BYTES + 1024 * 1024  # the file and the form round it
TO_LOOK_AT = (RowKind.WRONG, RowKind.ASKED, RowKind.CHANGED, RowKind.NEW)  # what is shown first


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Excel workbook (.xlsx), .csv or a table of Word (.docx)"),
        allow_empty_file=True,  # told as what it is: no workbook
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.docx"}),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )


def list_context(screen, request):
    """The tools above a list: the way out, and for who may use it the way in."""
    tools = {"export_url": page_of_table(screen.model, "export")}
    if screen.has_import_permission(request):
        tools["import_url"] = page_of_table(screen.model, "import")
        tools["empty_url"] = page_of_table(screen.model, "empty")
    return tools


# -- out


def export_view(screen, request):
    """The list as its filters and its search leave it."""
    here = page_of_table(screen.model)
    try:
        rows = screen.get_changelist_instance(request).get_queryset(request)
    except IncorrectLookupParameters:
        return HttpResponseRedirect(f"{here}?{ERROR_FLAG}=1")
    number = rows.count()
    if number > EXPORTED:
        text = _("The list has %(n)s rows. At most %(most)s are exported: filter it first.")
        given = {"n": localize(number), "most": localize(EXPORTED)}
        screen.message_user(request, text % given, messages.ERROR)
        return HttpResponseRedirect(f"{here}?{request.GET.urlencode()}")
    body = table_book(TABLES[screen.model], rows)
    logger.info("export table=%s user=%s rows=%s", screen.opts.label, request.user.pk, number)
    return as_file(body, _file_name(screen, f"{timezone.localdate():%Y-%m-%d}"))


def empty_view(screen, request):
    """The same workbook without rows, to be filled in."""
    body = table_book(TABLES[screen.model], screen.model.objects.none())
    return as_file(body, _file_name(screen, slugify_vi(_("empty template"))))


def _file_name(screen, ending):
    return f"{slugify_vi(str(screen.opts.verbose_name_plural))}-{ending}.xlsx"


# -- in


def import_view(screen, request):
    """The page that takes a file. One that is too long is refused before it is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > BODY:
        form = UploadForm(initial={})
        form.refusal = _("The file is larger than %(most)s MB. Export fewer rows at a time.") % {
            "most": guard.megabytes(guard.BYTES)
        }
        return _upload_page(screen, request, form, status=413)
    return csrf_protect(partial(_received, screen))(request)


def _received(screen, request):
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        try:
            upload = receive(screen, request, form.cleaned_data["file"])
        except ValidationError as refusal:
            form.add_error("file", refusal)
        else:
            page = page_of_table(screen.model, "import_preview", upload.key)
            return HttpResponseRedirect(page)
    return _upload_page(screen, request, form)


def _upload_page(screen, request, form, status=200):
    return _page(
        screen,
        request,
        "import.html",
        status=status,
        title=_("Import from Excel"),
        form=form,
        columns=TABLES[screen.model].columns,
        most_rows=localize(sheets.MOST_ROWS),
        most_bytes=guard.megabytes(guard.BYTES),
    )


def _page(screen, request, template, **context):
    ways = {f"{page}_url": page_of_table(screen.model, page) for page in WAYS}
    return desk_page(screen, request, f"admin/engagements/{template}", **ways, **context)


def compare_view(screen, request, key):
    """The page on which a file that was sent is looked over, row by row, before it is written."""
    upload = Upload(request.user, key)
    plan = upload.plan() if upload.exists() else None
    if plan is None or plan["table"] != screen.opts.label_lower:
        text = _("This file is no longer kept. Send it again.")
        screen.message_user(request, text, messages.WARNING)
        return HttpResponseRedirect(page_of_table(screen.model, "import"))
    if request.method == "POST" and not plan.get("done"):
        if "answer" in request.POST:
            _answer(screen, request, upload)
        else:
            _write(screen, request, upload)
        return HttpResponseRedirect(page_of_table(screen.model, "import_preview", upload.key))
    return _comparison(screen, request, plan)


def _answer(screen, request, upload):
    """Compares the file anew with what was said of it."""
    try:
        answer(screen, request, upload, request.POST.dict())
    except (ValidationError, FileNotFoundError):  # it was written meanwhile, or is gone
        text = _("This file is no longer kept. Send it again.")
        screen.message_user(request, text, messages.WARNING)


def _write(screen, request, upload):
    """Writes what was looked over, and says what came of it."""
    sent = request.POST
    try:
        book = carry_out(screen, request, upload, sent.get("sha256"), sent.get("seen"))
    except Moved:
        text = _(
            "Nothing was written: the register is not as it was shown, or somebody else is "
            "writing. This is how it stands now; look it over and confirm it again."
        )
        screen.message_user(request, text, messages.WARNING)
    except ValidationError as refusal:
        screen.message_user(request, " ".join(refusal.messages), messages.ERROR)
    else:
        text = _("Imported: %(new)s new, %(changed)s changed, %(unchanged)s unchanged.") % {
            "new": localize(book.rows_new),
            "changed": localize(book.rows_changed),
            "unchanged": localize(book.rows_unchanged),
        }
        screen.message_user(request, text, messages.SUCCESS)


def _comparison(screen, request, plan):
    counts = plan["counts"]
    kind = request.GET.get("kind")
    if kind not in RowKind.values:
        kind = next((one.value for one in TO_LOOK_AT if counts[one]), RowKind.UNCHANGED.value)
    rows = [row for row in plan["rows"] if row["kind"] == kind]
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    for row in page.object_list:
        row["cells"] = [
            (plan["columns"][name], before, after) for name, before, after in row["changes"]
        ]
        row["reasons"] = [
            (_place(plan, name, row["number"]), message) for name, message in row["errors"]
        ]
        row["unread"] = [plan["columns"][name] for name in row["untaken"]]
    for question in plan["questions"][:QUESTIONS]:
        question["label"] = plan["columns"][question["column"]]
        question["few"] = question["rows"][:ROWS_NAMED]
        question["more"] = len(question["rows"]) - len(question["few"])
    done = plan.get("done", False)
    return _page(
        screen,
        request,
        "import_preview.html",
        title=_("What was imported") if done else _("Look it over before it is written"),
        plan=plan,
        done=done,
        kind=kind,
        kind_label=RowKind(kind).label,
        kinds=[
            (one, label, counts[one])
            for one, label in RowKind.choices
            if counts[one] or one != RowKind.ASKED
        ],
        page=page,
        questions=[] if done else plan["questions"][:QUESTIONS],
        is_ready=not (done or counts[RowKind.WRONG] or counts[RowKind.ASKED])
        and counts[RowKind.NEW] + counts[RowKind.CHANGED] > 0,
    )


def _place(plan, name, number):
    """The column, and the cell as Excel names it."""
    if name not in plan["letters"]:
        return plan["columns"].get(name, name)
    return f"{plan['columns'][name]} ({plan['letters'][name]}{number})"


PAGES = (
    Page("export/", export_view, "export", methods=READ),
    Page("empty/", empty_view, "empty", "import", methods=READ),
    # The token is looked for after the length: a body that is too long is never read.
    Page("import/", csrf_exempt(import_view), "import", "import"),
    Page("import/<uuid:key>/", compare_view, "import_preview", "import"),
)


# -- what was imported


def file_view(screen, request, book):
    """The workbook as it was sent, for saving."""
    if not book.file or not default_storage.exists(book.file.name):
        raise Http404
    name = f"{UUID(str(book.key))}{Path(book.file.name).suffix}"
    return in_slot(lambda: FileResponse(book.file.open(), as_attachment=True, filename=name))


@admin.register(Workbook)
class WorkbookAdmin(ReadOnlyAdmin):
    pages = (Page("<path:object_id>/file/", file_view, "file", methods=READ),)
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

    @admin.display(description=gettext_lazy("table"), ordering="kind")
    def table(self, book):
        app, _dot, model = book.kind.partition(".")
        found = [one for one in self.admin_site._registry if one._meta.label_lower == book.kind]
        return str(found[0]._meta.verbose_name_plural) if found else f"{app}.{model}"

    @admin.display(description=gettext_lazy("file"))
    def original(self, book):
        return format_html('<a href="{}">{}</a>', page_of(book, "file"), book.name)
