"""One chain, one story; what each edition changed; questions and answers of a session in pairs."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engagements.publication.publishing import withdraw
from tests.factories import (
    edited,
    edition_of,
    make_commitment,
    make_meeting,
    make_merger,
    make_province,
    make_request,
    make_update,
    published,
    publisher,
)
from tests.pages import read


def told(client, address):
    """The story as (what, day), in its order on the page."""
    return [(one["what"], one["day"]) for one in client.get(address).context["story"]]


@pytest.fixture(scope="module")
def chain(shared_rows):
    """A request, the commitment that answers it, news of both."""
    asked = published(make_request())
    promise = published(
        make_commitment(answers=[asked], due_on=date(2024, 6, 30), due_text="giữa năm")
    )
    return asked, promise


# -- one column


def test_a_request_tells_what_became_of_its_answer(chain, client):
    asked, promise = chain
    published(make_update(commitment=promise, happened_on=date(2024, 9, 1), text="Đã lắp máy."))
    published(make_update(request=asked, happened_on=date(2024, 5, 2), text="Bộ xem xét."))
    address = f"/en/kien-nghi/{asked.code}/"
    assert told(client, address) == [
        ("meeting", date(2024, 2, 29)),
        ("own", date(2024, 2, 29)),
        ("item", date(2024, 2, 29)),
        ("update", date(2024, 5, 2)),
        ("update", date(2024, 9, 1)),
    ]
    page = read(client, address)
    assert "Đã lắp máy." in page.text
    assert f"about {promise.code}" in page.text
    assert "In progress" in page.text  # the answering commitment's own status


def test_nobody_has_reported_is_said_once(chain, client):
    asked, promise = chain
    for address in (f"/en/kien-nghi/{asked.code}/", f"/en/cam-ket/{promise.code}/"):
        page = read(client, address)
        assert page.text.count("Nobody has reported yet") == 1
        assert "Who says what" not in page.text


def test_voices_stand_side_by_side_and_silence_is_said_once(chain, client):
    _asked, promise = chain
    published(make_update(commitment=promise, voice="ministry", text="Bộ nói đã xong."))
    published(make_update(commitment=promise, voice="province", text="Tỉnh nói chưa xong."))
    page = read(client, f"/en/cam-ket/{promise.code}/")
    assert page.text.count("Not heard yet:") == 1
    assert "Not heard yet: Independent." in page.text
    assert page.text.count("Bộ nói đã xong.") == 2  # beside the other's, and in the column
    published(make_update(commitment=promise, voice="independent", text="Báo nói đang làm."))
    assert "Not heard yet" not in read(client, f"/en/cam-ket/{promise.code}/").text


def test_a_moved_deadline_shows_both_days(chain, client):
    _asked, promise = chain
    for day, due, text in (
        (date(2024, 5, 2), date(2024, 12, 31), "cuối năm"),
        (date(2024, 11, 3), date(2025, 6, 30), "năm sau"),
    ):
        published(
            make_update(commitment=promise, happened_on=day, new_due_on=due, new_due_text=text)
        )
    page = read(client, f"/en/cam-ket/{promise.code}/")
    assert "before: giữa năm (30/06/2024) now: cuối năm (31/12/2024)" in page.text
    assert "before: cuối năm (31/12/2024) now: năm sau (30/06/2025)" in page.text


def test_a_changed_wording_shows_both_texts(chain, client):
    asked, _promise = chain
    published(edited(asked, title="Đề nghị viết lại"))
    page = read(client, f"/en/kien-nghi/{asked.code}/")
    number = edition_of(asked).number
    assert f"The wording was revised: edition no. {number}" in page.text
    assert f"before: {asked.title} now: Đề nghị viết lại" in page.text


def test_an_edit_that_waits_is_no_revision(chain, client):
    asked, _promise = chain
    edited(asked, title="Chưa ai duyệt")
    address = f"/en/kien-nghi/{asked.code}/"
    assert "Chưa ai duyệt" not in read(client, address).text
    assert "Chưa ai duyệt" not in read(client, f"{address}ban-cong-bo/").text


# -- editions


def test_every_edition_says_what_it_changed(db, client):
    asked = published(make_request())
    published(edited(asked, detail="Nói rõ hơn."))
    published(edited(asked, title="Đề nghị mới", detail=""))
    page = read(client, f"/en/kien-nghi/{asked.code}/ban-cong-bo/")
    assert [name for name in page.ids if name.isdigit()] == ["3", "2", "1"]
    assert "before: nothing now: Nói rõ hơn." in page.text
    assert f"before: {asked.title} now: Đề nghị mới" in page.text
    assert "before: Nói rõ hơn. now: nothing" in page.text


def test_news_are_an_edition_that_says_what_they_moved(chain, client):
    _asked, promise = chain
    update = published(make_update(commitment=promise, status="done", completed_on=None))
    page = read(client, f"/en/cam-ket/{promise.code}/ban-cong-bo/")
    assert [name for name in page.ids if name.isdigit()] == ["2", "1"]
    assert "Edition no. 2 News what is read now" in page.text
    assert "Status before: No information yet now: Done" in page.text
    assert f"Updates before: nothing now: {update.code}" in page.text


def test_an_edition_for_a_link_alone_is_counted_and_not_told(chain, client):
    _asked, promise = chain
    published(edited(promise.meeting, title="Buổi làm việc gọi bằng tên khác"))
    assert edition_of(promise).number == 2
    page = read(client, f"/en/cam-ket/{promise.code}/ban-cong-bo/")
    assert [name for name in page.ids if name.isdigit()] == ["1"]
    assert "1 edition, in which only a name or a link moved, is left out" in page.text


def test_one_edition_says_what_could_be_read_then(chain, client):
    _asked, promise = chain
    published(make_update(commitment=promise, status="in_progress", text="Đang làm."))
    published(edited(promise, title="Lời hứa viết lại"))
    address = f"/en/cam-ket/{promise.code}/ban-cong-bo/"
    first, second, third = (read(client, f"{address}{number}/") for number in (1, 2, 3))
    assert promise.title in first.text
    assert "Đang làm." not in first.text
    assert "Đang làm." in second.text
    assert "Status before: No information yet now: In progress" in second.text
    assert "Today edition no. 3 is read." in second.text
    assert "What is read now, since" in third.text
    assert {f"{address}1/", f"{address}3/"} <= set(second.links)
    said = client.get(f"/api/v1/commitments/{promise.code}/editions/2/").json()
    assert (said["edition"], said["cause"], said["taken_back"]) == (2, "news", 0)
    assert said["record"]["status"] == "in_progress"
    assert said["changed"][0] == "status"


def test_one_edition_counts_what_was_taken_back_of_it(chain, client):
    _asked, promise = chain
    update = published(make_update(commitment=promise, text="Điều đã rút."))
    published(make_update(commitment=promise, text="Điều còn lại."))
    withdraw(update, by=publisher())
    page = read(client, f"/en/cam-ket/{promise.code}/ban-cong-bo/3/")
    assert "1 passage of it was taken back since and is not shown." in page.text
    assert "Điều đã rút." not in page.text
    assert "Điều còn lại." in page.text
    said = client.get(f"/api/v1/commitments/{promise.code}/editions/3/").json()
    assert said["taken_back"] == 1
    assert [entry["text"] for entry in said["record"]["updates"]] == ["Điều còn lại."]


@pytest.mark.parametrize("number", ["0", "9", "01", "999999", "1000000", "-1", "x"])
def test_an_edition_that_is_none_is_not_found(chain, client, number):
    _asked, promise = chain
    for address in (
        f"/cam-ket/{promise.code}/ban-cong-bo/{number}/",
        f"/api/v1/commitments/{promise.code}/editions/{number}/",
    ):
        assert client.get(address).status_code == 404
    gone = published(make_commitment())
    withdraw(gone, by=publisher())
    assert client.get(f"/cam-ket/{gone.code}/ban-cong-bo/1/").status_code == 410
    assert client.get(f"/api/v1/commitments/{gone.code}/editions/1/").status_code == 410


def test_the_address_of_an_edition_takes_small_letters(chain, client):
    _asked, promise = chain
    response = client.get(f"/en/cam-ket/{promise.code.lower()}/ban-cong-bo/1/")
    assert response["Location"] == f"/en/cam-ket/{promise.code}/ban-cong-bo/1/"


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_editions_of_what_was_withdrawn_are_gone(chain, client, prefix):
    _asked, promise = chain
    published(edited(promise, title="Điều đã rút"))
    withdraw(promise, by=publisher())
    page = read(client, f"{prefix}/cam-ket/{promise.code}/ban-cong-bo/", status=410)
    assert "Điều đã rút" not in page.text


def test_editions_that_were_taken_back_are_not_told_again(chain, client):
    asked, promise = chain
    withdraw(promise, by=publisher())
    published(edited(promise, title="Công bố lại"))
    page = read(client, f"/en/cam-ket/{promise.code}/ban-cong-bo/")
    assert promise.title not in page.text
    assert "Công bố lại" in page.text
    assert promise.title not in read(client, f"/en/kien-nghi/{asked.code}/").text


def test_editions_of_nothing_are_not_found(register, client):
    assert client.get("/kien-nghi/KN-900/ban-cong-bo/").status_code == 404
    response = client.get("/en/kien-nghi/kn-5/ban-cong-bo/")
    assert response["Location"] == "/en/kien-nghi/KN-5/ban-cong-bo/"


# -- a session


def test_answers_stand_beside_what_was_asked(register, client):
    context = client.get("/buoi-lam-viec/2023-04-21-thua-thien-hue/").context
    pairs = {
        asked.code: [one["edition"].code for one in answers] for asked, answers in context["pairs"]
    }
    assert pairs["KN-10"] == ["KH-21", "KH-22", "GN-41"]
    assert pairs["KN-11"] == ["GN-45", "GN-46"]
    assert pairs["KN-8"] == []
    answered = {code for codes in pairs.values() for code in codes}
    assert not answered & {one.code for one in context["loose"]}
    assert "No answer recorded" in read(client, "/en/buoi-lam-viec/2023-04-21-thua-thien-hue/").text


def test_what_answers_two_requests_stands_beside_both_with_one_anchor(db, client):
    session = make_meeting()
    asked = [published(make_request(meeting=session)) for _each in range(2)]
    promise = published(make_commitment(answers=asked))
    page = read(client, f"/buoi-lam-viec/{session.slug}/")
    assert page.ids[promise.code] == 1
    assert page.links.count(f"/cam-ket/{promise.code}/") == 2


def test_sessions_of_one_lineage_follow_each_other(db, client):
    old = make_province(slug="cu")
    new = make_merger(make_province(slug="nay"), old, make_province(slug="ben-canh"))
    other = make_province(slug="khac")
    for slug, unit, day in (
        ("a", old, date(2023, 1, 1)),
        ("b", new, date(2025, 8, 1)),
        ("c", other, date(2025, 8, 2)),
        ("d", new, date(2026, 1, 1)),
    ):
        published(make_meeting(slug=slug, provinces=[unit], held_on=day))

    def beside(slug):
        context = client.get(f"/buoi-lam-viec/{slug}/").context
        return [one and one.code for one in (context["before"], context["after"])]

    assert beside("a") == [None, "b"]
    assert beside("b") == ["a", "d"]
    assert beside("c") == [None, None]
    assert beside("d") == ["b", None]


# -- the method, and what it costs


def test_the_method_explains_every_word(db, client):
    page = read(client, "/en/gioi-thieu/")
    context = client.get("/en/gioi-thieu/").context
    for name, number in (("statuses", 8), ("deadlines", 11), ("answers", 8), ("strengths", 3)):
        assert len(context[name]) == number
    assert page.text.count("For example:") == 30
    assert {"correction", "licence", "accessibility", "privacy", "who"} <= set(page.ids)


def test_a_long_story_asks_the_database_no_more(chain, client):
    asked, promise = chain

    def asked_for():
        numbers = []
        for address in (
            f"/kien-nghi/{asked.code}/",
            f"/cam-ket/{promise.code}/",
            f"/cam-ket/{promise.code}/ban-cong-bo/",
        ):
            with CaptureQueriesContext(connection) as captured:
                client.get(address)
            numbers.append(len(captured))
        return numbers

    published(make_update(commitment=promise))
    few = asked_for()
    for number in range(12):
        published(make_update(commitment=promise))
        published(edited(promise, title=f"Lần {number}"))
        published(make_commitment(answers=[asked]))
    assert asked_for() == few
