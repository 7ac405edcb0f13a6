"""From the register to the edition: the one module that reads the register's models for the public.

A record's *own* fields are read from the register when it is published. Its *links* (names of
people and bodies, codes and titles of other records, the status that its updates give it) are
filled from current editions and reference data alone, so that they can be swapped later without
looking at the register, where an unreviewed edit may be waiting.
"""

import json
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone
from rest_framework.utils.encoders import JSONEncoder

from engagements.edition import payloads as bodies
from engagements.edition.models import Edition
from engagements.models import (
    Commitment,
    Figure,
    Indicator,
    Meeting,
    ProvinceRequest,
    Recommendation,
    Remark,
    Source,
    StatusUpdate,
    Topic,
)
from engagements.words import FOLLOW_UPS, PATHS, Kind, answer_of, standing
from provinces.models import Atlas, Official, Organization
from provinces.vietnamese import fold

REGISTER = {
    model.kind: model
    for model in (
        Source,
        Meeting,
        ProvinceRequest,
        Commitment,
        Recommendation,
        StatusUpdate,
        Remark,
        Figure,
    )
}


@dataclass
class Draft:
    """A record on its way to an edition: own fields, and keys of what its links point to."""

    kind: str
    record: int
    own: dict
    refs: dict = field(default_factory=dict)


# -- own fields, from the register


def _evidence(record):
    return {
        "source": record.source.code if record.source_id else None,
        "paragraph": record.paragraph,
        "quote": record.quote,
        "is_inferred": record.is_inferred,
        "inference": record.inference,
    }


def _topics(record):
    return sorted(record.topics.values_list("slug", flat=True))


def _fields(record, *names):
    return {name: getattr(record, name) for name in names}


def _source(record):
    names = ("type", "rank", "title", "publisher", "number", "issued_on", "url", "archived_url")
    own = _fields(record, *names, "accessed_on", "sha256", "note")
    return own | {"path": f"{PATHS[Kind.SOURCE]}{record.code}/"}, {}


def _meeting(record):
    names = ("title", "on_behalf_of", "format", "state_of_it", "held_on", "planned_from")
    own = _fields(record, *names, "planned_to", "planned_text", "place", "initiated_by", "summary")
    attendances = list(record.attendances.select_related("source").order_by("pk"))
    own |= {
        "slug": record.code,  # fixed at first publication
        "path": f"{PATHS[Kind.MEETING]}{record.code}/",
        "topics": _topics(record),
        "evidence": _evidence(record),
        "attendances": [
            _fields(one, "title", "side", "role") | {"evidence": _evidence(one)}
            for one in attendances
        ],
    }
    refs = {
        "ministry": record.ministry_id,
        "follows": record.follows_id,
        "cited": sorted(record.cited.values_list("pk", flat=True)),
        "provinces": sorted(record.provinces.values_list("pk", flat=True)),
        "attendances": [[one.official_id, one.organization_id] for one in attendances],
    }
    return own, refs


def _follow_up(record):
    own = _fields(
        record, "title", "detail", "raised_by_text", "last_checked_on", "completion_criteria"
    )
    own |= {
        "path": f"{PATHS[record.kind]}{record.code}/",
        "topics": _topics(record),
        "first_due_on": record.due_on,
        "first_due_text": record.due_text,
        "evidence": _evidence(record),
    }
    refs = {
        "meeting": record.meeting_id,
        "province": record.province_id,
        "raised_by": record.raised_by_id,
        "lead": record.lead_id,
        "current_lead": record.current_lead_id,
        "supporting": sorted(record.supporting.values_list("pk", flat=True)),
    }
    if record.kind == Kind.REQUEST:
        refs["addressed_to"] = record.addressed_to_id
    else:
        refs["answers"] = sorted(record.answers.values_list("pk", flat=True))
    if record.kind == Kind.COMMITMENT:
        own["strength"] = record.strength
    return own, refs


def _update(record):
    own = _fields(
        record, "happened_on", "status", "completed_on", "answer", "voice", "basis", "text"
    )
    own |= {
        "due_on": record.new_due_on,
        "due_text": record.new_due_text,
        "evidence": _evidence(record),
    }
    target = record.target
    return own, {"follow_up": [target.kind, target.pk], "province": target.province_id}


def _remark(record):
    own = _fields(record, "type", "text", "said_by_text") | {"evidence": _evidence(record)}
    refs = {
        "meeting": record.meeting_id,
        "province": record.province_id,
        "said_by": record.said_by_id,
    }
    return own, refs


def _figure(record):
    names = ("period", "period_from", "period_to", "value", "qualifier", "unit", "is_target")
    own = _fields(record, *names) | {"evidence": _evidence(record)}
    refs = {
        "meeting": record.meeting_id,
        "province": record.province_id,
        "indicator": record.indicator_id,
    }
    return own, refs


OWN = {
    Kind.SOURCE: _source,
    Kind.MEETING: _meeting,
    Kind.REQUEST: _follow_up,
    Kind.COMMITMENT: _follow_up,
    Kind.RECOMMENDATION: _follow_up,
    Kind.UPDATE: _update,
    Kind.REMARK: _remark,
    Kind.FIGURE: _figure,
}


def compose(record):
    """The record's own fields as the register has them now; it must have its code."""
    own, refs = OWN[record.kind](record)
    parts = record.attendances.all() if record.kind == Kind.MEETING else []
    proofs = [getattr(one, "source_id", None) for one in (record, *parts)]
    refs["proof"] = sorted({key for key in proofs if key is not None})
    own |= {"code": record.code, "kind": str(record.kind)}
    return Draft(record.kind, record.pk, own, refs)


def reread(edition):
    """The same from an edition: nothing that the register has changed since."""
    return Draft(edition.kind, edition.record, dict(edition.data), json.loads(edition.refs))


# -- links, from current editions and reference data


def _current(kind, *records):
    keys = [key for key in records if key is not None]
    if not keys:
        return {}
    return {one.record: one for one in Edition.objects.current().filter(kind=kind, record__in=keys)}


def _named(model, *keys):
    rows = model.objects.in_bulk([key for key in keys if key is not None])
    name = "full_name" if model is Official else "name"
    return {key: {"slug": row.slug, "name": getattr(row, name)} for key, row in rows.items()}


def _meeting_link(edition):
    keys = ("slug", "title", "held_on", "path")
    return {key: edition.data[key] for key in keys} if edition else None


def _speaker(key, meeting):
    """A person with the title of that day, as the meeting's edition has it."""
    person = _named(Official, key).get(key)
    if person is None:
        return None
    at_the_table = meeting.data["attendances"] if meeting else []
    titles = [one["title"] for one in at_the_table if one["official"]["slug"] == person["slug"]]
    return person | {"title": titles[0] if titles else ""}


def _entry(edition):
    keys = ("code", "happened_on", "status", "completed_on", "answer", "voice", "basis")
    more = ("due_on", "due_text", "text", "evidence", "published_at")
    return {key: edition.data[key] for key in (*keys, *more)}


def _updates(kind, record):
    """Current editions of the updates of a follow-up, oldest news first."""
    found = Edition.objects.current().filter(
        kind=Kind.UPDATE, links__kind=kind, links__record=record
    )
    return [_entry(one) for one in found.order_by("day", "first_sequence").distinct()]


def _answering(record):
    """What is published and answers a request, in order of publication."""
    found = Edition.objects.current().filter(
        kind__in=[Kind.COMMITMENT, Kind.RECOMMENDATION],
        links__kind=Kind.REQUEST,
        links__record=record,
    )
    return [
        {
            "code": one.code,
            "kind": one.kind,
            "title": one.data["title"],
            "path": one.path,
            "strength": one.strength,
        }
        for one in found.order_by("kind", "first_sequence").distinct()
    ]


def link(draft):
    """The whole body: own fields with every link filled as it stands now."""
    own, refs, kind = draft.own, draft.refs, draft.kind
    filled = dict(own)
    meeting = _current(Kind.MEETING, refs.get("meeting")).get(refs.get("meeting"))
    if "meeting" in refs:
        filled["meeting"] = _meeting_link(meeting)
    if kind == Kind.MEETING:
        people = _named(Official, *(who for who, _body in refs["attendances"]))
        of = _named(Organization, refs["ministry"], *(body for _who, body in refs["attendances"]))
        filled["ministry"] = of[refs["ministry"]]
        filled["follows"] = _meeting_link(
            _current(Kind.MEETING, refs["follows"]).get(refs["follows"])
        )
        filled["cited"] = sorted(
            (one.code for one in _current(Kind.SOURCE, *refs["cited"]).values()),
            key=lambda code: int(code.split("-")[1]),
        )
        filled["attendances"] = [
            one | {"official": people[who], "organization": of.get(body)}
            for one, (who, body) in zip(own["attendances"], refs["attendances"], strict=True)
        ]
    elif kind in FOLLOW_UPS:
        bodies_ = [refs["lead"], refs["current_lead"], refs.get("addressed_to")]
        of = _named(Organization, *bodies_, *refs["supporting"])
        updates = _updates(kind, draft.record)
        filled["raised_by"] = _speaker(refs["raised_by"], meeting)
        filled["lead"] = of.get(refs["lead"])
        filled["current_lead"] = of.get(refs["current_lead"])
        filled["supporting"] = [of[key] for key in refs["supporting"]]
        filled["updates"] = updates
        filled |= standing(own, updates)
        if kind == Kind.REQUEST:
            filled["addressed_to"] = of.get(refs["addressed_to"])
            filled["answered_by"] = _answering(draft.record)
            filled["answer"] = answer_of(filled["answered_by"], updates)
        else:
            asked = _current(Kind.REQUEST, *refs["answers"]).values()
            filled["answers"] = [
                one.code for one in sorted(asked, key=lambda one: one.first_sequence)
            ]
    elif kind == Kind.UPDATE:
        target_kind, target = refs["follow_up"]
        about = _current(target_kind, target).get(target)
        keys = ("code", "kind", "title", "path")
        filled["follow_up"] = {key: about.data[key] for key in keys}
        filled["path"] = f"{about.path}#{own['code']}"
    elif kind == Kind.REMARK:
        filled["said_by"] = _speaker(refs["said_by"], meeting)
        filled["path"] = f"{meeting.path}#{own['code']}"
    elif kind == Kind.FIGURE:
        filled["indicator"] = _named(Indicator, refs["indicator"])[refs["indicator"]]
        filled["path"] = f"{meeting.path}#{own['code']}" if meeting else ""
    return filled


# -- the row


def _day(value):
    return date.fromisoformat(value) if isinstance(value, str) else value


def _body(kind, filled, stamp):
    serializer = bodies.BODIES[kind](filled)
    data = serializer.data
    ordered = {key: data[key] for key in bodies.ORDER.get(kind, data)}
    ordered |= bodies.Stamp(stamp).data
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":"), cls=JSONEncoder)


def searchable(kind, filled):
    """Public words of the record, in the order that a reader meets them."""
    parts = [filled["code"]]
    parts += [filled.get(key) or "" for key in ("title", "detail", "text", "summary", "place")]
    parts += [filled.get(key) or "" for key in ("publisher", "number", "note", "period")]
    parts += [filled.get(key) or "" for key in ("raised_by_text", "said_by_text")]
    for key in ("raised_by", "said_by", "lead", "addressed_to", "ministry", "indicator"):
        parts.append((filled.get(key) or {}).get("name", ""))
    parts += [one["official"]["name"] for one in filled.get("attendances", [])]
    parts.append((filled.get("evidence") or {}).get("quote", ""))
    if filled.get("topics"):
        parts += Topic.objects.filter(slug__in=filled["topics"]).values_list("name", flat=True)
    return parts


def columns(draft, filled, stamp, atlas=None):
    """The columns that follow from the record; sequence and times are the publisher's."""
    kind, refs = draft.kind, draft.refs
    province = refs.get("province")
    row = {
        "kind": kind,
        "record": draft.record,
        "code": filled["code"],
        "number": stamp["edition"],
        "province_id": province,
        "heir_id": None,
        "ministry_id": refs.get("ministry"),
        "lead_id": refs.get("lead"),
        "raised_by_id": refs.get("raised_by") or refs.get("said_by"),
        "meeting": filled["slug"]
        if kind == Kind.MEETING
        else (filled.get("meeting") or {}).get("slug", ""),
        "type": _type(kind, filled),
        "status": filled.get("status") or "",
        "strength": filled.get("strength") or "",
        "answer": filled.get("answer") or "",
        "topics": f"|{'|'.join(filled['topics'])}|" if filled.get("topics") else "",
        "due_on": _day(filled.get("due_on")) if kind in FOLLOW_UPS else None,
        "completed_on": _day(filled.get("completed_on")),
    }
    atlas = atlas or Atlas()
    places = [atlas.units[key] for key in [province, *refs.get("provinces", [])] if key]
    if province:
        row["heir_id"] = getattr(atlas.heir(atlas.units[province]), "pk", province)
    if kind in FOLLOW_UPS:
        meeting = _current(Kind.MEETING, refs["meeting"])[refs["meeting"]]
        row["ministry_id"] = meeting.ministry_id
    row["day"] = _lists_by(kind, filled, refs, stamp)
    row["search"] = (
        f" {fold(' '.join([*searchable(kind, filled), *(one.name for one in places)]))} "
    )
    row["body"] = _body(kind, filled, stamp)
    row["refs"] = json.dumps(refs, separators=(",", ":"))
    return row


def _type(kind, filled):
    if kind == Kind.FIGURE:
        return filled["indicator"]["slug"]
    return filled.get("state_of_it" if kind == Kind.MEETING else "type") or ""


def _lists_by(kind, filled, refs, stamp):
    """The day that lists run by; never null: that of the first publication where none is known."""
    if kind == Kind.SOURCE:
        known = filled["issued_on"] or filled["accessed_on"]
    elif kind == Kind.MEETING:
        known = filled["held_on"] or filled["planned_from"]
    elif kind == Kind.UPDATE:
        known = filled["happened_on"]
    else:
        meeting = _current(Kind.MEETING, refs["meeting"]).get(refs["meeting"])
        known = meeting.day if meeting else None
    if known:
        return _day(known)
    first = stamp["first_published_at"]
    return timezone.localdate(datetime.fromisoformat(first) if isinstance(first, str) else first)


def links(draft):
    """What the edition names: (field of EditionLink, key) or ("record", kind, key)."""
    refs, kind = draft.refs, draft.kind
    found = [("province", key) for key in [refs.get("province"), *refs.get("provinces", [])]]
    for name in ("ministry", "lead", "current_lead", "addressed_to"):
        found.append(("organization", refs.get(name)))
    found += [("organization", key) for key in refs.get("supporting", [])]
    found += [("official", refs.get(name)) for name in ("raised_by", "said_by")]
    for who, body in refs.get("attendances", []):
        found += [("official", who), ("organization", body)]
    records = [(Kind.MEETING, refs.get("meeting")), (Kind.MEETING, refs.get("follows"))]
    records += [(Kind.SOURCE, key) for key in (*refs.get("cited", []), *refs["proof"])]
    records += [(Kind.REQUEST, key) for key in refs.get("answers", [])]
    if kind == Kind.UPDATE:
        records.append(tuple(refs["follow_up"]))
    found += [("record", record) for record in records if record[1] is not None]
    return list(dict.fromkeys(one for one in found if one[1] is not None))


def rest_on(source):
    """Current editions whose own proof, or a part's, is that source; citing it is no proof."""
    linked = Edition.objects.current().filter(links__kind=Kind.SOURCE, links__record=source.pk)
    return [one for one in linked.distinct() if source.pk in json.loads(one.refs)["proof"]]
