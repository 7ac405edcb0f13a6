"""Verification: a quotation that the text does not prove is no proposal."""

from dataclasses import replace

import pytest

from engagements.reading.proposals import Proposal, Why
from engagements.reading.reasons import PROBLEMS
from engagements.reading.verify import problem_of, verified

PARAGRAPHS = ["Tỉnh đề nghị Bộ bố trí vốn xây trạm " + "và trạm " * 20]
GOOD = Proposal("request", 1, 5, 26, "đề nghị Bộ bố trí vốn", Why("request.asks", "đề nghị"))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({}, ""),
        ({"kind": "drop table"}, "kind"),
        ({"kind": "remark", "payload": {"kind": "gossip"}}, "kind"),
        ({"paragraph": 2}, "paragraph"),
        ({"paragraph": 0}, "paragraph"),
        ({"quote": "đề nghị Bộ bố trí vốn lớn"}, "not_verbatim"),
        ({"start": 6, "end": 27}, "not_verbatim"),
        ({"start": -1}, "not_verbatim"),
        ({"end": 12, "quote": "đề nghị"}, "too_short"),
        ({"start": 6, "quote": "ề nghị Bộ bố trí vốn"}, "cut_word"),
        ({"end": 25, "quote": "đề nghị Bộ bố trí vố"}, "cut_word"),
        ({"start": 0, "end": len(PARAGRAPHS[0]), "quote": PARAGRAPHS[0]}, "too_long"),
    ],
)
def test_problem_of_a_proposal(change, problem):
    assert problem_of(replace(GOOD, **change), PARAGRAPHS) == problem
    assert not problem or PROBLEMS[problem]


def test_the_same_twice_is_one():
    kept, refused = verified([GOOD, GOOD, replace(GOOD, kind="commitment")], PARAGRAPHS)
    assert [p.kind for p in kept] == ["request", "commitment"]
    assert refused == [("twice", GOOD)]
