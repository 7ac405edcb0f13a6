"""Scans of sources: which files are taken, and how staff, nobody else, get them back.

A scan lies outside everything that is served (settings.MEDIA_ROOT) and has no address of its own:
the view below hands it to who may look at its source.
"""

import re
import zipfile
from pathlib import PurePath

from django.contrib.admin.widgets import AdminFileWidget
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.utils.translation import gettext_lazy as _

from engagements.slots import in_slot
from provinces.vietnamese import slugify_vi

MOST_BYTES = 20 * 1024 * 1024
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "docx": WORD,
    "txt": "text/plain; charset=utf-8",
}
BEGINNINGS = {
    "application/pdf": (b"%PDF-",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/tiff": (b"II*\x00", b"MM\x00*"),
    WORD: (b"PK\x03\x04",),
}
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
WORD_PARTS = 2000


def check_scan(file):
    """Raises ValidationError unless it is a document of a kind we keep, by what it holds."""
    if file.size > MOST_BYTES:
        raise ValidationError(_("A scan has at most 20 MB."), code="large")
    kind = CONTENT_TYPES.get(_ending(file.name))
    if kind is None or not _holds(file, kind):
        raise ValidationError(
            _("Only PDF, PNG, JPEG, TIFF, Word (docx) or plain text is kept here."), code="kind"
        )


def safe_name(name):
    """The name that a scan is kept under: no marks, no signs that mean something elsewhere."""
    stem = slugify_vi(PurePath(name.replace("\\", "/")).stem)[:60].strip("-")
    return f"{stem or 'scan'}.{_ending(name)}"


def _ending(name):
    return PurePath(name).suffix.lower().lstrip(".")


def _holds(file, kind):
    file.seek(0)
    try:
        if kind.startswith("text/"):
            return _is_text(file)
        begins = file.read(8).startswith(BEGINNINGS[kind])
        return begins and (kind != WORD or _is_word(file))
    finally:
        file.seek(0)


def _is_text(file):
    content = file.read()
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not CONTROL.search(content)


def _is_word(file):
    """A text document, and none with macros; nothing of it is unpacked."""
    try:
        names = {name.casefold() for name in zipfile.ZipFile(file).namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        # The last is zipfile's word for a kind of archive that it cannot read.
        return False
    macros = any("vbaproject" in name for name in names)
    return "word/document.xml" in names and not macros and len(names) <= WORD_PARTS


class ScanInput(AdminFileWidget):
    """Shows which file is there and leads to it by way of the admin."""

    address = None  # of the view below; set by the form of a source that has one

    def is_initial(self, value):
        return bool(value and value.name and self.address)

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        if self.is_initial(value):
            context["widget"]["value"] = Link(PurePath(value.name).name, self.address)
        return context


class Link:
    """A file as the widget's template shows it: its name, and where it is."""

    def __init__(self, name, url):
        self.name, self.url = name, url

    def __str__(self):
        return self.name


def scan_response(source):
    """The file for saving: never shown in the browser's page, never kept on the way."""
    if not source.scan:
        raise Http404
    name = PurePath(source.scan.name).name
    kind = CONTENT_TYPES.get(_ending(name), "application/octet-stream")

    def answer():
        try:
            content = source.scan.open("rb")
        except OSError as error:
            raise Http404 from error
        return FileResponse(content, as_attachment=True, filename=name, content_type=kind)

    response = in_slot(answer)
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response
