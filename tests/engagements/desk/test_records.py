"""The staff's desk for sessions: entering, reviewing, publishing, and what nobody may do there."""

from datetime import date, timedelta

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from engagements.deadlines import deadline_of
from engagements.desk.records import RecordAdmin
from engagements.models import (
    Attendance,
    Commitment,
    Edition,
    Figure,
    Meeting,
    ProvinceRequest,
    Recommendation,
    Remark,
    Source,
    State,
    StatusUpdate,
)
from engagements.publication.kinds import RECORDS
from engagements.publication.publishing import withdraw
from engagements.words import Deadline, FollowUpStatus
from provinces.models import Officer
from tests.desk import act, add, address, new_row, opened, posted, said, save, send
from tests.factories import (
    edited,
    edition_of,
    home,
    make_attendance,
    make_commitment,
    make_figure,
    make_indicator,
    make_meeting,
    make_official,
    make_organization,
    make_organization_succession,
    make_post,
    make_province,
    make_recommendation,
    make_remark,
    make_request,
    make_source,
    make_succession,
    make_topic,
    make_update,
    make_user,
    published,
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


@pytest.fixture
def signed_in(client, db):
    """Signs the client in as a new account with a role; the account is the answer."""

    def as_role(role, username=None):
        user = make_user(username, [role] if role else [], is_superuser=role is None)
        client.force_login(user)
        return user

    return as_role


@pytest.fixture
def editor(signed_in):
    return signed_in("Biên tập", "an")


@pytest.fixture
def reviewer(signed_in):
    return signed_in("Duyệt", "binh")


def again(record):
    return type(record).objects.get(pk=record.pk)


# -- lists


def make_officer():
    return Officer.objects.create(user=make_user(), organization=make_organization())


LISTS = {
    **MAKERS,
    "attendance": make_attendance,
    "edition": lambda: published(make_source()),
    "topic": make_topic,
    "indicator": make_indicator,
    "province": make_province,
    "succession": lambda: make_succession(make_province(), make_province()),
    "organization": lambda: make_organization(parent=make_organization()),
    "handover": lambda: make_organization_succession(make_organization(), make_organization()),
    "official": lambda: make_post().official,
    "post": make_post,
    "officer": make_officer,
    "user": lambda: make_officer().user,
}


@pytest.mark.parametrize("make", LISTS.values(), ids=LISTS)
def test_a_list_asks_as_much_for_thirty_rows_as_for_one(signed_in, client, make):
    signed_in(None)
    model = Edition if make is LISTS["edition"] else type(make())
    counts = []
    for rows in (1, 29):
        for _place in range(rows):
            make()
        with CaptureQueriesContext(connection) as asked:
            shown = client.get(address(model)).context["cl"]
        assert shown.result_count >= rows
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12


def test_a_list_asks_little_of_somebody_with_a_role_too(editor, client):
    make_commitment()
    with CaptureQueriesContext(connection) as asked:
        client.get(address(Commitment))
    assert len(asked) <= 12


def test_the_form_of_a_session_asks_as_much_for_many_rows_as_for_one(signed_in, client):
    signed_in(None)
    meeting = make_meeting(topics=[make_topic()])
    client.get(address(Meeting, "change", meeting.pk))  # what is read once a process is read now
    counts = []
    for rows in (1, 5):
        for _place in range(rows):
            make_attendance(meeting=meeting, organization=make_organization())
            request = make_request(meeting=meeting, topics=[make_topic()])
            make_commitment(
                meeting=meeting,
                answers=[request],
                lead=make_organization(),
                raised_by=make_official(),
                topics=[make_topic()],
            )
            make_recommendation(meeting=meeting, answers=[request])
            make_remark(meeting=meeting, said_by=make_official())
            make_figure(meeting=meeting)
        with CaptureQueriesContext(connection) as asked:
            client.get(address(Meeting, "change", meeting.pk))
        counts.append(len(asked))
    assert counts[0] == counts[1]


FOUND = {
    "title": ("cam ket thu", lambda: make_commitment(title="Cam kết thử")),
    "internal-note": ("dang", lambda: make_commitment(internal_note="Hỏi ông Đặng")),
    "code": ("ck-1", lambda: published(make_commitment())),
    "indicator": (
        "do phu song",
        lambda: make_figure(indicator=make_indicator(name="Độ phủ sóng")),
    ),
    "figure-code": ("sl 1", lambda: published(make_figure())),
    "place": ("thua thien hue", lambda: make_figure(province=make_province(name="Thừa Thiên Huế"))),
    "who-sat": ("HUNG", lambda: make_attendance(official=make_official(full_name="Lê Hùng"))),
    "update-of": ("cap dien", lambda: make_update(commitment=make_commitment(title="Cấp điện"))),
}


@pytest.mark.both_databases
@pytest.mark.parametrize(("words", "make"), FOUND.values(), ids=FOUND)
def test_search_finds_without_accents(signed_in, client, words, make):
    signed_in(None)
    found = make()
    LISTS[
        {"provincerequest": "request", "statusupdate": "update"}.get(
            found._meta.model_name, found._meta.model_name
        )
    ]()
    rows = client.get(address(type(found)), {"q": words}).context["cl"].result_list
    assert list(rows) == [found]


@pytest.mark.both_databases
def test_withdrawn_editions_are_found_by_their_code(signed_in, client):
    user = signed_in(None)
    source = published(make_source())
    withdraw(source, by=user)
    rows = client.get(address(Edition), {"q": source.code.lower()}).context["cl"].result_list
    assert {row.withdrawn_at is not None for row in rows} == {True}
    assert len(rows) == 2


# -- filters

TODAY = date(2025, 3, 10)
DUE = [None, TODAY - timedelta(1), TODAY, TODAY + timedelta(30), TODAY + timedelta(31)]


@pytest.mark.parametrize("deadline", Deadline.values)
def test_the_deadline_filter_says_what_the_column_says(signed_in, client, deadline, monkeypatch):
    signed_in(None)
    monkeypatch.setattr(timezone, "localdate", lambda *args: TODAY)
    meeting = make_meeting()
    for due_on in DUE:
        for status in FollowUpStatus.values:
            days = [None]
            if status == FollowUpStatus.DONE and due_on:
                days += [due_on, due_on + timedelta(1)]
            for completed_on in days:
                make_commitment(
                    meeting=meeting,
                    due_on=due_on,
                    due_text="có hạn" if due_on else "",
                    status=status,
                    completed_on=completed_on,
                )
    for given in ({"due_text": "sớm nhất"}, {"due_text": "hằng năm", "is_ongoing": True}):
        make_commitment(meeting=meeting, **given)
    expected = {
        row.pk
        for row in Commitment.objects.all()
        if deadline_of(
            row.status,
            row.due_on,
            row.completed_on,
            TODAY,
            due_text=row.due_text,
            is_ongoing=row.is_ongoing,
        )
        == deadline
    }
    rows = client.get(address(Commitment), {"deadline": deadline}).context["cl"].result_list
    assert {row.pk for row in rows} == expected
    assert expected


@pytest.mark.both_databases
def test_the_answer_filter_reads_what_the_public_reads(signed_in, client):
    signed_in(None)
    draft, open_, promised, only_drafted = (make_request() for _place in range(4))
    for one in (open_, promised, only_drafted):
        published(one)
    published(make_commitment(answers=[promised]))
    make_commitment(answers=[only_drafted])

    def rows(answer):
        return set(client.get(address(ProvinceRequest), {"answer": answer}).context["cl"].queryset)

    assert rows("promised") == {promised}
    assert rows("unanswered") == {draft, open_, only_drafted}


@pytest.mark.both_databases
def test_worries_are_filters(signed_in, client):
    signed_in(None)
    undated = make_commitment(status="done")
    unproven = make_commitment(source=None)
    waiting = edited(published(make_commitment()), title="Đã sửa")
    for query, found in [
        ({"worry": "undated"}, undated),
        ({"worry": "unproven"}, unproven),
        ({"waiting": "yes"}, waiting),
        ({"meeting": unproven.meeting_id}, unproven),
    ]:
        assert list(client.get(address(Commitment), query).context["cl"].result_list) == [found]


# -- who may do what


@EACH_KIND
def test_an_editor_writes_and_does_not_publish(editor, client, make):
    record = make()
    assert client.get(address(type(record), "add")).status_code == 200
    act(client, "publish_chosen", record)
    act(client, "withdraw_chosen", record, confirmed="yes")
    act(client, "send_back_chosen", record, confirmed="yes", note="Không")
    act(client, "publish_whole_session", record)
    assert again(record).state == State.DRAFT
    assert edition_of(record) is None


@EACH_KIND
def test_a_viewer_changes_nothing(signed_in, client, make):
    signed_in("Xem nội bộ")
    record = make()
    before = record.history.count()
    assert client.get(address(type(record), "change", record.pk)).status_code == 200
    assert client.get(address(type(record), "add")).status_code == 403
    assert send(client, record, {"title": "Khác", "text": "Khác"}).status_code == 403
    page = address(type(record), "delete", record.pk)
    assert client.post(page, {"post": "yes"}).status_code == 403
    for action in ("publish_chosen", "submit_chosen", "delete_selected"):
        act(client, action, record, post="yes")
    assert again(record).state == State.DRAFT
    assert record.history.count() == before


@pytest.mark.parametrize("role", ["Biên tập", "Duyệt"])
def test_nobody_posts_himself_into_the_public(signed_in, client, role):
    signed_in(role)
    other = make_user()
    record = make_commitment()
    forged = {
        "state": "published",
        "code": "CK-99",
        "published_version": 1,
        "published_at": "01/01/2024",
        "created_by": other.pk,
        "updated_by": other.pk,
        "status": "done",
        "completed_on": "01/01/2024",
        "review_note": "Tốt",
        "uid": "00000000-0000-0000-0000-000000000000",
    }
    assert save(client, record, title="Tên khác", **forged).status_code == 302
    after = again(record)
    assert after.title == "Tên khác"
    assert (after.state, after.code, after.published_version) == (State.DRAFT, None, None)
    assert (after.status, after.completed_on, after.review_note) == ("unknown", None, "")
    assert (after.created_by, after.version) == (record.created_by, 2)
    assert after.updated_by not in (other, record.updated_by)
    assert after.uid == record.uid
    assert edition_of(record) is None


def test_an_editor_is_named_as_author(editor, client):
    meeting = make_meeting()
    given = {
        "title": "Cam kết mới",
        "strength": "offer",
        "meeting": meeting.pk,
        "province": meeting.provinces.get().pk,
    }
    assert add(client, Commitment, **given).status_code == 302
    made = Commitment.objects.get(title="Cam kết mới")
    assert (made.created_by, made.updated_by, made.version) == (editor, editor, 1)
    assert made.history.get().history_user == editor


def test_a_form_sent_twice_makes_one(editor, client):
    page = address(Source, "add")
    sent = posted(client.get(page)) | {"title": "Một bài", "type": "other", "rank": 5}
    assert client.post(page, sent).status_code == 302
    assert client.post(page, sent).status_code == 200
    assert Source.objects.filter(title="Một bài").count() == 1


# -- publishing


@EACH_KIND
def test_a_second_person_publishes(reviewer, client, make):
    record = make()
    for needed in needed_before(record):
        published(needed)
    answer = act(client, "publish_chosen", record)
    assert edition_of(record), said(answer)
    assert again(record).state == State.PUBLISHED


def needed_before(record):
    if isinstance(record, StatusUpdate):
        return [record.target]
    if isinstance(record, Source):
        return []
    return [getattr(record, "meeting", None) or record.source]


def test_the_author_does_not_publish(reviewer, client):
    record = make_source(by=reviewer)
    answer = act(client, "publish_chosen", record)
    with translation.override("vi"):
        reason = translation.gettext("You changed this record: a second person publishes it.")
    assert said(answer) == [f"{record}: {reason}"]
    assert again(record).state == State.DRAFT


def test_a_publisher_who_edits_does_not_publish(reviewer, client):
    record = make_source()
    save(client, record, title="Tên do người duyệt sửa")
    act(client, "publish_chosen", record)
    assert edition_of(record) is None


def test_every_refusal_is_told_with_its_reason(reviewer, client):
    good, bad = make_source(), make_commitment()
    commitment_answer = act(client, "publish_chosen", bad)
    assert [line.startswith(str(bad)) for line in said(commitment_answer)] == [True, True]
    assert len(said(act(client, "publish_chosen", good, make_source()))) == 1
    assert edition_of(good)


def test_withdrawing_asks_first(reviewer, client):
    record = published(make_source())
    asked = act(client, "withdraw_chosen", record)
    assert str(again(record)) in asked.content.decode()
    assert edition_of(record)
    act(client, "withdraw_chosen", record, confirmed="yes")
    assert again(record).state == State.WITHDRAWN
    assert edition_of(record) is None


def test_what_carries_others_is_not_withdrawn(reviewer, client):
    record = published(make_commitment())
    answer = act(client, "withdraw_chosen", record.meeting, confirmed="yes")
    assert record.code in " ".join(said(answer))
    assert again(record.meeting).state == State.PUBLISHED


def test_a_session_is_published_whole(reviewer, client):
    meeting = make_meeting()
    request = make_request(meeting=meeting)
    commitment = make_commitment(meeting=meeting, answers=[request])
    make_attendance(meeting=meeting)
    act(client, "publish_whole_session", meeting)
    assert all(edition_of(one) for one in (meeting.source, meeting, request, commitment))


def test_a_session_is_published_whole_or_not_at_all(reviewer, client):
    meeting = make_meeting()
    make_request(meeting=meeting, by=reviewer, source=meeting.source)
    act(client, "publish_whole_session", meeting)
    assert not Edition.objects.exists()


# -- review


def test_review_goes_to_and_fro_and_the_reviewer_may_still_publish(client, editor):
    record = make_source(by=editor)
    act(client, "submit_chosen", record)
    assert (again(record).state, again(record).version) == (State.IN_REVIEW, 1)

    reviewer = make_user("binh", ["Duyệt"])
    client.force_login(reviewer)
    assert "note" in act(client, "send_back_chosen", record).context["form"].fields
    assert again(record).state == State.IN_REVIEW
    act(client, "send_back_chosen", record, confirmed="yes", note="Thiếu ngày")
    sent_back = again(record)
    assert (sent_back.state, sent_back.review_note) == (State.DRAFT, "Thiếu ngày")
    assert (sent_back.version, sent_back.updated_by) == (1, editor)
    assert sent_back.history.first().history_user == reviewer

    client.force_login(editor)
    save(client, record, issued_on="01/03/2024", publisher="Báo")
    act(client, "submit_chosen", record)
    client.force_login(reviewer)
    act(client, "publish_chosen", record)
    assert edition_of(record)
    assert again(record).review_note == ""


def test_who_submits_has_not_edited(client, reviewer):
    record = make_source()
    act(client, "submit_chosen", record)
    act(client, "publish_chosen", record)
    assert edition_of(record)


def test_a_waiting_edit_is_sent_back_with_a_note_and_stays_public(client, reviewer):
    record = edited(published(make_commitment()), title="Chưa đúng")
    act(client, "send_back_chosen", record, confirmed="yes", note="Sai tên")
    assert (again(record).state, again(record).review_note) == (State.PUBLISHED, "Sai tên")
    assert edition_of(record).data["title"] != "Chưa đúng"


@pytest.mark.parametrize("state", [State.IN_REVIEW, State.PUBLISHED])
def test_only_a_draft_is_submitted(client, editor, state):
    record = make_source(state=State.DRAFT)
    if state == State.PUBLISHED:
        published(record)
    else:
        act(client, "submit_chosen", record)
    moves = record.history.count()
    act(client, "submit_chosen", record)
    assert again(record).state == state
    assert record.history.count() == moves


# -- saving


@EACH_KIND
def test_saving_a_form_untouched_leaves_no_waiting_edit(reviewer, client, make):
    long = "Dòng một\nDòng hai"
    record = make(**{"note" if make is make_source else "internal_note": long})
    if make is not make_update:
        record = published(record)
    before = (record.version, record.history.count())
    assert save(client, record).status_code == 302
    assert (again(record).version, record.history.count()) == before


def test_saving_a_whole_session_untouched_changes_nothing(register, reviewer, client):
    meeting = Meeting.objects.get(slug="2024-02-29-ninh-binh")
    before = {model: model.history.count() for model in (*RECORDS, Attendance)}
    assert save(client, meeting).status_code == 302
    assert {model: model.history.count() for model in before} == before


def test_an_edit_of_a_published_record_waits(editor, client):
    record = published(make_commitment(title="Như đã công bố"))
    save(client, record, title="Sửa sau")
    assert again(record).has_waiting_edit
    assert again(record).state == State.PUBLISHED
    assert edition_of(record).data["title"] == "Như đã công bố"


def test_changing_who_sat_there_is_an_edit_of_the_session(editor, client):
    attendance = make_attendance()
    meeting = published(attendance.meeting)
    assert save(client, meeting, **{"attendances-0-title": "Thứ trưởng"}).status_code == 302
    after = again(meeting)
    assert after.version == meeting.version + 1
    assert (after.updated_by, after.has_waiting_edit) == (editor, True)
    assert after.history.first().history_user == editor
    assert editor.pk in after.editors()


def test_adding_and_removing_who_sat_there_is_an_edit_too(editor, client):
    meeting = make_meeting()
    sent = new_row(
        opened(client, meeting), "attendances", official=make_official().pk, side="other"
    )
    sent["attendances-0-role"] = "attended"
    assert send(client, meeting, sent).status_code == 302
    assert (again(meeting).version, meeting.attendances.count()) == (2, 1)
    save(client, meeting, **{"attendances-0-DELETE": "on"})
    assert (again(meeting).version, meeting.attendances.count()) == (3, 0)


def test_an_item_changed_in_the_form_of_its_session_is_its_own_edit(editor, client):
    item = make_request()
    meeting = item.meeting
    assert save(client, meeting, **{"provincerequests-0-title": "Đề nghị khác"}).status_code == 302
    assert (again(item).title, again(item).version) == ("Đề nghị khác", 2)
    assert again(item).updated_by == editor
    assert again(meeting).version == 1


def test_a_new_item_takes_source_and_province_of_its_session(editor, client):
    meeting = make_meeting()
    form = client.get(address(Meeting, "change", meeting.pk)).context["inline_admin_formsets"]
    empty = next(one.formset for one in form if one.formset.prefix == "commitments").empty_form
    assert empty["source"].value() == meeting.source_id
    assert empty["province"].value() == meeting.provinces.get().pk
    given = {
        "title": "Cam kết",
        "strength": "explicit",
        "source": meeting.source_id,
        "province": meeting.provinces.get().pk,
        "paragraph": 4,
    }
    assert (
        send(client, meeting, new_row(opened(client, meeting), "commitments", **given)).status_code
        == 302
    )
    made = Commitment.objects.get()
    assert (made.meeting, made.created_by, made.paragraph) == (meeting, editor, 4)
    untouched = {name: given[name] for name in ("source", "province")} | {
        "title": "",
        "strength": "",
    }
    send(client, meeting, new_row(opened(client, meeting), "commitments", **untouched))
    assert Commitment.objects.count() == 1


def test_a_session_takes_its_address_from_day_and_provinces(editor, client):
    source = make_source()
    given = {
        "title": "Buổi làm việc",
        "ministry": home().pk,
        "provinces": [make_province(name="Đắk Lắk").pk],
        "held_on": "05/07/2025",
        "source": source.pk,
    }
    assert add(client, Meeting, **given).status_code == 302
    assert Meeting.objects.get().slug == "2025-07-05-dak-lak"


@pytest.mark.parametrize(
    ("is_public", "slug"), [(False, "dia-chi-moi"), (True, "dia-chi-cu")], ids=["draft", "public"]
)
def test_a_published_session_keeps_its_address(editor, client, is_public, slug):
    meeting = make_meeting(slug="dia-chi-cu")
    if is_public:
        published(meeting)
    assert save(client, meeting, slug="dia-chi-moi", title="Tên mới").status_code == 302
    assert again(meeting).slug == slug
    assert again(meeting).title == "Tên mới"


@pytest.mark.parametrize(
    ("written", "value"), [("1.234,5", "1234.5"), ("1234,5", "1234.5"), ("12", "12")]
)
def test_numbers_are_read_as_vietnamese_write_them(editor, client, written, value):
    figure = make_figure()
    save(client, figure, value=written)
    assert f"{again(figure).value.normalize() + 0:f}" == value
    assert opened(client, figure)["value"].replace(".", "") == written.replace(".", "")


# -- nobody overwrites unseen


def test_a_form_opened_before_somebody_saved_is_refused(editor, client):
    record = make_commitment(title="Trước")
    seen = opened(client, record)
    other = make_user("chi")
    edited(record, by=other, title="Chị Chi sửa")
    answer = send(client, record, seen | {"title": "An sửa"})
    assert answer.status_code == 200
    assert again(record).title == "Chị Chi sửa"
    (line,) = answer.context["adminform"].form.non_field_errors()
    assert "chi" in line
    assert f"{timezone.localtime(again(record).updated_at):%d/%m/%Y}" in line
    assert "An sửa" in answer.content.decode()


def test_an_item_opened_in_its_session_is_held_against_its_own_form(editor, client):
    item = make_request(title="Trước")
    seen = opened(client, item.meeting)
    edited(item, by=make_user("chi"), title="Chị Chi sửa")
    answer = send(client, item.meeting, seen | {"provincerequests-0-title": "An sửa"})
    assert answer.status_code == 200
    assert again(item).title == "Chị Chi sửa"


@pytest.mark.parametrize("version", ["", "0", "abc", "99"])
def test_a_form_that_does_not_say_what_it_saw_is_refused(editor, client, version):
    record = make_source(title="Trước")
    assert save(client, record, title="Sau", version=version).status_code == 200
    assert again(record).title == "Trước"


def test_publication_meanwhile_is_kept(editor, client):
    record = make_source()
    seen = opened(client, record)
    published(record)
    assert send(client, record, seen | {"title": "Sửa sau"}).status_code == 302
    after = again(record)
    assert (after.state, after.has_waiting_edit) == (State.PUBLISHED, True)
    assert after.code


# -- what the public has read stays


@EACH_KIND
def test_a_published_record_is_not_deleted(signed_in, client, make):
    signed_in(None)
    record = published(make())
    page = address(type(record), "delete", record.pk)
    assert client.post(page, {"post": "yes"}).status_code == 403
    sent = {"action": "delete_selected", "_selected_action": record.pk, "post": "yes"}
    assert client.post(address(type(record)), sent).status_code == 403
    assert again(record)


def test_a_draft_is_deleted_by_an_editor_with_its_attendance(editor, client):
    attendance = make_attendance()
    page = address(Meeting, "delete", attendance.meeting.pk)
    assert client.post(page, {"post": "yes"}).status_code == 302
    assert not Meeting.objects.exists()
    assert not Attendance.objects.exists()


def test_a_published_item_is_not_deleted_in_its_session(editor, client):
    item = published(make_request())
    draft = make_request(meeting=item.meeting)
    rows = {"provincerequests-0-DELETE": "on", "provincerequests-1-DELETE": "on"}
    assert save(client, item.meeting, **rows).status_code == 302
    assert list(ProvinceRequest.objects.all()) == [item]
    assert draft != item


def test_an_item_with_news_is_not_deleted_in_its_session(editor, client):
    update = make_update()
    answer = save(client, update.commitment.meeting, **{"commitments-0-DELETE": "on"})
    assert answer.status_code == 200
    assert again(update.commitment)


def test_a_published_update_is_read_only(editor, client):
    update = published(make_update(text="Như đã công bố"))
    shown = client.get(address(StatusUpdate, "change", update.pk))
    assert shown.status_code == 200
    assert "<textarea" not in shown.content.decode()
    assert send(client, update, {"text": "Khác"}).status_code == 403
    assert again(update).text == "Như đã công bố"


def test_a_published_update_is_read_only_in_its_item_and_a_new_one_is_added(editor, client):
    update = published(make_update(text="Như đã công bố"))
    commitment = update.commitment
    sent = opened(client, commitment)
    forged = sent | {"updates-0-text": "Khác", "updates-0-DELETE": "on"}
    given = {
        "happened_on": "05/07/2024",
        "status": "done",
        "voice": "ministry",
        "basis": "staff",
        "text": "Tin mới",
    }
    assert send(client, commitment, new_row(forged, "updates-2", **given)).status_code == 302
    assert again(update).text == "Như đã công bố"
    new = StatusUpdate.objects.exclude(pk=update.pk).get()
    assert (new.text, new.commitment, new.created_by) == ("Tin mới", commitment, editor)
    assert new.happened_on == date(2024, 7, 5)


def test_who_sat_there_is_changed_in_the_session_alone(signed_in, client):
    signed_in(None)
    attendance = make_attendance()
    assert client.get(address(Attendance, "add")).status_code == 403
    assert send(client, attendance, {"title": "Khác"}).status_code == 403
    meeting = published(attendance.meeting)
    page = address(Attendance, "delete", attendance.pk)
    assert client.post(page, {"post": "yes"}).status_code == 403
    assert meeting.attendances.exists()


def test_editions_are_looked_at_only(signed_in, client):
    signed_in(None)
    edition = edition_of(published(make_source(title="Đã công bố")))
    shown = client.get(address(Edition, "change", edition.pk)).content.decode()
    assert "&quot;title&quot;: &quot;Đã công bố&quot;" in shown
    assert client.get(address(Edition, "add")).status_code == 403
    assert send(client, edition, {"body": "{}"}).status_code == 403
    page = address(Edition, "delete", edition.pk)
    assert client.post(page, {"post": "yes"}).status_code == 403


# -- the desk itself


def test_every_record_is_published_from_its_list():
    for model in RECORDS:
        assert isinstance(admin.site.get_model_admin(model), RecordAdmin)


@pytest.mark.parametrize(
    "model", [Source, Meeting, ProvinceRequest, Commitment, Recommendation, Remark, Figure]
)
def test_staff_read_who_reads_a_field(editor, client, model):
    """Every field of a form says whether it is published."""
    form = client.get(address(model, "add")).context["adminform"].form
    with translation.override("vi"):
        ends = tuple(translation.gettext(text) for text in ("Published.", "Never published."))
    silent = [
        name
        for name, field in form.fields.items()
        if not field.widget.is_hidden and not str(field.help_text).endswith(ends)
    ]
    assert silent == []


def test_the_desk_speaks_vietnamese_and_warns_of_secrets(editor, client):
    page = client.get("/admin/", headers={"accept-language": "en"}).content.decode()
    assert '<html lang="vi"' in page
    assert "Sát Cánh" in page
    assert "standing-order" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "allowed"), [("Biên tập", False), ("Duyệt", False), ("Quản trị", True)]
)
def test_a_name_that_the_public_reads_is_changed_by_who_keeps_the_lists(client, role, allowed):
    who = make_official(full_name="Trần Tên Cũ")
    published(make_request(raised_by=who))
    client.force_login(make_user(roles=[role]))
    page = client.get(f"/admin/provinces/official/{who.pk}/change/")
    assert page.status_code == 200
    assert ('name="full_name"' in page.content.decode()) is allowed
