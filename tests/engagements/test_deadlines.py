"""How a follow-up stands to its due day: one table, asked in Python and in SQL."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from engagements.deadlines import deadline_of, midnight
from engagements.models import Edition
from engagements.words import Deadline, FollowUpStatus
from tests.factories import make_remark, make_update, published

pytestmark = pytest.mark.both_databases

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


def test_the_table_has_every_status_and_every_state():
    assert {case[0] for case in DEADLINES} == set(FollowUpStatus.values)
    assert {case[-1] for case in DEADLINES} == set(Deadline.values)


@pytest.mark.parametrize(("status", "due_on", "completed_on", "on", "state"), DEADLINES)
def test_deadline(status, due_on, completed_on, on, state):
    assert deadline_of(status, due_on, completed_on, on) == state


@pytest.mark.django_db
def test_deadline_asked_of_the_database():
    """Every case as a row of its own: each day and state finds exactly its rows."""
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
            due_on=due_on,
            completed_on=completed_on,
        )
        for number, (status, due_on, completed_on, _on, _state) in enumerate(DEADLINES, start=1)
    )
    for day in {case[3] for case in DEADLINES}:
        found = {}
        for state in Deadline:
            for edition in Edition.objects.with_deadline(state, on=day):
                assert edition.pk not in found, "a row has two states"
                found[edition.pk] = state
        for edition in Edition.objects.all():
            assert found[edition.pk] == edition.deadline(day)
        for number, case in enumerate(DEADLINES, start=1):
            if case[3] == day:
                assert found[number] == case[4], case


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
