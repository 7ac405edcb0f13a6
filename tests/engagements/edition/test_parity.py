"""Whatever a page can be asked, the API, the files and the feed can, by the same name."""

import csv
import json
import re
from io import BytesIO, StringIO

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from engagements.edition.filters import FILTERS
from engagements.pages.urls import FILE_PATHS
from engagements.words import Kind
from provinces.models import OrganizationKind

PLURALS = {
    Kind.SOURCE: "sources",
    Kind.MEETING: "meetings",
    Kind.REQUEST: "requests",
    Kind.COMMITMENT: "commitments",
    Kind.RECOMMENDATION: "recommendations",
}
PAGES = {read.kind: where for where, read in FILE_PATHS.items()}
# One value for each filter, and what must be asked with it for the value to tell.
SAMPLES = {
    "q": {"q": "so"},
    "province": {"province": "ninh-binh"},
    "lineage": {"province": "hue", "lineage": "false"},
    "status": {"status": "unknown"},
    "deadline": {"deadline": "past_unknown"},
    "first_deadline": {"first_deadline": "past_unknown"},
    "topic": {"topic": "nhan-luc-so"},
    "meeting": {"meeting": "2024-02-29-ninh-binh"},
    "official": {"official": "nguyen-manh-hung"},
    "lead": {"lead": "bo-thong-tin-va-truyen-thong"},
    "ministry": {"ministry": "bo-thong-tin-va-truyen-thong"},
    "strength": {"strength": "explicit"},
    "answer": {"answer": "unanswered"},
    "from": {"from": "2024-01-01"},
    "to": {"to": "2023-12-31"},
    "year": {"year": "2023"},
    "updated_since": {"updated_since": "2020-01-01"},
    "as_of": {"as_of": "2020-01-01"},
    "type": {"type": "held"},
    "inferred": {"inferred": "any"},
    "general": {"general": "true"},
    "status_proof": {"status_proof": "none"},
    "voices": {"voices": "none"},
}
TYPES = {Kind.SOURCE: {"type": "press_article"}}
CASES = [(kind, name) for kind in PLURALS for name in FILTERS[kind].base_filters]


def asked(kind, name):
    return TYPES.get(kind, SAMPLES[name]) if name == "type" else SAMPLES[name]


def on_the_page(client, kind, query):
    response = client.get(f"/{PAGES[kind]}/", query)
    assert response.status_code == 200
    found, pages = [], response.context["page_obj"].paginator
    for number in pages.page_range:
        page = client.get(f"/{PAGES[kind]}/", query | {"page": number})
        found += [one.code for one in page.context["object_list"]]
    return found


def in_the_api(client, kind, query):
    rows = client.get(f"/api/v1/{PLURALS[kind]}/", query | {"page_size": 200}).json()["results"]
    return [row["code"] for row in rows]


def body(client, path, query):
    response = client.get(path, query)
    assert response.status_code == 200, path
    return b"".join(response)


def in_ndjson(client, kind, query):
    data = body(client, f"/api/v1/{PLURALS[kind]}/", query | {"format": "ndjson"})
    return [json.loads(line)["code"] for line in data.decode().splitlines()]


def in_csv(client, kind, query):
    data = body(client, f"/{PAGES[kind]}/du-lieu.csv", query).decode("utf-8-sig")
    return [row["code"] for row in csv.DictReader(StringIO(data, newline=""))]


def in_xlsx(client, kind, query):
    data = body(client, f"/{PAGES[kind]}/du-lieu.xlsx", query)
    return [row[0] for row in list(load_workbook(BytesIO(data)).active.values)[1:]]


def in_the_feed(client, kind, query):
    data = body(client, f"/{PAGES[kind]}/atom.xml", query).decode()
    return re.findall(r"<id>tag:[^<]*?([^/:<]+)/?</id>", data)[1:]


FILES = [in_ndjson, in_csv, in_xlsx, in_the_feed]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_every_door_finds_the_same(client, register, walk, kind, name):
    """The page, the API, and of the files and the feed two by turns; in a full walk all."""
    query = asked(kind, name)
    found = sorted(on_the_page(client, kind, query))
    turn = CASES.index((kind, name)) % len(FILES)
    files = FILES if walk else [FILES[turn], FILES[turn - 1]]
    for door in (in_the_api, *files):
        assert sorted(door(client, kind, query)) == found, door.__name__


@pytest.mark.parametrize("kind", ["", *OrganizationKind.values])
def test_bodies_of_a_kind_are_the_same_on_the_page_and_in_the_api(client, register, kind):
    query = {"kind": kind} if kind else {}
    letters = client.get("/co-quan/", query).context["letters"]
    shown = sorted(one.slug for _sign, _anchor, bodies in letters for one in bodies)
    response = client.get("/api/v1/organizations/", query).json()
    assert sorted(one["slug"] for one in response["results"]) == shown
    assert response["count"] == len(shown)
    data = body(client, "/api/v1/organizations/", query | {"format": "csv"}).decode()
    found = csv.DictReader(StringIO(data, newline=""))
    assert sorted(row["slug"] for row in found) == shown
    assert shown or kind not in ("", "ministry")


@pytest.mark.parametrize(
    ("path", "query", "named"),
    [
        ("organizations/", "kind=ministr", "kind"),
        ("organizations/", "kind=", "kind"),
        ("organizations/", "kind=ministry&kind=school", "kind"),
        ("organizations/", "kin=ministry", "kin"),
        ("organizations/", "kind=ministr&format=csv", "kind"),
        ("organizations/bo-thong-tin-va-truyen-thong/", "kind=ministry", "kind"),
        ("topics/", "kind=ministry", "kind"),
    ],
)
def test_a_wrong_kind_of_body_is_refused(client, register, path, query, named):
    response = client.get(f"/api/v1/{path}?{query}")
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [named]


@pytest.mark.parametrize("kind", PLURALS)
def test_every_door_refuses_what_is_misspelt(client, register, kind):
    for path in (
        f"/{PAGES[kind]}/",
        f"/{PAGES[kind]}/atom.xml",
        f"/{PAGES[kind]}/du-lieu.csv",
        f"/{PAGES[kind]}/du-lieu.xlsx",
        f"/api/v1/{PLURALS[kind]}/",
        f"/api/v1/{PLURALS[kind]}/?format=csv",
    ):
        assert client.get(path, {"statuss": "done", **formatted(path)}).status_code == 400, path


def formatted(path):
    return {"format": "csv"} if path.endswith("=csv") else {}


def test_the_samples_tell_something(client, register):
    """Most of them find a part of the list: neither all of it nor nothing."""
    whole = {kind: len(in_the_api(client, kind, {})) for kind in PLURALS}
    parts = sum(
        0 < len(in_the_api(client, kind, asked(kind, name))) < whole[kind]
        for kind in PLURALS
        for name in FILTERS[kind].base_filters
    )
    assert parts > 35
    assert in_the_api(client, Kind.REQUEST, {"as_of": timezone.localdate()}) == in_the_api(
        client, Kind.REQUEST, {}
    )


@pytest.mark.parametrize("kind", [kind for kind in PLURALS if kind != Kind.SOURCE])
def test_what_is_inferred_is_one_claim_or_another(client, register, kind):
    found = {
        asked: set(in_the_api(client, kind, {"inferred": asked}))
        for asked in ("any", "none", "link", "other")
    }
    assert found["any"] == found["link"] | found["other"]
    assert found["any"] & found["none"] == set()
    assert found["any"] | found["none"] == set(in_the_api(client, kind, {}))
    for code in found["none"]:
        row = client.get(f"/api/v1/{PLURALS[kind]}/{code}/").json()
        assert '"is_inferred":true' not in json.dumps(row, separators=(",", ":"))


def test_requests_whose_answer_is_inferred_are_found_by_their_link(client, register):
    rows = client.get("/api/v1/requests/", {"page_size": 200}).json()["results"]
    linked = {
        row["code"] for row in rows if any(link["is_inferred"] for link in row["answered_by"])
    }
    assert set(in_the_api(client, Kind.REQUEST, {"inferred": "link"})) == linked
    assert 0 < len(linked) < len(rows)
