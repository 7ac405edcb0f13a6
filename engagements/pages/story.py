"""One chain, one story: what was asked, said and reported, in one column of days.

And what an edition changed: its own fields beside those of the one before.
"""

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engagements.words import (
    InitiatedBy,
    Kind,
    MeetingFormat,
    MeetingState,
    OnBehalfOf,
    Role,
    Side,
    SourceKind,
    SourceRank,
    Strength,
    Voice,
)

# -- what an edition changed

EVIDENCE = {
    "quote": _("Quotation"),
    "source": _("Source"),
    "paragraph": _("Paragraph"),
    "inference": _("Inferred"),
}
FOLLOW_UP = {
    "title": _("Title"),
    "detail": _("Detail"),
    "strength": _("How firmly"),
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
    "completion_criteria": _("Done when"),
    "last_checked_on": _("Last checked on"),
    **EVIDENCE,
}
MEETING = {
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
    **EVIDENCE,
}
SOURCE = {
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
FIELDS = {Kind.MEETING: MEETING, Kind.SOURCE: SOURCE}  # of the others: FOLLOW_UP
CODED = {
    "strength": Strength,
    "state_of_it": MeetingState,
    "on_behalf_of": OnBehalfOf,
    "format": MeetingFormat,
    "initiated_by": InitiatedBy,
    "type": SourceKind,
    "rank": SourceRank,
}
WORDING = {"title", "detail", "first_due_text", "first_due_on", "strength", "completion_criteria"}
DAYS = {"first_due_on", "last_checked_on", "held_on", "planned_from", "planned_to"}
DAYS |= {"issued_on", "accessed_on"}
WORDS = {*CODED, "topics", "attendances"}  # in the language of the page


def _plain(payload, name, topics):
    """A field of a payload as a person reads it; empty when there is nothing."""
    value = (payload["evidence"] if name in EVIDENCE else payload).get(name)
    if name in CODED:
        return CODED[name](value).label if value else ""
    if name == "topics":
        return ", ".join(topics.get(slug, slug) for slug in value)
    if name in DAYS:
        return date.fromisoformat(value) if value else ""
    if isinstance(value, list):
        return ", ".join(one if isinstance(one, str) else one["name"] for one in value)
    if isinstance(value, dict):
        name = value.get("name")  # a session that another follows has a title alone
        return ", ".join(part for part in (name, value.get("title")) if part)
    return "" if value is None else value


def _seat(one):
    """Who sat there, and where: “Phan Tâm, Thứ trưởng, Bộ Mẫu (Ministry, chair)”."""
    seated_for = one["organization"] or {"name": ""}
    who = ", ".join(
        part for part in (one["official"]["name"], one["title"], seated_for["name"]) if part
    )
    where = f"{Side(one['side']).label}, {Role(one['role']).label}"
    inferred = one["evidence"]["inference"]
    return f"{who} ({where})" + (f": {inferred}" if inferred else "")


def _seats(payload, other):
    """Who sat there as the other payload does not have it: a table is too long to be told twice."""
    elsewhere = set(map(_seat, other["attendances"]))
    return "; ".join(one for one in map(_seat, payload["attendances"]) if one not in elsewhere)


def changes(before, after, topics):
    """Own fields that differ between two payloads, in words; what updates moved is no change."""
    found = []
    for name, label in FIELDS.get(after["kind"], FOLLOW_UP).items():
        if name == "attendances":
            was, now = _seats(before, after), _seats(after, before)
        else:
            was, now = (_plain(payload, name, topics) for payload in (before, after))
        if was != now:
            is_day, is_word = name in DAYS, name in WORDS
            found.append(
                {
                    "name": name, "label": label, "was": was, "now": now,
                    "is_day": is_day, "is_record_text": not (is_day or is_word),
                }
            )  # fmt: skip
    return found


def _said(row, atlas):
    """The payload; of a session with the names of its provinces, added when it is read."""
    if row.kind != Kind.MEETING:
        return row.data
    keys = row.keys["provinces"]
    return row.data | {"provinces": [atlas.units[key].name for key in keys]}


def numbered(rows, topics, atlas):
    """Editions of one record, oldest first, each with what it changed."""
    found, before = [], None
    for row in rows:
        said = _said(row, atlas)
        found.append(
            {
                "edition": row,
                "at": said["published_at"],
                "changes": changes(before, said, topics) if before else None,
            }
        )
        before = said
    return found


# -- the column of days


def _entry(day, place, **more):
    return {"day": day, "place": place} | more


def told(own, meeting, linked, revisions):
    """Every dated entry of the chain, oldest first.

    On one day: the session, what was asked, what was answered, then news and corrections.
    """
    entries = []
    if meeting:
        entries.append(_entry(meeting.day, 0, what="meeting", edition=meeting))
    for one in [own, *linked]:
        place = 1 if one.kind == Kind.REQUEST else 2
        what = "own" if one is own else "item"
        entries.append(_entry(one.day, place, what=what, edition=one))
        due_on, due_text = one.data["first_due_on"], one.data["first_due_text"]
        for update in one.data["updates"]:
            entry = _entry(date.fromisoformat(update["happened_on"]), 3, what="update")
            entry |= {"update": update, "of": None if one is own else one}
            if update["due_on"]:
                entry |= {"was_due_on": due_on, "was_due_text": due_text}
                due_on, due_text = update["due_on"], update["due_text"]
            entries.append(entry)
    for one in revisions:
        shown = [change for change in one["changes"] or () if change["name"] in WORDING]
        if shown:
            at = timezone.localdate(datetime.fromisoformat(one["at"]))
            entries.append(
                _entry(at, 4, what="revision", changes=shown, number=one["edition"].number)
            )
    return sorted(entries, key=lambda one: (one["day"], one["place"]))


def by_voice(updates):
    """The latest news of each voice, side by side, and the voices that have not been heard."""
    heard = {}
    for one in updates:
        heard.setdefault(one["voice"], []).append(one)
    columns = [
        {"voice": voice, "last": heard[voice][-1], "number": len(heard[voice])}
        for voice in Voice
        if voice in heard
    ]
    return columns, [voice for voice in Voice if voice not in heard]
