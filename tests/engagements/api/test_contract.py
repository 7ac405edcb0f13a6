"""The API's description is kept in docs/openapi.json: what it promised must still hold."""

import copy
import json

import pytest
from django.core.cache import caches
from django.db import OperationalError, connection

from engagements.models import ProvinceRequest
from engagements.publication.publishing import withdraw
from tests.factories import publisher
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


# -- examples


def operations(schema):
    return {item["get"]["operationId"]: item["get"] for item in schema["paths"].values()}


def test_every_example_is_what_the_register_answers(kept, register, client):
    """But for the hour of publication; of long lists the first row is shown."""
    examples = json.loads(contract.EXAMPLES.read_text(encoding="utf-8"))
    asked = contract.asked(kept)
    assert set(examples) == set(asked) | set(contract.refusals())
    for name, address in asked.items():
        answer = client.get(address)
        assert answer.status_code == int(name[-3:] if name in contract.WRONG else 200)
        assert contract.example(address, answer.content.decode()) == examples[name], name


def test_refusals_are_those_of_the_api(register, client, settings):
    withdraw(ProvinceRequest.objects.get(code="KN-1"), by=publisher())
    gone = client.get("/api/v1/requests/KN-1/")
    assert gone.json() == contract.refusals()["problem_410"]["answer"]
    refused = client.post("/api/v1/requests/")
    assert refused.json() == contract.refusals()["problem_405"]["answer"]
    settings.API_RATES = {"answers": "1/min", "files": None}
    caches["limits"].clear()
    client.get("/api/v1/topics/")
    told = client.get("/api/v1/topics/")
    wait = told["Retry-After"]
    shown = contract.refusals()["problem_429"]["answer"]
    assert told.json() == shown | {"detail": shown["detail"].replace("30", wait)}


def test_the_answer_of_a_database_that_is_away_is_that_of_the_api(db, client):
    def refuse(*query):
        raise OperationalError("database is locked")

    with connection.execute_wrapper(refuse):
        answer = client.get("/api/v1/requests/")
    assert answer.json() == contract.refusals()["problem_503"]["answer"]


def test_every_answer_has_an_example_and_every_parameter_its_words(kept):
    for name, operation in operations(kept).items():
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "query":
                assert parameter["description"], (name, parameter["name"])
        for status, answer in operation["responses"].items():
            assert answer["description"], (name, status)
            for media_type, content in answer.get("content", {}).items():
                if media_type in JSON and name not in WITHOUT_ONE:
                    (example,) = content["examples"].values()
                    found = example["$ref"].rpartition("/")[2]
                    assert kept["components"]["examples"][found]["value"], (name, status)


JSON = {"application/json", "application/problem+json"}
# The documents hold none.
WITHOUT_ONE = {"get_update", "list_update_editions", "get_update_edition"}


def test_values_of_parameters_are_taken(kept, register, client):
    """Each filter with the value that its description shows, on each list."""
    lists = {path: item for path, item in kept["paths"].items() if "{" not in path}
    for path, item in lists.items():
        for parameter in item["get"].get("parameters", []):
            for value in parameter["schema"].get("examples", []):
                if parameter.get("explode") is False:
                    value = ",".join(value)
                answer = client.get(path, {parameter["name"]: value})
                assert answer.status_code == 200, (path, parameter["name"], answer.content)
                if answer.streaming:
                    assert b"".join(answer)
