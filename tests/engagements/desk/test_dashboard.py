"""What needs whom: the desk's first page, and the lists that its numbers count."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import gettext

from engagements.models import (
    Commitment,
    Meeting,
    ProvinceRequest,
    Recommendation,
    Source,
    State,
    StatusUpdate,
)
from engagements.needs import QUESTIONS, count_needs
from tests.desk import address
from tests.factories import (
    edited,
    make_attendance,
    make_commitment,
    make_link_check,
    make_meeting,
    make_organization,
    make_organization_succession,
    make_recommendation,
    make_request,
    make_source,
    make_subscription,
    make_taken_up_item,
    make_tip,
    make_update,
    make_user,
    published,
)

pytestmark = pytest.mark.django_db
TODAY = date(2025, 3, 10)
DAY = timedelta(1)
ASKED_AT = timezone.make_aware(datetime(2025, 3, 1, 9))


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda at=None: at.date() if at else TODAY)


def at_desk(client, body=None, roles=("Biên tập",), username=None):
    """Somebody who works for a body, signed in."""
    user = make_user(username, roles, desk=body)
    client.force_login(user)
    return user


def due(days, **values):
    return {"due_on": TODAY + timedelta(days), "due_text": "có hạn"} | values


def stands(status, **values):
    """A published commitment whose published update says so."""
    item = published(make_commitment(**values))
    published(make_update(commitment=item, status=status, happened_on=TODAY - 40 * DAY))
    item.refresh_from_db()
    return item


def left_alone(item, days):
    """Published so many days ago, and never looked at since."""
    at = timezone.make_aware(datetime.combine(TODAY - timedelta(days), datetime.min.time()))
    type(item).objects.filter(pk=item.pk).update(published_at=at, last_checked_on=None)
    return item


def with_source(outcome, *, archived=None, **values):
    """A source whose addresses answered so."""
    source = make_source(url="https://example.vn/a", archived_url="https://luu.example.vn/a")
    for which, one in (("url", outcome), ("archived_url", archived)):
        if one:
            make_link_check(
                source=source,
                which=which,
                address=getattr(source, which),
                outcome=one,
                failing_since=None if one in ("opens", "moved") else ASKED_AT,
                **values,
            )
    return source


def rested_on(source):
    return published(make_commitment(source=source))


def changed_since(source):
    edited(source, url="https://example.vn/b")
    return source


# Each question: rows that have it, rows that don't. A deadline counts from the day itself.
CASES = {
    "overdue": (
        [lambda: stands("in_progress", **due(-1)), lambda: stands("partly_done", **due(-400))],
        [
            lambda: stands("in_progress", **due(0)),
            lambda: stands("done", **due(-1)),
            lambda: stands("paused", **due(-1)),
            lambda: published(make_commitment(**due(-1))),
            lambda: make_commitment(status="in_progress", **due(-1)),
        ],
    ),
    "due_this_month": (
        [
            lambda: published(make_commitment(**due(0))),
            lambda: stands("in_progress", **due(21)),
        ],
        [
            lambda: published(make_commitment(**due(-1))),
            lambda: published(make_commitment(**due(22))),
            lambda: stands("done", **due(5)),
            lambda: make_commitment(**due(5)),
        ],
    ),
    "past_unknown": (
        [lambda: published(make_commitment(**due(-1)))],
        [
            lambda: published(make_commitment(**due(0))),
            lambda: stands("in_progress", **due(-1)),
            lambda: make_commitment(**due(-1)),
        ],
    ),
    "unchecked": (
        [lambda: left_alone(published(make_commitment()), 91)],
        [
            lambda: left_alone(published(make_commitment()), 90),
            lambda: left_alone(stands("in_progress"), 91),
            lambda: left_alone(stands("done"), 91),
            make_commitment,
        ],
    ),
    "unanswered": (
        [lambda: published(make_request())],
        [
            make_request,
            lambda: published(make_commitment(answers=[published(make_request())])).answers.get(),
        ],
    ),
    "unproven": (
        [
            lambda: rested_on(with_source("gone")),
            lambda: rested_on(with_source("unreachable", archived="gone")),
        ],
        [
            lambda: rested_on(with_source("gone", archived="opens")),
            lambda: rested_on(with_source("moved")),
            lambda: rested_on(changed_since(with_source("gone"))),
            lambda: rested_on(make_source(url="https://example.vn/a")),
            lambda: make_commitment(source=with_source("gone")),
        ],
    ),
    "waiting": (
        [
            lambda: make_commitment(state=State.IN_REVIEW),
            lambda: edited(published(make_commitment()), title="Đã sửa"),
        ],
        [make_commitment, lambda: published(make_commitment())],
    ),
    "sent_back": (
        [
            lambda: make_commitment(review_note="Thiếu hạn"),
            lambda: edited(published(make_commitment()), title="Sửa", review_note="Sai"),
        ],
        [
            make_commitment,
            lambda: make_commitment(state=State.IN_REVIEW),
        ],
    ),
}


def test_every_question_has_its_cases():
    assert set(CASES) == {one.name for one in QUESTIONS}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.name)
def test_a_number_is_the_length_of_its_list(client, question):
    """The list that a number leads to shows exactly the rows that have the question."""
    at_desk(client, make_organization(), ("Duyệt",))
    fitting, others = CASES[question.name]
    found = {make() for make in fitting}
    for make in others:
        make()
    model = type(next(iter(found)))
    line = lines(client)[question.name]
    (number,) = [one for one in line.everybody if one.of == model._meta.verbose_name_plural]
    shown = client.get(number.url).context["cl"]
    assert set(shown.result_list) == found
    assert number.number == len(found) == shown.result_count


def first_page(client):
    answer = client.get("/admin/")
    assert answer.status_code == 200
    return answer.context["needs"]


def lines(client):
    return {line.name: line for line in first_page(client).lines}


def counted(numbers):
    return {one.of: one.number for one in numbers}


def test_every_number_of_a_full_page_leads_to_its_list(client, register):
    body = Commitment.objects.exclude(lead=None).first().lead
    at_desk(client, body, ("Biên tập", "Duyệt"))
    for makers in CASES.values():
        for make in makers[0]:
            make()
    page = first_page(client)
    numbers = [one for line in page.lines for one in line.everybody]
    numbers += [one for line in page.lines for _who, found in line.concerned for one in found]
    numbers += [one for body in page.bodies for cell in body.cells for one in cell]
    assert len(numbers) >= 20
    for one in numbers:
        answer = client.get(one.url)
        assert answer.status_code == 200, one.url
        assert answer.context["cl"].result_count == one.number, one.url


def test_the_first_page_asks_as_much_for_many_rows_as_for_one(client):
    ministry = make_organization()
    at_desk(client, ministry, ("Biên tập", "Duyệt"))
    counts = []
    for rows in (1, 6):
        for _place in range(rows):
            for makers in CASES.values():
                makers[0][0]()
            meeting = make_meeting(
                ministry=ministry,
                state_of_it="planned",
                held_on=None,
                planned_from=TODAY,
                planned_to=TODAY + DAY,
            )
            make_taken_up_item(meeting=meeting)
            make_tip()
            make_subscription(confirmed_at=ASKED_AT)
        client.get("/admin/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/admin/")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 25


# -- whose


def test_mine_are_the_items_of_my_body_its_units_and_those_before_it(client):
    ministry, before, other = (make_organization() for _place in range(3))
    unit = make_organization(parent=ministry, kind="ministry_unit")
    make_organization_succession(before, ministry)
    at_desk(client, unit)
    mine = [
        published(make_commitment(lead=body, meeting=make_meeting(ministry=other), **due(-1)))
        for body in (ministry, unit, before)
    ]
    mine.append(published(make_commitment(meeting=make_meeting(ministry=ministry), **due(-1))))
    mine.append(published(make_commitment(lead=other, current_lead=unit, **due(-1))))
    for _place in range(3):
        published(make_commitment(lead=other, meeting=make_meeting(ministry=other), **due(-1)))
    line = lines(client)["past_unknown"]
    ((_who, numbers),) = line.concerned
    assert counted(numbers) == {"cam kết": 5}
    assert counted(line.everybody) == {"cam kết": 8}
    assert set(client.get(numbers[0].url).context["cl"].result_list) == set(mine)


def test_without_a_desk_the_page_counts_the_whole_register(client):
    at_desk(client, None, ("Xem nội bộ",))
    published(make_commitment(**due(-1)))
    line = lines(client)["past_unknown"]
    assert line.concerned == []
    assert counted(line.everybody) == {"cam kết": 1}


def test_nobody_is_asked_to_review_what_they_wrote(client):
    user = at_desk(client, make_organization(), ("Biên tập", "Duyệt"))
    own = make_commitment(state=State.IN_REVIEW, by=user)
    touched = edited(make_commitment(state=State.IN_REVIEW), by=user, title="Sửa giúp")
    theirs = make_commitment(state=State.IN_REVIEW)
    line = lines(client)["waiting"]
    found = {
        str(who): set(client.get(numbers[0].url).context["cl"].result_list)
        for who, numbers in line.concerned
    }
    assert list(found.values()) == [{theirs}, {own, touched}]


def test_what_is_sent_back_is_told_to_who_wrote_it(client):
    user = at_desk(client, make_organization())
    mine = make_commitment(review_note="Thiếu hạn", by=user)
    make_commitment(review_note="Thiếu nguồn")
    line = lines(client)["sent_back"]
    ((_who, numbers),) = line.concerned
    assert set(client.get(numbers[0].url).context["cl"].result_list) == {mine}
    assert counted(line.everybody) == {"cam kết": 2}


EDITS = {
    "made": (lambda user: make_commitment(by=user), True),
    "made-by-another": (lambda user: make_commitment(), False),
    "published": (lambda user: published(make_commitment(by=user)), False),
    "edited-draft": (lambda user: edited(make_commitment(), by=user, title="Sửa"), True),
    "edited-since": (
        lambda user: edited(published(make_commitment()), by=user, title="Sửa"),
        True,
    ),
    "edited-then-by-another": (
        lambda user: edited(edited(make_commitment(), by=user, title="Sửa"), title="Lại"),
        True,
    ),
    "published-by-them": (lambda user: published(make_commitment(), by=user), False),
    "attendance": (lambda user: make_attendance(meeting=make_meeting(), by=user).meeting, True),
    "source": (lambda user: make_source(by=user), True),
}


@pytest.mark.both_databases
@pytest.mark.parametrize(("make", "is_editor"), EDITS.values(), ids=EDITS)
def test_both_spellings_of_who_changed_a_record_agree(make, is_editor):
    user = make_user()
    record = make(user)
    rows = type(record).objects
    assert (user.pk in record.editors()) is is_editor
    assert (record in rows.edited_by(user)) is is_editor
    assert (record in rows.untouched_by(user)) is not is_editor


# -- deadlines that were moved


def moved(days):
    item = stands("in_progress", **due(-1))
    published(
        make_update(
            commitment=item,
            status="in_progress",
            happened_on=TODAY - 5 * DAY,
            new_due_on=TODAY + timedelta(days),
            new_due_text="đến cuối năm",
        )
    )
    return item


def test_a_moved_deadline_counts_by_its_new_day(client):
    at_desk(client, make_organization())
    later, still = moved(200), moved(-1)
    changelist = address(Commitment)
    (shown,) = client.get(changelist, {"needs": "overdue"}).context["cl"].result_list
    assert shown == still
    for query, found in [({"deadline": "overdue"}, still), ({"deadline": "in_time"}, later)]:
        (shown,) = client.get(changelist, query).context["cl"].result_list
        assert shown == found
    page = client.get(changelist, {"deadline": "in_time"}).content.decode()
    assert f"{TODAY + 200 * DAY:%d/%m/%Y}" in page


def test_an_edit_that_waits_moves_no_deadline(client):
    at_desk(client, make_organization())
    item = stands("in_progress", **due(-1))
    edited(item, **due(300))
    (shown,) = client.get(address(Commitment), {"needs": "overdue"}).context["cl"].result_list
    assert shown == item


# -- by body


def test_items_are_counted_with_who_follows_them_today(client):
    mine, owes, follows = (make_organization() for _place in range(3))
    at_desk(client, mine)
    published(make_commitment(lead=owes, **due(-1)))
    published(make_commitment(lead=owes, current_lead=follows, **due(-1)))
    published(make_recommendation(lead=owes, **due(-1)))
    published(make_commitment(lead=mine, **due(-1)))
    published(make_request(**due(-1)))
    page = first_page(client)
    place = [line.name for line in page.lines].index("past_unknown")
    found = {body.name: {one.sign: one.number for one in body.cells[place]} for body in page.bodies}
    assert found == {
        mine.name: {"CK": 1},
        owes.name: {"CK": 1, "KH": 1},
        follows.name: {"CK": 1},
        gettext("No lead organization"): {"KN": 1},
    }
    assert page.bodies[0].name == mine.name
    assert page.bodies[0].is_mine


# -- what else is on the page


def test_sessions_to_come_lead_to_their_review(client):
    ministry = make_organization()
    at_desk(client, ministry)
    planned = {"state_of_it": "planned", "held_on": None, "planned_to": TODAY + 9 * DAY}
    theirs = make_meeting(planned_from=TODAY, **planned)
    mine = make_meeting(ministry=ministry, planned_from=TODAY + DAY, **planned)
    make_meeting()
    make_taken_up_item(meeting=mine)
    page = client.get("/admin/").content.decode()
    assert page.index(mine.title) < page.index(theirs.title)
    assert address(Meeting, "taken_up", mine.pk) in page
    assert len(first_page(client).sessions) == 2


def test_tips_wait_and_followers_are_counted_for_who_may_see_them(client):
    make_tip()
    make_subscription(confirmed_at=ASKED_AT)
    at_desk(client, make_organization(), ("Duyệt",))
    page = first_page(client)
    assert (page.tips.number, page.followers.number) == (1, 1)
    assert client.get(page.tips.url).context["cl"].result_count == 1
    assert client.get(page.followers.url).status_code == 200
    at_desk(client, make_organization(), ("Xem nội bộ",))
    page = first_page(client)
    assert (page.tips, page.followers) == (None, None)


def test_an_account_without_a_role_is_told_nothing(client):
    client.force_login(make_user())
    published(make_commitment(**due(-1)))
    page = first_page(client)
    assert (page.lines, page.bodies, page.sessions) == ([], [], [])


def test_nought_is_said_in_words(client):
    at_desk(client, make_organization(), ("Duyệt",))
    page = client.get("/admin/").content.decode()
    assert page.count(f'<span class="quiet">{gettext("nothing")}</span>') >= len(QUESTIONS)
    assert "needs=" not in page


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "query",
    [
        {"needs": "nothing"},
        {"whose": "yours"},
        {"unit": "abc"},
        {"unit": "9" * 30},
        {"unit": "-1"},
        {"needs": "overdue", "whose": "desk' OR 1=1"},
    ],
)
def test_a_hostile_address_shows_the_list(client, query):
    at_desk(client, make_organization())
    assert client.get(address(Commitment), query, follow=True).status_code == 200


@pytest.mark.parametrize(
    "model", [Source, Meeting, ProvinceRequest, Commitment, Recommendation, StatusUpdate]
)
def test_a_list_that_is_narrowed_asks_little(client, model):
    at_desk(client, make_organization(), ("Biên tập", "Duyệt"))
    for question in QUESTIONS:
        if model not in question.models:
            continue
        for whose in ("desk", "me", "others"):
            if whose == "desk" and model is Source:
                continue
            query = {"needs": question.name, "whose": whose}
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address(model), query).status_code == 200
            assert len(asked) <= 12


def test_a_question_is_one_query(client):
    user = at_desk(client, make_organization(), ("Biên tập", "Duyệt"))
    for question in QUESTIONS:
        count_needs(question, user, question.models, TODAY)
        with CaptureQueriesContext(connection) as asked:
            count_needs(question, user, question.models, TODAY)
        assert len(asked) == 1
