"""Two people on one record: nobody overwrites unseen, nothing is lost, or made twice."""

import sqlite3
from datetime import date
from threading import Barrier, Thread

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, OperationalError, connection
from django.test import Client
from django.urls import reverse

from engagements.models import Commitment, Meeting, ProvinceRequest, Source, Tip, Topic
from engagements.readers.models import TipState
from provinces.models import Official
from tests.desk import act, address, new_row, opened, posted, said, save, send
from tests.factories import (
    edited,
    make_attendance,
    make_commitment,
    make_figure,
    make_meeting,
    make_official,
    make_organization,
    make_province,
    make_request,
    make_source,
    make_tip,
    make_topic,
    make_user,
)


@pytest.fixture
def an(client, db):
    user = make_user("an", is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def chi(db):
    """A colleague, with a browser of her own."""
    client = Client()
    client.force_login(make_user("chi", is_superuser=True))
    return client


def again(record):
    return type(record).objects.get(pk=record.pk)


def main_form(answer):
    return answer.context["adminform"].form


def rows_of(answer, prefix):
    found = [one.formset for one in answer.context["inline_admin_formsets"]]
    return next(one for one in found if one.prefix == prefix).forms


def kept(form):
    """What the form says of each field on which people met: who holds the box now."""
    return {one.name: one.kept for one in form.conflict.clashes}


# -- one record


def test_each_field_goes_to_who_changed_it_and_mine_stays_where_both_did(an, client, chi):
    old, new = make_topic(), make_topic()
    record = make_commitment(
        title="Tên cũ", detail="Chi tiết cũ", internal_note="Ghi cũ", topics=[old]
    )
    seen = opened(client, record)
    save(chi, record, title="Tên của Chi", detail="Chi tiết của Chi", topics=[new.pk])
    mine = {"title": "Tên của An", "internal_note": "Ghi của An"}
    answer = send(client, record, seen | mine)

    assert answer.status_code == 200
    assert again(record).title == "Tên của Chi"
    form = main_form(answer)
    assert kept(form) == {
        "title": "both",
        "detail": "theirs",
        "topics": "theirs",
        "internal_note": "mine",
    }
    (title,) = [one for one in form.conflict.clashes if one.name == "title"]
    assert (title.was, title.theirs, title.mine) == ("Tên cũ", "Tên của Chi", "Tên của An")
    assert form.conflict.who.username == "chi"
    text = answer.content.decode()
    for words in ("Tên cũ", "Tên của Chi", "Tên của An", "Chi tiết của Chi"):
        assert words in text
    again_sent = posted(answer)
    assert (again_sent["title"], again_sent["internal_note"]) == ("Tên của An", "Ghi của An")
    assert again_sent["detail"] == "Chi tiết của Chi"
    assert again_sent["topics"] == [str(new.pk)]
    assert "Tên của Chi" in " ".join(form.errors["title"])

    assert send(client, record, again_sent).status_code == 302
    after = again(record)
    assert (after.title, after.detail) == ("Tên của An", "Chi tiết của Chi")
    assert after.internal_note == "Ghi của An"
    assert list(after.topics.all()) == [new]


def test_saving_once_more_is_a_decision_unless_it_changed_again(an, client, chi):
    record = make_source(title="Một")
    seen = opened(client, record)
    save(chi, record, title="Hai")
    first = send(client, record, seen | {"title": "Của An"})
    save(chi, record, title="Ba")
    second = send(client, record, posted(first))
    assert second.status_code == 200
    assert [one.theirs for one in main_form(second).conflict.clashes] == ["Ba"]
    assert send(client, record, posted(second)).status_code == 302
    assert again(record).title == "Của An"


def test_who_changed_nothing_is_not_asked_and_overwrites_nothing(an, client, chi):
    record = make_source(title="Một")
    seen = opened(client, record)
    save(chi, record, title="Hai")
    assert send(client, record, seen).status_code == 302
    assert (again(record).title, again(record).updated_by.username) == ("Hai", "chi")


def test_the_same_change_by_both_is_no_conflict(an, client, chi):
    record = make_source(title="Một")
    seen = opened(client, record)
    save(chi, record, title="Hai")
    assert send(client, record, seen | {"title": "Hai"}).status_code == 302
    assert again(record).version == 2


KINDS = {
    "date": (
        {"issued_on": "01/03/2024"},
        {"issued_on": "02/03/2024"},
        "issued_on",
        date(2024, 3, 2),
    ),
    "choice": ({"rank": "4"}, {"rank": "2"}, "rank", 2),
    "cleared": ({"publisher": "Báo A"}, {"publisher": ""}, "publisher", ""),
}


@pytest.mark.parametrize(("before", "hers", "name", "value"), KINDS.values(), ids=KINDS)
def test_their_value_of_any_kind_is_put_into_the_form(an, client, chi, before, hers, name, value):
    record = make_source()
    save(client, record, **before)
    seen = opened(client, record)
    save(chi, record, **hers)
    answer = send(client, record, seen | {"title": "Của An"})
    assert send(client, record, posted(answer)).status_code == 302
    after = again(record)
    assert (getattr(after, name), after.title) == (value, "Của An")


def test_numbers_and_ticks_are_put_into_the_form_too(an, client, chi):
    record = make_figure(value="1.5")
    seen = opened(client, record)
    save(chi, record, value="1.234,5", is_target="on")
    answer = send(client, record, seen | {"qualifier": "hơn"})
    assert send(client, record, posted(answer)).status_code == 302
    after = again(record)
    assert (float(after.value), after.is_target, after.qualifier) == (1234.5, True, "hơn")


def test_what_cannot_be_read_is_kept_as_typed(an, client, chi):
    record = make_source()
    seen = opened(client, record)
    save(chi, record, issued_on="02/03/2024")
    answer = send(client, record, seen | {"issued_on": "hôm qua"})
    (clash,) = main_form(answer).conflict.clashes
    assert (clash.kept, clash.theirs, clash.mine) == ("both", "02/03/2024", "hôm qua")
    assert posted(answer)["issued_on"] == "hôm qua"


@pytest.mark.both_databases
@pytest.mark.parametrize("version", ["", "0", "abc", "99", "-1", "2 OR 1=1", "9" * 30, "²"])
def test_a_forged_version_overwrites_nothing_unseen(an, client, chi, version):
    record = make_source(title="Một")
    seen = opened(client, record)
    save(chi, record, title="Hai")
    answer = send(client, record, seen | {"title": "Của An", "version": version})
    assert answer.status_code == 200
    assert again(record).title == "Hai"
    title = next(one for one in main_form(answer).conflict.clashes if one.name == "title")
    assert (title.theirs, title.mine, title.kept) == ("Hai", "Của An", "both")


# -- rows of a session


def test_a_row_that_only_they_changed_is_theirs_and_asks_nothing(an, client, chi):
    item = make_request(title="Cũ")
    seen = opened(client, item.meeting)
    save(chi, item, title="Chi sửa")
    assert send(client, item.meeting, seen | {"title": "An đổi tên buổi"}).status_code == 302
    assert again(item).title == "Chi sửa"
    assert again(item.meeting).title == "An đổi tên buổi"


def test_a_row_that_both_changed_is_shown_side_by_side(an, client, chi):
    item, other = (make_request(title="Cũ") for _place in range(2))
    other.meeting = item.meeting
    other.save()
    seen = opened(client, item.meeting)
    row = f"provincerequests-{[item.pk, other.pk].index(item.pk)}"
    save(chi, item, title="Chi sửa", detail="Chi thêm")
    answer = send(client, item.meeting, seen | {f"{row}-title": "An sửa"})
    assert answer.status_code == 200
    clash, calm = rows_of(answer, "provincerequests")
    assert kept(clash) == {"title": "both", "detail": "theirs"}
    assert calm.conflict is None
    assert send(client, item.meeting, posted(answer)).status_code == 302
    assert (again(item).title, again(item).detail) == ("An sửa", "Chi thêm")


def test_a_row_that_they_mended_is_not_deleted_unseen(an, client, chi):
    item = make_request(title="Cũ")
    seen = opened(client, item.meeting)
    save(chi, item, title="Chi sửa")
    answer = send(client, item.meeting, seen | {"provincerequests-0-DELETE": "on"})
    assert answer.status_code == 200
    assert kept(rows_of(answer, "provincerequests")[0]) == {"title": "theirs"}
    assert again(item).title == "Chi sửa"
    once_more = posted(answer) | {"provincerequests-0-DELETE": "on"}
    assert send(client, item.meeting, once_more).status_code == 302
    assert not ProvinceRequest.objects.exists()


def test_a_row_that_they_deleted_goes_quietly_if_i_left_it_alone(an, client, chi):
    item = make_request()
    seen = opened(client, item.meeting)
    save(chi, item.meeting, **{"provincerequests-0-DELETE": "on"})
    assert send(client, item.meeting, seen | {"title": "Tên mới"}).status_code == 302
    assert not ProvinceRequest.objects.exists()
    assert again(item.meeting).title == "Tên mới"


def test_a_row_that_they_deleted_is_named_with_what_i_typed(an, client, chi):
    item = make_request(title="Cũ")
    seen = opened(client, item.meeting)
    save(chi, item.meeting, **{"provincerequests-0-DELETE": "on"})
    answer = send(client, item.meeting, seen | {"provincerequests-0-title": "An đã viết"})
    assert answer.status_code == 200
    (row,) = rows_of(answer, "provincerequests")
    assert row.conflict.is_gone
    assert [one.mine for one in row.conflict.clashes] == ["An đã viết"]
    assert row.conflict.who.username == "chi"
    assert "An đã viết" in answer.content.decode()
    assert send(client, item.meeting, posted(answer)).status_code == 302
    assert not ProvinceRequest.objects.exists()


def test_a_row_of_another_session_is_not_told_of(an, client, chi):
    """A forged key of a row that was deleted elsewhere brings nothing of it to light."""
    mine, theirs = make_request(), make_request(title="Của buổi khác")
    seen = opened(client, mine.meeting)
    save(chi, theirs.meeting, **{"provincerequests-0-DELETE": "on"})
    forged = {"provincerequests-0-id": theirs.pk, "provincerequests-0-title": "Gì đó"}
    answer = send(client, mine.meeting, seen | forged)
    assert answer.status_code == 200
    assert "Của buổi khác" not in answer.content.decode()
    assert again(mine)


# -- who sat there has no version of its own


def test_a_seat_that_both_changed_is_shown_side_by_side(an, client, chi):
    seat = make_attendance(title="Thứ trưởng")
    meeting = seat.meeting
    seen = opened(client, meeting)
    save(chi, meeting, **{"attendances-0-title": "Bộ trưởng"})
    answer = send(client, meeting, seen | {"attendances-0-title": "Quyền Bộ trưởng"})
    assert answer.status_code == 200
    (row,) = rows_of(answer, "attendances")
    (clash,) = row.conflict.clashes
    assert (clash.was, clash.theirs) == ("Thứ trưởng", "Bộ trưởng")
    assert (clash.mine, clash.kept) == ("Quyền Bộ trưởng", "both")
    assert again(seat).title == "Bộ trưởng"
    assert send(client, meeting, posted(answer)).status_code == 302
    assert again(seat).title == "Quyền Bộ trưởng"


def test_a_seat_that_only_they_changed_stays_theirs(an, client, chi):
    seat = make_attendance(title="Thứ trưởng")
    seen = opened(client, seat.meeting)
    save(chi, seat.meeting, **{"attendances-0-title": "Bộ trưởng"})
    answer = send(client, seat.meeting, seen | {"title": "Tên mới"})
    assert answer.status_code == 200  # the session is one record: its version rose
    assert send(client, seat.meeting, posted(answer)).status_code == 302
    assert (again(seat).title, again(seat.meeting).title) == ("Bộ trưởng", "Tên mới")


def test_a_forged_mark_of_a_seat_overwrites_nothing_unseen(an, client, chi):
    seat = make_attendance(title="Thứ trưởng")
    seen = opened(client, seat.meeting)
    save(chi, seat.meeting, **{"attendances-0-title": "Bộ trưởng"})
    version = again(seat.meeting).version
    for seen_row in ("", "0", "99999", "abc"):
        forged = {"attendances-0-seen": seen_row, "attendances-0-title": "Khác"}
        answer = send(client, seat.meeting, seen | {"version": version} | forged)
        assert answer.status_code == 200, seen_row
        assert again(seat).title == "Bộ trưởng", seen_row


def test_a_seat_that_they_added_stays(an, client, chi):
    meeting = make_meeting()
    seen = opened(client, meeting)
    new = new_row(
        opened(chi, meeting), "attendances", official=make_official().pk, side="other", role="spoke"
    )
    send(chi, meeting, new)
    answer = send(client, meeting, seen | {"title": "Tên mới"})
    assert send(client, meeting, posted(answer)).status_code == 302
    assert meeting.attendances.count() == 1


# -- nothing is made twice


@pytest.mark.both_databases
def test_a_new_row_sent_twice_is_made_once(an, client):
    meeting = make_meeting()
    sent = new_row(
        opened(client, meeting),
        "provincerequests",
        title="Xin hỗ trợ",
        province=meeting.provinces.get().pk,
        source=meeting.source_id,
    )
    assert send(client, meeting, sent).status_code == 302
    assert send(client, meeting, sent).status_code == 200
    assert ProvinceRequest.objects.count() == 1


def sent_at_once(clients, path, sent):
    answers, gate = [], Barrier(len(clients))

    def post(client):
        gate.wait()
        try:
            answers.append(client.post(path, sent).status_code)
        finally:
            connection.close()

    threads = [Thread(target=post, args=[one]) for one in clients]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return sorted(answers)


@pytest.fixture
def eight(transactional_db):
    user = make_user("an", is_superuser=True)
    clients = [Client() for _place in range(8)]
    for one in clients:
        one.force_login(user)
    return clients


def test_a_form_sent_eight_times_at_once_makes_one(eight):
    page = address(Source, "add")
    sent = posted(eight[0].get(page)) | {"title": "Một bài", "type": "other", "rank": 5}
    assert sent_at_once(eight, page, sent) == [200] * 7 + [302]
    assert Source.objects.get().history.count() == 1


def test_eight_sessions_of_one_day_and_province_get_eight_addresses(eight):
    page = address(Meeting, "add")
    given = {
        "title": "Buổi làm việc",
        "ministry": make_organization().pk,
        "provinces": [make_province(name="Đắk Lắk").pk],
        "held_on": "05/07/2025",
    }
    forms = [posted(eight[0].get(page)) | given for _place in range(2)]
    forms[0].pop("uid")
    answers = sent_at_once(eight, page, forms[0])
    assert set(answers) <= {200, 302}
    assert answers.count(302) == Meeting.objects.count() >= 1


def test_eight_people_on_one_version_are_one_save_and_seven_conflicts(eight):
    record = make_commitment(title="Một")
    sent = opened(eight[0], record)
    path, gate, answers = address(Commitment, "change", record.pk), Barrier(8), []

    def post(number, client):
        gate.wait()
        try:
            answers.append(client.post(path, sent | {"title": f"Người {number}"}).status_code)
        finally:
            connection.close()

    threads = [Thread(target=post, args=one) for one in enumerate(eight)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(answers) == [200] * 7 + [302]
    assert again(record).version == 2


@pytest.mark.both_databases
def test_an_edit_by_command_is_met_too(an, client):
    """Whoever saved it, by whatever way, is named if the row knows it."""
    record = make_source(title="Một")
    seen = opened(client, record)
    edited(record, title="Hai")
    answer = send(client, record, seen | {"title": "Ba"})
    assert main_form(answer).conflict.who.username == "bien-tap"


# -- others write for longer than anybody waits


def of_postgresql(code):
    error = OperationalError("canceling statement")
    error.__cause__ = Exception()
    error.__cause__.pgcode = code
    return error


LOCKED = OperationalError("database is locked")
BUSY = {
    "sqlite": LOCKED,
    "sqlite-table": OperationalError("database table is locked: engagements_source"),
    "lock": of_postgresql("55P03"),
    "deadlock": of_postgresql("40P01"),
    "statement": of_postgresql("57014"),
}


def refusing(error):
    def save(*args, **kwargs):
        raise error

    return save


@pytest.fixture
def nobody_saves(monkeypatch):
    """From now on no row of that model is saved: this is raised."""

    def begin(model, error=LOCKED):
        monkeypatch.setattr(model, "save", refusing(error))

    return begin


FORMS = {
    "source": (Source, {"title": "Bài của An", "publisher": "Báo A", "type": "other", "rank": "5"}),
    "topic": (Topic, {"name": "Lĩnh vực của An", "slug": "linh-vuc-an"}),
    "official": (Official, {"full_name": "Lê Văn An", "slug": "le-van-an", "note": "Ghi"}),
    "account": (User, {"username": "nhan-vien"}),
}


@pytest.mark.both_databases
@pytest.mark.parametrize(("model", "given"), FORMS.values(), ids=FORMS)
def test_a_form_sent_while_others_write_comes_back_as_typed(an, client, nobody_saves, model, given):
    page = address(model, "add")
    sent = posted(client.get(page)) | given
    if model is User:
        sent |= {"password1": "mat-khau-dai-9-chu", "password2": "mat-khau-dai-9-chu"}
    nobody_saves(model)
    answer = client.post(page, sent)
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert len(said(answer)) == 1
    assert not main_form(answer).errors
    assert given.items() <= posted(answer).items()


@pytest.mark.parametrize("error", BUSY.values(), ids=BUSY)
def test_however_the_database_says_that_it_is_busy(an, client, monkeypatch, error):
    topic = make_topic(name="Cũ")
    sent = opened(client, topic) | {"name": "An sửa"}
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Topic, "save", refusing(error))
        answer = send(client, topic, sent)
    assert answer.status_code == 503
    assert posted(answer)["name"] == "An sửa"
    assert again(topic).name == "Cũ"
    assert send(client, topic, posted(answer)).status_code == 302
    assert again(topic).name == "An sửa"


def test_a_session_that_finds_the_database_busy_at_a_row_comes_back_whole(an, client, monkeypatch):
    item = make_request(title="Cũ")
    row = {"provincerequests-0-title": "An sửa"}
    sent = opened(client, item.meeting) | row
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(ProvinceRequest, "save", refusing(LOCKED))
        answer = send(client, item.meeting, sent)
    assert answer.status_code == 503
    assert row.items() <= posted(answer).items()
    assert again(item).title == "Cũ"
    assert send(client, item.meeting, posted(answer)).status_code == 302
    assert again(item).title == "An sửa"


def test_no_transaction_is_begun_to_show_the_form_again(eight, nobody_saves):
    """On SQLite beginning one is what waits for the others."""
    record, begun = make_source(title="Một"), []
    sent = opened(eight[0], record)
    nobody_saves(Source)

    def asked(execute, sql, params, many, context):
        begun.append((sql, connection.in_atomic_block))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(asked):
        answer = send(eight[0], record, sent | {"title": "Hai"})
    assert answer.status_code == 503
    assert not begun[-1][1]


def test_a_file_is_asked_for_again(an, client, nobody_saves):
    page = address(Source, "add")
    sent = posted(client.get(page)) | {"title": "Bài", "type": "other", "rank": 5}
    nobody_saves(Source)
    scan = SimpleUploadedFile("quyet-dinh.pdf", b"%PDF-1.4 ...", content_type="application/pdf")
    assert len(said(client.post(page, sent | {"scan": scan}))) == 2


def test_a_step_that_is_no_form_is_kept_and_sent_once_more(an, client, monkeypatch):
    tip = make_tip()
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Tip, "save", refusing(LOCKED))
        answer = act(client, "accept_chosen", tip)
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert again(tip).state == TipState.NEW
    kept = dict(answer.context["fields"])
    assert "csrfmiddlewaretoken" not in kept
    assert client.post(address(Tip), kept).status_code == 302
    assert again(tip).state == TipState.ACCEPTED


def test_no_page_holds_a_password(an, client, nobody_saves):
    user = make_user("nhan-vien")
    nobody_saves(User)
    page = reverse("admin:auth_user_password_change", args=[user.pk])
    secret = {"password1": "mat-khau-dai-9-chu", "password2": "mat-khau-dai-9-chu"}
    answer = client.post(page, secret | {"usable_password": "true"})
    assert answer.status_code == 503
    assert "mat-khau" not in answer.content.decode()


def test_a_database_that_fails_otherwise_is_not_called_busy(an, client, nobody_saves):
    record = make_source()
    sent = opened(client, record) | {"title": "Hai"}
    error = OperationalError("disk I/O error")
    error.__cause__ = sqlite3.OperationalError("disk I/O error")
    error.__cause__.sqlite_errorcode = sqlite3.SQLITE_IOERR
    nobody_saves(Source, error)
    with pytest.raises(DatabaseError, match="disk"):
        send(client, record, sent)
