"""Lists as files: whole, in every format, for every filter; never a short one that looks whole."""

import csv
import json
import tracemalloc
from datetime import date, datetime
from io import BytesIO, StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from engagements.edition import exports
from engagements.edition.cells import neutral, original
from engagements.edition.columns import columns
from engagements.edition.models import Edition
from engagements.edition.words import Kind
from tests.factories import make_commitment, make_figure, make_request, make_topic, published

pytestmark = pytest.mark.django_db

FILES = ("csv", "ndjson", "xlsx")


def file(client, path, **query):
    response = client.get(f"/api/v1/{path}/", query)
    assert response.status_code == 200, b"".join(response)
    return b"".join(response)


def rows(client, path, wanted, **query):
    """The rows of a file as dictionaries."""
    data = file(client, path, format=wanted, **query)
    if wanted == "ndjson":
        return [json.loads(line) for line in data.decode().splitlines()]
    if wanted == "csv":
        return list(csv.DictReader(StringIO(data.decode(), newline="")))
    heading, *lines = load_workbook(BytesIO(data)).active.values
    return [dict(zip(heading, line, strict=True)) for line in lines]


@pytest.mark.parametrize("wanted", FILES)
@pytest.mark.parametrize(
    "path",
    ["sources", "meetings", "requests", "commitments", "recommendations", "remarks", "figures"],
)
def test_a_file_has_every_row_that_the_list_has(client, register, path, wanted):
    listed = client.get(f"/api/v1/{path}/", {"page_size": 200}).json()["results"]
    found = rows(client, path, wanted)
    assert [row["code"] for row in found] == [row["code"] for row in listed]


@pytest.mark.parametrize("wanted", FILES)
def test_a_file_is_filtered_as_the_list_is(client, register, wanted):
    asked = {"province": "ninh-binh", "answer": "unanswered"}
    listed = client.get("/api/v1/requests/", asked).json()["results"]
    assert 0 < len(listed) < 11
    assert {row["code"] for row in rows(client, "requests", wanted, **asked)} == {
        row["code"] for row in listed
    }


def test_ndjson_is_the_bodies_as_they_stand(client, register):
    listed = client.get("/api/v1/commitments/").json()["results"]
    assert rows(client, "commitments", "ndjson") == listed


def test_columns_are_the_paths_of_the_json(client, register):
    body = client.get("/api/v1/requests/KN-5/").json()
    row = next(row for row in rows(client, "requests", "csv") if row["code"] == "KN-5")
    assert row["meeting.held_on"] == body["meeting"]["held_on"] == "2024-02-29"
    assert row["province.current.slug"] == "ninh-binh"
    assert row["topics"] == "; ".join(body["topics"])
    assert row["answered_by"] == "; ".join(one["code"] for one in body["answered_by"])
    assert row["evidence.is_inferred"] in ("true", "false")
    assert list(row)[:3] == ["code", "kind", "title"]
    assert list(row)[-1] == "deadline"


@pytest.mark.parametrize("kind", Kind.values)
def test_no_key_of_a_body_is_left_out(kind):
    tops = {column.path[0] for column in columns(kind)}
    assert tops == set(exports_keys(kind))


def exports_keys(kind):
    from engagements.edition.bodies import READ

    return READ[kind]().fields


def test_a_workbook_has_days_and_numbers_not_texts(client):
    published(make_figure(value="12.5", unit="%"))
    (row,) = rows(client, "figures", "xlsx")
    assert row["value"] == 12.5
    assert row["meeting.held_on"] == datetime(2024, 2, 29)
    assert row["is_target"] is False


@pytest.mark.parametrize(
    "title",
    ["=1+1", "+84", "-1", "@SUM(A1)", "|cmd", "%0A", "＝1", "'quoted", "<b>&amp;</b>", 'a,"b"'],
)
@pytest.mark.parametrize("wanted", ["csv", "xlsx"])
def test_a_cell_is_never_a_formula(client, title, wanted):
    published(make_request(title=title))
    data = file(client, "requests", format=wanted)
    (row,) = rows(client, "requests", wanted)
    assert row["title"] == neutral(title)
    assert original(row["title"]) == title
    if wanted == "xlsx":
        cells = [cell for line in load_workbook(BytesIO(data)).active for cell in line]
        assert all(cell.data_type != "f" for cell in cells)


@pytest.mark.parametrize("text", ["", "a", "=a", "'a", "'=a", "''=a", "-", "\t=a"])
def test_a_neutral_cell_gives_back_what_it_held(text):
    assert original(neutral(text)) == text


def test_fields_choose_columns_and_keys(client, register):
    assert list(rows(client, "requests", "csv", fields="title,code")[0]) == ["code", "title"]
    for row in (
        rows(client, "requests", "ndjson", fields="title,code")[0],
        client.get("/api/v1/requests/", {"fields": "title,code"}).json()["results"][0],
        client.get("/api/v1/requests/KN-5/", {"fields": "title,code"}).json(),
    ):
        assert list(row) == ["code", "title"]


def test_rows_are_read_in_bounded_steps(client, monkeypatch):
    topic = make_topic()
    meeting = published(make_request(topics=[topic])).meeting
    for _place in range(6):
        published(make_request(meeting=meeting))
    whole = rows(client, "requests", "ndjson")
    monkeypatch.setattr(exports, "ROWS", 3)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert rows(client, "requests", "ndjson") == whole
    reading = [one for one in queries if "ORDER BY" in one["sql"] and "LIMIT 3" in one["sql"]]
    assert len(reading) == 3  # 3 + 3 + 1


@pytest.mark.parametrize("wanted", FILES)
def test_memory_does_not_grow_with_the_rows(wanted):
    """Bodies come one page after the other; none of the writers keeps what it has given away."""
    edition = Edition(code="CK-1", kind="commitment")
    body = json.dumps({"code": "CK-1", "kind": "commitment", "title": "Cam kết " * 30})

    def peak(pages):
        write = exports.FORMATS[wanted][1]
        tracemalloc.start()
        given = sum(
            len(piece)
            for piece in write(
                ([body] * 200 for _page in range(pages)), columns(edition.kind), None
            )
        )
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert given > pages * 20
        return found

    peak(2)
    assert peak(40) < 1.5 * peak(4)


def test_what_fails_on_the_way_breaks_the_answer_off(client, monkeypatch):
    """No 200 that ends early and looks whole: the server cuts the line, and a client can tell."""
    meeting = published(make_request()).meeting
    for _place in range(4):
        published(make_request(meeting=meeting))
    monkeypatch.setattr(exports, "ROWS", 2)
    response = client.get("/api/v1/requests/?format=ndjson")
    pieces = iter(response.streaming_content)
    assert next(pieces)
    monkeypatch.setattr(exports.Reader, "whole", lambda self, edition: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        list(pieces)


def test_a_past_day_is_a_file_too(client):
    published(make_commitment())
    assert rows(client, "commitments", "csv", as_of="2024-01-01") == []
    today = date.today().isoformat()
    assert len(rows(client, "commitments", "csv", as_of=today)) == 1


def test_a_file_has_a_name_and_its_kind(client, register):
    response = client.get("/api/v1/requests/?format=csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="sat-canh-requests-')
    assert b"".join(response).startswith(b"code,kind,title,")  # no mark for Excel in the API
