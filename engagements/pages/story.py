"""Timeline of a follow-up: what was asked, said and reported, in one column of days."""

from datetime import date, datetime

from django.utils import timezone

from engagements.deadlines import COLUMNS, FIRST_COLUMNS, is_move
from engagements.statuses import counted
from engagements.words import Kind, Voice

WORDING_FIELDS = {
    "title",
    "detail",
    "first_due_text",
    "first_due_on",
    "first_is_ongoing",
    "strength",
    "completion_criteria",
}


def _entry_of(day, order, **more):
    return {"day": day, "order": order} | more


def timeline(own, meeting, linked, revisions):
    """Every dated entry of the chain, oldest first.

    On one day: the session, what was asked, what was answered, then news and corrections.
    """
    entries = []
    if meeting:
        entries.append(_entry_of(meeting.day, 0, what="meeting", edition=meeting))
    for item in [own, *linked]:
        order = 1 if item.kind == Kind.REQUEST else 2
        what = "own" if item is own else "item"
        entries.append(_entry_of(item.day, order, what=what, edition=item))
        before = {name: item.data[first] for name, first in FIRST_COLUMNS.items()}
        for update in item.data["updates"]:
            entry = _entry_of(date.fromisoformat(update["happened_on"]), 3, what="update")
            entry |= {"update": update, "of": None if item is own else item}
            if is_move(update):
                entry |= {"is_moved": True, "before": before if is_move(before) else None}
                before = {name: update[name] for name in COLUMNS}
            entries.append(entry)
    for revision in revisions:
        changes = [
            change for change in revision["changes"] or () if change["name"] in WORDING_FIELDS
        ]
        if changes:
            day = timezone.localdate(datetime.fromisoformat(revision["at"]))
            number = revision["edition"].number
            entries.append(_entry_of(day, 4, what="revision", changes=changes, number=number))
    return sorted(entries, key=lambda entry: (entry["day"], entry["order"]))


# Whose word a reader would look for; somebody else's is welcome, not missing.
EXPECTED = (Voice.MINISTRY, Voice.PROVINCE, Voice.INDEPENDENT)


def by_voice(updates):
    """The latest news of each voice, side by side, and the voices that have not been heard."""
    heard = {}
    for update in counted(updates):
        heard.setdefault(update["voice"], []).append(update)
    columns = [
        {"voice": voice, "last": heard[voice][-1], "number": len(heard[voice])}
        for voice in Voice
        if voice in heard
    ]
    return columns, [voice for voice in EXPECTED if voice not in heard]
