"""Throttles against floods: of answers and files, of forms; whose address counts; the answer 429.

Answers and files are counted a minute for one address, in `caches["limits"]`. Forms are counted an
hour for one network, in the cache that all workers of a machine share, where no address stands.
Names no model.
"""

import ipaddress
import math

from django.conf import settings
from django.core.cache import cache, caches
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from rest_framework.throttling import SimpleRateThrottle

HOUR = 60 * 60
# Bits of an address that are looked at, by version of IP.
CUSTOMER = {4: 32, 6: 64}  # one customer has a /64 of IPv6
NETWORK = {4: 24, 6: 48}  # one household or office, roughly


def client_address(request):
    """Who asks, as far as the proxies that we run ourselves can tell."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.NUM_PROXIES:
        passed = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        passed = [address.strip() for address in passed if address.strip()]
        if passed:
            address = passed[-min(settings.NUM_PROXIES, len(passed))]
    return address


def network(address, bits=NETWORK):
    """The address cut to so many bits; one and the same for all that are no address."""
    try:
        ip = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return ""
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ipaddress.ip_network(f"{ip}/{bits[ip.version]}", strict=False))


class RateThrottle(SimpleRateThrottle):
    """So many requests of one address as settings.API_RATES says, of the API and of files."""

    cache = property(lambda self: caches["limits"])

    def get_rate(self):
        return settings.API_RATES[self.scope]

    def get_cache_key(self, request, view):
        address = network(client_address(request), CUSTOMER)
        return self.cache_format % {"scope": self.scope, "ident": address}


class AnswerThrottle(RateThrottle):
    scope = "answers"


class FileThrottle(RateThrottle):
    scope = "files"


class FormThrottle:
    """So many forms an hour from one network; a form that is not valid takes none of them."""

    def __init__(self, name, an_hour):
        self.name, self.an_hour = name, an_hour

    def allow_request(self, request, view=None):
        return self.allow(network(client_address(request)))

    def allow(self, whom):
        """The same for one e-mail address, which the cache does not hold in the clear.

        Where adding to the cache is one step, two at once count as two; in files two at the very
        same moment may count as one, which a limit against floods can bear.
        """
        key = salted_hmac(__name__, f"{self.name} {whom}", algorithm="sha256").hexdigest()
        keys = (f"{self.name}-{key}-{number}" for number in range(self.an_hour))
        return any(cache.add(key, 1, HOUR) for key in keys)

    def wait(self):
        return HOUR  # at most


class Pause:
    """So many seconds between two requests of one account, which ask other hosts for something."""

    def __init__(self, name, seconds):
        self.name, self.seconds = name, seconds

    def is_over(self, user):
        """Whether that account may ask; then the next pause begins."""
        return cache.add(f"pause-{self.name}-{user.pk}", 1, self.seconds)


def too_many(response, throttle):
    """That page as a 429, which says after how many seconds to ask again."""
    response.status_code = 429
    response["Retry-After"] = str(math.ceil(throttle.wait() or 60))
    return response


def too_many_files(request, throttle):
    """The page of a 429 for who fetches too many files; None for everybody else."""
    if throttle.allow_request(request, None):
        return None
    reason = _("Too many files in a short time. Wait a minute and try again.")
    return too_many(render(request, "400.html", {"reason": reason}), throttle)
