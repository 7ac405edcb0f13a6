"""Base class of the API's views: GET alone, checked parameters, throttle, problem+json errors."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from engagements.edition.exports import FORMATS
from engagements.limits import AnswerThrottle

from .problems import PROBLEM_JSON, Problem
from .renderers import EditionJSONRenderer, Negotiation, media_type_of

PAGE_ROWS_MOST = 200  # rows of a page
CODE_PATTERN = "[A-Za-z0-9-]{1,120}"

# -- parameters as the description shows them

WHOLE_NUMBER = {"type": "integer", "minimum": 1, "maximum": PAGE_ROWS_MOST}
PAGE_SIZE_PARAMETER = OpenApiParameter("page_size", WHOLE_NUMBER, description="Rows of a page.")
NUMBER_PARAMETER = OpenApiParameter(
    "number", {"type": "integer", "minimum": 1, "maximum": 999_999}, OpenApiParameter.PATH
)
CODE_PARAMETER = OpenApiParameter(
    "code", {"type": "string", "pattern": f"^{CODE_PATTERN}$"}, OpenApiParameter.PATH
)
SLUG_PARAMETER = OpenApiParameter(
    "slug", {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}, OpenApiParameter.PATH
)


def problem_responses(*statuses):
    """Documents the one error shape for these statuses; every address may ask to wait."""
    return {
        304: OpenApiResponse(description="Not changed since the ETag or the day that was sent."),
        **{(status, PROBLEM_JSON): Problem for status in (*statuses, 429, 503)},
    }


def file_responses():
    """Documents a list as a file; `format` chooses it."""
    return {(200, media_type_of(name)): {"type": "string"} for name in FORMATS}


# -- parameters as requests bring them


def page_size(request, default):
    """How many rows a client wants on a page. Raises ValidationError."""
    text = request.query_params.get("page_size")
    if text is None:
        return default
    # int() reads digits of other scripts, spaces and underscores too.
    if text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= PAGE_ROWS_MOST:
        return int(text)
    raise ValidationError(
        {"page_size": [_("A whole number from 1 to %(most)s.") % {"most": PAGE_ROWS_MOST}]}
    )


def allow_parameters(request, *names):
    """Refuses every other parameter: a misspelt one must not be passed over."""
    for name in request.query_params:
        if name not in ("format", *names):
            raise ValidationError(
                {name[:40]: [_("Unknown parameter: %(name)s") % {"name": name[:40]}]}
            )


def refuse_parameters(request, *names, reason):
    for name in names:
        if name in request.query_params:
            raise ValidationError({name: [reason]})


# -- views

SINGLE_PARAMETERS = ("cursor", "page_size", "format", "fields", "after", "updated_since", "by")


class Public:
    """Read-only, GET alone, for everybody; errors are JSON whatever was asked."""

    http_method_names = ("get", "head", "options")
    content_negotiation_class = Negotiation
    throttle_classes = (AnswerThrottle,)

    def initial(self, request, *args, **kwargs):
        for name in SINGLE_PARAMETERS if request.method in ("GET", "HEAD") else ():  # else: 405
            values = request.query_params.getlist(name)
            if len(values) > 1:
                raise ValidationError({name: [_("Given more than once.")]})
            if values == [""]:
                raise ValidationError({name: [_("Given without a value.")]})
        super().initial(request, *args, **kwargs)

    def handle_exception(self, error):
        self.request.accepted_renderer = EditionJSONRenderer()
        self.request.accepted_media_type = EditionJSONRenderer.media_type
        return super().handle_exception(error)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if isinstance(response, Response):
            response.add_post_render_callback(_break_reference_cycle)
        return response


def _break_reference_cycle(response):
    """Frees an answer when it is sent: REST framework makes a cycle of view, request and response.

    Else every answer stays in memory until the garbage collector looks at everything, which it does
    the more seldom the more a process has loaded: a copy in pages grew a worker by 0.3 MB a page.
    """
    context, response.renderer_context = response.renderer_context, {}
    context["request"].parser_context.clear()
    vars(context["view"]).clear()
