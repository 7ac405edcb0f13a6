"""Guarded lists of the desk: a change list and a filter that survive any address.

The stock list passes any lookup on any column to the database, some of which it cannot read.
"""

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db.models import Exists, OuterRef

YEARS_OFFERED = range(1900, 2201)  # what a date hierarchy is asked for


class StrictChangeList(ChangeList):
    """A list that takes the parameters it offers itself, and no others."""

    def get_filters(self, request):
        if self.date_hierarchy:
            self._check_hierarchy(request)
        filters = super().get_filters(request)
        rest = filters[2]
        if set(rest) - {f"{self.date_hierarchy}__gte", f"{self.date_hierarchy}__lt"}:
            raise IncorrectLookupParameters(", ".join(rest))
        return filters

    def _check_hierarchy(self, request):
        for name, allowed in (
            ("year", YEARS_OFFERED),
            ("month", range(1, 13)),
            ("day", range(1, 32)),
        ):
            value = request.GET.get(f"{self.date_hierarchy}__{name}")
            if value is not None and int(value) not in allowed:
                raise IncorrectLookupParameters(value)


class UsedRelationFilter(admin.RelatedFieldListFilter):
    """Choices that some row of the list has; each is one look into an index."""

    def field_choices(self, field, request, model_admin):
        used = model_admin.model.objects.filter(**{field.name: OuterRef("pk")})
        rows = field.remote_field.model.objects.filter(Exists(used))
        return [(row.pk, str(row)) for row in rows]

    def has_output(self):
        return True  # a filter that is not shown would not be applied either
