"""HTTP as it should be: validators, links, limits, and other sites' browsers."""

import gc
import weakref
from datetime import date

import pytest
from django.core.cache import caches
from django.urls import resolve

from engagements.edition import http
from engagements.publication.publishing import publish, withdraw
from tests.factories import edited, make_request, published, publisher

pytestmark = pytest.mark.django_db

STAMPED = ["requests/", "requests/KN-1/", "requests/KN-1/editions/", "changes/"]
STAMPED += ["requests/?format=csv", "requests/?format=xlsx", "requests/?as_of=2020-01-01"]
HASHED = ["provinces/", "topics/", "officials/"]


def get(client, path, **headers):
    return client.get(f"/api/v1/{path}", headers=headers)


@pytest.mark.parametrize("path", [*STAMPED, *HASHED])
def test_who_has_the_answer_is_told_so(client, path):
    published(make_request())
    first = get(client, path)
    assert first.status_code == 200
    assert first["Cache-Control"] == "public, max-age=60"
    again = get(client, path, If_None_Match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert get(client, path, If_None_Match='"another"').status_code == 200


@pytest.mark.parametrize("path", STAMPED)
def test_a_day_of_change_is_told_and_understood(client, path):
    published(make_request())
    first = get(client, path)
    assert get(client, path, If_Modified_Since=first["Last-Modified"]).status_code == 304
    before = "Sat, 01 Jan 2000 00:00:00 GMT"
    assert get(client, path, If_Modified_Since=before).status_code == 200


@pytest.mark.parametrize("path", STAMPED[:4])
def test_every_publication_changes_the_stamp(client, path):
    request = published(make_request())
    tag = get(client, path)["ETag"]
    publish(edited(request, title="Khác"), by=publisher())
    assert get(client, path, If_None_Match=tag).status_code == 200


def test_a_new_day_changes_the_stamp(client, monkeypatch):
    published(make_request())
    tag = get(client, "requests/")["ETag"]
    monkeypatch.setattr(http.timezone, "localdate", lambda *when: date(2099, 1, 1))
    assert get(client, "requests/")["ETag"] != tag


def test_what_was_withdrawn_is_no_longer_unchanged(client):
    request = published(make_request())
    tag = get(client, "requests/KN-1/")["ETag"]
    withdraw(request, by=publisher())
    assert get(client, "requests/KN-1/", If_None_Match=tag).status_code == 410
    assert get(client, "requests/KN-1/", If_None_Match="*").status_code == 410


def test_another_format_is_another_answer(client):
    published(make_request())
    tag = get(client, "requests/")["ETag"]
    response = get(client, "requests/", If_None_Match=tag, Accept="text/csv")
    assert response["Content-Type"].startswith("text/csv")
    assert "Accept" in response["Vary"]


def test_errors_are_kept_by_nobody(client):
    response = get(client, "requests/?statu=done")
    assert response["Cache-Control"] == "no-store"
    assert "ETag" not in response


def test_pages_are_linked_in_the_head_too(client):
    meeting = published(make_request()).meeting
    published(make_request(meeting=meeting))
    response = get(client, "requests/?page_size=1")
    following = response.json()["next"]
    assert f'<{following}>; rel="next"' in response["Link"]
    assert '</api/schema/>; rel="service-desc"' in response["Link"]
    assert 'rel="prev"' in get(client, following.removeprefix("/api/v1/"))["Link"]


@pytest.mark.parametrize("path", ["/api/v1/requests/", "/api/v1/requests/KN-404/", "/api/schema/"])
def test_a_browser_of_another_site_may_read(client, path):
    response = client.get(path, headers={"Origin": "https://toa-soan.example"})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "ETag" in response["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in response


def test_it_asks_first_and_is_told_what_may_be_done(client):
    asked = {"Origin": "https://toa-soan.example", "Access-Control-Request-Method": "GET"}
    response = client.options("/api/v1/requests/", headers=asked)
    assert response.status_code == 200
    assert response["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    "path",
    ["requests/?statu=done", "requests/?page_size=999", "requests/?format=exe", "requests/KN-9/"],
)
def test_a_day_that_was_sent_hides_no_error(client, path):
    published(make_request())
    plain = get(client, path)
    told = get(client, path, If_Modified_Since="Fri, 01 Jan 2100 00:00:00 GMT")
    assert told.status_code == plain.status_code >= 400


@pytest.mark.parametrize("path", [*STAMPED, "choices/", ""])
def test_a_cache_keeps_each_form_apart_and_asks_again(client, path):
    published(make_request())
    response = get(client, path)
    if path in STAMPED:
        assert "Accept" in [one.strip() for one in response["Vary"].split(",")]
    again = get(client, path, If_None_Match=response["ETag"])
    assert (again.status_code, again.content) == (304, b"")


def test_the_browser_may_send_back_what_it_was_given(client):
    asked = {
        "Origin": "https://toa-soan.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match",
    }
    response = client.options("/api/v1/requests/", headers=asked)
    assert "if-none-match" in response["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("path", ["/", "/admin/login/", "/theo-doi/"])
def test_pages_are_not_for_other_sites(client, path):
    response = client.get(path, headers={"Origin": "https://toa-soan.example"})
    assert "Access-Control-Allow-Origin" not in response


@pytest.fixture
def limits(settings):
    settings.API_RATES = {"answers": "3/min", "files": "1/min"}
    caches["limits"].clear()
    yield settings
    caches["limits"].clear()


def test_a_flood_is_told_to_wait(client, limits):
    for _time in range(3):
        assert get(client, "choices/").status_code == 200
    response = get(client, "choices/")
    assert response.status_code == 429
    assert response.json()["type"] == "throttled"
    assert 0 < int(response["Retry-After"]) <= 60
    assert client.get("/api/v1/choices/", REMOTE_ADDR="203.0.113.9").status_code == 200


def test_files_are_counted_apart(client, limits):
    assert get(client, "requests/?format=csv").status_code == 200
    assert get(client, "requests/?format=csv").status_code == 429
    assert get(client, "requests/").status_code == 200


def test_a_file_is_a_file_however_it_is_asked_for(client, limits):
    assert get(client, "requests/", Accept="text/csv").status_code == 200
    assert get(client, "requests/", Accept="text/csv").status_code == 429


def test_a_crowd_makes_no_flood_forgotten(client, limits):
    for _time in range(4):
        get(client, "choices/")
    for n in range(400):
        client.get("/api/v1/nothing/", REMOTE_ADDR=f"198.51.{n // 200}.{n % 200}")
    assert get(client, "choices/").status_code == 429


def test_one_network_of_ipv6_is_one_asker(client, limits):
    answers = [
        client.get("/api/v1/choices/", REMOTE_ADDR=f"2001:db8:1:2::{n:x}").status_code
        for n in range(5)
    ]
    assert answers == [200, 200, 200, 429, 429]
    assert client.get("/api/v1/choices/", REMOTE_ADDR="2001:db8:1:3::1").status_code == 200


@pytest.mark.parametrize(
    ("proxies", "passes"),
    [pytest.param(0, False, id="no-proxy-of-ours"), pytest.param(1, True, id="ours-names-them")],
)
def test_a_forged_address_passes_no_limit(client, limits, proxies, passes):
    limits.NUM_PROXIES = proxies
    answers = [
        client.get("/api/v1/choices/", headers={"X-Forwarded-For": f"198.51.100.{n}"}).status_code
        for n in range(5)
    ]
    assert (429 not in answers) == passes


@pytest.mark.parametrize("address", ["requests/", "requests/KN-1/", "stats/", "provinces/", "x/"])
def test_an_answer_leaves_memory_when_it_is_sent(register, rf, address):
    """Without waiting for the garbage collector, which rarely looks at everything."""
    path = f"/api/v1/{address}"
    match = resolve(path)
    gc.disable()
    try:
        response = match.func(rf.get(path), *match.args, **match.kwargs).render()
        sent = weakref.ref(response)
        assert response.content
        del response
        assert sent() is None
    finally:
        gc.enable()
