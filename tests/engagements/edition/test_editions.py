"""What the public reads: the one gate, the questions asked of it, one body whole."""

import json
import zipfile
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from engagements.edition.models import CommitmentEdition, RequestEdition
from engagements.models import Edition
from engagements.publication.publishing import withdraw
from provinces.models import Atlas
from tests.factories import (
    edited,
    edition_of,
    make_attendance,
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
    make_succession,
    make_topic,
    make_update,
    many,
    published,
    publisher,
)

pytestmark = pytest.mark.django_db


def codes(editions):
    return [one.code for one in editions]


# -- the gate


def test_nothing_is_public_before_it_is_published():
    make_commitment()
    assert not Edition.objects.public().exists()
    assert not Edition.objects.public(as_of=timezone.now()).exists()


def test_the_public_reads_one_edition_of_each_record():
    commitment = published(make_commitment(title="Một"))
    published(edited(commitment, title="Hai"))
    assert sorted(codes(Edition.objects.public())) == sorted(
        ["NG-1", commitment.meeting.slug, "CK-1"]
    )
    assert Edition.objects.public().get(code="CK-1").data["title"] == "Hai"


@pytest.mark.both_databases
def test_the_past_reads_as_it_was():
    commitment = published(make_commitment(title="Một"))
    first = edition_of(commitment)
    second = edition_of(published(edited(commitment, title="Hai")))
    third = edition_of(published(make_commitment()))

    def then(moment):
        past = Edition.objects.public(as_of=moment).of_kind("commitment")
        return {one.code: one.data["title"] for one in past}

    just_before = timedelta(microseconds=1)
    assert then(first.published_at - just_before) == {}
    assert then(first.published_at) == {"CK-1": "Một"}
    assert then(second.published_at - just_before) == {"CK-1": "Một"}
    assert then(second.published_at) == {"CK-1": "Hai"}
    assert then(third.published_at) == {"CK-1": "Hai", "CK-2": third.data["title"]}
    assert then(timezone.now()) == then(third.published_at)


@pytest.mark.both_databases
def test_a_reissue_is_part_of_the_past_too():
    request = published(make_request())
    before = edition_of(request)
    published(make_commitment(answers=[request]))

    def answer(moment):
        return Edition.objects.public(as_of=moment).get(code="KN-1").answer

    assert answer(before.published_at) == "unanswered"
    assert answer(timezone.now()) == "promised"


@pytest.mark.both_databases
def test_what_was_withdrawn_is_in_no_past():
    commitment = published(make_commitment())
    moment = edition_of(commitment).published_at
    withdraw(commitment, by=publisher())
    for as_of in (None, moment, timezone.now()):
        assert "CK-1" not in codes(Edition.objects.public(as_of=as_of))


def test_a_proxy_keeps_to_its_kind():
    commitment = published(make_commitment(answers=[make_request()]))
    assert codes(CommitmentEdition.objects.public()) == [commitment.code]
    assert codes(RequestEdition.objects.public()) == ["KN-1"]
    both = Edition.objects.public().of_kind("request", "commitment")
    assert sorted(codes(both)) == ["CK-1", "KN-1"]


# -- what was taken back, in the past of others

THEN = "as_of=2025-03-01"
PAST = [
    "/api/v1/changes/?page_size=200",
    "/api/v1/{name}/{code}/editions/",
    f"/api/v1/{{name}}/?{THEN}",
    *(f"/api/v1/{{name}}/?{THEN}&format={wanted}" for wanted in ("csv", "ndjson", "xlsx")),
]
PAST_PAGES = [
    f"/en/{{path}}/?{THEN}",
    *(f"/en/{{path}}/{file}?{THEN}" for file in ("atom.xml", "lich.ics", "du-lieu.csv")),
    "/en/{path}/{code}/ban-cong-bo/",
]


@pytest.fixture
def in_march(monkeypatch):
    """Until it is called, everything is published on one day of March 2025."""
    monkeypatch.setattr(timezone, "now", lambda: datetime(2025, 3, 1, 3, tzinfo=UTC))
    return monkeypatch.undo


def texts(client, item, name, path):
    """What each address with a past says of an item; a workbook as the text of its sheet."""
    found = {}
    for pattern in PAST + (PAST_PAGES if path else []):
        address = pattern.format(name=name, path=path, code=item.code)
        response = client.get(address)
        assert response.status_code == 200, address
        content = b"".join(response)
        if content.startswith(b"PK"):
            content = zipfile.ZipFile(BytesIO(content)).read("xl/worksheets/sheet1.xml")
        found[address] = content.decode().replace("\r\n ", "")  # a calendar folds its lines
    return found


def taken_back_update():
    promise = published(make_commitment(due_on=date(2024, 6, 30), due_text="giữa năm"))
    day = {"new_due_on": date(2024, 12, 31), "new_due_text": "ZZHẠN", "status": "done"}
    update = published(make_update(commitment=promise, text="ZZTIN", **day))
    published(edited(promise, detail="Bản hai"))
    return promise, update, ("commitments", "cam-ket")


def taken_back_answer():
    asked = published(make_request())
    answer = published(make_commitment(title="ZZHỨA", answers=[asked], strength="explicit"))
    published(edited(asked, detail="Bản hai"))
    return asked, answer, ("requests", "kien-nghi")


def taken_back_request():
    asked = published(make_request(title="ZZHỎI"))
    advice = published(make_recommendation(answers=[asked]))
    return advice, asked, ("recommendations", "khuyen-nghi")


def taken_back_session_before():
    before = published(make_meeting(title="ZZBUỔI", slug="buoi-cu"))
    meeting = published(make_meeting(follows=before))
    return meeting, before, ("meetings", "buoi-lam-viec")


def taken_back_session():
    """An item that was put under the wrong session first."""
    official = make_official()
    seat = make_attendance(official=official, title="ZZCHỨC")
    wrong = edited(seat.meeting, title="ZZBUỔI", slug="buoi-sai")
    item = published(make_commitment(meeting=wrong, raised_by=official))
    place = item.province
    meeting = published(make_meeting(provinces=[place]))
    published(edited(item, meeting=meeting))
    return item, wrong, ("commitments", "cam-ket")


@pytest.mark.parametrize(
    "make",
    [
        taken_back_update,
        taken_back_answer,
        taken_back_request,
        taken_back_session_before,
        taken_back_session,
    ],
)
def test_what_was_taken_back_is_in_no_past_of_others(client, in_march, make):
    item, gone, (name, path) = make()
    before = texts(client, item, name, path)
    assert [at for at, said in before.items() if "ZZ" in said or gone.code in said]
    in_march()
    withdraw(gone, by=publisher())
    after = texts(client, item, name, path)
    assert not [at for at, said in after.items() if "ZZ" in said]
    if make is not taken_back_session:  # whose address stays, and says that it was taken back
        assert not [at for at in after if "changes" not in at and gone.code in after[at]]


def test_what_is_published_anew_brings_no_word_back(client, in_march):
    asked, answer, (name, path) = taken_back_answer()
    in_march()
    withdraw(answer, by=publisher())
    published(edited(answer, title="Hứa khác"))
    published(edited(asked, title="Bản sau"))
    after = texts(client, asked, name, path)
    assert not [at for at, said in after.items() if "ZZ" in said]
    (then,) = client.get(f"/api/v1/requests/?{THEN}").json()["results"]
    assert then["answered_by"] == []
    assert "Hứa khác" in after[PAST[0]]


def test_a_past_without_an_update_stands_as_it_stood_before_it(client, in_march):
    promise, update, _where = taken_back_update()
    published(make_update(commitment=promise, text="Tin khác", happened_on=date(2024, 5, 2)))
    in_march()
    withdraw(update, by=publisher())
    (then,) = client.get(f"/api/v1/commitments/?{THEN}").json()["results"]
    assert [one["text"] for one in then["updates"]] == ["Tin khác"]
    assert (then["status"], then["status_since"]) == ("in_progress", "2024-05-02")
    assert (then["due_on"], then["due_text"]) == ("2024-06-30", "giữa năm")
    assert (then["deadline"], then["first_deadline"]) == ("overdue", "overdue")


def test_a_past_without_an_answer_is_unanswered(client, in_march):
    _asked, answer, _where = taken_back_answer()
    in_march()
    withdraw(answer, by=publisher())
    (then,) = client.get(f"/api/v1/requests/?{THEN}").json()["results"]
    assert (then["answered_by"], then["answer"]) == ([], "unanswered")


def test_a_past_of_which_nothing_was_taken_back_is_given_to_the_byte(client, in_march):
    promise = published(make_commitment(title="Một"))
    first = edition_of(promise).payload
    in_march()
    withdraw(published(make_update()), by=publisher())
    published(edited(promise, title="Hai"))
    said = client.get(f"/api/v1/commitments/?{THEN}&format=ndjson").getvalue().decode()
    assert said.startswith(first[:-1])


def test_what_was_taken_back_is_asked_once_and_only_for_the_past(client, in_march):
    def asked(address):
        with CaptureQueriesContext(connection) as captured:
            client.get(address).getvalue()
        return sum("MAX" in one["sql"] and "GROUP BY" in one["sql"] for one in captured)

    for _place in range(3):
        promise, update, _where = taken_back_update()
        withdraw(update, by=publisher())
    in_march()
    assert asked("/api/v1/commitments/") == 0
    assert asked("/api/v1/commitments/?format=ndjson") == 0
    for _place in range(3):
        assert asked("/api/v1/changes/?page_size=200") == 1
        published(edited(promise, title=f"Lần {_place}"))
    assert asked(f"/api/v1/commitments/?{THEN}&format=ndjson") == 1


def test_the_api_gives_every_number_of_a_record(client, monkeypatch):
    monkeypatch.setattr("engagements.pages.records.HISTORY_MOST", 3)
    source = published(make_source(title="Lần 1"))
    for number in range(2, 6):
        published(edited(source, title=f"Lần {number}"))
    told = client.get("/api/v1/sources/NG-1/editions/").json()
    assert [one["edition"] for one in told["results"]] == [1, 2, 3, 4, 5]
    assert [one["changed"] for one in told["results"]] == [None, *[["title"]] * 4]
    page = client.get("/en/nguon/NG-1/ban-cong-bo/")
    assert [one["edition"].number for one in page.context["revisions"]] == [5, 4, 3]
    assert "Only the latest are shown here." in page.text


# -- the page of editions of a session and of a source


def test_a_session_tells_what_each_edition_changed(client):
    seat = make_attendance(official=make_official(full_name="Phan Tâm"), title="Thứ trưởng")
    make_attendance(meeting=seat.meeting, official=make_official(full_name="Ngồi yên"))
    before = published(make_meeting(title="Buổi trước"))
    meeting = published(seat.meeting)
    edited(seat, title="Bộ trưởng", role="chair")
    meeting = edited(meeting, place="Hội trường", follows=before, format="conference")
    meeting.provinces.add(make_province(name="Bình Thêm"))
    published(meeting)
    address = f"/buoi-lam-viec/{meeting.code}/"
    assert f'href="/en{address}ban-cong-bo/"' in client.get(f"/en{address}").text
    page = client.get(f"/en{address}ban-cong-bo/")
    changed = {one["name"]: one for one in page.context["revisions"][0]["changes"]}
    assert set(changed) == {"place", "follows", "format", "provinces", "attendances"}
    assert (changed["format"]["was"], changed["format"]["now"]) == ("Working session", "Conference")
    assert changed["follows"]["now"] == "Buổi trước"
    assert changed["provinces"]["now"].endswith(", Bình Thêm")
    assert "Phan Tâm, Thứ trưởng" in changed["attendances"]["was"]
    assert "Phan Tâm, Bộ trưởng" in changed["attendances"]["now"]
    assert "Hội trường" in page.text
    assert "Ngồi yên" not in page.text
    assert "its story" not in page.text


@pytest.mark.parametrize("language", ["", "/en"])
def test_a_source_tells_what_each_edition_changed(client, language):
    source = published(make_source(title="Bài một", number="12"))
    published(edited(source, title="Bài hai", type="minutes", issued_on=date(2024, 3, 5)))
    assert (
        f'href="{language}/nguon/NG-1/ban-cong-bo/"' in client.get(f"{language}/nguon/NG-1/").text
    )
    page = client.get(f"{language}/nguon/NG-1/ban-cong-bo/")
    changed = {one["name"] for one in page.context["revisions"][0]["changes"]}
    assert {"title", "type", "issued_on"} <= changed
    assert "Bài một" in page.text
    assert "05/03/2024" in page.text
    withdraw(source, by=publisher())
    assert client.get(f"{language}/nguon/NG-1/ban-cong-bo/").status_code == 410


# -- lists


@pytest.mark.both_databases
def test_lists_run_newest_session_first_and_keep_the_order_of_the_document():
    old = make_meeting(held_on=date(2023, 4, 21))
    new = make_meeting(held_on=date(2024, 2, 29))
    first, second = (published(make_request(meeting=new)) for _place in range(2))
    third = published(make_request(meeting=old))
    published(make_commitment(answers=[second]))  # a re-issue moves no row
    published(edited(first, title="Sửa lại"))
    listed = RequestEdition.objects.public().newest_first()
    assert codes(listed) == codes([first, second, third])


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("make", "day"),
    [
        (lambda: make_source(issued_on=date(2024, 3, 1)), date(2024, 3, 1)),
        (
            lambda: make_source(issued_on=None, accessed_on=date(2024, 4, 2)),
            date(2024, 4, 2),
        ),
        (lambda: make_meeting(held_on=date(2024, 2, 29)), date(2024, 2, 29)),
        (
            lambda: make_meeting(
                state_of_it="planned",
                held_on=None,
                planned_from=date(2024, 3, 1),
                planned_to=date(2024, 3, 31),
            ),
            date(2024, 3, 1),
        ),
        (make_commitment, date(2024, 2, 29)),
        (make_remark, date(2024, 2, 29)),
        (make_figure, date(2024, 2, 29)),
        (lambda: make_update(happened_on=date(2024, 6, 3)), date(2024, 6, 3)),
    ],
    ids=[
        "source",
        "source-read-on",
        "meeting",
        "planned-meeting",
        "commitment",
        "remark",
        "figure",
        "update",
    ],
)
def test_the_day_that_lists_run_by(make, day):
    assert edition_of(published(make())).day == day


@pytest.mark.both_databases
@pytest.mark.parametrize(("limit", "count"), [(1, 1), (2, 2), (3, 3), (4, 3), (10_001, 3)])
def test_count_up_to(limit, count):
    for source in many(make_source, 3):
        published(source)
    assert Edition.objects.public().newest_first().count_up_to(limit) == count


# -- search


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("sát cánh", True),
        ("SAT CANH", True),
        ("sát   cánh", True),
        ("sát-cánh", True),
        ("Bộ sát cánh cùng", True),
        ("cánh sát", False),  # in order
        ("sat can", False),  # whole syllables
        ("at canh", False),
        ("54-NQ/TW", True),
        ("nq tw", True),
        ("Phan Tâm", True),  # who said it
        ("Bình Minh", True),  # where
        ("CK-1", True),
        ("đường truyền", True),  # in the detail
        ("thỏi nam châm", True),  # in the quotation
        ("nội bộ", False),
        ("%", False),
        ("_", False),
        ("", False),
        ("sat%canh", True),  # signs part words, nothing more
    ],
)
def test_matching(asked, found):
    published(
        make_commitment(
            title="Bộ sát cánh cùng tỉnh",
            detail="Theo 54-NQ/TW: đường truyền",
            quote="thỏi nam châm",
            internal_note="nội bộ",
            raised_by=make_official(full_name="Phan Tâm"),
            province=make_province(name="Bình Minh"),
        )
    )
    assert CommitmentEdition.objects.public().matching(asked).exists() is found


@pytest.mark.both_databases
def test_a_composed_and_a_decomposed_question_find_the_same():
    published(make_commitment(title="Phủ sóng Huế"))
    assert CommitmentEdition.objects.public().matching("Hue\u0302\u0301").exists()


# -- places


@pytest.fixture
def merged():
    """Two old units, one living, and a commitment to each; one session with both old ones."""
    first, second, heir = (
        make_province(name=name, slug=slug)
        for name, slug in (("Bình An", "binh-an"), ("Bình Minh", "cu"), ("Bình Minh", "nay"))
    )
    make_merger(heir, first, second)
    meeting = make_meeting(provinces=[first, second])
    later = make_meeting(provinces=[heir], held_on=date(2025, 9, 1))
    published(make_commitment(meeting=meeting, province=first))
    published(make_commitment(meeting=meeting, province=second))
    published(make_commitment(meeting=later, province=heir))
    published(make_commitment())
    return first, second, heir


@pytest.mark.parametrize(
    ("unit", "lineage", "expected"),
    [
        pytest.param(2, True, ["CK-1", "CK-2", "CK-3"], id="living-with-its-predecessors"),
        pytest.param(2, False, ["CK-3"], id="living-alone"),
        pytest.param(0, True, ["CK-1"], id="past-with-lineage"),
        pytest.param(0, False, ["CK-1"], id="past-alone"),
    ],
)
def test_about_a_unit(merged, unit, lineage, expected):
    public = CommitmentEdition.objects.public()
    atlas = Atlas()
    for question in (public.about, public.in_place):
        found = question(merged[unit], atlas, lineage=lineage).order_by("first_sequence")
        assert codes(found) == expected


def test_a_session_of_several_provinces_is_about_each(merged):
    atlas = Atlas()
    sessions = Edition.objects.public().of_kind("meeting")
    for unit, count in zip(merged, (1, 1, 2), strict=True):
        assert sessions.in_place(unit, atlas).count() == count
    assert sessions.in_place(merged[2], atlas, lineage=False).count() == 1


def test_an_edition_names_the_unit_of_that_day_and_its_heir(merged):
    first, _second, heir = merged
    edition = Edition.objects.public().get(code="CK-1")
    assert (edition.province, edition.heir) == (first, heir)


def test_a_unit_that_was_split_stays_its_own_heir():
    whole = make_province(ceased_on=date(2025, 7, 1))
    for part in many(make_province, 2):
        make_succession(whole, part, kind="split")
    assert edition_of(published(make_commitment(province=whole))).heir == whole


@pytest.mark.both_databases
def test_with_topic_takes_whole_topics():
    published(make_commitment(topics=[make_topic(slug="chinh-quyen-so"), make_topic(slug="khac")]))
    public = CommitmentEdition.objects.public()
    assert public.with_topic("khac").count() == 1
    assert public.with_topic("chinh-quyen-so").count() == 1
    assert public.with_topic("chinh-quyen").count() == 0
    assert public.with_topic("so").count() == 0


def test_naming_finds_who_spoke_and_who_sat_there():
    official = make_official()
    meeting = make_attendance(official=official).meeting
    published(make_commitment(meeting=meeting, raised_by=official))
    published(make_remark(meeting=meeting, said_by=official))
    published(make_commitment(meeting=meeting))
    named = Edition.objects.public().naming(official)
    assert set(codes(named)) == {meeting.slug, "CK-1", "GN-1"}


# -- bodies


def test_the_body_of_a_commitment_whole():
    minister = make_official(full_name="Phan Tâm", slug="phan-tam")
    ministry = make_organization(name="Bộ Mẫu", slug="bo-mau")
    province = make_province(name="Bình Minh", slug="binh-minh")
    meeting = make_meeting(
        slug="2024-02-29-binh-minh",
        title="Làm việc với Bình Minh",
        provinces=[province],
        ministry=ministry,
    )
    make_attendance(meeting=meeting, official=minister, title="Bộ trưởng")
    request = published(make_request(meeting=meeting))
    commitment = published(
        make_commitment(
            answers=[request],
            title="Sát cánh cùng tỉnh",
            detail="Không kèm thời hạn.",
            strength="explicit",
            raised_by=minister,
            lead=ministry,
            supporting=[make_organization(name="Cục Mẫu", slug="cuc-mau")],
            topics=[make_topic(slug="sandbox"), make_topic(slug="phoi-hop")],
            due_on=date(2024, 3, 31),
            due_text="quý I/2024",
            last_checked_on=date(2024, 5, 1),
            completion_criteria="Buổi họp đã diễn ra.",
            paragraph=25,
            quote="sẽ sát cánh cùng",
            is_inferred=True,
            inference="Mối nối được suy ra.",
            internal_note="không công bố",
        )
    )
    update = published(
        make_update(
            commitment=commitment,
            status="done",
            completed_on=date(2024, 6, 1),
            happened_on=date(2024, 6, 3),
            new_due_on=date(2024, 6, 30),
            new_due_text="quý II/2024",
            text="Đã họp.",
        )
    )
    edition = edition_of(commitment)
    body = json.loads(edition.payload)
    assert body == {
        "code": "CK-1",
        "kind": "commitment",
        "title": "Sát cánh cùng tỉnh",
        "detail": "Không kèm thời hạn.",
        "path": "/cam-ket/CK-1/",
        "meeting": {
            "slug": "2024-02-29-binh-minh",
            "title": "Làm việc với Bình Minh",
            "held_on": "2024-02-29",
            "path": "/buoi-lam-viec/2024-02-29-binh-minh/",
        },
        "raised_by": {"slug": "phan-tam", "name": "Phan Tâm", "title": "Bộ trưởng"},
        "raised_by_text": "",
        "lead": {"slug": "bo-mau", "name": "Bộ Mẫu"},
        "supporting": [{"slug": "cuc-mau", "name": "Cục Mẫu"}],
        "current_lead": None,
        "topics": ["phoi-hop", "sandbox"],
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
                "is_inferred": True,
                "inference": "Mối nối được suy ra.",
                "taken_back": None,
            }
        ],
        "status": "done",
        "status_since": "2024-06-03",
        "status_proof": "reported",
        "voices": "single",
        "due_on": "2024-06-30",
        "due_text": "quý II/2024",
        "is_ongoing": False,
        "first_due_on": "2024-03-31",
        "first_due_text": "quý I/2024",
        "first_is_ongoing": False,
        "moves": 1,
        "completed_on": "2024-06-01",
        "last_checked_on": "2024-05-01",
        "completion_criteria": "Buổi họp đã diễn ra.",
        "updates": [
            {
                "code": "CN-1",
                "happened_on": "2024-06-03",
                "status": "done",
                "completed_on": "2024-06-01",
                "answer": "",
                "response": "",
                "takes_back": None,
                "passed_to": None,
                "corrects": None,
                "corrected_by": None,
                "voice": "ministry",
                "basis": "staff",
                "due_on": "2024-06-30",
                "due_text": "quý II/2024",
                "is_ongoing": False,
                "next_step": "",
                "next_on": None,
                "next_by": None,
                "text": "Đã họp.",
                "path": "/cam-ket/CK-1/#CN-1",
                "evidence": {
                    "source": None,
                    "paragraph": None,
                    "quote": "",
                    "is_inferred": False,
                    "inference": "",
                },
                "published_at": edition_of(update).data["published_at"],
            }
        ],
        "evidence": {
            "source": "NG-1",
            "paragraph": 25,
            "quote": "sẽ sát cánh cùng",
            "is_inferred": True,
            "inference": "Mối nối được suy ra.",
        },
        "edition": 2,
        "cause": "news",
        "first_published_at": f"{commitment.published_at:%Y-%m-%dT%H:%M:%S.%f}Z",
        "published_at": edition_of(update).data["published_at"],
        "changed_at": edition_of(update).data["published_at"],
    }
    assert list(body)[:8] == [
        "code",
        "kind",
        "title",
        "detail",
        "path",
        "meeting",
        "raised_by",
        "raised_by_text",
    ]
    assert list(body)[-5:] == [
        "edition",
        "cause",
        "first_published_at",
        "published_at",
        "changed_at",
    ]
    assert edition.payload == json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def test_the_columns_of_a_commitment_follow_its_body():
    meeting = make_meeting()
    lead = make_organization()
    commitment = published(
        make_commitment(
            meeting=meeting,
            lead=lead,
            raised_by=make_official(),
            strength="offer",
            topics=[make_topic(slug="b"), make_topic(slug="a")],
            due_on=date(2024, 3, 31),
            due_text="quý I/2024",
        )
    )
    edition = edition_of(commitment)
    expected = {
        "kind": "commitment",
        "record": commitment.pk,
        "code": "CK-1",
        "number": 1,
        "province_id": commitment.province_id,
        "heir_id": commitment.province_id,
        "ministry_id": meeting.ministry_id,
        "lead_id": lead.pk,
        "raised_by_id": commitment.raised_by_id,
        "meeting": meeting.slug,
        "status": "unknown",
        "strength": "offer",
        "answer": "",
        "topics": "|a|b|",
        "due_on": date(2024, 3, 31),
        "due_text": "quý I/2024",
        "is_ongoing": False,
        "first_due_on": date(2024, 3, 31),
        "first_due_text": "quý I/2024",
        "first_is_ongoing": False,
        "moves": 0,
        "completed_on": None,
        "superseded_at": None,
        "withdrawn_at": None,
    }
    assert {name: getattr(edition, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("make", "path"),
    [
        (make_source, "/nguon/NG-1/"),
        (lambda: make_meeting(slug="buoi-hop"), "/buoi-lam-viec/buoi-hop/"),
        (make_request, "/kien-nghi/KN-1/"),
        (make_commitment, "/cam-ket/CK-1/"),
        (make_recommendation, "/khuyen-nghi/KH-1/"),
        (make_update, "/cam-ket/CK-1/#CN-1"),
        (lambda: make_remark(meeting=make_meeting(slug="h")), "/buoi-lam-viec/h/#GN-1"),
        (lambda: make_figure(meeting=make_meeting(slug="h")), "/buoi-lam-viec/h/#SL-1"),
    ],
    ids=["source", "meeting", "request", "commitment", "recommendation", "update", "remark", "sl"],
)
def test_paths_name_no_host_and_no_language(make, path):
    assert edition_of(published(make())).path == path
