"""From the register to the public: who may publish, in which order, and what moves with it."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from engagements.models import CodeCounter, Commitment, Edition, State
from engagements.models.answering import set_answered
from engagements.publication.checks import Refused, problems
from engagements.publication.indicators import accept
from engagements.publication.publishing import publish, publish_session, session_records, withdraw
from engagements.publication.reissuing import reissue_naming
from provinces.models import Province
from tests.factories import (
    account,
    author,
    edited,
    edition_of,
    make_answering,
    make_attendance,
    make_commitment,
    make_figure,
    make_indicator,
    make_meeting,
    make_merger,
    make_official,
    make_organization,
    make_proposed_indicator,
    make_province,
    make_recommendation,
    make_remark,
    make_request,
    make_source,
    make_topic,
    make_update,
    many,
    published,
    publisher,
    unstamped,
)

pytestmark = pytest.mark.django_db

EVERY_KIND = [
    make_source,
    make_meeting,
    make_request,
    make_commitment,
    make_recommendation,
    make_update,
    make_remark,
    make_figure,
]


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def body(record):
    return edition_of(record).data


def refusal(record, by=None):
    """The reasons for which the record is not published."""
    with pytest.raises(Refused) as refused:
        publish(record, by=by or publisher())
    return refused.value.messages


def ready(record):
    """A record whose proof, session and target are public: only itself is not."""
    published(record.source)
    if getattr(record, "meeting", None):
        published(record.meeting)
    return record


# -- codes


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("make", "code"),
    [
        (make_source, "NG-1"),
        (make_request, "KN-1"),
        (make_commitment, "CK-1"),
        (make_recommendation, "KH-1"),
        (make_update, "CN-1"),
        (make_remark, "GN-1"),
        (make_figure, "SL-1"),
    ],
)
def test_a_code_is_given_at_the_first_publication(make, code):
    record = make()
    assert record.code is None
    record = published(record)
    assert record.code == code
    assert record.state == State.PUBLISHED
    assert edition_of(record).code == body(record)["code"] == code


def test_a_session_is_named_by_its_slug():
    assert published(make_meeting(slug="2024-02-29-binh-minh")).code == "2024-02-29-binh-minh"


@pytest.mark.both_databases
def test_drafts_and_refusals_leave_no_gap_in_the_codes():
    meeting = make_meeting()
    first, second, third, fourth = many(make_commitment, 4, meeting=meeting)
    published(third)
    refusal(first, by=author())
    fourth.delete()
    published(second)
    published(first)
    codes = Commitment.objects.order_by("pk").values_list("code", flat=True)
    assert list(codes) == ["CK-3", "CK-2", "CK-1"]
    assert CodeCounter.objects.get(kind="commitment").last == 3


def test_a_code_stays_through_editions_and_withdrawal():
    commitment = published(make_commitment())
    published(edited(commitment, title="Lần hai"))
    withdraw(commitment, by=publisher())
    assert published(edited(commitment, title="Lần ba")).code == "CK-1"


# -- four eyes


@pytest.mark.parametrize("make", EVERY_KIND)
def test_who_entered_a_record_does_not_publish_it(make):
    reasons = refusal(make(), by=author())
    assert "You changed this record: a second person publishes it." in reasons


def test_who_changed_a_draft_does_not_publish_it():
    commitment = ready(make_commitment())
    commitment = edited(commitment, title="Sửa một chữ", by=publisher())
    commitment = edited(commitment, title="Sửa lần nữa", by=author())
    assert refusal(commitment, publisher()) == [
        "You changed this record: a second person publishes it."
    ]
    assert publish(commitment, by=account("nguoi-thu-ba")).code == "CK-1"


def test_who_chose_its_topics_does_not_publish_it():
    commitment = ready(make_commitment())
    commitment._history_user = publisher()
    commitment.topics.add(make_topic())
    assert refusal(commitment, publisher())


@pytest.mark.parametrize("change", ["entered", "changed", "removed"])
def test_who_touched_the_attendance_does_not_publish_the_session(change):
    meeting = ready(make_meeting())
    who = author() if change != "entered" else publisher()
    attendance = make_attendance(meeting=meeting, by=who)
    if change == "changed":
        edited(attendance, title="Thứ trưởng", by=publisher())
    if change == "removed":
        attendance._history_user = publisher()
        attendance.delete()
    assert refusal(meeting, publisher()) == [
        "You changed this record: a second person publishes it."
    ]
    assert publish(meeting, by=account("nguoi-thu-ba"))


def test_the_first_author_may_publish_what_another_changed_since():
    commitment = published(make_commitment(by=author()))
    commitment = edited(commitment, title="Sửa sau khi công bố", by=publisher())
    assert refusal(commitment, publisher())
    assert publish(commitment, by=author()).number == 2


def test_who_touched_the_attendance_since_does_not_publish_the_session_again():
    attendance = make_attendance()
    meeting = published(attendance.meeting)
    edited(attendance, title="Thứ trưởng", by=publisher())
    meeting = edited(meeting, by=account("nguoi-thu-ba"))
    assert refusal(meeting, publisher())
    assert publish(meeting, by=author()).number == 2


def test_publishing_stays_in_the_history_with_its_publisher():
    commitment = published(make_commitment())
    withdraw(commitment, by=author())
    last, first = commitment.history.all()[:2]
    assert (first.history_change_reason, first.history_user) == ("publish", publisher())
    assert (last.history_change_reason, last.history_user) == ("withdraw", author())


# -- order and reasons


def test_the_source_comes_before_the_session():
    meeting = make_meeting(source=make_source(title="Bài báo"))
    assert refusal(meeting) == ["Publish the source first: Bài báo"]
    published(meeting.source)
    assert publish(meeting, by=publisher())


def test_the_sources_of_the_attendance_come_before_the_session():
    meeting = ready(make_meeting())
    make_attendance(meeting=meeting, source=make_source(title="Biên bản"))
    assert refusal(meeting) == ["Publish the source first: Biên bản"]


@pytest.mark.parametrize(
    "make", [make_request, make_commitment, make_recommendation, make_remark, make_figure]
)
def test_the_session_comes_before_its_items(make):
    record = make(meeting=make_meeting())
    published(record.source)
    assert refusal(record) == ["Publish the session first, then its items."]
    published(record.meeting)
    assert publish(record, by=publisher())


def test_a_figure_needs_no_session():
    figure = ready(make_figure(meeting=None))
    publish(figure, by=publisher())
    assert (body(figure)["meeting"], body(figure)["path"]) == (None, "")


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("request", make_request),
        ("commitment", make_commitment),
        ("recommendation", make_recommendation),
    ],
)
def test_an_item_comes_before_its_updates(name, make):
    target = ready(make())
    update = make_update(**{name: target})
    assert refusal(update) == ["Publish the item first, then its update."]
    publish(target, by=publisher())
    assert publish(update, by=publisher()).code == "CN-1"


@pytest.mark.parametrize("make", [make_commitment, make_recommendation])
def test_a_request_comes_before_what_answers_it(make):
    request = ready(make_request(title="Phủ sóng"))
    answer = make(answers=[request])
    assert refusal(answer) == ["Publish what it answers first: Phủ sóng"]
    publish(request, by=publisher())
    assert publish(answer, by=publisher())


@pytest.mark.parametrize("make", [make_commitment, make_recommendation])
def test_an_answer_is_to_a_request_of_the_same_province(make):
    one, other = many(make_province, 2)
    request = published(make_request(meeting=make_meeting(provinces=[one, other]), province=one))
    answer = make(answers=[request], province=other)
    assert refusal(answer) == ["It answers a request of another province."]


@pytest.mark.parametrize(
    "make", [make_request, make_commitment, make_recommendation, make_remark, make_figure]
)
def test_the_province_is_among_those_of_the_session(make):
    meeting = published(make_meeting(provinces=many(make_province, 2)))
    stranger = make(meeting=meeting, province=make_province())
    assert refusal(stranger) == ["The province is not among those of the session."]
    for province in meeting.provinces.all():
        assert publish(make(meeting=meeting, province=province), by=publisher())


def test_a_session_names_its_provinces():
    assert refusal(ready(make_meeting(provinces=[]))) == ["A session names its provinces."]


@pytest.mark.parametrize(("words", "allowed"), [(19, True), (20, True), (21, False)])
def test_a_quotation_has_at_most_20_words(words, allowed):
    quote = " ".join(["lời"] * words)
    commitment = ready(make_commitment(quote=quote))
    if allowed:
        assert publish(commitment, by=publisher())
    else:
        assert refusal(commitment) == [f"A quotation has at most 20 words: “{quote}”"]


def test_a_quotation_in_the_attendance_has_at_most_20_words():
    meeting = ready(make_meeting())
    make_attendance(meeting=meeting, quote=" ".join(["lời"] * 21))
    assert len(refusal(meeting)) == 1


def test_text_that_came_past_the_models_is_composed():
    commitment = ready(make_commitment())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE engagements_commitment SET detail = %s", ["Hu\u0065\u0302\u0301"])
    assert refusal(commitment) == [
        "The text is not in Unicode's composed form (NFC): detail",
    ]


def test_every_reason_is_given_at_once():
    request = make_request()
    commitment = make_commitment(
        answers=[request], province=make_province(), quote=" ".join(["lời"] * 21)
    )
    assert len(refusal(commitment, author())) == 6


def test_the_same_version_is_not_published_twice():
    commitment = published(make_commitment())
    assert refusal(commitment, account("nguoi-thu-ba")) == [
        "The public already reads this version."
    ]
    assert Edition.objects.filter(kind="commitment").count() == 1


@pytest.mark.both_databases
@pytest.mark.parametrize("make", EVERY_KIND)
def test_a_refusal_writes_nothing(make):
    record = make()
    refusal(record, author())
    record.refresh_from_db()
    assert (record.state, record.code, record.published_at) == (State.DRAFT, None, None)
    assert not Edition.objects.exists()
    assert not CodeCounter.objects.exists()


# -- an edit shows only when it is published again


def test_an_edit_shows_only_when_it_is_published_again():
    commitment = published(make_commitment(title="Trước"))
    first = edition_of(commitment)
    commitment = edited(commitment, title="Sau", internal_note="không ai đọc")
    assert commitment.has_waiting_edit
    assert edition_of(commitment) == first
    assert body(commitment)["title"] == "Trước"
    commitment = published(commitment)
    assert not commitment.has_waiting_edit
    second = edition_of(commitment)
    assert (second.data["title"], second.number) == ("Sau", 2)
    assert second.data["first_published_at"] == first.data["first_published_at"]
    assert second.data["published_at"] > first.data["published_at"]
    assert second.first_sequence == first.sequence < second.sequence
    first.refresh_from_db()
    assert first.superseded_at == second.published_at


@pytest.mark.parametrize("make", EVERY_KIND)
def test_notes_of_staff_are_in_no_column_of_an_edition(make):
    named = {"internal_note": "chỉ nội bộ"} if make is not make_source else {"text": "chỉ nội bộ"}
    record = published(make(review_note="chỉ nội bộ", **named))
    for edition in Edition.objects.values():
        assert "nội bộ" not in str(edition)
        assert "noi bo" not in str(edition)
    record.refresh_from_db()
    assert record.review_note == ""  # it was written for this publication


# -- what a publication moves: answers of a request


@pytest.mark.parametrize(
    ("strength", "answer"),
    [
        ("explicit", "promised"),
        ("offer", "offered"),
        ("implied", "offered"),
    ],
)
def test_a_request_is_answered_by_a_published_commitment(strength, answer):
    request = published(make_request())
    assert (body(request)["answer"], body(request)["answered_by"]) == ("unanswered", [])
    draft = make_commitment(answers=[request], strength=strength, title="Sẽ hỗ trợ")
    assert body(request)["answer"] == "unanswered"
    published(draft)
    assert body(request)["answer"] == edition_of(request).answer == answer
    assert body(request)["answered_by"] == [
        {
            "code": "CK-1",
            "kind": "commitment",
            "title": "Sẽ hỗ trợ",
            "path": "/cam-ket/CK-1/",
            "is_inferred": False,
            "inference": "",
            "taken_back": None,
            "strength": strength,
            "is_general": False,
            "said_on": "2024-02-29",
        }
    ]


def test_a_request_is_answered_by_the_strongest():
    request = published(make_request())
    refusal = {"answer": "declined", "status": "dropped", "voice": "independent"}
    published(make_update(request=request, **refusal))
    assert body(request)["answer"] == "declined"
    published(make_update(request=request, answer="explained", status="unknown"))
    assert body(request)["answer"] == "explained"
    advice = published(make_recommendation(answers=[request]))
    assert body(request)["answer"] == "advised"
    offer = published(make_commitment(answers=[request], strength="offer"))
    assert body(request)["answer"] == "offered"
    promise = published(make_commitment(answers=[request], made_by="jointly"))
    assert body(request)["answer"] == "promised"
    assert [one["code"] for one in body(request)["answered_by"]] == ["CK-1", "CK-2", "KH-1"]
    for record, left in ((promise, "offered"), (offer, "advised"), (advice, "explained")):
        withdraw(record, by=publisher())
        assert body(request)["answer"] == left


def test_an_answer_that_is_edited_moves_the_request_when_it_is_published():
    request = published(make_request())
    promise = published(make_commitment(answers=[request], title="Cũ"))
    promise = edited(promise, strength="offer", title="Mới")
    assert body(request)["answer"] == "promised"
    published(promise)
    assert body(request)["answer"] == "offered"
    assert body(request)["answered_by"][0]["title"] == "Mới"


def test_an_answer_that_is_moved_to_another_request_leaves_the_first():
    one = published(make_request())
    other = published(make_request(meeting=one.meeting))
    promise = published(make_commitment(answers=[one]))
    promise = edited(promise)
    set_answered(promise, [other], author())
    published(promise)
    assert (body(one)["answer"], body(one)["answered_by"]) == ("unanswered", [])
    assert body(other)["answer"] == "promised"
    assert [link["code"] for link in body(promise)["answers"]] == [other.code]


def test_a_withdrawn_request_is_named_by_no_answer():
    request = published(make_request())
    promise = published(make_commitment(answers=[request]))
    assert [link["code"] for link in body(promise)["answers"]] == ["KN-1"]
    withdraw(request, by=publisher())
    assert body(promise)["answers"] == []


def test_a_reissue_takes_the_next_number_and_keeps_its_place():
    request = published(make_request())
    before = edition_of(request)
    published(make_commitment(answers=[request]))
    after = edition_of(request)
    assert after.sequence > before.sequence
    assert after.first_sequence == before.first_sequence
    assert (before.number, before.cause) == (1, "edited")
    assert (after.number, after.cause) == (2, "news")  # it is answered now
    assert after.data["first_published_at"] == before.data["first_published_at"]
    assert after.changed_at == after.published_at > before.changed_at
    before.refresh_from_db()
    assert before.superseded_at == after.published_at


def test_a_publication_that_moves_nothing_reissues_nothing():
    request = published(make_request())
    published(make_commitment(answers=[request], title="Như cũ"))
    kept = edition_of(request)
    published(edited(Commitment.objects.get(), detail="Chỉ thêm lời giải thích"))
    assert edition_of(request) == kept


def test_an_unreviewed_edit_never_travels_with_a_reissue():
    request = published(make_request(title="Đã duyệt", topics=[make_topic(slug="da-duyet")]))
    edited(request, title="Chưa duyệt", detail="Chưa duyệt", due_on=None)
    request.topics.set([make_topic(slug="chua-duyet")])
    published(make_commitment(answers=[request]))
    after = edition_of(request)
    assert after.data["answer"] == "promised"
    assert (after.data["title"], after.data["detail"]) == ("Đã duyệt", "")
    assert after.data["topics"] == ["da-duyet"]
    assert "chua duyet" not in after.search
    request.refresh_from_db()
    assert request.title == "Chưa duyệt"
    assert request.has_waiting_edit


def test_an_unreviewed_attendance_never_travels_with_a_reissue():
    attendance = make_attendance(title="Thứ trưởng")
    meeting = published(attendance.meeting)
    edited(attendance, title="Chưa duyệt")
    make_attendance(meeting=meeting, title="Chưa duyệt")
    edited(attendance.official, full_name="Phan Tâm")
    reissue_naming(official=attendance.official)
    assert [(one["official"]["name"], one["title"]) for one in body(meeting)["attendances"]] == [
        ("Phan Tâm", "Thứ trưởng")
    ]


# -- what an update moves


def test_an_update_moves_status_completion_and_day():
    commitment = published(make_commitment(due_on=date(2024, 3, 31), due_text="quý I/2024"))
    assert {key: body(commitment)[key] for key in ("status", "status_since", "due_on")} == {
        "status": "unknown",
        "status_since": None,
        "due_on": "2024-03-31",
    }
    published(
        make_update(
            commitment=commitment,
            status="in_progress",
            happened_on=date(2024, 4, 2),
            new_due_on=date(2024, 6, 30),
            new_due_text="quý II/2024",
        )
    )
    published(
        make_update(
            commitment=commitment,
            status="done",
            happened_on=date(2024, 7, 5),
            completed_on=date(2024, 6, 28),
        )
    )
    standing = edition_of(commitment)
    expected = {
        "status": "done",
        "status_since": "2024-07-05",
        "completed_on": "2024-06-28",
        "due_on": "2024-06-30",
        "due_text": "quý II/2024",
        "is_ongoing": False,
        "first_due_on": "2024-03-31",
        "first_due_text": "quý I/2024",
        "first_is_ongoing": False,
        "moves": 1,
    }
    assert {key: standing.data[key] for key in expected} == expected
    assert (standing.status, standing.due_on) == ("done", date(2024, 6, 30))
    assert standing.completed_on == date(2024, 6, 28)
    assert [one["code"] for one in standing.data["updates"]] == ["CN-1", "CN-2"]
    assert (standing.number, standing.cause) == (3, "news")


def test_an_unpublished_update_moves_nothing():
    commitment = published(make_commitment())
    make_update(commitment=commitment, status="done")
    commitment.refresh_from_db()
    assert commitment.status == body(commitment)["status"] == "unknown"
    assert body(commitment)["updates"] == []


def test_an_old_article_that_is_found_late_sets_nothing_back():
    commitment = published(make_commitment())
    published(make_update(commitment=commitment, status="done", happened_on=date(2024, 7, 5)))
    published(
        make_update(
            commitment=commitment,
            status="in_progress",
            happened_on=date(2024, 5, 1),
            new_due_on=date(2024, 6, 30),
            new_due_text="quý II/2024",
        )
    )
    standing = body(commitment)
    assert (standing["status"], standing["status_since"]) == ("done", "2024-07-05")
    assert standing["due_on"] == "2024-06-30"  # the only day that was ever named
    assert [one["code"] for one in standing["updates"]] == ["CN-2", "CN-1"]


def test_of_two_updates_on_one_day_the_one_published_last_counts():
    commitment = published(make_commitment())
    later, earlier = (
        make_update(commitment=commitment, status=status, happened_on=date(2024, 7, 5))
        for status in ("done", "in_progress")
    )
    published(earlier)
    published(later)
    assert body(commitment)["status"] == "done"


def test_the_register_mirrors_the_status_without_an_edit_waiting():
    commitment = published(make_commitment())
    update = published(
        make_update(
            commitment=commitment,
            status="done",
            completed_on=date(2024, 6, 28),
            happened_on=date(2024, 7, 5),
        )
    )
    commitment.refresh_from_db()
    assert (commitment.status, commitment.completed_on) == ("done", date(2024, 6, 28))
    assert not commitment.has_waiting_edit
    withdraw(update, by=publisher())
    commitment.refresh_from_db()
    assert (commitment.status, commitment.completed_on) == ("unknown", None)
    assert body(commitment)["updates"] == []


@pytest.mark.both_databases
def test_the_mirror_keeps_to_the_public_while_an_edit_waits():
    commitment = published(make_commitment())
    commitment = edited(commitment, title="Chưa duyệt")
    published(make_update(commitment=commitment, status="paused"))
    commitment.refresh_from_db()
    assert (commitment.status, commitment.title) == ("paused", "Chưa duyệt")
    assert (body(commitment)["status"], commitment.has_waiting_edit) == ("paused", True)


# -- what a session, a name, a title moves


def test_a_session_that_is_renamed_moves_its_items():
    meeting = published(make_meeting(title="Tên cũ"))
    makes = (make_request, make_commitment, make_recommendation, make_remark, make_figure)
    items = [published(make(meeting=meeting)) for make in makes]
    following = published(make_meeting(follows=meeting))
    published(edited(meeting, title="Tên mới"))
    for item in items:
        assert body(item)["meeting"]["title"] == "Tên mới"
        assert (edition_of(item).number, edition_of(item).cause) == (2, "links")
    assert body(following)["follows"]["title"] == "Tên mới"


def test_the_title_of_that_day_moves_what_the_person_said():
    attendance = make_attendance(title="Thứ trưởng")
    meeting, official = attendance.meeting, attendance.official
    said = published(make_commitment(meeting=meeting, raised_by=official))
    noted = published(make_remark(meeting=meeting, said_by=official))
    assert body(said)["raised_by"]["title"] == "Thứ trưởng"
    edited(attendance, title="Bộ trưởng")
    published(edited(meeting))
    assert body(said)["raised_by"]["title"] == body(noted)["said_by"]["title"] == "Bộ trưởng"


def test_an_official_who_is_renamed_moves_every_edition_that_names_them():
    official = make_official(full_name="Phan Tam", slug="phan-tam")
    attendance = make_attendance(official=official, title="Thứ trưởng")
    meeting = attendance.meeting
    said = published(make_commitment(meeting=meeting, raised_by=official))
    noted = published(make_remark(meeting=meeting, said_by=official))
    other = published(make_commitment(meeting=meeting))
    untouched = edition_of(other)
    edited(official, full_name="Phan Tâm")
    assert body(said)["raised_by"]["name"] == "Phan Tam"
    moved = reissue_naming(official=official).editions
    assert {one.code for one in moved} == {meeting.code, said.code, noted.code}
    person = {"slug": "phan-tam", "name": "Phan Tâm"}
    assert body(said)["raised_by"] == person | {"title": "Thứ trưởng"}
    assert body(noted)["said_by"] == person | {"title": "Thứ trưởng"}
    assert body(meeting)["attendances"][0]["official"] == person
    assert edition_of(other) == untouched
    assert reissue_naming(official=official).editions == []


def test_an_official_who_has_a_new_address_keeps_the_title_of_that_day():
    official = make_official(full_name="Phan Tâm", slug="phan-tam")
    attendance = make_attendance(official=official, title="Thứ trưởng")
    said = published(make_commitment(meeting=attendance.meeting, raised_by=official))
    published(edited(attendance.meeting, summary="Công bố lại, sau cam kết"))
    edited(official, slug="phan-tam-bo-truong")
    reissue_naming(official=official)
    speaker = {"slug": "phan-tam-bo-truong", "name": "Phan Tâm", "title": "Thứ trưởng"}
    assert body(said)["raised_by"] == speaker


def test_a_body_that_is_renamed_moves_every_edition_that_names_it():
    ministry = make_organization(name="Bo TT&TT", slug="bo")
    meeting = published(make_meeting(ministry=ministry))
    led = published(make_commitment(meeting=meeting, lead=ministry, supporting=[ministry]))
    asked = published(make_request(meeting=meeting, addressed_to=ministry, current_lead=ministry))
    edited(ministry, name="Bộ TT&TT")
    reissue_naming(organization=ministry)
    named = {"slug": "bo", "name": "Bộ TT&TT"}
    assert body(meeting)["ministry"] == named
    assert (body(led)["lead"], body(led)["supporting"]) == (named, [named])
    assert (body(asked)["addressed_to"], body(asked)["current_lead"]) == (named, named)


def test_an_indicator_that_is_renamed_moves_its_figures():
    indicator = make_indicator(name="DTI", slug="dti")
    figure = published(make_figure(indicator=indicator))
    other = published(make_figure())
    kept = edition_of(other)
    edited(indicator, name="Chỉ số chuyển đổi số")
    reissue_naming(indicator=indicator)
    assert body(figure)["indicator"] == {"slug": "dti", "name": "Chỉ số chuyển đổi số"}
    assert edition_of(other) == kept


@pytest.mark.both_databases
def test_a_figure_of_a_proposed_indicator_is_held_back_until_that_is_accepted():
    proposed = make_proposed_indicator(name="Số trạm")
    figure, other = make_figure(indicator=proposed), make_figure()
    for needed in (figure.source, figure.meeting):
        published(needed)
    (reason,) = problems(figure, publisher())
    assert "“Số trạm” is proposed" in reason
    assert reason.row == proposed
    with pytest.raises(Refused):
        publish(figure, by=publisher())
    public = published(other)
    assert problems(edited(public, indicator=proposed), publisher()) == [reason]
    accept(proposed, by=account("nguoi-thu-hai"))
    assert body(published(figure))["indicator"] == {"slug": "so-tram", "name": "Số trạm"}


def test_a_session_is_checked_with_as_many_queries_for_thirty_figures_as_for_one():
    counts = []
    for rows in (1, 30):
        meeting = make_meeting()
        many(lambda meeting=meeting: make_figure(meeting=meeting), rows)
        with CaptureQueriesContext(connection) as asked:
            assert len(publish_session(meeting, by=publisher())) == rows + 2
        counts.append(sum('FROM "engagements_indicator"' in query["sql"] for query in asked))
    assert counts[0] == counts[1]


def test_a_province_that_is_renamed_is_found_by_its_new_name():
    commitment = published(make_commitment(province=make_province(name="Binh Minh")))
    edited(commitment.province, name="Bình An")
    reissue_naming(province=commitment.province)
    assert " binh an " in edition_of(commitment).search


def test_a_province_that_is_renamed_moves_what_its_predecessors_said_and_heard(client):
    """They show the unit of today, which is in no stored column: who keeps a copy must be told."""
    first, second, heir = (make_province() for _place in range(3))
    make_merger(heir, first, second)
    meeting = published(make_meeting(provinces=[first, second]))
    items = [
        published(make(meeting=meeting, province=first)) for make in (make_request, make_commitment)
    ]
    since = make_meeting(provinces=[heir], held_on=date(2025, 9, 1))
    later = published(make_request(province=heir, meeting=since))
    update = published(make_update(request=items[0]))
    other = edition_of(published(make_request()))
    address = "/api/v1/requests/"
    tag, mark = client.get(address)["ETag"], Edition.objects.last_act()["sequence"]
    was = {one.code: edition_of(one) for one in (meeting, *items, later, update)}
    edited(heir, name="Bình An Mới")
    moved = reissue_naming(province=heir).editions
    assert sorted(one.code for one in moved) == sorted([*was, later.meeting.code])
    for code, row in was.items():
        now = Edition.objects.current().get(code=code)
        assert unstamped(now) == unstamped(row)
        assert (now.number, now.cause) == (row.number + 1, "links")
        assert (now.first_sequence, now.changed_at) == (row.first_sequence, row.changed_at)
        assert now.links.count() == row.links.count()
    assert Edition.objects.current().get(code=other.code) == other
    answer = client.get(address, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    told = client.get("/api/v1/changes/", {"after": mark}).json()["results"]
    told = {row["code"]: row["record"] for row in told}
    assert told[items[0].code]["province"]["current"]["name"] == "Bình An Mới"
    assert {place["current"]["name"] for place in told[meeting.code]["provinces"]} == {
        "Bình An Mới"
    }


# -- withdrawing


@pytest.mark.both_databases
def test_a_withdrawn_record_is_nowhere_but_in_its_tombstone():
    commitment = published(make_commitment(title="Một"))
    published(edited(commitment, title="Hai"))
    then = timezone.now()
    withdraw(commitment, by=publisher())
    commitment.refresh_from_db()
    assert commitment.state == State.WITHDRAWN
    every = Edition.objects.filter(kind="commitment").order_by("sequence")
    assert [one.is_tombstone for one in every] == [False, False, True]
    assert all(one.withdrawn_at for one in every)
    tombstone = every.last()
    assert (tombstone.code, tombstone.number, tombstone.payload) == ("CK-1", 3, "")
    assert tombstone.search == tombstone.topics == tombstone.status == ""
    assert tombstone.sequence == Edition.objects.order_by("-sequence").first().sequence
    assert not tombstone.links.exists()
    assert edition_of(commitment) is None
    assert not Edition.objects.public(as_of=then).filter(kind="commitment").exists()


def test_nothing_public_is_withdrawn_twice():
    commitment = published(make_commitment())
    withdraw(commitment, by=publisher())
    with pytest.raises(Refused, match="The public does not read this record"):
        withdraw(commitment, by=publisher())
    with pytest.raises(Refused, match="The public does not read this record"):
        withdraw(make_commitment(), by=publisher())


def test_a_session_is_not_withdrawn_from_under_its_items():
    commitment = published(make_commitment())
    remark = published(make_remark(meeting=commitment.meeting))
    with pytest.raises(Refused, match="CK-1") as refused:
        withdraw(commitment.meeting, by=publisher())
    assert "GN-1" in refused.value.messages[0]
    withdraw(commitment, by=publisher())
    withdraw(remark, by=publisher())
    withdraw(commitment.meeting, by=publisher())
    assert edition_of(commitment.meeting) is None


def test_a_session_that_another_follows_may_be_withdrawn():
    meeting = published(make_meeting())
    following = published(make_meeting(follows=meeting))
    assert body(following)["follows"]["slug"] == meeting.slug
    withdraw(meeting, by=publisher())
    assert body(following)["follows"] is None


def test_a_source_is_not_withdrawn_from_under_what_it_proves():
    attendance = make_attendance(source=make_source())
    meeting = published(attendance.meeting)
    for source in (meeting.source, attendance.source):
        with pytest.raises(Refused, match=meeting.slug):
            withdraw(source, by=publisher())


def test_a_source_that_is_only_cited_may_be_withdrawn():
    cited = published(make_source())
    meeting = published(make_meeting(cited=[cited]))
    assert body(meeting)["cited"] == [cited.code]
    withdraw(cited, by=publisher())
    assert body(meeting)["cited"] == []


@pytest.mark.both_databases
def test_updates_go_with_their_item():
    commitment = published(make_commitment())
    update = published(make_update(commitment=commitment))
    draft = make_update(commitment=commitment)
    withdraw(commitment, by=publisher())
    update.refresh_from_db()
    draft.refresh_from_db()
    assert (update.state, draft.state) == (State.WITHDRAWN, State.DRAFT)
    assert edition_of(update) is None
    assert not Edition.objects.public().filter(kind__in=["commitment", "update"]).exists()


def test_a_withdrawn_record_is_edited_before_it_is_published_again():
    commitment = published(make_commitment(title="Một"))
    first = edition_of(commitment)
    before = timezone.now()
    withdraw(commitment, by=publisher())
    assert refusal(commitment, account("nguoi-thu-ba")) == [
        "It was withdrawn; edit it before it is published again."
    ]
    commitment = published(edited(commitment, title="Hai"))
    again = edition_of(commitment)
    assert (commitment.state, again.number, again.data["title"]) == (State.PUBLISHED, 3, "Hai")
    assert again.data["first_published_at"] == first.data["first_published_at"]
    assert again.first_sequence == first.first_sequence
    assert not Edition.objects.public(as_of=before).filter(kind="commitment").exists()


# -- a session whole


def make_session():
    """A session with each kind of item, one source for all and one for a cited act."""
    meeting = make_meeting(cited=[make_source(type="legal_act", rank=1)])
    make_attendance(meeting=meeting)
    request = make_request(meeting=meeting)
    make_commitment(answers=[request])
    make_recommendation(answers=[request])
    make_remark(meeting=meeting)
    make_figure(meeting=meeting)
    return meeting


def test_a_session_goes_out_whole_though_its_items_name_each_other():
    """A promise that supports advice, which answers a question: all new at the same session."""
    meeting = make_meeting()
    question = make_remark(meeting=meeting, type="question")
    advice = make_recommendation(meeting=meeting)
    make_answering(recommendation=advice, question=question)
    promise = make_commitment(meeting=meeting)
    promise.supports.add(advice)
    publish_session(meeting, by=publisher())
    assert [link["code"] for link in body(promise)["supports"]] == ["KH-1"]
    assert [link["code"] for link in body(question)["answered_by"]] == ["KH-1"]


def test_a_session_is_published_whole_and_in_order():
    meeting = make_session()
    editions = publish_session(meeting, by=publisher())
    codes = ["NG-1", "NG-2", meeting.slug, "KN-1", "GN-1", "KH-1", "CK-1", "SL-1"]
    assert [one.code for one in editions] == codes
    meeting.refresh_from_db()
    assert [one.code for one in session_records(meeting)] == codes


@pytest.mark.both_databases
def test_a_session_is_published_whole_or_not_at_all():
    meeting = make_session()
    bad = make_remark(meeting=meeting, text="Trích dài", quote=" ".join(["lời"] * 21))
    with pytest.raises(Refused, match="Trích dài") as refused:
        publish_session(meeting, by=publisher())
    assert "at most 20 words" in refused.value.messages[0]
    assert not Edition.objects.exists()
    edited(bad, quote="lời")
    assert len(publish_session(meeting, by=publisher())) == 9


def test_a_session_published_again_takes_only_what_changed():
    meeting = make_session()
    publish_session(meeting, by=publisher())
    withdraw(meeting.remarks.get(), by=publisher())
    edited(meeting.commitments.get(), title="Sửa lại")
    new = make_request(meeting=meeting)
    editions = publish_session(meeting, by=publisher())
    assert [one.code for one in editions] == ["KN-2", "CK-1"]
    new.refresh_from_db()
    assert new.code == "KN-2"


def test_a_session_is_not_published_by_who_entered_it():
    with pytest.raises(Refused, match="a second person publishes it"):
        publish_session(make_session(), by=author())


# -- time


@pytest.mark.both_databases
def test_a_clock_that_is_set_back_tears_no_hole(monkeypatch):
    first = edition_of(published(make_source()))
    long_ago = first.published_at - timedelta(days=365)
    source = make_source()
    monkeypatch.setattr("engagements.publication.issuing.timezone.now", lambda: long_ago)
    second = publish(source, by=publisher())
    assert second.published_at == first.published_at
    assert second.sequence == first.sequence + 1


def test_a_session_keeps_the_provinces_of_its_published_items():
    place, other = make_province(name="Ở lại"), make_province(name="Bỏ đi")
    meeting = make_meeting(provinces=[place, other])
    item = published(make_request(meeting=meeting, province=other))
    meeting = edited(meeting, title="Tên khác")
    meeting.provinces.set([place])
    with pytest.raises(Refused, match=item.code):
        publish(meeting, by=publisher())
    meeting.provinces.add(other)
    assert publish(meeting, by=publisher()).data["title"] == "Tên khác"


def test_a_session_is_held_by_who_was_there_on_a_day_that_has_come():
    tomorrow = timezone.localdate() + timedelta(days=1)
    meeting = make_meeting(held_on=tomorrow)
    meeting.ministry.ceased_on = tomorrow
    meeting.ministry.save()
    province = meeting.provinces.get()
    Province.objects.filter(pk=province.pk).update(ceased_on=tomorrow)
    told = problems(meeting, publisher())
    assert "Held on: This day is still to come." in told
    assert [one for one in told if "did not exist" in one] == [
        f"It did not exist on that day: {one}"
        for one in (Province.objects.get(pk=province.pk), meeting.ministry)
    ]
    meeting.held_on = timezone.localdate()
    assert not [one for one in problems(meeting, publisher()) if "day" in one]
