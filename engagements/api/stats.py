"""How many follow-ups there are, by one thing or another, under the filters of their lists."""

from collections import Counter

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response

from engagements.deadlines import deadline_rules
from engagements.edition.filters import AS_OF, AnyFollowUpFilter, APIFilterBackend, instant_asked
from engagements.edition.http import Stamped
from engagements.edition.models import Edition
from engagements.words import FOLLOW_UPS, Deadline
from provinces.models import Organization, Province

from .base import Public, problems

NONE = None  # the key of those that have no such thing


def _grouped(rows, column):
    """(key, kind) → how many."""
    found = rows.order_by().values_list(column, "kind").annotate(number=Count("pk"))
    return Counter({(key or NONE, kind): number for key, kind, number in found})


def _slugged(rows, column, model):
    """The same by the slug of what the column points to."""
    found = _grouped(rows, column)
    slugs = dict(
        model.objects.filter(pk__in={key for key, _kind in found}).values_list("pk", "slug")
    )
    return Counter({(slugs.get(key), kind): number for (key, kind), number in found.items()})


def by_province(rows, on):
    """By the unit of today: a predecessor's items count with its heir."""
    return _slugged(rows, "heir", Province)


def by_lead(rows, on):
    return _slugged(rows, "lead", Organization)


def by_status(rows, on):
    return _grouped(rows, "status")


def by_topic(rows, on):
    """One with two topics counts under both."""
    found = Counter()
    for (topics, kind), number in _grouped(rows, "topics").items():
        for topic in topics.strip("|").split("|") if topics else [NONE]:
            found[topic, kind] += number
    return found


def by_deadline(rows, on):
    found = Counter()
    numbers = {state.value: Count("pk", filter=rule) for state, rule in deadline_rules(on).items()}
    for row in rows.order_by().values("kind").annotate(**numbers):
        for state in Deadline.values:
            found[state, row["kind"]] = row[state]
    return +found


def by_month(rows, on):
    """By the month of the session, as 2024-02."""
    found = Counter()
    for (month, kind), number in _grouped(rows.annotate(month=TruncMonth("day")), "month").items():
        found[f"{month:%Y-%m}", kind] += number
    return found


BY = {
    "province": by_province,
    "status": by_status,
    "deadline": by_deadline,
    "topic": by_topic,
    "lead": by_lead,
    "month": by_month,
}


class Tally(serializers.Serializer):
    """One line: how many of each kind have that key."""

    key = serializers.CharField(allow_null=True, help_text="Slug, code or month; null: none.")
    request = serializers.IntegerField()
    commitment = serializers.IntegerField()
    recommendation = serializers.IntegerField()
    total = serializers.IntegerField()


class Tallies(serializers.Serializer):
    by = serializers.ChoiceField(choices=[(name, name) for name in BY])
    results = Tally(many=True)


class StatsFilterBackend(APIFilterBackend):
    parameters = frozenset({"format", "by"})


class Stats(Stamped, Public, GenericAPIView):
    """Follow-ups counted by one thing, under the filters of their list; `as_of`: on a past day."""

    filter_backends = (StatsFilterBackend,)
    filterset_class = AnyFollowUpFilter
    serializer_class = Tallies
    pagination_class = None

    def get_queryset(self):
        instant = instant_asked(self.request.query_params)
        return Edition.objects.public(instant).of_kind(*FOLLOW_UPS)

    @extend_schema(
        operation_id="stats",
        summary="Follow-ups counted by province, status, deadline, topic, lead or month",
        parameters=[OpenApiParameter("by", str, default="status", enum=list(BY))],
        filters=True,
        responses={200: Tallies, **problems(400, 406)},
    )
    def get(self, request):
        by = request.query_params.get("by", "status")
        if by not in BY:
            raise ValidationError({"by": [_("One of: %(names)s.") % {"names": ", ".join(BY)}]})
        rows = self.filter_queryset(self.get_queryset())
        on = AS_OF.field.clean(request.query_params.get("as_of"))
        found = BY[by](rows, on or timezone.localdate())
        return Response({"by": by, "results": lines(found)})


def lines(found):
    """The counter as lines, the largest first; the one without a key last."""
    keys = {key for key, _kind in found}
    rows = []
    for key in keys:
        numbers = {kind.value: found[key, kind] for kind in FOLLOW_UPS}
        rows.append({"key": key, **numbers, "total": sum(numbers.values())})
    return sorted(rows, key=lambda row: (row["key"] is None, -row["total"], row["key"] or ""))
