"""OpenAPI 3.1 description of the API, and its documentation page (Swagger UI)."""

from django.utils import translation
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.negotiation import DefaultContentNegotiation

from engagements.edition.http import ContentETagMixin

from .base import Public, allow_parameters


class Schema(ContentETagMixin, Public, SpectacularJSONAPIView):
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
