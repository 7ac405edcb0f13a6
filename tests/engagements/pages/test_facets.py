"""Counted choices on the page of a province: what each would leave under the other filters."""

import gzip
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engagements.edition.models import Edition
from engagements.pages.charts import YEARS_SHOWN, YearAxis, figure_charts, lifeline
from provinces.models import Atlas
from tests.factories import (
    make_commitment,
    make_figure,
    make_indicator,
    make_meeting,
    make_merger,
    make_official,
    make_organization,
    make_province,
    make_recommendation,
    make_request,
    make_topic,
    make_update,
    published,
)
from tests.pages import read

FACETS = ("kind", "status", "deadline", "status_proof", "topic", "year", "official", "lead")
BUDGET = 60_000


def counts(client, address):
    """{facet: {code: number}} as the page has them."""
    found = client.get(address).context["facets"]
    return {one["name"]: {c["code"]: c.get("number") for c in one["choices"]} for one in found}


@pytest.fixture(scope="module")
def place(shared_rows):
    """A unit made from another, with items of each kind, year, topic, official and lead."""
    old = make_province(slug="cu", name="Cũ")
    new = make_merger(make_province(slug="nay", name="Nay"), old)
    for n, day in enumerate((date(2023, 5, 4), date(2024, 2, 29))):
        session = make_meeting(slug=f"{day}-cu", provinces=[old], held_on=day)
        topic, person = make_topic(slug=f"t{n}"), make_official(slug=f"o{n}")
        body = make_organization(slug=f"b{n}")
        for _again in range(n + 1):
            values = {"meeting": session, "raised_by": person, "topics": [topic]}
            asked = published(make_request(**values))
            promise = published(make_commitment(lead=body, answers=[asked], **values))
            published(make_recommendation(**values))
        published(make_update(commitment=promise, status="in_progress"))
    return new


@pytest.mark.parametrize(
    "query", ["", "kind=commitment", "year=2024", "topic=t0", "status=in_progress", "lead=b1"]
)
def test_each_choice_leaves_as_many_as_it_says(place, client, query):
    checked = Counter()
    for name, choices in counts(client, f"/tinh/nay/?{query}").items():
        rest = "&".join(part for part in query.split("&") if not part.startswith(f"{name}="))
        for code, number in choices.items():
            address = f"/tinh/nay/?{rest}&{name}={code}".replace("?&", "?")
            assert client.get(address).context["shown"] == number, address
            checked[name] += 1
    assert sum(checked.values()) >= 3


def test_every_facet_stands_where_there_is_something_to_choose(place, client):
    assert tuple(counts(client, "/tinh/nay/")) == tuple(
        one
        for one in FACETS
        if one != "deadline"  # none has a due day: nothing to choose
    )


def test_a_chosen_value_without_rows_stays_among_the_choices(place, client):
    found = counts(client, "/tinh/nay/?status=done")
    assert found["status"]["done"] in (None, 0)
    page = read(client, "/tinh/nay/?status=done")
    assert any(
        given.get("value") == "done" and "checked" in given for _tag, given in page.attributes
    )


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "query",
    [
        "year=1944", "year=2101", "year=hai", "year=2e3", "year=02024", "year=２０２４",
        "official=khong-co", "lead=khong-co", "topic=khong-co", "kind=source", "status=xong",
        "province=hue", "year=2024&year=2023", "lineage=co",
    ],
)  # fmt: skip
def test_a_wrong_value_lists_nothing_and_stays(place, client, query):
    response = client.get(f"/tinh/nay/?{query}")
    assert response.status_code == 400
    assert response.context["lists"] == []


def test_what_was_typed_stays_checked_beside_its_error(place, client):
    page = read(client, "/en/tinh/nay/?official=khong-co", status=400)
    assert "id_official_khong-co" in page.ids
    assert "id_official" in page.ids


@pytest.mark.parametrize(
    ("sent", "clean"),
    [
        ("q=&kind=&topic=t0&status=", "/tinh/nay/?topic=t0"),
        ("q=&kind=", "/tinh/nay/"),
        ("status=&status=unknown", "/tinh/nay/?status=unknown"),
        ("q=&utm_source=thu", "/tinh/nay/?utm_source=thu"),
    ],
)
def test_what_a_form_sends_empty_leaves_the_address(place, client, sent, clean):
    response = client.get(f"/tinh/nay/?{sent}")
    assert (response.status_code, response["Location"]) == (302, clean)
    assert client.get(clean).status_code == 200


def test_an_empty_field_of_a_list_leaves_the_address(register, client):
    response = client.get("/en/kien-nghi/?q=&province=hue&page=")
    assert response["Location"] == "/en/kien-nghi/?province=hue"


def test_an_unknown_empty_parameter_is_still_refused(place, client):
    assert client.get("/tinh/nay/?statu=").status_code == 400
    assert client.get("/kien-nghi/?statu=").status_code == 400


def test_tracking_shows_the_page_and_stays_out_of_its_links(place, client):
    page = read(client, "/tinh/nay/?utm_source=thu&fbclid=1&kind=request")
    assert not [link for link in page.links if "utm_source" in link and link.startswith("/kien")]
    assert client.get("/tinh/nay/?fbclid=1").context["shown"] == 9


def test_the_predecessors_items_can_be_switched_off(place, client):
    assert client.get("/tinh/nay/?lineage=false").context["shown"] == 0
    page = read(client, "/en/tinh/nay/")
    assert "until 30/06/2025" in page.text
    assert "that unit alone" in page.text


@pytest.mark.parametrize("year", ["2023", "2024"])
def test_a_year_is_asked_of_lists_and_api_alike(register, client, year):
    page = client.get(f"/kien-nghi/?year={year}")
    found = client.get(f"/api/v1/requests/?year={year}").json()["results"]
    assert page.context["paginator"].count == len(found) > 0
    assert {one["meeting"]["held_on"][:4] for one in found} == {year}
    assert client.get("/api/v1/requests/?year=hai").status_code == 400


def test_a_swap_asks_for_the_page_itself(place, client):
    page = read(client, "/tinh/nay/")
    form = next(given for tag, given in page.attributes if tag == "form" and "data-hx-get" in given)
    assert form["data-hx-get"] == "/tinh/nay/"
    assert form["data-hx-push-url"] == "true"
    assert form["method"] == "get"
    for selector in (form["data-hx-target"], "#facets", "#asked", "#said"):
        assert page.ids[selector.lstrip("#")] == 1


def test_facets_ask_the_database_the_same_whatever_there_is(place, client):
    def asked(address):
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)

    addresses = ["/tinh/nay/", "/tinh/nay/?topic=t0&year=2023&status=unknown"]
    few = [asked(address) for address in addresses]
    session = make_meeting(provinces=[place.origins.get().predecessor])
    for _again in range(20):
        values = {"meeting": session, "topics": [make_topic()], "raised_by": make_official()}
        published(make_commitment(lead=make_organization(), **values))
    assert [asked(address) for address in addresses] == few


def test_the_page_of_a_province_is_light(register, client):
    """HTML, style and script of the heaviest page that the documents give, as sent."""
    files = [finders.find(name) for name in ("site.css", "django_htmx/htmx-2.min.js")]
    sizes = [len(gzip.compress(Path(path).read_bytes())) for path in files]
    for address in ("/tinh/hue/", "/en/tinh/ninh-binh/"):
        html = client.get(address).content
        scripts = html.count(b"<script")
        assert scripts == html.count(b"<script defer") + html.count(b"application/ld+json")
        assert sum(sizes) + len(gzip.compress(html)) < BUDGET
    assert settings.STATIC_URL == "/static/"


# -- pictures


def test_the_life_of_a_unit_is_drawn_with_its_table(register, client):
    context = client.get("/tinh/ninh-binh/").context
    drawn = context["lifeline"]
    assert {one["unit"].slug for one in drawn["lanes"]} == {
        "ninh-binh", "ha-nam", "nam-dinh", "ninh-binh-2025",
    }  # fmt: skip
    assert len(drawn["joins"]) == 3
    assert [one["shape"] for one in drawn["marks"]].count("meeting") >= 1
    days = {row["day"] for row in drawn["rows"]}
    assert {date(2024, 2, 29), date(2025, 7, 1)} <= days


def test_a_unit_without_a_past_or_session_has_no_time_line(register, client):
    assert client.get("/tinh/ca-mau/").context["lifeline"] is None


@pytest.mark.parametrize(
    ("first", "last"), [(1945, 2026), (2020, 2026), (2025, 2026), (2026, 2026), (1997, 2100)]
)
def test_an_axis_never_crowds_its_years(first, last):
    axis = YearAxis(date(first, 1, 1), date(last, 12, 31))
    assert 1 <= len(axis.ticks()) <= YEARS_SHOWN
    assert axis.at(date(first, 1, 1)) == "0.00%"
    assert axis.at(date(last + 1, 1, 1)) == "100.00%"


@pytest.mark.both_databases
def test_many_days_are_gathered_by_year(db):
    unit = make_province()
    days = [date(2023, 1, 1).toordinal() + n for n in range(400)]
    events = {(unit.pk, date.fromordinal(day)): {"meeting": 1} for day in days}
    drawn = lifeline(unit, Atlas(), events, date(2026, 11, 22))
    assert [row["counts"] for row in drawn["rows"]] == [{"meeting": 365}, {"meeting": 35}]
    assert not any(row["is_day"] for row in drawn["rows"])


def test_ranks_run_from_year_to_year_with_the_best_on_top(db):
    indicator = make_indicator(slug="hang", unit="hạng", better="lower")
    place = make_province()
    for year, value in ((2019, 20), (2022, 6)):
        published(
            make_figure(
                province=place,
                meeting=make_meeting(provinces=[place]),
                indicator=indicator,
                unit="hạng",
                value=value,
                period=str(year),
                period_from=year,
                period_to=year,
            )
        )
    rows = list(Edition.objects.public().of_kind("figure"))
    known = {"hang": {"name": "Hạng", "name_en": "", "better": "lower", "note": ""}}
    (chart,) = figure_charts(rows, known)
    first, last = chart["points"]
    assert [one["edition"].data["period"] for one in (first, last)] == ["2019", "2022"]
    assert int(last["y"]) < int(first["y"])
    assert len(chart["lines"]) == 1


@pytest.mark.parametrize("address", ["/kien-nghi/", "/cam-ket/", "/khuyen-nghi/", "/cap-nhat/"])
def test_a_topic_a_ministry_and_a_province_can_be_chosen_on_a_list(register, client, address):
    page = read(client, address)
    named = {given.get("name") for tag, given in page.attributes if tag == "select"}
    assert {"topic", "ministry", "province"} <= named
    query = "topic=nhan-luc-so&ministry=bo-thong-tin-va-truyen-thong&province=hue"
    found = client.get(f"{address}?{query}")
    assert found.status_code == 200
    whole = client.get(address).context["paginator"].count
    assert found.context["paginator"].count < whole
