"""What the register has already of a document's proposals."""

from datetime import date

import pytest

from engagements.reading.duplicates import duplicates, sessions_like
from engagements.reading.reader import read_text
from engagements.reading.store import load_names
from tests.factories import (
    make_commitment,
    make_meeting,
    make_organization,
    make_organization_succession,
    make_province,
    make_request,
    make_succession,
)

pytestmark = pytest.mark.django_db
TEXT = (
    "Ngày 1/2/2024, Bộ trưởng Bộ Mẫu Thử Lê Văn Mẫu làm việc với UBND tỉnh Tây Mẫu.\n"
    "Tỉnh đề nghị Bộ bố trí vốn xây 32 trạm phát sóng ở biên giới.\n"
    "Bộ trưởng cam kết Bộ sẽ bố trí vốn xây 20 trạm phát sóng trong năm 2024."
)


@pytest.fixture
def meeting():
    ministry = make_organization(name="Bộ Mẫu Thử", slug="bo-mau-thu", kind="ministry")
    province = make_province(name="Tây Mẫu", slug="tay-mau")
    return make_meeting(ministry=ministry, provinces=[province], held_on=date(2024, 2, 1))


def read():
    return read_text(TEXT, load_names())


def test_session_of_that_day_and_the_same_promise_in_another_paper(meeting):
    province = meeting.provinces.get()
    promise = make_commitment(
        meeting=meeting,
        province=province,
        title="Bố trí vốn xây 20 trạm phát sóng",
        quote="Bộ sẽ bố trí vốn xây 20 trạm phát sóng trong năm 2024",
    )
    make_request(meeting=meeting, province=province, title="Đào tạo cán bộ", quote="đào tạo cán bộ")
    reading = read()
    assert sessions_like(reading) == [meeting]
    found = duplicates(reading.proposals, [meeting])
    index = next(i for i, p in enumerate(reading.proposals) if p.kind == "commitment")
    assert {i: [(d.record, d.is_same) for d in row] for i, row in found.items()} == {
        index: [(promise, True)]
    }


def test_what_is_alike_is_shown_and_not_called_the_same(meeting):
    request = make_request(
        meeting=meeting,
        province=meeting.provinces.get(),
        title="Xây trạm",
        quote="đề nghị Bộ xây 10 trạm phát sóng vùng sâu",
    )
    reading = read()
    (row,) = duplicates(reading.proposals, [meeting]).values()
    assert [(d.record, d.is_same) for d in row] == [(request, False)]


@pytest.mark.parametrize(("day", "is_same"), [(31, True), (30, False)])
def test_session_within_a_day(meeting, day, is_same):
    meeting.held_on = date(2024, 1, day)
    meeting.save()
    assert sessions_like(read()) == ([meeting] if is_same else [])


def test_session_of_what_ministry_and_province_came_from(meeting):
    """The paper names today's bodies, the register those of the session."""
    old = make_organization(name="Bộ Xưa Cũ", slug="bo-xua-cu", kind="ministry")
    make_organization_succession(predecessor=old, successor=meeting.ministry)
    meeting.ministry = old
    meeting.save()
    province = meeting.provinces.get()
    make_succession(make_province(name="Đông Mẫu", slug="dong-mau"), province)
    assert sessions_like(read()) == [meeting]


def test_no_session_without_a_day_and_nothing_without_a_session(meeting):
    reading = read_text(TEXT.replace("/2024", ""), load_names())
    assert sessions_like(reading) == []
    assert duplicates(reading.proposals, []) == {}
