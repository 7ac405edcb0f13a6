"""Webhooks: what is sent, signed how, in which order, and what becomes of a receiver that fails."""

import json
import re
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO

import pytest
from django.conf import settings as project
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engagements.models import Edition, Webhook
from engagements.outgoing import Forbidden, HTTPClient, Response, Unreachable
from engagements.publication.publishing import withdraw
from engagements.webhooks import delivery
from engagements.webhooks import models as hooks
from engagements.webhooks.delivery import LEASE, WebhookSender, signature
from tests.desk import act, add, address, opened, said, save, send
from tests.factories import edited, make_source, make_user, make_webhook, many, published, publisher

pytestmark = pytest.mark.django_db
NOON = datetime(2025, 7, 1, 5, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Receiver:
    """Takes what is sent; answers what the test says, 204 when it says nothing more."""

    def __init__(self):
        self.answers, self.took = [], []

    def post(self, url, body, headers):
        self.took.append((headers, body))
        answer = self.answers.pop(0) if self.answers else 204
        if isinstance(answer, BaseException):
            raise answer
        return Response(answer, url)

    @property
    def names(self):
        return [headers["webhook-id"] for headers, _body in self.took]

    @property
    def sequences(self):
        return [[row["sequence"] for row in data["results"]] for data in self.data]

    @property
    def data(self):
        return [json.loads(body)["data"] for _headers, body in self.took]


class Clock:
    def __init__(self):
        self.at = NOON

    def __call__(self):
        return self.at


@pytest.fixture
def receiver(monkeypatch):
    receiver = Receiver()
    monkeypatch.setattr(delivery, "HTTPClient", lambda: receiver)
    return receiver


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def run(receiver, clock):
    return lambda **options: WebhookSender(clock=clock, **options).run()


@pytest.fixture
def hook():
    return make_webhook(mark=0)


def sequences():
    return sorted(Edition.objects.values_list("sequence", flat=True))


# -- what is sent


def test_the_signature_is_that_of_the_published_example():
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    name, body = "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}'
    wanted = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signature(secret, name, 1614265330, body) == wanted


def test_a_message_says_what_the_api_says_and_the_documented_lines_verify_it(
    client, hook, receiver
):
    edited(published(make_source(title="Biên bản")), title="Biên bản số 2")
    assert WebhookSender().run() == (1, 0)
    ((headers, body),) = receiver.took
    told = json.loads(body)
    assert told["type"] == "register.changed"
    assert told["data"] == client.get("/api/v1/changes/").json()
    assert told["timestamp"] == told["data"]["results"][-1]["at"]
    assert headers["Content-Type"] == "application/json"
    documented = {}
    text = (project.BASE_DIR / "docs" / "api.md").read_text("utf-8")
    (code,) = [one for one in re.findall(r"```python\n(.*?)```", text, re.S) if "verified" in one]
    exec(code, documented)
    verified = documented["verified"]
    assert verified(hook.secret, headers, body)
    assert not verified(hook.secret, headers, body + b" ")
    assert not verified(hooks.new_secret(), headers, body)
    late = headers | {"webhook-timestamp": str(int(headers["webhook-timestamp"]) - 3600)}
    assert not verified(hook.secret, late, body)


@pytest.mark.both_databases
def test_everything_comes_once_in_order_in_pages(monkeypatch, hook, receiver, run):
    monkeypatch.setattr(delivery, "EDITIONS_MOST", 2)
    many(lambda: published(make_source()), 5)
    one, two, three, four, five = sequences()
    assert run() == (3, 0)
    assert receiver.sequences == [[one, two], [three, four], [five]]
    assert receiver.names[0] == f"hook_{hook.pk}_{one}_{two}"
    assert [data["next"] and data["after"] for data in receiver.data] == [two, four, None]
    assert run() == (0, 0)
    published(make_source())
    assert run() == (1, 0)
    assert receiver.sequences[3] == [sequences()[-1]]


def test_what_is_withdrawn_comes_as_a_tombstone(hook, receiver, run):
    source = published(make_source(title="Sẽ rút"))
    run()
    withdraw(source, by=publisher())
    run()
    (row,) = receiver.data[1]["results"]
    assert (row["state"], row["code"], row["record"]) == ("withdrawn", source.code, None)
    assert "Sẽ rút" not in receiver.took[1][1].decode()


def test_a_new_webhook_begins_at_the_newest_edition(receiver, run):
    published(make_source())
    hook = make_webhook()
    assert hook.mark == sequences()[-1]
    assert run() == (0, 0)
    assert receiver.took == []


def test_each_webhook_has_a_secret_and_a_mark_of_its_own(hook, receiver, run):
    published(make_source())
    other = make_webhook()
    published(make_source())
    assert run() == (2, 0)
    assert [len(page) for page in receiver.sequences] == [2, 1]
    assert hook.secret != other.secret


# -- receivers that fail


def test_it_is_tried_again_after_growing_waits_and_given_up_after_five_days(
    hook, receiver, run, clock
):
    published(make_source())
    waited = []
    receiver.answers = [500] * 50
    while hook.is_active:
        assert run() == (0, 1)
        hook.refresh_from_db()
        if hook.next_try_at:
            waited.append(hook.next_try_at - clock.at)
            clock.at = hook.next_try_at - timedelta(seconds=1)
            assert run() == (0, 0)
            clock.at = hook.next_try_at
    hours = [2 * HOUR, 5 * HOUR, 10 * HOUR]
    assert waited[:6] == [MINUTE, 5 * MINUTE, 30 * MINUTE, *hours]
    assert set(waited[6:]) == {10 * HOUR}
    assert hook.failing_since == NOON
    assert 5 * DAY <= clock.at - NOON < 5 * DAY + 10 * HOUR
    assert hook.is_given_up
    clock.at += 30 * DAY
    assert run() == (0, 0)
    assert hook.mark == 0


@pytest.mark.parametrize(
    ("answer", "is_taken", "is_active", "said"),
    [
        (200, True, True, "HTTP 200"),
        (204, True, True, "HTTP 204"),
        (301, False, True, "HTTP 301"),
        (304, False, True, "HTTP 304"),
        (400, False, True, "HTTP 400"),
        (410, False, False, "HTTP 410"),
        (503, False, True, "HTTP 503"),
        (Unreachable("no answer in time"), False, True, "no answer in time"),
        (Forbidden("not a public address"), False, True, "not a public address"),
    ],
)
def test_what_an_answer_means(hook, receiver, run, answer, is_taken, is_active, said):
    published(make_source())
    receiver.answers = [answer]
    assert run() == ((1, 0) if is_taken else (0, 1))
    hook.refresh_from_db()
    assert (hook.mark > 0, hook.is_active, hook.last_answer) == (is_taken, is_active, said)
    assert hook.taken_until is None


def test_a_message_that_failed_comes_again_as_it_was_before_what_is_newer(
    hook, receiver, run, clock
):
    published(make_source())
    receiver.answers = [500]
    run()
    published(make_source())
    clock.at += MINUTE
    assert run() == (2, 0)
    first, second = sequences()
    assert receiver.sequences == [[first], [first], [second]]
    assert receiver.names[0] == receiver.names[1] != receiver.names[2]
    hook.refresh_from_db()
    assert (hook.attempts, hook.failing_since, hook.next_try_at) == (0, None, None)


def test_what_was_withdrawn_before_it_was_taken_comes_as_a_tombstone_alone(
    hook, receiver, run, clock
):
    source = published(make_source())
    receiver.answers = [500]
    run()
    withdraw(source, by=publisher())
    clock.at += MINUTE
    assert run() == (1, 0)
    assert [row["state"] for row in receiver.data[1]["results"]] == ["withdrawn"]


def test_one_that_fails_keeps_nobody_else_waiting(hook, receiver, run):
    published(make_source())
    other = make_webhook(mark=0)
    receiver.answers = [500]
    assert run() == (1, 1)
    other.refresh_from_db()
    assert other.mark == sequences()[-1]


# -- runs that stop, runs at once


@pytest.mark.both_databases
def test_a_run_that_is_cut_off_is_gone_on_with(hook, receiver, run, clock):
    published(make_source())
    receiver.answers = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        run()
    assert run() == (0, 0)
    clock.at += LEASE
    assert run() == (1, 0)
    assert receiver.names[0] == receiver.names[1]


def test_a_limited_run_leaves_the_rest_to_the_next(monkeypatch, hook, receiver, run):
    monkeypatch.setattr(delivery, "EDITIONS_MOST", 1)
    many(lambda: published(make_source()), 3)
    assert run(limit=2) == (2, 0)
    assert run(limit=2) == (1, 0)
    assert receiver.sequences == [[one] for one in sequences()]


@pytest.mark.both_databases
def test_a_mark_that_moved_meanwhile_is_left_as_it_is(hook, receiver, run):
    published(make_source())
    post = receiver.post

    def meanwhile(*args):
        Webhook.objects.update(mark=10_000)
        return post(*args)

    receiver.post = meanwhile
    assert run() == (0, 0)
    hook.refresh_from_db()
    assert hook.mark == 10_000


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_send_once(receiver):
    published(make_source())
    hook = make_webhook(mark=0)
    post, gate, counts = receiver.post, threading.Barrier(2), []

    def slowly(*args):
        time.sleep(0.3)
        return post(*args)

    receiver.post = slowly

    def go():
        try:
            gate.wait(20)
            counts.append(WebhookSender().run())
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _place in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(counts) == [(0, 0), (1, 0)]
    assert len(receiver.took) == 1
    hook.refresh_from_db()
    assert hook.mark == sequences()[-1]


# -- over the net


class Site(BaseHTTPRequestHandler):
    """Takes a POST; answers as its path says."""

    asked = []

    def log_message(self, *args):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((self.path, dict(self.headers), body))
        if self.path == "/hangs":
            time.sleep(1)
        self.send_response(302 if self.path == "/moved" else 200)
        self.send_header("Location", "/elsewhere")
        self.end_headers()


@pytest.fixture
def port():
    Site.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads, server.handle_error = True, lambda *args: None
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def http(**given):
    return HTTPClient(resolve=lambda *args: ["127.0.0.1"], may_connect=lambda *args: True, **given)


def test_the_very_bytes_arrive_and_a_redirect_is_not_followed(port):
    body = b'{"text":"Hu\xe1\xba\xbf"}' + b" " * 300_000
    answer = http().post(f"http://nhan.vn:{port}/moved", body, {"webhook-id": "a"})
    assert (answer.status, answer.content) == (302, b"")
    ((path, headers, came),) = Site.asked
    assert (path, came, headers["webhook-id"]) == ("/moved", body, "a")


def test_nobody_is_waited_for_longer_than_the_time(port):
    begun = time.monotonic()
    with pytest.raises(Unreachable):
        http(seconds=0.2).post(f"http://nhan.vn:{port}/hangs", b"{}", {})
    assert time.monotonic() - begun < 0.9


@pytest.mark.parametrize(
    ("where", "answer"),
    [
        ("https://127.0.0.1/", "not a public address"),
        ("https://[::1]:8443/", "not a public address"),
        ("https://192.168.1.5/", "not a public address"),
        ("https://169.254.169.254/latest/", "not a public address"),
        ("https://8.8.8.8:22/", "not a public address"),
        ("http://8.8.8.8/", "not encrypted"),
    ],
)
def test_nothing_goes_to_a_private_address_or_unencrypted(where, answer):
    published(make_source())
    hook = make_webhook(mark=0, address=where)
    assert WebhookSender().run() == (0, 1)
    hook.refresh_from_db()
    assert (hook.last_answer, hook.mark) == (answer, 0)


@pytest.mark.parametrize(
    ("where", "debug", "is_allowed"),
    [
        ("https://nhan.vn/tin", False, True),
        ("https://nhan.vn:8443/tin", False, True),
        ("http://nhan.vn/tin", False, False),
        ("http://nhan.vn/tin", True, True),
        ("https://nhan.vn:22/", False, False),
        ("https://ai:mat-khau@nhan.vn/", False, False),
        ("ftp://nhan.vn/", False, False),
        ("https://nhan.vn:99999/", False, False),
    ],
)
def test_which_addresses_may_be_entered(settings, where, debug, is_allowed):
    settings.DEBUG = debug
    hook = Webhook(name="Cổng", address=where)
    if is_allowed:
        hook.full_clean()
    else:
        with pytest.raises(ValidationError):
            hook.full_clean()


# -- the command


def test_the_command_says_a_line_a_webhook_and_fails_if_one_failed(hook, receiver):
    published(make_source())
    make_webhook(name="Cổng hỏng", mark=0)
    receiver.answers = [204, 500]
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("deliver_webhooks", stdout=out)
    told = out.getvalue()
    assert f"{hook.name}: 1 messages\n" in told
    assert "Cổng hỏng: 0 messages, then failed: HTTP 500\n" in told
    assert "1 messages taken, 1 webhooks failed." in told
    assert hook.secret not in told
    quiet = StringIO()
    call_command("deliver_webhooks", verbosity=0, stdout=quiet)
    assert quiet.getvalue() == ""


# -- at the desk


@pytest.fixture
def desk(client):
    client.force_login(make_user(roles=["Quản trị"]))
    return client


def pages_of(hook):
    return [
        address(Webhook),
        address(Webhook, "change", hook.pk),
        address(Webhook, "history", hook.pk),
        address(Webhook, "delete", hook.pk),
        address(Webhook, "add"),
    ]


def test_the_secret_is_shown_once_and_is_in_no_log(desk):
    response = add(desk, Webhook, name="Cổng dữ liệu", address="https://nhan.vn/tin")
    hook = Webhook.objects.get()
    assert hook.secret in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    for page in pages_of(hook):
        assert hook.secret not in desk.get(page).content.decode()
    save(desk, hook, name="Tên khác")
    old = hook.secret
    renewed = act(desk, "renew_secret", hook)
    hook.refresh_from_db()
    assert hook.secret != old
    assert hook.secret in renewed.content.decode()
    logged = " ".join(map(str, LogEntry.objects.values_list("change_message", "object_repr")))
    assert LogEntry.objects.count() == 3
    assert "whsec_" not in logged
    assert "whsec_" not in str(desk.session.items())


@pytest.mark.parametrize("roles", [["Biên tập"], ["Duyệt"], ["Xem nội bộ"]])
def test_nobody_else_sees_a_webhook(client, hook, receiver, roles):
    client.force_login(make_user(roles=roles))
    for page in pages_of(hook):
        assert client.get(page).status_code == 403
    for action in ("send_test", "renew_secret"):
        assert act(client, action, hook).status_code == 403
    assert receiver.took == []
    assert Webhook.objects.get().secret == hook.secret


@pytest.mark.parametrize(("answer", "words"), [(200, "HTTP 200"), (500, "HTTP 500")])
def test_a_test_message_moves_nothing(desk, hook, receiver, answer, words):
    published(make_source())
    receiver.answers = [answer]
    assert words in said(act(desk, "send_test", hook))[0]
    ((headers, body),) = receiver.took
    assert json.loads(body)["type"] == "register.test"
    assert headers["webhook-id"].startswith(f"test_{hook.pk}_")
    hook.refresh_from_db()
    assert (hook.mark, hook.attempts, hook.last_answer) == (0, 0, "")


def test_an_action_on_too_many_does_nothing(desk, receiver):
    rows = many(make_webhook, 6)
    secrets = {row.secret for row in rows}
    assert len(said(act(desk, "send_test", *rows))) == 1
    assert len(said(act(desk, "renew_secret", *rows))) == 1
    assert receiver.took == []
    assert {row.secret for row in Webhook.objects.all()} == secrets


@pytest.mark.both_databases
def test_a_form_saved_during_a_delivery_does_not_put_the_mark_back(desk, hook, monkeypatch):
    sent = opened(desk, hook) | {"name": "Tên khác"}
    saving = Webhook.save

    def save_late(self, **options):
        Webhook.objects.update(mark=7)
        saving(self, **options)

    monkeypatch.setattr(Webhook, "save", save_late)
    send(desk, hook, sent)
    hook.refresh_from_db()
    assert (hook.name, hook.mark) == ("Tên khác", 7)


def test_switched_on_again_it_goes_on_where_it_stopped(desk, hook, receiver, run, clock):
    published(make_source())
    receiver.answers = [410]
    run()
    hook.refresh_from_db()
    assert hook.is_given_up
    save(desk, hook, is_active="on")
    hook.refresh_from_db()
    assert (hook.is_active, hook.attempts, hook.failing_since) == (True, 0, None)
    assert run() == (1, 0)
    assert receiver.names[0] == receiver.names[1]


def test_the_list_asks_as_much_for_many_as_for_one(desk):
    counts = []
    for rows in (1, 9):
        many(make_webhook, rows)
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(address(Webhook), {"q": "cổng"}).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12
