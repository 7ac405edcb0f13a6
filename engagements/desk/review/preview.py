"""Preview of a public page: what it answers to somebody who is not known here."""

from io import BytesIO

from django.contrib.auth.models import AnonymousUser
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.urls import resolve
from django.utils import translation

CONNECTION = ("SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "HTTP_HOST", "SCRIPT_NAME")
CONNECTION += ("REMOTE_ADDR", "wsgi.url_scheme", "HTTP_X_FORWARDED_PROTO")


def as_the_public(request, address, back):
    """The answer of the public page at that address, with the way back to the review."""
    environ = {name: request.META[name] for name in CONNECTION if name in request.META}
    environ |= {"REQUEST_METHOD": "GET", "PATH_INFO": address, "wsgi.input": BytesIO()}
    asked = WSGIRequest(environ)
    asked.user = AnonymousUser()
    asked.preview_of = back
    with translation.override("vi"):
        asked.resolver_match = match = resolve(address)
        response = match.func(asked, *match.args, **match.kwargs)
        if hasattr(response, "render"):
            response.render()
    shown = HttpResponse(response.content, content_type=response["Content-Type"])
    shown["X-Robots-Tag"] = "noindex"
    return shown
