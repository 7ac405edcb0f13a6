"""Error pages: 400, 404 and 500 for people, problem+json under /api/."""

from django.shortcuts import render
from django.utils.translation import gettext as _

from engagements.api.problems import problem_response


def bad_request(request, exception=None):
    return render(request, "400.html", status=400)


def not_found(request, exception=None):
    if request.path.startswith("/api/"):
        return problem_response(404, "not_found", _("There is nothing at this address."))
    return render(request, "404.html", status=404)


def server_error(request):
    """Without the database, which may be what failed."""
    return render(request, "500.html", status=500)
