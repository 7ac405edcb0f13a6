"""Check constraints that models of every package share."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def one_of(field, choices, *, or_empty=False):
    """A constraint that keeps a column to its choices, which Django itself checks in forms only."""
    return models.CheckConstraint(
        name=f"%(app_label)s_%(class)s_{field}_in_list",
        condition=Q(**{f"{field}__in": [*choices.values, *([""] if or_empty else [])]}),
        violation_error_message=_("The value is not in the list."),
    )


def not_empty(field):
    return models.CheckConstraint(
        name=f"%(app_label)s_%(class)s_{field}_not_empty",
        condition=~Q(**{field: ""}),
        violation_error_message=_("This text must not be empty."),
    )
