"""Composing: from a record of the register to the row of Edition that the public reads.

A record's *own* fields are read from the register when it is published. Its *links* (names of
people and organizations, codes and titles of other records, the status that its updates give it)
are filled from current editions and reference data alone, so that they can be swapped later
without looking at the register, where an unreviewed edit may be waiting.
"""

import json
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone
from rest_framework.utils.encoders import JSONEncoder

from engagements.edition.kinds import KINDS
from engagements.edition.payloads import Stamp
from engagements.edition.shapes import SHAPE
from engagements.reference import Topic
from engagements.words import FOLLOW_UPS, Kind
from provinces.models import Atlas
from provinces.vietnamese import fold

from . import links
from .kinds import REGISTER


@dataclass
class Draft:
    """A record on its way to an edition: own fields, and keys of what its links point to."""

    kind: str
    record: int
    own: dict
    refs: dict = field(default_factory=dict)


def compose(record):
    """The record's own fields as the register has them now; it must have its code."""
    register = REGISTER[record.kind]
    own, refs = register.own(record)
    own |= {"code": record.code, "kind": str(record.kind)}
    return Draft(record.kind, record.pk, own, refs | {"proof": register.proofs(record)})


def reread(edition):
    """The same from an edition: nothing that the register has changed since."""
    return Draft(edition.kind, edition.record, dict(edition.data), edition.keys)


def edition(draft, stamp, atlas=None):
    """(values of the columns, what EditionLink names) of the draft as its links stand now.

    `stamp` has the number and the instants of the edition; sequence and times of the row are the
    publisher's.
    """
    atlas = atlas or Atlas()
    register, refs = REGISTER[draft.kind], draft.refs
    key = refs.get("meeting")
    meeting = links.current(Kind.MEETING, key).get(key)
    filled = dict(draft.own)
    if "meeting" in refs:
        filled["meeting"] = links.meeting_link(meeting)
    filled |= register.link(draft, meeting)
    is_followed = draft.kind in FOLLOW_UPS
    province = refs.get("province")
    heir = atlas.heir(atlas.units[province]) if province else None
    day = register.day_column(filled, meeting) or _first_day(stamp)
    values = {
        "kind": draft.kind,
        "record": draft.record,
        "code": filled["code"],
        "number": stamp["edition"],
        "shape": SHAPE,
        "province_id": province,
        "heir_id": heir.pk if heir else province,
        "ministry_id": register.ministry_column(refs, meeting),
        "lead_id": refs.get("lead"),
        "raised_by_id": refs.get("raised_by") or refs.get("said_by"),
        "meeting": register.meeting_column(filled),
        "type": register.type_column(filled),
        "status": filled.get("status") or "",
        "strength": filled.get("strength") or "",
        "answer": filled.get("answer") or "",
        "topics": f"|{'|'.join(filled['topics'])}|" if filled.get("topics") else "",
        "due_on": _as_day(filled.get("due_on")) if is_followed else None,
        "completed_on": _as_day(filled.get("completed_on")),
        "day": _as_day(day),
        "search": _search_column(draft, filled, atlas),
        "payload": _payload(draft.kind, filled, stamp),
        "refs": json.dumps(refs, separators=(",", ":")),
    }
    return values, links.targets(refs)


def searchable(kind, filled):
    """Public words of the record, in the order in which a reader meets them; then its topics."""
    words = KINDS[kind].search_words(filled)
    if filled.get("topics"):
        words += Topic.objects.filter(slug__in=filled["topics"]).values_list("name", flat=True)
    return words


def _search_column(draft, filled, atlas):
    """The folded public words of the record and the names of its places, between spaces."""
    keys = [key for name in links.PROVINCES for key in links.keys_in(draft.refs, name) if key]
    words = [*searchable(draft.kind, filled), *(atlas.units[key].name for key in keys)]
    return f" {fold(' '.join(words))} "


def _payload(kind, filled, stamp):
    """The API's bytes but for what depends on today."""
    data = KINDS[kind].payload(filled).data | Stamp(stamp).data
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), cls=JSONEncoder)


def _as_day(value):
    return date.fromisoformat(value) if isinstance(value, str) else value


def _first_day(stamp):
    """The local day of the first publication."""
    first = stamp["first_published_at"]
    return timezone.localdate(datetime.fromisoformat(first) if isinstance(first, str) else first)
