"""Measures of the reader's rules: what people accepted, changed, refused, and had to add."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db.models import Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from engagements.desk.pages import desk_page
from engagements.models import (
    Attendance,
    Commitment,
    Figure,
    Maker,
    Proposal,
    ProposalState,
    ProvinceRequest,
    Reading,
    Recommendation,
    RefusalReason,
    Remark,
    State,
)
from engagements.models.readings import TAKEN
from engagements.reading.reasons import REASONS

LAST = 30  # decisions by which a rule is judged
RIGHT = 0.6  # of them; under this its proposals are shown folded
ITEM_MODELS = (ProvinceRequest, Commitment, Recommendation, Remark, Figure, Attendance)


@dataclass
class RuleLine:
    """One rule: how many of its proposals became what, and how the last thirty fared."""

    rule: str
    accepted: int = 0
    changed: int = 0
    duplicate: int = 0
    refused: Counter = field(default_factory=Counter)  # by reason
    last: list = field(default_factory=list)  # whether each of the last was right

    @property
    def name(self):
        said = REASONS.get(self.rule)
        return str(said) % {"words": "…"} if said else self.rule

    @property
    def decided(self):
        return self.accepted + self.changed + self.duplicate + self.refused.total()

    @property
    def right(self):
        """Share of the last thirty, in hundredths."""
        return round(100 * sum(self.last) / len(self.last)) if self.last else None

    @property
    def is_folded(self):
        return is_rarely_right(self.last)

    @property
    def reasons(self):
        return [(RefusalReason(reason).label, n) for reason, n in self.refused.most_common()]


def rule_lines():
    """[RuleLine], the one with the most decisions first. One query."""
    lines = {}
    rows = Proposal.objects.decided().exclude(maker=Maker.PERSON).order_by("-decided_at", "-pk")
    for rule, state, reason in rows.values_list("rule", "state", "reason"):
        line = lines.setdefault(rule, RuleLine(rule))
        if state == ProposalState.REFUSED:
            line.refused[reason] += 1
        else:
            name = state.lower()
            setattr(line, name, getattr(line, name) + 1)
        if len(line.last) < LAST:
            line.last.append(state != ProposalState.REFUSED)
    return sorted(lines.values(), key=lambda line: (-line.decided, line.rule))


def folded_rules():
    """Rules that were right in less than 60 % of their last thirty decisions.

    Asked with each step on the board, so the database looks for the thirty.
    """
    latest = Window(RowNumber(), partition_by="rule", order_by=["-decided_at", "-pk"])
    rows = Proposal.objects.decided().exclude(maker=Maker.PERSON).annotate(place=latest)
    last = defaultdict(list)
    for rule, state in rows.filter(place__lte=LAST).values_list("rule", "state"):
        last[rule].append(state != ProposalState.REFUSED)
    return {rule for rule, right in last.items() if is_rarely_right(right)}


def is_rarely_right(right):
    return len(right) == LAST and sum(right) < RIGHT * LAST


@dataclass
class Missed:
    """A kind of record: how many of the public sessions' came from a proposal, and how many not."""

    name: str
    proposed: int = 0
    added: int = 0  # by a person on the reader's screen
    typed: int = 0  # in the session's form

    @property
    def total(self):
        return self.proposed + self.added + self.typed


def missed():
    """[Missed], a kind at a time: the reader's recall in sessions that the public reads."""
    readings = Reading.objects.filter(meeting__state=State.PUBLISHED)
    meetings = set(readings.values_list("meeting", flat=True))
    made = defaultdict(dict)
    saved = Proposal.objects.filter(reading__in=readings, state__in=TAKEN)
    for kind, key, maker in saved.values_list("record_kind", "record_key", "maker"):
        made[kind][key] = maker
    lines = []
    for model in ITEM_MODELS:
        line, makers = Missed(model._meta.verbose_name_plural), made[model._meta.model_name]
        for key in model.objects.filter(meeting__in=meetings).values_list("pk", flat=True):
            maker = makers.get(key)
            name = "typed" if maker is None else "added" if maker == Maker.PERSON else "proposed"
            setattr(line, name, getattr(line, name) + 1)
        lines.append(line)
    return lines


def added_by_hand():
    """How many proposals people made on the screen themselves."""
    return Proposal.objects.filter(maker=Maker.PERSON, parent=None).taken().count()


def rules_view(screen, request):
    return desk_page(
        screen,
        request,
        "admin/engagements/reader_rules.html",
        title=_("The reader lately"),
        lines=rule_lines(),
        missed=missed(),
        added=added_by_hand(),
    )
