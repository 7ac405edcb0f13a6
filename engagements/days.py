"""Impossible days: the rules that the days of a record keep, one home for form, import and check.

One mistyped year would freeze an item, since the news with the latest day decides how it stands. A
record names its days: those that are never to come, and the day of the session that they follow.
"""

from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import DateField, DateTimeField, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .deadline_words import YEARS


class DayRule(TextChoices):
    """What is wrong with a day."""

    YEAR_OUTSIDE = "year_outside", _("A year from 1945 to 2100 is expected.")
    AFTER_TODAY = "after_today", _("This day is still to come.")
    BEFORE_SESSION = "before_session", _("This day is before the session.")


def broken_rule(day, today, session_day=None):
    """The rule that a day breaks which is never to come, nor before the session; None if none."""
    if day.year not in YEARS:
        return DayRule.YEAR_OUTSIDE
    if day > today:
        return DayRule.AFTER_TODAY
    return DayRule.BEFORE_SESSION if session_day and day < session_day else None


def impossible_days(record, today):
    """{field: DayRule} of the days of a record that cannot be."""
    broken, past_days = {}, record.past_days
    session_day = record.session_day if past_days else None
    for name in day_names(type(record)):
        day = getattr(record, name)
        if not isinstance(day, date):  # none, or what the field itself refuses
            continue
        if name in past_days:
            rule = broken_rule(day, today, session_day)
        else:
            rule = None if day.year in YEARS else DayRule.YEAR_OUTSIDE
        if rule:
            broken[name] = rule
    return broken


def day_names(model):
    """Fields of a model that hold a day; not those that the machine fills."""
    dates = [field for field in model._meta.concrete_fields if isinstance(field, DateField)]
    return [field.name for field in dates if not isinstance(field, DateTimeField)]


def refuse_impossible_days(record):
    """Raises ValidationError by field."""
    if broken := impossible_days(record, timezone.localdate()):
        raise ValidationError({name: rule.label for name, rule in broken.items()})
