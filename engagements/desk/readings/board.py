"""Board of a reading: its text with marks, its proposals by sentence, what is left to decide."""

from collections import Counter
from datetime import date
from functools import cached_property
from itertools import groupby, pairwise

from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engagements.desk.pages import form_of as page_form_of
from engagements.models import Indicator, Maker, ProposalState, RefusalReason, Verdict
from engagements.reading.duplicates import duplicates, sessions_near
from engagements.reading.proposals import ITEMS
from engagements.reading.reasons import MODEL, REASONS
from engagements.reading.text import Document, noise
from engagements.words import MadeBy, ProposalKind, RemarkKind, Role, Side, Strength
from provinces.models import Organization, Province

from .deciding import ADDED, BY_HAND, fields_of_session, lacks, provinces_in, shown
from .rules import folded_rules

PREFIXES = {
    ProposalKind.MEETING: "B",
    ProposalKind.ATTENDANCE: "TP",
    ProposalKind.REQUEST: "KN",
    ProposalKind.COMMITMENT: "CK",
    ProposalKind.RECOMMENDATION: "KH",
    ProposalKind.REMARK: "GN",
    ProposalKind.FIGURE: "SL",
}
# Which of several marks over the same words is drawn: what is followed before what is not.
OVER = (
    ProposalKind.REQUEST,
    ProposalKind.COMMITMENT,
    ProposalKind.RECOMMENDATION,
    ProposalKind.REMARK,
    ProposalKind.FIGURE,
    ProposalKind.ATTENDANCE,
    ProposalKind.MEETING,
)
FIELDS = {
    "ministry": gettext_lazy("ministry"),
    "province": gettext_lazy("province"),
    "held_on": gettext_lazy("held on"),
    "place": gettext_lazy("place"),
}


class Card:
    """A proposal as the screen shows it."""

    def __init__(self, proposal, number, board):
        self.proposal, self.board = proposal, board
        self.kind = ProposalKind(proposal.told("kind"))
        self.code = f"{PREFIXES[self.kind]} {number}"
        self.payload = proposal.told("payload")
        self.start, self.end, self.quote = (proposal.told(n) for n in ("start", "end", "quote"))
        self.duplicates = []
        self.form = None

    def is_twin_of(self, other):
        """Whether both are the same words as the same thing, of two provinces."""
        return (self.kind, self.start, self.end) == (other.kind, other.start, other.end)

    @property
    def shown(self):
        """The choice that stands in its radio buttons: as sent, else as decided."""
        return self.board.sent.get(f"d-{self.proposal.pk}") or self.decision

    @property
    def decision(self):
        return shown(self.proposal)

    @property
    def is_open(self):
        return self.proposal.state == ProposalState.OPEN

    @property
    def is_saved(self):
        return self.proposal.is_saved

    @property
    def lacks(self):
        return lacks(self.proposal)

    @property
    def is_folded(self):
        return self.is_open and self.proposal.rule in self.board.folded

    @property
    def why(self):
        if self.proposal.rule == BY_HAND:
            return _("chosen by a person")
        said = REASONS.get(self.proposal.rule, self.proposal.rule)
        return str(said) % {"words": self.proposal.words}

    @property
    def by_model(self):
        """That a model proposed it, alone or beside the rules; "" where it did not."""
        by_model = self.proposal.maker in (Maker.MODEL, Maker.BOTH)
        return self.proposal.get_maker_display() if by_model else ""

    @property
    def title(self):
        """What it would be called in the register; the source's words until somebody says it."""
        return self.payload.get("title") if self.kind != ProposalKind.ATTENDANCE else ""

    @property
    def is_borrowed(self):
        """Whether its title is still the source's words."""
        return self.kind in ITEMS and not self.title

    @property
    def heading(self):
        """What it says, in one line."""
        payload = self.payload
        if self.kind == ProposalKind.ATTENDANCE:
            return f"{payload.get('name') or self.quote}"
        if self.kind == ProposalKind.FIGURE:
            amount = (payload.get("qualifier"), self._number, payload.get("unit"))
            return " ".join(part for part in amount if part)
        if self.kind == ProposalKind.MEETING:
            return self._field
        return self.title or self.quote

    @property
    def _number(self):
        value = str(self.payload.get("value") or "")
        return number_format(value, use_l10n=True, force_grouping=True) if value else ""

    @property
    def _field(self):
        payload = self.payload
        if payload["field"] == "ministry":
            return self.board.names.get(payload["slug"]) or payload["name"]
        if payload["field"] == "province":
            return self.board.names.get(payload["slug"]) or payload["name"]
        if payload["field"] == "place":
            return payload["place"]
        if day := payload.get("held_on"):
            return date_format(date.fromisoformat(day), "SHORT_DATE_FORMAT")
        return f"{payload.get('day')}/{payload.get('month')}/?"

    @property
    def label(self):
        """Its kind; of a field of the session, which one."""
        if self.kind != ProposalKind.MEETING:
            return self.kind.label
        return FIELDS[self.payload["field"]]

    @property
    def facts(self):
        """What else it says, in short words."""
        payload, facts = self.payload, []
        if self.kind == ProposalKind.ATTENDANCE:
            facts = [payload.get("title"), _label(Side, payload.get("side"))]
            facts.append(_label(Role, payload.get("role")))
            if not payload.get("officials"):
                facts.append(_("new in the register"))
        elif self.kind == ProposalKind.FIGURE:
            facts = [self.board.names.get(payload.get("indicator"))]
            if name := payload.get("new_indicator"):
                facts.append(_("new indicator: %(name)s") % {"name": name})
            facts.append(payload.get("period"))
            facts.append(_("a target") if payload.get("is_target") else "")
        elif self.kind == ProposalKind.REMARK:
            facts = [_label(RemarkKind, payload.get("kind"))]
        elif self.kind != ProposalKind.MEETING:
            facts = [payload.get("said_by"), payload.get("due_text")]
            facts.append(_label(Strength, payload.get("strength")))
            if payload.get("made_by") == MadeBy.JOINTLY:
                facts.append(MadeBy.JOINTLY.label)
            if lead := payload.get("lead_text"):
                facts.append(_("lead: %(name)s") % {"name": lead})
            facts += self._answers()
        if len(self.board.provinces) > 1 and payload.get("province"):
            facts.append(self.board.names.get(payload["province"]))
        return [str(fact) for fact in facts if fact]

    def _answers(self):
        for answer in self.payload.get("answers") or ():
            asked = self.board.request_at(answer)
            if asked is not None:
                text = _("may answer %(code)s") if answer["is_inferred"] else _("answers %(code)s")
                yield text % {"code": asked.code}


def _label(choices, value):
    return choices(value).label if value in choices.values else ""


class Group:
    """The cards of one sentence."""

    def __init__(self, paragraph, sentence, cards):
        self.paragraph, self.sentence, self.cards = paragraph, sentence, cards

    @property
    def is_folded(self):
        return all(card.is_folded for card in self.cards)


class Board:
    """Everything that the screen of one reading shows."""

    def __init__(self, reading, sent=None):
        self.reading, self.sent = reading, sent or {}
        self.reasons = list(enumerate(RefusalReason.choices, start=1))
        self.kinds = [(number, kind.value, kind.label) for number, kind in enumerate(ADDED, 1)]
        proposals = list(reading.proposals.in_order().select_related("decided_by"))
        for proposal in proposals:
            proposal.reading = reading
        numbers, self.cards, self.moved = Counter(), [], []
        for proposal in sorted(proposals, key=lambda p: (p.paragraph, p.told("start"), p.pk)):
            kind = proposal.told("kind")
            if proposal.state == ProposalState.MOVED:
                self.moved.append(Card(proposal, "", self))
                continue
            numbers[kind] += 1
            self.cards.append(Card(proposal, numbers[kind], self))
        self.folded = folded_rules()
        self._find_duplicates()

    @property
    def heard(self):
        """What a model added, or why it was not heard, in words; "" where none was asked."""
        heard = self.reading.heard
        if not heard:
            return ""
        if heard["problem"]:
            return f"{heard['name']}: {MODEL[heard['problem']]}"
        return _("%(name)s added %(added)d and saw %(confirmed)d of the rules' own") % heard

    # -- what the register knows

    @cached_property
    def fields(self):
        return fields_of_session(card.proposal for card in self.cards)

    @cached_property
    def provinces(self):
        return provinces_in(self.fields)

    @cached_property
    def names(self):
        """Names by slug, of whatever the proposals name."""
        slugs = {card.payload.get(name) for card in self.cards for name in ("slug", "province")}
        bodies = dict(Organization.objects.filter(slug__in=slugs).values_list("slug", "name"))
        units = {unit.slug: unit.name for unit in Province.objects.filter(slug__in=slugs)}
        return bodies | units | dict(Indicator.objects.values_list("slug", "name"))

    def _find_duplicates(self):
        ministry = next(iter(self.fields.get("ministry", ())), {}).get("slug", "")
        day = next(iter(self.fields.get("held_on", ())), {}).get("held_on")
        names = {self.names.get(slug, slug) for slug in self.provinces}
        day = date.fromisoformat(day) if day else None
        sessions = [] if self.reading.meeting_id else sessions_near(day, ministry, names)
        self.sessions = sessions
        for index, alike in duplicates(self.cards, sessions).items():
            self.cards[index].duplicates = alike[:2]

    def request_at(self, place):
        """The card of a request that stands where an answer says."""
        for card in self.cards:
            is_there = card.proposal.paragraph == place["paragraph"]
            touches = card.start < place["end"] and place["start"] < card.end
            if card.kind == ProposalKind.REQUEST and is_there and touches:
                return card
        return None

    # -- the proposals

    @property
    def groups(self):
        def key(card):
            return card.proposal.paragraph, card.proposal.sentence

        cards = sorted(self.cards, key=lambda card: (*key(card), card.start, card.proposal.pk))
        return [
            Group(paragraph, self._number_of(paragraph, start), list(rest))
            for (paragraph, start), rest in groupby(cards, key=key)
        ]

    def _number_of(self, paragraph, start):
        """Which sentence of its paragraph begins there."""
        return sum(sentence.start <= start for sentence in self.document.sentences[paragraph]) or 1

    @property
    def counts(self):
        """[(state, label, how many)] of what was decided, and what was not."""
        states = Counter(card.proposal.state for card in self.cards)
        return [
            (state, ProposalState(state).label, states[state])
            for state in (
                ProposalState.ACCEPTED,
                ProposalState.CHANGED,
                ProposalState.DUPLICATE,
                ProposalState.REFUSED,
                ProposalState.OPEN,
            )
        ]

    @property
    def bars(self):
        """[(state, from, width)] of the counts side by side."""
        bars, at = [], 0
        for state, _words, number in self.counts:
            bars.append((state, at, number))
            at += number
        return bars

    @property
    def total(self):
        return len(self.cards)

    @property
    def open(self):
        return sum(card.is_open for card in self.cards)

    @property
    def taken(self):
        return sum(card.proposal.is_taken and not card.is_saved for card in self.cards)

    def open_of(self, kind):
        return sum(card.is_open and card.kind == kind and not card.lacks for card in self.cards)

    @property
    def open_people(self):
        return self.open_of(ProposalKind.ATTENDANCE)

    @property
    def open_figures(self):
        return self.open_of(ProposalKind.FIGURE)

    # -- the text

    @cached_property
    def document(self):
        return Document(self.reading.paragraphs)

    @property
    def paragraphs(self):
        """[(number, starts of its sentences, its HTML, whether it is a menu or the like)]."""
        left_out = noise(self.document.paragraphs)
        by_paragraph = {}
        for card in self.cards:
            by_paragraph.setdefault(card.proposal.paragraph, []).append(card)
        silent = {}
        for paragraph, start, end in self.silent_places:
            silent.setdefault(paragraph, []).append((start, end))
        return [
            (
                number,
                " ".join(str(sentence.start) for sentence in self.document.sentences[number]),
                marked(parts_of(text, by_paragraph.get(number, ()), silent.get(number, ()))),
                number in left_out,
            )
            for number, text in enumerate(self.document.paragraphs, start=1)
        ]

    @cached_property
    def silent_places(self):
        """Places of sentences with a speech verb of which nothing was made, by nobody."""
        taken = [
            (card.proposal.paragraph, card.start, card.end)
            for card in self.cards
            if card.proposal.state != ProposalState.REFUSED and card.kind in ADDED[:4]
        ]
        return [
            (paragraph, start, end)
            for paragraph, start, end in self.reading.silent
            if not any(n == paragraph and s < end and start < e for n, s, e in taken)
        ]

    @property
    def silent(self):
        """[(paragraph, start, end, text)] of those sentences."""
        return [
            (paragraph, start, end, self.reading.paragraphs[paragraph - 1][start:end])
            for paragraph, start, end in self.silent_places
        ]

    @property
    def is_of_session(self):
        return self.reading.verdict == Verdict.SESSION

    @property
    def why(self):
        return str(REASONS.get(self.reading.rule, "")) % {"words": self.reading.words}

    @property
    def source_url(self):
        return page_form_of(self.reading.source) if self.reading.source_id else None


class Part:
    """Some words of a paragraph, and the card whose quotation they are in, if any."""

    def __init__(self, text, card=None, codes=(), *, is_silent=False):
        self.text, self.card, self.codes, self.is_silent = text, card, codes, is_silent
        self.is_last = False


def marked(parts):
    """HTML of the parts. Its text is the paragraph's to the character: labels come from CSS."""
    return format_html_join("", "{}", ((_part(part),) for part in parts))


def _part(part):
    if part.card is None:
        return (
            format_html('<span class="silent">{}</span>', part.text)
            if part.is_silent
            else part.text
        )
    proposal = part.card.proposal
    return format_html(
        '<a class="mark{}" href="#p{}" data-kind="{}" data-state="{}"{}>{}</a>',
        " silent" if part.is_silent else "",
        proposal.pk,
        part.card.kind,
        proposal.state,
        format_html(' data-label="{}"', ", ".join(part.codes)) if part.is_last else "",
        part.text,
    )


def parts_of(text, cards, silent=()):
    """[Part] of a paragraph: each stretch between two ends of quotations."""
    edges = {0, len(text)}
    for start, end in [(card.start, card.end) for card in cards] + list(silent):
        edges |= {start, end}
    edges = sorted(edge for edge in edges if 0 <= edge <= len(text))
    parts = []
    for start, end in pairwise(edges):
        over = [card for card in cards if card.start <= start and end <= card.end]
        card = min(over, key=lambda card: (OVER.index(card.kind), card.start), default=None)
        is_silent = any(first <= start and end <= last for first, last in silent)
        if parts and parts[-1].card is card and parts[-1].is_silent == is_silent:
            parts[-1].text += text[start:end]
        else:
            twins = [twin.code for twin in over if twin.is_twin_of(card)] if card else []
            parts.append(Part(text[start:end], card, twins, is_silent=is_silent))
    seen = set()
    for part in reversed(parts):
        if part.card is not None and part.card not in seen:
            part.is_last = True
            seen.add(part.card)
    return parts
