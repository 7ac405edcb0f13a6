"""iCalendar: sessions and due days as whole-day events, under names that do not change."""

from datetime import UTC, date, datetime

import pytest
from icalendar import Calendar

from engagements.edition.models import Edition
from tests.factories import (
    make_commitment,
    make_meeting,
    make_province,
    make_recommendation,
    make_request,
    make_update,
    published,
)

CALENDARS = [
    "/buoi-lam-viec/lich.ics",
    "/cam-ket/lich.ics",
    "/kien-nghi/lich.ics",
    "/khuyen-nghi/lich.ics",
    "/tinh/ninh-binh/lich.ics",
]


def read(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert not response.cookies
    lines = response.content.split(b"\r\n")
    assert all(b"\n" not in one and b"\r" not in one and len(one) <= 75 for one in lines)
    return Calendar.from_ical(response.content)


def events(client, address):
    found = read(client, address).walk("VEVENT")
    return {str(one["UID"]).removesuffix("@satcanh"): one for one in found}


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("address", CALENDARS)
def test_every_calendar_is_whole(register, client, address, prefix):
    calendar = read(client, prefix + address)
    assert (calendar["VERSION"], calendar["METHOD"]) == ("2.0", "PUBLISH")
    assert str(calendar["URL"]) == f"http://testserver{prefix}{address}".replace("lich.ics", "")
    for event in calendar.walk("VEVENT"):
        assert str(event["UID"]).endswith("@satcanh")
        assert event["DTSTART"].dt < event["DTEND"].dt
        assert not isinstance(event["DTSTART"].dt, datetime)
        assert client.get(str(event["URL"])).status_code == 200


def test_sessions_held_and_windows_planned(register, client):
    found = events(client, "/buoi-lam-viec/lich.ics")
    held, planned = found["2024-02-29-ninh-binh"], found["quy-1-2024-ninh-binh"]
    assert (held["DTSTART"].dt, held["DTEND"].dt) == (date(2024, 2, 29), date(2024, 3, 1))
    assert (planned["DTSTART"].dt, planned["DTEND"].dt) == (date(2024, 2, 29), date(2024, 3, 1))
    assert (held["STATUS"], planned["STATUS"]) == ("CONFIRMED", "TENTATIVE")
    assert {held["TRANSP"], planned["TRANSP"]} == {"TRANSPARENT"}
    assert not held["SUMMARY"].startswith("Dự kiến")
    assert planned["SUMMARY"].startswith("Dự kiến: ")
    assert "dự kiến quý I/2024 (29/02/2024–31/03/2024)" in planned["DESCRIPTION"]
    assert held["LOCATION"] == "Hà Nội"


def test_due_days_carry_their_code_and_stamp(register, client):
    found = events(client, "/en/cam-ket/lich.ics")
    assert list(found) == ["CK-2"]
    event = found["CK-2"]
    assert event["DTSTART"].dt == date(2024, 3, 31)
    assert event["SUMMARY"].startswith("Due: CK-2 · Cùng tổ chức")
    assert "quý I/2024. Past its day, no information." in event["DESCRIPTION"]
    stamp = Edition.objects.public().get(code="CK-2").published_at.replace(microsecond=0)
    assert event["DTSTAMP"].dt == stamp.astimezone(UTC)


def test_the_calendar_of_a_province_has_its_sessions_and_due_days(register, client):
    found = events(client, "/tinh/ninh-binh/lich.ics")
    assert set(found) == {"2024-02-29-ninh-binh", "quy-1-2024-ninh-binh", "CK-2"}
    assert set(events(client, "/tinh/ninh-binh/lich.ics?kind=commitment")) == {"CK-2"}
    assert set(events(client, "/tinh/hue/lich.ics")) == {"2023-04-21-thua-thien-hue"}


def test_filters_are_those_of_the_page(register, client):
    assert events(client, "/cam-ket/lich.ics?deadline=overdue") == {}
    assert list(events(client, "/buoi-lam-viec/lich.ics?type=planned")) == ["quy-1-2024-ninh-binh"]
    for query in ("statu=done", "status=xong", "q=" + "a" * 201):
        assert client.get(f"/cam-ket/lich.ics?{query}").status_code == 400
    assert client.get("/tinh/khong-co/lich.ics").status_code == 404


@pytest.mark.parametrize(
    ("make", "where"),
    [
        (make_request, "kien-nghi"),
        (make_commitment, "cam-ket"),
        (make_recommendation, "khuyen-nghi"),
    ],
)
def test_no_text_makes_a_line_of_its_own(db, client, make, where):
    hostile = '=1+1 "a"; b, c\\n\r\nBEGIN:VALARM\rATTACH:x\nEND:VEVENT ]]> </title>'
    item = published(
        make(title=hostile, detail=hostile, due_on=date(2031, 1, 31), due_text="tháng 1\r\nX:1")
    )
    calendar = read(client, f"/{where}/lich.ics")
    assert [one.name for one in calendar.walk()] == ["VCALENDAR", "VEVENT"]
    event = calendar.walk("VEVENT")[0]
    assert event["SUMMARY"].endswith(f"{item.code} · {' '.join(hostile.split())}")
    assert "X" not in event
    assert "ATTACH" not in event
    assert "BEGIN:VALARM\nATTACH:x\nEND:VEVENT" in event["DESCRIPTION"]


def test_a_moved_day_moves_the_same_event_and_a_closed_item_leaves(db, client):
    promise = published(make_commitment(due_on=date(2031, 6, 30), due_text="giữa năm 2031"))
    moved = {"new_due_on": date(2031, 12, 31), "new_due_text": "cuối năm 2031"}
    published(make_update(commitment=promise, **moved))
    found = events(client, "/cam-ket/lich.ics")
    assert {code: one["DTSTART"].dt for code, one in found.items()} == {
        promise.code: date(2031, 12, 31)
    }
    published(
        make_update(commitment=promise, happened_on=date(2024, 7, 1), status="dropped", text="Thôi")
    )
    assert events(client, "/cam-ket/lich.ics") == {}


def test_a_session_of_unknown_days_is_placed_by_what_is_known(db, client):
    place = make_province(slug="mot-noi")
    values = {"provinces": [place], "state_of_it": "unknown", "held_on": None}
    session = published(
        make_meeting(
            **values, planned_from=date(2030, 5, 2), planned_to=None, planned_text="sau lễ"
        )
    )
    event = events(client, "/tinh/mot-noi/lich.ics")[session.slug]
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2030, 5, 2), date(2030, 5, 3))
    assert event["STATUS"] == "TENTATIVE"
