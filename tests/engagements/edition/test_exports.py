"""Lists as files: whole, in every format, for every filter; never a short one that looks whole."""

import csv
import json
import tracemalloc
from datetime import date, datetime
from io import BytesIO, StringIO
from tempfile import SpooledTemporaryFile

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from engagements.edition import exports
from engagements.edition.cells import neutral, original
from engagements.edition.columns import columns_of_kinds
from engagements.edition.models import Edition
from engagements.words import Kind
from tests.factories import make_commitment, make_figure, make_request, make_topic, published
from tests.formulas import EITHER

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


@pytest.mark.both_databases
@pytest.mark.parametrize("wanted", FILES)
@pytest.mark.parametrize(
    "path",
    ["sources", "meetings", "requests", "commitments", "recommendations", "remarks", "figures"],
)
def test_a_file_has_every_row_that_the_list_has(client, register, path, wanted):
    listed = client.get(f"/api/v1/{path}/", {"page_size": 200}).json()["results"]
    found = rows(client, path, wanted)
    assert [row["code"] for row in found] == [row["code"] for row in listed]


@pytest.mark.both_databases
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
    assert list(row)[-2:] == ["deadline", "first_deadline"]


@pytest.mark.parametrize("kind", Kind.values)
def test_no_key_of_a_body_is_left_out(kind):
    tops = {column.path[0] for column in columns_of_kinds(kind)}
    assert tops == set(exports_keys(kind))


def exports_keys(kind):
    from engagements.edition.kinds import KINDS

    return KINDS[kind].shape().fields


def test_a_workbook_has_days_and_numbers_not_texts(client):
    published(make_figure(value="12.5", unit="%"))
    (row,) = rows(client, "figures", "xlsx")
    assert row["value"] == 12.5
    assert row["meeting.held_on"] == datetime(2024, 2, 29)
    assert row["is_target"] is False


@pytest.mark.parametrize("wanted", ["csv", "xlsx"])
def test_a_cell_is_never_a_formula(client, wanted):
    meeting = published(make_request()).meeting
    for text in EITHER:
        published(make_request(meeting=meeting, detail=text))
    data = file(client, "requests", format=wanted)
    details = [row["detail"] for row in reversed(rows(client, "requests", wanted))][1:]
    if wanted == "xlsx":  # XML has one sign for the end of a line
        details = [detail.replace("\n", "\r") for detail in details]
        cells = [cell for line in load_workbook(BytesIO(data)).active for cell in line]
        assert all(cell.data_type != "f" for cell in cells)
    assert details == [neutral(text) for text in EITHER]
    assert [original(detail) for detail in details] == list(EITHER)


@pytest.mark.parametrize(("wanted", "value"), [("csv", "-2.5"), ("xlsx", -2.5)])
def test_a_number_below_zero_is_no_formula(client, wanted, value):
    published(make_figure(value="-2.5"))
    (row,) = rows(client, "figures", wanted)
    assert row["value"] == value


def test_fields_choose_columns_and_keys(client, register):
    assert list(rows(client, "requests", "csv", fields="title,code")[0]) == ["code", "title"]
    for row in (
        rows(client, "requests", "ndjson", fields="title,code")[0],
        client.get("/api/v1/requests/", {"fields": "title,code"}).json()["results"][0],
        client.get("/api/v1/requests/KN-5/", {"fields": "title,code"}).json(),
    ):
        assert list(row) == ["code", "title"]


@pytest.mark.both_databases
def test_rows_are_read_in_bounded_steps(client, monkeypatch):
    topic = make_topic()
    meeting = published(make_request(topics=[topic])).meeting
    for _place in range(6):
        published(make_request(meeting=meeting))
    whole = rows(client, "requests", "ndjson")
    monkeypatch.setattr(exports, "PAGE_ROWS", 3)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert rows(client, "requests", "ndjson") == whole
    reading = [one for one in queries if "ORDER BY" in one["sql"] and "LIMIT 3" in one["sql"]]
    assert len(reading) == 3  # 3 + 3 + 1


@pytest.mark.both_databases
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
                ([body] * 200 for _page in range(pages)), columns_of_kinds(edition.kind), None
            )
        )
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert given > pages * 20
        return found

    peak(2)
    assert peak(40) < 1.5 * peak(4)


@pytest.mark.both_databases
def test_what_fails_on_the_way_breaks_the_answer_off(client, monkeypatch):
    """No 200 that ends early and looks whole: the server cuts the line, and a client can tell."""
    meeting = published(make_request()).meeting
    for _place in range(4):
        published(make_request(meeting=meeting))
    monkeypatch.setattr(exports, "PAGE_ROWS", 2)
    response = client.get("/api/v1/requests/?format=ndjson")
    pieces = iter(response.streaming_content)
    assert next(pieces)
    monkeypatch.setattr(exports.Reader, "whole", lambda self, edition: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        list(pieces)


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/requests/?format=csv",
        "/api/v1/requests/?format=ndjson",
        "/api/v1/requests/?format=xlsx",
        "/kien-nghi/du-lieu.csv",
        "/kien-nghi/du-lieu.xlsx",
    ],
)
def test_http_1_0_gets_a_file_with_its_length_or_an_error(client, monkeypatch, address):
    """It has no sign for an answer that broke off: nothing is sent before the file is whole."""
    meeting = published(make_request()).meeting
    for _place in range(4):
        published(make_request(meeting=meeting))
    monkeypatch.setattr(exports, "PAGE_ROWS", 2)
    streamed = client.get(address)
    old = client.get(address, SERVER_PROTOCOL="HTTP/1.0")
    data = b"".join(old)
    assert data == b"".join(streamed)
    assert old["Content-Length"] == str(len(data))
    assert "Content-Length" not in streamed
    for name in ("Content-Type", "Content-Disposition", "Cache-Control"):
        assert old[name] == streamed[name]

    whole, read = exports.Reader.whole, []

    def fails_at_the_third(self, edition):
        read.append(edition)
        return whole(self, edition) if len(read) < 3 else 1 / 0

    monkeypatch.setattr(exports.Reader, "whole", fails_at_the_third)
    client.raise_request_exception = False
    response = client.get(address, SERVER_PROTOCOL="HTTP/1.0")
    assert (response.status_code, len(read)) == (500, 3)
    assert "Content-Disposition" not in response


def test_a_file_for_http_1_0_is_not_kept_in_memory(client, register, monkeypatch):
    files = []

    def spooled(**options):
        files.append(SpooledTemporaryFile(**options))  # noqa: SIM115  the answer closes it
        return files[-1]

    monkeypatch.setattr(exports, "SpooledTemporaryFile", spooled)
    monkeypatch.setattr(exports, "IN_MEMORY", 10)
    response = client.get("/api/v1/requests/?format=csv", SERVER_PROTOCOL="HTTP/1.0")
    assert files[0].fileno()  # it lies on the disk
    data = b"".join(response)
    assert files[0].closed
    assert data == file(client, "requests", format="csv")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("ả" * 32_767, "ả" * 32_767),
        ("ả" * 32_768, "ả" * 32_763 + " […]"),
        ("=" + "a" * 32_767, "'=" + "a" * 32_761 + " […]"),
        ("𝄞" * 16_384, "𝄞" * 16_381 + " […]"),  # two of the characters that Excel counts
    ],
    ids=["it fits", "it does not", "an apostrophe before it", "beyond 16 bits"],
)
def test_a_text_that_is_cut_for_a_workbook_shows_it(client, text, kept):
    published(make_request(detail=text))
    assert rows(client, "requests", "xlsx")[0]["detail"] == kept
    csv.field_size_limit(200_000)
    assert rows(client, "requests", "csv")[0]["detail"] == neutral(text)
    assert rows(client, "requests", "ndjson")[0]["detail"] == text


REFERENCES = ("provinces", "organizations", "officials", "topics", "indicators")


@pytest.mark.parametrize("wanted", FILES)
@pytest.mark.parametrize("name", REFERENCES)
def test_a_reference_list_is_a_file_too(client, register, name, wanted):
    listed = client.get(f"/api/v1/{name}/").json()["results"]
    address = f"/api/v1/{name}/?format={wanted}"
    found = rows(client, name, wanted)
    assert [row["slug"] for row in found] == [row["slug"] for row in listed] != []
    if wanted == "ndjson":
        assert found == listed
    response = client.get(address)
    assert response["Content-Type"] == exports.FORMATS[wanted][0]
    assert response["Content-Disposition"] == exports.disposition(name, wanted)
    assert response["Content-Length"] == str(len(response.content))
    assert "Accept" in response["Vary"]
    again = client.get(address, headers={"if-none-match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("wanted", FILES)
def test_a_reference_list_of_no_rows_is_a_file_too(client, wanted):
    response = client.get(f"/api/v1/officials/?format={wanted}")
    assert response.status_code == 200
    assert response["Content-Type"] == exports.FORMATS[wanted][0]
    assert rows(client, "officials", wanted) == []


@pytest.mark.parametrize("asked", [{"QUERY_STRING": "format=csv"}, {"HTTP_ACCEPT": "text/csv"}])
def test_a_reference_list_as_a_file_counts_as_one(client, register, settings, asked):
    settings.API_RATES = {"answers": None, "files": "1/min"}
    caches["limits"].clear()
    statuses = [client.get("/api/v1/topics/", **asked).status_code for _time in range(2)]
    assert statuses == [200, 429]
    assert client.get("/api/v1/topics/").status_code == 200
    caches["limits"].clear()


@pytest.mark.parametrize("wanted", FILES)
def test_one_row_of_a_reference_list_is_no_file(client, register, wanted):
    response = client.get(f"/api/v1/provinces/ninh-binh/?format={wanted}")
    assert (response.status_code, response["Content-Type"]) == (406, "application/problem+json")


@pytest.mark.both_databases
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
