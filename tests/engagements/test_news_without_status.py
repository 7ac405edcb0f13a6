"""News that says nothing of the status: an answer, a response or a moved day alone, in words."""

from datetime import date

import pytest

from engagements.readers.news import lines_of_change
from engagements.workbooks.report import Quarter, Report
from tests.factories import (
    edition_of,
    make_commitment,
    make_recommendation,
    make_request,
    make_update,
    published,
)
from tests.pages import read

pytestmark = pytest.mark.django_db
CASES = {
    "answer": (make_request, {"answer": "explained", "voice": "ministry"}, "Đã giải thích"),
    "response": (make_recommendation, {"response": "not_taken_up"}, "Không tiếp thu"),
}


def news_of(case):
    make, says, words = CASES[case]
    voice = says.get("voice", "province")
    item = published(make())
    before = edition_of(item)
    target = {str(item.kind): item}
    published(make_update(**target, text="Có thư.", **{"status": ""} | says | {"voice": voice}))
    return before, item, words


@pytest.mark.parametrize("case", CASES)
def test_an_email_tells_it(case):
    before, item, words = news_of(case)
    lines = lines_of_change(edition_of(item), before)
    assert f"Cập nhật ngày 03/06/2024: {words}. Có thư." in lines


def test_an_email_tells_a_moved_day_alone():
    item = published(make_commitment())
    before = edition_of(item)
    moved = {"new_due_on": date(2027, 1, 1), "new_due_text": "đầu 2027"}
    published(make_update(commitment=item, status="", text="Lùi hạn.", **moved))
    assert "Cập nhật ngày 03/06/2024: Lùi hạn." in lines_of_change(edition_of(item), before)


@pytest.mark.parametrize("case", CASES)
def test_pages_tell_it_where_a_status_stands(case, client):
    _before, item, words = news_of(case)
    edition = edition_of(item)
    for address in (edition.path, f"{edition.path}ban-cong-bo/{edition.number}/", "/cap-nhat/"):
        page = read(client, address)
        assert words in page.text, address
        assert [given for tag, given in page.attributes if given.get("data-status") == ""] == [], (
            address
        )


def test_advice_with_a_response_does_not_read_as_without_news(client):
    _before, advice, words = news_of("response")
    edition = edition_of(advice)
    assert str(edition.status_words()) == words
    rows = read(client, "/khuyen-nghi/").text
    assert f"{words}, theo báo cáo" in rows
    assert "Chưa có thông tin" not in read(client, edition.path).text.split("Diễn biến")[0]


def test_the_quarterly_report_tells_it():
    news_of("response")
    ((_heading, (line,)),) = Report(Quarter(2024, 2)).groups
    assert line.result == "Không tiếp thu, theo báo cáo của bên phải thực hiện. Có thư"


def test_a_request_of_which_news_tells_is_not_called_unanswered(client):
    """“Done, as the ministry reports”, and beside it that nobody answered: on no page."""
    request = published(make_request(title="Trạm phát sóng"))
    pages = (f"/kien-nghi/{request.code}/", "/kien-nghi/")
    silent = 'data-answer="unanswered"'
    assert all(silent in client.get(page).content.decode() for page in pages)
    published(make_update(request=request, status="done"))
    assert not [page for page in pages if silent in client.get(page).content.decode()]


def test_a_fact_that_is_none_has_no_row(client):
    request = published(make_request(title="Trạm phát sóng"))
    page = f"/kien-nghi/{request.code}/"
    term = "<dt>Trả lời</dt>"
    assert term in client.get(page).content.decode()
    published(make_update(request=request, status="done"))
    assert term not in client.get(page).content.decode()
