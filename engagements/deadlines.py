"""Deadlines: the day read from words, and how a follow-up stands to it on a local day.

The one home of deadlines. Words are read in deadline_words.py; whoever needs a reading, a state or
the deadline in force takes it from here.
"""

from datetime import datetime, time, timedelta

from django.db.models import F, Q
from django.utils import timezone

from .deadline_words import DeadlineReading, Ground, Problem, read_deadline
from .words import RUNNING, STOPPED, Deadline, FollowUpStatus

__all__ = [
    "DeadlineReading", "Ground", "Problem", "deadline_of", "deadline_rules", "midnight",
    "read_deadline",
]  # fmt: skip

DUE_SOON = timedelta(days=30)


def deadline_of(status, due_on, completed_on, on):
    """The deadline state on the local day `on`; twin of deadline_rules."""
    if status in STOPPED:
        return Deadline.CLOSED
    if due_on is None:
        return Deadline.NONE
    if status == FollowUpStatus.DONE:
        if completed_on is None:
            return Deadline.DONE_UNDATED
        return Deadline.LATE if completed_on > due_on else Deadline.ON_TIME
    if due_on < on:
        return Deadline.PAST_UNKNOWN if status == FollowUpStatus.UNKNOWN else Deadline.OVERDUE
    return Deadline.DUE_SOON if due_on <= on + DUE_SOON else Deadline.IN_TIME


def deadline_rules(on):
    """The condition on rows of each deadline state on that local day; twin of deadline_of."""
    undone = ~Q(status__in=[*STOPPED, FollowUpStatus.DONE])
    done = Q(status=FollowUpStatus.DONE, due_on__isnull=False)
    return {
        Deadline.CLOSED: Q(status__in=STOPPED),
        Deadline.NONE: ~Q(status__in=STOPPED) & Q(due_on=None),
        Deadline.DONE_UNDATED: done & Q(completed_on=None),
        Deadline.ON_TIME: done & Q(completed_on__lte=F("due_on")),
        Deadline.LATE: done & Q(completed_on__gt=F("due_on")),
        Deadline.PAST_UNKNOWN: Q(status=FollowUpStatus.UNKNOWN, due_on__lt=on),
        Deadline.OVERDUE: Q(status__in=RUNNING, due_on__lt=on),
        Deadline.DUE_SOON: undone & Q(due_on__gte=on, due_on__lte=on + DUE_SOON),
        Deadline.IN_TIME: undone & Q(due_on__gt=on + DUE_SOON),
    }


def midnight(day):
    """The instant at which a local day begins."""
    return timezone.make_aware(datetime.combine(day, time.min))
