"""Diff of editions: own fields that changed from one edition of a record to the next, in words."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from engagements.edition.kinds import KINDS
from engagements.words import (
    Answer,
    FollowUpStatus,
    InitiatedBy,
    Kind,
    MadeBy,
    MeetingFormat,
    MeetingState,
    OnBehalfOf,
    Response,
    Role,
    Side,
    SourceKind,
    SourceRank,
    StatusProof,
    Strength,
    Voices,
)

EVIDENCE_LABELS = {
    "quote": _("Quotation"),
    "source": _("Source"),
    "paragraph": _("Paragraph"),
    "inference": _("Inferred"),
}
FOLLOW_UP_LABELS = {
    "title": _("Title"),
    "detail": _("Detail"),
    "strength": _("How firmly"),
    "made_by": _("Who owes it"),
    "is_assigned": _("A unit was named for it"),
    "supports": _("Supports"),
    "is_general": _("General"),
    "asks_again": _("Asks again"),
    "answers": _("Answers"),
    "raised_by": _("Raised by"),
    "raised_by_text": _("Raised by, as the source says"),
    "addressed_to": _("Addressed to"),
    "lead": _("Lead organization"),
    "supporting": _("Supporting organizations"),
    "current_lead": _("Who follows it today"),
    "topics": _("Topics"),
    "first_due_text": _("Deadline, as phrased"),
    "first_due_on": _("Due day"),
    "first_is_ongoing": _("Ongoing"),
    "completion_criteria": _("Done when"),
    "last_checked_on": _("Last checked on"),
    **EVIDENCE_LABELS,
}
NEWS_LABELS = {  # what its updates and what answers it say of a record
    "status": _("Status"),
    "status_proof": _("By whose word"),
    "voices": _("Voices"),
    "response": _("What became of the advice"),
    "due_text": _("Deadline in force, as phrased"),
    "due_on": _("Due day in force"),
    "is_ongoing": _("Ongoing now"),
    "completed_on": _("Completed on"),
    "answer": _("Answer"),
    "updates": _("Updates"),
    "answered_by": _("What answers it"),
    "asked_again": _("Asked again by"),
}
MEETING_LABELS = {
    "title": _("Title"),
    "state_of_it": _("Held or planned"),
    "held_on": _("Day"),
    "planned_from": _("Planned from"),
    "planned_to": _("Planned to"),
    "planned_text": _("Planned time, as phrased"),
    "place": _("Place"),
    "provinces": _("Provinces"),
    "ministry": _("Ministry"),
    "on_behalf_of": _("On behalf of"),
    "format": _("Form of the session"),
    "initiated_by": _("Initiated by"),
    "follows": _("Follows"),
    "summary": _("Summary"),
    "attendances": _("At the table"),
    "topics": _("Topics"),
    "cited": _("Cited"),
    "answers": _("What it may answer"),
    **EVIDENCE_LABELS,
}
SOURCE_LABELS = {
    "title": _("Title"),
    "type": _("Kind"),
    "rank": _("Strength as proof"),
    "publisher": _("Publisher"),
    "number": _("Number"),
    "issued_on": _("Issued on"),
    "url": _("Web address"),
    "archived_url": _("Archived copy"),
    "accessed_on": _("Read on"),
    "sha256": _("Fingerprint of the text (SHA-256)"),
    "note": _("Note"),
}
FIELD_LABELS = {
    Kind.MEETING: MEETING_LABELS,
    Kind.SOURCE: SOURCE_LABELS,
}  # of the others: FOLLOW_UP_LABELS
CHOICES_OF = {
    "status": FollowUpStatus,
    "status_proof": StatusProof,
    "voices": Voices,
    "response": Response,
    "made_by": MadeBy,
    "answer": Answer,
    "strength": Strength,
    "state_of_it": MeetingState,
    "on_behalf_of": OnBehalfOf,
    "format": MeetingFormat,
    "initiated_by": InitiatedBy,
    "type": SourceKind,
    "rank": SourceRank,
}
DAY_FIELDS = {"first_due_on", "last_checked_on", "held_on", "planned_from", "planned_to"}
DAY_FIELDS |= {"issued_on", "accessed_on", "due_on", "completed_on"}
FLAG_FIELDS = {"is_assigned", "is_general", "is_ongoing", "first_is_ongoing"}
# Lists of links, told by their codes.
CODE_FIELDS = {"updates", "answers", "answered_by", "asked_again", "supports"}
# In the language of the page.
TRANSLATED_FIELDS = {*CHOICES_OF, *FLAG_FIELDS, *CODE_FIELDS, "topics", "attendances"}


def _link_text(link):
    """The code of a link, and whether it was inferred or taken back."""
    if link.get("taken_back"):
        return _("%(code)s, taken back") % {"code": link["code"]}
    if link.get("is_inferred"):
        return _("%(code)s, inferred") % {"code": link["code"]}
    return link["code"]


def _readable(payload, name, topics):
    """A field of a payload as a person reads it; empty when there is nothing."""
    value = (payload["evidence"] if name in EVIDENCE_LABELS else payload).get(name)
    if name in CHOICES_OF:
        return CHOICES_OF[name](value).label if value else ""
    if name == "topics":
        return ", ".join(topics.get(slug, slug) for slug in value)
    if name in DAY_FIELDS:
        return date.fromisoformat(value) if value else ""
    if name in CODE_FIELDS:
        return ", ".join(map(_link_text, value or ()))
    if name in FLAG_FIELDS:
        return _("yes") if value else ""
    if isinstance(value, list):
        return ", ".join(part if isinstance(part, str) else part["name"] for part in value)
    if isinstance(value, dict):
        name = value.get("name")  # a session that another follows has a title alone
        return ", ".join(part for part in (name, value.get("title")) if part)
    return "" if value is None else value


def _seat_text(attendance):
    """Who sat there, and where: “Phan Tâm, Thứ trưởng, Bộ Mẫu (Ministry, chair)”."""
    seated_for = attendance["organization"] or {"name": ""}
    who = ", ".join(
        part
        for part in (attendance["official"]["name"], attendance["title"], seated_for["name"])
        if part
    )
    where = f"{Side(attendance['side']).label}, {Role(attendance['role']).label}"
    inferred = attendance["evidence"]["inference"]
    return f"{who} ({where})" + (f": {inferred}" if inferred else "")


def _seats_text(payload, other):
    """Who sat there as the other payload does not have it: a table is too long to be told twice."""
    elsewhere = set(map(_seat_text, other["attendances"]))
    seats = map(_seat_text, payload["attendances"])
    return "; ".join(seat for seat in seats if seat not in elsewhere)


def labels_of(kind):
    """{key: what it is called}; a key may bear its own `label` where its payload declares it."""
    labelled = {
        name: key.label
        for name, key in KINDS[kind].payload._declared_fields.items()
        if key._kwargs.get("label")
    }
    return FIELD_LABELS.get(kind, FOLLOW_UP_LABELS | NEWS_LABELS) | labelled


def _form(name):
    """How a template writes the field: a day, a word of ours, or the record's own text."""
    is_day, is_word = name in DAY_FIELDS, name in TRANSLATED_FIELDS
    return {"name": name, "is_day": is_day, "is_record_text": not (is_day or is_word)}


def changed_fields(before, after, topics):
    """Fields that differ between two payloads, in words."""
    changed = []
    for name, label in labels_of(after["kind"]).items():
        if name == "attendances":
            was, now = _seats_text(before, after), _seats_text(after, before)
        else:
            was, now = (_readable(payload, name, topics) for payload in (before, after))
        if was != now:
            changed.append({"label": label, "was": was, "now": now} | _form(name))
    return changed


def fields_in_words(payload, topics):
    """Every field of a payload that says something, in words."""
    fields = []
    for name, label in labels_of(payload["kind"]).items():
        if name == "attendances":
            text = _seats_text(payload, {"attendances": []})
        else:
            text = _readable(payload, name, topics)
        if text:
            fields.append({"label": label, "text": text} | _form(name))
    return fields


def payload_with_provinces(row, atlas):
    """The payload; of a session with the names of its provinces, added when it is read."""
    if row.kind != Kind.MEETING:
        return row.data
    keys = row.keys["provinces"]
    return row.data | {"provinces": [atlas.units[key].name for key in keys]}


def with_changes(rows, topics, atlas):
    """Editions of one record, oldest first, each with what it changed."""
    editions, before = [], None
    for row in rows:
        payload = payload_with_provinces(row, atlas)
        editions.append(
            {
                "edition": row,
                "at": payload["published_at"],
                "changes": changed_fields(before, payload, topics) if before else None,
            }
        )
        before = payload
    return editions
