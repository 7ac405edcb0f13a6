"""Verification of proposals: a quotation that the text does not prove is no proposal."""

from engagements.models.base import QUOTE_WORDS
from engagements.words import RemarkKind

from .proposals import ProposalKind

LEAST_WORDS = 3
# fields of the payload in which two proposals with the same quotation may differ
TOLD_APART_BY = ("field", "name", "kind", "value")
SHORT_KINDS = {
    ProposalKind.MEETING,
    ProposalKind.ATTENDANCE,
    ProposalKind.FIGURE,
    ProposalKind.UPDATE,  # a cell of a table: “Đã xong”
}


def problem_of(proposal, paragraphs):
    """Why a proposal is refused, as a key of `reasons.PROBLEMS`; empty where it holds."""
    if proposal.kind not in ProposalKind.values:
        return "kind"
    if not 1 <= proposal.paragraph <= len(paragraphs):
        return "paragraph"
    paragraph = paragraphs[proposal.paragraph - 1]
    if problem := problem_of_quotation(proposal.quote, paragraph, proposal.start, proposal.end):
        return problem
    if len(proposal.quote.split()) < LEAST_WORDS and proposal.kind not in SHORT_KINDS:
        return "too_short"
    if (
        proposal.kind == ProposalKind.REMARK
        and proposal.payload.get("kind") not in RemarkKind.values
    ):
        return "kind"
    return ""


def problem_of_quotation(quote, paragraph, start, end):
    """Why a quotation does not hold between these bounds of its paragraph; empty where it does."""
    if not 0 <= start < end <= len(paragraph) or paragraph[start:end] != quote:
        return "not_verbatim"
    if len(quote.split()) > QUOTE_WORDS:
        return "too_long"
    if paragraph[start - 1 : start].isalnum() and paragraph[start].isalnum():
        return "cut_word"
    if paragraph[end - 1].isalnum() and paragraph[end : end + 1].isalnum():
        return "cut_word"
    return ""


def verified(proposals, paragraphs):
    """([Proposal that holds], [(problem, proposal that was refused)]); the same twice is one."""
    kept, refused, seen = [], [], set()
    for proposal in proposals:
        problem = problem_of(proposal, paragraphs)
        told = [str(proposal.payload.get(name)) for name in TOLD_APART_BY]
        key = (proposal.kind, proposal.paragraph, proposal.quote, *told)
        if not problem and key in seen:
            problem = "twice"
        if problem:
            refused.append((problem, proposal))
        else:
            seen.add(key)
            kept.append(proposal)
    return kept, refused
