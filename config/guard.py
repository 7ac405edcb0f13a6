"""Middleware: 400 for malformed requests, and security headers on every response.

What no view should have to think of.
"""

import re
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.http import HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from engagements.api.problems import problem_response

from .errors import not_found

MAX_QUERY_BYTES = 4096
MAX_PARAMETERS = 60
CONTROL_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

OWN_404 = ("/admin/", "/static/")

SECURITY_HEADERS = {
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def is_text(quoted):
    """Whether a part of an address, as it was sent, is text without control characters."""
    try:
        return not CONTROL_CHARACTERS.search(
            unquote_to_bytes(quoted.replace("+", " ")).decode("utf-8")
        )
    except UnicodeDecodeError:
        return False


def unreadable(request):
    """Names of the parameters whose values are no text."""
    pairs = [pair.partition("=") for pair in request.META.get("QUERY_STRING", "").split("&")]
    return [name[:40] for name, _equals, value in pairs if is_text(name) and not is_text(value)]


class GuardMiddleware:
    """400 for a path or query that is no text or too long; some headers for every answer."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        refusal = self.refusal(request)
        if request.method == "TRACE" and not request.path.startswith("/api/"):  # it tells in JSON
            response = HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        else:
            response = self.refuse(request, refusal) if refusal else self.get_response(request)
        if settings.DEBUG and response.status_code == 404 and not request.path.startswith(OWN_404):
            # On one's own machine too: Django's page for developers helps no reader.
            response = not_found(request, None)
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        # The address alone tells the language, so caches need not keep one copy a browser.
        vary = [name for name in response.get("Vary", "").split(", ") if name != "Accept-Language"]
        response.headers["Vary"] = ", ".join(vary)
        if not response.headers["Vary"]:
            del response.headers["Vary"]
        if request.path.startswith("/api/"):
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    def refusal(self, request):
        """Why the request cannot be read; None if it can."""
        query = request.META.get("QUERY_STRING", "")
        if len(query) > MAX_QUERY_BYTES:
            return "long"
        if query.count("&") + query.count(";") >= MAX_PARAMETERS:
            return "many"
        try:
            text = unquote_to_bytes(query.replace("+", " ")).decode("utf-8")
        except UnicodeDecodeError:
            return "bytes"
        # Django keeps broken bytes of a path as %FF: such an address is nowhere, which is a 404.
        if CONTROL_CHARACTERS.search(text) or CONTROL_CHARACTERS.search(request.path_info):
            return "control"
        return None

    def refuse(self, request, reason):
        language = "en" if request.path_info.startswith("/en/") else "vi"
        with translation.override(language):
            message = {
                "long": _("The address is too long: at most 4,096 characters after the “?”."),
                "many": _("The address holds too many parameters."),
                "bytes": _("The address holds bytes that are no text."),
                "control": _("The address holds control characters."),
            }[reason]
            if request.path.startswith("/api/"):
                errors = {name: [message] for name in unreadable(request)}
                return problem_response(400, "invalid", message, errors)
            response = render(request, "400.html", {"reason": message}, status=400)
        response["Cache-Control"] = "no-store"
        return response
