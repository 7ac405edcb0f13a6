"""HTTP client for other hosts, guarded against SSRF (server-side request forgery).

The one way by which the register asks another machine for something, or tells it something.

Only public web addresses are asked: the name is resolved once, every address that it has must be
public, and the connection goes to one of those very addresses, so that a name which answers
differently the next moment leads nowhere. Time, size and redirects have limits for the whole.
"""

import http.client
import ipaddress
import queue
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

SECONDS = 10  # for everything: names, redirects, the answer
MAX_BYTES = 1_000_000
DOCUMENT_BYTES = 5 * 1024 * 1024
REDIRECTS = 5
ADDRESSES_TRIED = 3  # of one name
PORTS = {"http": 80, "https": 443}
ALLOWED_PORTS = (80, 443, 8080, 8443)
REDIRECTING = (301, 302, 303, 307, 308)
# All that is given out of IPv6 for everybody to reach, and what is set aside in it for books.
GLOBAL = ipaddress.ip_network("2000::/3")
BOOKS = ipaddress.ip_network("3fff::/20")
NAT64 = ipaddress.ip_network("64:ff9b::/96")


# Why nothing was read, as it is raised below, in words of the desk.
REASONS = {
    "no answer about the name": _("nobody answers for the name of the host"),
    "the name is not known": _("the name of the host is not known"),
    "the name has no address": _("the name of the host has no address"),
    "no answer in time": _("no answer in time"),
    "redirects without end": _("it leads on without end"),
    "the certificate is not valid": _("the certificate is not valid"),
    "not a web address": _("it is not a web address"),
    "not a public address": _("it is not a public address"),
    "too large": _("what it answers is larger than 5 MB"),
    "not a document": _("it answers no page and no document that can be read"),
    "packed without being asked": _("it answers in a packed form that was not asked for"),
}


class Forbidden(Exception):
    """The address is none that the public could open: it is not asked."""


class Unreachable(Exception):
    """Nobody answered, or what answered was no answer."""


@dataclass
class Response:
    """What the last address in a row of redirects answered."""

    status: int
    url: str
    redirects: list = field(default_factory=list)  # (status, where it led)
    content: bytes = b""  # at most MAX_BYTES of it, or a document whole
    content_type: str = ""
    charset: str = ""  # as the header names it


# -- which addresses are asked


def is_public_ip(address):
    """Whether the IP address belongs to the net that everybody reaches."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if ip.version == 6:
        ip = _embedded_ipv4(ip) or ip
    if ip.version == 6 and (ip not in GLOBAL or ip in BOOKS):
        return False
    return ip.is_global and not ip.is_multicast


def _embedded_ipv4(ip):
    """The IPv4 address inside one of IPv6: that is what would be reached."""
    if ip in NAT64:
        return ipaddress.ip_address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


def may_connect(address, port):
    return port in ALLOWED_PORTS and is_public_ip(address)


def resolve(host, port, seconds):
    """DNS: every IP address of a name; the system's own limit may be longer than ours."""
    answers = queue.SimpleQueue()

    def ask():
        try:
            answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        rows = answers.get(timeout=seconds)
    except queue.Empty:
        raise Unreachable("no answer about the name") from None
    if isinstance(rows, Exception):
        raise Unreachable("the name is not known")
    return list(dict.fromkeys(row[4][0] for row in rows))


# -- a connection that keeps to one address and to the time left


class _DeadlineSocket:
    """A socket that waits for no byte longer than the time that is left for everything."""

    deadline = None

    def send(self, *args):
        self.settimeout(_seconds_left(self.deadline))
        return super().send(*args)

    def sendall(self, *args):
        self.settimeout(_seconds_left(self.deadline))
        return super().sendall(*args)

    def recv_into(self, *args, **kwargs):
        self.settimeout(_seconds_left(self.deadline))
        return super().recv_into(*args, **kwargs)


class _PlainSocket(_DeadlineSocket, socket.socket):
    pass


class _TLSSocket(_DeadlineSocket, ssl.SSLSocket):
    pass


def _seconds_left(deadline):
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("time is up")
    return seconds


def _connect_to_first(addresses, port, deadline):
    """The first that answers; each has its share of the time."""
    for left in range(len(addresses), 0, -1):
        try:
            return _connect(addresses[-left], port, deadline, _seconds_left(deadline) / left)
        except OSError:
            if left == 1:
                raise
    raise Unreachable("the name has no address")


def _connect(address, port, deadline, seconds):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    plain = _PlainSocket(family, socket.SOCK_STREAM)
    plain.deadline = deadline
    try:
        plain.settimeout(seconds)
        plain.connect((address, port))
        plain.settimeout(_seconds_left(deadline))
    except OSError:
        plain.close()
        raise
    return plain


def _encrypt(plain, host, context, deadline):
    context.sslsocket_class = _TLSSocket
    encrypted = context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
    encrypted.deadline = deadline
    try:
        encrypted.settimeout(_seconds_left(deadline))
        encrypted.do_handshake()
    except (OSError, ValueError):
        encrypted.close()
        raise
    return encrypted


# -- asking


def split_url(url):
    """(scheme, host, port, what to ask for) of a web address; Forbidden if it is none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Forbidden("not a web address") from None
    if parts.scheme not in PORTS or not host or parts.username is not None:
        raise Forbidden("not a web address")
    try:
        # Names in other scripts travel in ASCII, as browsers send them.
        host = host if ":" in host else host.encode("idna").decode("ascii")
    except UnicodeError:
        raise Forbidden("not a web address") from None
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=-._~")
    query = quote(parts.query, safe="/?%:@!$&'()*+,;=-._~")
    return parts.scheme, host, port or PORTS[parts.scheme], urlunsplit(("", "", path, query, ""))


class HTTPClient:
    """Asks web addresses; a test gives it other names, other rules and its own certificates."""

    def __init__(self, resolve=resolve, may_connect=may_connect, context=None, seconds=SECONDS):
        self.resolve, self.may_connect, self.seconds = resolve, may_connect, seconds
        self.context = context or ssl.create_default_context()

    def fetch(self, url, method="HEAD"):
        """The response after redirects, each of which is looked at like the first address."""
        return self._follow(url, method, _beginning)

    def download(self, url, content_types):
        """The same with the whole content, which has one of these types, or none is named.

        Raises Unreachable for other types and for what is larger than DOCUMENT_BYTES.
        """
        return self._follow(url, "GET", partial(_document, content_types))

    def _follow(self, url, method, read):
        deadline = time.monotonic() + self.seconds
        redirects = []
        while True:
            response, location = self._request(url, method, deadline, read)
            if location is None:
                response.redirects = redirects
                return response
            if len(redirects) == REDIRECTS:
                raise Unreachable("redirects without end")
            url = location
            redirects.append((response.status, url))

    def post(self, url, content, headers):
        """What was answered to these bytes; a redirect is an answer, and nothing of it is read."""
        deadline = time.monotonic() + self.seconds
        response, _location = self._request(url, "POST", deadline, None, content, headers)
        return response

    def ask(self, url, content, headers):
        """The same with what was answered, at most MAX_BYTES. Raises Unreachable for more."""
        deadline = time.monotonic() + self.seconds
        response, _location = self._request(url, "POST", deadline, _whole, content, headers)
        return response

    def _request(self, url, method, deadline, read, content=None, more_headers=None):
        scheme, host, port, path = split_url(url)
        try:
            connection = self._open(scheme, host, port, deadline)
            try:
                headers = {
                    "User-Agent": f"SatCanh (+{settings.SITE_URL})",
                    "Accept": "*/*",
                    "Connection": "close",
                } | (more_headers or {})
                connection.request(method, path, body=content, headers=headers)
                answer = connection.getresponse()
                if method == "POST":
                    told = read(answer) if read else b""
                    return Response(answer.status, url, content=told), None
                location = answer.headers.get("Location")
                if answer.status in REDIRECTING and location:
                    return Response(answer.status, url), _joined(url, location)
                response = Response(
                    answer.status,
                    url,
                    content=read(answer) if method != "HEAD" else b"",
                    content_type=answer.headers.get_content_type(),
                    charset=answer.headers.get_content_charset() or "",
                )
                return response, None
            finally:
                connection.close()
        except TimeoutError:
            raise Unreachable("no answer in time") from None
        except ssl.SSLCertVerificationError:
            raise Unreachable("the certificate is not valid") from None
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise Unreachable(type(error).__name__) from None

    def _open(self, scheme, host, port, deadline):
        addresses = self.resolve(host, port, _seconds_left(deadline))
        if not addresses or not all(self.may_connect(address, port) for address in addresses):
            raise Forbidden("not a public address")
        opened = _connect_to_first(addresses[:ADDRESSES_TRIED], port, deadline)
        if scheme == "https":
            opened = _encrypt(opened, host, self.context, deadline)
        # The connection is open already: the library resolves nothing and connects nowhere.
        connection = http.client.HTTPConnection(host, port)
        connection.default_port, connection.auto_open = PORTS[scheme], 0
        connection.sock = opened
        return connection


def _beginning(answer):
    return answer.read(MAX_BYTES)


def _whole(answer):
    content = answer.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise Unreachable("too large")
    return content


def _document(content_types, answer):
    """The whole content of an answer; nothing of one that says that there is none."""
    if answer.status >= 400:
        return b""
    if (
        answer.headers.get("Content-Type")
        and answer.headers.get_content_type() not in content_types
    ):
        raise Unreachable("not a document")
    if answer.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise Unreachable("packed without being asked")
    if (answer.length or 0) > DOCUMENT_BYTES:
        raise Unreachable("too large")
    content = answer.read(DOCUMENT_BYTES + 1)
    if len(content) > DOCUMENT_BYTES:
        raise Unreachable("too large")
    return content


def _joined(url, location):
    """Where a redirect leads; header bytes that are no ASCII are UTF-8 in practice."""
    try:
        location = location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        raise Forbidden("not a web address") from None
    try:
        return urljoin(url, location)
    except ValueError:
        raise Forbidden("not a web address") from None
