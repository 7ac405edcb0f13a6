"""Payloads as a client reads them: JSON of editions, with what depends on today at its end."""

import json
from datetime import date

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property

from engagements.deadlines import deadline_columns
from engagements.statuses import answer_of, state_of
from engagements.words import FOLLOW_UPS, Kind
from provinces.models import Atlas, Official, Organization, OrganizationSuccession

from .models import Edition, EditionLink
from .shapes import SHAPE


def _to_json(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def named(row):
    """A unit as a link: its slug and name."""
    return {"slug": row.slug, "name": row.name}


# -- what was taken back, in the past of others

# Lists of links: whether an entry has its code among other keys, or is the code itself.
CODE_LISTS = {
    "updates": True, "answered_by": True, "answers": True, "asked_again": True, "supports": True,
    "cited": False,
}  # fmt: skip
EMPTY_MEETING = {"title": "", "held_on": None}
EMPTY = {"meeting": EMPTY_MEETING, "follow_up": {"title": ""}}  # shapes that never lack the link


def without_codes(payload, gone):
    """A payload as issuing it again leaves it once the records of these codes were taken back.

    Where the shape never lacks the link, its address stays, which says so, and no word of it.
    """
    remaining = dict(payload)
    for name, is_part in CODE_LISTS.items():
        if name in payload:
            remaining[name] = [
                entry
                for entry in payload[name]
                if (entry["code"] if is_part else entry) not in gone
            ]
    for name in ("answers", "answered_by"):
        if name in payload:
            remaining[name] = [_not_taken_back(entry, gone) for entry in remaining[name]]
    for name in ("takes_back", "corrects"):
        if payload.get(name) in gone:
            remaining[name] = None
    if "updates" in payload:
        remaining["updates"] = [
            update
            | {
                name: None
                for name in ("takes_back", "corrects", "corrected_by")
                if update[name] in gone
            }
            for update in remaining["updates"]
        ]
        remaining |= state_of(remaining, remaining["updates"])
    if "answer" in payload and "answered_by" in payload:
        answer = answer_of(remaining["answered_by"], remaining["updates"], remaining["asked_again"])
        remaining["answer"] = str(answer)
    for name in ("meeting", "follows", "follow_up", "asks_again"):
        link = payload.get(name)
        if link and link.get("slug", link.get("code")) in gone:
            remaining[name] = link | EMPTY[name] if name in EMPTY else None
    if remaining.get("meeting") != payload.get("meeting"):
        for name in ("raised_by", "said_by"):  # the title of that day stood in the session
            if payload.get(name):
                remaining[name] = payload[name] | {"title": ""}
    return remaining


def _not_taken_back(entry, gone):
    """An entry without the mark of a formal answer that was itself taken out of the register."""
    ended = entry["taken_back"]
    return entry | {"taken_back": None} if ended and ended["code"] in gone else entry


class Reader:
    """Completes payloads on one local day; the units are read once, whatever the number of rows."""

    def __init__(self, on=None):
        self.on = on or timezone.localdate()
        self._places = {}

    @cached_property
    def atlas(self):
        return Atlas()

    def place(self, key):
        """The JSON of a unit of that day, with the units that carry it on this day."""
        if key not in self._places:
            unit = self.atlas.units[key]
            heir, successors = self.atlas.heir(unit, self.on), self.atlas.successors(unit, self.on)
            place = {"current": heir and named(heir), "successors": list(map(named, successors))}
            self._places[key] = _to_json(named(unit) | place)
        return self._places[key]

    @cached_property
    def withdrawals(self):
        """As payloads write a code, when it was last taken back."""
        return [(code, f'"{code}"', at) for code, at in Edition.objects.withdrawals()]

    def without_withdrawn(self, edition):
        """A past edition without what was taken back since of that which it names.

        A current one was issued again when that happened, so nothing is asked for it. What is
        published once more after that stands in later editions; the words taken back stay away.
        """
        if edition.shape != SHAPE:
            edition.payload, edition.shape = _to_json(edition.data), SHAPE
        if edition.superseded_at is None:
            return edition
        gone = {
            code
            for code, written, at in self.withdrawals
            if at > edition.sequence and written in edition.payload
        }
        if gone:
            edition.taken_back = len(gone)
            payload = without_codes(edition.data, gone)
            edition.payload, edition.data = _to_json(payload), payload
            if edition.kind in FOLLOW_UPS:
                for name in ("status", "status_proof", "voices"):
                    setattr(edition, name, payload[name])
                edition.answer = payload.get("answer", "")
                edition.response = payload.get("response", "")
                for name, value in deadline_columns(payload).items():
                    setattr(edition, name, value)
                day = payload["completed_on"]
                edition.completed_on = day and date.fromisoformat(day)
        return edition

    def whole(self, edition):
        """The JSON that a client reads."""
        parts = [self.without_withdrawn(edition).payload[:-1]]
        if edition.kind == Kind.MEETING:
            places = ",".join(self.place(key) for key in edition.keys["provinces"])
            parts.append(f'"provinces":[{places}]')
        elif edition.province_id:
            parts.append(f'"province":{self.place(edition.province_id)}')
        if edition.kind in FOLLOW_UPS:
            parts.append(f'"deadline":"{edition.deadline(self.on)}"')
            parts.append(f'"first_deadline":"{edition.first_deadline(self.on)}"')
        return ",".join(parts) + "}"


def with_keys(payload, names):
    """The JSON of a payload with these keys alone, in its order; all of it for None."""
    if names is None:
        return payload
    chosen = {name: value for name, value in json.loads(payload).items() if name in names}
    return _to_json(chosen)


def _keys_named(field, instant):
    links = EditionLink.objects.exclude(**{field: None})
    if instant is None:
        links = links.filter(edition__superseded_at=None, edition__withdrawn_at=None)
    else:
        links = links.filter(edition__in=Edition.objects.public(instant).values("pk"))
    return links.values(field)


def public_officials(instant=None):
    """People that something names which is public now, or was then.

    Nobody else exists for the public.
    """
    return Official.objects.filter(pk__in=_keys_named("official", instant))


def public_organizations(instant=None):
    """Organizations that something names which is public now, or was then, with their units, and
    who took them over.

    Ministries and People's Committees of the reference data always are.
    """
    named = _keys_named("organization", instant)
    took_over = OrganizationSuccession.objects.filter(predecessor__in=named).values("successor")
    reference = Organization.objects.reference().values("pk")
    return Organization.objects.filter(
        Q(pk__in=reference)
        | Q(pk__in=named)
        | Q(parent__in=named, merged_into=None)
        | Q(pk__in=took_over, merged_into=None)
    )


def editions_of(edition):
    """Every row of a record that was not taken back, oldest first."""
    rows = Edition.objects.filter(kind=edition.kind, record=edition.record, withdrawn_at=None)
    return rows.order_by("sequence").defer("search")
