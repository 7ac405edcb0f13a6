"""Requests that are no text: 400 with words that help, never 500."""

import pytest

pytestmark = pytest.mark.django_db

PAGES = ["/", "/tinh/", "/kien-nghi/", "/en/cam-ket/", "/admin/login/"]
API = ["/api/v1/requests/", "/api/v1/provinces/", "/api/v1/nothing/"]
HOSTILE = [
    pytest.param("q=%00", id="nul"),
    pytest.param("q=a%0bb", id="control"),
    pytest.param("q=%ff%fe", id="no-utf-8"),
    pytest.param("q=%ed%a0%80", id="lone-surrogate"),
    pytest.param("%00=1", id="nul-in-a-name"),
    pytest.param("q=" + "a" * 10_000, id="10000-characters"),
    pytest.param("&".join(f"a{n}=1" for n in range(80)), id="80-parameters"),
]


@pytest.mark.parametrize("query", HOSTILE)
@pytest.mark.parametrize("path", PAGES + API)
def test_queries_that_are_no_text(client, path, query):
    response = client.get(f"{path}?{query}")
    assert response.status_code == 400
    assert "Content-Security-Policy" in response
    if path.startswith("/api/"):
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["status"] == 400
    else:
        assert "<h1" in response.content.decode()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/tinh/%00/", 400),
        ("/api/v1/requests/%00/", 400),
        ("/kien-nghi/%ff/", 404),
        ("/kien-nghi/KN-%E1%BA%BF/", 404),
        ("/kien-nghi/" + "9" * 5000 + "/", 404),
    ],
)
def test_paths_that_are_no_text(client, path, status):
    assert client.get(path).status_code == status


def test_the_language_of_the_refusal_is_that_of_the_address(client):
    assert b'lang="en"' in client.get("/en/?q=%00").content
    assert b'lang="vi"' in client.get("/?q=%00").content


@pytest.mark.parametrize("path", ["/", "/api/v1/", "/khong-co/", "/static/site.css"])
def test_headers_of_every_answer(client, path):
    response = client.get(path)
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert "camera=()" in response["Permissions-Policy"]


def test_unknown_api_address_is_a_problem_too(client):
    response = client.get("/api/v2/")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/khong-co/", "/kien-nghi/KN-999/", "/en/tinh/khong-co/"])
def test_on_ones_own_machine_too_the_404_helps(client, settings, path):
    settings.DEBUG = True
    page = client.get(path)
    assert page.status_code == 404
    assert "URLconf" not in page.content.decode()
    assert 'class="site"' in page.content.decode()


@pytest.mark.parametrize("path", ["/", "/robots.txt", "/du-lieu/catalog.jsonld", "/api/v1/"])
def test_nothing_is_traced(client, db, path):
    assert client.trace(path).status_code == 405
