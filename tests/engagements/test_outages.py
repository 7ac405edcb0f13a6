"""A database that is busy or away: 503 with when to ask again, and what was typed comes back."""

import sqlite3
from contextlib import contextmanager

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import (
    DatabaseError,
    Error,
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    transaction,
)
from django.test import Client
from django.urls import reverse

from config.errors import unavailable
from engagements.models import Source, Tip
from engagements.outages import AGAIN_AFTER, is_unavailable
from tests.desk import address, opened, posted, send
from tests.factories import make_commitment, make_source, make_user, published

IN_VAIN = ("lock_timeout", "statement_timeout")  # of PostgreSQL; SQLite waits for the one writer


@contextmanager
def held_by_somebody_else(timeout):
    """Another connection writes, on PostgreSQL so that nobody reads either; we wait a moment."""
    other = connection.copy()
    connection.ensure_connection()
    is_sqlite = connection.vendor == "sqlite"
    with other.cursor() as cursor:
        if is_sqlite:
            connection.connection.execute("PRAGMA busy_timeout = 0")
            cursor.execute("BEGIN IMMEDIATE")
        else:
            _set(timeout, "100ms")
            cursor.execute("BEGIN")
            cursor.execute("LOCK TABLE engagements_source, engagements_edition")
        yield
        cursor.execute("ROLLBACK")
    other.close()
    if is_sqlite:
        connection.connection.execute("PRAGMA busy_timeout = 60000")
    else:
        _set(timeout, "DEFAULT")


def _set(name, value):
    with connection.cursor() as cursor:
        cursor.execute(f"SET {name} = {value!r}" if value != "DEFAULT" else f"RESET {name}")


@contextmanager
def away():
    """No server listens where the settings say it does; on SQLite the folder is gone."""
    connection.close()
    settings = connection.settings_dict
    kept = dict(settings)
    nowhere = {"NAME": "/nowhere/register.sqlite3"}
    settings.update(nowhere if connection.vendor == "sqlite" else {"HOST": "127.0.0.1", "PORT": 1})
    try:
        yield
    finally:
        settings.update(kept)
        connection.close()


@contextmanager
def failing_at(number, error=None):
    """The query of that number, and all after it, find the database busy."""
    asked = iter(range(10_000))

    def ask(execute, *args):
        if next(asked) >= number:
            raise error or OperationalError("database is locked")
        return execute(*args)

    with connection.execute_wrapper(ask):
        yield


# -- which errors


def told(sql):
    """The error with which the database refuses this."""
    with pytest.raises(Error) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    return refusal.value


@pytest.mark.parametrize("timeout", IN_VAIN)
def test_a_lock_or_a_statement_that_waited_too_long_is_an_outage(transactional_db, timeout):
    with held_by_somebody_else(timeout):
        assert is_unavailable(told("UPDATE engagements_source SET title = title"))


def test_a_database_that_is_away_is_an_outage(transactional_db):
    with away(), pytest.raises(OperationalError) as refusal:
        connection.ensure_connection()
    assert is_unavailable(refusal.value)


@pytest.mark.parametrize("code", ["40P01", "40001", "53300", "57P01", "57P03", "08006", "25P03"])
def test_codes_of_postgresql_that_are_an_outage(db, code):
    if connection.vendor == "sqlite":
        error = DatabaseError("refused")
        error.__cause__ = Exception()
        error.__cause__.pgcode = code
    else:
        error = told(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{code}'; END $$")
    assert is_unavailable(error)


def test_a_connection_that_was_closed_is_an_outage(db):
    assert is_unavailable(InterfaceError("connection already closed"))


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("SELECT * FROM no_such_table", id="a-table-that-is-not"),
        pytest.param("SELECT no_such_column FROM engagements_source", id="a-column-that-is-not"),
        pytest.param("INSERT INTO engagements_source (id) VALUES (1)", id="a-constraint"),
        pytest.param("SELEKT", id="no-sql"),
    ],
)
def test_a_fault_of_ours_is_no_outage(db, sql):
    assert not is_unavailable(told(sql))


# -- what is answered

PAGES = {
    "/": "vi",
    "/en/cam-ket/": "en",
    "/cam-ket/?q=anh": "vi",
    "/tinh/hue/": "vi",
    "/en/tim-kiem/?q=hue": "en",
    "/cam-ket/CK-1/": "vi",
    "/cam-ket/atom.xml": "vi",
    "/cam-ket/lich.ics": "vi",
    "/cam-ket/du-lieu.csv": "vi",
    "/tinh/hue/ho-so.xlsx": "vi",
    "/sitemap.xml": "vi",
    "/du-lieu/catalog.jsonld": "vi",
    "/bao-loi/?ve=CK-1": "vi",
    "/admin/": "vi",
}
API = [
    "/api/v1/commitments/",
    "/api/v1/commitments/CK-1/",
    "/api/v1/commitments/CK-1/editions/",
    "/api/v1/followups/?format=csv",
    "/api/v1/commitments/?format=ndjson",
    "/api/v1/requests/?format=xlsx",
    "/api/v1/provinces/",
    "/api/v1/officials/?format=csv",
    "/api/v1/changes/",
    "/api/v1/stats/",
]


def is_page_that_helps(answer, language):
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, str(AGAIN_AFTER))
    assert answer["Cache-Control"] == "no-store"
    assert f'<html lang="{language}">' in page
    assert '<meta name="robots" content="noindex">' in page
    assert "site.css" in page
    assert ("Try again" if language == "en" else "Thử lại") in page
    return True


def is_problem(answer, detail="Cơ sở dữ liệu"):
    assert (answer.status_code, answer["Retry-After"]) == (503, str(AGAIN_AFTER))
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "no-store"
    told = answer.json()
    assert (told["type"], told["status"], told["errors"]) == ("unavailable", 503, {})
    assert detail in told["detail"]
    return True


def queries_of(client, path):
    """How many queries the page takes that is asked for."""
    asked = []
    with connection.execute_wrapper(lambda execute, *args: asked.append(1) or execute(*args)):
        answer = client.get(path)
        assert answer.status_code == 200
    return len(asked)


@pytest.mark.parametrize(("path", "language"), PAGES.items())
def test_whichever_query_of_a_page_fails(staff_client, register, path, language):
    number = queries_of(staff_client, path)
    assert number
    for failing in range(number):
        with failing_at(failing):
            answer = staff_client.get(path)
        if failing:  # before that its session is not read either
            assert is_page_that_helps(answer, language)
        else:
            assert answer.status_code == 503


@pytest.mark.parametrize("path", API)
def test_whichever_query_of_the_api_fails(client, register, path):
    number = queries_of(client, path)
    assert number
    for failing in range(number):
        with failing_at(failing):
            assert is_problem(client.get(path))


def test_the_api_tells_it_in_the_language_that_is_asked_for(client, register):
    with failing_at(0):
        answer = client.get("/api/v1/commitments/", headers={"Accept-Language": "en"})
    assert is_problem(answer, "database is busy or away")


def test_a_stamp_that_cannot_be_compared(client, register):
    etag = client.get("/api/v1/commitments/")["ETag"]
    with failing_at(0):
        assert is_problem(client.get("/api/v1/commitments/", headers={"If-None-Match": etag}))


def test_a_fault_of_ours_stays_one(client, register):
    client.raise_request_exception = False
    fault = OperationalError("no such table: engagements_edition")
    fault.__cause__ = sqlite3.OperationalError("no such table: engagements_edition")
    fault.__cause__.sqlite_errorcode = sqlite3.SQLITE_ERROR
    with failing_at(0, fault):
        page, problem = client.get("/"), client.get("/api/v1/commitments/")
    assert (page.status_code, page["Content-Type"]) == (500, "text/html; charset=utf-8")
    assert (problem.status_code, problem["Content-Type"]) == (500, "application/problem+json")


@pytest.mark.parametrize("debug", [True, False])
def test_while_the_database_is_away_every_page_says_so(transactional_db, settings, debug):
    settings.DEBUG = debug
    client = Client()
    with away():
        assert is_page_that_helps(client.get("/"), "vi")
        assert is_page_that_helps(client.get("/en/tinh/hue/"), "en")
        assert is_problem(client.get("/api/v1/commitments/"))
    assert client.get("/").status_code == 200


def test_a_connection_that_the_server_cut_is_opened_again(transactional_db):
    client = Client()
    assert client.get("/").status_code == 200
    if connection.vendor == "postgresql":
        with connection.copy().cursor() as cursor:
            cursor.execute(f"SELECT pg_terminate_backend({connection.connection.info.backend_pid})")
    else:
        connection.close()  # there is no server that could
    assert client.get("/").status_code in (200, 503)
    close_old_connections()  # as at the end of each request
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("timeout", IN_VAIN)
def test_a_page_while_somebody_else_holds_the_editions(transactional_db, timeout):
    client = Client()
    published(make_commitment())
    with held_by_somebody_else(timeout):
        page, problem = client.get("/"), client.get("/api/v1/commitments/")
    if connection.vendor == "sqlite":  # who reads waits for nobody
        assert (page.status_code, problem.status_code) == (200, 200)
    else:
        assert is_page_that_helps(page, "vi")
        assert is_problem(problem)


# -- what was typed


@pytest.fixture
def an(transactional_db):
    client = Client()
    client.force_login(make_user("an", is_superuser=True))
    return client


@pytest.mark.parametrize("timeout", IN_VAIN)
def test_a_form_sent_while_somebody_else_writes_comes_back_filled(an, timeout):
    record = make_source(title="Cũ")
    sent = opened(an, record) | {"title": "An sửa", "number": "12/TB"}
    # On PostgreSQL the form itself cannot be read then, so it comes back without being drawn.
    with held_by_somebody_else(timeout):
        answer = send(an, record, sent)
    assert (answer.status_code, answer["Retry-After"]) == (503, str(AGAIN_AFTER))
    back = dict(answer.context["fields"]) if "fields" in answer.context else posted(answer)
    assert _flat(back).items() >= {"title": "An sửa", "number": "12/TB"}.items()
    assert send(an, record, back).status_code == 302
    assert Source.objects.get().title == "An sửa"


def _flat(fields):
    return {name: v[0] if isinstance(v, list) and v else v for name, v in fields.items()}


def test_a_form_sent_while_the_database_is_away_is_kept_in_the_page(an):
    record = make_source(title="Cũ")
    sent = opened(an, record) | {"title": 'An "sửa" <b>'}
    path = address(Source, "change", record.pk)
    with away():
        answer = an.post(path, sent)
        again = an.post(path, dict(answer.context["fields"]))  # sent too early
    page = again.content.decode()
    assert (answer.status_code, again.status_code) == (503, 503)
    assert "An &quot;sửa&quot; &lt;b&gt;" in page
    assert "Gửi lại" in page
    kept = dict(again.context["fields"])
    assert "csrfmiddlewaretoken" not in kept
    assert an.post(path, kept).status_code == 302
    assert Source.objects.get().title == 'An "sửa" <b>'


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_what_a_reader_told_us_is_kept_in_the_page(transactional_db, prefix):
    client = Client()
    uid = "8d0fdd50-0000-4000-8000-000000000001"
    about = published(make_commitment()).code
    sent = {"uid": uid, "ve": about, "kind": "error", "text": "Trang này sai một con số."}
    with away():
        answer = client.post(f"{prefix}/bao-loi/", sent)
    assert answer.status_code == 503
    assert not Tip.objects.exists()
    assert client.post(f"{prefix}/bao-loi/", dict(answer.context["fields"])).status_code == 302
    assert Tip.objects.get().text == sent["text"]


def test_no_page_keeps_a_password(an):
    with away():
        answer = Client().post(
            reverse("admin:login"), {"username": "an", "password": "mat-khau-dai-9-chu"}
        )
    assert answer.status_code == 503
    assert "mat-khau" not in answer.content.decode()
    assert "quay lại trang trước" in answer.content.decode()


def test_a_session_that_cannot_be_saved(db, monkeypatch):
    """It is saved by a middleware, when the view is long done."""
    make_user("an", password="mat-khau-dai-9-chu", is_staff=True)
    client = Client(raise_request_exception=False)

    def save(self, must_create=False):
        raise OperationalError("database is locked")

    monkeypatch.setattr(SessionStore, "save", save)
    sent = {"username": "an", "password": "mat-khau-dai-9-chu"}
    answer = client.post(reverse("admin:login"), sent)
    assert (answer.status_code, answer["Retry-After"]) == (503, str(AGAIN_AFTER))


def test_a_form_whose_token_was_not_checked_is_not_given_back(rf):
    """The page has a token of ours: another site's fields must not stand beside it."""
    sent = {"title": "Việc của trang khác"}
    unchecked, checked = rf.post("/theo-doi/", sent), rf.post("/theo-doi/", sent)
    checked.csrf_processing_done = True
    pages = [unavailable(request, OperationalError("away")) for request in (unchecked, checked)]
    is_there = ["Việc của trang khác" in page.content.decode() for page in pages]
    assert (is_there, [page.status_code for page in pages]) == ([False, True], [503, 503])
