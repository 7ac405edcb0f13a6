"""What the API promises, as facts: a change that takes one away breaks somebody's program.

python tools/contract.py          says what the code breaks against docs/openapi.json
python tools/contract.py --write  writes docs/openapi.json anew
"""

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "docs" / "openapi.json"
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
        KEPT.write_text(written(schema), encoding="utf-8")
        return
    lost = broken(json.loads(KEPT.read_text(encoding="utf-8")), schema)
    for line in lost:
        print(f"No longer: {line}")
    sys.exit(bool(lost))


if __name__ == "__main__":
    main()
