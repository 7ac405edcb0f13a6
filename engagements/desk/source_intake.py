"""Reading of a file or an address into the form of a source; joining of a pasted text's lines.

The form comes back with what was read in the boxes that were empty, unchecked and unsaved: a person
looks, corrects and saves.
"""

from dataclasses import dataclass, field

from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from engagements.limits import Pause
from engagements.models import Source
from engagements.reading.fetching import read_address
from engagements.reading.intake import MOST_BYTES, read_file, read_paste
from engagements.reading.paper import PaperNoteKind
from engagements.reading.refusals import Unreadable

READ, ENTER = "_read", "_enter"  # buttons: the one of the box, and what the key Enter presses
FILE, ADDRESS = "read_file", "read_address"
FETCH_PAUSE = Pause("fetch", 10)
LINES_ASKED = "lines"
FILLED = ("title", "publisher", "number", "issued_on", "url", "accessed_on")


@dataclass
class ReadIn:
    """What came of a reading, for the box above the form."""

    address: str = ""
    error: str = ""
    filled: list = field(default_factory=list)  # labels of the boxes
    kept: list = field(default_factory=list)  # of those in which something stood, which stays
    notes: list = field(default_factory=list)
    paragraphs: int = 0


def is_asked_to_read(request):
    """Whether the form was sent for reading, and not for saving."""
    if request.method != "POST":
        return False
    has_something = FILE in request.FILES or request.POST.get(ADDRESS, "").strip()
    return READ in request.POST or (ENTER in request.POST and bool(has_something))


def read_into(screen, request, source):
    """(the form as it was sent, with what was read in its empty boxes; what is told: a ReadIn).

    Raises PermissionDenied for who may not save that form.
    """
    may = screen.has_change_permission if source else screen.has_add_permission
    if not may(request, *([source] if source else [])):
        raise PermissionDenied
    sent = request.POST.copy()
    told = ReadIn(sent.get(ADDRESS, "").strip())
    try:
        paper = _paper(request, told.address)
    except Unreadable as refusal:
        told.error = " ".join(refusal.messages)
    else:
        _fill(sent, paper, told)
        told.address = ""
    return sent, told


def _paper(request, address):
    if chosen := request.FILES.get(FILE):
        if chosen.size > MOST_BYTES:
            raise Unreadable("too_large")
        return read_file(chosen.read(), chosen.name)
    if not address:
        raise Unreadable("nothing", _("Choose a file, or give an address."))
    if not FETCH_PAUSE.is_over(request.user):
        text = _("One address each 10 seconds is asked. Wait a moment and try again.")
        raise Unreadable("pause", text)
    return read_address(address)


def _fill(sent, paper, told):
    """Puts what was read where nothing stands; whoever typed something keeps it."""
    values = {name: getattr(paper.says, name) for name in FILLED} | {"text": paper.text}
    for name, value in values.items():
        if not value:
            continue
        shown = date_format(value, "SHORT_DATE_FORMAT") if name in Source.past_days else value
        label = capfirst(Source._meta.get_field(name).verbose_name)
        if not sent.get(name, "").strip():
            sent[name] = shown
            told.filled.append(label)
        elif " ".join(sent[name].split()) != " ".join(shown.split()):
            told.kept.append(label)
    told.paragraphs, told.notes = len(paper.paragraphs), [str(note) for note in paper.notes]


# -- a text that was pasted


def ask_about_lines(form, text):
    """Joins the lines that a PDF has broken, and shows it once before anything is saved.

    The box then holds the paragraphs; whatever it holds when it is sent again is kept.
    """
    answered = (form.cleaned_data.get("asked") or "").split()
    if LINES_ASKED in answered:
        return
    try:
        paper = read_paste(text)
    except Unreadable:
        return
    notes = {note.kind: note for note in paper.notes}
    if PaperNoteKind.JOINED not in notes or PaperNoteKind.CUT in notes:
        return
    form.data = form.data.copy()
    form.data[form.add_prefix("text")] = paper.text
    form.data[form.add_prefix("asked")] = " ".join([*answered, LINES_ASKED])
    told = [
        str(notes[kind]) for kind in (PaperNoteKind.JOINED, PaperNoteKind.EDGES) if kind in notes
    ]
    told.append(_("Nothing was saved yet: correct the lines where needed, then save again."))
    form.add_error("text", ValidationError(" ".join(told), code="lines"))


class NumberedText(AdminTextareaWidget):
    """A box of a text with its paragraphs under it, numbered as quotations name them."""

    def render(self, name, value, attrs=None, renderer=None):
        box = super().render(name, value, attrs, renderer)
        paragraphs = Source(text=value or "").paragraphs()
        listed = render_to_string("admin/engagements/_paragraphs.html", {"paragraphs": paragraphs})
        return format_html('<div class="numbered-text">{}{}</div>', box, listed)
