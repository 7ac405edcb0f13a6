"""Measures of the reader's rules: what people made of their proposals."""

import pytest

from engagements.desk.readings.rules import LAST, folded_rules, missed, rule_lines
from engagements.models import (
    Reading,
)
from tests.desk import address
from tests.factories import (
    author,
    make_commitment,
    make_meeting,
    make_proposal,
    make_reading,
    published,
)

pytestmark = pytest.mark.django_db


def decisions(rule, right, wrong):
    reading = make_reading()
    by = {"decided_by": author(), "rule": rule, "reading": reading}
    for number in range(right + wrong):
        state = {"state": "accepted"} if number < right else {"state": "refused", "reason": "twice"}
        make_proposal(decided_at=f"2025-07-01T02:{number:02}Z", **state, **by)


@pytest.mark.parametrize(
    ("right", "wrong", "folded"),
    [
        pytest.param(17, 13, True, id="seventeen-of-thirty"),
        pytest.param(18, 12, False, id="eighteen-of-thirty"),
        pytest.param(0, LAST - 1, False, id="too-few-to-tell"),
    ],
)
def test_a_rule_that_is_rarely_right_is_folded(right, wrong, folded):
    decisions("request.asks", right, wrong)
    assert ("request.asks" in folded_rules()) is folded


def test_the_page_tells_what_people_made_of_each_rule(desk):
    decisions("request.asks", 2, 1)
    (line,) = rule_lines()
    assert (line.accepted, line.decided, line.reasons) == (2, 3, [("Một việc hai lần", 1)])
    text = desk.get(address(Reading, "rules")).content.decode()
    assert "Một việc hai lần: 1" in text
    assert "67 %" in text


def test_what_no_proposal_became_is_counted_once_public():
    meeting = make_meeting()
    rows = [make_commitment(meeting=meeting) for _number in range(3)]
    reading, by = make_reading(meeting=meeting), {"decided_by": author()}
    for row, maker in zip(rows, ("rules", "person"), strict=False):
        make_proposal(
            reading=reading, maker=maker, state="accepted", decided_at="2025-07-01T02:00Z",
            record_kind="commitment", record_key=row.pk, **by,
        )  # fmt: skip

    def counted():
        line = missed()[1]
        return line.proposed, line.added, line.typed

    assert counted() == (0, 0, 0)
    published(meeting)
    assert counted() == (1, 1, 1)
