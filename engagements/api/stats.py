"""Statistics of the API (`stats/`): follow-ups counted by province, topic… under filters."""

from collections import Counter, defaultdict

from django.db.models import Case, Count, F, Value, When
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response

from engagements.deadlines import deadline_rules
from engagements.edition.counts import FILTERS, counts
from engagements.edition.filters import AS_OF, AnyFollowUpFilter, APIFilterBackend, instant_asked
from engagements.edition.http import ConditionalGetMixin
from engagements.edition.models import Edition
from engagements.words import FOLLOW_UPS

from .base import Public, problem_responses

NO_KEY = None  # the key of those that have no such thing


def _state(on, first=False):
    """The deadline state as a column to group by."""
    rules = deadline_rules(on, first=first).items()
    return Case(*(When(rule, then=Value(state.value)) for state, rule in rules))


# What a line is counted by: a column of the editions, made for a local day.
BY = {
    "province": lambda on: F("heir__slug"),  # a predecessor's items count with the unit of today
    "status": lambda on: F("status"),
    "status_proof": lambda on: F("status_proof"),
    "answer": lambda on: F("answer"),
    "deadline": _state,
    "first_deadline": lambda on: _state(on, first=True),
    "topic": lambda on: F("topics"),
    "lead": lambda on: F("lead__slug"),
    "month": lambda on: TruncMonth("day"),  # of the session
}
NUMBERS = (*(kind.value for kind in FOLLOW_UPS), "total", *FILTERS)


def _keys(by, value):
    """The keys under which a value counts: a record with two topics counts under both."""
    if by == "topic":
        return value.strip("|").split("|") if value else [NO_KEY]
    if by == "month":
        return [f"{value:%Y-%m}"]
    return [value or NO_KEY]


def lines(rows, by, on):
    """One line a key, the largest first; that without a key last."""
    counted = defaultdict(Counter)
    grouped = rows.order_by().annotate(key=BY[by](on)).values("key", "kind")
    for row in grouped.annotate(total=Count("pk"), **counts(on)):
        for key in _keys(by, row["key"]):
            counted[key].update({name: row[name] for name in ("total", *FILTERS)})
            counted[key][row["kind"]] += row["total"]
    tallies = [
        {"key": key, **{name: numbers[name] for name in NUMBERS}}
        for key, numbers in counted.items()
    ]
    return sorted(tallies, key=lambda row: (row["key"] is None, -row["total"], row["key"] or ""))


@extend_schema_serializer(component_name="Tally")
class StatsLine(serializers.Serializer):
    """One line: how many of each kind have that key, and what stands together."""

    key = serializers.CharField(allow_null=True, help_text="Slug, code or month; null: none.")
    request = serializers.IntegerField()
    commitment = serializers.IntegerField()
    recommendation = serializers.IntegerField()
    total = serializers.IntegerField()
    answered = serializers.IntegerField(help_text="Requests with a stated answer that holds.")
    possibly_answered = serializers.IntegerField(help_text="Requests, by inference alone.")
    unanswered = serializers.IntegerField(help_text="Requests without a recorded answer.")
    done = serializers.IntegerField(help_text="Reported done, by whomever.")
    done_confirmed = serializers.IntegerField(help_text="Of these, confirmed.")
    past_unknown = serializers.IntegerField(help_text="Past the day in force, without news.")
    first_past_unknown = serializers.IntegerField(help_text="The same against the first day.")
    overdue = serializers.IntegerField(help_text="Against the day in force.")
    first_overdue = serializers.IntegerField(help_text="Against the day promised first.")


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
        summary="Follow-ups counted by one thing: by whose word, answered, late",
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
        return Response({"by": by, "results": lines(rows, by, on or timezone.localdate())})
