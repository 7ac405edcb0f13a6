"""Conditional GET, ETag and caching headers of what follows from editions.

An answer follows from the editions, the local day and the address alone, so an ETag made of
the three tells whether it changed, without reading what it would hold.
"""

import hashlib

from django.conf import settings
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.functional import cached_property
from django.utils.http import http_date

from engagements.deadlines import midnight

from .models import Edition

CACHE_CONTROL = "public, max-age=60"  # a withdrawn text is gone from every cache after a minute


class Validators:
    """ETag and Last-Modified of one request: newest edition, local day, address."""

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

    def not_modified(self):
        """304, unread, for a client that names the ETag of this answer; else None.

        Only what was answered well ever had that ETag. A day says less: see `put_on`.
        """
        named = self.request.headers.get("If-None-Match", "")
        if not named or "*" in named:
            return None
        return self.unless_changed(None)

    def unless_changed(self, response):
        """304 for a client that has this answer already; else the answer."""
        answer = get_conditional_response(self.request, self.etag, self.modified, response)
        return answer if answer is response or answer.status_code == 304 else response

    def put_on(self, response):
        if response.status_code == 200 and "If-Modified-Since" in self.request.headers:
            response = self.unless_changed(response)
        if response.status_code in (200, 304):
            set_cache_headers(response, self.etag, self.modified)
            patch_vary_headers(response, ["Accept"])
        return response


def set_cache_headers(response, etag, modified=None):
    """Tells caches what this answer is and how long it keeps; `modified` is a Unix time."""
    response["ETag"] = etag
    if modified is not None:
        response["Last-Modified"] = http_date(modified)
    response["Cache-Control"] = CACHE_CONTROL
    return response


def conditional(request, etag, modified, answer):
    """What `answer()` gives, or 304 for a client that has it; for what is no edition: files."""
    response = get_conditional_response(request, etag, modified) or answer()
    return set_cache_headers(response, etag, modified)


def content_etag(content):
    """An ETag of the answer's own bytes."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


class ConditionalGetMixin:
    """A view whose answer follows from editions: of the API, a feed, a calendar."""

    def dispatch(self, request, *args, **kwargs):
        if request.method not in ("GET", "HEAD"):
            return super().dispatch(request, *args, **kwargs)
        validators = Validators(request)
        return validators.put_on(
            validators.not_modified() or super().dispatch(request, *args, **kwargs)
        )


class ContentETagMixin:
    """A view of the API that shows reference data: short, so its own bytes tell if it changed."""

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code == 200 and request.method in ("GET", "HEAD"):
            response.add_post_render_callback(
                lambda rendered: _with_content_etag(request, rendered)
            )
        return response


def _with_content_etag(request, response):
    etag = content_etag(response.content)
    return get_conditional_response(request._request, etag, None, set_cache_headers(response, etag))
