"""One chain, one story: what was asked, said and reported, in one column of days.

And what an edition changed: its own fields beside those of the one before.
"""

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .words import Kind, Strength, Voice

# -- what an edition changed

FIELDS = {
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
    "quote": _("Quotation"),
    "source": _("Source"),
    "paragraph": _("Paragraph"),
    "inference": _("Inferred"),
}
WORDING = {"title", "detail", "first_due_text", "first_due_on", "strength", "completion_criteria"}
DAYS = {"first_due_on", "last_checked_on"}
EVIDENCE = {"quote", "source", "paragraph", "inference"}


def _plain(body, name, topics):
    """A field of a body as a person reads it; empty when there is nothing."""
    value = (body["evidence"] if name in EVIDENCE else body).get(name)
    if name == "strength":
        return Strength(value).label if value else ""
    if name == "topics":
        return ", ".join(topics.get(slug, slug) for slug in value)
    if name in DAYS:
        return date.fromisoformat(value) if value else ""
    if isinstance(value, list):
        return ", ".join(one if isinstance(one, str) else one["name"] for one in value)
    if isinstance(value, dict):
        return ", ".join(part for part in (value["name"], value.get("title")) if part)
    return "" if value is None else value


def changes(before, after, topics):
    """Own fields that differ between two bodies, in words; what the updates moved is no change."""
    found = []
    for name, label in FIELDS.items():
        was, now = (_plain(body, name, topics) for body in (before, after))
        if was != now:
            is_day, is_word = name in DAYS, name in ("strength", "topics")
            found.append(
                {
                    "name": name, "label": label, "was": was, "now": now,
                    "is_day": is_day, "is_record_text": not (is_day or is_word),
                }
            )  # fmt: skip
    return found


def numbered(rows, topics):
    """Editions of one record, oldest first, each with what it changed."""
    found, before = [], None
    for row in rows:
        found.append(
            {
                "edition": row,
                "at": row.data["published_at"],
                "changes": changes(before, row.data, topics) if before else None,
            }
        )
        before = row.data
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
