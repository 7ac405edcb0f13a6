"""Shapes: versions of an edition's payload, and how an older one is read today.

Past rows stay as they were written and are upgraded when they are read. A change of shape is one
pure function from the payload of a shape to that of the next, as Python values; it knows no
register and invents nothing: what was not recorded gets its empty value.

Raise SHAPE whenever a payload (payloads.py) gains, loses or renames a key that a release may have
written without it, and give UPGRADES the step; a frozen example of each shape is a test
(tests/engagements/edition/shape_examples.py).
"""

from functools import cache

from engagements.statuses import state_of

from .kinds import KINDS
from .payloads import Stamp

SHAPE = 5  # what is written today


def with_cause(payload):
    """Shape 2 says why an edition was issued and when the record last changed."""
    known = {"cause": "", "changed_at": payload["published_at"]}
    stamp = {name: payload[name] for name in ("edition", "first_published_at", "published_at")}
    return {name: payload[name] for name in payload if name not in stamp} | {
        "edition": stamp["edition"],
        "cause": known["cause"],
        "first_published_at": stamp["first_published_at"],
        "published_at": stamp["published_at"],
        "changed_at": known["changed_at"],
    }


def with_ongoing(payload):
    """Shape 3 keeps deadlines without a day, and counts how often another was given."""
    if "happened_on" in payload:
        return inserted(payload, "due_text", {"is_ongoing": False})
    if "first_due_on" not in payload:
        return payload
    updates = [inserted(update, "due_text", {"is_ongoing": False}) for update in payload["updates"]]
    moves = sum(1 for update in updates if update["due_on"])
    payload = inserted(payload | {"updates": updates}, "due_text", {"is_ongoing": False})
    return inserted(payload, "first_due_text", {"first_is_ongoing": False, "moves": moves})


def inserted(payload, after, more):
    """The payload with more keys, after that one."""
    result = {}
    for name, value in payload.items():
        result[name] = value
        if name == after:
            result |= more
    return result


NOT_SAID = {  # of an update, before shape 4
    "response": "",
    "takes_back": None,
    "passed_to": None,
    "corrects": None,
    "next_step": "",
    "next_on": None,
    "next_by": None,
}
FOLLOWED = ("request", "commitment", "recommendation")
PATHS = {"request": "/kien-nghi/", "commitment": "/cam-ket/", "recommendation": "/khuyen-nghi/"}


def with_claims(payload):
    """Shape 4 says by whose word an item stands, what answers what, and what is general.

    An answer was a code until then: whether it was inferred stood on what answers alone.
    """
    kind = payload.get("kind")
    if kind in FOLLOWED:
        return _follow_up_with_claims(payload)
    if kind == "update":
        return payload | NOT_SAID
    if kind == "remark":
        return payload | {"answers": [], "answered_by": []}
    if kind == "meeting":
        return payload | {"answers": []}
    return payload


def _follow_up_with_claims(payload):
    kind, path = payload["kind"], payload["path"]
    updates = [
        entry | NOT_SAID | {"corrected_by": None, "path": f"{path}#{entry['code']}"}
        for entry in payload["updates"]
    ]
    payload = payload | {"is_general": False, "updates": updates}
    if kind == "request":
        payload["asks_again"] = None
        payload["answered_by"] = [
            entry
            | {"is_inferred": False, "inference": "", "taken_back": None, "is_general": False}
            | {"strength": _firmness(entry["strength"])}
            for entry in payload["answered_by"]
        ]
    else:
        marks = {name: payload["evidence"][name] for name in ("is_inferred", "inference")}
        payload["answers"] = [
            {"kind": "request", "code": code, "title": "", "path": f"{PATHS['request']}{code}/"}
            | marks
            | {"taken_back": None}
            for code in payload["answers"]
        ]
    if kind == "commitment":
        is_joint = payload["strength"] == "joint"
        payload |= {
            "strength": _firmness(payload["strength"]),
            "made_by": "jointly" if is_joint else "ministry",
            "is_assigned": False,
            "supports": [],
        }
    return payload | state_of(payload, updates)


def _firmness(strength):
    """Who undertook it stood among how firmly it was undertaken."""
    return "explicit" if strength == "joint" else strength


def with_asked_again(payload):
    """Shape 5 says which later requests ask the same again, and when each answer was said."""
    if "answered_by" not in payload:
        return payload
    answered_by = [entry | {"said_on": None} for entry in payload["answered_by"]]
    more = {"asked_again": []} if payload["kind"] == "request" else {}
    return payload | {"answered_by": answered_by} | more


# shape → function that makes its payload one of the next shape
UPGRADES = {1: with_cause, 2: with_ongoing, 3: with_claims, 4: with_asked_again}


def upgraded(payload, shape):
    """The payload of that shape in the shape of today, its keys in the order of today."""
    for step in range(shape, SHAPE):
        payload = UPGRADES[step](payload)
    return payload if shape == SHAPE else _in_order(payload, _order_of(payload.get("kind")))


@cache
def _order_of(kind):
    """{key: the same of the payload under it}, in the order in which a client reads them."""
    read = KINDS.get(kind)
    return _keys_of(read.payload()) | _keys_of(Stamp()) if read else {}


def _keys_of(field):
    field = getattr(field, "child", field)
    fields = getattr(field, "fields", {})
    return {name: _keys_of(part) for name, part in fields.items()}


def _in_order(value, order):
    if isinstance(value, list):
        return [_in_order(part, order) for part in value]
    if not isinstance(value, dict) or not order:
        return value
    names = [name for name in order if name in value]
    names += [name for name in value if name not in order]
    return {name: _in_order(value[name], order.get(name, {})) for name in names}
