"""Papers from web addresses: a server of our own answers, well and badly."""

import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import translation

from engagements import outgoing
from engagements.limits import Pause
from engagements.outgoing import HTTPClient
from engagements.reading import fetching
from engagements.reading.fetching import read_address
from engagements.reading.refusals import Unreadable

from .files import docx, lines_at, paragraph, pdf
from .test_web import ASKED, SAID, SAPO, article, as_windows_1258

HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGE = article(SAPO, ASKED, SAID)
OLD_PAGE = f"<html><body><p>{SAPO}</p><p>{ASKED}</p><p>{SAID}</p></body></html>"
BINARY = {"Content-Type": "application/octet-stream"}
LARGE = b"a" * (outgoing.DOCUMENT_BYTES + 1)
ANSWERS = {
    "/page": (200, HTML, PAGE),
    "/old": (200, {"Content-Type": "text/html; charset=windows-1258"}, as_windows_1258(OLD_PAGE)),
    "/pdf": (200, {"Content-Type": "application/pdf"}, pdf(lines_at(80, 700, SAPO, step=40))),
    "/file": (200, BINARY, docx(paragraph(SAPO))),
    "/untyped": (200, {}, SAPO.encode()),
    "/moved": (301, {"Location": "/page"}, b""),
    "/inside": (302, {"Location": "http://noi-bo.example.vn/"}, b""),
    "/gone": (404, HTML, PAGE),
    "/picture": (200, {"Content-Type": "image/png"}, b"\x89PNG"),
    "/packed": (200, HTML | {"Content-Encoding": "gzip"}, b"\x1f\x8b"),
    "/large": (200, HTML | {"Content-Length": str(len(LARGE))}, b""),
    "/endless": (200, HTML | {"Content-Length": None}, LARGE),
    "/program": (200, BINARY, b"MZ\x00\x01" * 99),
}


class Site(BaseHTTPRequestHandler):
    asked = []

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.asked.append(dict(self.headers))
        status, headers, content = ANSWERS[self.path]
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(content))} | headers).items():
            if value is not None:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture(scope="module")
def port():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads, server.handle_error = True, lambda *args: None
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture
def read(port):
    def resolve(host, port, seconds):
        return ["10.0.0.1"] if host.startswith("noi-bo") else ["127.0.0.1"]

    http = HTTPClient(resolve=resolve, may_connect=lambda address, port: address == "127.0.0.1")
    return lambda path: read_address(f"http://bao-b.example.vn:{port}{path}", http)


@pytest.mark.parametrize("path", ["/page", "/old", "/pdf", "/file", "/untyped", "/moved"])
def test_what_can_be_read_is_a_paper(read, port, path, monkeypatch):
    day = date(2026, 11, 30)
    monkeypatch.setattr(fetching.timezone, "localdate", lambda: day)
    paper = read(path)
    assert SAPO in paper.paragraphs
    assert paper.says.accessed_on == day
    named = "https://bao-b.example.vn/a.html" if path in ("/page", "/moved") else None
    assert paper.says.url == (named or f"http://bao-b.example.vn:{port}{path}")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/inside", "it is not a public address"),
        ("/gone", "the site answers with the error 404"),
        ("/picture", "it answers no page and no document that can be read"),
        ("/packed", "it answers in a packed form that was not asked for"),
        ("/large", "what it answers is larger than 5 MB"),
        ("/endless", "what it answers is larger than 5 MB"),
        ("/program", "Only .docx, .pdf, .html and .txt can be read here"),
    ],
)
def test_what_cannot_be_read_is_told(read, path, told):
    with translation.override("en"):
        with pytest.raises(Unreadable) as refused:
            read(path)
        assert told in refused.value.messages[0]


def test_one_address_at_a_time_holds_a_thread(read):
    with fetching.AT_ONCE, pytest.raises(Unreadable) as refused:
        read("/page")
    assert refused.value.code == "busy"
    assert read("/page")


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://169.254.169.254/latest/", "file:///etc/passwd", "bao-b", ""],
)
def test_what_is_no_public_address_is_never_asked(url, monkeypatch):
    def connected(*args):
        raise AssertionError("it was connected to")

    monkeypatch.setattr(outgoing, "_connect", connected)
    with pytest.raises(Unreadable):
        read_address(url)


def test_a_document_is_asked_for_as_it_is(read):
    Site.asked.clear()
    read("/page")
    assert [headers["Accept-Encoding"] for headers in Site.asked] == ["identity"]
    assert not {"Cookie", "Authorization", "Referer"} & set(Site.asked[0])


class Account:
    def __init__(self, pk):
        self.pk = pk


def test_one_account_pauses_between_two_requests():
    pause = Pause("test-of-fetching", 10)
    an, binh = Account(1), Account(2)
    assert [pause.is_over(an), pause.is_over(an), pause.is_over(binh)] == [True, False, True]
