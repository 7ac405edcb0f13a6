"""Door of the reader: a text that is pasted, a file, or an address, one of the three."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engagements.desk.source_intake import FETCH_PAUSE
from engagements.models import Way
from engagements.reading.fetching import read_address
from engagements.reading.intake import MOST_BYTES, read_file, read_paste
from engagements.reading.refusals import Unreadable
from provinces.vietnamese import WebAddress


class DoorForm(forms.Form):
    """What is to be read; `paper` and `way` are what came of it."""

    text = forms.CharField(
        label=gettext_lazy("Text, as you copied it"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "class": "vLargeTextField", "autofocus": True}),
    )
    file = forms.FileField(
        label=gettext_lazy("or a file: .docx, .pdf, .html, .txt"), required=False
    )
    address = WebAddress(
        label=gettext_lazy("or a web address"),
        required=False,
        max_length=500,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"class": "vURLField"}),
    )
    paper = way = None

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self):
        cleaned = super().clean()
        given = {
            Way.PASTE: (cleaned.get("text") or "").strip(),
            Way.FILE: cleaned.get("file"),
            Way.ADDRESS: cleaned.get("address"),
        }
        given = {way: what for way, what in given.items() if what}
        if self.errors:
            return cleaned
        if len(given) != 1:
            raise ValidationError(_("Paste a text, choose a file or give an address: one of them."))
        ((self.way, what),) = given.items()
        self.paper = getattr(self, f"_read_{self.way}")(what)
        return cleaned

    def _read_paste(self, text):
        return read_paste(text)

    def _read_file(self, file):
        if file.size > MOST_BYTES:
            raise Unreadable("too_large")
        return read_file(file.read(), file.name)

    def _read_address(self, address):
        if not FETCH_PAUSE.is_over(self.user):
            text = _("One address each 10 seconds is asked. Wait a moment and try again.")
            raise Unreadable("pause", text)
        return read_address(address)
