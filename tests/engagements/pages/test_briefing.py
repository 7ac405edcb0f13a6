"""The briefing sheet: on screen, and as a spreadsheet in which no text is a formula."""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from engagements.edition.cells import neutral
from engagements.pages.briefing import OPEN_MOST
from tests.factories import (
    make_attendance,
    make_commitment,
    make_figure,
    make_meeting,
    make_merger,
    make_official,
    make_organization,
    make_post,
    make_province,
    make_recommendation,
    make_request,
    make_source,
    make_update,
    many,
    published,
    published_together,
)
from tests.formulas import EITHER
from tests.pages import read


def book(client, address):
    response = client.get(address)
    assert response.status_code == 200
    assert "spreadsheetml" in response["Content-Type"]
    assert re.fullmatch(
        r'attachment; filename="ho-so-[a-z0-9-]+\.xlsx"', response["Content-Disposition"]
    )
    return load_workbook(BytesIO(response.content))


def column(sheet, place):
    return [row[place] for row in sheet.iter_rows(min_row=2, values_only=True)]


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("slug", ["ninh-binh", "ninh-binh-2025", "hue", "ca-mau"])
def test_every_unit_has_a_sheet(register, client, slug, prefix):
    page = read(client, f"{prefix}/tinh/{slug}/ho-so/")
    assert len(page.headings) == 1
    assert [name for name, number in page.ids.items() if number > 1] == []
    assert f"{prefix}/tinh/{slug}/ho-so.xlsx" in page.links
    assert f"{prefix}/tinh/{slug}/ho-so/" in read(client, f"{prefix}/tinh/{slug}/").links
    assert len(book(client, f"{prefix}/tinh/{slug}/ho-so.xlsx").sheetnames) == 7


def test_the_sheet_of_the_loaded_register(register, client):
    page = read(client, "/en/tinh/ninh-binh/ho-so/")
    assert "The last session was held on 29/02/2024." in page.text
    assert "Ninh Bình, until 30/06/2025" in page.text
    assert "Đoàn Minh Huấn" in page.text
    assert "the body existed until 28/02/2025" in page.text
    assert "whether it is still held has to be asked" in page.text
    assert "NG-1 Bài tường thuật" in page.text
    page = read(client, "/en/tinh/hue/ho-so/")
    assert "78,500" in page.text


def test_open_items_stand_in_the_order_in_which_they_matter(db, client):
    today = timezone.localdate()
    old, new = make_province(slug="cu", name="Cũ"), make_province(slug="moi", name="Mới")
    make_merger(new, old)
    session = make_meeting(provinces=[old])

    def due(days):
        return {"due_on": today + timedelta(days=days), "due_text": f"ngày {days}"}

    place = {"meeting": session, "province": old}
    unanswered = published(make_request(**place))
    answered = published(make_request(**place))
    published(make_recommendation(**place, answers=[answered]))
    silent = published(make_commitment(**place, **due(-1)))
    overdue = published(make_commitment(**place, **due(-2)))
    published(make_update(commitment=overdue, status="in_progress"))
    soon = published(make_commitment(**place, **due(30)))
    later = published(make_commitment(**place, **due(31)))
    paused = published(make_commitment(**place))
    published(make_update(commitment=paused, status="paused"))
    closed = [published(make_commitment(**place)) for _status in ("done", "dropped")]
    for one, status in zip(closed, ("done", "dropped"), strict=True):
        published(make_update(commitment=one, status=status))
    content = client.get("/en/tinh/moi/ho-so/").content.decode()
    opened = content.split('id="changes"')[0]
    titles = re.findall(r'<h3 id="open-[a-z_]+">(.*?) <span', opened)
    assert titles == [
        "Requests without a recorded answer",
        "Past their day, without news",
        "Overdue",
        "Due within 30 days",
        "Others that are open",
    ]
    order = [opened.index(f">{one.code}</a>") for one in (unanswered, silent, overdue, soon, later)]
    assert order == sorted(order)
    assert opened.index(f">{answered.code}</a>") > opened.index("Others that are open")
    assert f">{paused.code}</a>" in opened
    assert not [one.code for one in closed if f">{one.code}</a>" in opened]
    rows = column(book(client, "/en/tinh/moi/ho-so.xlsx")["Open items"], 1)
    assert rows[:4] == [unanswered.code, silent.code, overdue.code, soon.code]


def test_what_changed_is_what_was_published_after_the_last_session(db, client):
    place = make_province(slug="dat")
    first = make_meeting(provinces=[place], held_on=date(2024, 2, 29))
    last = make_meeting(provinces=[place], held_on=date(2025, 2, 27))
    earlier = published(make_commitment(meeting=first, province=place))
    own = published(make_commitment(meeting=last, province=place))
    news = published(make_update(commitment=earlier, text="Đã khởi công"))
    page = read(client, "/en/tinh/dat/ho-so/")
    after = page.text.partition("What was published after 27/02/2025.")[2]
    assert "Đã khởi công" in after.partition("Meetings")[0]
    assert f"/en/cam-ket/{earlier.code}/#{news.code}" in page.links
    groups = column(book(client, "/en/tinh/dat/ho-so.xlsx")["Changes"], 0)
    codes = column(book(client, "/en/tinh/dat/ho-so.xlsx")["Changes"], 1)
    assert dict(zip(codes, groups, strict=True)) == {
        news.code: "News of earlier items",
        earlier.code: "Items published for the first time",
        own.code: "Items of that session itself, recorded after it",
    }


def test_nothing_published_since_is_said(db, client):
    place = make_province(slug="yen")
    published(make_meeting(provinces=[place], held_on=timezone.localdate()))
    assert "Nothing has been published since." in read(client, "/en/tinh/yen/ho-so/").text
    make_province(slug="vang")
    page = read(client, "/en/tinh/vang/ho-so/")
    assert page.text.count("No session held with it is recorded yet.") == 2
    assert "Nothing is open." in page.text


def test_an_office_is_the_one_recorded_last_and_not_ended(db, client):
    place = make_province(slug="noi")
    session = make_meeting(provinces=[place])
    person = make_official(full_name="Lê Thị Bình")
    make_attendance(meeting=session, official=person, title="Phó Chủ tịch", side="province")
    stranger = make_official(full_name="Hoàng Văn Cường")
    make_attendance(meeting=session, official=stranger, title="Thứ trưởng", side="ministry")
    body = make_organization(name="Ủy ban nhân dân")
    ended = {"starts_on": date(2021, 1, 1), "ends_on": date(2025, 1, 1)}
    make_post(official=person, organization=body, title="Phó Chủ tịch", **ended)
    make_post(official=person, organization=body, title="Chủ tịch", starts_on=date(2025, 1, 2))
    published(session)
    page = read(client, "/en/tinh/noi/ho-so/")
    people = page.text.partition("and the office recorded last")[2].partition("Figures")[0]
    assert "Chủ tịch, Ủy ban nhân dân since 02/01/2025" in people
    assert "Phó Chủ tịch, Ủy ban" not in people
    assert "no office is recorded" in people
    assert people.index("Lê Thị Bình") < people.index("Hoàng Văn Cường")
    sheet = book(client, "/en/tinh/noi/ho-so.xlsx")["At the table"]
    assert column(sheet, 6) == [
        "as last recorded; whether it is still held is not known",
        "no office is recorded",
    ]


def test_no_text_is_a_formula(db, client):
    place = make_province(slug="o")
    for text in EITHER:
        source = make_source(title=f"{text} nguồn")
        session = make_meeting(provinces=[place], source=source, title=f"{text} buổi")
        published(make_request(meeting=session, title=f"{text} việc"))
        published(make_figure(meeting=session, unit=text, period=text, value="-2.5"))
    found = book(client, "/en/tinh/o/ho-so.xlsx")
    cells = [cell for sheet in found for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    for name, place, ending in [
        ("Open items", 3, " việc"),
        ("Meetings", 2, " buổi"),
        ("Sources", 1, " nguồn"),
        ("Figures", 1, ""),
        ("Figures", 4, ""),
    ]:
        texts = {text.replace("\r", "\n") + ending for text in EITHER}
        assert set(column(found[name], place)) == {neutral(text) for text in texts}
    assert set(column(found["Figures"], 3)) == {-2.5}


def test_characters_that_hide_are_left_out(db, client):
    session = make_meeting(provinces=[make_province(slug="o")])
    published(make_request(meeting=session, title="\u200b=1\u202e"))
    found = book(client, "/en/tinh/o/ho-so.xlsx")
    assert column(found["Open items"], 3) == ["'=1"]


def test_days_and_numbers_stay_days_and_numbers(register, client):
    found = book(client, "/en/tinh/ninh-binh/ho-so.xlsx")
    rows = list(found["Open items"].iter_rows(min_row=2))
    due = next(row[6] for row in rows if row[1].value == "CK-2")
    assert (due.value.date(), due.number_format) == (date(2024, 3, 31), "dd/mm/yyyy")
    values = column(book(client, "/en/tinh/hue/ho-so.xlsx")["Figures"], 3)
    assert 78500 in values
    assert 8.56 in values


def test_the_same_content_is_the_same_file(register, client):
    response = client.get("/tinh/hue/ho-so.xlsx")
    again = client.get("/tinh/hue/ho-so.xlsx")
    assert response.content == again.content
    with CaptureQueriesContext(connection) as captured:
        client.get("/tinh/hue/ho-so.xlsx")
    assert len(captured) < 25


@pytest.mark.parametrize("name", ["ho-so/", "ho-so.xlsx"])
def test_more_rows_ask_no_more_queries(db, client, name):
    place = make_province(slug="dai")

    def add(number):
        sessions = many(make_meeting, number, provinces=[place])
        for session in sessions:
            make_post(official=make_attendance(meeting=session).official)
        makers = (make_commitment, make_request, make_figure)
        items = [make(meeting=row, province=place) for row in sessions for make in makers]
        updates = [make_update(commitment=item) for item in items if item.kind == "commitment"]
        published_together([*items, *updates])

    def asked():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/tinh/dai/{name}").status_code == 200
        return len(captured)

    add(1)
    asked()
    few = asked()
    add(29)
    assert asked() == few


def test_a_sheet_is_bounded(db, client, monkeypatch):
    monkeypatch.setattr("engagements.pages.briefing.OPEN_MOST", 2)
    session = make_meeting(provinces=[make_province(slug="nhieu")])
    for _one in range(3):
        published(make_request(meeting=session))
    assert "Only the first 2 are shown" in read(client, "/en/tinh/nhieu/ho-so/").text
    assert OPEN_MOST >= 1000


def test_an_unknown_unit_has_no_sheet(db, client):
    assert client.get("/tinh/khong-co/ho-so/").status_code == 404
    assert client.get("/en/tinh/khong-co/ho-so.xlsx").status_code == 404
