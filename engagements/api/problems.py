"""Problem details (RFC 9457, problem+json): one shape for every error of the API."""

from http import HTTPStatus

from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.views import exception_handler

PROBLEM_JSON = "application/problem+json"


class Gone(APIException):
    """A record that was withdrawn: its address says so, and nothing more."""

    status_code = HTTPStatus.GONE

    def __init__(self):
        super().__init__(_("This record was withdrawn."), code="gone")


class Problem(serializers.Serializer):
    """What went wrong, in one shape whatever it was."""

    type = serializers.CharField(help_text="A word for programs: invalid, not_found, gone…")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text="Messages by parameter; `*` for those of none.",
    )


def problem(status, kind, detail, errors=None):
    """A problem as it is written."""
    title = HTTPStatus(status).phrase
    return {
        "type": kind,
        "title": title,
        "status": int(status),
        "detail": str(detail),
        "errors": errors or {},
    }


def problem_response(status, kind, detail, errors=None):
    """A problem from outside the API's views: the guard, an unknown address."""
    response = JsonResponse(
        problem(status, kind, detail, errors),
        status=status,
        content_type=PROBLEM_JSON,
        json_dumps_params={"ensure_ascii": False},
    )
    response["Cache-Control"] = "no-store"
    return response


def _details(error, context):
    if isinstance(error, Http404):
        return "not_found", _("There is nothing at this address."), {}
    if isinstance(error, PermissionDenied):
        return "forbidden", _("This is not allowed."), {}
    detail = getattr(error, "detail", None)
    if isinstance(detail, dict):
        errors = {
            "*" if name in ("__all__", "non_field_errors") else name: list(map(str, messages))
            for name, messages in detail.items()
        }
        return "invalid", _("A parameter cannot be understood."), errors
    if isinstance(detail, list):
        return "invalid", " ".join(str(message) for message in detail), {}
    return getattr(detail, "code", "error"), detail or "", {}


def problem_details(error, context):
    """DRF's exception handler; anything it doesn't know goes on and becomes a 500."""
    response = exception_handler(error, context)
    if response is None:
        return None
    kind, detail, errors = _details(error, context)
    response.data = problem(response.status_code, kind, detail, errors)
    response.content_type = PROBLEM_JSON
    response["Cache-Control"] = "no-store"
    return response
