"""The commands of operators: starting, the invented register, mending, erasing a person."""

import json
import logging
import re
import socket
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import authenticate, get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

from engagements.edition.models import Edition
from engagements.edition.triggers import expected, installed, lifted
from engagements.management.commands.start import ministry_of_today
from engagements.models import (
    Attendance,
    Commitment,
    Meeting,
    Proposal,
    ProvinceRequest,
    Reading,
    State,
)
from engagements.publication.erasing import ERASED
from engagements.publication.kinds import RECORDS
from engagements.publication.publishing import withdraw
from engagements.publication.reissuing import mismatches
from engagements.roles import may_change
from engagements.words import (
    Answer,
    Deadline,
    FollowUpStatus,
    RemarkKind,
    Response,
    StatusProof,
    Strength,
    Voices,
)
from provinces.models import Officer, Official, Post, Province
from tests.factories import (
    edited,
    edition_of,
    make_attendance,
    make_commitment,
    make_meeting,
    make_official,
    make_post,
    make_proposal,
    make_province,
    make_reading,
    make_remark,
    make_request,
    make_user,
    published,
    publisher,
)

pytestmark = pytest.mark.django_db


def call(*words, **options):
    out = StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


# -- make run


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_start_sets_up_a_register_once(settings, free_port):
    settings.DEBUG = True
    first = call("start", port=free_port)
    accounts = re.findall(r"^  (\S+) +(\S+) +\S", first, re.MULTILINE)
    assert [name for name, _password in accounts] == ["bien-tap", "duyet", "quan-tri", "xem-noi-bo"]
    for name, password in accounts:
        user = authenticate(username=name, password=password)
        assert user.is_staff
        assert user.groups.count() == 1
    desk = Officer.objects.get(user__username="bien-tap").organization
    assert desk.slug == "bo-khoa-hoc-va-cong-nghe"  # took over the ministry that met the province
    assert f", {desk}\n" in first
    editor = get_user_model().objects.get(username="bien-tap")
    assert all(may_change(editor, meeting) for meeting in Meeting.objects.all())
    assert Edition.objects.public().exists()
    for address in ("/", "/en/", "/api/v1/", "/api/docs/", "/admin/"):
        assert f"http://127.0.0.1:{free_port}{address}\n" in first

    rows = {model: model.objects.count() for model in apps.get_models()}
    again = call("start", port=free_port)
    assert rows == {model: model.objects.count() for model in apps.get_models()}
    assert not any(password in again for _name, password in accounts)


def test_start_says_which_port_is_taken(settings):
    settings.DEBUG = True
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=rf"Port {port} .*PORT={port + 1} make run"):
            call("start", port=port)


def test_start_is_not_for_production(settings, free_port):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG is off"):
        call("start", port=free_port)


# -- make demo


@pytest.fixture
def demo(settings):
    settings.DEBUG = settings.DEMO = True


@pytest.fixture
def demo_register(demo, db, django_db_setup):
    """What `start` makes for `make demo`."""
    assert connections["default"] is django_db_setup.demo, "it is asked for by name alone"


def test_demo_shows_every_state(demo_register):
    current = Edition.objects.current()
    followed = current.filter(kind__in=["request", "commitment", "recommendation"])
    today = timezone.localdate()
    assert followed.count() > 60
    assert set(followed.values_list("status", flat=True)) == set(FollowUpStatus.values)
    assert {one.deadline(today) for one in followed} == set(Deadline)
    assert set(followed.values_list("status_proof", flat=True)) == set(StatusProof.values)
    assert set(followed.values_list("voices", flat=True)) == set(Voices.values)
    advice = current.filter(kind="recommendation")
    assert set(advice.values_list("response", flat=True)) == set(Response.values)
    assert set(current.exclude(answer="").values_list("answer", flat=True)) == set(Answer.values)
    assert set(current.exclude(strength="").values_list("strength", flat=True)) == set(
        Strength.values
    )
    assert set(current.filter(kind="meeting").values_list("type", flat=True)) == {
        "held", "planned", "cancelled", "unknown",
    }  # fmt: skip
    assert current.filter(kind="remark").values("type").distinct().count() == len(RemarkKind)

    story = max((one.data for one in followed), key=lambda body: len(body["updates"]))
    assert {one["voice"] for one in story["updates"]} == {"ministry", "province", "independent"}
    assert story["due_on"] > story["first_due_on"]

    assert Edition.objects.filter(payload="").count() == 2, "a withdrawn item with its update"
    unseen = [one for model in RECORDS for one in model.objects.filter(published_at=None)]
    assert {one.state for one in unseen} == {State.DRAFT, State.IN_REVIEW}
    assert any(one.review_note for one in unseen)
    assert any(one.has_waiting_edit for one in ProvinceRequest.objects.all())
    assert all(name.startswith("Mẫu") for name in Province.objects.values_list("name", flat=True))
    assert list(mismatches()) == []


def desk_of_who_writes():
    return Officer.objects.get(user__username="bien-tap").organization


def test_who_writes_at_the_demo_has_a_desk(demo_register):
    assert desk_of_who_writes() == ministry_of_today()
    assert desk_of_who_writes().name == "Bộ Ví Dụ"


def test_demo_is_made_anew_each_time(demo_register, free_port):
    models = [model for model in apps.get_models() if model._meta.app_label == "engagements"]
    before = {model: model.objects.count() for model in models}
    make_commitment(title="Cam kết thêm tay", meeting=Meeting.objects.get(format="conference"))
    call("start", port=free_port)
    assert {model: model.objects.count() for model in models} == before
    assert not Commitment.objects.filter(title="Cam kết thêm tay").exists()
    assert expected(connection) <= installed(connection)
    assert desk_of_who_writes() == ministry_of_today()
    assert desk_of_who_writes().name == "Bộ Ví Dụ"


@pytest.mark.both_databases
def test_demo_leaves_a_real_register_alone(demo, register):
    before = Edition.objects.count()
    with pytest.raises(CommandError, match="real register"):
        call("make_demo")
    assert Edition.objects.count() == before


@pytest.mark.parametrize(("debug", "is_demo"), [(False, True), (True, False), (False, False)])
def test_demo_needs_both_switches(settings, debug, is_demo):
    settings.DEBUG, settings.DEMO = debug, is_demo
    with pytest.raises(CommandError, match="DEMO and DEBUG"):
        call("make_demo")
    assert not Province.objects.exists()


# -- rebuild_search


@pytest.mark.both_databases
def test_rebuild_search_mends_what_differs():
    province = make_province(name="Đắk Lắk")
    request = make_request(province=province, title="Đường cao tốc")
    right = Province.objects.values_list("search", "sort_key").get(pk=province.pk)
    Province.objects.filter(pk=province.pk).update(search=" old ", sort_key="")
    type(request).objects.filter(pk=request.pk).update(search="")

    with pytest.raises(CommandError, match="2 rows differ"):
        call("rebuild_search", check=True)
    assert Province.objects.get(pk=province.pk).search == " old ", "a check changes nothing"

    version = request.version
    assert "provinces.Province: 1 rows, 1 mended" in call("rebuild_search")
    assert Province.objects.values_list("search", "sort_key").get(pk=province.pk) == right
    request.refresh_from_db()
    assert " duong cao toc " in request.search
    assert request.version == version
    assert request.history.count() == 1
    assert "Nothing differs" in call("rebuild_search", check=True)


@pytest.mark.both_databases
def test_rebuild_search_finds_again_what_was_folded_with_hidden_characters():
    request = make_request(title="Kéo cáp")
    ProvinceRequest.objects.filter(pk=request.pk).update(title="Kéo cáp qu\u00adang ở Ðắk Lắk")
    request.refresh_from_db()
    edition = edition_of(published(request))
    right, payload = edition.search, edition.payload
    old = right.replace("quang", "qu ang").replace(" dak ", " ðak ")
    with lifted(connection):
        Edition.objects.filter(pk=edition.pk).update(search=old)
    ProvinceRequest.objects.filter(pk=request.pk).update(search=" qu ang ")

    with pytest.raises(CommandError, match="2 rows differ"):
        call("rebuild_search", check=True)
    call("rebuild_search")
    edition.refresh_from_db()
    assert (edition.search, edition.payload) == (right, payload)
    request.refresh_from_db()
    assert " quang o dak lak " in request.search
    assert installed(connection) == expected(connection)
    assert "Nothing differs" in call("rebuild_search", check=True)


def test_rebuild_search_goes_in_steps(monkeypatch):
    monkeypatch.setattr("engagements.management.commands.rebuild_search.BATCH", 2)
    for name in ("An", "Bảo", "Chi", "Dũng", "Én"):
        make_province(name=name)
    Province.objects.update(search="")
    out = call("rebuild_search", verbosity=2)
    steps = [f"provinces.Province: {n} rows so far" for n in (2, 4, 5)]
    assert [line for line in out.splitlines() if "provinces.Province:" in line][:3] == steps
    assert Province.objects.filter(search="").count() == 0


def test_rebuild_search_finds_the_loaded_register_right(register):
    assert "Nothing differs" in call("rebuild_search", check=True)


# -- erase_person

NAME = "Vũ Hoàng Thử Nghiệm"
REASON = "Yêu cầu ngày 05/07/2026"


@pytest.fixture
def eraser(db):
    return make_user("quan-tri-xoa", ["Quản trị"])


@pytest.fixture
def person(db):
    """An official wherever a name can stand, in past, current and withdrawn editions."""
    person = make_official(full_name=NAME, slug="vu-hoang-thu-nghiem", note="con ông B")
    make_post(official=person, title="Chủ tịch tỉnh Bình Minh")
    meeting = make_meeting(summary=f"Ông {NAME.upper()} nêu ba việc.")
    make_attendance(
        meeting=meeting,
        official=person,
        title="Chủ tịch UBND tỉnh Bình Minh",
        quote="Chủ tịch UBND tỉnh, người ký nghị quyết",
        side="province",
    )
    request = make_request(
        meeting=meeting, raised_by=person, title="Xin làm đường", quote=f"{NAME} đề nghị"
    )
    published(request)
    published(edited(request, detail=f"Do {NAME} nêu."))
    published(make_remark(meeting=meeting, said_by=person, text="Còn thiếu vốn."))
    gone = published(make_commitment(meeting=meeting, raised_by=person, title=f"Gặp {NAME}"))
    withdraw(gone, by=publisher())
    edited(request, internal_note=f"Hỏi lại {NAME}")  # an edit that waits
    seat = {"name": NAME, "title": "Chủ tịch tỉnh", "officials": [person.slug]}
    reading = make_reading(text=f"Ông {NAME} nêu ba việc.", about={"title": f"Gặp {NAME}"})
    make_proposal(NAME, reading=reading, kind="attendance", payload=seat, final={"payload": seat})
    LogEntry.objects.create(
        user=publisher(),
        content_type=ContentType.objects.get_for_model(Official),
        object_id=str(person.pk),
        object_repr=NAME,
        action_flag=CHANGE,
        change_message="[]",
    )
    return person


def everything():
    """All texts of the database, in one string: small letters."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [str(value) for row in cursor.fetchall() for value in row]
    return "\n".join(found).casefold()


@pytest.mark.both_databases
def test_erased_person_is_nowhere(person, eraser):
    assert NAME.casefold() in everything()
    call("erase_person", person.slug, reason=REASON, username="quan-tri-xoa", yes=True)
    left = everything()
    for trace in (NAME, "vu hoang thu nghiem", "vu-hoang-thu-nghiem", "Chủ tịch", "con ông B"):
        assert trace.casefold() not in left
    person.refresh_from_db()
    assert (person.full_name, person.slug) == (ERASED, f"da-xoa-{person.pk}")
    assert not Post.objects.filter(official=person).exists()
    seat = Attendance.objects.get(official=person)
    assert (seat.title, seat.quote) == ("", "")
    proposed = Proposal.objects.get(kind="attendance")  # JSON is text of escapes in one database
    erased = {"name": ERASED, "title": "", "officials": []}
    assert (proposed.quote, proposed.payload, proposed.final) == ("", erased, {"payload": erased})
    assert Reading.objects.get().about == {"title": f"Gặp {ERASED}"}
    last = person.history.latest()
    assert (last.history_user, last.history_change_reason) == (eraser, REASON)


def test_the_rest_of_each_edition_stays(person, eraser):
    def bodies():
        return {one.pk: one.data for one in Edition.objects.exclude(payload="")}

    before = bodies()
    call("erase_person", person.slug, reason=REASON, username="quan-tri-xoa", yes=True)
    after = bodies()
    for key, was in before.items():
        now = after[key]
        changed = {name for name in was if was[name] != now[name]}
        allowed = {"attendances", "summary", "raised_by", "said_by", "evidence", "detail", "title"}
        assert changed <= allowed
        assert list(was) == list(now)
    request = Edition.objects.current().get(kind="request").data
    assert request["title"] == "Xin làm đường"
    assert request["raised_by"] == {"slug": f"da-xoa-{person.pk}", "name": ERASED, "title": ""}
    assert request["detail"] == f"Do {ERASED} nêu."
    assert request["evidence"]["quote"] == ""
    assert list(mismatches()) == []
    assert "Nothing differs" in call("rebuild_search", check=True)


@pytest.mark.both_databases
def test_copies_kept_by_sequence_learn_of_the_erasure(person, eraser):
    mark = Edition.objects.latest("sequence").sequence
    held = set(Edition.objects.current().filter(links__official=person).values_list("code"))
    call("erase_person", person.slug, reason=REASON, username="quan-tri-xoa", yes=True)
    assert held == set(Edition.objects.filter(sequence__gt=mark).values_list("code"))
    assert expected(connection) <= installed(connection)


def test_erasure_is_logged_without_the_name(person, eraser, caplog):
    with caplog.at_level(logging.INFO, logger="engagements.erasure"):
        out = call("erase_person", person.slug, reason=REASON, username="quan-tri-xoa", yes=True)
    (record,) = caplog.records
    assert REASON in record.getMessage()
    assert "editions" in record.getMessage()
    assert NAME not in record.getMessage() + out


def test_namesake_keeps_the_name(person, eraser):
    other = make_official(full_name=NAME, slug="vu-hoang-thu-nghiem-2")
    seat = make_attendance(official=other, title="Chủ tịch HĐND")
    published(seat.meeting)
    out = call("erase_person", person.slug, reason=REASON, username="quan-tri-xoa", yes=True)
    assert "Another official bears this name" in out
    other.refresh_from_db()
    assert other.full_name == NAME
    entry = edition_of(seat.meeting).data["attendances"][0]
    assert (entry["official"]["name"], entry["title"]) == (NAME, "Chủ tịch HĐND")
    mine = Edition.objects.filter(kind="meeting", links__official=person).first()
    assert mine.data["attendances"][0]["official"]["name"] == ERASED


def test_erasing_again_changes_nothing_more(person, eraser):
    call("erase_person", person.slug, reason=REASON, username="quan-tri-xoa", yes=True)
    editions = Edition.objects.count()
    call("erase_person", f"da-xoa-{person.pk}", reason=REASON, username="quan-tri-xoa", yes=True)
    assert Edition.objects.count() == editions


def test_files_that_would_bring_the_name_back_are_named(register, eraser):
    one = Official.objects.order_by("pk").first()
    out = call("erase_person", one.slug, reason=REASON, username="quan-tri-xoa", yes=True)
    assert re.search(r"fixtures/\S+\.yaml still names the person", out)


@pytest.mark.parametrize(
    ("slug", "options", "message"),
    [
        pytest.param("khong-co", {}, "No official", id="unknown-person"),
        pytest.param(None, {"username": "ai-do"}, "may erase", id="unknown-account"),
        pytest.param(None, {"username": "bien-tap-vien"}, "may erase", id="not-their-role"),
        pytest.param(
            None, {"reason": f"{NAME} xin"}, "must not hold the name", id="name-in-reason"
        ),
        pytest.param(None, {"reason": "  "}, "must be given", id="no-reason"),
    ],
)
def test_erasure_refused(person, eraser, slug, options, message):
    make_user("bien-tap-vien", ["Biên tập"])
    before = json.dumps([one.data for one in Edition.objects.all()])
    with pytest.raises(CommandError, match=message):
        call(
            "erase_person",
            slug or person.slug,
            **{"reason": REASON, "username": "quan-tri-xoa", "yes": True} | options,
        )
    assert json.dumps([one.data for one in Edition.objects.all()]) == before
    assert Official.objects.get(pk=person.pk).full_name == NAME


@pytest.mark.parametrize("answer", ["", "y", "vu-hoang"])
def test_erasure_asks_for_the_slug(person, eraser, monkeypatch, answer):
    monkeypatch.setattr("builtins.input", lambda prompt: answer)
    with pytest.raises(CommandError, match="Nothing was erased"):
        call("erase_person", person.slug, reason=REASON, username="quan-tri-xoa")
    assert Official.objects.get(pk=person.pk).full_name == NAME


def test_erasure_goes_on_after_the_slug(person, eraser, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda prompt: person.slug)
    call("erase_person", person.slug, reason=REASON, username="quan-tri-xoa")
    assert Official.objects.get(pk=person.pk).full_name == ERASED
