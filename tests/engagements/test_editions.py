"""What the public reads: the one gate, the questions asked of it, one body whole."""

import json
from datetime import date, timedelta

import pytest
from django.utils import timezone

from engagements.edition.models import CommitmentEdition, RequestEdition
from engagements.edition.publishing import withdraw
from engagements.models import Edition
from provinces.models import Atlas

from ..factories import (
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


def test_a_reissue_is_part_of_the_past_too():
    request = published(make_request())
    before = edition_of(request)
    published(make_commitment(answers=[request]))

    def answer(moment):
        return Edition.objects.public(as_of=moment).get(code="KN-1").answer

    assert answer(before.published_at) == "unanswered"
    assert answer(timezone.now()) == "promised"


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


# -- lists


def test_lists_run_newest_session_first_and_keep_the_order_of_the_document():
    old = make_meeting(held_on=date(2023, 4, 21))
    new = make_meeting(held_on=date(2024, 2, 29))
    first, second = (published(make_request(meeting=new)) for _place in range(2))
    third = published(make_request(meeting=old))
    published(make_commitment(answers=[second]))  # a re-issue moves no row
    published(edited(first, title="Sửa lại"))
    listed = RequestEdition.objects.public().newest_first()
    assert codes(listed) == codes([first, second, third])


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


@pytest.mark.parametrize(("limit", "count"), [(1, 1), (2, 2), (3, 3), (4, 3), (10_001, 3)])
def test_count_up_to(limit, count):
    for source in many(make_source, 3):
        published(source)
    assert Edition.objects.public().newest_first().count_up_to(limit) == count


# -- search


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
    body = json.loads(edition.body)
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
        "strength": "explicit",
        "answers": ["KN-1"],
        "status": "done",
        "status_since": "2024-06-03",
        "due_on": "2024-06-30",
        "due_text": "quý II/2024",
        "first_due_on": "2024-03-31",
        "first_due_text": "quý I/2024",
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
                "voice": "ministry",
                "basis": "staff",
                "due_on": "2024-06-30",
                "due_text": "quý II/2024",
                "text": "Đã họp.",
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
        "edition": 1,
        "first_published_at": body["published_at"],
        "published_at": body["published_at"],
    }
    assert body["published_at"] == f"{commitment.published_at:%Y-%m-%dT%H:%M:%S.%f}Z"
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
    assert list(body)[-3:] == ["edition", "first_published_at", "published_at"]
    assert edition.body == json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def test_the_columns_of_a_commitment_follow_its_body():
    meeting = make_meeting()
    lead = make_organization()
    commitment = published(
        make_commitment(
            meeting=meeting,
            lead=lead,
            raised_by=make_official(),
            strength="joint",
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
        "strength": "joint",
        "answer": "",
        "topics": "|a|b|",
        "due_on": date(2024, 3, 31),
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
