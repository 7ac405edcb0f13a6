"""Every address in a browser (`make walk`): no accessibility fault, nothing that scrolls sideways.

What the public reads in both languages; the staff's desk as each role. The looks are light and
dark, wide and on a phone: of each template (each page of the desk for a superuser) one address is
seen in all four, every other address in one of them by turns.
"""

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from tests.engagements.desk.roles import WHO
from tests.engagements.desk.test_roles import ACCOUNTS, MAKERS, QUERIES, read, visits
from tests.pages import crawled

from .test_desk import serious

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
LOOKS = [(scheme, size) for scheme in ("light", "dark") for size in (WIDE, PHONE)]
PARTS = 4  # of the public's pages, which workers take
OF_OTHERS = {"/api/docs/"}  # written by Swagger UI, whose colours and headings are its own


@pytest.fixture(scope="module")
def public(loaded):
    """(address, its looks) of every public page that links lead to, in both languages."""
    visits, templates = [], set()
    for address, response in crawled(Client(), lambda path, asked: True):
        if not _is_page(response):
            continue
        kind = address.startswith("/en/"), response.templates[0].name
        turn = len(visits) % len(LOOKS)
        visits.append((address, LOOKS[turn : turn + 1] if kind in templates else LOOKS))
        templates.add(kind)
    return visits


@pytest.fixture(scope="module")
def desk_rows(loaded):
    with transaction.atomic():
        return {model: make() for model, make in MAKERS.items()}


def _is_page(response):
    return response.status_code == 200 and response.headers["Content-Type"].startswith("text/html")


def looked_at(page, address, scheme, size):
    """The page in that look, from its beginning: colours change slowly on one that is open."""
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(size)
    page.goto(address)
    return page


def faults_of(page, report, size):
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [*report, *([f"{wide} wide"] if wide > size["width"] else [])]


@pytest.mark.parametrize("part", range(PARTS))
def test_the_public_pages(page, watch, faults, public, record_property, part):
    wrong, looks = {}, 0
    for address, seen in public[part::PARTS]:
        for scheme, size in seen:
            looked_at(page, address, scheme, size)
            looks += 1
            report = "" if address in OF_OTHERS else faults(page)
            if found := faults_of(page, [report] if report else [], size):
                wrong[address, scheme, size["width"]] = found
    record_property("pages", looks)
    assert wrong == {}


@pytest.mark.parametrize("who", WHO)
def test_the_desk(page, base_url, watch, faults, desk_rows, record_property, who):
    with transaction.atomic():
        client = Client()
        client.force_login(ACCOUNTS[who]())
        addresses = [
            (path, read(name)[1] or name)
            for name, path, opens, _sends in visits(desk_rows)
            if who in opens and _is_page(client.get(path, QUERIES.get(name, {})))
        ]
    seen = set()
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": base_url}]
    )
    wrong, looks = {}, 0
    for number, (address, kind) in enumerate(addresses):
        turn = (number + list(WHO).index(who)) % len(LOOKS)
        is_new = who == "S" and kind not in seen
        seen.add(kind)
        for scheme, size in LOOKS if is_new else LOOKS[turn : turn + 1]:
            looked_at(page, address, scheme, size)
            looks += 1
            if found := faults_of(page, serious(faults(page)), size):
                wrong[address, scheme, size["width"]] = found
    record_property("pages", looks)
    assert wrong == {}
