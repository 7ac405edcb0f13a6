"""Counts of follow-ups that stand together, and the filter of lists that finds each.

The one home of these numbers. What is reported done is no number without the part of it that is
confirmed; answered, possibly answered and unanswered stand together; what is late is told against
the day in force and against the first, since moving one's own day wipes nothing.
"""

from django.db.models import Count, Q
from django.utils import timezone

from engagements.deadlines import deadline_rules
from engagements.words import Answer, Deadline, FollowUpStatus, Kind, StatusProof

ANSWERED = [answer for answer in Answer if answer not in (Answer.POSSIBLY, Answer.UNANSWERED)]
# By name of the count, as the API has it: what a list is asked to find the same rows.
FILTERS = {
    "answered": "&".join(f"answer={answer}" for answer in ANSWERED),
    "possibly_answered": f"answer={Answer.POSSIBLY}",
    "unanswered": f"answer={Answer.UNANSWERED}",
    "done": f"status={FollowUpStatus.DONE}",
    "done_confirmed": f"status={FollowUpStatus.DONE}&status_proof={StatusProof.CONFIRMED}",
    "past_unknown": f"deadline={Deadline.PAST_UNKNOWN}",
    "first_past_unknown": f"first_deadline={Deadline.PAST_UNKNOWN}",
    "overdue": f"deadline={Deadline.OVERDUE}",
    "first_overdue": f"first_deadline={Deadline.OVERDUE}",
}
OF_REQUESTS = ("answered", "possibly_answered", "unanswered")


def count_rules(on):
    """The condition on follow-ups of each count, on that local day."""
    in_force, first = deadline_rules(on), deadline_rules(on, first=True)
    done, asked = Q(status=FollowUpStatus.DONE), Q(kind=Kind.REQUEST)
    return {
        "answered": asked & Q(answer__in=ANSWERED),
        "possibly_answered": asked & Q(answer=Answer.POSSIBLY),
        "unanswered": asked & Q(answer=Answer.UNANSWERED),
        "done": done,
        "done_confirmed": done & Q(status_proof=StatusProof.CONFIRMED),
        "past_unknown": in_force[Deadline.PAST_UNKNOWN],
        "first_past_unknown": first[Deadline.PAST_UNKNOWN],
        "overdue": in_force[Deadline.OVERDUE],
        "first_overdue": first[Deadline.OVERDUE],
    }


def counts(on=None):
    """The same as aggregates of one query, by name."""
    rules = count_rules(on or timezone.localdate())
    return {name: Count("pk", filter=rule) for name, rule in rules.items()}


def counts_by_kind(editions):
    """{kind: {"total": …, name: …}} of these follow-ups today, in one query."""
    rows = editions.order_by().values("kind").annotate(total=Count("pk"), **counts())
    return {row["kind"]: row for row in rows}
