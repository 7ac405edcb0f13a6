"""Planned sessions: never counted nor dated as held, on whatever page, file, feed or calendar."""

import re
from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar
from openpyxl import load_workbook

from engagements.publication.checks import Refused
from tests.factories import (
    edited,
    make_attendance,
    make_meeting,
    make_official,
    make_organization,
    make_province,
    make_request,
    make_topic,
    many,
    published,
    published_together,
)
from tests.pages import read

HELD = (date(2024, 2, 29), date(2024, 6, 3))
FROM, TO, WORDS = date(2031, 5, 7), date(2031, 6, 9), "sau kỳ nghỉ hè"
PLANNED = {
    "state_of_it": "planned",
    "held_on": None,
    "planned_from": FROM,
    "planned_to": TO,
    "planned_text": WORDS,
}
# Every place that counts sessions or tells their day.
PAGES = [
    "/",
    "/tinh/",
    "/tinh/mot-noi/",
    "/tinh/mot-noi/ho-so/",
    "/linh-vuc/",
    "/linh-vuc/cap-quang/",
    "/can-bo/",
    "/can-bo/le-van-ba/",
    "/co-quan/",
    "/co-quan/so-mau/",
    "/co-quan/bo-chu-tri/",
    "/buoi-lam-viec/",
    "/buoi-lam-viec/buoi-toi/",
    "/buoi-lam-viec/buoi-0/",
    "/cap-nhat/",
    "/tim-kiem/?q=Buổi+hẹn",
]
FEEDS = [
    "/buoi-lam-viec/atom.xml",
    "/tinh/mot-noi/atom.xml",
    "/linh-vuc/cap-quang/atom.xml",
    "/can-bo/le-van-ba/atom.xml",
    "/cap-nhat/atom.xml",
    "/tim-kiem/atom.xml?q=Buổi+hẹn",
]


@pytest.fixture(scope="module")
def place(shared_rows):
    """Two sessions held and one planned, with the same people, on the same topic."""
    unit, topic = make_province(slug="mot-noi", name="Một Nơi"), make_topic(name="Cáp quang")
    person = make_official(full_name="Lê Văn Ba", slug="le-van-ba")
    office = make_organization(name="Sở Mẫu", slug="so-mau", kind="provincial_department")
    sessions = [{"slug": f"buoi-{n}", "held_on": day} for n, day in enumerate(HELD)]
    for values in (*sessions, PLANNED | {"slug": "buoi-toi", "title": "Buổi hẹn"}):
        session = make_meeting(provinces=[unit], topics=[topic], **values)
        make_attendance(
            meeting=session, official=person, organization=office, side="province", title="Giám đốc"
        )
        published(session)
    return unit


def row_of(rows, **wanted):
    ((name, value),) = wanted.items()
    return next(row for row in rows if row[name] == value)


def numbers_in(context):
    return [(row["state"], row["number"]) for row in context["session_numbers"]]


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("address", PAGES)
def test_its_first_day_stands_nowhere_as_a_day_of_its_own(client, place, address, prefix):
    text = re.sub(r"\s+", " ", read(client, prefix + address).text)
    alone = re.findall(r"07/05/2031(?! – 09/06/2031).{50}", text)
    # In the time line's table it is called what it is: the first day of a time.
    first = [found for found in alone if re.search("first day of its time|ngày đầu của", found)]
    assert alone == first
    assert len(first) == (address == "/tinh/mot-noi/")
    if address in ("/buoi-lam-viec/", "/tinh/mot-noi/", "/buoi-lam-viec/buoi-toi/"):
        assert WORDS in text


def test_pages_count_what_was_held_and_name_what_is_planned_beside(client, place):
    for address in ("/", "/tinh/"):
        row = row_of(client.get(address).context["rows"], unit=place)
        assert (row["held"], row["planned"]) == (2, 1)
    for address in ("/tinh/mot-noi/", "/linh-vuc/cap-quang/", "/can-bo/le-van-ba/"):
        context = client.get(address).context
        assert numbers_in(context) == [("held", 2), ("planned", 1)], address
        for row in context["session_numbers"]:
            assert client.get(row["href"]).context["paginator"].count == row["number"]
    for address in ("/co-quan/so-mau/", "/co-quan/bo-chu-tri/"):
        assert numbers_in(client.get(address).context) == [("held", 2), ("planned", 1)]
    topics = client.get("/linh-vuc/").context["rows"]
    assert [row["held"] for row in topics if row["topic"].slug == "cap-quang"] == [2]


def test_people_sat_at_what_was_held(client, place):
    ((_letter, _id, rows),) = client.get("/can-bo/").context["letters"]
    assert (rows[0]["sessions"], rows[0]["latest"].meeting.day) == (2, HELD[1])
    ((_official, seat, number),) = client.get("/co-quan/so-mau/").context["people"]
    assert (number, seat.meeting.day) == (2, HELD[1])
    seated = client.get("/tinh/mot-noi/").context["seated"]
    assert [session.day for session, _seat in seated] == [HELD[1], HELD[0]]
    sheet = client.get("/tinh/mot-noi/ho-so/").context["sheet"]
    assert sheet.last.day == HELD[1]
    assert [len(person["sessions"]) for person in sheet.seated] == [2]


def test_the_latest_on_the_home_page_are_those_held(client, place):
    context = client.get("/").context
    assert [session.code for session in context["held"]] == ["buoi-1", "buoi-0"]
    assert [session.code for session in context["planned"]] == ["buoi-toi"]


def test_the_time_line_tells_a_plan_from_a_session(client, place):
    lifeline = client.get("/tinh/mot-noi/").context["lifeline"]
    told = {row["day"]: row["counts"] for row in lifeline["rows"]}
    assert told == {HELD[0]: {"meeting": 1}, HELD[1]: {"meeting": 1}, FROM: {"planned": 1}}
    assert lifeline["shapes"] == ["meeting", "planned"]


@pytest.mark.parametrize("address", FEEDS)
def test_feeds_tell_its_time_in_words(client, place, address):
    content = client.get(address).content.decode()
    assert f"dự kiến {WORDS} (07/05/2031–09/06/2031)" in content
    assert content.count("07/05/2031") == content.count("07/05/2031–09/06/2031")


@pytest.mark.parametrize("address", ["/buoi-lam-viec/lich.ics", "/tinh/mot-noi/lich.ics"])
def test_the_calendar_has_a_reminder_and_no_event_as_long_as_its_time(client, place, address):
    events = Calendar.from_ical(client.get(address).content).walk("VEVENT")
    event = next(event for event in events if event["UID"] == "buoi-toi@satcanh")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (FROM, date(2031, 5, 8))
    assert (event["STATUS"], event["TRANSP"]) == ("TENTATIVE", "TRANSPARENT")
    assert event["SUMMARY"] == "Dự kiến: Buổi hẹn"
    assert f"dự kiến {WORDS} (07/05/2031–09/06/2031)" in event["DESCRIPTION"]


def test_the_briefing_workbook_counts_both_and_dates_one_alone(client, place):
    content = b"".join(client.get("/tinh/mot-noi/ho-so.xlsx"))
    book = load_workbook(BytesIO(content))
    summary = {row[0].value: row[1].value for row in book["Tóm tắt"].iter_rows()}
    assert (summary["Buổi làm việc: Đã diễn ra"], summary["Buổi làm việc: Dự kiến"]) == (2, 1)
    days = [row[0].value for row in book.worksheets[3].iter_rows(min_row=2)]
    assert [day and day.date() for day in days] == [None, HELD[1], HELD[0]]


def test_the_api_gives_it_no_day_held(client, place):
    row = client.get("/api/v1/meetings/buoi-toi/").json()
    assert (row["held_on"], row["state_of_it"], row["planned_text"]) == (None, "planned", WORDS)
    held = client.get("/api/v1/meetings/?type=held").json()["results"]
    assert [row["held_on"] for row in held] == [day.isoformat() for day in reversed(HELD)]


def test_nothing_is_published_as_said_at_a_session_that_is_only_planned(db):
    request = make_request(meeting=make_meeting(**PLANNED))
    with pytest.raises(Refused, match="chưa có nội dung nào"):
        published(request)


def test_a_session_of_which_something_is_public_stays_held(db):
    request = published(make_request())
    with pytest.raises(Refused, match="không thể bỏ ngày"):
        published(edited(request.meeting, **PLANNED))


@pytest.mark.parametrize("address", ["/tinh/mot-noi/", "/can-bo/", "/linh-vuc/", "/"])
def test_thirty_plans_cost_no_more_queries(client, place, address, django_assert_num_queries):
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    published_together(many(make_meeting, 30, provinces=[place], **PLANNED))
    with django_assert_num_queries(len(few)):
        client.get(address)
