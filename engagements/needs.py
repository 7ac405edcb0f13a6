"""What waits for whom: the questions of the desk's first page, of its lists and weekly letter.

A question is one method of the records' QuerySets. The numbers, the lists behind them and the
letters all ask it here, so that a number is the length of its list.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import BigIntegerField, Count, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from engagements.publication.kinds import RECORDS

from . import roles
from .models import (
    Commitment,
    Figure,
    Meeting,
    ProvinceRequest,
    Recommendation,
    Remark,
    StatusUpdate,
)

FOLLOWED = (ProvinceRequest, Commitment, Recommendation)
PROVED = (Meeting, *FOLLOWED, StatusUpdate, Remark, Figure)
# Whose rows are asked for: those of one's desk, those one changed oneself, those of others.
DESK, ME, OTHERS = "desk", "me", "others"
NOBODY = "none"  # in place of a body's key: items that no body owes


# What is said after the numbers that concern the person, where it is not simply their desk's.
CONCERNED = {DESK: "", ME: _("changed by you"), OTHERS: _("for you to review")}


def of_whom(rows, whose, user):
    """The rows of a queryset that concern the account in that way."""
    if whose == DESK:
        return roles.of_bodies(rows, roles.bodies_of(user))
    return rows.edited_by(user) if whose == ME else rows.untouched_by(user)


@dataclass(frozen=True)
class Question:
    """Something that rows may need: `rows` gives those that do, on a day."""

    name: str
    label: str
    heading: str  # of a narrow column
    rows: Callable
    models: tuple = FOLLOWED
    whose: str = DESK  # whom they concern first

    def for_whom(self, user):
        """In which way the account is concerned; what somebody else wrote is theirs to review."""
        if self.whose == OTHERS and not roles.is_central(user):
            return ME
        return self.whose


QUESTIONS = (
    Question(
        "overdue",
        _("Overdue"),
        _("Overdue"),
        lambda rows, on: rows.overdue(on),
    ),
    Question(
        "due_this_month",
        _("Due this month"),
        _("Due this month"),
        lambda rows, on: rows.due_this_month(on),
    ),
    Question(
        "past_unknown",
        _("Past its day, no information"),
        _("Past its day"),
        lambda rows, on: rows.past_unknown(on),
    ),
    Question(
        "unchecked",
        _("Not checked for 90 days"),
        _("Not checked"),
        lambda rows, on: rows.unchecked(on),
    ),
    Question(
        "unanswered",
        _("Requests without an answer"),
        _("Without an answer"),
        lambda rows, on: rows.unanswered(),
        (ProvinceRequest,),
    ),
    Question(
        "unproven",
        _("Published, and no proof of it opens"),
        _("No proof opens"),
        lambda rows, on: rows.unproven(),
        PROVED,
    ),
    Question(
        "waiting",
        _("Waiting for review"),
        _("Waiting for review"),
        lambda rows, on: rows.waiting_for_review(),
        RECORDS,
        OTHERS,
    ),
    Question(
        "sent_back",
        _("Sent back"),
        _("Sent back"),
        lambda rows, on: rows.sent_back(),
        RECORDS,
        ME,
    ),
)
BY_NAME = {one.name: one for one in QUESTIONS}


# -- counting


@dataclass
class Tally:
    """How many rows need it: by model in all, by whom they concern, by body and model."""

    everybody: dict = field(default_factory=dict)
    concerned: dict = field(default_factory=dict)  # whose → model → number
    bodies: dict = field(default_factory=dict)  # key of a body, or None → model → number


def tally(question, user, models, on):
    """Counts one question over these models in one query."""
    whose = {question.for_whom(user)}
    if OTHERS in whose:
        whose.add(ME)  # told apart: nobody reviews these themselves
    if roles.desk_of(user) is None:
        whose.discard(DESK)
    named = {model._meta.model_name: model for model in models}
    parts = []
    for name, model in named.items():
        rows = question.rows(model.objects.order_by(), on)
        body = Coalesce("current_lead", "lead") if model in FOLLOWED else None
        parts.append(_counted(rows, name, "", body))
        parts += [_counted(of_whom(rows, one, user), name, one) for one in sorted(whose)]
    found = Tally(
        dict.fromkeys(models, 0), {one: dict.fromkeys(models, 0) for one in sorted(whose)}
    )
    for name, one, body, number in parts[0].union(*parts[1:], all=True) if parts else ():
        model = named[name]
        if one:
            found.concerned[one][model] += number
            continue
        found.everybody[model] += number
        if model in FOLLOWED:
            found.bodies.setdefault(body, {})[model] = number
    return found


def _counted(rows, name, whose, body=None):
    nothing = Cast(Value(None), BigIntegerField())
    rows = rows.annotate(
        told_of=Value(name), told_whose=Value(whose), told_body=nothing if body is None else body
    )
    return rows.values_list("told_of", "told_whose", "told_body").annotate(Count("pk"))
