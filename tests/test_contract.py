"""The API's description is kept in docs/openapi.json: what it promised must still hold."""

import copy
import json

import pytest

from tools import contract

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def kept():
    return json.loads(contract.KEPT.read_text(encoding="utf-8"))


def test_nothing_that_was_promised_is_gone(kept):
    assert contract.broken(kept, contract.now()) == []


def test_the_kept_description_is_the_current_one():
    """After an addition: `make schema`."""
    assert contract.KEPT.read_text(encoding="utf-8") == contract.written(contract.now())


def commitments(schema):
    return schema["paths"]["/api/v1/commitments/"]["get"]


def take_a_path_away(schema):
    del schema["paths"]["/api/v1/commitments/{code}/"]


def take_a_parameter_away(schema):
    commitments(schema)["parameters"] = [
        one for one in commitments(schema)["parameters"] if one["name"] != "strength"
    ]


def require_a_parameter(schema):
    for one in commitments(schema)["parameters"]:
        if one["name"] == "province":
            one["required"] = True


def take_a_key_away(schema):
    del schema["components"]["schemas"]["Commitment"]["properties"]["due_on"]


def rename_a_value(schema):
    values = schema["components"]["schemas"]["DeadlineEnum"]["enum"]
    values[values.index("overdue")] = "late_now"


def change_a_type(schema):
    schema["components"]["schemas"]["Evidence"]["properties"]["paragraph"] = {"type": "string"}


def take_a_format_away(schema):
    del commitments(schema)["responses"]["200"]["content"]["text/csv"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (take_a_path_away, "GET /api/v1/commitments/{code}/ is there"),
        (take_a_parameter_away, "GET /api/v1/commitments/ takes strength"),
        (require_a_parameter, "GET /api/v1/commitments/ can be asked without province"),
        (take_a_key_away, "Commitment has due_on"),
        (rename_a_value, 'DeadlineEnum may be "overdue"'),
        (change_a_type, "Evidence.paragraph has type"),
        (take_a_format_away, "GET /api/v1/commitments/ answers 200 as text/csv"),
    ],
)
def test_what_a_change_breaks_is_named(kept, change, said):
    changed = copy.deepcopy(kept)
    change(changed)
    assert any(line.startswith(said) for line in contract.broken(kept, changed))


def add_a_key(schema):
    schema["components"]["schemas"]["Commitment"]["properties"]["colour"] = {"type": "string"}


def add_a_parameter(schema):
    commitments(schema)["parameters"].append({"name": "colour", "in": "query"})


def say_it_otherwise(schema):
    commitments(schema)["description"] = "In other words."


@pytest.mark.parametrize("change", [add_a_key, add_a_parameter, say_it_otherwise])
def test_an_addition_breaks_nothing(kept, change):
    changed = copy.deepcopy(kept)
    change(changed)
    assert contract.broken(kept, changed) == []
