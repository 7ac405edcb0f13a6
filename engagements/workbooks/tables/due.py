"""Tables of what has a deadline: requests, commitments, recommendations, and their updates."""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from engagements.deadlines import read_deadline
from engagements.models import (
    Commitment,
    Meeting,
    ProvinceRequest,
    Recommendation,
    StatusUpdate,
)
from engagements.models.followups import TARGETS
from provinces.vietnamese import cleaned

from .. import cells
from ..keys import key_in
from .base import EVIDENCE, RecordTable

WRITTEN_DAY = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d{1,2}-\d{1,2}")
YEARS = range(1945, 2101)  # no number that Excel has for a day of ours

FOLLOWED = (
    "meeting",
    "province",
    "title",
    "detail",
    "raised_by",
    "raised_by_text",
    "topics",
    "lead",
    "supporting",
    "current_lead",
    "due_on",
    "due_text",
    "is_ongoing",
    "is_general",
    "last_checked_on",
    "completion_criteria",
    *EVIDENCE,
    "internal_note",
)
STATUS = ("state", "status", "completed_on")


class DueTable(RecordTable):
    """Records that have a deadline: cells left empty are read from its words, and shown."""

    def complete(self, row, known):
        day_name, words_name = self.model.due_fields
        self._part_words(row, day_name, words_name)
        words = row.values.get(words_name)
        if words in (None, ""):
            return
        try:
            reading = read_deadline(cells.text_of(words), self.told_on(row, known))
        except ValidationError:  # a date or a time: the column tells of it
            return
        if reading.is_ongoing and row.values.get("is_ongoing") in (None, ""):
            self._fill(row, "is_ongoing", True, _("“%(words)s” is read as ongoing."), reading)
        names = (words_name, day_name)
        is_untouched = all(
            cells.same(row.values.get(name, before), before)
            for name in names
            for before in [row.before.get(name, "")]
        )
        has_no_column = day_name not in row.values and not row.is_new
        if row.values.get(day_name) not in (None, "") or is_untouched or has_no_column:
            return
        if reading.due_on:
            text = "" if reading.is_stated else _("“%(words)s” is read as %(day)s: %(why)s.")
            self._fill(row, day_name, reading.due_on, text, reading)
        elif reading.problem:
            text = _("“%(words)s”: %(why)s. It is kept without a day.")
            row.warnings.append(text % self._told(reading))
        elif not reading.is_understood:
            text = _("“%(words)s” tells no day that is understood here. It is kept without a day.")
            row.warnings.append(text % self._told(reading))

    def _part_words(self, row, day_name, words_name):
        """Puts words that stand where the day is expected to the words: “quý I/2024”, 2025.

        A day alone, in a file without a column for the words, is its own words.
        """
        value = row.values.get(day_name)
        if words_name not in row.values and not row.before.get(words_name):
            if isinstance(value, date):
                row.values[words_name] = f"{value:%d/%m/%Y}"
            elif isinstance(value, str) and WRITTEN_DAY.fullmatch(cleaned(value).strip()):
                row.values[words_name] = cleaned(value).strip()
        if isinstance(value, int) and value in YEARS:
            value = str(value)
        if not isinstance(value, str) or row.values.get(words_name) not in (None, ""):
            return
        words = cleaned(value).strip()
        if not words or WRITTEN_DAY.fullmatch(words) or cells.is_cut(value):
            return
        if any(map(str.isalpha, words)) or read_deadline(words).basis:
            row.values |= {words_name: words, day_name: None}

    def _fill(self, row, name, value, text, reading):
        """Puts what was read into an empty cell, with a warning where it is news."""
        row.values[name] = value
        written = self.by_name[name].render(value) if value is True else value
        if text and not cells.same(written, row.before.get(name, "")):
            row.warnings.append(text % self._told(reading))

    def _told(self, reading):
        day = cells.shown(reading.due_on)
        return {"words": reading.words, "why": reading.why, "day": day}

    def doubts(self, record):
        day, session_day = getattr(record, self.model.due_fields[0]), record.session_day
        if day and session_day and day < session_day:
            given = {"day": cells.shown(day), "session": cells.shown(session_day)}
            return [_("%(day)s is before the session (%(session)s).") % given]
        return []


class FollowUpTable(DueTable):
    reading = STATUS

    def told_on(self, row, known):
        """The day of the session that the row names; None if it names none."""
        if "meeting" in row.values or row.is_new:
            meeting = known[Meeting].get(key_in(row.values.get("meeting")))
        else:
            meeting = row.record.meeting
        return meeting and (meeting.held_on or meeting.planned_from)


class RequestTable(FollowUpTable):
    model = ProvinceRequest
    fields = (*ProvinceRequest.own_fields(), *FOLLOWED)


class CommitmentTable(FollowUpTable):
    model = Commitment
    fields = ("answers", *Commitment.own_fields(), *FOLLOWED)


class RecommendationTable(FollowUpTable):
    model = Recommendation
    fields = ("answers", *Recommendation.own_fields(), *FOLLOWED)


class UpdateTable(DueTable):
    model = StatusUpdate
    fields = (
        *TARGETS,
        "happened_on",
        "status",
        "completed_on",
        "answer",
        "response",
        "passed_to",
        "corrects",
        "voice",
        "basis",
        "new_due_on",
        "new_due_text",
        "is_ongoing",
        "next_step",
        "next_on",
        "next_by",
        "text",
        *EVIDENCE,
        "internal_note",
    )

    def told_on(self, row, known):
        """The day of the news."""
        day = cells.plain_value(row.values.get("happened_on"))
        return day if isinstance(day, date) else None
