"""Proposals: what the reader offers of a document, each with its quotation and its reason."""

from dataclasses import dataclass, field
from typing import NamedTuple

from engagements.words import ProposalKind

RULES, MODEL, BOTH = "rules", "model", "both"  # who saw it
ITEMS = (ProposalKind.REQUEST, ProposalKind.COMMITMENT, ProposalKind.RECOMMENDATION)


class Why(NamedTuple):
    """The rule that made a proposal, and the words of the text that it went by."""

    rule: str  # a key of `reasons.REASONS`
    words: str = ""


@dataclass(frozen=True)
class Proposal:
    """One thing that a document says, as the reader understands it.

    The quotation is `paragraph[start:end]` of that paragraph (counted from 1), verbatim, whole
    words, 20 at most. What the payload holds depends on the kind: docs/reading.md has the table.
    """

    kind: ProposalKind
    paragraph: int
    start: int
    end: int
    quote: str
    why: Why
    payload: dict = field(default_factory=dict)
    seen_by: str = RULES
