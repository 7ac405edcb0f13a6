"""Impossible days: rules held by form, import, publication and the check of older rows."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone, translation

from engagements.days import DayRule, broken_rule, impossible_days
from engagements.models import Commitment, StatusUpdate
from engagements.publication.checks import problems
from engagements.publication.publishing import withdraw
from tests.desk import add, save
from tests.factories import (
    make_commitment,
    make_meeting,
    make_source,
    make_update,
    make_user,
    published,
)

TODAY = date(2026, 11, 30)
SESSION = date(2024, 2, 29)  # that of make_meeting
DAY = timedelta(days=1)
DAYS = {
    "before-the-first-year": (date(1944, 12, 31), "year_outside"),
    "after-the-last-year": (date(2101, 1, 1), "year_outside"),
    "day-before-the-session": (SESSION - DAY, "before_session"),
    "day-of-the-session": (SESSION, None),
    "day-after-the-session": (SESSION + DAY, None),
    "yesterday": (TODAY - DAY, None),
    "today": (TODAY, None),
    "tomorrow": (TODAY + DAY, "after_today"),
}
# one mistyped day of each kind
WRONG = {
    "mistyped-year": (date(2206, 6, 3), "year_outside"),
    "to-come": (TODAY + DAY, "after_today"),
    "before-the-session": (SESSION - DAY, "before_session"),
}
MESSAGES = {
    "year_outside": (
        "A year from 1945 to 2100 is expected.",
        "Năm phải trong khoảng 1945 đến 2100.",
    ),
    "after_today": ("This day is still to come.", "Ngày này chưa đến."),
    "before_session": ("This day is before the session.", "Ngày này trước buổi làm việc."),
}  # fmt: skip


def again(record):
    return type(record).objects.get(pk=record.pk)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *args: TODAY)


@pytest.fixture
def editor(client, db):
    user = make_user("an", is_superuser=True)
    client.force_login(user)
    return user


@pytest.mark.parametrize(("day", "rule"), DAYS.values(), ids=DAYS)
def test_a_day_that_is_past_stands_between_the_session_and_today(day, rule):
    assert broken_rule(day, TODAY, SESSION) == rule


def test_while_the_day_of_the_session_is_not_known_nothing_is_held_against_it():
    assert broken_rule(SESSION - DAY, TODAY) is None


@pytest.mark.parametrize("rule", DayRule)
def test_each_rule_is_told_in_both_languages(rule):
    for language, message in zip(("en", "vi"), MESSAGES[rule], strict=True):
        with translation.override(language):
            assert str(rule.label) == message


@pytest.mark.parametrize("name", ["happened_on", "completed_on"])
@pytest.mark.parametrize(("day", "rule"), WRONG.values(), ids=WRONG)
def test_an_update_keeps_the_rules(db, name, day, rule):
    update = make_update(**{"status": "done", name: day})
    assert impossible_days(update, TODAY) == {name: rule}
    with pytest.raises(ValidationError) as refused:
        update.full_clean()
    assert set(refused.value.error_dict) == {name}


@pytest.mark.parametrize(("day", "rule"), WRONG.values(), ids=WRONG)
def test_when_it_was_last_checked_keeps_the_rules(db, day, rule):
    assert impossible_days(make_commitment(last_checked_on=day), TODAY) == {"last_checked_on": rule}


def test_any_other_day_keeps_to_the_years(db):
    year = DayRule.YEAR_OUTSIDE
    source = make_source(issued_on=date(2204, 3, 1), accessed_on=date(2024, 3, 1))
    assert impossible_days(source, TODAY) == {"issued_on": year}
    promise = make_commitment(due_on=date(2205, 1, 1), due_text="trước 1/1/2205")
    assert impossible_days(promise, TODAY) == {"due_on": year}
    update = make_update(new_due_on=date(1024, 1, 1), new_due_text="đầu năm")
    assert impossible_days(update, TODAY) == {"new_due_on": year}
    assert impossible_days(make_meeting(), TODAY) == {}


def test_what_is_no_day_is_refused_by_the_field_alone(db):
    promise = make_commitment()
    promise.last_checked_on = "hôm qua"
    with pytest.raises(ValidationError) as refused:
        promise.full_clean()
    assert set(refused.value.error_dict) == {"last_checked_on"}


@pytest.mark.parametrize(
    ("make", "name"),
    [(make_meeting, "held_on"), (make_source, "issued_on"), (make_source, "accessed_on")],
)
def test_a_session_was_held_and_a_paper_issued_and_read_on_a_day_that_has_come(db, make, name):
    record = make(**{name: TODAY + DAY})
    assert impossible_days(record, TODAY) == {name: "after_today"}
    with pytest.raises(ValidationError) as refused:
        record.full_clean()
    assert set(refused.value.error_dict) == {name}
    assert impossible_days(make(**{name: TODAY}), TODAY) == {}


def test_a_session_may_be_planned_for_a_day_to_come(db):
    planned = {"state_of_it": "planned", "held_on": None}
    days = {"planned_from": TODAY + DAY, "planned_to": TODAY + 2 * DAY}
    assert impossible_days(make_meeting(**planned, **days), TODAY) == {}


# -- in a form


@pytest.mark.parametrize(("day", "rule"), WRONG.values(), ids=WRONG)
def test_the_form_of_an_update_comes_back_as_it_was_filled(editor, client, day, rule):
    given = {
        "commitment": published(make_commitment()).pk,
        "happened_on": f"{day:%d/%m/%Y}",
        "status": "in_progress",
        "voice": "ministry",
        "basis": "staff",
        "text": "Đang làm",
    }
    form = add(client, StatusUpdate, **given).context["adminform"].form
    assert form.errors == {"happened_on": [MESSAGES[rule][1]]}
    assert {name: form[name].value() for name in ("happened_on", "text", "status")} == {
        name: given[name] for name in ("happened_on", "text", "status")
    }
    assert not StatusUpdate.objects.exists()


def test_the_form_of_an_item_refuses_a_day_to_come(editor, client):
    promise = make_commitment()
    answer = save(client, promise, last_checked_on="01/12/2026", title="Khác")
    form = answer.context["adminform"].form
    assert form.errors == {"last_checked_on": ["Ngày này chưa đến."]}
    assert form["title"].value() == "Khác"
    assert save(client, promise, last_checked_on="30/11/2026").status_code == 302


def test_an_older_day_that_a_form_does_not_show_is_told_above_it(editor, client):
    """The form of a session shows no day of the last check of its items."""
    promise = make_commitment(last_checked_on=TODAY + DAY)
    answer = save(client, promise.meeting, **{"commitments-0-title": "Khác"})
    assert answer.status_code == 200
    rows = next(
        inline.formset
        for inline in answer.context["inline_admin_formsets"]
        if inline.formset.prefix == "commitments"
    )
    assert rows.forms[0].non_field_errors() == ["Ngày này chưa đến."]
    assert again(promise).title != "Khác"


# -- at publication, and in what is there


@pytest.mark.parametrize(("day", "rule"), WRONG.values(), ids=WRONG)
def test_it_is_not_published(db, day, rule):
    update = make_update(commitment=published(make_commitment()), happened_on=day)
    with translation.override("vi"):
        assert problems(update) == [f"Ngày diễn ra: {MESSAGES[rule][1]}"]


def check():
    out = StringIO()
    try:
        call_command("check_register", stdout=out)
    except CommandError as error:
        return out.getvalue().splitlines(), str(error)
    return out.getvalue().splitlines(), None


@pytest.mark.both_databases
def test_the_register_is_checked_for_rows_that_were_there_before(db):
    promise = published(make_commitment())
    Commitment.objects.filter(pk=promise.pk).update(last_checked_on=date(2206, 1, 1))
    update = make_update(commitment=promise, happened_on=SESSION - DAY)
    assert check() == (
        [
            f"{promise.code}: last_checked_on: 2206-01-01: A year from 1945 to 2100 is expected.",
            f"update {update.pk}: happened_on: 2024-02-28: This day is before the session.",
        ],
        "2 values break a rule.",
    )


def test_a_register_without_such_rows_passes_the_check(db):
    published(make_update())
    assert check() == (["No row breaks a rule."], None)


def test_what_is_withdrawn_is_not_checked(db):
    promise = published(make_commitment())
    withdraw(promise, by=make_user())
    Commitment.objects.filter(pk=promise.pk).update(last_checked_on=TODAY + DAY)
    assert check() == (["No row breaks a rule."], None)


@pytest.mark.both_databases
def test_the_check_reads_a_table_at_once(db, django_assert_max_num_queries):
    for _number in range(5):
        published(make_update())
    with django_assert_max_num_queries(10):
        check()
