"""Every edition is what composing gives; the command that checks and mends it."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from engagements.models import Commitment, Edition, ProvinceRequest
from engagements.publication import compose
from engagements.publication.issuing import differences, stamp_of
from engagements.publication.kinds import RECORDS
from engagements.publication.links import Links
from engagements.publication.reissuing import mend
from provinces.models import Atlas, Official, Organization, Province
from tests.factories import (
    edited,
    edition_of,
    make_attendance,
    make_commitment,
    make_merger,
    make_official,
    make_province,
    make_request,
    make_update,
    published,
)


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model._meta.model_name)
def test_the_stored_payload_is_what_composing_gives(register, model):
    for record in model.objects.all():
        edition = edition_of(record)
        for draft in (compose.compose(record), compose.reread(edition)):
            links, stamp = Links([draft]), stamp_of(edition)
            filled = compose.fill(draft, links)
            columns = compose.columns(draft, filled, stamp, links, Atlas())
            assert differences(edition, columns) == []


def test_the_loaded_register_is_clean(register, capsys):
    call_command("recompose", "--check")
    assert "differ" in capsys.readouterr().out


@pytest.mark.both_databases
def test_a_register_that_has_lived_is_clean(db):
    request = published(make_request(raised_by=make_official()))
    promise = published(make_commitment(answers=[request], due_on=date(2024, 3, 31), due_text="q"))
    published(make_update(commitment=promise, new_due_on=date(2024, 6, 30), new_due_text="quý II"))
    published(make_update(request=request, answer="explained", status="unknown"))
    published(edited(request, title="Sửa lại"))
    edited(promise, title="Chưa duyệt")
    call_command("recompose", "--check")


def test_names_that_changed_past_the_desk_are_found_and_mended(register, capsys):
    commitment = edition_of(Commitment.objects.get(code="CK-1"))
    for model, column, name in (
        (Official, "full_name", "raised_by"),
        (Organization, "name", "lead"),
    ):
        slug = commitment.data[name]["slug"]
        model.objects.filter(slug=slug).update(**{column: "Tên khác"})
    with pytest.raises(CommandError, match="differ"):
        call_command("recompose", "--check")
    assert "CK-1: " in capsys.readouterr().out
    assert edition_of(Commitment.objects.get(code="CK-1")) == commitment  # only said
    call_command("recompose")  # ends well only where nothing differs any more
    mended = edition_of(Commitment.objects.get(code="CK-1"))
    assert {mended.data[name]["name"] for name in ("raised_by", "lead")} == {"Tên khác"}
    assert (mended.number, mended.cause) == (commitment.number + 1, "links")
    assert mended.changed_at == commitment.changed_at
    assert mended.first_sequence == commitment.first_sequence


@pytest.mark.both_databases
def test_a_session_is_mended_before_what_was_said_there(db):
    attendance = make_attendance(title="Thứ trưởng")
    official = attendance.official
    said = published(make_commitment(meeting=attendance.meeting, raised_by=official))
    published(edited(attendance.meeting, summary="Công bố lại, sau cam kết"))
    Official.objects.filter(pk=official.pk).update(slug="dia-chi-moi")
    call_command("recompose")
    speaker = edition_of(said).data["raised_by"]
    assert (speaker["slug"], speaker["title"]) == ("dia-chi-moi", "Thứ trưởng")


def test_a_succession_takes_effect_by_its_day(db):
    old, new = make_province(), make_province()
    commitment = published(make_commitment(province=old))
    assert edition_of(commitment).heir == old
    make_merger(new, old)
    call_command("recompose")
    assert edition_of(commitment).heir == new
    assert edition_of(commitment).province == old


def test_an_own_field_that_changed_without_review_is_said_and_not_published(db, capsys):
    commitment = published(make_commitment(title="Đã duyệt"))
    kept = edition_of(commitment)
    Commitment.objects.filter(pk=commitment.pk).update(title="Chưa duyệt")
    with pytest.raises(CommandError, match="1 editions differ"):
        call_command("recompose")
    assert f"{commitment.code}: search, payload" in capsys.readouterr().out
    assert edition_of(commitment) == kept
    assert mend(kept) == []


def test_an_attendance_that_changed_without_review_is_not_published(db):
    attendance = make_attendance(title="Thứ trưởng")
    meeting = published(attendance.meeting)
    edited(attendance, title="Chưa duyệt")
    with pytest.raises(CommandError):
        call_command("recompose")
    assert edition_of(meeting).data["attendances"][0]["title"] == "Thứ trưởng"


def test_a_waiting_edit_is_no_difference_and_does_not_travel(db):
    request = published(make_request(title="Đã duyệt", province=make_province(name="Bình Minh")))
    edited(request, title="Chưa duyệt")
    call_command("recompose", "--check")
    Province.objects.filter(pk=request.province_id).update(name="Bình An")
    call_command("recompose")
    edition = edition_of(ProvinceRequest.objects.get())
    assert " binh an " in edition.search
    assert edition.data["title"] == "Đã duyệt"


def test_mending_what_is_right_writes_nothing(db):
    edition = edition_of(published(make_commitment()))
    count = Edition.objects.count()
    assert mend(edition) == []
    assert Edition.objects.count() == count


@pytest.mark.both_databases
def test_an_edition_that_was_superseded_meanwhile_is_not_mended(db):
    commitment = published(make_commitment())
    old = edition_of(commitment)
    published(edited(commitment, title="Mới"))
    assert mend(old) == []
