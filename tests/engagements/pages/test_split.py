"""A unit that was split: each successor finds what was before it, sums count it once."""

import json
from datetime import date

import pytest

from engagements.edition.reading import Reader
from provinces.models import Atlas
from tests.factories import (
    edition_of,
    make_commitment,
    make_figure,
    make_meeting,
    make_merger,
    make_province,
    make_request,
    make_succession,
    published,
)

pytestmark = pytest.mark.django_db
SPLIT_ON = date(2025, 7, 1)
HEIRS = [{"slug": "bac", "name": "Chia Bắc"}, {"slug": "nam", "name": "Chia Nam"}]


@pytest.fixture(scope="module")
def split(shared_rows):
    """KN-1 and CK-1 of the unit that was split, KN-2 of one that had merged into it before, KN-3
    of its northern successor; SL-1 of the unit that was split.
    """
    earlier = make_province(name="Chia Xưa", slug="xua")
    whole = make_merger(make_province(name="Chia", slug="chia"), earlier, on=date(2024, 1, 1))
    whole.ceased_on = SPLIT_ON
    whole.save()
    for name, slug in (("Chia Bắc", "bac"), ("Chia Nam", "nam")):
        part = make_province(name=name, slug=slug, established_on=SPLIT_ON)
        make_succession(whole, part, kind="split", effective_on=SPLIT_ON, legal_act="Nghị quyết 1")
    session = make_meeting(provinces=[whole], slug="buoi-chia")
    request = published(make_request(meeting=session, title="Việc trước khi chia"))
    published(make_commitment(answers=[request]))
    published(make_figure(meeting=session))
    before = make_meeting(provinces=[earlier], held_on=date(2023, 5, 5))
    published(make_request(meeting=before))
    after = make_meeting(provinces=[Atlas().slugs["bac"]], held_on=date(2025, 9, 1))
    published(make_request(meeting=after))
    return request


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("province=bac", "KN-1 KN-2 KN-3"),
        ("province=nam", "KN-1 KN-2"),
        ("province=chia", "KN-1 KN-2"),
        ("province=xua", "KN-2"),
        ("province=bac&lineage=false", "KN-3"),
        ("province=nam&lineage=false", ""),
    ],
)
def test_each_successor_finds_what_was_before(client, split, asked, expected):
    rows = client.get(f"/api/v1/requests/?{asked}").json()["results"]
    assert {row["code"] for row in rows} == set(expected.split())
    page = client.get(f"/kien-nghi/?{asked}")
    assert {row.code for row in page.context["object_list"]} == set(expected.split())


def test_a_payload_names_every_successor_and_no_heir(client, split):
    province = client.get("/api/v1/requests/KN-1/").json()["province"]
    assert province == {"slug": "chia", "name": "Chia", "current": None, "successors": HEIRS}
    earlier = client.get("/api/v1/requests/KN-2/").json()["province"]
    assert (earlier["current"], earlier["successors"]) == (None, HEIRS)
    (place,) = client.get("/api/v1/meetings/buoi-chia/").json()["provinces"]
    assert place == province
    units = {row["slug"]: row for row in client.get("/api/v1/provinces/").json()["results"]}
    assert (units["chia"]["current"], units["chia"]["successors"]) == (None, HEIRS)
    assert (units["bac"]["current"], units["bac"]["successors"]) == (HEIRS[0], [])
    assert units["bac"]["predecessors"] == ["chia"]


@pytest.mark.parametrize(
    ("on", "current", "successors"),
    [
        (date(2025, 6, 30), {"slug": "chia", "name": "Chia"}, []),
        (SPLIT_ON, None, HEIRS),
    ],
)
def test_a_payload_tells_who_carries_it_on_the_day_asked(split, on, current, successors):
    place = json.loads(Reader(on).whole(edition_of(split)))["province"]
    assert (place["current"], place["successors"]) == (current, successors)


def test_files_hold_the_slugs_of_the_successors(client, split):
    lines = b"".join(client.get("/kien-nghi/du-lieu.csv?province=nam")).decode("utf-8-sig")
    header, *rows = lines.splitlines()
    assert "province.successors" in header.split(",")
    assert [row.count("bac; nam") for row in rows] == [1, 1]


def test_sums_count_it_once_under_its_own_name(client, split):
    rows = client.get("/api/v1/stats/?by=province").json()["results"]
    assert {row["key"]: row["total"] for row in rows} == {"chia": 3, "bac": 1}
    context = client.get("/").context
    assert (context["totals"]["requests"], context["totals"]["commitments"]) == (3, 1)
    table = {row["unit"].slug: row["total"] for row in context["rows"]}
    assert table == {"bac": 1, "nam": 0, "chia": 3}
    assert [row["unit"].slug for row in context["units"]] == ["bac", "nam"]
    meetings = {row["unit"].slug: row["held"] for row in context["rows"]}
    assert meetings == {"bac": 1, "nam": 0, "chia": 2}
    facets = {facet["name"]: facet for facet in client.get("/tim-kiem/?q=so").context["facets"]}
    counted = {option["label"]: option["number"] for option in facets["province"]["options"]}
    assert counted == {"Chia": 5, "Chia Bắc": 2}


@pytest.mark.parametrize(
    ("path", "mark"), [("", "trước khi chia tách"), ("/en", "before the split")]
)
def test_pages_lead_to_each_successor_and_mark_what_was_before(client, split, path, mark):
    for page in ("/tinh/nam/", "/kien-nghi/?province=nam", "/kien-nghi/KN-1/"):
        content = client.get(f"{path}{page}").content.decode()
        assert mark in content, page
    for page in (
        "/tinh/chia/",
        "/tinh/",
        "/kien-nghi/KN-1/",
        "/buoi-lam-viec/buoi-chia/",
        "/cap-nhat/",
    ):
        content = client.get(f"{path}{page}").content.decode()
        for slug in ("bac", "nam"):
            assert f'href="{path}/tinh/{slug}/"' in content, (page, slug)
    content = client.get(f"{path}/tinh/chia/ho-so/").content.decode()
    for slug in ("bac", "nam"):
        assert f'href="{path}/tinh/{slug}/ho-so/"' in content


def test_a_page_of_a_successor_shows_what_was_before(client, split):
    context = client.get("/tinh/nam/").context
    assert [listed["number"] for listed in context["lists"]] == [2, 1, 0]
    assert [(row["state"], row["number"]) for row in context["session_numbers"]] == [("held", 2)]
    assert len(context["figures"]) == 1
    assert context["facts"][0]["number"] == 2


def test_the_search_for_its_name_leads_to_its_successors(client, split):
    groups = {kind: rows for kind, _title, rows in client.get("/tim-kiem/?q=chia").context["go_to"]}
    assert [unit.slug for unit in groups["province"]] == ["bac", "nam", "chia", "xua"]
    assert client.get("/tim-kiem/?q=viec&province=nam").context["number"] == 3


def test_feed_and_site_map_of_a_successor_hold_what_was_before(client, split):
    assert b"/KN-1/" in client.get("/tinh/nam/atom.xml").content
    content = client.get("/sitemap-provinces.xml").content.decode()
    (entry,) = (
        part for part in content.split("<url>") if "<loc>http://testserver/tinh/nam/<" in part
    )
    assert "<lastmod>" in entry


def test_successors_that_become_one_again_are_one_heir(split, client):
    parts = [Atlas().slugs[slug] for slug in ("bac", "nam")]
    make_merger(make_province(name="Lại Một", slug="mot"), *parts, on=date(2026, 1, 1))
    assert client.get("/api/v1/requests/KN-1/").json()["province"]["current"]["slug"] == "mot"
