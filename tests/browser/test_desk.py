"""Pages that staff meet every day: no serious fault for a screen reader, room on a phone, no word
of English."""

import re

import pytest
from django.conf import settings
from django.test import Client

from engagements.models import Meeting, ProvinceRequest
from engagements.roles import ROLES
from tests.factories import make_user

PAGES = {
    "index": "/admin/",
    "list": "/admin/engagements/provincerequest/",
    "officials": "/admin/provinces/official/",
    "form": "/admin/engagements/provincerequest/{request}/change/",
    "history": "/admin/engagements/provincerequest/{request}/history/",
    "review": "/admin/engagements/provincerequest/{request}/review/",
    "session": "/admin/engagements/meeting/{meeting}/session/",
    "next session": "/admin/engagements/meeting/next/?meeting={meeting}",
    "import": "/admin/engagements/commitment/import/",
    "report": "/admin/engagements/meeting/report/",
    "reminder": "/admin/engagements/meeting/reminder/",
    "password": "/admin/password_change/",
}
# These are dark and on a phone, the others light and wide; a full walk looks at all in each look.
DARK = {"list", "form", "session", "import", "reminder", "lost password"}
OUT = {"login": "/admin/login/", "lost password": "/admin/quen-mat-khau/"}


@pytest.fixture(scope="module")
def key(loaded, django_db_blocker):
    """The session of somebody with every role."""
    with django_db_blocker.unblock():
        client = Client()
        client.force_login(make_user("moi-vai", ROLES, is_superuser=True))
        return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def addresses(loaded):
    return {
        "request": ProvinceRequest.objects.get(code="KN-5").pk,
        "meeting": Meeting.objects.get(slug="2024-02-29-ninh-binh").pk,
    }


def serious(faults):
    """The part of a report that speaks of serious or critical faults."""
    parts = re.split(r"(?=Rule Violated:)", faults)
    return [part for part in parts if re.search("Impact Level: (serious|critical)", part)]


@pytest.mark.parametrize("name", [*PAGES, *OUT])
def test_a_page_of_the_desk_serves_everybody(page, base_url, key, addresses, faults, name):
    if name in PAGES:
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": base_url}
        page.context.add_cookies([cookie])
    if name in DARK:
        page.set_viewport_size({"width": 360, "height": 740})
        page.emulate_media(color_scheme="dark")
    response = page.goto((PAGES | OUT)[name].format(**addresses))
    assert response.status == 200
    assert serious(faults(page)) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator("html").get_attribute("lang") == "vi"
