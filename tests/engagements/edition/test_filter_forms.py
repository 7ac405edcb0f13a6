"""Filter forms: a new filter shows its box by itself, among those that a page shows already."""

import django_filters
import pytest
from django.http import QueryDict

from engagements.edition.filter_forms import RARELY_ASKED, form_fields
from engagements.edition.filters import FILTERS, CommitmentFilter
from engagements.edition.models import Edition


def shown(filter_class, query=""):
    """Names of the boxes in their order."""
    form = filter_class(QueryDict(query), queryset=Edition.objects.none()).form
    return [field.name for field in form_fields(form)]


class LoudCommitmentFilter(CommitmentFilter):
    loudness = django_filters.CharFilter(label="Loudness")


@pytest.mark.django_db
def test_a_new_filter_has_a_box_before_the_days():
    boxes = shown(CommitmentFilter)
    assert boxes[-3:] == ["year", "from", "to"]
    assert shown(LoudCommitmentFilter) == [*boxes[:-3], "loudness", *boxes[-3:]]


@pytest.mark.django_db
def test_a_rare_filter_has_a_box_once_it_is_asked():
    boxes = shown(CommitmentFilter)
    assert not set(boxes) & set(RARELY_ASKED)
    assert shown(CommitmentFilter, "updated_since=2026-01-01") == [*boxes, "updated_since"]


def test_every_rare_filter_is_one():
    assert set(RARELY_ASKED) <= {name for kind in FILTERS.values() for name in kind.base_filters}
