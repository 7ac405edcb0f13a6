"""Messages of the desk about cleaned texts: how many hidden characters were dropped, and where."""

from django.contrib import messages
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from provinces.vietnamese import notes_on

TOLD = 10  # one by one; the rest are counted


def tell_cleaned(screen, request, forms):
    """Says what the cleaner did to the texts that these forms changed."""
    notes = []
    for number, form in enumerate(forms):
        what = f"{capfirst(form.instance._meta.verbose_name)}, " if number else ""
        notes += [(f"{what}{label}", note) for label, note in notes_on(form)]
    tell_notes(screen, request, notes)


def tell_notes(screen, request, notes):
    """One message for [(where, Note)]."""
    lines = [f"{where}: {note}" for where, note in notes[:TOLD]]
    if len(notes) > TOLD:
        lines.append(_("… and %(n)d more.") % {"n": len(notes) - TOLD})
    if lines:
        is_warning = any(note.is_warning for _where, note in notes)
        level = messages.WARNING if is_warning else messages.INFO
        screen.message_user(request, " ".join(lines), level)
