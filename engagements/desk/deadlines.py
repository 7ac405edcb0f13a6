"""Deadline boxes: words typed without a day are read, and shown to a person before they are kept.

A question stands beside the box, which holds what was read. Saving again answers it: the form
remembers in a hidden box what it has asked.
"""

from dataclasses import dataclass, field
from zlib import crc32

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from engagements.deadlines import read_deadline


@dataclass
class Question:
    """What a person is asked about a deadline, and what its boxes are to hold meanwhile."""

    about: str  # the field
    text: str
    boxes: dict = field(default_factory=dict)

    @property
    def key(self):
        """Names the question in the form that comes back."""
        return f"{crc32(self.text.encode()):08x}"


def take_stated_day(record):
    """Sets the day that the words of a deadline have in full: there is nothing to ask."""
    day_name, text_name = record.due_fields
    if getattr(record, day_name) is None:
        reading = read_deadline(getattr(record, text_name), record.deadline_told_on)
        if reading.is_stated:
            setattr(record, day_name, reading.due_on)


def questions(record):
    """What is to be asked about the deadline of a record."""
    day_name, text_name = record.due_fields
    day, words = getattr(record, day_name), getattr(record, text_name)
    if words and day is None:
        reading = read_deadline(words, record.deadline_told_on)
        yield from _of_reading(reading, day_name, record.is_ongoing)
        day = reading.due_on
    session_day = record.session_day
    if day and session_day and day < session_day:
        given = {"day": _shown(day), "session": _shown(session_day)}
        text = _("%(day)s is before the session (%(session)s). Mend it, or save again to keep it.")
        yield Question(day_name, text % given)


def _of_reading(reading, day_name, is_ongoing):
    given = {"words": reading.words, "why": reading.why}
    boxes = {"is_ongoing": "on"} if reading.is_ongoing else {}
    if reading.due_on:
        given["day"] = _shown(reading.due_on)
        text = _("“%(words)s” is read as %(day)s: %(why)s. Mend it, or save again to keep it.")
        yield Question(day_name, text % given, boxes | {day_name: given["day"]})
    elif reading.problem:
        text = _(
            "“%(words)s”: %(why)s. Give the latest possible day, or save again to keep the words"
            " without a day."
        )
        yield Question(day_name, text % given)
    elif not reading.is_understood:
        text = _(
            "“%(words)s” tells no day that is understood here. Give the latest possible one, or"
            " save again to keep the words without a day."
        )
        yield Question(day_name, text % given)
    elif reading.is_ongoing and not is_ongoing:
        text = _("“%(words)s” is read as ongoing. Mend it, or save again to keep it.")
        yield Question("is_ongoing", text % given, boxes)


def _shown(day):
    return date_format(day, "SHORT_DATE_FORMAT")


def ask(form, record):
    """Puts the questions about the record's deadline into its form; those answered are left."""
    answered = (form.cleaned_data.get("asked") or "").split()
    asked = [question for question in questions(record) if question.key not in answered]
    if not asked:
        return
    form.data = form.data.copy()
    form.data[form.add_prefix("asked")] = " ".join(
        [*answered, *(question.key for question in asked)]
    )
    for question in asked:
        form.add_error(question.about, question.text)
        for name, value in question.boxes.items():
            form.data[form.add_prefix(name)] = value
