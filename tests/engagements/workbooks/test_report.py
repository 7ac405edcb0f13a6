"""The quarter's report: which items it holds, what it says of them, how it is printed."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from openpyxl import load_workbook

from engagements.edition.cells import cell_text
from engagements.models import Meeting
from engagements.publication.publishing import withdraw
from engagements.words import Answer, FollowUpStatus
from engagements.workbooks.report import BY_LEAD, Quarter, Report
from tests.desk import address
from tests.factories import (
    edited,
    make_commitment,
    make_meeting,
    make_merger,
    make_organization,
    make_province,
    make_recommendation,
    make_request,
    make_source,
    make_update,
    make_user,
    many,
    published,
    published_together,
    publisher,
)
from tests.formulas import HOSTILE
from tests.workbooks import opened_book

pytestmark = pytest.mark.django_db

FIRST = Quarter(2025, 1)


def lines(report):
    return [line for _heading, found in report.groups for line in found]


@pytest.mark.parametrize(
    ("day", "quarter", "first", "last"),
    [
        (date(2025, 1, 1), (2025, 1), date(2025, 1, 1), date(2025, 3, 31)),
        (date(2025, 6, 30), (2025, 2), date(2025, 4, 1), date(2025, 6, 30)),
        (date(2025, 12, 31), (2025, 4), date(2025, 10, 1), date(2025, 12, 31)),
    ],
)
def test_the_quarter_of_a_day(day, quarter, first, last):
    found = Quarter.of(day)
    assert ((found.year, found.number), found.first, found.last) == (quarter, first, last)
    assert Quarter.of(found.before.last) == found.before < found


@pytest.mark.parametrize(
    ("status", "happened_on", "is_told"),
    [
        pytest.param("in_progress", date(2024, 11, 1), True, id="open-since-before"),
        pytest.param("done", date(2025, 1, 1), True, id="done-on-the-first-day"),
        pytest.param("done", date(2025, 3, 31), True, id="done-on-the-last-day"),
        pytest.param("done", date(2024, 12, 31), False, id="done-the-day-before"),
        pytest.param("done", date(2025, 4, 1), True, id="done-after-it-was-open-then"),
        pytest.param("dropped", date(2024, 12, 1), False, id="dropped-before"),
        pytest.param("paused", date(2024, 12, 1), True, id="paused"),
    ],
)
def test_items_that_were_open_or_were_closed_in_the_quarter(status, happened_on, is_told):
    commitment = published(make_commitment())
    published(make_update(commitment=commitment, status=status, happened_on=happened_on))
    assert bool(lines(Report(FIRST))) is is_told


def test_a_line_says_what_was_recorded_and_nothing_else():
    letter = make_source(number="12/BC-UBND", title="Báo cáo")
    commitment = published(
        make_commitment(
            title="Cấp điện",
            source=make_source(number="05/TB-BTTTT"),
            due_on=date(2025, 2, 1),
            due_text="trước 1/2",
            lead=make_organization(name="Cục A"),
            supporting=[make_organization(name="Sở B")],
        )
    )
    published(
        make_update(
            commitment=commitment,
            status="in_progress",
            happened_on=date(2025, 3, 1),
            basis="source",
            source=letter,
            text="Chưa giải phóng xong mặt bằng.",
        )
    )
    (line,) = lines(Report(FIRST))
    assert line.content == f"{commitment.code}. Cấp điện"
    assert (line.lead, line.supporting, line.due_on) == ("Cục A", "Sở B", date(2025, 2, 1))
    assert "Chưa giải phóng xong mặt bằng" in line.result
    assert line.cause == ""
    assert line.numbers == "05/TB-BTTTT; 12/BC-UBND"


def test_what_nobody_recorded_stays_empty():
    published(make_commitment(due_on=date(2025, 2, 1), due_text="trước 1/2"))
    (line,) = lines(Report(FIRST))
    assert (line.lead, line.supporting, line.cause, line.numbers) == ("", "", "", "")
    assert line.is_marked is False


def test_a_deadline_that_moved_is_told_with_the_first_one():
    commitment = published(make_commitment(due_on=date(2025, 2, 1), due_text="trước 1/2"))
    published(
        make_update(
            commitment=commitment,
            status="in_progress",
            happened_on=date(2025, 1, 15),
            new_due_on=date(2025, 6, 30),
            new_due_text="quý II",
        )
    )
    (line,) = lines(Report(FIRST))
    assert line.due_on == date(2025, 6, 30)
    assert line.due == "quý II (30/06/2025)"
    # Nobody moves their own day out of being late: the first one is told, with the cause.
    with override("vi"):
        (line,) = lines(Report(FIRST))
    assert "thời hạn được lùi từ trước 1/2 (01/02/2025) (Quá hạn)" in line.result
    assert line.cause == commitment.updates.get().text


PUT_OFF = {"new_due_on": date(2025, 2, 15), "new_due_text": "giữa tháng 2"}
BROUGHT_FORWARD = {"new_due_on": date(2025, 1, 15), "new_due_text": "giữa tháng 1"}


@pytest.mark.parametrize(
    ("make", "first", "last", "cause"),
    [
        pytest.param(make_commitment, PUT_OFF, {}, "Tin đầu", id="put-off"),
        pytest.param(make_commitment, BROUGHT_FORWARD, {}, "", id="brought-forward"),
        pytest.param(make_request, {"answer": "explained"}, {}, "", id="explained-no-clock-runs"),
        pytest.param(make_request, {"answer": "declined"}, {}, "", id="declined"),
        pytest.param(
            make_commitment,
            {},
            {"status": "done", "completed_on": date(2025, 3, 2)},
            "",
            id="done-late",
        ),
        pytest.param(
            make_commitment,
            PUT_OFF,
            {"status": "done", "completed_on": date(2025, 2, 14)},
            "Tin đầu",
            id="put-off-and-done-before-the-new-day",
        ),
    ],
)
def test_a_cause_is_what_explained_the_delay_and_the_last_news_is_the_result(
    make, first, last, cause
):
    item = published(make(due_on=date(2025, 2, 1), due_text="trước 1/2"))
    about = {item.kind.value: item}
    for values in (
        {"happened_on": date(2025, 1, 5), "text": "Tin đầu"} | first,
        {"happened_on": date(2025, 3, 3), "text": "Tin cuối"} | last,
    ):
        published(make_update(**about, **values))
    (line,) = lines(Report(FIRST))
    assert line.cause == cause
    assert line.result.endswith("Tin cuối")


def test_an_explanation_is_the_cause_of_delay_of_what_was_promised():
    asked = published(make_request(due_on=date(2025, 2, 1), due_text="trước 1/2"))
    published(make_commitment(meeting=asked.meeting, answers=[asked]))
    published(make_update(request=asked, answer="explained", text="Chờ luật mới"))
    line = next(line for line in lines(Report(FIRST)) if line.record == asked)
    assert line.cause == "Chờ luật mới"


def test_words_alone_void_the_day_in_the_report_too():
    commitment = published(make_commitment(due_on=date(2025, 2, 1), due_text="trước 1/2"))
    published(
        make_update(
            commitment=commitment,
            status="in_progress",
            happened_on=date(2025, 1, 15),
            new_due_text="khi có đủ vốn",
        )
    )
    (line,) = lines(Report(FIRST))
    assert (line.due_on, line.due) == (None, "khi có đủ vốn")
    assert line.values[4] == "khi có đủ vốn"


def test_a_request_says_what_answered_it():
    meeting = make_meeting(held_on=date(2025, 1, 10))
    asked = published(make_request(meeting=meeting))
    where = {"province": asked.province, "answers": [asked]}
    promise = published(make_commitment(meeting=meeting, strength="explicit", **where))
    advice = published(make_recommendation(meeting=meeting, **where))
    make_commitment(meeting=meeting, title="Bản nháp", **where)
    later = make_meeting(held_on=date(2025, 5, 1), provinces=[asked.province])
    published(make_commitment(meeting=later, **where))
    (line,) = lines(Report(FIRST, kinds=("request",)))
    assert f"{promise.code}, {advice.code} ({Answer.PROMISED.label})" in line.result
    assert str(FollowUpStatus.UNKNOWN.label) not in line.result


def test_a_request_that_was_declined_says_so_and_one_without_an_answer_does_not():
    declined, waiting = published(make_request()), published(make_request())
    news = published(make_update(request=declined, answer="declined", happened_on=date(2025, 2, 1)))
    told = {line.record: line.result for line in lines(Report(FIRST, kinds=("request",)))}
    assert f"{news.code} ({Answer.DECLINED.label})" in told[declined]
    assert told[waiting] == FollowUpStatus.UNKNOWN.label


def test_news_after_the_quarter_is_not_told_of_it():
    commitment = published(make_commitment())
    published(make_update(commitment=commitment, status="done", happened_on=date(2025, 5, 1)))
    (before,), (after,) = lines(Report(FIRST)), lines(Report(Quarter(2025, 2)))
    assert before.result != after.result


def test_what_the_public_does_not_read_so_bears_a_mark():
    make_commitment(title="Bản nháp")
    edited(published(make_commitment(title="Đã công bố")), title="Đã sửa")
    published(make_commitment(title="Nguyên vẹn"))
    withdraw(published(make_commitment(title="Đã rút")), by=publisher())
    make_update(commitment=make_commitment(title="Có tin nháp"), status="done")
    report = Report(FIRST)
    marked = {line.record.title: line.content.endswith("*") for line in lines(report)}
    assert marked == {
        "Bản nháp": True,
        "Đã sửa": True,
        "Nguyên vẹn": False,
        "Có tin nháp": True,
    }
    assert report.footnotes[0].startswith("*")


def test_a_meeting_of_a_later_quarter_is_not_in_it():
    make_commitment(meeting=make_meeting(held_on=date(2025, 4, 1)))
    assert lines(Report(FIRST)) == []


def test_groups_bear_the_units_of_the_day_and_the_bodies_that_follow():
    old, other = make_province(name="Hà Nam"), make_province(name="Nam Định")
    new = make_merger(make_province(name="Ninh Bình"), old, other, on=date(2025, 3, 1))
    body = make_organization(name="Cục A")
    make_commitment(province=old, meeting=make_meeting(provinces=[old]), lead=body)
    make_request(province=other, meeting=make_meeting(provinces=[other]))
    assert [heading for heading, _lines in Report(FIRST).groups] == [new.full_name]
    assert len(Report(Quarter(2024, 4)).groups) == 2
    grouped = Report(FIRST, grouped=BY_LEAD).groups
    assert grouped[0][0] == "Cục A"
    assert [line.number for _heading, found in grouped for line in found] == [1, 2]


def test_the_choice_of_ministry_lead_province_and_kind():
    ministry, lead, province = make_organization(), make_organization(), make_province()
    meeting = make_meeting(ministry=ministry, provinces=[province])
    wanted = make_commitment(meeting=meeting, current_lead=lead)
    make_commitment(current_lead=lead)
    make_commitment(meeting=meeting)
    make_recommendation(meeting=meeting, lead=lead)
    report = Report(FIRST, ministry, lead, [province], ("commitment",))
    assert [line.record for line in lines(report)] == [wanted]
    assert str(ministry) in report.unit


def test_the_report_asks_as_much_for_thirty_rows_as_for_one():
    asked = []
    for number in (1, 29):
        owed = [make_commitment(lead=make_organization()) for _row in range(number)]
        requests = published_together([*owed, *many(make_request, number)])[number:]
        answers = [
            make_commitment(answers=[row], meeting=row.meeting, province=row.province)
            for row in requests
        ]
        published_together([*(make_update(commitment=row) for row in owed), *answers])
        with CaptureQueriesContext(connection) as queries:
            assert Report(FIRST).total
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_the_workbook_is_ready_for_the_printer(staff_client):
    quarter = Quarter.of(timezone.localdate())
    due = quarter.first - timedelta(days=1)
    published(make_commitment(title="=1+1", due_on=due, due_text="hết quý"))
    asked = {"quarter": quarter.key, "kinds": "commitment", "grouped": "province", "file": "yes"}
    answer = staff_client.get(address(Meeting, "report"), asked)
    assert quarter.key in answer["Content-Disposition"]
    sheet = opened_book(answer).active
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert sheet.print_title_rows == "$5:$5"
    assert len([cell.value for cell in sheet[5]]) == 8
    row = list(sheet[7])
    assert row[0].value == 1
    assert row[4].value.date() == due
    assert row[4].number_format == "dd/mm/yyyy"
    assert all(cell.data_type != "f" for cells in sheet.iter_rows() for cell in cells)


def test_no_cell_of_the_workbook_is_a_formula():
    meeting = make_meeting()
    for number, text in enumerate(HOSTILE):
        lead = make_organization(name=text, slug=f"co-quan-{number}")
        make_commitment(meeting=meeting, title=text, lead=lead)
    (sheet,) = load_workbook(BytesIO(Report(FIRST).book()))
    lines = [row for row in sheet.iter_rows(min_row=6) if isinstance(row[0].value, int)]
    assert [row[1].value for row in lines] == [cell_text(f"{text} *") for text in HOSTILE]
    assert [row[2].value for row in lines] == [cell_text(text) for text in HOSTILE]
    assert "f" not in {cell.data_type for row in lines for cell in row}


def test_the_page_shows_this_quarter_first(staff_client):
    make_commitment(title="Cấp điện")
    shown = staff_client.get(address(Meeting, "report"))
    assert "Cấp điện" in shown.text
    assert address(Meeting, "report") in staff_client.get(address(Meeting)).text


@pytest.mark.parametrize(
    "asked",
    [
        {"quarter": "1900-1"},
        {"quarter": "x"},
        {"ministry": "99999999999999999999"},
        {"provinces": ["a", "b"]},
        {"kinds": "x"},
        {"grouped": "x", "file": "yes"},
    ],
)
def test_a_wrong_choice_is_told_on_its_field(staff_client, asked):
    right = {"quarter": Quarter.of(timezone.localdate()).key, "kinds": "commitment"}
    shown = staff_client.get(address(Meeting, "report"), right | {"grouped": "lead"} | asked)
    assert shown.context["report"] is None
    assert set(shown.context["form"].errors) == set(asked) - {"file"}


@pytest.mark.parametrize("page", ["report", "reminder"])
def test_only_who_may_read_the_register_draws_it_up(client, page):
    client.force_login(make_user())
    assert client.get(address(Meeting, page)).status_code == 403
    client.force_login(make_user(roles=["Xem nội bộ"]))
    assert client.get(address(Meeting, page)).status_code == 200
    assert client.post(address(Meeting, page)).status_code == 405
