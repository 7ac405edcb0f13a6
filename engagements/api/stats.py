"""Statistics of the API (`stats/`): follow-ups counted by province, topic… under filters."""

from collections import Counter

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response

from engagements.deadlines import deadline_rules
from engagements.edition.filters import AS_OF, AnyFollowUpFilter, APIFilterBackend, instant_asked
from engagements.edition.http import ConditionalGetMixin
from engagements.edition.models import Edition
from engagements.words import FOLLOW_UPS, Deadline
from provinces.models import Organization, Province

from .base import Public, problem_responses

NO_KEY = None  # the key of those that have no such thing


def _counts_by(rows, column):
    """(key, kind) → how many."""
    counts = rows.order_by().values_list(column, "kind").annotate(number=Count("pk"))
    return Counter({(key or NO_KEY, kind): number for key, kind, number in counts})


def _counts_by_slug(rows, column, model):
    """The same by the slug of what the column points to."""
    counts = _counts_by(rows, column)
    slugs = dict(
        model.objects.filter(pk__in={key for key, _kind in counts}).values_list("pk", "slug")
    )
    return Counter({(slugs.get(key), kind): number for (key, kind), number in counts.items()})


def by_province(rows, on):
    """By the unit of today: a predecessor's items count with its heir."""
    return _counts_by_slug(rows, "heir", Province)


def by_lead(rows, on):
    return _counts_by_slug(rows, "lead", Organization)


def by_status(rows, on):
    return _counts_by(rows, "status")


def by_topic(rows, on):
    """A record with two topics counts under both."""
    counts = Counter()
    for (topics, kind), number in _counts_by(rows, "topics").items():
        for topic in topics.strip("|").split("|") if topics else [NO_KEY]:
            counts[topic, kind] += number
    return counts


def by_deadline(rows, on):
    counts = Counter()
    numbers = {state.value: Count("pk", filter=rule) for state, rule in deadline_rules(on).items()}
    for row in rows.order_by().values("kind").annotate(**numbers):
        for state in Deadline.values:
            counts[state, row["kind"]] = row[state]
    return +counts


def by_month(rows, on):
    """By the month of the session, as 2024-02."""
    counts = Counter()
    rows = rows.annotate(month=TruncMonth("day"))
    for (month, kind), number in _counts_by(rows, "month").items():
        counts[f"{month:%Y-%m}", kind] += number
    return counts


BY = {
    "province": by_province,
    "status": by_status,
    "deadline": by_deadline,
    "topic": by_topic,
    "lead": by_lead,
    "month": by_month,
}


@extend_schema_serializer(component_name="Tally")
class StatsLine(serializers.Serializer):
    """One line: how many of each kind have that key."""

    key = serializers.CharField(allow_null=True, help_text="Slug, code or month; null: none.")
    request = serializers.IntegerField()
    commitment = serializers.IntegerField()
    recommendation = serializers.IntegerField()
    total = serializers.IntegerField()


@extend_schema_serializer(component_name="Tallies")
class StatsShape(serializers.Serializer):
    by = serializers.ChoiceField(choices=[(name, name) for name in BY])
    results = StatsLine(many=True)


class StatsFilterBackend(APIFilterBackend):
    parameters = frozenset({"format", "by"})


class Stats(ConditionalGetMixin, Public, GenericAPIView):
    """Follow-ups counted by one thing, under the filters of their list; `as_of`: on a past day."""

    filter_backends = (StatsFilterBackend,)
    filterset_class = AnyFollowUpFilter
    serializer_class = StatsShape
    pagination_class = None

    def get_queryset(self):
        instant = instant_asked(self.request.query_params)
        return Edition.objects.public(instant).of_kind(*FOLLOW_UPS)

    @extend_schema(
        operation_id="stats",
        summary="Follow-ups counted by province, status, deadline, topic, lead or month",
        parameters=[OpenApiParameter("by", str, default="status", enum=list(BY))],
        filters=True,
        responses={200: StatsShape, **problem_responses(400, 406)},
    )
    def get(self, request):
        by = request.query_params.get("by", "status")
        if by not in BY:
            raise ValidationError({"by": [_("One of: %(names)s.") % {"names": ", ".join(BY)}]})
        rows = self.filter_queryset(self.get_queryset())
        on = AS_OF.field.clean(request.query_params.get("as_of"))
        counts = BY[by](rows, on or timezone.localdate())
        return Response({"by": by, "results": lines(counts)})


def lines(counts):
    """The counts as lines, the largest first; the line without a key last."""
    keys = {key for key, _kind in counts}
    rows = []
    for key in keys:
        numbers = {kind.value: counts[key, kind] for kind in FOLLOW_UPS}
        rows.append({"key": key, **numbers, "total": sum(numbers.values())})
    return sorted(rows, key=lambda row: (row["key"] is None, -row["total"], row["key"] or ""))
