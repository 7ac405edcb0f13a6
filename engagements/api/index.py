"""Index of the API, lists of codes, and unknown addresses below it."""

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.views import APIView

from engagements.edition.http import ContentETagMixin
from engagements.edition.references import CHOICES, REFERENCES

from .base import Public, allow_parameters, problem_responses
from .lists import VIEWSETS


@extend_schema(exclude=True)
class NotThere(Public, APIView):
    """Any other address below /api/."""

    def get(self, request):
        raise NotFound(_("There is nothing at this address."))


class Index(ContentETagMixin, Public, APIView):
    """What there is, by address."""

    @extend_schema(
        operation_id="index",
        summary="What there is",
        responses={
            200: {"type": "object", "additionalProperties": {"type": "string"}},
            **problem_responses(400, 406),
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


class ChoicesView(ContentETagMixin, Public, APIView):
    """Every code that a record can hold, with its label in both languages."""

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
            **problem_responses(400, 406),
        },
    )
    def get(self, request):
        allow_parameters(request)
        lists = {}
        for language in ("vi", "en"):
            with translation.override(language):
                for name, choices in CHOICES.items():
                    rows = lists.setdefault(name, {})
                    for value, label in choices.choices:
                        rows.setdefault(value, {"code": value})[language] = str(label)
        return Response({name: list(rows.values()) for name, rows in lists.items()})
