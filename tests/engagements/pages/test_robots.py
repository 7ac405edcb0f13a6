"""robots.txt names the sitemap, security.txt whom a finder of a hole may write to."""

from datetime import datetime

import pytest


def test_robots_find_the_site_map(db, client):
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert "Sitemap: http://testserver/sitemap.xml" in response.content.decode().splitlines()


@pytest.mark.parametrize(
    ("contact", "line"),
    [
        ("an-toan@example.vn", "Contact: mailto:an-toan@example.vn"),
        ("https://example.vn/bao-loi", "Contact: https://example.vn/bao-loi"),
        ("a@example.vn\r\nPolicy: x", "Contact: a@example.vn Policy: x"),
    ],
)
def test_security_txt_names_who_was_named(db, client, settings, contact, line):
    settings.SECURITY_CONTACT = contact
    response = client.get("/.well-known/security.txt")
    lines = response.content.decode().splitlines()
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert lines[0] == line
    assert [one.partition(":")[0] for one in lines] == [
        "Contact", "Expires", "Preferred-Languages", "Canonical",
    ]  # fmt: skip
    expires = datetime.fromisoformat(lines[1].removeprefix("Expires: "))
    assert 364 <= (expires - datetime.now(expires.tzinfo)).days <= 365


def test_without_a_contact_there_is_no_security_txt(db, client, settings):
    settings.SECURITY_CONTACT = ""
    assert client.get("/.well-known/security.txt").status_code == 404
