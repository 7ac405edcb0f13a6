"""Work queues of the desk: what waits for whom, on its first page, lists and weekly e-mail.

A question is one method of the records' QuerySets. The numbers, the lists behind them and the
e-mails all ask it here, so that a number is the length of its list.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import BigIntegerField, Count, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from engagements.publication.kinds import RECORDS

from . import roles
from .models import ProvinceRequest
from .models.base import Evidenced
from .models.followups import FOLLOW_UP_MODELS

EVIDENCED = tuple(model for model in RECORDS if issubclass(model, Evidenced))
# Whose rows are asked for: those of one's desk, those one changed oneself, those of others.
DESK, ME, OTHERS = "desk", "me", "others"
NO_OWNER = "none"  # in place of an organization's key: items that none owes

# Said after the numbers that concern the person, where it is not simply their desk's.
CONCERNED = {DESK: "", ME: _("changed by you"), OTHERS: _("for you to review")}


def of_whom(rows, whose, user):
    """The rows of a queryset that concern the account in that way."""
    if whose == DESK:
        return roles.of_organizations(rows, roles.organizations_of(user))
    return rows.edited_by(user) if whose == ME else rows.untouched_by(user)


@dataclass(frozen=True)
class Question:
    """Something that rows may need: `rows` gives those that do, on a day."""

    name: str
    label: str
    heading: str  # of a narrow column
    rows: Callable
    models: tuple = FOLLOW_UP_MODELS
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
        EVIDENCED,
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
BY_NAME = {question.name: question for question in QUESTIONS}


# -- counting


@dataclass
class Tally:
    """How many rows need it: by model in all, by whom they concern, by organization and model."""

    everybody: dict = field(default_factory=dict)
    concerned: dict = field(default_factory=dict)  # whose → model → number
    organizations: dict = field(default_factory=dict)  # key of one, or None → model → number


def count_needs(question, user, models, on):
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
        owner = Coalesce("current_lead", "lead") if model in FOLLOW_UP_MODELS else None
        parts.append(_counted(rows, name, "", owner))
        parts += [_counted(of_whom(rows, way, user), name, way) for way in sorted(whose)]
    tally = Tally(
        dict.fromkeys(models, 0), {way: dict.fromkeys(models, 0) for way in sorted(whose)}
    )
    for name, way, owner, number in parts[0].union(*parts[1:], all=True) if parts else ():
        model = named[name]
        if way:
            tally.concerned[way][model] += number
            continue
        tally.everybody[model] += number
        if model in FOLLOW_UP_MODELS:
            tally.organizations.setdefault(owner, {})[model] = number
    return tally


def _counted(rows, name, whose, owner=None):
    """(model, whose, key of who owes it, number) of these rows."""
    nothing = Cast(Value(None), BigIntegerField())
    rows = rows.annotate(
        tally_model=Value(name),
        tally_whose=Value(whose),
        tally_owner=nothing if owner is None else owner,
    )
    return rows.values_list("tally_model", "tally_whose", "tally_owner").annotate(Count("pk"))
