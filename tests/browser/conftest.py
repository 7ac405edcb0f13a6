"""A real browser on the loaded register. Whatever it asks of another host fails the test.

Chromium is the machine's own (tools/browser.py finds it); nothing is downloaded.
"""

import os
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connection
from django.test import Client, modify_settings
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from tests.factories import make_user
from tools import browser as chromium

expect.set_options(timeout=40_000)  # a wait that ends as soon as it can; slow machines need longer
NOT_OURS = connection.settings_dict["NAME"]  # the database in use, before the tests have theirs


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session", autouse=True)
def rows_beside_the_browser():
    """Playwright keeps an event loop in this thread, beside which Django refuses its database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture(scope="session")
def server(django_db_setup):
    """Not pytest-django's `live_server`, which would empty the database after every test."""
    server = LiveServer("127.0.0.1")
    yield server
    server.stop()


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup, django_db_blocker):
    """The loaded register, once for the tests of a file: a browser's tests only read it."""
    assert connection.settings_dict["NAME"] != NOT_OURS
    ours = modify_settings(ALLOWED_HOSTS={"append": "127.0.0.1"})
    with django_db_blocker.unblock(), ours, django_db_setup.fresh():
        yield


@pytest.fixture(autouse=True)
def db(loaded, django_db_blocker):
    """Instead of pytest-django's: no transaction around the test.

    It would keep SQLite's one writer for itself, and lose its connection when Playwright changes
    the context that connections belong to.
    """
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return browser_type_launch_args | {
        "executable_path": chromium.find(),
        "args": list(chromium.ARGUMENTS),
    }


@pytest.fixture(scope="session")
def base_url(server):
    return server.url


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return browser_context_args | {
        "locale": "vi-VN",
        "timezone_id": "Asia/Ho_Chi_Minh",
        "viewport": {"width": 1280, "height": 900},
    }


class Watch:
    """What a page must not do: ask another host, break its own rules, fail in a script."""

    def __init__(self):
        self.complaints = []

    def on(self, page):
        page.set_default_timeout(40_000)
        page.on("request", self.request)
        page.on("console", self.console)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        return page

    def request(self, request):
        where = urlsplit(request.url)
        if where.scheme in ("http", "https", "ws", "wss") and where.hostname != "127.0.0.1":
            self.complaints.append(f"asked {request.url}")

    def console(self, message):
        # Refusals by the Content-Security-Policy are written here too.
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")


@pytest.fixture
def watch():
    watch = Watch()
    yield watch
    assert watch.complaints == []


@pytest.fixture
def page(page, watch):
    """A page of the loaded register, watched."""
    return watch.on(page)


@pytest.fixture
def signed_in(base_url, context):
    """Signs the browser in as somebody with these roles; the account is the answer."""

    def as_one(*roles, desk=None):
        user = make_user(roles=roles, desk=desk)
        client = Client()
        client.force_login(user)
        key = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": base_url}
        context.add_cookies([cookie])
        return user

    return as_one


@pytest.fixture
def plain_page(browser, browser_context_args, watch):
    """The same without JavaScript."""
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    yield watch.on(context.new_page())
    context.close()


@pytest.fixture
def faults():
    """Accessibility faults of a page, as axe reports them; empty when there are none."""

    def report(page):
        page.wait_for_load_state()
        # Without reading style sheets into the page: their rules forbid it, and no check needs it.
        found = Axe().run(page, options={"preload": False, "resultTypes": ["violations"]})
        return found.generate_report() if found.violations_count else ""

    return report
