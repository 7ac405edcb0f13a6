"""Links between a request and what answers it: stated where the text ties them, else inferred."""

import re

from provinces.vietnamese import fold

from .proposals import ProposalKind
from .wordlists import lazily, listed

_TIES = re.compile(
    r"(?:trước|đối với|về|với|giải đáp|trả lời|liên quan (?:đến|tới)|theo)\s+(?:các |những "
    r")?(?:đề xuất|kiến nghị|đề nghị|băn khoăn|mong muốn|nguyện vọng)"
    r"|(?:thống nhất|đồng ý|nhất trí|đồng tình|ủng hộ|tán thành|ghi nhận)[^.;]{0,30}(?:đề "
    r"xuất|kiến nghị|đề nghị)",
    re.IGNORECASE,
)
_COMMON = lazily(lambda: frozenset(listed("answers.common")))
LEAST_SHARED = 2
NEAR = 60  # requests among which the answered one is looked for


def content_words(text):
    """The folded words of a text that carry its object."""
    return {word for word in fold(text).split() if word not in _COMMON and len(word) > 1}


def link_answers(acts, document):
    """Adds `answers` to commitments and advice: where the request stands, whether inferred."""
    requests = [act for act in acts if act.kind == ProposalKind.REQUEST]
    words = {id(act): content_words(clause_of(act, document)) for act in acts}
    before = []
    for act in acts:
        if act.kind == ProposalKind.REQUEST:
            before.append(act)
            continue
        first, last = act.payload["sentence"]
        sentence = document.toned[act.paragraph - 1][first:last]
        tied = bool(_TIES.search(sentence))
        own = words[id(act)] | (content_words(sentence) if tied else set())
        best, most = None, 0.0
        for request in before[-NEAR:] or requests[:NEAR]:
            asked = words[id(request)]
            shared = len(asked & own)
            if shared < LEAST_SHARED:
                continue
            likeness = shared / min(len(asked), max(len(words[id(act)]), 1))
            if likeness > most:
                best, most = request, likeness
        if best is None or most < 0.4:
            continue
        is_stated = tied and best in before
        act.payload["answers"] = [
            {
                "paragraph": best.paragraph,
                "start": best.start,
                "end": best.end,
                "is_inferred": not is_stated,
                "why": "answer.named" if is_stated else "answer.words",
            }
        ]


def clause_of(act, document):
    start, end = act.payload["clause"]
    return document.toned[act.paragraph - 1][start:end]
