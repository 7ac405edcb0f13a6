"""Sweep of readings: texts go some time after their session is public, decisions stay."""

from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from engagements.models import Meeting, Proposal, Reading
from tests.factories import author, make_meeting, make_proposal, make_reading, published

pytestmark = pytest.mark.django_db


def public_for(days):
    """A reading whose session has been public for so many days."""
    meeting = published(make_meeting())
    at = timezone.now() - timedelta(days=days)
    Meeting.objects.filter(pk=meeting.pk).update(published_at=at)
    decided = {"decided_by": author(), "decided_at": at}
    reading = make_reading(meeting=meeting, about={"title": "Bản tin"}, silent=[[2, 0, 10]])
    make_proposal(
        reading=reading, state="refused", reason="not_said", payload={"said_by": "A"}, **decided
    )
    return reading


def swept():
    told = StringIO()
    call_command("sweep_readings", stdout=told)
    return told.getvalue()


def test_what_was_decided_outlives_the_text():
    old, new = public_for(settings.READINGS_KEPT_DAYS + 1), public_for(1)
    waiting = make_reading(meeting=make_meeting())
    assert swept() == "1 readings swept.\n"
    kept = Reading.objects.get(pk=old.pk)
    assert (kept.text, kept.about, kept.silent, kept.verdict) == ("", {}, [], "session")
    decided = Proposal.objects.get(reading=old)
    assert (decided.quote, decided.payload) == ("", {})
    assert (decided.rule, decided.state, decided.reason) == ("request.asks", "refused", "not_said")
    for untouched in (new, waiting):
        assert Reading.objects.get(pk=untouched.pk).text == untouched.text
    assert swept() == "0 readings swept.\n"


def test_the_same_text_may_be_read_again():
    old = public_for(settings.READINGS_KEPT_DAYS + 1)
    text = old.text
    swept()
    assert make_reading(text=text).sha256 == old.sha256
