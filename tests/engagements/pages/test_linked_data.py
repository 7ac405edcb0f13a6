"""Head of the pages: linked data, Open Graph, the icon, the notice of invented data."""

import json
import re

import pytest
from django.contrib.staticfiles.finders import find

from engagements.pages.linked_data import escaped_json
from tests.factories import make_attendance, make_meeting, published
from tests.pages import Reading

from .test_pages import PAGES


def linked(client, address):
    content = client.get(address).content.decode()
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', content)
    return [json.loads(one) for one in found]


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("address", PAGES)
def test_every_page_can_be_shared(register, client, address, prefix):
    page = Reading(client.get(prefix + address))
    metas = [given for tag, given in page.attributes if tag == "meta"]
    told = {given["property"]: given["content"] for given in metas if "property" in given}
    described = [given["content"] for given in metas if given.get("name") == "description"]
    assert told["og:site_name"] == "Sát Cánh"
    assert told["og:title"]
    assert "<" not in told["og:title"]
    assert [told["og:description"]] == described
    assert told["og:url"] == f"http://testserver{prefix}{address}"
    assert told["og:locale"] == ("en_GB" if prefix else "vi_VN")


def test_what_is_not_there_is_not_shared(db, client):
    content = client.get("/khong-co/").content.decode()
    assert "og:" not in content
    assert "ld+json" not in content


def test_a_session_is_an_event(register, client):
    (event,) = linked(client, "/buoi-lam-viec/2024-02-29-ninh-binh/")
    assert event["@context"] == "https://schema.org"
    assert event["@type"] == "Event"
    assert event["startDate"] == event["endDate"] == "2024-02-29"
    assert event["organizer"]["@type"] == "GovernmentOrganization"
    assert event["organizer"]["name"] == "Bộ Thông tin và Truyền thông"
    assert event["about"][0]["url"] == "http://testserver/tinh/ninh-binh-2025/"
    assert len(event["attendee"]) == 10
    (event,) = linked(client, "/buoi-lam-viec/quy-1-2024-ninh-binh/")
    assert "startDate" not in event  # no day is set
    assert event["description"].startswith("dự kiến quý I/2024 (29/02/2024–31/03/2024). ")
    assert "attendee" not in event
    (event,) = linked(client, "/buoi-lam-viec/2023-04-21-thua-thien-hue/")
    assert "location" not in event  # it is not recorded


@pytest.mark.parametrize(
    ("address", "type_"),
    [
        ("/tinh/hue/", "AdministrativeArea"),
        ("/co-quan/bo-thong-tin-va-truyen-thong/", "GovernmentOrganization"),
        ("/gioi-thieu/", "Dataset"),
    ],
)
def test_pages_say_what_they_are_about(register, client, address, type_):
    for prefix in ("", "/en"):
        (about,) = linked(client, prefix + address)
        assert about["@type"] == type_
        assert about["url"] == f"http://testserver{prefix}{address}"
    assert linked(client, "/kien-nghi/") == []


def test_no_text_ends_the_element_that_holds_it(db, client):
    hostile = '</script><script>alert("1")</script> <!-- & \u2028'
    session = make_meeting(title=hostile.replace("\u2028", ""), summary=hostile)
    make_attendance(meeting=session, title='"</ScRiPt>')
    published(session)
    address = f"/buoi-lam-viec/{session.slug}/"
    (event,) = linked(client, address)
    assert event["description"] == hostile
    assert event["attendee"][0]["jobTitle"] == '"</ScRiPt>'
    page = Reading(client.get(address))
    assert [tag for tag, _given in page.attributes].count("script") == 1
    assert not set("<>&\u2028\u2029") & set(escaped_json({"a": hostile}))


def test_the_icon_is_ours(db, client):
    tags = Reading(client.get("/")).attributes
    icons = [given["href"] for tag, given in tags if given.get("rel") == "icon"]
    assert icons == ["/static/favicon.svg"]
    assert find("favicon.svg")


def test_invented_data_says_so_on_every_page(db, client, settings):
    said = "every province, person and promise here is invented"
    assert said not in client.get("/en/kien-nghi/").content.decode()
    settings.DEMO = True
    assert said in client.get("/en/kien-nghi/").content.decode()
