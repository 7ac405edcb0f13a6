"""Conditional GET, ETag and caching headers of what follows from editions; throttles of the API.

An answer follows from the editions, the local day and the address alone, so a stamp of the three
tells whether it changed, without reading what it would hold.
"""

import hashlib
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.core.cache import caches
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.functional import cached_property
from django.utils.http import http_date
from rest_framework.throttling import AnonRateThrottle

from engagements.deadlines import midnight

from .models import Edition

KEPT = "public, max-age=60"  # a withdrawn text is gone from every cache after a minute


class Stamp:
    """Number and instant of the newest edition, and the day, for one request."""

    def __init__(self, request):
        self.request = request

    @cached_property
    def last(self):
        return Edition.objects.last_act()

    @cached_property
    def etag(self):
        sequence = self.last["sequence"] if self.last else 0
        accept = self.request.META.get("HTTP_ACCEPT", "")
        parts = (
            settings.RELEASE, sequence, timezone.localdate(), self.request.get_full_path(), accept,
        )  # fmt: skip
        digest = hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()
        return f'"{sequence}-{digest[:16]}"'

    @property
    def modified(self):
        """When the answer changed last: a new day changes what depends on today."""
        today = midnight(timezone.localdate())
        return int(max(today, self.last["published_at"] if self.last else today).timestamp())

    def known(self):
        """304, unread, for a client that names the stamp of this answer; else None.

        Only what was answered well ever had that stamp. A day says less: see `put_on`.
        """
        given = self.request.headers.get("If-None-Match", "")
        if not given or "*" in given:
            return None
        return self.unless_changed(None)

    def unless_changed(self, response):
        """304 for a client that has this answer already; else the answer."""
        told = get_conditional_response(self.request, self.etag, self.modified, response)
        return told if told is response or told.status_code == 304 else response

    def put_on(self, response):
        if response.status_code == 200 and "If-Modified-Since" in self.request.headers:
            response = self.unless_changed(response)
        if response.status_code in (200, 304):
            cached(response, self.etag, self.modified)
            patch_vary_headers(response, ["Accept"])
        return response


def cached(response, etag, modified=None):
    """Tells caches what this answer is and how long it keeps; `modified` is a Unix time."""
    response["ETag"] = etag
    if modified is not None:
        response["Last-Modified"] = http_date(modified)
    response["Cache-Control"] = KEPT
    return response


def conditional(request, etag, modified, answer):
    """What `answer()` gives, or 304 for a client that has it; for what is no edition: files."""
    response = get_conditional_response(request, etag, modified) or answer()
    return cached(response, etag, modified)


def digest_of(content):
    """An ETag of the answer's own bytes."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


class Stamped:
    """A view whose answer follows from editions: of the API, a feed, a calendar."""

    def dispatch(self, request, *args, **kwargs):
        if request.method not in ("GET", "HEAD"):
            return super().dispatch(request, *args, **kwargs)
        stamp = Stamp(request)
        return stamp.put_on(stamp.known() or super().dispatch(request, *args, **kwargs))


class Hashed:
    """A view of the API that shows reference data: short, so its own bytes tell if it changed."""

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code == 200 and request.method in ("GET", "HEAD"):
            response.add_post_render_callback(lambda rendered: _hashed(request, rendered))
        return response


def _hashed(request, response):
    etag = digest_of(response.content)
    return get_conditional_response(request._request, etag, None, cached(response, etag))


def network(address):
    """Whom a limit counts: an IPv4 address, or the /64 that one customer has of IPv6."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return found if found.version == 4 else ip_network((found, 64), strict=False)


class _Limit(AnonRateThrottle):
    """So many questions of one address; counted where all workers see, if there is such a place."""

    cache = property(lambda self: caches["limits"])

    def get_rate(self):
        return settings.API_RATES[self.scope]

    def get_cache_key(self, request, view):
        asker = network(self.get_ident(request))
        return self.cache_format % {"scope": self.scope, "ident": asker}


class Minute(_Limit):
    scope = "answers"


class File(_Limit):
    scope = "files"
