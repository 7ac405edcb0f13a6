"""Proposals of who follows an item today (`current_lead`), each with its basis in words.

Nothing is set by itself: a person looks at the proposals and sets them (current_leads.py). A
request goes to whom it asks, a commitment to the unit that the text names or to the session's
ministry, advice to the People's Committee of a province that the quotation addresses; of a body
that is gone to its successor in the field. An item that names nobody has no proposal, and says why.
"""

import re
from collections import defaultdict
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from engagements.words import Kind, OnBehalfOf
from provinces.models import (
    Atlas,
    Organization,
    OrganizationKind,
    OrganizationSuccession,
    resolve_merge,
)
from provinces.vietnamese import fold, nfc

# Words by which advice speaks to the province itself; with their marks, since “tinh” is many words.
ADDRESSES = re.compile(
    r"\b(?<!các )(tỉnh|thành phố|địa phương|UBND|[uủ][ỷy] ban nhân dân)\b", re.IGNORECASE
)


class Proposal(NamedTuple):
    """An organization, or None, and why."""

    organization: Organization | None
    basis: str


class Proposer:
    """Proposes for many items; who succeeded whom is read once, whatever their number."""

    def __init__(self, on):
        self.on, self.atlas = on, Atlas()
        self.successions = defaultdict(list)
        rows = OrganizationSuccession.objects.filter(effective_on__lte=on)
        for row in rows.select_related("predecessor", "successor__merged_into"):
            self.successions[row.predecessor_id].append(row)
        committees = Organization.objects.reference().exclude(province=None)
        self.committees = {committee.province_id: committee for committee in committees}

    def propose(self, item):
        """For a follow-up whose meeting, lead, province and topics are at hand."""
        if item.kind == Kind.REQUEST:
            return self._of_request(item)
        if item.lead is not None:
            return self._of_lead(item)
        return self._of_promise(item) if item.kind == Kind.COMMITMENT else self._of_advice(item)

    # -- by kind

    def _of_request(self, item):
        asked = item.addressed_to
        if asked is None:
            return Proposal(None, _("The text names nobody whom it asks."))
        return self._today(asked, item, _("It is addressed to %(name)s.") % {"name": asked})

    def _of_lead(self, item):
        lead = item.lead
        basis = _("The text names %(name)s as the one that owes it.") % {"name": lead}
        above = lead.parent
        is_orphan = (
            lead.kind == OrganizationKind.MINISTRY_UNIT
            and above is not None
            and not self._is_gone(lead)
            and self._is_gone(above)
            and not self.successions[lead.pk]
        )
        if not is_orphan:
            return self._today(lead, item, basis)
        basis += " " + _("It was a unit of %(name)s; what became of it is not recorded.") % {
            "name": above
        }
        return self._today(above, item, basis)

    def _of_promise(self, item):
        named = list(item.supporting.all())
        if len(named) == 1:
            basis = _("The text names %(name)s alone.") % {"name": named[0]}
            return self._today(named[0], item, basis)
        if named:
            names = "; ".join(str(unit) for unit in named)
            text = _("The text names several (%(names)s) and ranks none: a person says which.")
            return Proposal(None, text % {"names": names})
        ministry = item.meeting.ministry
        if item.meeting.on_behalf_of == OnBehalfOf.GOVERNMENT:
            text = _("The session was held for the Government, and the text names nobody.")
            return Proposal(None, text)
        basis = _("The text names nobody else; %(name)s held the session.") % {"name": ministry}
        return self._today(ministry, item, basis)

    def _of_advice(self, item):
        word = _address_in(item.quote, item.province)
        if word is None:  # our own words name the province of every item
            return Proposal(None, _("The quotation names nobody."))
        basis = _("The quotation speaks to the province (“%(word)s”).") % {"word": word}
        heir = self.atlas.heir(item.province, self.on)
        if heir is None:
            units = ", ".join(unit.full_name for unit in self.atlas.heirs(item.province, self.on))
            reason = _("The province was split (%(units)s): a person says which of them.")
            return Proposal(None, f"{basis} {reason % {'units': units}}")
        committee = self.committees.get(heir.pk)
        if committee is None:
            reason = _("The People's Committee of %(unit)s is not recorded.") % {"unit": heir}
            return Proposal(None, f"{basis} {reason}")
        today = _("%(name)s is the authority of the unit of today.") % {"name": committee}
        return Proposal(committee, f"{basis} {today}")

    # -- who carries it on

    def _is_gone(self, organization):
        return organization.ceased_on is not None and organization.ceased_on <= self.on

    def _today(self, organization, item, basis):
        """The organization, or who carries its work in the item's field on by now, and why."""
        organization, seen = resolve_merge(organization), set()
        words = f" {fold(' '.join((item.title, item.detail, item.quote)))} "
        words += "".join(f" {fold(topic.name)} " for topic in item.topics.all())
        while self._is_gone(organization) and organization.pk not in seen:
            seen.add(organization.pk)
            succession, reason = self._in_field(self.successions[organization.pk], words)
            if succession is None:
                gone = _("%(name)s is gone.") % {"name": organization}
                return Proposal(None, f"{basis} {gone} {reason}")
            basis += " " + self._told(succession)
            organization = resolve_merge(succession.successor)
        # A circle of successions leads to nobody who is there today.
        return Proposal(None if self._is_gone(organization) else organization, basis)

    def _in_field(self, successions, words):
        """(the succession that the item's words fall under, why there is none)."""
        named = [row for row in successions if _is_named(row.field, words)]
        if len(named) > 1:
            return None, _("Its fields went to several bodies: a person says to which.")
        rest = [row for row in successions if row.is_principal]
        only = successions if len(successions) == 1 else []
        for row in (*named, *rest, *only):
            return row, ""
        if successions:
            return None, _("Its fields went to several bodies: a person says to which.")
        return None, _("Who carries its work on is not recorded.")

    def _told(self, succession):
        told = {
            "before": succession.predecessor.short_name or succession.predecessor,
            "after": succession.successor,
            "day": date_format(succession.effective_on, "SHORT_DATE_FORMAT"),
        }
        text = _("What %(before)s did is done by %(after)s since %(day)s") % told
        beside = [succession.field if not succession.is_principal else "", succession.legal_act]
        beside = "; ".join(part for part in beside if part)
        return f"{text} ({beside})." if beside else f"{text}."


def _is_named(field, words):
    """Whether one of the fields, parted by commas and semicolons, stands in the folded words."""
    parts = {fold(part) for part in re.split("[;,]", field)} - {""}
    return any(f" {part} " in words for part in parts)


def _address_in(text, province):
    """The word of a text that speaks to its province; None if there is none."""
    if found := ADDRESSES.search(nfc(text)):
        return found[0]
    folded = f" {fold(text)} "
    names = [province.name, *province.aliases.splitlines()]
    return next((name for name in names if name and f" {fold(name)} " in folded), None)
