"""Error pages: 400, 404, 500 and 503 for people, problem+json under /api/."""

import logging
import sys

from django.db import Error
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engagements.api.problems import problem_response
from engagements.outages import ask_again, is_unavailable, sent_fields
from engagements.slots import NoSlotLeft

logger = logging.getLogger(__name__)

DATABASE_AWAY = gettext_lazy(
    "Its database is busy or away for a moment. Nothing that is published is lost."
    " Please try again in a minute."
)
FILES_TAKEN = gettext_lazy(
    "As many files are being sent as may be at once. Pages are served meanwhile."
    " Please try again in a minute."
)


def bad_request(request, exception=None):
    return render(request, "400.html", status=400)


def not_found(request, exception=None):
    if request.path.startswith("/api/"):
        return problem_response(404, "not_found", _("There is nothing at this address."))
    return render(request, "404.html", status=404)


def server_error(request):
    """Without the database, which may be what failed."""
    error = sys.exc_info()[1]  # the one that Django is answering
    if isinstance(error, Error) and is_unavailable(error):  # of a middleware: a session not saved
        return unavailable(request, error)
    if request.path.startswith("/api/"):
        return problem_response(500, "error", _("Something failed on our side"))
    return render(request, "500.html", status=500)


class UnavailableMiddleware:
    """503 in place of the 500 when the database is busy or away, or too many files are sent."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, error):
        if isinstance(error, NoSlotLeft):
            return no_answer_yet(request, FILES_TAKEN)
        if isinstance(error, Error) and is_unavailable(error):
            return unavailable(request, error)
        return None


def unavailable(request, error):
    """The 503 of a database that is busy or away, without asking it anything."""
    logger.error("Database unavailable: %s: %s", type(error).__name__, error)
    return no_answer_yet(request, DATABASE_AWAY)


def no_answer_yet(request, reason):
    """503 in the shape and language of the address; what a form sent stands in the page."""
    if request.path.startswith("/api/"):
        with translation.override(translation.get_language_from_request(request)):
            return ask_again(problem_response(503, "unavailable", reason))
    fields = sent_fields(request)
    context = {
        "reason": reason,
        "is_sent": request.method == "POST",
        "fields": fields,
        "is_whole": bool(fields) and not request.FILES,
    }
    return ask_again(render(request, "503.html", context))
