"""The public API: read-only, anonymous, the same filters as the pages."""

import re
from urllib.parse import parse_qs, urlsplit

from django.db.models import Prefetch
from django.http import HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    PolymorphicProxySerializer,
    extend_schema,
    extend_schema_view,
)
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.views import APIView

from engagements import words
from engagements.edition import exports
from engagements.edition.exports import FORMATS
from engagements.edition.filters import (
    AS_OF,
    FILTERS,
    AnyFollowUpFilter,
    APIFilterBackend,
    instant_asked,
)
from engagements.edition.http import File, Hashed, Minute, Stamped
from engagements.edition.models import Edition
from engagements.edition.payloads import BODIES, READ, Named
from engagements.edition.reading import Reader, picked, public_officials, public_organizations
from engagements.pages.records import editions_of
from engagements.reference import Indicator, Topic
from engagements.words import FOLLOW_UPS, Kind
from provinces.models import (
    Atlas,
    Official,
    Organization,
    OrganizationKind,
    OrganizationSuccession,
    Province,
    ProvinceKind,
    SuccessionKind,
)

from .problems import PROBLEM_JSON, Gone, Problem
from .renderers import WHOLE, Body, EditionJSONRenderer, History, Negotiation, Page

COUNTED = 10_001  # a count is never read further than this
MOST = 200  # rows of a page
CODE_PATTERN = "[A-Za-z0-9-]{1,120}"


def problems(*statuses):
    """Documents the one error shape for these statuses; every address may ask for a pause."""
    return {
        304: OpenApiResponse(description="Not changed since the ETag or the day that was sent."),
        **{(status, PROBLEM_JSON): Problem for status in (*statuses, 429)},
    }


def page_size(request, default):
    """How many rows a client wants on a page. Raises ValidationError."""
    given = request.query_params.get("page_size")
    if given is None:
        return default
    # int() reads digits of other scripts, spaces and underscores too.
    if given.isascii() and given.isdigit() and len(given) < 5 and 1 <= int(given) <= MOST:
        return int(given)
    raise ValidationError({"page_size": [_("A whole number from 1 to %(most)s.") % {"most": MOST}]})


POSITION = re.compile("[1-9][0-9]{0,17}")


class NewestFirst(CursorPagination):
    """Pages by cursor over the order of first publication, which a re-issue does not move."""

    ordering = "-first_sequence"
    page_size = 50
    max_page_size = MOST
    page_size_query_param = "page_size"

    def get_page_size(self, request):
        return page_size(request, self.page_size)

    def decode_cursor(self, request):
        refused = ValidationError({"cursor": [_("This is no cursor of ours.")]})
        try:
            cursor = super().decode_cursor(request)
        except NotFound as error:
            raise refused from error
        if cursor is None:
            return None
        position = cursor.position or ""
        if not POSITION.fullmatch(position):
            raise refused
        # What decodes to nothing, or only nearly to what we wrote, would give the first page again.
        ours = parse_qs(urlsplit(self.encode_cursor(cursor)).query)[self.cursor_query_param]
        if ours != request.query_params.getlist(self.cursor_query_param):
            raise refused
        return cursor

    def paginate_queryset(self, queryset, request, view=None):
        self.count = queryset.count_up_to(COUNTED)
        return super().paginate_queryset(queryset, request, view)

    def links(self):
        """The same links for programs that read headers (RFC 8288)."""
        pages = {"next": self.get_next_link(), "prev": self.get_previous_link()}
        links = [f'<{self._path(link)}>; rel="{name}"' for name, link in pages.items() if link]
        return {"Link": ", ".join([*links, f'<{reverse("api-schema")}>; rel="service-desc"'])}

    def _path(self, link):
        # Bodies hold no host, and neither do the links of a page.
        return link and "/" + link.split("://", 1)[-1].split("/", 1)[-1]

    def envelope(self, bodies):
        return Page(
            bodies,
            self._path(self.get_next_link()),
            self._path(self.get_previous_link()),
            self.count,
        )

    def get_schema_operation_parameters(self, view):
        found = super().get_schema_operation_parameters(view)
        for one in found:
            if one["name"] == self.page_size_query_param:
                one["schema"] = WHOLE_NUMBER
        return found

    def get_paginated_response_schema(self, schema):
        link = {"type": ["string", "null"]}
        return {
            "type": "object",
            "required": ["next", "previous", "count", "results"],
            "properties": {
                "next": link,
                "previous": link,
                "count": {"type": "integer", "maximum": COUNTED},
                "results": schema,
            },
        }


ONE_BY_ONE = ("cursor", "page_size", "format", "fields", "after", "updated_since", "by")


class Public:
    """Read-only, GET alone, for everybody; what goes wrong is told in JSON whatever was asked."""

    http_method_names = ("get", "head", "options")
    content_negotiation_class = Negotiation
    throttle_classes = (Minute,)

    def initial(self, request, *args, **kwargs):
        for name in ONE_BY_ONE if request.method in ("GET", "HEAD") else ():  # else: 405
            given = request.query_params.getlist(name)
            if len(given) > 1:
                raise ValidationError({name: [_("Given more than once.")]})
            if given == [""]:
                raise ValidationError({name: [_("Given without a value.")]})
        super().initial(request, *args, **kwargs)

    def handle_exception(self, error):
        self.request.accepted_renderer = EditionJSONRenderer()
        self.request.accepted_media_type = EditionJSONRenderer.media_type
        return super().handle_exception(error)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if isinstance(response, Response):
            response.add_post_render_callback(_let_go)
        return response


def _let_go(response):
    """Undoes the ring that REST framework makes of view, request and answer.

    Else every answer stays in memory until the garbage collector looks at everything, which it does
    the more seldom the more a process has loaded: a copy in pages grew a worker by 0.3 MB a page.
    """
    context, response.renderer_context = response.renderer_context, {}
    context["request"].parser_context.clear()
    vars(context["view"]).clear()


class EditionViewSet(Stamped, Public, viewsets.GenericViewSet):
    """Current editions of one kind."""

    filter_backends = (APIFilterBackend,)
    pagination_class = NewestFirst
    lookup_field = "code"
    lookup_value_regex = CODE_PATTERN
    kinds = ()
    plural = ""  # in the address

    @property
    def filterset_class(self):
        return FILTERS[self.kinds[0]]

    def get_queryset(self):
        return Edition.objects.public(instant_asked(self.request.query_params)).of_kind(*self.kinds)

    def get_serializer_class(self):
        return READ[self.kinds[0]]

    def get_renderers(self):
        files = WHOLE if self.action in ("list", None) else ()  # None: a method not allowed, 405
        return [EditionJSONRenderer(), *(renderer() for renderer in files)]

    def get_throttles(self):
        file = self.action == "list" and self.request.accepted_renderer.format in FORMATS
        return [File()] if file else super().get_throttles()

    def list(self, request):
        queryset = self.filter_queryset(self.get_queryset())
        fields = fields_asked(request, *self.kinds)
        on = AS_OF.field.clean(request.query_params.get("as_of"))
        wanted = request.accepted_renderer.format
        if wanted != "json":
            _refuse_parameters(request, *PAGING, reason=_("A file holds every row."))
            return exports.answer(
                request, queryset, self.kinds, self.plural, wanted, on=on, fields=fields
            )
        rows = self.paginate_queryset(queryset)
        reader = Reader(on)
        bodies = [picked(reader.whole(row), fields) for row in rows]
        return Response(self.paginator.envelope(bodies), headers=self.paginator.links())

    def retrieve(self, request, code):
        allow_parameters(request, "fields")
        edition = self.public_edition(code)
        fields = fields_asked(request, *self.kinds)
        return Response(Body(picked(Reader().whole(edition), fields)))

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
        return Response(History(editions_of(self.public_edition(code))))


PAGING = ("cursor", "page_size")


def fields_asked(request, *kinds):
    """Keys of the body that `fields` asks for; None for all of them."""
    given = request.query_params.getlist("fields")
    if not given:
        return None
    known = {name for kind in kinds for name in READ[kind]().fields}
    asked = given[-1].split(",")
    wrong = [name for name in asked if name not in known]
    if wrong:
        said = _("Unknown field: %(name)s") % {"name": ", ".join(wrong)[:80]}
        raise ValidationError({"fields": [said]})
    return frozenset(asked)


def _refuse_parameters(request, *names, reason):
    for name in names:
        if name in request.query_params:
            raise ValidationError({name: [reason]})


def allow_parameters(request, *names):
    """Refuses every other parameter: a misspelt one must not be passed over."""
    for name in request.query_params:
        if name not in ("format", *names):
            raise ValidationError(
                {name[:40]: [_("Unknown parameter: %(name)s") % {"name": name[:40]}]}
            )


def filters_asked(request, filters):
    """What a short list is asked, as these fields read it; of a program, once and not empty."""
    allow_parameters(request, *filters().fields)
    for name, given in request.query_params.lists():
        if len(given) > 1:
            raise ValidationError({name: [_("Given more than once.")]})
    asked = filters(data=request.query_params.dict())
    asked.is_valid(raise_exception=True)
    return asked.validated_data


NAMES = {
    Kind.MEETING: ("meetings", "meeting"),
    Kind.REQUEST: ("requests", "request"),
    Kind.COMMITMENT: ("commitments", "commitment"),
    Kind.RECOMMENDATION: ("recommendations", "recommendation"),
    Kind.UPDATE: ("updates", "update"),
    Kind.REMARK: ("remarks", "remark"),
    Kind.SOURCE: ("sources", "source"),
    Kind.FIGURE: ("figures", "figure"),
}


WHOLE_NUMBER = {"type": "integer", "minimum": 1, "maximum": MOST}
PAGE_SIZE = OpenApiParameter("page_size", WHOLE_NUMBER, description="Rows of a page.")
CODE = OpenApiParameter(
    "code", {"type": "string", "pattern": f"^{CODE_PATTERN}$"}, OpenApiParameter.PATH
)
SLUG = OpenApiParameter(
    "slug", {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}, OpenApiParameter.PATH
)


def fields_of(*kinds):
    names = sorted({name for kind in kinds for name in READ[kind]().fields})
    keys = {"type": "string", "enum": names}
    return OpenApiParameter(
        "fields",
        {"type": "array", "items": keys, "minItems": 1, "uniqueItems": True},
        style="form",
        explode=False,
        description="Keys of the body to give, parted by commas: code,title,status",
    )


def files():
    """A list as a file; `format` chooses it."""
    said = {"type": "string"}
    return {(200, media_type.split(";")[0]): said for media_type, _write in FORMATS.values()}


def editions_shape(kind):
    name = NAMES[kind][1].title()
    edition = type(
        f"{name}Edition",
        (serializers.Serializer,),
        {
            "__doc__": "What the public could read from that moment on.",
            "__module__": __name__,
            "edition": serializers.IntegerField(),
            "published_at": serializers.DateTimeField(),
            "changed": serializers.ListField(
                child=serializers.CharField(),
                allow_null=True,
                help_text="Keys of the body that differ from the one before; null for the first.",
            ),
            "body": BODIES[kind](),
        },
    )
    return type(
        f"{name}Editions",
        (serializers.Serializer,),
        {
            "__doc__": "All editions of one record, oldest first.",
            "__module__": __name__,
            "count": serializers.IntegerField(),
            "results": edition(many=True),
        },
    )


def _edition_viewset(kind, plural, singular):
    shape = READ[kind]
    documented = extend_schema_view(
        list=extend_schema(
            operation_id=f"list_{plural}",
            summary=f"List {plural}",
            parameters=[fields_of(kind)],
            responses={200: shape(many=True), **files(), **problems(400, 406)},
        ),
        retrieve=extend_schema(
            operation_id=f"get_{singular}",
            summary=f"One {singular}",
            filters=False,
            parameters=[CODE, fields_of(kind)],
            responses={200: shape, **problems(400, 404, 406, 410)},
        ),
        editions=extend_schema(
            operation_id=f"list_{singular}_editions",
            summary=f"Every edition of one {singular}",
            filters=False,
            parameters=[CODE],
            responses={200: editions_shape(kind), **problems(400, 404, 406, 410)},
        ),
    )
    name = f"{kind.name.title()}ViewSet"
    return documented(
        type(
            name,
            (EditionViewSet,),
            {"kinds": (kind,), "plural": plural, "__doc__": f"Published {plural}."},
        )
    )


VIEWSETS = {plural: _edition_viewset(kind, plural, one) for kind, (plural, one) in NAMES.items()}


@extend_schema_view(
    list=extend_schema(
        operation_id="list_followups",
        summary="List requests, commitments and recommendations together",
        parameters=[fields_of(*FOLLOW_UPS)],
        responses={
            200: PolymorphicProxySerializer(
                component_name="FollowUp",
                serializers={kind.value: READ[kind] for kind in FOLLOW_UPS},
                resource_type_field_name="kind",
                many=True,
            ),
            **files(),
            **problems(400, 406),
        },
    ),
    retrieve=extend_schema(exclude=True),
    editions=extend_schema(exclude=True),
)
class FollowUpViewSet(EditionViewSet):
    """Requests, commitments and recommendations together, each in its own shape."""

    kinds, plural = FOLLOW_UPS, "followups"
    filterset_class = AnyFollowUpFilter


# -- reference data


class ProvinceShape(serializers.Serializer):
    slug = serializers.SlugField()
    code = serializers.CharField()
    name = serializers.CharField()
    full_name = serializers.CharField()
    name_en = serializers.CharField()
    kind = serializers.ChoiceField(choices=ProvinceKind.choices)
    established_on = serializers.DateField(allow_null=True)
    ceased_on = serializers.DateField(allow_null=True)
    legal_act = serializers.CharField()
    aliases = serializers.ListField(child=serializers.CharField())
    note = serializers.CharField()
    path = serializers.CharField()
    predecessors = serializers.ListField(child=serializers.CharField())
    current = Named(allow_null=True)


class OrganizationShape(serializers.Serializer):
    slug = serializers.SlugField()
    name = serializers.CharField()
    name_en = serializers.CharField()
    short_name = serializers.CharField()
    kind = serializers.ChoiceField(choices=OrganizationKind.choices)
    parent = serializers.CharField(allow_null=True)
    province = serializers.CharField(allow_null=True)
    ceased_on = serializers.DateField(allow_null=True)
    note = serializers.CharField()
    successors = serializers.ListField(child=serializers.DictField())


class OfficialShape(Named):
    pass


class TopicShape(serializers.Serializer):
    slug = serializers.SlugField()
    name = serializers.CharField()
    name_en = serializers.CharField()


class IndicatorShape(TopicShape):
    unit = serializers.CharField()
    better = serializers.CharField()
    note = serializers.CharField()


class OrganizationFilters(serializers.Serializer):
    kind = serializers.ChoiceField(choices=OrganizationKind.choices, required=False)


class Reference(Hashed, Public, APIView):
    """A short list, whole: no pages; as a file too."""

    shape = None
    filters = serializers.Serializer  # keys of a row, and what they can be asked to be
    model = None  # of rows whose addresses may change
    plural = ""  # in the address

    def get_renderers(self):
        known = super().get_renderers()
        return known[:1] if self.request and self.request.method == "OPTIONS" else known

    def get_throttles(self):
        is_file = self.request.accepted_renderer.format in FORMATS
        return [File()] if is_file else super().get_throttles()

    def listed(self, request):
        asked = filters_asked(request, self.filters)
        rows = [row for row in self.rows() if all(row[key] == asked[key] for key in asked)]
        results = self.shape(rows, many=True).data
        wanted = request.accepted_renderer.format
        if wanted == "json":
            return Response(
                {"next": None, "previous": None, "count": len(results), "results": results}
            )
        kind = ("Content-Type", FORMATS[wanted][0])
        response = Response(
            exports.Short(results, self.shape),
            headers={"Content-Disposition": exports.disposition(self.plural, wanted)},
            content_type=kind[1],
        )
        # REST framework takes it off an answer without a byte, as a list of no rows may be.
        response.add_post_render_callback(lambda rendered: rendered.headers.setdefault(*kind))
        return response

    def get(self, request, slug=None):
        if slug is None:
            return self.listed(request)
        allow_parameters(request)
        rows = self.rows()
        found = next((row for row in rows if row["slug"] == slug), None)
        if found is not None:
            return Response(self.shape(found).data)
        moved = self.model and self.model.objects.formerly(slug)
        if moved is None or moved.slug not in {row["slug"] for row in rows}:
            raise NotFound(_("There is nothing at this address."))
        return HttpResponsePermanentRedirect(
            reverse(request.resolver_match.view_name, args=[moved.slug]), preserve_request=True
        )


class ProvinceReference(Reference):
    shape, model = ProvinceShape, Province

    def rows(self):
        atlas = Atlas()
        units = sorted(atlas.units.values(), key=lambda unit: (unit.sort_key, unit.pk))
        return [self.row(unit, atlas) for unit in units]

    def row(self, unit, atlas):
        heir = atlas.heir(unit)
        row = {name: getattr(unit, name) for name in self.shape().fields if hasattr(unit, name)}
        return row | {
            "aliases": unit.aliases.split("\n") if unit.aliases else [],
            "path": f"/tinh/{unit.slug}/",
            "predecessors": [one.slug for one in atlas.predecessors(unit)],
            "current": heir and {"slug": heir.slug, "name": heir.name},
        }


class OrganizationReference(Reference):
    shape, model, filters = OrganizationShape, Organization, OrganizationFilters

    def rows(self):
        public = public_organizations()
        successions = OrganizationSuccession.objects.select_related("successor")
        rows = list(
            public.select_related("parent", "province").prefetch_related(
                Prefetch("successions", successions)
            )
        )
        known = {row.pk for row in rows}
        return [self.row(row, known) for row in rows]

    def row(self, row, known):
        return {
            "slug": row.slug,
            "name": row.name,
            "name_en": row.name_en,
            "short_name": row.short_name,
            "kind": row.kind,
            "parent": row.parent.slug if row.parent_id in known else None,
            "province": row.province and row.province.slug,
            "ceased_on": row.ceased_on,
            "note": row.note,
            "successors": [
                {
                    "slug": one.successor.slug,
                    "name": one.successor.name,
                    "field": one.field,
                    "effective_on": one.effective_on.isoformat(),
                    "legal_act": one.legal_act,
                }
                for one in row.successions.all()
            ],
        }


class OfficialReference(Reference):
    shape, model = OfficialShape, Official

    def rows(self):
        return [{"slug": row.slug, "name": row.full_name} for row in public_officials()]


class TopicReference(Reference):
    shape = TopicShape

    def rows(self):
        return list(Topic.objects.values("slug", "name", "name_en"))


class IndicatorReference(Reference):
    shape = IndicatorShape

    def rows(self):
        return list(Indicator.objects.values("slug", "name", "name_en", "unit", "better", "note"))


REFERENCES = {
    "provinces": ("province", ProvinceReference),
    "organizations": ("organization", OrganizationReference),
    "officials": ("official", OfficialReference),
    "topics": ("topic", TopicReference),
    "indicators": ("indicator", IndicatorReference),
}


MOVED = {308: OpenApiResponse(description="At another address now, or merged into it: `Location`.")}


def reference_views(plural):
    """The list and the detail of a reference, each documented by its own name."""
    singular, view = REFERENCES[plural]
    formats = (EditionJSONRenderer, *WHOLE)
    several = type(f"{view.__name__}List", (view,), {"plural": plural, "renderer_classes": formats})
    one = type(f"{view.__name__}Detail", (view,), {})
    listed = type(
        f"{view.shape.__name__}s",
        (serializers.Serializer,),
        {
            "__doc__": f"All {plural}, on one page.",
            "__module__": __name__,
            "next": serializers.CharField(allow_null=True),
            "previous": serializers.CharField(allow_null=True),
            "count": serializers.IntegerField(),
            "results": view.shape(many=True),
        },
    )
    several = extend_schema_view(
        get=extend_schema(
            operation_id=f"list_{plural}",
            summary=f"List {plural}",
            parameters=[view.filters] if view.filters().fields else [],
            responses={200: listed, **files(), **problems(400, 406)},
        )
    )(several)
    one = extend_schema_view(
        get=extend_schema(
            operation_id=f"get_{singular}",
            summary=f"One {singular}",
            parameters=[SLUG],
            responses={200: view.shape, **(MOVED if view.model else {}), **problems(400, 404, 406)},
        )
    )(one)
    return several.as_view(), one.as_view()


# -- the index and the lists of codes


@extend_schema(exclude=True)
class NotThere(Public, APIView):
    """Any other address below /api/."""

    def get(self, request):
        raise NotFound(_("There is nothing at this address."))


class Index(Hashed, Public, APIView):
    """What there is, by address."""

    @extend_schema(
        operation_id="index",
        summary="What there is",
        responses={
            200: {"type": "object", "additionalProperties": {"type": "string"}},
            **problems(400, 406),
        },
    )
    def get(self, request):
        allow_parameters(request)
        root = reverse("api-index")
        names = [*REFERENCES, *VIEWSETS, "followups", "changes", "stats", "choices"]
        return Response(
            {name: f"{root}{name}/" for name in names}
            | {"schema": reverse("api-schema"), "docs": reverse("api-docs")}
        )


CHOICES = {
    "kind": words.Kind,
    "status": words.FollowUpStatus,
    "deadline": words.Deadline,
    "strength": words.Strength,
    "answer": words.Answer,
    "source_type": words.SourceKind,
    "source_rank": words.SourceRank,
    "on_behalf_of": words.OnBehalfOf,
    "format": words.MeetingFormat,
    "state_of_it": words.MeetingState,
    "side": words.Side,
    "initiated_by": words.InitiatedBy,
    "role": words.Role,
    "voice": words.Voice,
    "basis": words.Basis,
    "update_answer": words.UpdateAnswer,
    "remark_type": words.RemarkKind,
    "province_kind": ProvinceKind,
    "succession_kind": SuccessionKind,
    "organization_kind": OrganizationKind,
}


class Choices(Hashed, Public, APIView):
    """Every code that a body can hold, with its label in both languages."""

    @extend_schema(
        operation_id="choices",
        summary="Codes with their labels in Vietnamese and English",
        responses={
            200: {
                "type": "object",
                "additionalProperties": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["code", "vi", "en"],
                        "properties": {
                            "code": {"type": ["string", "integer"]},
                            "vi": {"type": "string"},
                            "en": {"type": "string"},
                        },
                    },
                },
            },
            **problems(400, 406),
        },
    )
    def get(self, request):
        allow_parameters(request)
        found = {}
        for language in ("vi", "en"):
            with translation.override(language):
                for name, choices in CHOICES.items():
                    rows = found.setdefault(name, {})
                    for value, label in choices.choices:
                        rows.setdefault(value, {"code": value})[language] = str(label)
        return Response({name: list(rows.values()) for name, rows in found.items()})


class Schema(Hashed, Public, SpectacularJSONAPIView):
    """The description of this API, as OpenAPI 3.1; in English, whoever asks."""

    content_negotiation_class = DefaultContentNegotiation
    renderer_classes = (OpenApiJsonRenderer,)

    @extend_schema(exclude=True)
    def get(self, request, *args, **kwargs):
        allow_parameters(request)
        with translation.override("en"):
            response = super().get(request, *args, **kwargs)
        del response["Content-Disposition"]  # a page to look at, and its name is not ASCII
        return response


class Docs(Public, SpectacularSwaggerSplitView):
    """The same description to read and try, from files of our own."""

    url_name = "api-schema"
    template_name = "engagements/api_docs.html"

    @extend_schema(exclude=True)
    def get(self, request, *args, **kwargs):
        allow_parameters(request, "script")
        return super().get(request, *args, **kwargs)
