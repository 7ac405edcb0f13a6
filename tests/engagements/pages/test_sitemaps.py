"""Sitemaps: every public page in both languages, and nothing that is not public."""

from datetime import datetime

from engagements.edition.models import Edition
from engagements.publication.publishing import withdraw
from tests.factories import make_request, published, publisher
from tests.pages import MAP, sitemap

from .test_pages import PAGES

LINK = "{http://www.w3.org/1999/xhtml}link"


def test_site_maps_name_every_page_in_both_languages(register, client):
    found = sitemap(client)
    for path in PAGES:
        if "?" not in path and "/ban-cong-bo/" not in path:  # past editions are for people
            for address in (path, f"/en{path}"):
                links = {one.get("hreflang"): one.get("href") for one in found[address].iter(LINK)}
                assert links == {
                    "vi": f"http://testserver{path}",
                    "en": f"http://testserver/en{path}",
                    "x-default": f"http://testserver{path}",
                }
    for path in list(found)[::37]:
        assert client.get(path).status_code == 200, path


def test_site_maps_tell_days_of_publication_alone(register, client):
    found = sitemap(client)
    edition = Edition.objects.public().get(code="KN-5")
    day = datetime.fromisoformat(edition.data["published_at"]).astimezone().date()
    assert found["/kien-nghi/KN-5/"].findtext(f"{MAP}lastmod") == day.isoformat()
    assert found["/tinh/ninh-binh/"].findtext(f"{MAP}lastmod")
    assert found["/tinh/ninh-binh-2025/"].findtext(f"{MAP}lastmod")
    assert found["/tinh/ca-mau/"].findtext(f"{MAP}lastmod") is None


def test_what_is_not_public_stands_in_no_site_map(db, client):
    request = published(make_request())
    assert f"/kien-nghi/{request.code}/" in sitemap(client)
    withdraw(request, by=publisher())
    assert f"/kien-nghi/{request.code}/" not in sitemap(client)
    assert client.get("/sitemap-khong-co.xml").status_code == 404
    assert client.get("/sitemap-requests.xml?p=9").status_code == 404
