"""Asking the addresses of sources: what an answer means, how politely, and where never."""

import re
import socket
import ssl
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.text import capfirst

from engagements import outgoing
from engagements.desk.links import REASONS
from engagements.management.commands import check_links
from engagements.management.commands.check_links import Checker, due, one_host_after_another
from engagements.models import LinkCheck, Source
from engagements.outgoing import (
    Forbidden,
    HTTPClient,
    Response,
    Unreachable,
    is_public_ip,
    may_connect,
    split_url,
)
from engagements.publication.publishing import withdraw
from tests.desk import address, opened
from tests.factories import edited, make_link_check, make_source, make_user, published, publisher

# -- a web server of our own


class Site(BaseHTTPRequestHandler):
    """Answers as its path says: /200, /404, /302?where, /hangs, /drips, /big …"""

    protocol_version = "HTTP/1.1"
    asked = []

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.asked.append((self.command, self.path, dict(self.headers)))
        path, _mark, where = self.path.partition("?")
        what = path.strip("/")
        if what == "hangs":
            time.sleep(2)
        elif what == "drips":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for _letter in range(30):
                time.sleep(0.1)
                self.wfile.write(b"X: y\r\n")
        elif what == "noise":
            self.wfile.write(b"\x00\xff" * 50 + b"\r\n\r\n")
        elif what == "big":
            self._say(200, b"x" * 3_000_000)
        elif what == "loop":
            self._lead(302, "/loop")
        elif what == "no-head":
            self._say(405 if self.command == "HEAD" else 200)
        elif what.isdigit() and what.startswith("3"):
            self._lead(int(what), where)
        else:
            self._say(int(what) if what.isdigit() else 200)

    do_HEAD = do_GET

    def _lead(self, status, where):
        self.send_response(status)
        self.send_header("Location", where)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _say(self, status, body=b"ok"):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@pytest.fixture(scope="module")
def port():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads, server.handle_error = True, lambda *args: None
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture
def asked():
    Site.asked.clear()
    return Site.asked


def here(host, port, seconds):
    """Every name is this machine, as a test's names are."""
    return ["127.0.0.1"]


def anybody(address, port):
    return True


@pytest.fixture
def http():
    return HTTPClient(resolve=here, may_connect=anybody, seconds=1)


# -- what is asked at all

REFUSED = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1",
    "169.254.169.254", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1", "2001:db8::1",
    "::ffff:7f00:1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b::a00:1", "64:ff9b:1::7f00:1", "2002:7f00:1::", "2002:a00:1::1",
    "2002:c0a8:101::", "::127.0.0.1", "::10.0.0.1", "::8.8.8.8", "::ffff:0:127.0.0.1",
    "::ffff:0:10.0.0.1", "fec0::1", "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:0:7f00:1::1",
    "3fff::1", "4000::1", "100::1",
]  # fmt: skip


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_that_is_not_public_is_refused(address):
    assert is_public_ip(address) is False
    with pytest.raises(Forbidden):
        HTTPClient(resolve=lambda *args: [address]).fetch("http://example.vn/")


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "203.162.0.1",
        "2001:4860:4860::8888",
        "::ffff:8.8.8.8",
        "2002:808:808::",
        "64:ff9b::808:808",
    ],
)
def test_a_public_address_is_asked(address):
    assert is_public_ip(address) is True
    assert may_connect(address, 443)
    assert not may_connect(address, 22)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:7f00:1]/",
        "http://0x7f.1/",
        "http://2130706433/",
        "http://017700000001/",
        "http://127.1/",
        "http://0/",
        "http://localhost/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1:8080/",
        "https://192.168.0.1/",
        "file:///etc/passwd",
        "gopher://example.vn/",
        "ftp://example.vn/",
        "javascript:alert(1)",
        "//example.vn/",
        "http://",
        "http:///a",
        "http://example.vn:99999/",
        "http://example.vn:x/",
        "http://ai:mat-khau@example.vn/",
        "http://[broken/",
        "http://" + "a" * 300 + ".vn/",
        "",
    ],
)
def test_what_is_no_public_web_address_is_never_asked(url, monkeypatch):
    """The system's own resolver reads the odd spellings of this machine; nothing is connected."""

    def connected(*args):
        raise AssertionError("it was connected to")

    monkeypatch.setattr(outgoing, "_connect", connected)
    with pytest.raises(Forbidden):
        HTTPClient().fetch(url)


def test_one_private_address_of_a_name_is_enough_to_refuse_it(monkeypatch):
    http = HTTPClient(resolve=lambda *args: ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(Forbidden):
        http.fetch("http://example.vn/")


def test_a_name_is_resolved_once_and_that_address_is_asked(port, asked):
    """A name that answers public, then private, leads nowhere: nobody asks for it again."""
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    looked_up = []

    def resolve(host, number, seconds):
        looked_up.append(host)
        return next(answers)

    http = HTTPClient(resolve=resolve, may_connect=lambda address, port: address == "127.0.0.1")
    assert http.fetch(f"http://doi-ten.example.vn:{port}/200").status == 200
    assert looked_up == ["doi-ten.example.vn"]
    assert asked[0][2]["Host"] == f"doi-ten.example.vn:{port}"
    with pytest.raises(Forbidden):
        http.fetch(f"http://doi-ten.example.vn:{port}/200")


@pytest.mark.parametrize(
    "where",
    [
        "http://noi-bo.example.vn/",
        "//noi-bo.example.vn/",
        "file:///etc/passwd",
        "gopher://example.vn/",
        "http://ai:ma@example.vn/",
    ],
)
def test_a_redirect_to_what_is_not_public_is_not_followed(port, asked, where):
    def resolve(host, number, seconds):
        return ["10.0.0.1"] if host.startswith("noi-bo") else ["127.0.0.1"]

    http = HTTPClient(resolve=resolve, may_connect=lambda address, port: address == "127.0.0.1")
    with pytest.raises(Forbidden):
        http.fetch(f"http://example.vn:{port}/302?{where}")
    assert len(asked) == 1


def test_the_system_is_asked_for_a_name_with_our_own_patience(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: time.sleep(1))
    begun = time.monotonic()
    with pytest.raises(Unreachable):
        outgoing.resolve("cham.example.vn", 80, 0.05)
    assert time.monotonic() - begun < 0.9


def test_an_unknown_name_is_unreachable(monkeypatch):
    def nowhere(*args, **kwargs):
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    with pytest.raises(Unreachable):
        outgoing.resolve("khong-co.example.vn", 80, 1)


# -- how it is asked


def test_we_say_who_asks_and_send_nothing_else(port, http, asked, settings):
    settings.SITE_URL = "https://sat-canh.example.vn"
    http.fetch(f"http://example.vn:{port}/200")
    ((method, _path, headers),) = asked
    assert method == "HEAD"
    assert headers["User-Agent"] == "SatCanh (+https://sat-canh.example.vn)"
    assert not {"Cookie", "Authorization", "Referer"} & set(headers)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("http://example.vn/bài viết?q=huế", "/b%C3%A0i%20vi%E1%BA%BFt?q=hu%E1%BA%BF"),
        ("http://example.vn/a%20b", "/a%20b"),
        ("http://example.vn", "/"),
        ("http://example.vn/a\r\nX: y", "/aX:%20y"),
    ],
)  # fmt: skip
def test_an_address_travels_in_ascii(url, path):
    assert split_url(url) == ("http", "example.vn", 80, path)


def test_a_name_in_vietnamese_travels_in_ascii():
    assert split_url("https://báo.vn/")[1] == "xn--bo-mia.vn"


@pytest.mark.parametrize("path", ["hangs", "drips"])
def test_the_time_is_for_the_whole(port, path):
    begun = time.monotonic()
    with pytest.raises(Unreachable):
        HTTPClient(resolve=here, may_connect=anybody, seconds=0.3).fetch(
            f"http://example.vn:{port}/{path}"
        )
    assert time.monotonic() - begun < 1.5


def test_of_a_big_answer_no_more_is_read_than_the_limit(port, http):
    answer = http.fetch(f"http://example.vn:{port}/big", "GET")
    assert len(answer.content) == outgoing.MAX_BYTES


def test_noise_is_no_answer(port, http):
    with pytest.raises(Unreachable):
        http.fetch(f"http://example.vn:{port}/noise")


def test_redirects_end(port, http, asked):
    with pytest.raises(Unreachable):
        http.fetch(f"http://example.vn:{port}/loop")
    assert len(asked) == outgoing.REDIRECTS + 1


def test_a_closed_port_is_unreachable(http):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = free.getsockname()[1]
    with pytest.raises(Unreachable):
        http.fetch(f"http://example.vn:{closed}/")


def test_the_second_address_is_tried_if_the_first_is_dead(port, http):
    http.resolve = lambda *args: ["127.0.0.2", "127.0.0.1"]
    with socket.socket() as other:
        other.bind(("127.0.0.2", port))  # taken, and nobody listens there
        assert http.fetch(f"http://example.vn:{port}/200").status == 200


def test_the_certificate_is_held_against_the_name_not_the_address(monkeypatch, port):
    """The name goes to the other side and is what the certificate must bear."""
    seen = {}

    class Context(ssl.SSLContext):
        def wrap_socket(self, sock, server_hostname=None, **kwargs):
            seen.update(name=server_hostname, checks=self.check_hostname, mode=self.verify_mode)
            return super().wrap_socket(sock, server_hostname=server_hostname, **kwargs)

    context = Context(ssl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(Unreachable):
        HTTPClient(resolve=here, may_connect=anybody, context=context, seconds=1).fetch(
            f"https://bao.example.vn:{port}/"
        )
    assert seen == {"name": "bao.example.vn", "checks": True, "mode": ssl.CERT_REQUIRED}
    assert HTTPClient().context.check_hostname


# -- what an answer means


@pytest.fixture
def checker(http):
    return Checker(http=http, sleep=lambda seconds: None)


@pytest.mark.parametrize(
    ("path", "outcome", "status"),
    [
        ("200", "opens", 200),
        ("no-head", "opens", 200),
        ("404", "gone", 404),
        ("410", "gone", 410),
        ("403", "refused", 403),
        ("500", "refused", 500),
        ("302?/404", "gone", 404),
        ("301?/200", "moved", 301),
        ("302?/", "gone", 200),
        ("loop", "unreachable", None),
        ("hangs", "unreachable", None),
        ("noise", "unreachable", None),
        ("302?file:///etc/passwd", "forbidden", None),
    ],
)
def test_an_answer_is_read_as_a_reader_would(port, checker, path, outcome, status):
    checker.http.seconds = 0.3
    found = checker.look(f"http://example.vn:{port}/{path}")
    assert found[:2] == (outcome, status)


@pytest.mark.parametrize(
    ("where", "outcome"),
    [
        ("https://www.bao.vn/tin/", "opens"),
        ("http://bao.vn/tin", "opens"),
        ("https://bao.vn/tin?id=2", "moved"),
        ("https://bao.vn/tin-khac", "moved"),
        ("https://khac.vn/tin", "moved"),
        ("https://bao.vn/", "gone"),
    ],
)
def test_where_a_redirect_leads_says_what_became_of_the_page(where, outcome):
    found = Response(200, where, redirects=[(301, where)])
    assert check_links.judge("http://bao.vn/tin", found)[0] == outcome


# -- which are asked, and when

WEEK = timedelta(days=7)


def run(monkeypatch, checker, *options):
    monkeypatch.setattr(check_links, "Checker", lambda tell: checker)
    out = StringIO()
    call_command("check_links", *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def said(monkeypatch):
    """A checker that looks nowhere: every address answers what the test says."""

    class Told(Checker):
        answers = {}
        looked = []

        def look(self, address):
            self.looked.append(address)
            return self.answers.get(address, ("opens", 200, ""))

    Told.answers, Told.looked = {}, []
    return Told()


@pytest.mark.django_db
def test_each_address_is_asked_once_a_week(monkeypatch, said):
    both = make_source(url="https://a.vn/1", archived_url="https://luu.vn/1")
    published(make_source(url="https://a.vn/2"))
    withdraw(published(make_source(url="https://a.vn/3")), by=publisher())
    make_source()
    out = run(monkeypatch, said)
    assert sorted(said.looked) == ["https://a.vn/1", "https://a.vn/2", "https://luu.vn/1"]
    assert "3 addresses asked: 3 opens." in out
    run(monkeypatch, said)
    assert len(said.looked) == 3
    run(monkeypatch, said, "--all")
    assert len(said.looked) == 6
    LinkCheck.objects.filter(source=both, which="url").update(checked_at=timezone.now() - 2 * WEEK)
    run(monkeypatch, said)
    assert said.looked[6:] == ["https://a.vn/1"]
    assert LinkCheck.objects.count() == 3


@pytest.mark.django_db
def test_a_changed_address_is_asked_anew(monkeypatch, said):
    source = make_source(url="https://a.vn/1")
    said.answers = {"https://a.vn/1": ("gone", 404, "")}
    run(monkeypatch, said)
    assert Source.objects.out_of_reach().get() == source
    edited(source, url="https://a.vn/2")
    assert not Source.objects.out_of_reach().exists()
    run(monkeypatch, said)
    assert said.looked == ["https://a.vn/1", "https://a.vn/2"]
    check = LinkCheck.objects.get()
    assert (check.address, check.outcome, check.failing_since) == ("https://a.vn/2", "opens", None)


@pytest.mark.django_db
def test_a_failure_keeps_its_first_day(monkeypatch, said):
    make_source(url="https://a.vn/1")
    said.answers = {"https://a.vn/1": ("unreachable", None, "no answer in time")}
    run(monkeypatch, said, "--all")
    first = LinkCheck.objects.get()
    said.answers = {"https://a.vn/1": ("gone", 404, "")}
    run(monkeypatch, said, "--all")
    second = LinkCheck.objects.get()
    assert second.failing_since == first.failing_since
    assert second.checked_at > first.checked_at
    said.answers = {}
    run(monkeypatch, said, "--all")
    assert LinkCheck.objects.get().failing_since is None


@pytest.mark.django_db
def test_a_run_that_is_cut_goes_on_where_it_stopped(monkeypatch, said):
    for place in range(3):
        make_source(url=f"https://a.vn/{place}")
    run(monkeypatch, said, "--limit", "2")
    assert said.looked == ["https://a.vn/0", "https://a.vn/1"]
    run(monkeypatch, said)
    assert said.looked[2:] == ["https://a.vn/2"]


@pytest.mark.django_db
def test_what_is_oldest_is_asked_first():
    old, new, never = (make_source(url=f"https://a.vn/{place}") for place in range(3))
    for source, weeks in ((old, 4), (new, 2)):
        at = timezone.now() - weeks * WEEK
        make_link_check(source=source, address=source.url, checked_at=at)
    assert [source for source, *_rest in due(timezone.now())] == [never.pk, old.pk, new.pk]


def test_hosts_take_turns():
    rows = [(1, "url", f"https://{host}/{n}") for host in ("a.vn", "b.vn") for n in (1, 2)]
    assert [one[2] for one in one_host_after_another(rows)] == [
        "https://a.vn/1",
        "https://b.vn/1",
        "https://a.vn/2",
        "https://b.vn/2",
    ]


def test_one_host_is_left_its_peace(http, port):
    slept, now = [], iter(range(0, 100))
    checker = Checker(http=http, pause=3, sleep=slept.append, clock=lambda: next(now))
    for url in ("http://a.vn:{}/200", "http://b.vn:{}/200", "http://a.vn:{}/404"):
        checker.look(url.format(port))
    # Asked at 0, at 1, then 3 seconds after the first; at once again, by GET, after 3 more.
    assert slept == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_a_source_that_goes_meanwhile_is_no_trouble(monkeypatch, said):
    gone = make_source(url="https://a.vn/1")
    make_source(url="https://a.vn/2")
    look = said.look

    def look_slowly(address):
        if address == gone.url:
            gone.delete()
        return look(address)

    monkeypatch.setattr(said, "look", look_slowly)
    assert "2 addresses asked" in run(monkeypatch, said)
    assert LinkCheck.objects.get().address == "https://a.vn/2"


# -- at the desk


@pytest.mark.django_db
def test_staff_read_what_was_answered(client):
    client.force_login(make_user(roles=["Xem nội bộ"]))
    since = timezone.now()
    failing = make_link_check(
        source=make_source(url="https://a.vn/1"),
        address="https://a.vn/1",
        outcome="gone",
        answer=404,
        failing_since=since,
    )
    make_link_check(source=make_source(url="https://a.vn/2"), address="https://a.vn/2")
    make_link_check(source=make_source(url="https://a.vn/4"), address="https://a.vn/3")
    assert client.get(address(LinkCheck)).context["cl"].result_count == 2
    for query in ({"failing": "yes"}, {"outcome__exact": "gone"}):
        (row,) = client.get(address(LinkCheck), query).context["cl"].result_list
        assert row == failing
    page = client.get(address(LinkCheck, "change", failing.pk))
    assert page.status_code == 200
    assert client.get(address(LinkCheck, "add")).status_code == 403
    assert client.post(address(LinkCheck, "delete", failing.pk), {"post": "yes"}).status_code == 403


@pytest.mark.django_db
def test_the_list_of_answers_asks_as_much_for_many_as_for_one(client):
    client.force_login(make_user(roles=["Biên tập"]))
    counts = []
    for rows in (1, 9):
        for _place in range(rows):
            source = make_source(url="https://a.vn/1")
            make_link_check(source=source, address=source.url)
        with CaptureQueriesContext(connection) as asked:
            client.get(address(LinkCheck))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12


@pytest.mark.django_db
def test_the_form_of_a_source_says_whether_it_opens(client):
    client.force_login(make_user(roles=["Biên tập"]))
    source = make_source(url="https://a.vn/1")
    opened(client, source)
    silent = client.get(address(Source, "change", source.pk)).content.decode()
    make_link_check(source=source, address=source.url, outcome="gone", failing_since=timezone.now())
    told = client.get(address(Source, "change", source.pk)).content.decode()
    label = LinkCheck.objects.get().get_outcome_display()
    assert label in told
    assert label not in silent
    assert client.get(address(Source, "add")).status_code == 200


RAISED = re.compile(r'raise (?:Unreachable|Forbidden)\("([^"]+)"\)')


@pytest.mark.django_db
def test_why_nothing_was_read_is_told_in_the_language_of_the_desk(client):
    client.force_login(make_user(roles=["Biên tập"]))
    said = set(RAISED.findall(Path(outgoing.__file__).read_text(encoding="utf-8")))
    assert said == set(REASONS)
    check = make_link_check(source=make_source(url="https://a.vn/1"), address="https://a.vn/1")
    for detail in (*said, "ConnectionResetError"):
        LinkCheck.objects.update(detail=detail)
        page = client.get(address(LinkCheck, "change", check.pk))
        with translation.override("vi"):
            told = str(capfirst(REASONS.get(detail, f"({detail})")))
        assert escape(told) in page.content.decode()
