"""What the API promises, as facts: a change that takes one away breaks somebody's program.

python tools/contract.py          says what the code breaks against docs/openapi.json
python tools/contract.py --write  asks a newly loaded register for the examples, and writes
                                  them and docs/openapi.json anew
"""

import json
import os
import re
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "docs" / "openapi.json"
EXAMPLES = ROOT / "engagements" / "api" / "examples.json"
METHODS = ("get", "head", "options", "post", "put", "patch", "delete")


def facts(schema):
    """Everything a client may rely on, as readable lines."""
    found = set()
    for path, item in schema["paths"].items():
        for method in METHODS:
            if operation := item.get(method):
                found |= _of_operation(f"{method.upper()} {path}", operation)
    for name, shape in schema.get("components", {}).get("schemas", {}).items():
        found |= _of_shape(name, shape)
    return found


def _of_operation(where, operation):
    found = {f"{where} is there", f"{where} is called {operation['operationId']}"}
    for parameter in operation.get("parameters", []):
        name = parameter["name"]
        found.add(f"{where} takes {name}")
        if not parameter.get("required"):
            found.add(f"{where} can be asked without {name}")
        found |= _of_values(f"{where} {name}", parameter.get("schema", {}))
    for status, answer in operation.get("responses", {}).items():
        found.add(f"{where} may answer {status}")
        for media_type, content in answer.get("content", {}).items():
            found.add(f"{where} answers {status} as {media_type}")
            found |= _of_shape(f"{where} {status} {media_type}", content.get("schema", {}))
    return found


def _of_shape(where, shape):
    found = _of_values(where, shape)
    for key in ("$ref", "type", "format"):
        if key in shape:
            found.add(f"{where} has {key} {json.dumps(shape[key])}")
    for name in shape.get("required", []):
        found.add(f"{where} always has {name}")
    for name, one in shape.get("properties", {}).items():
        found.add(f"{where} has {name}")
        found |= _of_shape(f"{where}.{name}", one)
    for key in ("items", "additionalProperties"):
        if isinstance(shape.get(key), dict):
            found |= _of_shape(f"{where}[]", shape[key])
    for key in ("allOf", "oneOf", "anyOf"):
        for one in shape.get(key, []):
            found |= _of_shape(where, one)
    return found


def _of_values(where, shape):
    return {f"{where} may be {json.dumps(value)}" for value in shape.get("enum", [])}


def broken(before, after):
    """Facts that no longer hold, in order."""
    return sorted(facts(before) - facts(after))


# -- examples

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+Z")
SOME_INSTANT = "2026-01-01T01:00:00Z"  # when a register is loaded is not part of an example
WRONG = {
    "problem_400": "/api/v1/requests/?statu=done",
    "problem_404": "/api/v1/requests/KN-0/",
    "problem_406": "/api/v1/requests/?format=pdf",
}


def asked(schema):
    """What is asked for the example of each operation: its name and an address."""
    found = dict(WRONG)
    for path, item in schema["paths"].items():
        operation = item["get"]
        parameters = {one["name"]: one for one in operation.get("parameters", [])}
        values = {name: one.get("example") for name, one in parameters.items() if "example" in one}
        if len(values) < path.count("{"):
            continue  # the register has none of these yet
        path = path.format(**values)
        if "page_size" in parameters:
            path += "?page_size=1"
        elif "by" in parameters:
            path += "?by=topic"
        found[operation["operationId"]] = path
    return found


def example(address, body):
    """An answer as the description shows it: of a list, the first row."""
    answer = json.loads(INSTANT.sub(SOME_INSTANT, body))
    told = f"GET {address}"
    if isinstance(answer.get("results"), list) and len(answer["results"]) > 1:
        answer["results"] = answer["results"][:1]
        told += " (its first row)"
    elif "update_answer" in answer:
        answer = {"status": answer["status"]}
        told += " (one of its lists)"
    return {"asked": told, "answer": answer}


def refusals():
    """Errors that a newly loaded register cannot be made to answer, as its handler writes them."""
    from django.utils import translation
    from rest_framework.exceptions import MethodNotAllowed, Throttled

    from config.errors import DATABASE_AWAY
    from engagements.api.problems import Gone, problem, problem_details

    with translation.override("vi"):
        errors = {
            "problem_405": MethodNotAllowed("POST"),
            "problem_410": Gone(),
            "problem_429": Throttled(wait=30),
        }
        written = {name: problem_details(error, {}).data for name, error in errors.items()}
        written["problem_503"] = problem(503, "unavailable", DATABASE_AWAY)
        return {
            name: {"asked": said, "answer": written[name]}
            for name, said in {
                "problem_405": "POST /api/v1/requests/",
                "problem_410": "GET what was withdrawn",
                "problem_429": "GET, more often than the limit",
                "problem_503": "GET while the database is busy or away",
            }.items()
        }


def ask_for_examples():
    """Writes the examples from a register of its own."""
    from tools.served import served

    found = refusals()
    with tempfile.TemporaryDirectory() as folder, served(folder) as place:
        for name, address in asked(now()).items():
            try:
                with urllib.request.urlopen(place + address, timeout=30) as answer:  # noqa: S310
                    body = answer.read()
            except urllib.error.HTTPError as error:
                body = error.read()
            found[name] = example(address, body.decode())
    EXAMPLES.write_text(written(found), encoding="utf-8")


# -- the description


def now():
    """The description that the code gives."""
    from django.test import Client

    return Client().get("/api/schema/").json()


def written(schema):
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("DEBUG", "1")
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    schema = now()
    if "--write" in sys.argv[1:]:
        from engagements.api.schema import recorded_examples

        ask_for_examples()
        recorded_examples.cache_clear()
        schema = now()
        KEPT.write_text(written(schema), encoding="utf-8")
        return
    lost = broken(json.loads(KEPT.read_text(encoding="utf-8")), schema)
    for line in lost:
        print(f"No longer: {line}")
    sys.exit(bool(lost))


if __name__ == "__main__":
    main()
