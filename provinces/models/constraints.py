"""Check constraints that models of every package share, and their validation in one query."""

from django.db import DatabaseError, connections, models, router, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.db.models.sql import AND, Query
from django.db.models.sql.constants import SINGLE
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


def all_hold(given, using):
    """Whether each of these rules (Q) holds for its values; as in SQL, what is unknown does.

    It is `Q.check` for many, which asks once. Raises DatabaseError or ValueError where the database
    takes one of the values for none.
    """
    together = Query(None)
    together.add_annotation(models.Value(1), "_check")
    for rules, values in given:
        query = Query(None)
        for name, value in values.items():
            query.add_annotation(value, name, select=False)
        query.add_q(Q(Coalesce(rules, True, output_field=models.BooleanField())))
        together.where.add(query.where, AND)
    with transaction.atomic(using=using):
        compiler = together.get_compiler(connection=connections[using])
        return compiler.execute_sql(SINGLE) is not None


class CheckedAtOnce(models.Model):
    """A model whose check constraints are validated by one query where they hold.

    Django asks the database about each, with a savepoint around it: 60 statements for a session.
    Where one does not hold, or a form leaves out one of its fields, it is asked about as ever.
    """

    class Meta:
        abstract = True

    _holding = frozenset()  # names of constraints that a validation under way has seen to hold

    def validate_constraints(self, exclude=None):
        self._holding = self._checks_that_hold(exclude)
        try:
            super().validate_constraints(exclude)
        finally:
            del self._holding

    def get_constraints(self):
        return [
            (model, [row for row in rows if row.name not in self._holding])
            for model, rows in super().get_constraints()
        ]

    def _checks_that_hold(self, exclude):
        values = self._get_field_expression_map(meta=self._meta, exclude=exclude)
        checks, needed = {}, set()
        for row in self._meta.constraints:
            if isinstance(row, models.CheckConstraint):
                names = {reference[0] for reference in self._get_expr_references(row.condition)}
                if names <= values.keys():
                    needed |= names
                    checks[row.name] = Q(row.condition)
        using = router.db_for_write(type(self), instance=self)
        try:
            rules = Q(*checks.values())
            holds = not checks or all_hold(
                [(rules, {name: values[name] for name in needed})], using
            )
        except (DatabaseError, ValueError):  # a value that is none: the others are asked about
            holds = False
        return frozenset(checks) if holds else frozenset()
