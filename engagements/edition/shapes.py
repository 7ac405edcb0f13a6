"""Shapes: versions of an edition's payload, and how an older one is read today.

Past rows stay as they were written and are upgraded when they are read. A change of shape is one
pure function from the payload of a shape to that of the next, as Python values; it knows no
register and invents nothing: what was not recorded gets its empty value.

Raise SHAPE whenever a payload (payloads.py) gains, loses or renames a key that a release may have
written without it, and give UPGRADES the step; a frozen example of each shape is a test
(tests/engagements/edition/shape_examples.py).
"""

SHAPE = 3  # what is written today


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


UPGRADES = {1: with_cause, 2: with_ongoing}  # shape → function to the next shape


def upgraded(payload, shape):
    """The payload of that shape in the shape of today."""
    for step in range(shape, SHAPE):
        payload = UPGRADES[step](payload)
    return payload
