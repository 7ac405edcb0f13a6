"""Decisions on proposals, one step each: accept, refuse, change, merge, split, add, undo.

Each is made on the locked reading. Whoever decides what somebody else decided meanwhile is told so;
the same decision sent twice is one.
"""

import re

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from engagements.models import Maker, Proposal, ProposalState, Reading, RefusalReason
from engagements.reading.proposals import Proposal as Proposed
from engagements.reading.proposals import Why
from engagements.reading.reasons import PROBLEMS
from engagements.reading.text import Document, quotation
from engagements.reading.verify import problem_of
from engagements.words import MadeBy, ProposalKind, RemarkKind, Role, Side, Strength

from .keeping import sentence_at

BY_HAND = "person.added"
AT_ONCE = (ProposalKind.ATTENDANCE, ProposalKind.FIGURE)  # what may be accepted all together
ADDED = (  # kinds in the order of their digits
    ProposalKind.REQUEST,
    ProposalKind.COMMITMENT,
    ProposalKind.RECOMMENDATION,
    ProposalKind.REMARK,
    ProposalKind.FIGURE,
    ProposalKind.ATTENDANCE,
)
NEEDED = {  # what a row of that kind cannot be without, as a proposal of it begins
    ProposalKind.COMMITMENT: {"strength": Strength.EXPLICIT, "made_by": MadeBy.MINISTRY},
    ProposalKind.REMARK: {"kind": RemarkKind.OTHER},
    ProposalKind.ATTENDANCE: {"role": Role.ATTENDED, "side": Side.PROVINCE},
}
PLACED = ADDED[:5]  # kinds of which a row is about a province
SEPARATORS = re.compile(r"[;,]\s+|\s+(?:và|cũng như|đồng thời)\s+")


class Decided(ValidationError):
    """Somebody else has decided it otherwise since it was shown."""


class Decisions:
    """What one person decides on the proposals of one reading."""

    def __init__(self, reading, user):
        self.reading, self.user = reading, user
        self.document = Document(reading.paragraphs)

    # -- by name, as a form sends it

    @transaction.atomic
    def take(self, step, sent):
        """Carries out a step of a form; returns the proposal to look at next, or None."""
        self.lock()
        if step == "accept_all":
            return self.accept_all(sent.get("kind"))
        if step == "add":
            return self.add(sent)
        proposal = self.proposal(sent.get("proposal"))
        if step in ProposalState.values or step in RefusalReason.values:
            return self.decide(proposal, step, sent.get("seen"))
        if step == "kind":
            return self.turn(proposal, sent.get("kind"))
        if step == "quote":
            return self.quote(proposal, sent)
        if step == "merge":
            return self.merge(proposal)
        if step == "split":
            return self.split(proposal)
        raise ValidationError(_("There is no such step."))

    def lock(self):
        """Holds the reading until the transaction ends: its proposals are read after this."""
        self.reading.meeting_id = (
            Reading.objects.select_for_update().get(pk=self.reading.pk).meeting_id
        )

    def proposal(self, key):
        """The proposal with that key, as it is now; ValidationError for none, or if it is saved."""
        key = str(key or "")
        rows = self.reading.proposals.filter(pk=key) if key.isdecimal() and len(key) < 19 else ()
        for proposal in rows:
            proposal.reading = self.reading
            if proposal.is_saved:
                raise ValidationError(_("It was saved already: change it in the session's form."))
            return proposal
        raise ValidationError(_("There is no such proposal."))

    def _sign(self, proposal, state, reason=""):
        proposal.state, proposal.reason = state, reason
        is_open = state == ProposalState.OPEN
        proposal.decided_by = None if is_open else self.user
        proposal.decided_at = None if is_open else timezone.now()
        proposal.full_clean()
        proposal.save()
        return proposal

    # -- steps

    def decide(self, proposal, step, seen=None):
        """A state, or the reason of a refusal; “open” takes a decision back."""
        reason = step if step in RefusalReason.values else ""
        state = ProposalState.REFUSED if reason else ProposalState(step)
        if state in (ProposalState.MOVED, ProposalState.CHANGED):
            raise ValidationError(_("There is no such step."))
        if state == ProposalState.ACCEPTED and proposal.final:
            state = ProposalState.CHANGED
        if (state, reason) == (proposal.state, proposal.reason):
            return proposal
        self.refuse_unseen(proposal, seen)
        if state in (ProposalState.ACCEPTED, ProposalState.CHANGED) and (
            wanting := lacks(proposal)
        ):
            raise ValidationError(wanting)
        if proposal.state == ProposalState.MOVED:
            self._give_back(proposal)
        return self._sign(proposal, state, reason)

    def refuse_unseen(self, proposal, seen):
        """Raises Decided if the proposal is not as it was seen; nothing where none was told."""
        if seen and seen != shown(proposal):
            given = {
                "who": proposal.decided_by or _("Somebody"),
                "decision": proposal.get_state_display(),
            }
            raise Decided(_("Meanwhile %(who)s decided: %(decision)s.") % given)

    def accept_all(self, kind):
        if kind not in AT_ONCE:
            raise ValidationError(_("Only people and figures are accepted all at once."))
        for proposal in self.reading.proposals.filter(kind=kind, state=ProposalState.OPEN):
            proposal.reading = self.reading
            if proposal.told("kind") == kind and not lacks(proposal):
                self.decide(proposal, ProposalState.ACCEPTED)
        return

    def turn(self, proposal, kind):
        """Makes it one of another kind."""
        if kind not in ADDED or proposal.kind == ProposalKind.MEETING:
            raise ValidationError(_("It can be no such thing."))
        return self.change(proposal, kind=kind)

    def quote(self, proposal, sent):
        """Gives it another quotation of its paragraph or another one; refused if not verbatim."""
        place = self._place(sent, proposal.told("kind"))
        if place["paragraph"] != proposal.paragraph:
            raise ValidationError(_("Choose words of the same paragraph, or add a new item."))
        del place["paragraph"]
        return self.change(proposal, **place)

    def change(self, proposal, payload=None, **values):
        """Keeps what a person makes of it beside what was proposed."""
        final = proposal.final | values
        if payload is not None:
            final["payload"] = proposal.told("payload") | payload
        kind = final.get("kind", proposal.kind)
        if lacking := {
            name: value
            for name, value in NEEDED.get(kind, {}).items()
            if not final.get("payload", proposal.payload).get(name)
        }:
            final["payload"] = {**final.get("payload", proposal.payload), **lacking}
        proposal.final = final
        state = proposal.state
        if state == ProposalState.ACCEPTED or (payload is not None and not lacks(proposal)):
            state = ProposalState.CHANGED
        reason = proposal.reason if state == ProposalState.REFUSED else ""
        return self._sign(proposal, state, reason)

    def merge(self, proposal):
        """Takes it into the one above it in the paragraph: one statement that was taken for two."""
        if proposal.state == ProposalState.MOVED:  # sent twice
            return proposal.parent
        above = (
            self.reading.proposals.exclude(state=ProposalState.MOVED)
            .filter(paragraph=proposal.paragraph, start__lte=proposal.start)
            .exclude(pk=proposal.pk)
            .exclude(kind=ProposalKind.MEETING)
            .order_by("-start", "-pk")
        )
        for row in above:
            row.reading = self.reading
        above = next((row for row in above if _may_hold(row, proposal)), None)
        if above is None:
            raise ValidationError(_("Nothing of this kind stands above it in the paragraph."))
        first = min(above.told("start"), proposal.told("start"))
        last = max(above.told("end"), proposal.told("end"))
        proposal.parent = above
        self._sign(proposal, ProposalState.MOVED)
        return self.change(above, **self._span(above.paragraph, first, last))

    def split(self, proposal):
        """Parts it in two where a list goes on, nearest to its middle."""
        start, end, quote = (proposal.told(name) for name in ("start", "end", "quote"))
        cuts = [
            cut
            for cut in SEPARATORS.finditer(quote)
            if len(quote[: cut.start()].split()) > 2 and len(quote[cut.end() :].split()) > 2
        ]
        if not cuts or proposal.told("kind") == ProposalKind.MEETING:
            raise ValidationError(
                _("It has no place to be parted at: select words in the text instead.")
            )
        cut = min(cuts, key=lambda found: abs(found.start() - len(quote) / 2))
        second = Proposal(
            reading=self.reading,
            kind=proposal.told("kind"),
            paragraph=proposal.paragraph,
            sentence=proposal.sentence,
            maker=Maker.PERSON,
            rule=proposal.rule,
            words=proposal.words,
            payload=proposal.told("payload"),
            parent=proposal,
            **self._span(proposal.paragraph, start + cut.end(), end),
        )
        second.full_clean()
        second.save()
        return self.change(proposal, **self._span(proposal.paragraph, start, start + cut.start()))

    def add(self, sent):
        """What the reader did not see: words of the text, of a chosen kind."""
        kind = sent.get("kind")
        if kind not in ADDED:
            raise ValidationError(_("Choose of which kind it is."))
        place = self._place(sent, kind)
        provinces = self.provinces
        proposal = Proposal(
            reading=self.reading,
            kind=kind,
            maker=Maker.PERSON,
            rule=BY_HAND,
            payload=NEEDED.get(kind, {})
            | ({"province": provinces[0] if len(provinces) == 1 else ""} if kind in PLACED else {}),
            sentence=sentence_at(self.document, place["paragraph"], place["start"])[0],
            **place,
        )
        state = ProposalState.OPEN if lacks(proposal) else ProposalState.ACCEPTED
        return self._sign(proposal, state)

    @property
    def provinces(self):
        """Slugs of the session's provinces, as they stand now."""
        return provinces_in(fields_of_session(self.reading.proposals.in_order()))

    # -- places

    def _span(self, paragraph, start, end):
        start, end = quotation(self.reading.paragraphs[paragraph - 1], start, end)
        return {
            "start": start,
            "end": end,
            "quote": self.reading.paragraphs[paragraph - 1][start:end],
        }

    def _place(self, sent, kind):
        """Place of the words that were sent; ValidationError, counted, if they do not stand there.

        Without script the quotation is typed, and looked for in its paragraph.
        """
        numbers = [str(sent.get(name) or "") for name in ("paragraph", "start", "end")]
        quote = str(sent.get("quote") or "").strip()
        if not numbers[1] and numbers[0].isdecimal():
            paragraph = int(numbers[0][:6])
            texts = self.reading.paragraphs
            text = texts[paragraph - 1] if 1 <= paragraph <= len(texts) else ""
            start = text.find(quote) if quote else -1
            numbers[1:] = [str(start), str(start + len(quote))] if start >= 0 else ["", ""]
        if not all(number.isdecimal() and len(number) < 7 for number in numbers):
            self._refuse("not_verbatim")
        paragraph, start, end = map(int, numbers)
        proposed = Proposed(kind, paragraph, start, end, quote, Why(BY_HAND), {"kind": "other"})
        if problem := problem_of(proposed, self.reading.paragraphs):
            self._refuse(problem)
        return {"paragraph": paragraph, "start": start, "end": end, "quote": quote}

    def _refuse(self, problem):
        raise Unproven(PROBLEMS[problem], code=problem)

    def _give_back(self, proposal):
        """A proposal that was taken into another stands by itself again."""
        above, proposal.parent = proposal.parent, None
        if above is None:
            return
        above.reading = self.reading
        if above.is_saved:
            return
        above.final = {
            name: value
            for name, value in above.final.items()
            if name not in ("start", "end", "quote")
        }
        others = self.reading.proposals.filter(parent=above, state=ProposalState.MOVED)
        if left := others.exclude(pk=proposal.pk):
            first = min(row.told("start") for row in (above, *left))
            last = max(row.told("end") for row in (above, *left))
            above.final |= self._span(above.paragraph, first, last)
        is_plain = above.state == ProposalState.CHANGED and not above.final
        self._sign(above, ProposalState.ACCEPTED if is_plain else above.state, above.reason)


def _may_hold(above, proposal):
    """Whether the one may be taken into the other: what was refused would take it along."""
    is_out = above.is_saved or above.state in (ProposalState.REFUSED, ProposalState.DUPLICATE)
    provinces = [row.told("payload").get("province") for row in (above, proposal)]
    is_alike = above.told("kind") == proposal.told("kind") and len(set(provinces)) == 1
    return is_alike and not is_out


class Unproven(ValidationError):
    """A quotation that the text does not hold; whoever catches it counts it."""


def count_refused(reading):
    """One more quotation was refused; told outside the transaction that was rolled back."""
    reading.refused_quotations = F("refused_quotations") + 1
    reading.save(update_fields=["refused_quotations"])
    reading.refresh_from_db(fields=["refused_quotations"])


def fields_of_session(proposals):
    """{name of a field of the session: [payload]}, of what nobody refused; none once swept."""
    fields = {}
    for proposal in proposals:
        payload = proposal.told("payload")
        is_field = proposal.told("kind") == ProposalKind.MEETING and "field" in payload
        if is_field and proposal.state != ProposalState.REFUSED:
            fields.setdefault(payload["field"], []).append(payload)
    return fields


def provinces_in(fields):
    return [field["slug"] for field in fields.get("province", ()) if field["slug"]]


def shown(proposal):
    """The choice of the form that a proposal's decision is."""
    if proposal.state == ProposalState.CHANGED:
        return ProposalState.ACCEPTED.value
    return proposal.reason or proposal.state


def lacks(proposal):
    """What a person has to say before it can be accepted; empty if nothing."""
    kind, payload = proposal.told("kind"), proposal.told("payload")
    if kind in PLACED and not payload.get("province"):
        return _("Choose the province that it is about.")
    has_indicator = payload.get("indicator") or payload.get("new_indicator")
    if kind == ProposalKind.FIGURE and not has_indicator:
        return _("Choose the indicator that the figure is a value of.")
    if kind == ProposalKind.FIGURE and not payload.get("value"):
        return _("Give the value.")
    if kind == ProposalKind.ATTENDANCE and not payload.get("name"):
        return _("Give the name.")
    if kind == ProposalKind.MEETING and payload.get("field") == "held_on":
        return "" if payload.get("held_on") else _("Give the day with its year.")
    return ""
