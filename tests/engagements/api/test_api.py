"""The API as a client meets it: whole payloads, filters, cursors, refusals."""

import json
from base64 import b64encode
from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from engagements.edition.models import Edition
from engagements.edition.triggers import lifted
from engagements.publication.publishing import publish, withdraw
from tests.factories import (
    edited,
    edition_of,
    make_commitment,
    make_figure,
    make_meeting,
    make_merger,
    make_official,
    make_organization,
    make_province,
    make_recommendation,
    make_remark,
    make_request,
    make_source,
    make_topic,
    make_update,
    many,
    published,
    published_together,
    publisher,
)

pytestmark = pytest.mark.django_db

LISTS = ["meetings", "requests", "commitments", "recommendations", "followups", "updates"]
LISTS += ["remarks", "sources", "figures"]
REFERENCES = ["provinces", "organizations", "officials", "topics", "indicators"]


def get(client, path, expecting=200, /, **query):
    response = client.get(f"/api/v1/{path}", query)
    assert response.status_code == expecting, response.content[:500]
    return response.json()


def codes(client, path, **query):
    return [row["code"] for row in get(client, path, **query)["results"]]


def test_a_commitment_whole(client):
    province = make_province(name="Cũ", slug="cu-2025")
    make_merger(make_province(name="Mới", slug="moi"), province)
    ministry = make_organization(name="Bộ Mẫu", slug="bo-mau")
    minister = make_official(full_name="Lê Thị Mẫu", slug="le-thi-mau")
    meeting = make_meeting(
        slug="2024-02-29-cu", title="Buổi mẫu", provinces=[province], ministry=ministry
    )
    request = published(make_request(meeting=meeting, province=province))
    commitment = make_commitment(
        meeting=meeting,
        province=province,
        title="Làm một việc",
        raised_by=minister,
        lead=ministry,
        strength="explicit",
        due_on=date(2024, 3, 31),
        due_text="quý I/2024",
        source=meeting.source,
        paragraph=3,
        quote="sẽ làm",
        topics=[make_topic(slug="sandbox")],
        answers=[request],
    )
    edition = edition_of(published(commitment))
    instant = edition.data["published_at"]
    assert get(client, f"commitments/{edition.code}/") == {
        "code": "CK-1",
        "kind": "commitment",
        "title": "Làm một việc",
        "detail": commitment.detail,
        "path": "/cam-ket/CK-1/",
        "meeting": {
            "slug": "2024-02-29-cu",
            "title": "Buổi mẫu",
            "held_on": "2024-02-29",
            "path": "/buoi-lam-viec/2024-02-29-cu/",
        },
        "raised_by": {"slug": "le-thi-mau", "name": "Lê Thị Mẫu", "title": ""},
        "raised_by_text": "",
        "lead": {"slug": "bo-mau", "name": "Bộ Mẫu"},
        "supporting": [],
        "current_lead": None,
        "topics": ["sandbox"],
        "is_general": False,
        "strength": "explicit",
        "made_by": "ministry",
        "is_assigned": False,
        "supports": [],
        "answers": [
            {
                "kind": "request",
                "code": "KN-1",
                "title": request.title,
                "path": "/kien-nghi/KN-1/",
                "is_inferred": False,
                "inference": "",
                "taken_back": None,
            }
        ],
        "status": "unknown",
        "status_since": None,
        "status_proof": "none",
        "voices": "none",
        "due_on": "2024-03-31",
        "due_text": "quý I/2024",
        "is_ongoing": False,
        "first_due_on": "2024-03-31",
        "first_due_text": "quý I/2024",
        "first_is_ongoing": False,
        "moves": 0,
        "completed_on": None,
        "last_checked_on": None,
        "completion_criteria": "",
        "updates": [],
        "evidence": {
            "source": "NG-1",
            "paragraph": 3,
            "quote": "sẽ làm",
            "is_inferred": False,
            "inference": "",
        },
        "edition": 1,
        "cause": "edited",
        "first_published_at": instant,
        "published_at": instant,
        "changed_at": instant,
        "province": {
            "slug": "cu-2025",
            "name": "Cũ",
            "current": {"slug": "moi", "name": "Mới"},
            "successors": [{"slug": "moi", "name": "Mới"}],
        },
        "deadline": "past_unknown",
        "first_deadline": "past_unknown",
    }
    body = client.get(f"/api/v1/commitments/{edition.code}/").content.decode()
    assert list(json.loads(body))[-3:] == ["province", "deadline", "first_deadline"]
    assert body.startswith(edition.payload[:-1])


@pytest.mark.both_databases
def test_a_page_is_newest_first_and_leads_on_by_cursor(client):
    meeting = make_meeting()
    rows = [published(make_request(meeting=meeting)) for _place in range(5)]
    expected = [row.code for row in reversed(rows)]
    seen, path = [], "/api/v1/requests/?page_size=2"
    while path:
        assert path.startswith("/api/v1/requests/")
        page = client.get(path).json()
        assert page["count"] == 5
        seen += [row["code"] for row in page["results"]]
        path = page["next"]
    assert seen == expected


@pytest.mark.both_databases
def test_a_reissue_moves_no_row(client):
    meeting = make_meeting()
    first = published(make_request(meeting=meeting))
    second = published(make_request(meeting=meeting))
    published(make_commitment(meeting=meeting, answers=[first]))
    assert edition_of(first).sequence > edition_of(second).sequence
    assert codes(client, "requests/") == [second.code, first.code]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("path", "query", "named"),
    [
        pytest.param("requests/", {"provnce": "hue"}, "provnce", id="misspelt"),
        pytest.param("requests/", {"utm_source": "x"}, "utm_source", id="tracking-is-for-pages"),
        pytest.param("requests/", {"page": "2"}, "page", id="page-is-for-pages"),
        pytest.param("requests/", {"province": "khong-co"}, "province", id="unknown-slug"),
        pytest.param("requests/", {"province": "9" * 40}, "province", id="number-past-64-bits"),
        pytest.param("requests/", {"status": "xong"}, "status", id="status"),
        pytest.param("requests/", {"status": ["done", "xong"]}, "status", id="one-of-two"),
        pytest.param("requests/", {"deadline": "late'--"}, "deadline", id="deadline"),
        pytest.param("requests/", {"first_deadline": "soon"}, "first_deadline", id="first"),
        pytest.param("requests/", {"answer": "yes"}, "answer", id="answer"),
        pytest.param("requests/", {"lineage": "maybe"}, "lineage", id="lineage"),
        pytest.param("requests/", {"from": "2024-02-31"}, "from", id="no-such-day"),
        pytest.param("requests/", {"to": "0001-01-01"}, "to", id="day-too-early"),
        pytest.param("requests/", {"to": "9999-12-31"}, "to", id="day-too-late"),
        pytest.param("requests/", {"topic": ["a", "b"]}, "topic", id="given-twice"),
        pytest.param("requests/", {"q": "a" * 201}, "q", id="q-too-long"),
        pytest.param("requests/", {"q": "một hai ba bốn năm sáu bảy tám chín"}, "q", id="9-words"),
        pytest.param("requests/", {"page_size": "201"}, "page_size", id="page-size"),
        pytest.param("requests/", {"page_size": "0"}, "page_size", id="page-size-0"),
        pytest.param("requests/", {"page_size": "²"}, "page_size", id="page-size-superscript"),
        pytest.param("requests/", {"page_size": "1" * 4000}, "page_size", id="4000-digits"),
        pytest.param("requests/", {"cursor": "zzz"}, "cursor", id="cursor"),
        pytest.param(
            "requests/", {"cursor": "cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5"}, "cursor", id="forged"
        ),
        pytest.param("requests/", {"cursor": "cD1hYmM="}, "cursor", id="cursor-of-words"),
        pytest.param("commitments/", {"strength": "iron"}, "strength", id="strength"),
        pytest.param("requests/", {"strength": "offer"}, "strength", id="another-kinds-filter"),
        pytest.param("choices/", {"x": "1"}, "x", id="choices-take-none"),
        pytest.param("provinces/", {"on": "2024"}, "on", id="references-take-none"),
        pytest.param("", {"x": "1"}, "x", id="index-takes-none"),
        pytest.param("requests/", {"fields": "code,internal_note"}, "fields", id="no-such-field"),
        pytest.param("requests/", {"province": ""}, "province", id="no-province"),
        pytest.param(
            "requests/", {"updated_since": "2026-01-01T00:00:00"}, "updated_since", id="no-zone"
        ),
        pytest.param(
            "requests/", {"updated_since": "2026-01-01T25:00Z"}, "updated_since", id="no-hour"
        ),
        pytest.param(
            "requests/", {"updated_since": "0001-01-01T00:00Z"}, "updated_since", id="far-instant"
        ),
        pytest.param("requests/", {"updated_since": ""}, "updated_since", id="no-day"),
        pytest.param("requests/", {"status": ["done", ""]}, "status", id="one-empty"),
        pytest.param("requests/", {"cursor": ""}, "cursor", id="empty-cursor"),
        pytest.param("requests/", {"page_size": ""}, "page_size", id="empty-page-size"),
        pytest.param("requests/", {"fields": ","}, "fields", id="no-field"),
        pytest.param("requests/", {"fields": ["code", "title"]}, "fields", id="fields-twice"),
        pytest.param("requests/", {"as_of": "2100-01-01"}, "as_of", id="a-day-to-come"),
        pytest.param("requests/", {"as_of": "hôm qua"}, "as_of", id="as-of-no-day"),
        pytest.param("requests/", {"format": "csv", "page_size": "9"}, "page_size", id="file-page"),
        pytest.param("requests/", {"format": "csv", "cursor": "cD0x"}, "cursor", id="file-cursor"),
        pytest.param("requests/", {"format": "csv", "statu": "done"}, "statu", id="file-misspelt"),
        pytest.param("changes/", {"after": "-1"}, "after", id="mark-below-0"),
        pytest.param("changes/", {"after": "9" * 19}, "after", id="mark-past-64-bits"),
        pytest.param("changes/", {"after": "１２"}, "after", id="mark-in-wide-digits"),
        pytest.param("changes/", {"province": "hue"}, "province", id="changes-take-no-filter"),
    ],
)
def test_bad_parameters_are_400_and_named(client, path, query, named):
    answer = get(client, path, 400, **query)
    assert set(answer) == {"type", "title", "status", "detail", "errors"}
    assert answer["type"] == "invalid"
    assert list(answer["errors"]) == [named]
    assert client.get(f"/api/v1/{path}", query)["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("requests/KN-999/", 404),
        ("requests/CK-1/", 404),
        ("meetings/khong-co/", 404),
        (f"requests/KN-{'9' * 60}/", 404),
        (f"requests/{'9' * 200}/", 404),
        ("provinces/khong-co/", 404),
        ("nothing/", 404),
        ("requests/?format=pdf", 406),
        ("requests/KN-1/?format=csv", 406),
        ("provinces/hue/?format=csv", 406),
        ("changes/?format=csv", 406),
        ("requests/?format=", 400),
    ],
)
def test_addresses_that_are_not_there(client, path, status):
    response = client.get(f"/api/v1/{path}")
    assert response.status_code == status
    assert response.json()["status"] == status
    assert response["Content-Type"] == "application/problem+json"


def cursor(text):
    return b64encode(text.encode()).decode()


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "forged",
    [
        "!!!!", cursor("zzz=1"), "cD01!!", "cD01\n", cursor("p=5&p=9"), cursor("r=2&p=5"),
        cursor("o=" + "9" * 23), cursor("p=05"), cursor("p=5&x=1"), cursor("r=1"),
    ],
)  # fmt: skip
def test_a_forged_cursor_never_gives_the_first_page_again(client, register, forged):
    answer = get(client, "requests/", 400, cursor=forged)
    assert list(answer["errors"]) in (["cursor"], [])  # [] where the guard saw no text


@pytest.mark.parametrize("path", ["requests/", "changes/", "followups/"])
@pytest.mark.parametrize("values", [["zz", "1"], ["1", "2"]])
def test_what_is_asked_once_is_given_once(client, path, values):
    assert list(get(client, path, 400, page_size=values)["errors"]) == ["page_size"]


@pytest.mark.parametrize("path", ["/api/schema/?x=1", "/api/schema/?lang=en", "/api/docs/?x=1"])
def test_the_description_takes_no_parameter(client, db, path):
    assert client.get(path).status_code == 400


@pytest.mark.parametrize("query", ["q=%00", "q=%ff%fe", "topic=a&q=%07b"])
def test_what_is_no_text_is_named(client, query):
    answer = client.get(f"/api/v1/requests/?{query}")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["q"])


def test_a_body_that_nothing_public_names_is_no_parent(client):
    body = make_organization(parent=make_organization(slug="to-mat"))
    published(make_commitment(lead=body))
    assert get(client, f"organizations/{body.slug}/")["parent"] is None
    assert "to-mat" not in str(get(client, "organizations/"))


@pytest.mark.both_databases
def test_a_past_list_is_filtered_by_what_was_named_then(client, monkeypatch):
    was, now = make_organization(), make_organization()
    commitment = published(make_commitment(lead=was))
    yesterday = timezone.localdate() - timedelta(days=1)
    with lifted(connection):
        Edition.objects.update(published_at=F("published_at") - timedelta(days=1))
    publish(edited(commitment, lead=now), by=publisher())
    get(client, "commitments/", 400, lead=was.slug)
    past = get(client, "commitments/", lead=was.slug, as_of=yesterday)
    assert [one["lead"]["slug"] for one in past["results"]] == [was.slug]
    get(client, "commitments/", 400, lead=now.slug, as_of=yesterday)


@pytest.mark.parametrize("path", ["requests/", "topics/", "followups/", "changes/"])
def test_other_methods_are_answered_in_json_whatever_is_asked(client, path):
    for query in ("", "?format=csv", "?cursor=", "?format=csv&cursor="):
        for method, statuses in {
            "trace": {405, 406},
            "post": {405, 406},
            "options": {200, 406},
        }.items():
            answer = getattr(client, method)(f"/api/v1/{path}{query}")
            assert answer.status_code in statuses, (method, query)
            assert answer["Content-Type"].startswith(("application/json", "application/problem"))


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written_here(client, method):
    response = getattr(client, method)("/api/v1/requests/", {}, content_type="application/json")
    assert response.status_code == 405
    assert response.json()["type"] == "method_not_allowed"


def test_a_wrong_method_is_405_whatever_format_is_asked(client):
    assert client.trace("/api/v1/requests/?format=csv").status_code == 405


def test_unknown_accept_is_406(client):
    assert client.get("/api/v1/requests/", headers={"Accept": "text/html"}).status_code == 406


def test_withdrawn_is_gone_and_nothing_more(client):
    request = published(make_request(title="Một bí mật"))
    withdraw(request, by=publisher())
    response = client.get(f"/api/v1/requests/{request.code}/")
    assert response.status_code == 410
    assert "bí mật" not in response.content.decode()
    assert codes(client, "requests/") == []


@pytest.fixture
def two(db):
    """Two provinces that merged, with an item each, and one of another province."""
    old, other = make_province(slug="cu-a"), make_province(slug="cu-b")
    heir = make_merger(make_province(slug="moi"), old, other)
    stranger = make_province(slug="xa")
    return {
        name: published(
            make_request(
                title=f"Việc {name}",
                province=place,
                meeting=make_meeting(provinces=[place]),
            )
        )
        for name, place in (("a", old), ("b", other), ("moi", heir), ("xa", stranger))
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param({"province": "moi"}, "a b moi", id="with-predecessors"),
        pytest.param({"province": "moi", "lineage": "false"}, "moi", id="that-unit-alone"),
        pytest.param({"province": "cu-a"}, "a", id="past-unit"),
        pytest.param({"province": "cu-a", "lineage": "false"}, "a", id="past-unit-alone"),
        pytest.param({"province": "xa"}, "xa", id="another"),
        pytest.param({"q": "VIEC  b"}, "b", id="q-folded"),
    ],
)
def test_by_place(client, two, query, expected):
    found = {name for name, row in two.items() if row.code in codes(client, "requests/", **query)}
    assert found == set(expected.split())
    found = {name for name, row in two.items() if row.code in codes(client, "followups/", **query)}
    assert found == set(expected.split())


@pytest.mark.both_databases
def test_every_filter_finds_its_rows_and_no_others(client):
    topic, lead, who = make_topic(), make_organization(), make_official()
    meeting = make_meeting(held_on=date(2024, 5, 6), ministry=make_organization())
    asked = published(make_request(meeting=meeting, topics=[topic], raised_by=who))
    one = make_commitment(
        meeting=meeting, lead=lead, answers=[asked], strength="offer", due_on=date(2024, 6, 1),
        due_text="1/6/2024", topics=[topic],
    )  # fmt: skip
    one = published(one)
    published(make_update(commitment=one, status="done", completed_on=date(2024, 5, 30)))
    other = published(make_commitment(strength="implied"))
    published(make_request())
    for path, query, expected in [
        ("commitments/", {"topic": topic.slug}, [one.code]),
        ("commitments/", {"lead": lead.slug}, [one.code]),
        ("commitments/", {"ministry": meeting.ministry.slug}, [one.code]),
        ("commitments/", {"meeting": meeting.code or meeting.slug}, [one.code]),
        ("commitments/", {"strength": "offer"}, [one.code]),
        ("commitments/", {"strength": "implied"}, [other.code]),
        ("commitments/", {"status": "done"}, [one.code]),
        ("commitments/", {"status": ["done", "unknown"]}, [other.code, one.code]),
        ("commitments/", {"deadline": "on_time"}, [one.code]),
        ("commitments/", {"deadline": "none"}, [other.code]),
        ("commitments/", {"from": "2024-05-06", "to": "06/05/2024"}, [one.code]),
        ("commitments/", {"to": "2024-02-28"}, []),
        ("requests/", {"official": who.slug}, [asked.code]),
        ("requests/", {"answer": "offered"}, [asked.code]),
        ("followups/", {"topic": topic.slug}, [one.code, asked.code]),
        ("followups/", {"topic": topic.slug, "kind": "request"}, [asked.code]),
        ("meetings/", {"meeting": "x"}, None),
        ("updates/", {"status": "done"}, ["CN-1"]),
    ]:
        if expected is None:
            get(client, path, 400, **query)
        else:
            assert codes(client, path, **query) == expected, (path, query)


@pytest.mark.both_databases
def test_reference_lists(client, register):
    units = {row["slug"]: row for row in get(client, "provinces/")["results"]}
    assert len(units) == 89
    assert units["hue"]["predecessors"] == ["thua-thien-hue"]
    assert units["ninh-binh-2025"]["current"] == {"slug": "ninh-binh", "name": "Ninh Bình"}
    assert units["ninh-binh"]["predecessors"] == ["ha-nam", "nam-dinh", "ninh-binh-2025"]
    assert get(client, "officials/")["count"] == 14
    assert get(client, "topics/")["count"] == 28
    ministry = get(client, "organizations/bo-thong-tin-va-truyen-thong/")
    assert {one["slug"] for one in ministry["successors"]} == {
        "bo-khoa-hoc-va-cong-nghe",
        "bo-van-hoa-the-thao-va-du-lich",
        "bo-cong-an",
    }


@pytest.mark.both_databases
def test_people_are_public_while_an_edition_names_them(client):
    who = make_official()
    request = make_request(raised_by=who)
    assert get(client, "officials/")["results"] == []
    get(client, f"officials/{who.slug}/", 404)
    get(client, "requests/", 400, official=who.slug)
    request = published(request)
    assert get(client, "officials/")["results"] == [{"slug": who.slug, "name": who.full_name}]
    withdraw(request, by=publisher())
    get(client, f"officials/{who.slug}/", 404)


def test_choices_in_both_languages(client):
    choices = get(client, "choices/")
    assert {"code": "unknown", "vi": "chưa có thông tin", "en": "No information yet"} in [
        row | {"vi": row["vi"].lower()} for row in choices["status"]
    ]
    assert len(choices["deadline"]) == 11
    for rows in choices.values():
        for row in rows:
            assert row["vi"]
            assert row["en"]
            assert set(row) == {"code", "vi", "en"}


def test_index_leads_to_everything(client):
    for address in get(client, "").values():
        assert client.get(address).status_code == 200, address


MAKERS = {
    "requests": make_request,
    "commitments": make_commitment,
    "recommendations": make_recommendation,
    "remarks": make_remark,
    "figures": make_figure,
    "sources": make_source,
    "meetings": make_meeting,
}


@pytest.mark.parametrize("name", MAKERS)
def test_as_many_queries_for_1_row_as_for_30(client, name):
    def counted(path):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            get(client, path)
        return len(queries)

    first = published(MAKERS[name]())
    alone = counted(f"{name}/"), counted(f"{name}/{first.code}/")
    published_together(many(MAKERS[name], 29))
    assert get(client, f"{name}/")["count"] == 30
    assert (counted(f"{name}/"), counted(f"{name}/{first.code}/")) == alone
    assert max(alone) <= 5


@pytest.mark.parametrize("name", REFERENCES)
def test_reference_queries_are_constant(client, name, register):
    with CaptureQueriesContext(connection) as queries:
        get(client, f"{name}/")
    assert len(queries) <= 3


def test_schema_names_every_address_and_filter(client):
    schema = client.get("/api/schema/").json()
    assert schema["openapi"].startswith("3.1")
    for name in [*LISTS, *REFERENCES]:
        assert f"/api/v1/{name}/" in schema["paths"]
    parameters = {
        one["name"] for one in schema["paths"]["/api/v1/commitments/"]["get"]["parameters"]
    }
    assert parameters >= {
        "q", "province", "lineage", "status", "deadline", "first_deadline", "topic", "meeting",
        "official", "lead",
        "ministry", "strength", "from", "to", "cursor", "page_size",
    }  # fmt: skip
    answers = schema["paths"]["/api/v1/commitments/{code}/"]["get"]["responses"]
    assert set(answers) == {"200", "304", "400", "404", "405", "406", "410", "429", "503"}


def test_docs_come_from_here_alone(client):
    page = client.get("/api/docs/").content.decode()
    assert "http://" not in page
    assert "https://" not in page
    assert "<style" not in page
