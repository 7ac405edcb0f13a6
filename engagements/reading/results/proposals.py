"""Proposals of a paper of results, in the shape that every rule of the reader offers."""

from engagements.reading.proposals import Proposal, ProposalKind, Why

from .updates import update_values


def proposals_of(results):
    """[Proposal] of kind `update`, in the order of the text; their payload is plain JSON."""
    return [_proposal(row, results.paper) for row in results.news]


def _proposal(row, paper):
    news = row.news
    return Proposal(
        kind=ProposalKind.UPDATE,
        paragraph=row.passage.paragraph,
        start=news.start,
        end=news.end,
        quote=row.quote,
        why=Why(f"results.{row.match.how}", row.match.words),
        payload=payload_of(row, paper),
    )


def payload_of(row, paper):
    """What a proposal of an update holds: the item or the choice, the news, the fields it fills."""
    news, reached = row.news, row.news.reached
    fields = update_values(row, paper)
    return {
        "item": row.item.code if row.item else None,
        "choice": [item.code for item in row.match.items] if row.is_asked else [],
        "news": str(news.kind),
        "news_words": news.cue,
        "day_words": news.day_words,
        "reached": str(reached.value) if reached else None,
        "unit": reached.unit if reached else "",
        "total": str(reached.total) if reached and reached.total is not None else None,
        "until": _iso(news.until),
        "passed_to": news.passed_to,
        "cited_number": news.cited_number,
        "cited_on": _iso(news.cited_on),
        "reason": news.reason,
        "also": list(row.also),
        "update": {
            name: _iso(value) if hasattr(value, "isoformat") else value and str(value)
            for name, value in fields.items()
            if name not in ("paragraph", "quote")
        },
    }


def _iso(day):
    return day.isoformat() if day else None
