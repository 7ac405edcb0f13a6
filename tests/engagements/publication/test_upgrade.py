"""Upgrading a loaded register: retired rows go, changed ones wait for a person, staff's stay."""

from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from engagements.desk.review.course import course
from engagements.edition.models import CodeCounter, Edition
from engagements.models import (
    Answering,
    Attendance,
    Commitment,
    Meeting,
    ProvinceRequest,
    Recommendation,
    Remark,
    Source,
    State,
)
from engagements.publication.loading import load
from engagements.publication.publishing import publish, withdraw
from engagements.publication.reference_loading import BadRow
from engagements.publication.reissuing import mismatches
from engagements.publication.upgrading import upgrade
from provinces.models import Official
from tests.engagements.publication.test_load_register import counts
from tests.factories import (
    account,
    edited,
    edition_of,
    make_organization,
    make_province,
    make_topic,
    make_update,
    published,
    publisher,
)

pytestmark = pytest.mark.django_db

FILES = Path(__file__).parent / "upgrade"
# The same invented document as it was read first, and better.
OLD, NEW = ((FILES / name).read_text(encoding="utf-8") for name in ("old.yaml", "new.yaml"))


@pytest.fixture
def reference(db):
    make_province(name="Bình Minh", slug="binh-minh")
    make_organization(name="Bộ Mẫu", slug="bo-mau")
    make_topic(slug="sandbox")


@pytest.fixture
def new():
    return yaml.safe_load(NEW)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "tai-lieu.yaml"


@pytest.fixture
def old_register(reference, path):
    path.write_text(OLD, encoding="utf-8")
    load([path])


@pytest.fixture
def upgraded(old_register, path, new):
    """Upgrades to the new file, or to another; returns what was told, without the file's name."""

    def _upgraded(content=new):
        path.write_text(yaml.dump(content, sort_keys=False), encoding="utf-8")
        told = []
        upgrade([path], told.append)
        return [line.removeprefix("tai-lieu.yaml: ") for line in told]

    return _upgraded


def commitment(key_title):
    return Commitment.objects.get(title=key_title)


def test_it_says_what_it_did_row_by_row(upgraded):
    assert upgraded() == [
        "officials[2] le-mau: differs from the file, which changes no reference data: full_name",
        "recommendations[2] kh-goi: added",
        "remarks[3] gn-dap: added",
        "meetings[1] buoi: changed, waits for a person: cited, attendance, answering",
        "commitments[1] ck: changed, waits for a person: lead, is_general, answering",
        "commitments[2] ck-hop: changed, waits for a person: made_by, supports",
        "remarks[2] gn-le: changed, waits for a person: type, answering",
        "retired[2] gn: withdrawn: Trùng với bài khác",
        "retired[1] ck-dan: withdrawn: Lời dặn → KH-2",
    ]
    assert Official.objects.get(slug="le-mau").full_name == "Lê Mẫu"


def test_retired_rows_are_withdrawn_under_the_files_accounts(upgraded):
    upgraded()
    gone = commitment("Giúp khi khó")
    assert (gone.state, gone.code) == (State.WITHDRAWN, "CK-2")
    assert edition_of(gone) is None
    step = gone.history.first()
    assert (step.history_user.username, step.history_change_reason) == ("tep-cong-bo", "withdraw")
    assert course(gone)[0]["note"] == step.review_note == "Lời dặn → KH-2"
    tombstone = Edition.objects.get(kind="commitment", code="CK-2", payload="")
    assert tombstone.withdrawn_at


def test_new_rows_are_added_and_public(upgraded):
    upgraded()
    assert edition_of(Recommendation.objects.get(title="Gọi Bộ khi khó")).code == "KH-2"
    answer = edition_of(Remark.objects.get(text="Vì xa"))
    assert answer.code == "GN-4"
    question = edition_of(Remark.objects.get(type="question"))
    assert [one["code"] for one in question.data["answered_by"]] == ["GN-4"]
    last = dict(CodeCounter.objects.values_list("kind", "last"))
    assert (last["commitment"], last["recommendation"], last["remark"]) == (3, 2, 4)


def test_changed_rows_wait_and_the_public_reads_what_it_read(upgraded):
    before = edition_of_title("Sát cánh")
    upgraded()
    promise = commitment("Sát cánh")
    assert promise.waits_for_review
    assert (promise.is_general, promise.lead, promise.answerings.count()) == (True, None, 0)
    assert promise.editors() == {account("tep-nhap").pk}
    own = edition_of(promise).data
    assert own["lead"] == before.data["lead"]
    assert (own["is_general"], [one["code"] for one in own["answers"]]) == (False, ["KN-1", "KN-2"])
    assert list(mismatches()) == []

    publish(promise, by=publisher())
    assert edition_of(promise).data["answers"] == []
    assert edition_of(ProvinceRequest.objects.get(title="Xin đường")).answer == "unanswered"
    publish(Meeting.objects.get(), by=publisher())
    assert edition_of(ProvinceRequest.objects.get(title="Xin đường")).answer == "possibly_answered"
    assert list(mismatches()) == []


def edition_of_title(title):
    return edition_of(commitment(title))


def test_parts_are_brought_to_what_the_file_says(upgraded, new):
    upgraded()
    seats = Attendance.objects.order_by("pk").values_list("official__slug", "role")
    assert list(seats) == [("tran-mau", "co_chair"), ("le-mau", "attended")]
    assert Meeting.objects.get().cited.get().number == "1/2024"
    new["meetings"][0]["attendances"].pop(0)
    upgraded(new)
    assert Attendance.objects.get().official.slug == "le-mau"
    gone = Attendance.history.filter(history_type="-").get()
    assert (gone.history_user.username, gone.official.slug) == ("tep-nhap", "tran-mau")


def test_an_upgrade_leaves_one_row_a_record(upgraded):
    last = Edition.objects.order_by("-sequence").first().sequence
    upgraded()
    issued = Edition.objects.filter(sequence__gt=last).values_list("kind", "record")
    assert len(issued) == len(set(issued)) > 0


def test_a_second_upgrade_changes_nothing(upgraded):
    upgraded()
    before, last = counts(), Edition.objects.order_by("-sequence").first()
    versions = list(Commitment.objects.order_by("pk").values_list("version", "updated_at"))
    assert upgraded() == [
        "officials[2] le-mau: differs from the file, which changes no reference data: full_name"
    ]
    assert counts() == before
    assert Edition.objects.order_by("-sequence").first() == last
    assert list(Commitment.objects.order_by("pk").values_list("version", "updated_at")) == versions


def test_a_new_clone_skips_the_retired_numbers(reference, path):
    path.write_text(NEW, encoding="utf-8")
    load([path])
    codes = Commitment.objects.order_by("pk").values_list("code", flat=True)
    assert list(codes) == ["CK-1", "CK-3"]
    before = counts()
    told = []
    upgrade([path], told.append)
    assert told == []
    assert counts() == before


def test_loading_without_upgrading_only_adds(old_register, path):
    path.write_text(NEW, encoding="utf-8")
    added = load([path])
    assert added == {Recommendation: 1, Remark: 1, Answering: 1}
    assert edition_of_title("Giúp khi khó").code == "CK-2"
    assert not any(promise.has_waiting_edit for promise in Commitment.objects.all())


# -- what staff did


def test_rows_that_staff_edited_stay(upgraded):
    edited(commitment("Sát cánh"), detail="Sửa tại bàn")
    published(edited(commitment("Họp lại"), detail="Sửa và công bố"))
    edited(commitment("Giúp khi khó"), title="Giúp khi tỉnh khó")
    edited(Remark.objects.get(type="other"), text="Tặng hai cuốn sách")
    edited(Remark.objects.get(type="assessment"), text="Xa thì tốn hơn")
    told = upgraded()
    assert (
        "commitments[1] ck: left as staff have it, the file has other:"
        " detail, lead, is_general, answering"
    ) in told
    assert "retired[1] ck-dan: retired, but left as staff have it: Lời dặn → KH-2" in told
    assert "retired[2] gn: retired, but left as staff have it: Trùng với bài khác" in told
    remark = Remark.objects.get(text="Xa thì tốn hơn")
    assert (remark.type, remark.answerings.count()) == ("assessment", 0)
    promise = commitment("Sát cánh")
    assert (promise.detail, promise.is_general) == ("Sửa tại bàn", False)
    assert promise.answerings.count() == 2
    meeting_again = commitment("Họp lại")
    assert (meeting_again.made_by, meeting_again.has_waiting_edit) == ("ministry", False)
    assert edition_of_title("Giúp khi tỉnh khó").data["title"] == "Giúp khi khó"
    assert edition_of(Remark.objects.get(type="other")).data["text"] == "Tặng sách"


def test_a_session_whose_attendance_staff_edited_stays(upgraded):
    seat = Attendance.objects.get()
    seat.title, seat._history_user = "Quyền Bộ trưởng", account("bien-tap")
    seat.save()
    assert any(line.startswith("meetings[1] buoi: left as staff have it") for line in upgraded())
    assert Attendance.objects.get().title == "Quyền Bộ trưởng"


def test_a_retired_row_with_staffs_news_stays(upgraded):
    news = published(make_update(commitment=commitment("Giúp khi khó")))
    told = upgraded()
    assert (
        f"retired[1] ck-dan: retired, but left with its updates {news.code}: Lời dặn → KH-2"
    ) in told
    assert edition_of_title("Giúp khi khó").code == "CK-2"


def test_what_staff_withdrew_stays_withdrawn(upgraded):
    withdraw(commitment("Sát cánh"), by=publisher())
    withdraw(commitment("Giúp khi khó"), by=publisher())
    upgraded()
    assert not commitment("Sát cánh").is_general
    assert Edition.objects.filter(code="CK-2", payload="").count() == 1


def test_publishing_and_sending_back_are_no_edits(upgraded, new):
    upgraded()
    publish(commitment("Sát cánh"), by=publisher())
    new["commitments"][0]["detail"] = "Thêm lời"
    assert "commitments[1] ck: changed, waits for a person: detail" in upgraded(new)
    assert commitment("Sát cánh").detail == "Thêm lời"


# -- everything or nothing


def test_what_still_rests_on_a_retired_source_stops_the_upgrade(upgraded, new):
    new["cited"] = []
    new["meetings"][0]["cites"] = []
    new["meetings"][0]["evidence"] = {"paragraph": 1}
    new["retired"].append(
        {"code": "NG-2", "section": "cited", "key": "nghi-dinh", "reason": "Không được dẫn"}
    )
    act = Source.objects.get(number="1/2024")
    Remark.objects.filter(type="question").update(source=act)
    question = Remark.objects.get(type="question")
    published(edited(question, text="Vì sao thế?"))
    before = counts()
    with pytest.raises(
        BadRow, match=r"retired\[3\] nghi-dinh: Withdraw|retired\[3\] nghi-dinh: "
    ) as bad:
        upgraded(new)
    assert question.code in str(bad.value)
    assert counts() == before


def test_a_source_goes_after_what_rests_on_it_whatever_their_order(upgraded, new):
    act = Source.objects.get(number="1/2024")
    del new["cited"], new["meetings"][0]["cites"]
    new["retired"].insert(
        0, {"code": "NG-2", "section": "cited", "key": "nghi-dinh", "reason": "Không được dẫn"}
    )
    told = upgraded(new)
    assert told[-1] == "retired[1] nghi-dinh: withdrawn: Không được dẫn"
    act.refresh_from_db()
    assert act.state == State.WITHDRAWN
    assert list(mismatches()) == []


@pytest.mark.parametrize(
    ("change", "row", "reason"),
    [
        (lambda new: new["commitments"][0].update(titel="?"), "commitments[1] ck", "titel"),
        (
            lambda new: new["commitments"][0].update(due_on=None, due_text="", strength="weak"),
            "commitments[1] ck",
            "strength",
        ),
        (
            lambda new: new["meetings"][0].update(slug="noi-khac"),
            "meetings[1] buoi",
            "the address of a published session is fixed",
        ),
        (lambda new: new["requests"][0].update(code="KN-2"), "requests[2] kn-2", "“KN-2”"),
        (lambda new: new["recommendations"][1].update(code="KH-1x"), "recommendations[2]", "KH-1x"),
    ],
)
def test_an_error_names_file_and_row_and_nothing_is_changed(upgraded, new, change, row, reason):
    before = counts()
    change(new)
    with pytest.raises(BadRow) as bad:
        upgraded(new)
    assert str(bad.value).startswith(f"tai-lieu.yaml: {row}")
    assert reason in str(bad.value)
    assert counts() == before


def test_a_new_rows_code_that_staff_gave_away_stops_the_upgrade(upgraded):
    meeting = Meeting.objects.get()
    theirs = Recommendation.objects.create(
        title="Của bàn", meeting=meeting, province=meeting.provinces.get(), source=meeting.source,
        created_by=account("bien-tap"), updated_by=account("bien-tap"),
    )  # fmt: skip
    publish(theirs, by=publisher())
    with pytest.raises(BadRow, match=r"recommendations\[2\] kh-goi: another record has the code"):
        upgraded()


def test_the_command_says_it_too(old_register, path, capsys):
    path.write_text(NEW, encoding="utf-8")
    call_command("load_register", path, upgrade=True)
    said = capsys.readouterr().out
    assert "tai-lieu.yaml: retired[1] ck-dan: withdrawn: Lời dặn → KH-2" in said
    assert "1 recommendation" in said
    call_command("load_register", path, upgrade=True)
    assert "nothing new" in capsys.readouterr().out
    path.write_text("requests: [", encoding="utf-8")
    with pytest.raises(CommandError, match="Nothing was loaded"):
        call_command("load_register", path, upgrade=True)
