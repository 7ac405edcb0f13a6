"""Numbers that stand together: reported and confirmed, the three of answers, first day and today's.

Every place that counts says both, and each number is that of the list it leads to.
"""

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from engagements.edition.counts import FILTERS, OF_REQUESTS, counts_by_kind
from engagements.edition.models import Edition
from engagements.models import Commitment
from tests.desk import address
from tests.factories import (
    make_answering,
    make_commitment,
    make_meeting,
    make_province,
    make_remark,
    make_request,
    make_topic,
    make_update,
    many,
    published,
    published_together,
)
from tests.pages import read

pytestmark = pytest.mark.django_db
EXPECTED = {
    "answered": 1,
    "possibly_answered": 1,
    "unanswered": 2,
    "done": 3,
    "done_confirmed": 1,
    "past_unknown": 1,
    "first_past_unknown": 2,
    "overdue": 0,
    "first_overdue": 0,
}
PLACES = ["/", "/tinh/", "/tinh/mot-noi/", "/tinh/mot-noi/ho-so/", "/linh-vuc/cap-quang/"]


@pytest.fixture(scope="module")
def place(shared_rows):
    """Promises reported, confirmed and disputed as done, moved, past; requests answered and not."""
    unit, topic = make_province(slug="mot-noi", name="Một Nơi"), make_topic(name="Cáp quang")
    at = {"meeting": published(make_meeting(provinces=[unit])), "topics": [topic]}
    today = timezone.localdate()
    past, later = today - timedelta(days=90), today + timedelta(days=90)
    done = {"status": "done", "happened_on": today - timedelta(days=9)}
    word = {"happened_on": today - timedelta(days=5), "voice": "province"}
    reported, confirmed, disputed, moved, _silent = (
        published(make_commitment(**at, **due))
        for due in ({}, {}, {}, *[{"due_on": past, "due_text": "hạn đầu"}] * 2)
    )
    for promise in (reported, confirmed, disputed):
        published(make_update(commitment=promise, voice="ministry", **done))
    published(make_update(commitment=confirmed, **word | {"status": "done"}))
    denial = {"status": "in_progress", "happened_on": today - timedelta(days=7)}
    published(make_update(commitment=disputed, **word | denial))
    claim = done | {"happened_on": today - timedelta(days=3)}
    published(make_update(commitment=disputed, voice="ministry", **claim))
    published(make_update(commitment=moved, status="", new_due_on=later, new_due_text="hạn mới"))
    asked = [published(make_request(**at)) for _number in range(4)]
    published(make_update(request=asked[0], status="", answer="explained", voice="ministry"))
    remark = make_remark(meeting=at["meeting"], type="explanation")
    make_answering(
        explanation=remark, request=asked[1], is_inferred=True, inference="Nói về việc khác"
    )
    published(remark)
    return unit


def number_of(client, href):
    context = client.get(href).context
    if "paginator" in context:
        return context["paginator"].count
    return sum(listed["number"] for listed in context["lists"])


def figures_of(client, where):
    context = client.get(where).context
    facts = context.get("live") or context.get("answers") or context.get("facts")
    facts = facts or context["sheet"].head_figures
    return {figure["name"]: figure for figure in facts if "name" in figure}


def test_the_numbers_are_those_of_the_rows(place):
    counted = counts_by_kind(Edition.objects.public().filter(kind__in=["request", "commitment"]))
    told = {name: sum(row[name] for row in counted.values()) for name in FILTERS}
    assert told == EXPECTED


@pytest.mark.parametrize("where", [where for where in PLACES if where != "/tinh/"])
def test_every_head_tells_them_together_and_leads_to_what_it_counts(client, place, where):
    figures = figures_of(client, where)
    expected = set(OF_REQUESTS)
    if "linh-vuc" not in where:
        expected |= {"done", "done_confirmed", "past_unknown", "first_past_unknown", "overdue"}
    assert expected <= set(figures)
    for name in expected:
        assert figures[name]["number"] == EXPECTED[name], name
        assert number_of(client, figures[name]["href"]) == EXPECTED[name], name


@pytest.mark.parametrize("where", ["/", "/tinh/"])
def test_the_table_of_provinces_tells_them_and_each_leads_to_its_list(client, place, where):
    row = next(row for row in client.get(where).context["rows"] if row["unit"] == place)
    assert {name: row[name] for name in FILTERS} == EXPECTED
    links = set(read(client, where).links)
    for name, number in EXPECTED.items():
        lists = "/kien-nghi/?province=mot-noi&" if name in OF_REQUESTS else "/tinh/mot-noi/?"
        href = f"{lists}{FILTERS[name]}" + ("" if name in OF_REQUESTS else "#items")
        if number:
            assert href in links, name
            assert number_of(client, href.partition("#")[0]) == number, name


def test_the_bar_of_a_province_says_how_much_is_confirmed(client, place):
    part = next(part for part in client.get("/tinh/mot-noi/").context["bar"] if "confirmed" in part)
    assert (part["status"], part["number"], part["confirmed"]) == ("done", 3, 1)
    assert "Đã hoàn thành 3 đã xác nhận: 1" in read(client, "/tinh/mot-noi/").text


def test_the_workbook_of_the_briefing_tells_them(client, place):
    book = load_workbook(BytesIO(b"".join(client.get("/en/tinh/mot-noi/ho-so.xlsx"))))
    summary = {row[0].value: row[1].value for row in book.worksheets[0].iter_rows()}
    assert summary["Commitments reported done"] == 3
    assert summary["Commitments done and confirmed"] == 1
    assert [summary[f"Requests {words}"] for words in (
        "answered", "possibly answered, by inference", "without a recorded answer",
    )] == [1, 1, 2]  # fmt: skip


def test_stats_tell_them_by_province(client, place):
    (row,) = client.get("/api/v1/stats/?by=province").json()["results"]
    assert {name: row[name] for name in FILTERS} == EXPECTED
    rows = client.get("/api/v1/stats/?by=first_deadline&kind=commitment").json()["results"]
    assert {row["key"]: row["total"] for row in rows} == {"past_unknown": 2, "none": 3}


def test_the_desk_finds_what_is_late_against_the_first_day(staff_client, place):
    answer = staff_client.get(address(Commitment), {"first_deadline": "past_unknown"})
    assert len(answer.context["cl"].result_list) == 2
    answer = staff_client.get(address(Commitment), {"deadline": "past_unknown"})
    assert len(answer.context["cl"].result_list) == 1


@pytest.mark.parametrize("where", PLACES)
def test_thirty_more_items_cost_no_more_queries(
    client, place, where, django_assert_num_queries, django_assert_max_num_queries
):
    client.get(where)
    with django_assert_max_num_queries(200) as few:
        client.get(where)
    published_together(many(make_commitment, 30, meeting=Commitment.objects.first().meeting))
    with django_assert_num_queries(len(few)):
        client.get(where)
