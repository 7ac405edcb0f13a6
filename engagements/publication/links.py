"""Links of a payload: what its keys point to, filled from current editions and reference data.

Nothing here reads the register's own fields, where an unreviewed edit may be waiting.
"""

from engagements.edition.models import Edition
from engagements.words import Kind
from provinces.models import Official, Organization

# What each key of an edition's `refs` points to: a column of EditionLink, or a kind of record.
PROVINCES = ("province", "provinces")
ORGANIZATIONS = ("ministry", "lead", "current_lead", "addressed_to", "supporting")
OFFICIALS = ("raised_by", "said_by")
RECORDS = {
    "meeting": Kind.MEETING,
    "follows": Kind.MEETING,
    "cited": Kind.SOURCE,
    "proof": Kind.SOURCE,
    "answers": Kind.REQUEST,
}


def targets(refs):
    """What an edition names: (column of EditionLink, key) or ("record", kind, key), each once."""
    found = [("province", key) for name in PROVINCES for key in keys_in(refs, name)]
    found += [("organization", key) for name in ORGANIZATIONS for key in keys_in(refs, name)]
    found += [("official", key) for name in OFFICIALS for key in keys_in(refs, name)]
    for official, organization in refs.get("attendances", ()):
        found += [("official", official), ("organization", organization)]
    found += [
        ("record", kind, key) for name, kind in RECORDS.items() for key in keys_in(refs, name)
    ]
    if "follow_up" in refs:
        found.append(("record", *refs["follow_up"]))
    return list(dict.fromkeys(target for target in found if target[-1] is not None))


def keys_in(refs, name):
    """The keys under a name: one or several, or none."""
    value = refs.get(name)
    return value if isinstance(value, list) else [value]


def is_public(record, along=frozenset()):
    """Whether the public reads the record now, or will once `along` (kind, key) has gone out."""
    return (record.kind, record.pk) in along or bool(current(record.kind, record.pk))


def current(kind, *records):
    """The current editions of these records, by the register's key."""
    keys = [key for key in records if key is not None]
    if not keys:
        return {}
    rows = Edition.objects.current().filter(kind=kind, record__in=keys)
    return {edition.record: edition for edition in rows}


def named(model, *keys):
    """{slug, name} of people, organizations or indicators, by key."""
    rows = model.objects.in_bulk([key for key in keys if key is not None])
    name = "full_name" if model is Official else "name"
    return {key: {"slug": row.slug, "name": getattr(row, name)} for key, row in rows.items()}


def organizations(*keys):
    return named(Organization, *keys)


def meeting_link(edition):
    keys = ("slug", "title", "held_on", "path")
    return {key: edition.data[key] for key in keys} if edition else None


def speaker(key, meeting):
    """A person with the title of that day, as the meeting's edition has it."""
    person = named(Official, key).get(key)
    if person is None:
        return None
    seats = meeting.data["attendances"] if meeting else []
    titles = [seat["title"] for seat in seats if seat["official"]["slug"] == person["slug"]]
    return person | {"title": titles[0] if titles else ""}


def updates_of(kind, record):
    """Current editions of the updates of a follow-up, oldest news first."""
    rows = Edition.objects.current().filter(
        kind=Kind.UPDATE, links__kind=kind, links__record=record
    )
    return [_entry(edition) for edition in rows.order_by("day", "first_sequence").distinct()]


def _entry(edition):
    keys = ("code", "happened_on", "status", "completed_on", "answer", "voice", "basis")
    more = ("due_on", "due_text", "text", "evidence", "published_at")
    return {key: edition.data[key] for key in (*keys, *more)}


def answering(record):
    """What is published and answers a request, in order of publication."""
    rows = Edition.objects.current().filter(
        kind__in=[Kind.COMMITMENT, Kind.RECOMMENDATION],
        links__kind=Kind.REQUEST,
        links__record=record,
    )
    return [
        {
            "code": edition.code,
            "kind": edition.kind,
            "title": edition.data["title"],
            "path": edition.path,
            "strength": edition.strength,
        }
        for edition in rows.order_by("kind", "first_sequence").distinct()
    ]
