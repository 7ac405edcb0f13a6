"""Limits against floods: so many an hour from one corner of the net, whose address is not kept."""

import ipaddress

from django.conf import settings
from django.core.cache import cache
from django.utils.crypto import salted_hmac

HOUR = 60 * 60
KEPT_BITS = {4: 24, 6: 48}  # one household or office, roughly


def client_address(request):
    """Who asks, as far as the proxies that we run ourselves can tell."""
    found = request.META.get("REMOTE_ADDR", "")
    if settings.NUM_PROXIES:
        passed = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        passed = [one.strip() for one in passed if one.strip()]
        if passed:
            found = passed[-min(settings.NUM_PROXIES, len(passed))]
    return found


def network(address):
    """The address cut to its network; one and the same for all that are no address."""
    try:
        ip = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return ""
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ipaddress.ip_network(f"{ip}/{KEPT_BITS[ip.version]}", strict=False))


def take(name, request, number):
    """Takes one of `number` places an hour; False if none is free.

    Where adding to the cache is one step, two at once get two places; in files two at the very same
    moment may get one, which a limit against floods can bear.
    """
    return take_for(name, network(client_address(request)), number)


def take_for(name, whom, number):
    """The same for one mail address or account, which the cache does not hold in the clear."""
    key = salted_hmac(__name__, f"{name} {whom}", algorithm="sha256").hexdigest()
    return any(cache.add(f"{name}-{key}-{place}", 1, HOUR) for place in range(number))
