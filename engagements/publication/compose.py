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

from engagements.deadlines import NO_DEADLINE, deadline_columns
from engagements.edition.kinds import KINDS
from engagements.edition.payloads import Stamp
from engagements.edition.shapes import SHAPE
from engagements.statuses import inferred_claims
from engagements.words import FOLLOW_UPS, Kind
from provinces.vietnamese import fold

from .kinds import REGISTER
from .links import PROVINCES, keys_in, meeting_link


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


def fill(draft, links):
    """The whole payload as Python values: own fields with every link as it stands now.

    `links` is a Links that has read what the draft names.
    """
    meeting = links.edition(Kind.MEETING, draft.refs.get("meeting"))
    filled = dict(draft.own)
    if "meeting" in draft.refs:
        filled["meeting"] = meeting_link(meeting)
    return filled | REGISTER[draft.kind].link(draft, meeting, links)


def columns(draft, filled, stamp, links, atlas):
    """The columns of the row: those that lists and filters read, the payload, the search text.

    `stamp` has number, cause and instants of the edition; the sequence is given when it is issued.
    """
    register, refs = REGISTER[draft.kind], draft.refs
    meeting = links.edition(Kind.MEETING, refs.get("meeting"))
    province = refs.get("province")
    day = register.day_column(filled, meeting) or _first_day(stamp)
    return {
        "kind": draft.kind,
        "record": draft.record,
        "code": filled["code"],
        "shape": SHAPE,
        "province_id": province,
        "heir_id": atlas.counted_under(atlas.units[province]).pk if province else None,
        "ministry_id": register.ministry_column(refs, meeting),
        "lead_id": refs.get("lead"),
        "raised_by_id": refs.get("raised_by") or refs.get("said_by"),
        "meeting": register.meeting_column(filled),
        "type": register.type_column(filled),
        "status": filled.get("status") or "",
        "status_proof": filled.get("status_proof") or "",
        "voices": filled.get("voices") or "",
        "is_general": bool(filled.get("is_general")),
        "strength": filled.get("strength") or "",
        "answer": filled.get("answer") or "",
        "response": filled.get("response") or "" if draft.kind == Kind.RECOMMENDATION else "",
        "topics": _listed(filled.get("topics")),
        "inferred": _listed(inferred_claims(filled)),
        **(deadline_columns(filled) if draft.kind in FOLLOW_UPS else NO_DEADLINE),
        "completed_on": _as_day(filled.get("completed_on")),
        "day": _as_day(day),
        "search": search_column(draft.kind, filled, refs, atlas, links.topics),
        "refs": json.dumps(refs, separators=(",", ":")),
        **stamped(draft.kind, filled, stamp),
    }


def _listed(codes):
    """Codes as a column that is asked for one of them: |a|b|."""
    return f"|{'|'.join(codes)}|" if codes else ""


def stamped(kind, filled, stamp):
    """The columns in which the stamp stands: number, cause, instant of the change, payload."""
    return {
        "number": stamp["edition"],
        "cause": stamp["cause"],
        "changed_at": _as_instant(stamp["changed_at"]),
        "payload": _payload(kind, filled, stamp),
    }


def searchable(kind, filled, topics):
    """Public words of the record, in the order in which a reader meets them; then its topics."""
    about = filled.get("topics") or ()
    return KINDS[kind].search_words(filled) + [topics[slug] for slug in topics if slug in about]


def search_column(kind, filled, refs, atlas, topics):
    """The folded public words of the record and the names of its places, between spaces."""
    keys = [key for name in PROVINCES for key in keys_in(refs, name) if key]
    words = [*searchable(kind, filled, topics), *(atlas.units[key].name for key in keys)]
    return f" {fold(' '.join(words))} "


def _payload(kind, filled, stamp):
    """The API's bytes but for what depends on today."""
    data = KINDS[kind].payload(filled).data | Stamp(stamp).data
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), cls=JSONEncoder)


def _as_day(value):
    return date.fromisoformat(value) if isinstance(value, str) else value


def _first_day(stamp):
    """The local day of the first publication."""
    return timezone.localdate(_as_instant(stamp["first_published_at"]))


def _as_instant(value):
    return datetime.fromisoformat(value) if isinstance(value, str) else value
