"""The way in: what needs a reader's eye, the map by a chosen measure, what is new and ahead."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone, translation

from engagements.edition.models import Edition
from engagements.pages.tiles import Measure, tile_map, value_of
from provinces.models import Province
from tests.factories import (
    edited,
    edition_of,
    make_commitment,
    make_meeting,
    make_province,
    make_request,
    make_update,
    published,
)
from tests.pages import Reading, read

TODAY = date(2026, 11, 22)


@pytest.fixture
def today(monkeypatch):
    """The local day, whatever the clock of the machine says."""
    monkeypatch.setattr(timezone, "localdate", lambda value=None: TODAY if value is None else value)
    return TODAY


# -- figures


def test_what_was_corrected_this_month_is_counted_once(db, client):
    request = published(make_request(title="Điều cũ"))
    published(edited(request, title="Điều mới"))
    context = client.get("/").context
    number = next(one for one in context["live"] if "updated_since" in one["href"])["number"]
    assert number == 2  # the request and its session, whose source is no news
    page = read(client, context["live"][-1]["href"])
    assert page.rows == 2


def test_a_reissue_is_no_news(db, client):
    request = published(make_request())
    before = edition_of(request)
    published(edited(request.meeting, title="Buổi làm việc gọi bằng tên khác"))
    after = edition_of(request)
    assert (after.number, after.cause) == (before.number + 1, "links")
    assert after.changed_at == before.changed_at
    recent = Edition.objects.public().changed_since(after.published_at)
    assert {edition.kind for edition in recent} == {"meeting"}


def test_news_are_found_from_an_instant_on(db, client):
    """Pages, the API and its change log take a day, or an instant with its zone."""
    edition = edition_of(published(make_request()))
    at, after = edition.changed_at, edition.changed_at + timedelta(seconds=1)
    for address in ("/kien-nghi/", "/kien-nghi/du-lieu.csv", "/api/v1/requests/"):
        for moment, is_found in ((at, True), (after, False)):
            for zone in (UTC, timezone.get_current_timezone()):
                text = moment.astimezone(zone).isoformat()
                answer = client.get(address, {"updated_since": text})
                content = b"".join(answer) if answer.streaming else answer.content
                assert (edition.data["title"] in content.decode()) == is_found, (address, text)
    unescaped = at.astimezone(timezone.get_current_timezone()).isoformat()
    assert client.get(f"/api/v1/requests/?updated_since={unescaped}").json()["count"] == 1
    changes = client.get("/api/v1/changes/", {"updated_since": at.isoformat()}).json()["results"]
    assert edition.code in {change["code"] for change in changes}


@pytest.mark.parametrize("value", ["31/02/2026", "hom-qua", "1944-12-31", "2026-13-01"])
def test_a_day_that_is_none_finds_no_news(db, client, value):
    assert read(client, f"/cap-nhat/?updated_since={value}", status=400).rows == 0


def test_news_of_a_day_begins_at_local_midnight(db, client):
    published(make_request())
    edition = Edition.objects.get(kind="request")
    local = timezone.localtime(edition.published_at)
    day, after = local.date(), date.fromordinal(local.date().toordinal() + 1)
    assert f'id="{edition.code}"' in client.get(f"/cap-nhat/?updated_since={day}").content.decode()
    assert read(client, f"/cap-nhat/?updated_since={after}").rows == 0


# -- the map


@pytest.mark.parametrize("measure", Measure.values)
def test_the_map_shows_each_measure_with_its_legend(register, client, measure):
    page = read(client, f"/en/?do={measure}")
    assert str(Measure(measure).label) in page.text
    assert "Trường Sa" in page.text
    shades = [given["data-shade"] for _tag, given in page.attributes if "data-shade" in given]
    assert len(shades) > 34


@pytest.mark.parametrize("query", ["do=tat-ca", "do=items&do=done", "do=ITEMS", "do=%00a"])
def test_a_measure_that_is_none_is_refused(register, client, query):
    for address in ("/", "/tinh/"):
        assert client.get(f"{address}?{query}").status_code == 400


def test_an_empty_measure_leads_to_the_clean_address(db, client):
    response = client.get("/?do=")
    assert (response.status_code, response["Location"]) == (302, "/")


def test_tracking_shows_home(register, client):
    assert read(client, "/?utm_source=thu&fbclid=a").headings


@pytest.mark.parametrize(
    ("values", "shades", "legend"),
    [
        pytest.param([0, 0, 0], [0, 0, 0], ["none"], id="nothing-anywhere"),
        pytest.param([0, 1, 1], [0, 1, 1], ["none", "1 item"], id="one-at-most"),
        pytest.param([1, 2, 3], [1, 2, 3], ["none", "1 item", "2 items", "3 items"], id="three"),
        pytest.param(
            [0, 10, 30],
            [0, 1, 3],
            ["none", "1–10 items", "11–20 items", "21–30 items"],
            id="equal-steps",
        ),
    ],
)
def test_shades_and_legend_say_the_same(values, shades, legend):
    rows = [
        {"unit": Province(slug=slug, name="A"), "total": value}
        for slug, value in zip(("hue", "ha-noi", "ca-mau"), values, strict=True)
    ]
    with translation.override("en"):
        drawn = tile_map(rows)
    assert [one["shade"] for one in drawn["tiles"]] == shades
    assert [str(one["label"]) for one in drawn["legend"]] == legend


@pytest.mark.parametrize(
    ("done", "total", "share"), [(0, 0, None), (0, 4, 0), (1, 3, 33), (4, 4, 100)]
)
def test_a_share_of_nothing_is_no_share(done, total, share):
    row = {"done": done, "done_confirmed": 0, "total": total}
    assert value_of(row, Measure.DONE) == share
    assert value_of(row, Measure.CONFIRMED) == (0 if total else None)


def test_the_table_says_what_the_map_shows(register, client):
    context = client.get("/?do=past").context
    row = next(one for one in context["units"] if one["unit"].slug == "ninh-binh")
    tile = next(one for one in context["map"]["tiles"] if one["unit"].slug == "ninh-binh")
    assert row["past_unknown"] == tile["value"] == 1
    assert "/tinh/ninh-binh/?deadline=past_unknown#items" in Reading(client.get("/")).links


# -- what is new and ahead


def test_what_falls_due_and_what_is_planned_stands_ahead(db, client, today):
    place = make_province(slug="nay")
    due = published(make_commitment(due_on=date(2026, 12, 22), due_text="cuối năm", province=place))
    late = published(make_commitment(due_on=date(2026, 12, 23), due_text="sau đó", province=place))
    window = {"state_of_it": "planned", "held_on": None, "planned_text": "tháng này"}
    coming = published(
        make_meeting(
            slug="2026-11-01-a",
            planned_from=date(2026, 11, 1),
            planned_to=date(2026, 11, 22),
            **window,
        )
    )
    gone = published(
        make_meeting(
            slug="2026-10-01-b",
            planned_from=date(2026, 10, 1),
            planned_to=date(2026, 11, 21),
            **window,
        )
    )
    context = client.get("/").context
    assert [one.code for one in context["due"]] == [due.code]
    assert [one.code for one in context["planned"]] == [coming.slug]
    assert late.code not in [one.code for one in context["due"]]
    assert gone.slug not in [one.code for one in context["planned"]]


def test_news_of_an_item_stands_among_the_latest(db, client):
    update = published(make_update(text="Đã giao đất cho dự án."))
    page = read(client, "/en/")
    assert "Đã giao đất cho dự án." in page.text
    about = update.commitment.code
    assert f"/en/cam-ket/{about}/#{update.code}" in page.links
    assert read(client, "/cap-nhat/?kind=update").rows == 1


def test_requests_without_an_answer_have_a_page_in_the_navigation(register, client):
    page = read(client, "/en/kien-nghi/?answer=unanswered")
    assert page.headings == ["Requests without a recorded answer"]
    current = [given.get("href") for _tag, given in page.attributes if "aria-current" in given]
    assert "/en/kien-nghi/?answer=unanswered" in current
    other = read(client, "/en/kien-nghi/?answer=unanswered&topic=sandbox")
    assert other.headings == ["Requests"]


def test_the_first_of_the_month_is_local(db, client, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda value=None: date(2026, 11, 1))
    href = client.get("/").context["live"][-1]["href"]
    assert href.endswith("updated_since=2026-11-01")
    start = datetime(2026, 11, 1, tzinfo=timezone.get_current_timezone())
    assert Edition.objects.changed_since(start).count() == 0
