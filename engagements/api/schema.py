"""Postprocessing hook of drf-spectacular: what the OpenAPI description says beyond the views."""

import json
from copy import deepcopy
from functools import cache
from pathlib import Path

from .problems import PROBLEM_JSON

JSON = "application/json"
REF = "#/components/schemas/"

# What a filter asks for, and a value that the loaded register knows.
PARAMETER_DESCRIPTIONS = {
    "after": ("0, or the `after` of the last answer.", 0),
    "answer": ("What became of a request; given again for each further one.", ["unanswered"]),
    "as_of": ("The list as the public could read it at the end of that day.", "2026-06-30"),
    "by": ("What the follow-ups are counted by.", "topic"),
    "cursor": ("From `next` or `previous` of an answer; never made up.", None),
    "deadline": ("How the day it is due stands today, or on `as_of`.", "none"),
    "first_deadline": ("The same, against the day that was promised first.", "none"),
    "fields": ("Keys of the record to give, parted by commas.", ["code", "title", "text", "value"]),
    "general": ("Whether no paper could ever show it to be done.", "true"),
    "format": ("The list as a file, with every row.", "csv"),
    "from": ("Said or issued on this day or later.", "2024-01-01"),
    "indicator": ("Slug of an indicator.", "xep-hang-pci"),
    "inferred": ("What is concluded by us and not said: a claim, `any` or `none`.", "none"),
    "kind": ("Rows of this kind alone.", None),
    "lead": ("Slug of the organization that leads.", "bo-thong-tin-va-truyen-thong"),
    "lineage": ("`false` leaves out the units that the province was made from.", "false"),
    "meeting": ("Slug of a meeting.", "2024-02-29-ninh-binh"),
    "ministry": ("Slug of the ministry that met the province.", "bo-thong-tin-va-truyen-thong"),
    "official": ("Slug of an official who raised or said it, or sat there.", "nguyen-manh-hung"),
    "page_size": ("Rows of a page.", 50),
    "province": ("Slug of a province; the units it was made from count too.", "ninh-binh-2025"),
    "q": ("Whole syllables side by side, with or without accents.", "công nghiệp ICT"),
    "status": ("How it stands; given again for each further one.", ["unknown"]),
    "status_proof": ("By whose word the status stands.", "none"),
    "strength": ("How firmly it was promised.", "explicit"),
    "to": ("Said or issued on this day or earlier.", "2024-12-31"),
    "topic": ("Slug of a topic.", "sandbox"),
    "type": ("Kind of the source or remark, or whether the meeting was held.", None),
    "updated_since": (
        "What says something new since a day, or since an instant with its zone.",
        "2026-01-01",
    ),
    "voices": ("Whether those who were heard say the same.", "none"),
    "year": ("Said or issued in this year.", 2024),
}
EXAMPLE_CODES = {
    "meeting": "2024-02-29-ninh-binh",
    "request": "KN-1",
    "commitment": "CK-1",
    "recommendation": "KH-1",
    "remark": "GN-1",
    "source": "NG-1",
    "figure": "SL-1",
    "province": "ninh-binh-2025",
    "organization": "bo-thong-tin-va-truyen-thong",
    "official": "nguyen-manh-hung",
    "topic": "sandbox",
    "indicator": "xep-hang-pci",
}  # the register has no update yet


def complete_description(result, generator, request, public):
    """Adds parts of records, what the parameters mean, files, and true examples."""
    shapes = result["components"]["schemas"]
    examples = result["components"]["examples"] = {
        name: {"summary": example["asked"], "value": example["answer"]}
        for name, example in recorded_examples().items()
    }
    result["components"]["headers"] = {
        name: {"description": text, "schema": {"type": "string"}}
        for name, text in HEADER_DESCRIPTIONS.items()
    }
    for item in result["paths"].values():
        operation = item.get("get", {})
        _parts_of_records(operation, shapes)
        _parameters(operation)
        _answers(operation, examples)
    return result


# -- with `fields` an answer holds a part of each record: the same keys, none of them certain


def _parts_of_records(operation, shapes):
    if any(parameter["name"] == "fields" for parameter in operation.get("parameters", [])):
        content = operation["responses"]["200"]["content"][JSON]
        name = content["schema"]["$ref"].removeprefix(REF)
        content["schema"] = {"anyOf": [content["schema"], {"$ref": REF + _part(name, shapes)}]}


def _part(name, shapes):
    """Adds the shape of a part to the shapes; its name."""
    if name.startswith("Paginated"):
        page = deepcopy(shapes[name])
        items = page["properties"]["results"]["items"]
        whole = items["$ref"].removeprefix(REF)
        page["properties"]["results"]["items"] = {"$ref": REF + _part(whole, shapes)}
        return _add_schema(name.replace("List", "PartList"), page, shapes)
    whole = shapes[name]
    if "oneOf" in whole:
        parts = [_part(kind["$ref"].removeprefix(REF), shapes) for kind in whole["oneOf"]]
        return _add_schema(
            f"{name}Part", {"anyOf": [{"$ref": REF + part} for part in parts]}, shapes
        )
    part = {key: value for key, value in deepcopy(whole).items() if key != "required"}
    return _add_schema(f"{name}Part", part | {"additionalProperties": False}, shapes)


def _add_schema(name, shape, shapes):
    shapes[name] = shape
    return name


# -- parameters


def example_code(operation):
    """A code or slug that the loaded register knows for this address; None where it has none."""
    name = operation["operationId"].removeprefix("get_").removeprefix("list_")
    return EXAMPLE_CODES.get(name.removesuffix("_editions").removesuffix("_edition"))


def _parameters(operation):
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            if example := example_code(operation):
                parameter["example"] = 1 if parameter["name"] == "number" else example
            continue
        parameter["description"], example = PARAMETER_DESCRIPTIONS[parameter["name"]]
        if parameter["name"] == "fields":
            example = [key for key in example if key in parameter["schema"]["items"]["enum"]]
        # In the shape, not beside it: pages of documentation would fill in every filter at once.
        if example is not None:
            parameter["schema"] = parameter["schema"] | {"examples": [example]}


# -- answers

STATUS_DESCRIPTIONS = {
    "200": "What was asked for.",
    "400": "A parameter is unknown or its value is wrong; `errors` names it.",
    "404": "There is no such thing, or it is not published.",
    "405": "Only GET, HEAD and OPTIONS.",
    "406": "There is no such format.",
    "410": "The record was withdrawn.",
    "429": "Too many in a minute: wait for `Retry-After` seconds.",
    "503": "Not now: nothing is wrong with the request, ask again after `Retry-After` seconds.",
}
FILE_SCHEMA = {
    "type": "string",
    "description": "A file with every row; docs/api.md tells its columns.",
}


@cache
def recorded_examples():
    """Answers of the loaded register, by operation and by problem (`make schema` asks for them)."""
    return json.loads(Path(__file__).with_name("examples.json").read_text(encoding="utf-8"))


HEADER_DESCRIPTIONS = {
    "ETag": "Send it back as `If-None-Match`: 304 while nothing has changed.",
    "Cache-Control": "How long any cache may keep the answer.",
    "Link": "The next and previous page, as in the answer (RFC 8288).",
    "Retry-After": "Seconds.",
    "Location": "The address of today.",
}
HEADERS_OF = {  # and 200: see below
    "304": ["ETag"],
    "308": ["Location"],
    "429": ["Retry-After"],
    "503": ["Retry-After"],
}


def _headers(operation, status):
    names = HEADERS_OF.get(status, [])
    if status == "200":
        parameters = {parameter["name"] for parameter in operation.get("parameters", [])}
        is_paged = bool(parameters & {"cursor", "after"})
        names = ["ETag", "Cache-Control", *(["Link"] if is_paged else [])]
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _answers(operation, examples):
    refused = deepcopy(operation["responses"]["400"]) | {"description": ""}
    operation["responses"]["405"] = refused
    for status, answer in operation.get("responses", {}).items():
        answer["description"] = answer["description"] or STATUS_DESCRIPTIONS[status]
        if headers := _headers(operation, status):
            answer["headers"] = headers
        for media_type, content in answer.get("content", {}).items():
            if status == "200" and media_type != JSON:
                content["schema"] = FILE_SCHEMA
            name = operation["operationId"] if media_type == JSON else f"problem_{status}"
            if name in examples and media_type in (JSON, PROBLEM_JSON):
                content["examples"] = {name: {"$ref": f"#/components/examples/{name}"}}
