"""Check constraints are validated by one query where they hold, and told as Django tells them."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import DataError, connection, models
from django.test.utils import CaptureQueriesContext

from provinces.models import constraints
from tests.factories import make_commitment, make_province

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def asked(validate):
    """Questions about check constraints, of which each is of no table."""
    with CaptureQueriesContext(connection) as queries:
        validate()
    return [query for query in queries if "_check" in query["sql"]]


def messages_of(validate):
    with pytest.raises(ValidationError) as refused:
        validate()
    return sorted(refused.value.messages)


def as_django_does(record, **options):
    return lambda: models.Model.validate_constraints(record, **options)


def test_what_holds_is_asked_once(db):
    record = make_commitment()
    assert len(asked(record.validate_constraints)) == 1
    assert len(asked(as_django_does(record))) > 10


def test_what_does_not_hold_is_told_one_by_one(db):
    record = make_commitment()
    record.due_on, record.due_text, record.status = date(2025, 7, 1), "", "none-of-them"
    record.completed_on = date(2025, 7, 1)
    told = messages_of(record.validate_constraints)
    assert len(told) == 3
    assert told == messages_of(as_django_does(record))


def test_constraints_of_fields_that_a_form_leaves_out_are_passed_over(db):
    record = make_commitment()
    record.due_on, record.due_text, record.status = date(2025, 7, 1), "", "none-of-them"
    told = messages_of(lambda: record.validate_constraints(exclude={"due_text"}))
    assert len(told) == 1
    assert told == messages_of(as_django_does(record, exclude={"due_text"}))
    record.status = "unknown"
    assert len(asked(lambda: record.validate_constraints(exclude={"due_text"}))) == 1


def test_the_next_validation_looks_again(db):
    unit = make_province()
    unit.validate_constraints()
    unit.kind = "kingdom"
    assert messages_of(unit.validate_constraints)


@pytest.mark.parametrize("error", [DataError, ValueError])
def test_a_value_that_the_database_takes_for_none_hides_no_other_fault(db, monkeypatch, error):
    def takes_it_for_none(given, using):
        raise error

    monkeypatch.setattr(constraints, "all_hold", takes_it_for_none)
    unit = make_province()
    unit.validate_constraints()
    unit.kind = "kingdom"
    assert messages_of(unit.validate_constraints) == messages_of(as_django_does(unit))
