"""One chain, one story; what each edition changed; questions and answers of a session in pairs."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engagements.publication.publishing import withdraw
from tests.factories import (
    edited,
    make_commitment,
    make_meeting,
    make_merger,
    make_province,
    make_recommendation,
    make_request,
    make_update,
    published,
    publisher,
)
from tests.pages import read


def told(client, address):
    """The story as (what, day), in its order on the page."""
    return [(one["what"], one["day"]) for one in client.get(address).context["story"]]


@pytest.fixture
def chain(db):
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
    assert "The wording was revised: edition no. 2" in page.text
    assert f"before: {asked.title} now: Đề nghị viết lại" in page.text


def test_an_edit_that_waits_is_no_revision(chain, client):
    asked, _promise = chain
    edited(asked, title="Chưa ai duyệt")
    address = f"/en/kien-nghi/{asked.code}/"
    assert "Chưa ai duyệt" not in read(client, address).text
    assert "Chưa ai duyệt" not in read(client, f"{address}ban-cong-bo/").text


# -- editions


def test_every_edition_says_what_it_changed(chain, client):
    asked, _promise = chain
    published(edited(asked, detail="Nói rõ hơn."))
    published(edited(asked, title="Đề nghị mới", detail=""))
    page = read(client, f"/en/kien-nghi/{asked.code}/ban-cong-bo/")
    assert [name for name in page.ids if name.isdigit()] == ["3", "2", "1"]
    assert "before: nothing now: Nói rõ hơn." in page.text
    assert f"before: {asked.title} now: Đề nghị mới" in page.text
    assert "before: Nói rõ hơn. now: nothing" in page.text


def test_a_reissue_is_no_edition(chain, client):
    asked, promise = chain
    published(make_update(commitment=promise, status="done"))
    published(make_recommendation(answers=[asked]))
    for address in (f"/kien-nghi/{asked.code}/", f"/cam-ket/{promise.code}/"):
        page = read(client, f"{address}ban-cong-bo/")
        assert [name for name in page.ids if name.isdigit()] == ["1"]


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
    assert pairs["KN-11"] == ["CK-6", "CK-7", "KH-25", "KH-26"]
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
    for name, number in (("statuses", 8), ("deadlines", 9), ("answers", 6), ("strengths", 4)):
        assert len(context[name]) == number
    assert page.text.count("For example:") == 27
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
