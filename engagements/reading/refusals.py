"""Refusals of the intake: why a file or an address cannot be read, and what to do instead."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

REFUSALS = {
    "empty": _("The file holds no text."),
    "scan": _(
        "This is a scan: pictures of pages without text. Ask for the Word file or a PDF with text,"
        " or type the passages that matter into the box of the text."
    ),
    "password": _("The file is protected by a password. Save it without one, or paste its text."),
    "too_large": _(
        "The file is too large, or holds too much. Save the part that matters as a file of its"
        " own, or paste its text."
    ),
    "too_deep": _("The file is nested too deeply to be read. Paste its text instead."),
    "too_long": _(
        "Reading the file took too much time or memory and was stopped. Paste its text instead."
    ),
    "busy": _("Other files are being read just now. Wait a moment and try again."),
    "broken": _("The file is damaged, or not what its name says. Save it anew, or paste its text."),
    "old_word": _(
        "This is a document of old Word (.doc). Open it in Word, save it as .docx, and send that."
    ),
    "rich_text": _("This is a rich text file (.rtf). Save it as .docx, or paste its text."),
    "workbook": _("This is a workbook. Rows of Excel come in by “Import” of their list."),
    "picture": _(
        "This is a picture. Its text cannot be read here: ask for a file with text, or type the"
        " passages that matter."
    ),
    "unknown": _("Only .docx, .pdf, .html and .txt can be read here; this file is none of them."),
    "no_article": _("No article was found in the page. Copy its text and paste it."),
}


class Unreadable(ValidationError):
    """A file or an address that cannot be read; its message says why, and what to do."""

    def __init__(self, code, message=None):
        super().__init__(message or REFUSALS[code], code=code)
