"""How a follow-up stands to its due day: one table, asked in Python and in SQL."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from engagements.deadlines import (
    COLUMNS,
    FIRST_COLUMNS,
    both_states,
    deadline_in_force,
    deadline_of,
    deadline_words,
    midnight,
)
from engagements.models import Edition, Recommendation
from engagements.publication.publishing import withdraw
from engagements.words import Deadline, FollowUpStatus
from tests.factories import (
    make_commitment,
    make_recommendation,
    make_remark,
    make_request,
    make_update,
    make_user,
    published,
)
from tests.pages import read

DUE = date(2024, 3, 31)
NEVER = None
BEFORE, ON, AFTER = DUE - timedelta(days=1), DUE, DUE + timedelta(days=1)
MONTH_BEFORE = DUE - timedelta(days=30)
LONG_BEFORE = DUE - timedelta(days=31)

DEADLINES = [
    # status, due, completed, asked on, state
    *(
        (status, DUE, NEVER, day, state)
        for status in ("not_started", "in_progress", "partly_done")
        for day, state in [
            (LONG_BEFORE, "in_time"),
            (MONTH_BEFORE, "due_soon"),
            (BEFORE, "due_soon"),
            (ON, "due_soon"),
            (AFTER, "overdue"),
        ]
    ),
    ("unknown", DUE, NEVER, LONG_BEFORE, "in_time"),
    ("unknown", DUE, NEVER, MONTH_BEFORE, "due_soon"),
    ("unknown", DUE, NEVER, BEFORE, "due_soon"),
    ("unknown", DUE, NEVER, ON, "due_soon"),
    ("unknown", DUE, NEVER, AFTER, "past_unknown"),
    *(
        (status, due, NEVER, day, "closed")
        for status in ("paused", "dropped", "transferred")
        for due in (DUE, NEVER)
        for day in (LONG_BEFORE, AFTER)
    ),
    *(
        (status, NEVER, NEVER, AFTER, "none")
        for status in ("unknown", "not_started", "in_progress", "partly_done", "done")
    ),
    *(
        ("done", DUE, completed, day, state)
        for day in (LONG_BEFORE, ON, AFTER)
        for completed, state in [
            (BEFORE, "on_time"),
            (ON, "on_time"),
            (AFTER, "late"),
            (NEVER, "done_undated"),
        ]
    ),
    ("done", NEVER, ON, AFTER, "none"),
]
WORDS, ONGOING = {"due_text": "sớm nhất"}, {"due_text": "thường xuyên", "is_ongoing": True}
WITHOUT_A_DAY = [
    # status, due, what else was given, state
    *((status, NEVER, WORDS, "words_only") for status in ("unknown", "in_progress")),
    *((status, NEVER, ONGOING, "ongoing") for status in ("unknown", "partly_done")),
    ("unknown", NEVER, {"is_ongoing": True}, "ongoing"),
    ("unknown", DUE, ONGOING, "ongoing"),  # "thường xuyên, đến hết quý I"
    *((status, DUE, WORDS, state) for status, state in [
        ("unknown", "past_unknown"), ("in_progress", "overdue"),
    ]),
    *((status, NEVER, more, state) for more in (WORDS, ONGOING) for status, state in [
        ("done", "none"), ("paused", "closed"), ("dropped", "closed"), ("transferred", "closed"),
    ]),
    ("done", DUE, ONGOING, "done_undated"),
    *((status, due, {"answer": answer}, "closed")
      for answer in ("explained", "declined")
      for status, due in [("unknown", DUE), ("in_progress", NEVER), ("done", DUE)]),
    *((status, DUE, {"response": "not_taken_up"}, "closed")
      for status in ("unknown", "in_progress", "done")),
    *(("unknown", DUE, {"response": response}, "past_unknown")
      for response in ("none_yet", "taken_up", "in_part", "")),
    *(("unknown", DUE, {"answer": answer}, "past_unknown")
      for answer in ("promised", "offered", "advised", "unanswered", "")),
]  # fmt: skip
CASES = [(*case[:4], {}, case[4]) for case in DEADLINES] + [
    (status, due_on, NEVER, AFTER, more, state) for status, due_on, more, state in WITHOUT_A_DAY
]


def test_the_table_has_every_status_and_every_state():
    assert {case[0] for case in CASES} == set(FollowUpStatus.values)
    assert {case[-1] for case in CASES} == set(Deadline.values)


@pytest.mark.parametrize(("status", "due_on", "completed_on", "on", "more", "state"), CASES)
def test_deadline(status, due_on, completed_on, on, more, state):
    assert deadline_of(status, due_on, completed_on, on, **more) == state


@pytest.mark.both_databases
@pytest.mark.django_db
@pytest.mark.parametrize("first", [False, True], ids=["in-force", "first"])
def test_deadline_asked_of_the_database(first):
    """Every case as a row of its own: each day and state finds exactly its rows."""
    names = FIRST_COLUMNS if first else {name: name for name in COLUMNS}
    Edition.objects.bulk_create(
        Edition(
            sequence=number,
            first_sequence=number,
            kind="commitment",
            record=number,
            code=f"CK-{number}",
            number=1,
            cause="edited",
            day=DUE,
            published_at=timezone.now(),
            changed_at=timezone.now(),
            status=status,
            completed_on=completed_on,
            **{names.get(name, name): value for name, value in {"due_on": due_on, **more}.items()},
        )
        for number, (status, due_on, completed_on, _on, more, _state) in enumerate(CASES, start=1)
    )
    for day in {case[3] for case in CASES}:
        found = {}
        for state in Deadline:
            for edition in Edition.objects.with_deadline(state, on=day, first=first):
                assert edition.pk not in found, "a row has two states"
                found[edition.pk] = state
        for edition in Edition.objects.all():
            told = edition.first_deadline(day) if first else edition.deadline(day)
            assert found[edition.pk] == told
        for number, case in enumerate(CASES, start=1):
            if case[3] == day:
                assert found[number] == case[-1], case


# -- the deadline in force

FIRST = {"first_due_on": DUE, "first_due_text": "quý I/2024", "first_is_ongoing": False}
SAID_NOTHING = {"due_on": None, "due_text": "", "is_ongoing": False}
MOVED = {"due_on": AFTER, "due_text": "đầu quý II", "is_ongoing": False}
MOVES = {
    # what the updates give, the deadline in force, how often it moved
    "none": ([], (DUE, "quý I/2024", False), 0),
    "news-alone": ([SAID_NOTHING], (DUE, "quý I/2024", False), 0),
    "a-day": ([MOVED, SAID_NOTHING], (AFTER, "đầu quý II", False), 1),
    "words-void-the-day": ([MOVED, SAID_NOTHING | WORDS], (None, "sớm nhất", False), 2),
    "ongoing": ([SAID_NOTHING | {"is_ongoing": True}], (None, "", True), 1),
    "a-day-again": ([SAID_NOTHING | ONGOING, MOVED], (AFTER, "đầu quý II", False), 2),
}


@pytest.mark.parametrize(("updates", "in_force", "moves"), MOVES.values(), ids=MOVES)
def test_the_last_update_that_gives_a_deadline_gives_the_whole_of_it(updates, in_force, moves):
    told = deadline_in_force(FIRST, updates)
    assert tuple(told[name] for name in COLUMNS) == in_force
    assert told["moves"] == moves


LINES = {
    "day-and-words": (DUE, "quý I/2024", False, "quý I/2024 (31/03/2024)"),
    "day-in-the-words": (DUE, "trước 31/3/2024", False, "trước 31/3/2024"),
    "padded-in-the-words": (DUE, "trước 31/03/2024", False, "trước 31/03/2024"),
    "another-day-in-the-words": (ON, "từ 31/3/20241", False, "từ 31/3/20241 (31/03/2024)"),
    "words": (None, "sớm nhất", False, "sớm nhất"),
    "ongoing-in-words": (None, "hằng năm", True, "hằng năm"),
    "ongoing": (None, "", True, "Thường xuyên"),
    "day": (DUE, "", False, "31/03/2024"),
    "none": (None, "", False, ""),
}


@pytest.mark.parametrize(("due_on", "words", "is_ongoing", "line"), LINES.values(), ids=LINES)
def test_a_deadline_in_one_line_says_its_day_once(due_on, words, is_ongoing, line):
    with override("vi"):
        assert deadline_words(due_on, words, is_ongoing) == line


def test_the_state_against_the_first_deadline_stands_beside_where_it_is_another():
    with override("vi"):
        assert both_states(Deadline.OVERDUE, Deadline.OVERDUE) == "Quá hạn"
        assert both_states(Deadline.IN_TIME, Deadline.OVERDUE) == (
            "Trong hạn; so với hạn đầu: Quá hạn"
        )


@pytest.mark.django_db
def test_only_what_is_followed_up_has_a_deadline():
    published(make_update(new_due_on=DUE, new_due_text="quý I"))
    published(make_remark())
    kinds = {
        one.kind for state in Deadline for one in Edition.objects.with_deadline(state, on=AFTER)
    }
    assert kinds == {"commitment"}


def test_a_local_day_begins_at_midnight_in_viet_nam():
    assert midnight(date(2025, 3, 1)) == datetime(2025, 2, 28, 17, tzinfo=UTC)


def test_the_beginning_of_a_local_day_is_told_in_one_place():
    spelled = re.compile(r"combine\([^\n]*\bmin\b")
    offenders = [
        str(path.relative_to(settings.BASE_DIR))
        for folder in ("engagements", "provinces", "config")
        for path in (settings.BASE_DIR / folder).rglob("*.py")
        if path.name != "deadlines.py" and spelled.search(path.read_text(encoding="utf-8"))
    ]
    assert offenders == []


# -- told alike in every place, after the owing side moved a day that had passed


PLACES = {
    "list": "/en/cam-ket/",
    "page": "/en/cam-ket/{code}/",
    "province": "/en/tinh/{province}/",
    "session": "/en/buoi-lam-viec/{meeting}/",
}


@pytest.fixture
def moved(db):
    """A promise for the last year, moved to the next one; both far from any day of today."""
    today = timezone.localdate()
    first, later = today - timedelta(days=100), today + timedelta(days=100)
    promise = published(make_commitment(due_on=first, due_text="hạn đầu tiên"))
    published(make_update(commitment=promise, new_due_on=later, new_due_text="hạn mới"))
    promise.refresh_from_db()
    return promise


@pytest.mark.both_databases
def test_moving_a_day_that_has_passed_wipes_nothing_in_the_api(moved, client):
    told = client.get(f"/api/v1/commitments/{moved.code}/").json()
    assert (told["deadline"], told["first_deadline"], told["moves"]) == ("in_time", "overdue", 1)
    for query in ("deadline=in_time", "first_deadline=overdue"):
        rows = client.get(f"/api/v1/commitments/?{query}").json()["results"]
        assert rows == [told]
    assert client.get("/api/v1/commitments/?deadline=overdue").json()["results"] == []
    (line,) = client.get("/api/v1/commitments/?format=ndjson").getvalue().decode().splitlines()
    assert '"deadline":"in_time","first_deadline":"overdue"' in line


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_moving_a_day_that_has_passed_wipes_nothing_on_a_page(moved, client, place):
    names = {"province": moved.province.slug, "meeting": moved.meeting.slug, "code": moved.code}
    text = read(client, place.format(**names)).text
    assert "against the first deadline: Overdue by 100 days" in text
    assert "In time" in text


@pytest.mark.parametrize(
    ("given", "state", "label"),
    [
        ({"due_text": "sớm nhất"}, "words_only", "Có hạn, không rõ ngày"),
        ({"due_text": "hằng năm", "is_ongoing": True}, "ongoing", "Thường xuyên"),
        ({"is_ongoing": True}, "ongoing", "Thường xuyên"),
    ],
)
def test_a_deadline_without_a_day_is_told_as_such(db, client, given, state, label):
    promise = published(make_commitment(**given))
    assert client.get(f"/api/v1/commitments/{promise.code}/").json()["deadline"] == state
    page = read(client, f"/cam-ket/?deadline={state}").text
    assert label in page
    assert promise.code in page
    assert given.get("due_text", label) in read(client, f"/cam-ket/{promise.code}/").text


@pytest.mark.both_databases
def test_words_alone_void_the_day_until_that_update_is_withdrawn(db, client):
    promise = published(make_commitment(due_on=DUE, due_text="quý I/2024"))
    update = published(make_update(commitment=promise, new_due_text="khi có đủ vốn"))
    address = f"/api/v1/commitments/{promise.code}/"
    told = client.get(address).json()
    assert (told["due_on"], told["due_text"], told["deadline"]) == (
        None,
        "khi có đủ vốn",
        "words_only",
    )
    assert (told["first_due_on"], told["first_deadline"]) == ("2024-03-31", "overdue")
    withdraw(update, by=make_user())
    told = client.get(address).json()
    assert (told["due_on"], told["due_text"], told["moves"]) == ("2024-03-31", "quý I/2024", 0)


def test_no_clock_runs_for_advice_that_was_not_taken_up(db, client):
    """Page, lists, counts, desk and calendar alike; taken back, it runs again."""
    advice = published(make_recommendation(due_on=DUE, due_text="quý I/2024"))
    update = published(make_update(recommendation=advice, status="", response="not_taken_up"))
    address, on = f"/api/v1/recommendations/{advice.code}/", timezone.localdate()

    def told():
        row = client.get(address).json()
        advice.refresh_from_db()
        del advice.due, advice.read_today
        listed = {
            state.value
            for state in Deadline
            if client.get(f"/api/v1/recommendations/?deadline={state}").json()["results"]
        }
        counted = client.get("/api/v1/stats/?by=deadline").json()["results"]
        desk = {
            state.value
            for state in Deadline
            if Recommendation.objects.with_deadline(state, on=on).exists()
        }
        due = b"BEGIN:VEVENT" in client.get("/khuyen-nghi/lich.ics").content
        states = {row["deadline"], str(advice.deadline(on)), *listed, *desk}
        return states | {line["key"] for line in counted}, row["first_deadline"], due

    assert advice.due["response"] == advice.read_today["response"] == "not_taken_up"
    assert told() == ({"closed"}, "closed", False)
    withdraw(update, by=make_user())
    assert advice.due  # read before, and again
    assert told() == ({"past_unknown"}, "past_unknown", True)


@pytest.mark.parametrize("answer", ["explained", "declined"])
def test_no_clock_runs_for_a_request_that_was_answered_for_good(db, client, answer):
    asked = published(make_request(due_on=DUE, due_text="quý I/2024"))
    published(make_update(request=asked, status="unknown", answer=answer))
    told = client.get(f"/api/v1/requests/{asked.code}/").json()
    assert (told["deadline"], told["first_deadline"]) == ("closed", "closed")
