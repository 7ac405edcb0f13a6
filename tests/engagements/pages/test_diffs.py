"""Keys of a payload on the pages of its record: each is shown, and told when it changes."""

import re

import pytest
from django.conf import settings

from engagements.edition.kinds import KINDS
from engagements.pages import records
from engagements.pages.diffs import labels_of

# What changes by other acts than an edit of the record's own, or never.
TOLD_ELSEWHERE = {
    "code", "kind", "path", "slug", "meeting",
    "status_since",  # beside the status
    "moves",  # by the deadlines themselves
    "evidence",  # its parts have labels of their own
}  # fmt: skip
# Keys that a page shows under another name of its context.
SHOWN_AS = {"attendances": "table", "state_of_it": "edition", "answered_by": "answering"}
SHOWN_AS |= {f"first_{name}": "first_due" for name in ("due_on", "due_text", "is_ongoing")}
PAGES = {
    read_kind: view
    for view in vars(records).values()
    if (read_kind := getattr(getattr(view, "model", None), "read_kind", None))
}
KINDS_WITH_A_PAGE = [kind for kind, read in KINDS.items() if read.has_page]


def words_of(template):
    """The words of a template and of those that it includes."""
    text = (settings.BASE_DIR / "templates" / template).read_text(encoding="utf-8")
    included = re.findall(r'include "([^"]+)"', text)
    return set(re.findall(r"\w+", text)).union(*map(words_of, included))


@pytest.mark.parametrize("kind", KINDS_WITH_A_PAGE)
def test_a_key_has_a_label_in_the_diff_or_is_told_elsewhere(kind):
    unknown = set(KINDS[kind].payload().fields) - set(labels_of(kind)) - TOLD_ELSEWHERE
    assert unknown == set(), "a `label` of the key in engagements/edition/payloads.py"


def test_a_key_may_bear_its_label_where_it_is_declared(monkeypatch):
    key = KINDS["commitment"].payload._declared_fields["completion_criteria"]
    monkeypatch.setitem(key._kwargs, "label", "Tiêu chí")
    monkeypatch.setattr(key, "label", "Tiêu chí")
    assert labels_of("commitment")["completion_criteria"] == "Tiêu chí"
    assert labels_of("request")["completion_criteria"] == "Tiêu chí", "they share the key"


@pytest.mark.parametrize("kind", KINDS_WITH_A_PAGE)
def test_a_key_stands_on_the_page_of_its_record(kind):
    template = PAGES[kind].template_name
    words = words_of(template)
    keys = set(KINDS[kind].payload().fields)
    assert {key for key in keys if SHOWN_AS.get(key, key) not in words} == set(), template
