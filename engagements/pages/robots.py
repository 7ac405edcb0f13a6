"""robots.txt and security.txt (RFC 9116)."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone

STARTED = timezone.now()  # of this process


def text_response(lines):
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


def robots(request):
    sitemap = request.build_absolute_uri(reverse("sitemap-index"))
    return text_response(["User-agent: *", "Disallow: /admin/", "", f"Sitemap: {sitemap}"])


def security(request):
    """RFC 9116, where somebody is named to write to; without that, nothing is made up."""
    contact = " ".join(settings.SECURITY_CONTACT.split())
    if not contact:
        raise Http404
    if "@" in contact and ":" not in contact:
        contact = f"mailto:{contact}"
    expires = (STARTED + timedelta(days=365)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return text_response(
        [
            f"Contact: {contact}",
            f"Expires: {expires}",
            "Preferred-Languages: vi, en",
            f"Canonical: {request.build_absolute_uri(request.path)}",
        ]
    )
