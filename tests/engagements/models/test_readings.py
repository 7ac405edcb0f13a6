"""Readings and proposals: a quotation is one that the text has, at its place."""

import pytest
from django.core.exceptions import ValidationError

from engagements.models import Proposal, Reading
from tests.factories import author, make_proposal, make_reading

pytestmark = pytest.mark.django_db


def test_a_quotation_stands_in_the_text_at_its_place():
    proposal = make_proposal()
    proposal.full_clean()
    for wrong in (
        {"quote": "đề nghị Bộ cho thử nghiệp"},
        {"start": proposal.start + 1},
        {"paragraph": 2},
        {"paragraph": 9},
        {"final": {"quote": "Bộ cho thử nghiệm"}},
    ):
        row = Proposal.objects.get(pk=proposal.pk)
        for name, value in wrong.items():
            setattr(row, name, value)
        with pytest.raises(ValidationError) as refusal:
            row.full_clean()
        assert "Câu trích không nằm ở đó." in refusal.value.messages, wrong


def test_what_a_person_made_of_it_stands_before_what_was_proposed():
    proposal = make_proposal(kind="request", final={"kind": "recommendation"})
    assert (proposal.told("kind"), proposal.told("quote")) == ("recommendation", proposal.quote)


def test_what_was_only_joined_to_another_tells_of_no_rule():
    reading, by = make_reading(), {"decided_by": author(), "decided_at": "2025-07-01T02:00Z"}
    states = ("accepted", "changed", "duplicate", "moved")
    for state in states:
        make_proposal(reading=reading, state=state, **by)
    make_proposal(reading=reading)
    told = Proposal.objects.decided().values_list("state", flat=True)
    assert sorted(told) == ["accepted", "changed", "duplicate"]
    assert Proposal.objects.taken().count() == 2


def test_a_reading_is_called_as_the_paper_calls_itself():
    assert str(make_reading(about={"title": "Bản tin"})) == "Bản tin"
    assert str(make_reading()).startswith("Tỉnh đề nghị Bộ cho thử nghiệm")
    assert str(Reading(text="", created_at=make_reading().created_at)) == "01/07/2025"
