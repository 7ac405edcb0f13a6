"""Lists and records of editions in the API: a viewset a kind, and follow-ups together."""

from functools import cache

from django.utils.translation import gettext as _
from drf_spectacular.utils import (
    OpenApiParameter,
    PolymorphicProxySerializer,
    extend_schema,
    extend_schema_view,
    inline_serializer,
)
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.response import Response

from engagements.edition import exports
from engagements.edition.exports import FORMATS
from engagements.edition.filters import (
    AS_OF,
    FILTERS,
    AnyFollowUpFilter,
    APIFilterBackend,
    instant_asked,
)
from engagements.edition.http import ConditionalGetMixin
from engagements.edition.kinds import KINDS
from engagements.edition.models import Edition
from engagements.edition.reading import Reader, editions_of, with_keys
from engagements.limits import FileThrottle
from engagements.words import FOLLOW_UPS, Cause, Kind

from .base import (
    CODE_PARAMETER,
    CODE_PATTERN,
    NUMBER_PARAMETER,
    Public,
    allow_parameters,
    file_responses,
    problem_responses,
    refuse_parameters,
)
from .pagination import NewestFirst
from .problems import Gone
from .renderers import FILE_RENDERERS, EditionHistory, EditionJSONRenderer, OneEdition, OnePayload

PAGING = ("cursor", "page_size")


class EditionViewSet(ConditionalGetMixin, Public, viewsets.GenericViewSet):
    """Current editions of one kind."""

    filter_backends = (APIFilterBackend,)
    pagination_class = NewestFirst
    lookup_field = "code"
    lookup_value_regex = CODE_PATTERN
    read = None  # the ReadKind of a viewset of one kind
    kinds = ()
    plural = ""  # in the address

    @property
    def filterset_class(self):
        return FILTERS[self.kinds[0]]

    def get_queryset(self):
        return Edition.objects.public(instant_asked(self.request.query_params)).of_kind(*self.kinds)

    def get_serializer_class(self):
        return KINDS[self.kinds[0]].shape

    def get_renderers(self):
        has_files = self.action in ("list", None)  # None: a method not allowed, 405
        files = [renderer() for renderer in FILE_RENDERERS] if has_files else []
        return [EditionJSONRenderer(), *files]

    def get_throttles(self):
        is_file = self.action == "list" and self.request.accepted_renderer.format in FORMATS
        return [FileThrottle()] if is_file else super().get_throttles()

    def list(self, request):
        queryset = self.filter_queryset(self.get_queryset())
        fields = fields_asked(request, *self.kinds)
        on = AS_OF.field.clean(request.query_params.get("as_of"))
        wanted = request.accepted_renderer.format
        if wanted != "json":
            refuse_parameters(request, *PAGING, reason=_("A file holds every row."))
            return exports.export_response(
                request, queryset, self.kinds, self.plural, wanted, on=on, fields=fields
            )
        rows = self.paginate_queryset(queryset)
        reader = Reader(on)
        payloads = [with_keys(reader.whole(row), fields) for row in rows]
        return Response(self.paginator.envelope(payloads), headers=self.paginator.links())

    def retrieve(self, request, code):
        allow_parameters(request, "fields")
        edition = self.public_edition(code)
        fields = fields_asked(request, *self.kinds)
        return Response(OnePayload(with_keys(Reader().whole(edition), fields)))

    def public_edition(self, code):
        rows = Edition.objects.of_kind(*self.kinds).filter(code=code, superseded_at=None)
        edition = rows.first()
        if edition is None:
            raise NotFound(_("There is nothing at this address."))
        if edition.withdrawn_at:
            raise Gone()
        return edition

    @action(detail=True)
    def editions(self, request, code):
        """Every edition of one record, oldest first, each with what changed in it."""
        allow_parameters(request)
        return Response(EditionHistory(editions_of(self.public_edition(code))))

    @action(detail=True, url_path="editions/(?P<number>[1-9][0-9]{0,5})", url_name="edition")
    def edition(self, request, code, number):
        """One edition of a record: exactly what could be read then."""
        allow_parameters(request)
        rows = editions_of(self.public_edition(code))
        row = rows.filter(number=number).first()
        if row is None:
            raise NotFound(_("There is nothing at this address."))
        return Response(OneEdition(row, rows.filter(number__lt=number).last()))


def fields_asked(request, *kinds):
    """Keys of the record that `fields` asks for; None for all of them."""
    values = request.query_params.getlist("fields")
    if not values:
        return None
    known = {name for kind in kinds for name in KINDS[kind].shape().fields}
    asked = values[-1].split(",")
    wrong = [name for name in asked if name not in known]
    if wrong:
        reason = _("Unknown field: %(name)s") % {"name": ", ".join(wrong)[:80]}
        raise ValidationError({"fields": [reason]})
    return frozenset(asked)


# -- description (OpenAPI)


def fields_parameter(*kinds):
    names = sorted({name for kind in kinds for name in KINDS[kind].shape().fields})
    keys = {"type": "string", "enum": names}
    return OpenApiParameter(
        "fields",
        {"type": "array", "items": keys, "minItems": 1},
        style="form",
        explode=False,
        description="Keys of the record to give, parted by commas: code,title,status",
    )


@cache
def edition_shape(viewset):
    """One edition of a record, as a component of the description."""
    shape = inline_serializer(
        f"{viewset.read.singular.title()}Edition",
        {
            "edition": serializers.IntegerField(),
            "cause": serializers.ChoiceField(choices=Cause.choices),
            "published_at": serializers.DateTimeField(),
            "changed": serializers.ListField(
                child=serializers.CharField(),
                allow_null=True,
                help_text="Keys of the record that differ from the one before; null for the first.",
            ),
            "taken_back": serializers.IntegerField(
                help_text="How many passages of it were withdrawn since, and are left out."
            ),
            "record": viewset.read.payload(),
        },
    )
    return type(shape)


def editions_shape(viewset):
    """The answer of `editions/`: every edition of one record, as a component of the description."""
    return inline_serializer(
        f"{viewset.read.singular.title()}Editions",
        {"count": serializers.IntegerField(), "results": edition_shape(viewset)(many=True)},
    )


def described(viewset):
    """Puts a viewset of one kind into the description of the API, by its own names."""
    kind, plural, singular = viewset.read.kind, viewset.read.plural, viewset.read.singular
    viewset.kinds, viewset.plural = (kind,), plural
    shape = viewset.read.shape
    return extend_schema_view(
        list=extend_schema(
            operation_id=f"list_{plural}",
            summary=f"List {plural}",
            parameters=[fields_parameter(kind)],
            responses={200: shape(many=True), **file_responses(), **problem_responses(400, 406)},
        ),
        retrieve=extend_schema(
            operation_id=f"get_{singular}",
            summary=f"One {singular}",
            filters=False,
            parameters=[CODE_PARAMETER, fields_parameter(kind)],
            responses={200: shape, **problem_responses(400, 404, 406, 410)},
        ),
        editions=extend_schema(
            operation_id=f"list_{singular}_editions",
            summary=f"Every edition of one {singular}",
            filters=False,
            parameters=[CODE_PARAMETER],
            responses={200: editions_shape(viewset), **problem_responses(400, 404, 406, 410)},
        ),
        edition=extend_schema(
            operation_id=f"get_{singular}_edition",
            summary=f"One edition of one {singular}",
            filters=False,
            parameters=[CODE_PARAMETER, NUMBER_PARAMETER],
            responses={200: edition_shape(viewset), **problem_responses(400, 404, 406, 410)},
        ),
    )(viewset)


@described
class MeetingViewSet(EditionViewSet):
    """Published meetings."""

    read = KINDS[Kind.MEETING]


@described
class RequestViewSet(EditionViewSet):
    """Published requests."""

    read = KINDS[Kind.REQUEST]


@described
class CommitmentViewSet(EditionViewSet):
    """Published commitments."""

    read = KINDS[Kind.COMMITMENT]


@described
class RecommendationViewSet(EditionViewSet):
    """Published recommendations."""

    read = KINDS[Kind.RECOMMENDATION]


@described
class UpdateViewSet(EditionViewSet):
    """Published updates."""

    read = KINDS[Kind.UPDATE]


@described
class RemarkViewSet(EditionViewSet):
    """Published remarks."""

    read = KINDS[Kind.REMARK]


@described
class SourceViewSet(EditionViewSet):
    """Published sources."""

    read = KINDS[Kind.SOURCE]


@described
class FigureViewSet(EditionViewSet):
    """Published figures."""

    read = KINDS[Kind.FIGURE]


@extend_schema_view(
    list=extend_schema(
        operation_id="list_followups",
        summary="List requests, commitments and recommendations together",
        parameters=[fields_parameter(*FOLLOW_UPS)],
        responses={
            200: PolymorphicProxySerializer(
                component_name="FollowUp",
                serializers={kind.value: KINDS[kind].shape for kind in FOLLOW_UPS},
                resource_type_field_name="kind",
                many=True,
            ),
            **file_responses(),
            **problem_responses(400, 406),
        },
    ),
    retrieve=extend_schema(exclude=True),
    editions=extend_schema(exclude=True),
    edition=extend_schema(exclude=True),
)
class FollowUpViewSet(EditionViewSet):
    """Requests, commitments and recommendations together, each in its own shape."""

    kinds, plural = FOLLOW_UPS, "followups"
    filterset_class = AnyFollowUpFilter


VIEWSETS = {
    viewset.plural: viewset
    for viewset in (
        MeetingViewSet,
        RequestViewSet,
        CommitmentViewSet,
        RecommendationViewSet,
        UpdateViewSet,
        RemarkViewSet,
        SourceViewSet,
        FigureViewSet,
    )
}
