"""Directory of people and organizations: alphabetical groups, former slugs, seats at meetings.

A person or an organization has a page only while something that is published names them.
"""

import unicodedata
from collections import defaultdict
from typing import NamedTuple

from django.http import Http404
from django.shortcuts import redirect
from django.views.generic import DetailView

from engagements.edition.models import Edition, EditionLink
from engagements.words import Kind
from provinces.vietnamese import TONES

from .base import COUNT_MOST, FOLLOW_UP_HEADINGS, LIST_ROWS, PageMixin


def initial(word):
    """The letter of the Vietnamese alphabet under which a word stands: Ấn under Â, Đào under Đ."""
    parts = unicodedata.normalize("NFD", unicodedata.normalize("NFC", word)[:1])
    first = "".join(character for character in parts if character not in TONES)
    first = unicodedata.normalize("NFC", first)[:1].upper()
    return first if first.isalpha() else "#"


def by_letter(rows, word):
    """Rows, already in order, under the letter of the word that they are known by."""
    groups = defaultdict(list)
    for row in rows:
        groups[initial(word(row))].append(row)
    return list(groups.items())


def with_anchors(groups):
    """An id for each letter that is plain in an address: D and Đ are two letters."""
    return [(letter, f"chu-{ord(letter)}", rows) for letter, rows in groups]


NAMING_MOST = 200  # sessions on the page of a person or an organization


class PublicSeat(NamedTuple):
    """A person at a table: the session's edition, and the attendance as it has it."""

    meeting: Edition
    attendance: dict
    official: int
    organization: int | None


def seats(meetings):
    """Every seat at these sessions, with the keys of the person and of the organization."""
    for meeting in meetings:
        keys = meeting.keys["attendances"]
        for seat, (official, organization) in zip(meeting.data["attendances"], keys, strict=True):
            yield PublicSeat(meeting, seat, official, organization)


def meetings_naming(**reference):
    """Public sessions that name a person or an organization, the newest first."""
    links = EditionLink.objects.filter(**reference).values("edition")
    meetings = Edition.objects.public().of_kind(Kind.MEETING).filter(pk__in=links)
    return meetings.newest_first().defer("search")


def three_lists(editions, query):
    """Requests, commitments and recommendations: the first of each, and where the rest is."""
    return [
        {
            "kind": kind,
            "title": title,
            "number": editions.of_kind(kind).count_up_to(COUNT_MOST),
            "rows": list(editions.of_kind(kind)[:LIST_ROWS]),
            "list": f"{kind}-list",
            "query": query,
        }
        for kind, title in FOLLOW_UP_HEADINGS.items()
    ]


class ReferenceDetail(PageMixin, DetailView):
    """A page of reference data; an address of former days leads to that of today."""

    context_object_name = "named"

    def get(self, request, *args, **kwargs):
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            row = self.model.objects.formerly(kwargs["slug"])
            if row is None or not self.get_queryset().filter(pk=row.pk).exists():
                raise
            moved = redirect(request.resolver_match.url_name, row.slug, permanent=True)
            moved["Cache-Control"] = "no-cache"  # a merge may be taken back
            return moved
