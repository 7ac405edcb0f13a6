"""Course of a record in review: its steps, and the edits of it and its parts in words."""

from dataclasses import dataclass
from functools import partial

from django.utils.translation import gettext_lazy as _

from engagements.desk.history import StateWords, changes, states
from engagements.models import Answering, Attendance
from engagements.models.answering import ANSWERED
from engagements.models.base import (
    MERGED,
    PUBLISHED,
    SENT_BACK,
    STEPS,
    SUBMITTED,
    UNMERGED,
    WITHDRAWN,
)

NOT_WRITTEN = {"review_note"}  # a reviewer says it of the record, in a step of its own
DONE = {"+": _("entered"), "~": _("changed"), "-": _("deleted")}
COURSE = {
    PUBLISHED: _("Published"),
    WITHDRAWN: _("Withdrawn"),
    SUBMITTED: _("Submitted for review"),
    SENT_BACK: _("Sent back"),
    MERGED: _("Two rows that it named were made one"),
    UNMERGED: _("A merge of rows that it named was taken back"),
}
ROWS_READ = 500  # of one history that are looked through


@dataclass(frozen=True)
class HistoryEntry:
    """One row of a history: who did what, when and why."""

    at: object
    who: object
    done: str
    what: str
    why: str
    told: list


def entries(model, rows, since=None, name=str):
    """Rows of whole histories, newest first; each with what it changed in the row before it.

    A row that changed nothing its editors fill in is left out.
    """
    rows = list(rows.select_related("history_user").order_by("-history_id")[:ROWS_READ])[::-1]
    held = states(model, rows)
    words, before, newest_last = StateWords(model, held), {}, []
    for row, state in zip(rows, held, strict=True):
        was = before.get(row.id)
        before[row.id] = state
        changed = changes(model, was, state, words, cut=True) if was else []
        changed = [change for change in changed if change.name not in NOT_WRITTEN]
        if (since is None or row.history_date > since) and (changed or row.history_type != "~"):
            why = "" if row.history_change_reason in STEPS else row.history_change_reason or ""
            newest_last.append(
                HistoryEntry(
                    row.history_date,
                    row.history_user,
                    DONE[row.history_type],
                    name(row),
                    why,
                    changed,
                )
            )
    return newest_last[::-1]


def own_entries(record, since=None):
    return entries(type(record), record.history.all(), since, name=lambda row: "")


# By which columns a part of a record is told.
PART_NAMES = {Attendance: ("official",), Answering: ANSWERED}


def part_entries(record, since=None):
    """What was done to the parts of a record: who sat at a session, what something answers."""
    all_parts = []
    for name in record.children:
        relation = record._meta.get_field(name)
        model = relation.related_model
        rows = model.history.filter(**{relation.field.name: record.pk})
        rows = rows.select_related(*PART_NAMES[model])
        all_parts += entries(model, rows, since, name=partial(_part_name, PART_NAMES[model]))
    return all_parts


def _part_name(names, row):
    """What a part is told by: who sat there, or what is answered."""
    return next((str(part) for name in names if (part := getattr(row, name))), "")


def course(record):
    """The steps of a record between its editors and the public, newest first."""
    rows = record.history.filter(history_change_reason__in=STEPS).select_related("history_user")
    return [
        {
            "at": row.history_date,
            "who": row.history_user,
            "step": COURSE[row.history_change_reason],
            "note": _note_of(row),
        }
        for row in rows.order_by("-history_id")
    ]


def _note_of(step):
    """Why it was sent back or withdrawn; the note of an earlier step stands there still."""
    if step.history_change_reason == SENT_BACK:
        return step.review_note
    before = step.prev_record if step.history_change_reason == WITHDRAWN else None
    return step.review_note if before and before.review_note != step.review_note else ""
