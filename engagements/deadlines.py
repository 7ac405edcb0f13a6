"""Deadlines: read from words, which of them is in force, and how a follow-up stands to it.

The one home of deadlines. Words are read in deadline_words.py; whoever needs a reading, the
deadline in force or a state takes it from here, so that pages, API, files, letters and desk say the
same. A state is told against the deadline in force and against the first: moving one's own day
wipes nothing.
"""

import re
from datetime import date, datetime, time, timedelta

from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .deadline_words import DeadlineReading, Ground, Problem, find_deadline, read_deadline
from .words import CLOSING_ANSWERS, RUNNING, STOPPED, Deadline, FollowUpStatus, Response

__all__ = [
    "COLUMNS", "FIRST_COLUMNS", "NO_DEADLINE", "DeadlineReading", "Ground", "Problem",
    "both_states", "deadline_columns", "deadline_in_force", "deadline_of", "deadline_rules",
    "deadline_words", "find_deadline", "is_move", "midnight", "read_deadline", "tells_day",
]  # fmt: skip

DUE_SOON = timedelta(days=30)
COLUMNS = ("due_on", "due_text", "is_ongoing")  # what a deadline is, wherever it stands
FIRST_COLUMNS = {
    "due_on": "first_due_on",
    "due_text": "first_due_text",
    "is_ongoing": "first_is_ongoing",
}


# -- the deadline in force


def is_move(update):
    """Whether an update gives another deadline: a day, words alone, or that it goes on."""
    return any(update[name] for name in COLUMNS)


def deadline_in_force(own, updates):
    """The keys of a follow-up's payload that tell its deadline, from its first and its updates.

    The last update that gives one counts, as a whole: words alone void the day before them.
    """
    moves = [update for update in updates if is_move(update)]
    first = {name: own[FIRST_COLUMNS[name]] for name in COLUMNS}
    last = moves[-1] if moves else first
    return {name: last[name] for name in COLUMNS} | {"moves": len(moves)}


# -- in words


def tells_day(due_text, due_on):
    """Whether the words have the day in full, so that it need not stand beside them once more."""
    forms = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
    spelled = [due_on.strftime(form) for form in forms]
    spelled.append(f"{due_on.day}/{due_on.month}/{due_on.year}")
    return any(re.search(rf"(?<![0-9]){re.escape(day)}(?![0-9])", due_text) for day in spelled)


def deadline_words(due_on, due_text, is_ongoing):
    """A deadline in one line: its words, and its day where they do not tell it; empty for none."""
    words = due_text or (str(Deadline.ONGOING.label) if is_ongoing else "")
    if due_on is None or (words and tells_day(words, due_on)):
        return words
    day = date_format(due_on, "SHORT_DATE_FORMAT")
    return f"{words} ({day})" if words else day


def both_states(deadline, first_deadline):
    """The state of the deadline in force, and that of the first where it is another."""
    if deadline == first_deadline:
        return str(deadline.label)
    given = {"state": deadline.label, "first": first_deadline.label}
    return _("%(state)s; against the first deadline: %(first)s") % given


# Columns of a follow-up's edition, and what they are for the other kinds.
NO_DEADLINE = {
    "due_on": None,
    "due_text": "",
    "is_ongoing": False,
    "first_due_on": None,
    "first_due_text": "",
    "first_is_ongoing": False,
    "moves": 0,
}


def deadline_columns(payload):
    """The columns of a follow-up's row that tell its deadlines, from its payload."""
    columns = {name: payload[name] for name in NO_DEADLINE}
    for name in ("due_on", "first_due_on"):
        if isinstance(columns[name], str):
            columns[name] = date.fromisoformat(columns[name])
    return columns


# -- how it stands


def deadline_of(
    status,
    due_on,
    completed_on,
    on,
    *,
    due_text="",
    is_ongoing=False,
    is_general=False,
    answer="",
    response="",
):
    """The deadline state on the local day `on`; twin of deadline_rules.

    The order counts: the first state that holds is the one that is told.
    """
    if is_general:
        return Deadline.NONE
    if status in STOPPED or answer in CLOSING_ANSWERS or response == Response.NOT_TAKEN_UP:
        return Deadline.CLOSED
    if status == FollowUpStatus.DONE:
        if due_on is None:
            return Deadline.NONE
        if completed_on is None:
            return Deadline.DONE_UNDATED
        return Deadline.LATE if completed_on > due_on else Deadline.ON_TIME
    if is_ongoing:
        return Deadline.ONGOING
    if due_on is None:
        return Deadline.WORDS_ONLY if due_text else Deadline.NONE
    if due_on < on:
        return Deadline.PAST_UNKNOWN if status == FollowUpStatus.UNKNOWN else Deadline.OVERDUE
    return Deadline.DUE_SOON if due_on <= on + DUE_SOON else Deadline.IN_TIME


def deadline_rules(on, *, first=False, answered=True):
    """The condition on rows of each deadline state on that local day; twin of deadline_of.

    `first` asks about the first deadline. The register's own rows, which have no columns `answer`
    and `response`, are not `answered`.
    """
    columns = FIRST_COLUMNS if first else dict(zip(COLUMNS, COLUMNS, strict=True))
    due_on, due_text, is_ongoing = (columns[name] for name in COLUMNS)
    closed = Q(status__in=STOPPED)
    if answered:
        closed |= Q(answer__in=CLOSING_ANSWERS) | Q(response=Response.NOT_TAKEN_UP)
    dated = Q(**{f"{due_on}__isnull": False})
    done = ~closed & Q(status=FollowUpStatus.DONE)
    undone = ~closed & ~Q(status=FollowUpStatus.DONE)
    running = undone & dated & Q(**{is_ongoing: False})
    words_only = undone & ~dated & Q(**{is_ongoing: False})
    past = running & Q(**{f"{due_on}__lt": on})
    soon = on + DUE_SOON
    general = Q(is_general=True)
    rules = {
        Deadline.CLOSED: closed,
        Deadline.NONE: done & ~dated | words_only & Q(**{due_text: ""}),
        Deadline.DONE_UNDATED: done & dated & Q(completed_on=None),
        Deadline.ON_TIME: done & Q(completed_on__lte=F(due_on)),
        Deadline.LATE: done & Q(completed_on__gt=F(due_on)),
        Deadline.ONGOING: undone & Q(**{is_ongoing: True}),
        Deadline.WORDS_ONLY: words_only & ~Q(**{due_text: ""}),
        Deadline.PAST_UNKNOWN: past & Q(status=FollowUpStatus.UNKNOWN),
        Deadline.OVERDUE: past & Q(status__in=RUNNING),
        Deadline.DUE_SOON: running & Q(**{f"{due_on}__range": (on, soon)}),
        Deadline.IN_TIME: running & Q(**{f"{due_on}__gt": soon}),
    }
    rules = {state: ~general & rule for state, rule in rules.items()}
    return rules | {Deadline.NONE: rules[Deadline.NONE] | general}


def midnight(day):
    """The instant at which a local day begins."""
    return timezone.make_aware(datetime.combine(day, time.min))
