"""Review: what the reviewer is shown, what each decision does, and the page as it will be."""

import re
from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from engagements.desk.history import differing, state_now
from engagements.desk.review.differences import Published, differences_of, public_fields
from engagements.models import (
    Attendance,
    CodeCounter,
    Commitment,
    Edition,
    EditionLink,
    Meeting,
    Source,
    State,
)
from engagements.publication.checks import Refused
from engagements.publication.kinds import RECORDS
from engagements.publication.publishing import as_it_will_be, publish, publish_session
from tests.desk import act, address, said, save
from tests.factories import (
    edited,
    edition_of,
    make_attendance,
    make_commitment,
    make_figure,
    make_meeting,
    make_official,
    make_organization,
    make_province,
    make_recommendation,
    make_remark,
    make_request,
    make_source,
    make_topic,
    make_update,
    make_user,
    published,
    publisher,
)

MAKERS = {
    "source": make_source,
    "meeting": make_meeting,
    "request": make_request,
    "commitment": make_commitment,
    "recommendation": make_recommendation,
    "remark": make_remark,
    "figure": make_figure,
    "update": make_update,
}
EACH_KIND = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
REVIEWER = ("Duyệt",)


@pytest.fixture
def reviewer(client, db):
    user = make_user("binh", REVIEWER)
    client.force_login(user)
    return user


def page(record, end="review"):
    return address(type(record), end, record.pk)


def again(record):
    return type(record).objects.get(pk=record.pk)


def decide(client, record, step, **given):
    """Opens the review page and presses a button of it."""
    shown = client.get(page(record)).context["original"]
    sent = {"act": step, "version": shown.version} | given
    return client.post(page(record), sent, follow=True)


def vietnamese(text):
    with translation.override("vi"):
        return translation.gettext(text)


# -- the difference


def full(kind):
    """A record of that kind with something in every field that is published."""
    meeting = make_meeting(topics=[make_topic()], cited=[make_source()], place="Hà Nội")
    common = {"meeting": meeting, "paragraph": 3, "quote": "Đúng như vậy"}
    follow_up = common | {
        "topics": [make_topic(), make_topic()],
        "supporting": [make_organization()],
        "raised_by": make_official(),
        "lead": make_organization(),
        "current_lead": make_organization(),
        "due_on": date(2025, 3, 31),
        "due_text": "quý I/2025",
        "last_checked_on": date(2025, 1, 2),
        "is_inferred": True,
        "inference": "Suy ra từ ngày",
    }
    request = make_request(meeting=meeting)
    return {
        "source": lambda: make_source(number="12/TB", url="https://example.vn/bai"),
        "meeting": lambda: make_attendance(meeting=meeting, paragraph=2).meeting,
        "request": lambda: make_request(**follow_up, addressed_to=make_organization()),
        "commitment": lambda: make_commitment(**follow_up, answers=[request]),
        "recommendation": lambda: make_recommendation(**follow_up, answers=[request]),
        "remark": lambda: make_remark(**common, said_by=make_official()),
        "figure": lambda: make_figure(**common, period_from=2022, qualifier="hơn"),
        "update": lambda: make_update(
            commitment=make_commitment(meeting=meeting),
            new_due_on=date(2025, 6, 30),
            new_due_text="quý II/2025",
            status="done",
            completed_on=date(2025, 2, 3),
        ),
    }[kind]()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", MAKERS)
def test_what_is_published_and_not_edited_differs_in_nothing(kind):
    """The reading of an edition and of the register are one: no field is lost between them."""
    record = published(full(kind))
    now = {name: state_now(record)[name] for name in public_fields(type(record))}
    was = Published([record]).state(record)
    assert differing(was, now) == []
    assert set(was) == set(now)
    (shown,) = differences_of([record])
    assert shown.is_empty


@pytest.mark.django_db
@EACH_KIND
def test_a_first_publication_is_all_new(client, reviewer, make):
    record = make()
    one = client.get(page(record)).context["difference"]
    assert one.edition is None
    assert {change.name for change in one.changed} >= {"quote", "text", "title", "value"} & {
        name for name in public_fields(type(record)) if getattr(record, name)
    }
    assert one.changed


def test_an_edit_is_shown_beside_the_edition_in_words(client, reviewer):
    lead = make_organization(name="Vụ Bưu chính")
    record = published(
        make_commitment(
            title="Bộ hỗ trợ tỉnh đào tạo cán bộ",
            strength="offer",
            lead=lead,
            due_on=date(2025, 3, 31),
            due_text="quý I/2025",
        )
    )
    edited(
        record,
        title="Bộ hỗ trợ tỉnh đào tạo 200 cán bộ",
        strength="explicit",
        lead=make_organization(name="Vụ Tổ chức"),
        due_on=date(2025, 7, 5),
        internal_note="Hỏi lại",
    )
    response = client.get(page(record))
    one = response.context["difference"]
    told = {change.name: (change.was, change.now) for change in one.changed}
    assert told["strength"] == (vietnamese("Offer"), vietnamese("Explicit promise"))
    assert told["lead"] == ("Vụ Bưu chính", "Vụ Tổ chức")
    assert told["due_on"] == ("31/03/2025", "05/07/2025")
    assert set(told) == {"title", "strength", "lead", "due_on"}
    text = response.content.decode()
    assert "đào tạo <ins>200 </ins>cán bộ" in text
    assert "Hỏi lại" in text  # for staff, and said to be so


def test_lists_of_topics_and_answers_are_compared_too(client, reviewer):
    sandbox, people = make_topic(name="Thử nghiệm"), make_topic(name="Nhân lực")
    record = published(make_commitment(topics=[sandbox]))
    record.topics.set([people])
    edited(record)
    one = client.get(page(record)).context["difference"]
    assert [(change.was, change.now) for change in one.changed] == [("Thử nghiệm", "Nhân lực")]


def test_attendance_is_compared_row_by_row(client, reviewer):
    meeting = make_meeting()
    stays, leaves, rises = (
        make_official(full_name=name) for name in ("Trần Ở Lại", "Lê Ra Đi", "Vũ Lên Chức")
    )
    for one in (stays, leaves, rises):
        make_attendance(meeting=meeting, official=one, title="Thứ trưởng")
    published(meeting)
    meeting.attendances.get(official=leaves).delete()
    edited(meeting.attendances.get(official=rises), title="Bộ trưởng")
    make_attendance(meeting=meeting, official=make_official(full_name="Đỗ Mới Đến"))
    edited(meeting)
    one = client.get(page(meeting)).context["difference"]
    assert {part.name: part.mark for part in one.parts} == {
        "Trần Ở Lại": "same",
        "Lê Ra Đi": "gone",
        "Vũ Lên Chức": "changed",
        "Đỗ Mới Đến": "new",
    }
    (change,) = next(part.changes for part in one.parts if part.mark == "changed")
    assert (change.was, change.now) == ("Thứ trưởng", "Bộ trưởng")


def test_the_proof_stands_beside_with_the_quotation_marked(client, reviewer):
    source = make_source(
        text="Đoạn đầu.\n\nBộ trưởng cam kết  sát cánh cùng tỉnh.\n", number="5/TB"
    )
    record = make_commitment(source=source, paragraph=2, quote="cam kết sát cánh")
    text = client.get(page(record)).content.decode()
    assert "Bộ trưởng <mark>cam kết sát cánh</mark> cùng tỉnh." in text
    assert "5/TB" in text
    assert "Đoạn đầu" not in text


@pytest.mark.django_db
def test_a_difference_asks_as_much_for_thirty_records_as_for_one():
    meeting = make_meeting()
    counts = []
    for rows in (1, 9):
        for _place in range(rows):
            request = make_request(meeting=meeting, topics=[make_topic()])
            make_commitment(meeting=meeting, answers=[request], lead=make_organization())
            make_remark(meeting=meeting, said_by=make_official())
        records = [meeting, *meeting.provincerequests.all(), *meeting.commitments.all()]
        records += meeting.remarks.all()
        with CaptureQueriesContext(connection) as asked:
            differences_of(records)
        counts.append(len(asked))
    assert counts[0] == counts[1]


# -- what is done there


def test_who_wrote_submits_and_a_second_person_publishes(client, reviewer):
    editor = make_user("an", ["Quản trị"], is_superuser=True)
    record = make_source(by=editor)
    client.force_login(editor)
    assert "submit" in client.get(page(record)).context["offers"]
    decide(client, record, "submit")
    assert again(record).state == State.IN_REVIEW
    shown = client.get(page(record)).context
    assert "publish" not in shown["offers"]  # a superuser reviews, but not what they wrote
    decide(client, record, "publish")
    assert edition_of(record) is None

    client.force_login(reviewer)
    assert {"publish", "send_back"} <= client.get(page(record)).context["offers"]
    decide(client, record, "publish")
    assert again(record).state == State.PUBLISHED
    course = client.get(page(record)).context["course"]
    assert [(step["who"], str(step["step"])) for step in course] == [
        (reviewer, vietnamese("Published")),
        (editor, vietnamese("Submitted for review")),
    ]


def test_what_is_sent_back_is_mended_and_submitted_again(client, reviewer):
    record = edited(published(make_commitment()), title="Chưa đúng")
    waiting = Commitment.objects.waiting_for_review
    assert list(waiting()) == [record]
    decide(client, record, "send_back", note="Sai tên")
    assert (list(waiting()), list(Commitment.objects.sent_back())) == ([], [record])
    assert again(record).was_sent_back
    assert not again(record).waits_for_review
    assert "Sai tên" in client.get(page(record)).content.decode()
    assert "Sai tên" in client.get(address(Commitment, "change", record.pk)).content.decode()

    client.force_login(make_user(is_superuser=True))
    save(client, record, title="Đã đúng")
    assert again(record).was_sent_back
    decide(client, record, "submit")
    assert (again(record).review_note, again(record).state) == ("", State.PUBLISHED)
    assert list(waiting()) == [record]
    (note,) = [step["note"] for step in client.get(page(record)).context["course"] if step["note"]]
    assert note == "Sai tên"
    client.force_login(reviewer)
    decide(client, record, "publish")
    assert edition_of(record).data["title"] == "Đã đúng"


STANDS = {
    "draft": (lambda: make_commitment(), False, False),
    "draft-sent-back": (lambda: make_commitment(review_note="Sửa"), False, True),
    "in-review": (lambda: make_commitment(state=State.IN_REVIEW), True, False),
    "published": (lambda: published(make_commitment()), False, False),
    "edited": (lambda: edited(published(make_commitment()), title="Khác"), True, False),
    "edit-sent-back": (
        lambda: edited(published(make_commitment()), title="Khác", review_note="Sửa"),
        False,
        True,
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("make", "waits", "came_back"), STANDS.values(), ids=STANDS)
def test_waiting_and_sent_back_are_asked_of_rows_and_of_one(make, waits, came_back):
    record = again(make())
    rows = Commitment.objects.filter(pk=record.pk)
    assert (rows.waiting_for_review().exists(), record.waits_for_review) == (waits, waits)
    assert (rows.sent_back().exists(), record.was_sent_back) == (came_back, came_back)


@pytest.mark.parametrize("step", ["publish", "send_back", "submit"])
def test_what_changed_since_the_page_was_opened_is_not_decided_on(client, reviewer, step):
    record = make_source()
    if step == "send_back":
        record.state = State.IN_REVIEW
        record.save()
    seen = client.get(page(record)).context["original"].version
    edited(record, title="Đổi sau lưng")
    answer = client.post(
        page(record), {"act": step, "version": seen, "note": "Vì sao"}, follow=True
    )
    assert len(said(answer)) == 1
    assert again(record).state == record.state
    assert edition_of(record) is None


@pytest.mark.parametrize("version", ["", "abc", "-1", "²", "99999999999999999999", "1\x00"])
def test_a_page_that_does_not_say_what_it_showed_decides_nothing(client, reviewer, version):
    record = make_source()
    answer = client.post(page(record), {"act": "publish", "version": version}, follow=True)
    assert answer.status_code == 200
    assert edition_of(record) is None


def test_publishing_the_seen_version_is_the_publisher_s_word(db):
    record = make_source()
    with pytest.raises(Refused):
        publish(record, by=publisher(), version=record.version + 1)
    assert publish(record, by=publisher(), version=record.version)


def test_an_unknown_decision_is_no_address(client, reviewer):
    record = make_source()
    assert client.post(page(record), {"act": "delete", "version": "1"}).status_code == 404


def test_sending_back_needs_words(client, reviewer):
    record = make_source(state=State.IN_REVIEW)
    answer = decide(client, record, "send_back", note="  ")
    assert answer.context["form"].errors
    assert again(record).state == State.IN_REVIEW


def test_withdrawing_from_the_review_page(client, reviewer):
    record = published(make_source())
    decide(client, record, "withdraw")
    assert again(record).state == State.WITHDRAWN


def test_a_viewer_looks_and_decides_nothing(client, db):
    record = make_source(state=State.IN_REVIEW)
    client.force_login(make_user("xem", ["Xem nội bộ"]))
    assert client.get(page(record)).context["offers"] == set()
    for step in ("submit", "publish", "send_back", "withdraw"):
        decide(client, record, step, note="Không")
    assert again(record).state == State.IN_REVIEW


@pytest.mark.parametrize("end", ["review", "preview"])
def test_pages_of_review_are_for_staff_who_may_see(client, db, end):
    record = make_source()
    assert client.get(page(record, end)).status_code == 302
    client.force_login(make_user())
    assert client.get(page(record, end)).status_code == 403
    client.force_login(make_user(is_superuser=True))
    for key in ("abc", "0", "99999999999999999999"):
        assert client.get(address(Source, end, key)).status_code == 404
    assert client.put(page(record, end)).status_code == 405


# -- a whole session


@pytest.fixture
def session(db):
    meeting = make_meeting()
    make_attendance(meeting=meeting)
    request = make_request(meeting=meeting)
    make_commitment(meeting=meeting, answers=[request])
    return meeting


def decide_session(client, meeting, step, leave=(), **given):
    rows = client.get(page(meeting, "session")).context["waiting"]
    chosen = [row["difference"].key for row in rows if row["difference"].record not in leave]
    sent = {"act": step, "chosen": chosen} | given
    return client.post(page(meeting, "session"), sent, follow=True)


def test_a_session_is_reviewed_and_published_on_one_page(client, reviewer, session):
    shown = client.get(page(session, "session")).context
    kinds = [row["difference"].record.kind for row in shown["rows"]]
    assert kinds == ["source", "meeting", "request", "commitment"]
    assert shown["is_clear"]  # what goes out before it stands in nothing's way
    answer = decide_session(client, session, "publish")
    assert len(said(answer)) == 1
    assert Edition.objects.current().count() == 4
    shown = client.get(page(session, "session")).context
    assert shown["waiting"] == []


def test_a_session_is_submitted_and_sent_back_whole_or_in_part(client, reviewer, session):
    commitment = session.commitments.get()
    decide_session(client, session, "submit", leave=[commitment])
    assert again(session).state == State.IN_REVIEW
    assert again(commitment).state == State.DRAFT
    decide_session(client, session, "send_back", leave=[session.source], note="Thiếu đoạn")
    assert again(session).review_note == "Thiếu đoạn"
    assert again(session.source).state == State.IN_REVIEW
    assert again(commitment).review_note == ""


def test_items_of_a_session_are_published_alone(client, reviewer, session):
    commitment = session.commitments.get()
    decide_session(client, session, "publish", leave=[commitment])
    assert edition_of(session)
    assert edition_of(commitment) is None


def test_a_session_in_which_something_changed_is_not_published(client, reviewer, session):
    rows = client.get(page(session, "session")).context["waiting"]
    chosen = [row["difference"].key for row in rows]
    edited(session.commitments.get(), title="Đổi sau lưng")
    sent = {"act": "publish", "chosen": chosen}
    answer = client.post(page(session, "session"), sent, follow=True)
    assert len(said(answer)) == 1
    assert not Edition.objects.exists()


def test_nothing_comes_along_that_was_not_on_the_page(db, session):
    seen = {("source", session.source_id): 1, ("meeting", session.pk): 1}
    publish_session(session, by=publisher(), seen=seen)
    assert set(Edition.objects.values_list("kind", flat=True)) == {"source", "meeting"}
    assert publish_session(session, by=publisher(), seen={}) == []


def test_a_forged_choice_chooses_nothing(client, reviewer, session):
    stranger = make_source()
    forged = [f"source:{stranger.pk}:1", "source:1", "::", "x:y:z", f"meeting:{session.pk}:abc"]
    for step in ("publish", "submit"):
        sent = {"act": step, "chosen": forged}
        assert client.post(page(session, "session"), sent, follow=True).status_code == 200
    assert not Edition.objects.exists()
    assert again(stranger).state == State.DRAFT


def test_only_a_meeting_has_a_session_page(client, reviewer):
    assert client.get(f"/admin/engagements/source/{make_source().pk}/session/").status_code == 302


def test_unchanged_items_are_folded(client, reviewer, session):
    publish_session(session, by=publisher())
    edited(session.commitments.get(), title="Khác")
    rows = client.get(page(session, "session")).context["rows"]
    assert [row["is_open"] for row in rows] == [False, False, False, True]


# -- as the public will see it

PREVIEWED = MAKERS | {"figure-alone": lambda: make_figure(meeting=None)}


def everything():
    """Every row that publication writes, to see that nothing of a preview remains."""
    tables = [Edition, EditionLink, CodeCounter, *RECORDS, Attendance]
    tables += [model.history.model for model in (*RECORDS, Attendance)]
    return {model.__name__: sorted(map(str, model.objects.values_list())) for model in tables}


@pytest.mark.parametrize("make", PREVIEWED.values(), ids=PREVIEWED)
def test_the_page_as_it_will_be_and_nothing_remains(client, reviewer, make):
    record = make()
    before = everything()
    answer = client.get(page(record, "preview"))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert '<aside class="preview"' in text
    assert page(record) in text
    assert "no-store" in answer["Cache-Control"]
    for name in ("title", "text", "unit"):
        assert str(getattr(record, name, "")) in text
    assert everything() == before


def test_a_session_is_previewed_with_its_items(client, reviewer, session):
    text = client.get(page(session, "preview")).content.decode()
    assert session.commitments.get().title in text
    assert session.provincerequests.get().title in text
    assert session.attendances.get().official.full_name in text
    assert not Edition.objects.exists()


def test_the_author_may_look_too(client, db):
    editor = make_user("an", is_superuser=True)
    client.force_login(editor)
    record = make_source(by=editor)
    assert '<aside class="preview"' in client.get(page(record, "preview")).content.decode()


def test_a_waiting_edit_is_previewed_and_the_public_reads_what_it_read(client, reviewer):
    record = edited(published(make_commitment(title="Như cũ")), title="Như mới")
    assert "Như mới" in client.get(page(record, "preview")).content.decode()
    path = edition_of(record).path
    assert "Như cũ" in client.get(path).content.decode()
    assert "aside" not in client.get(path).content.decode()


def test_what_stands_in_the_way_is_shown_instead(client, reviewer):
    record = make_commitment(source=None)
    answer = client.get(page(record, "preview"))
    assert answer.context["reasons"]
    assert "no-store" in answer["Cache-Control"]
    assert not Edition.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_failure_while_looking_leaves_nothing():
    record = make_commitment()
    before = everything()

    def fail(address):
        assert Edition.objects.filter(kind="commitment").exists()
        raise LookupError(address)

    with pytest.raises(LookupError):
        as_it_will_be(record, fail)
    assert everything() == before
    assert as_it_will_be(record, str).startswith("/cam-ket/CK-")
    assert everything() == before
    assert publish_session(record.meeting, by=publisher())[0].sequence == 1
    with transaction.atomic():
        assert CodeCounter.objects.get(kind="commitment").last == 1


@pytest.mark.parametrize("end", ["review", "change"])
def test_what_goes_first_is_a_link_to_its_form(client, reviewer, end):
    item = make_commitment()
    text = client.get(page(item, end)).content.decode()
    for first in (item.source, item.meeting):
        assert f'<a href="{page(first, "change")}">Hãy công bố' in text


def test_a_session_of_thirty_figures_is_reviewed_with_as_many_queries_as_one_of_one(
    client, reviewer
):
    meeting, counts = make_meeting(), []
    for rows in (1, 29):
        for _place in range(rows):
            make_figure(meeting=meeting)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page(meeting, "session")).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_preview_is_only_looked_at(client, reviewer):
    record = make_source()
    assert client.post(page(record, "preview")).status_code == 405


# -- the way there


def test_the_form_leads_to_review_and_preview(client, reviewer):
    meeting = make_meeting()
    text = client.get(address(Meeting, "change", meeting.pk)).content.decode()
    for end in ("review", "session", "preview"):
        assert page(meeting, end) in text


def test_the_list_leads_to_the_review_of_what_waits(client, reviewer):
    waits, draft = make_source(state=State.IN_REVIEW), make_source()
    text = client.get(address(Source)).content.decode()
    assert page(waits) in text
    assert page(draft) not in text


def test_review_leads_nowhere_before_there_is_a_record(client, db):
    client.force_login(make_user(is_superuser=True))
    assert "reviewlink" not in client.get(reverse("admin:engagements_source_add")).content.decode()


def test_who_may_not_change_a_record_does_not_submit_it_from_the_list(client, reviewer):
    client.force_login(make_user("xem", ["Xem nội bộ"]))
    record = make_source()
    act(client, "submit_chosen", record)
    assert again(record).state == State.DRAFT


def test_who_changed_it_since_the_last_edition_is_named(client, reviewer):
    record = published(make_commitment())
    edited(record, by=make_user("chi"), title="Chị Chi sửa")
    (entry,) = client.get(page(record)).context["entries"]
    assert entry.who.username == "chi"
    assert [change.name for change in entry.told] == ["title"]


def test_who_worked_on_it_is_told_once_and_a_note_is_no_work(client, reviewer):
    """A promise is saved before what it answers; who sends it back writes nothing of it."""
    record = make_commitment(answers=[make_request()], state=State.IN_REVIEW)
    decide(client, record, "send_back", note="Thiếu trích dẫn")
    assert again(record).review_note == "Thiếu trích dẫn"
    shown = client.get(page(record)).context
    assert [str(one.done) for one in shown["entries"]] == [vietnamese("entered")] * 2  # both
    assert [one["note"] for one in shown["course"]] == ["Thiếu trích dẫn"]


def test_who_sat_there_is_named_in_one_line_but_for_passages_of_their_own(client, reviewer):
    meeting = make_meeting(source=make_source(text="Ông Bình chủ trì."))
    other = make_source(title="Công báo")
    for name, given in (
        ("Trần An", {}),
        ("Lê Bình", {"paragraph": 1, "quote": "Ông Bình chủ trì."}),
        ("Vũ Chi", {}),
        ("Hồ Dung", {"source": other}),
    ):
        make_attendance(meeting=meeting, official=make_official(full_name=name), **given)
    text = client.get(page(meeting, "session")).content.decode()
    assert "Trần An, Vũ Chi." in text
    assert "<strong>Lê Bình</strong>" in text
    assert "<strong>Trần An</strong>" not in text
    assert re.search(r"Công báo</a>:\s*Hồ Dung\.", text)


def test_a_province_of_a_session_is_told_by_name(client, reviewer):
    meeting = published(make_meeting(provinces=[make_province(name="Đắk Lắk")]))
    meeting.provinces.add(make_province(name="Phú Yên"))
    edited(meeting)
    (change,) = client.get(page(meeting)).context["difference"].changed
    assert (change.was, change.now) == ("Tỉnh Đắk Lắk", "Tỉnh Đắk Lắk; Tỉnh Phú Yên")
