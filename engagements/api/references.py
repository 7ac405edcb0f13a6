"""Reference lists in the API (provinces, organizations, topics…): whole, as JSON and as files."""

from django.http import HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import (
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
    inline_serializer,
)
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from engagements.edition import exports
from engagements.edition.exports import FORMATS
from engagements.edition.http import ContentETagMixin
from engagements.limits import FileThrottle

from .base import SLUG_PARAMETER, Public, allow_parameters, file_responses, problem_responses
from .renderers import FILE_RENDERERS, EditionJSONRenderer


def filters_asked(request, filters):
    """The filters of a short list, as a serializer reads them; each given once and not empty."""
    allow_parameters(request, *filters().fields)
    for name, values in request.query_params.lists():
        if len(values) > 1:
            raise ValidationError({name: [_("Given more than once.")]})
    asked = filters(data=request.query_params.dict())
    asked.is_valid(raise_exception=True)
    return asked.validated_data


class ReferenceView(ContentETagMixin, Public, APIView):
    """A reference list or one of its rows."""

    reference = None  # a ReferenceList, given with the address

    def get_renderers(self):
        known = super().get_renderers()
        return known[:1] if self.request and self.request.method == "OPTIONS" else known

    def get_throttles(self):
        is_file = self.request.accepted_renderer.format in FORMATS
        return [FileThrottle()] if is_file else super().get_throttles()

    def listed(self, request):
        asked = filters_asked(request, self.reference.filters)
        rows = [
            row for row in self.reference.rows() if all(row[key] == asked[key] for key in asked)
        ]
        results = self.reference.shape(rows, many=True).data
        wanted = request.accepted_renderer.format
        if wanted == "json":
            return Response(
                {"next": None, "previous": None, "count": len(results), "results": results}
            )
        content_type = FORMATS[wanted][0]
        response = Response(
            exports.ShortList(results, self.reference.shape),
            headers={"Content-Disposition": exports.disposition(self.reference.plural, wanted)},
            content_type=content_type,
        )
        # REST framework takes it off an answer without a byte, as a list of no rows may be.
        response.add_post_render_callback(
            lambda rendered: rendered.headers.setdefault("Content-Type", content_type)
        )
        return response

    def get(self, request, slug=None):
        if slug is None:
            return self.listed(request)
        allow_parameters(request)
        by_slug = {row["slug"]: row for row in self.reference.rows()}
        if slug in by_slug:
            return Response(self.reference.shape(by_slug[slug]).data)
        model = self.reference.model
        moved = model and model.objects.formerly(slug)
        if moved is None or moved.slug not in by_slug:
            raise NotFound(_("There is nothing at this address."))
        return HttpResponsePermanentRedirect(
            reverse(request.resolver_match.view_name, args=[moved.slug]), preserve_request=True
        )


MOVED = {308: OpenApiResponse(description="At another address now, or merged into it: `Location`.")}


def list_view(listed):
    """The view of a ReferenceList, documented by its own names."""
    page = inline_serializer(
        f"{listed.shape.__name__}s",
        {
            "next": serializers.CharField(allow_null=True),
            "previous": serializers.CharField(allow_null=True),
            "count": serializers.IntegerField(),
            "results": listed.shape(many=True),
        },
    )

    @extend_schema_view(
        get=extend_schema(
            operation_id=f"list_{listed.plural}",
            summary=f"List {listed.plural}",
            parameters=[listed.filters] if listed.filters().fields else [],
            responses={200: page, **file_responses(), **problem_responses(400, 406)},
        )
    )
    class ReferenceListView(ReferenceView):
        """A short list, whole: no pages; as a file too."""

        reference = listed()
        renderer_classes = (EditionJSONRenderer, *FILE_RENDERERS)

    return ReferenceListView.as_view()


def detail_view(listed):
    """The view of one row of a ReferenceList; 308 where it has another address now."""

    @extend_schema_view(
        get=extend_schema(
            operation_id=f"get_{listed.singular}",
            summary=f"One {listed.singular}",
            parameters=[SLUG_PARAMETER],
            responses={
                200: listed.shape,
                **(MOVED if listed.model else {}),
                **problem_responses(400, 404, 406),
            },
        )
    )
    class ReferenceDetailView(ReferenceView):
        """One row of a reference list."""

        reference = listed()

    return ReferenceDetailView.as_view()
