"""Rows that don't fit: what staff look through from time to time, each a filter of its list.

Nothing here is wrong for certain. What SQL can say is a condition; likeness is worked out here,
over columns read in one query.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from engagements.publication.kinds import RECORDS
from provinces.models import Official, Organization
from provinces.vietnamese import fold

from .models import (
    Attendance,
    Commitment,
    Figure,
    Meeting,
    ProvinceRequest,
    Recommendation,
    Remark,
    Source,
    State,
    StatusUpdate,
)
from .words import FollowUpStatus

LYING = timedelta(days=14)
FOUND_MOST = 1000  # rows that one list of likeness shows
WORDS_LEAST = 5  # a title of fewer words is like another only if it is the same
FOLLOWED = (ProvinceRequest, Commitment, Recommendation)
SAID = (*FOLLOWED, Remark, Figure)
PROVED = (Meeting, *SAID, StatusUpdate)
# What newspapers hang on an address to see where its reader came from.
TRACKING = ("utm_", "fbclid", "gclid", "zarsrc")
# Latin letters that look like those of the Vietnamese alphabet and are none of it.
LOOKALIKES = frozenset("ðÐɖƉ")


@dataclass(frozen=True)
class Worry:
    """A reason to look at a row again: `rows` gives those of a queryset that have it."""

    name: str
    label: str
    rows: Callable
    models: tuple


# -- what a condition says


def undated(rows, on):
    return rows.filter(status=FollowUpStatus.DONE, completed_on=None)


def due_before_the_session(rows, on):
    session = Coalesce("meeting__held_on", "meeting__planned_from")
    return rows.filter(due_on__lt=session)


def without_source(rows, on):
    return rows.filter(source=None)


def unquoted(rows, on):
    return rows.filter(quote="")


def paragraph_unquoted(rows, on):
    return rows.filter(quote="", paragraph__isnull=False)


def inferred(rows, on):
    return rows.filter(is_inferred=True)


def on_a_dead_source(rows, on):
    return rows.filter(source__in=Source.objects.out_of_reach().values("pk"))


def under_no_session(rows, on):
    """The public reads the item, and not the session at which it was said."""
    return rows.published().exclude(meeting=None).exclude(meeting__state=State.PUBLISHED)


def lying(rows, on):
    return rows.lying_since(on - LYING)


def dead(rows, on):
    return rows.out_of_reach()


def untitled(rows, on):
    """Nothing says which office they hold or held."""
    told = Attendance.objects.filter(official=OuterRef("pk")).exclude(title="")
    return rows.not_merged().filter(posts=None).exclude(Exists(told))


# -- what is like another


def _few(rows, keys):
    return rows.filter(pk__in=sorted(keys)[:FOUND_MOST])


def _shared(pairs):
    """Keys of the rows that share a sign with another row; `pairs` gives (sign, key)."""
    found = defaultdict(set)
    for sign, key in pairs:
        found[sign].add(key)
    return set().union(*(keys for keys in found.values() if len(keys) > 1))


def one_left_out(parts):
    """The parts, and the parts but one: two that share such a sign differ in one at most.

    One that is added, missing, changed, or stands elsewhere.
    """
    yield parts
    for place in range(len(parts)):
        yield parts[:place] + parts[place + 1 :]


def like_another_item(rows, on):
    """Items about one province: with one title, or at two sessions and one word apart.

    What is said at one session is listed side by side, and often differs in one word on purpose.
    """
    columns = ("province", "pk", "meeting", "title")
    read = rows.model.objects.exclude(state=State.WITHDRAWN).order_by("province")
    found = set()
    for _province, block in groupby(read.values_list(*columns).iterator(), lambda one: one[0]):
        signs = defaultdict(dict)  # sign → key → session
        titles = defaultdict(set)
        for _same, key, meeting, title in block:
            words = tuple(fold(title).split())
            titles[words].add(key)
            for sign in one_left_out(words) if len(words) >= WORDS_LEAST else (words,):
                signs[hash(sign)][key] = meeting
        for alike in signs.values():
            if len(alike) > 1 and len(set(alike.values())) > 1:
                found.update(alike)
        found.update(*(keys for keys in titles.values() if len(keys) > 1))
    return _few(rows, found)


def like_another_person(rows, on):
    """The same name without accents, its words in another order, or one letter apart."""

    def signs():
        for key, name in Official.objects.not_merged().order_by().values_list("pk", "full_name"):
            words = fold(name).split()
            yield "words", tuple(sorted(words)), key
            for sign in one_left_out("".join(words)):
                yield "letters", sign, key

    return _few(rows, _shared(((kind, sign), key) for kind, sign, key in signs()))


def like_another_body(rows, on):
    """The same name without accents."""
    names = Organization.objects.not_merged().order_by().values_list("name", "pk")
    return _few(rows, _shared((fold(name), key) for name, key in names))


def plain_address(url):
    """A web address without what leads to the same page with or without it."""
    try:
        found = urlsplit(url)
        host = (found.hostname or "").removeprefix("www.").removeprefix("m.")
    except ValueError:
        return url
    query = sorted(parse_qsl(found.query, keep_blank_values=True))
    query = urlencode([one for one in query if not one[0].startswith(TRACKING)])
    return f"{host}{unquote(found.path).rstrip('/')}?{query}"


def like_another_source(rows, on):
    """The same article twice: an address, its fingerprint, its title or number and its day."""

    def signs():
        read = Source.objects.exclude(state=State.WITHDRAWN).order_by()
        for key, url, copy, sha256, title, number, day in read.values_list(
            "pk", "url", "archived_url", "sha256", "title", "number", "issued_on"
        ):
            for address in filter(None, (url, copy)):
                yield ("address", plain_address(address)), key
            if sha256:
                yield ("text", sha256.lower()), key
            if day:
                yield ("title", fold(title), day), key
            if day and number:
                yield ("number", fold(number), day), key

    return _few(rows, _shared(signs()))


# -- letters


def has_strange_letters(text):
    """Whether a letter is of another script, or only looks like one of ours."""
    return any(
        sign in LOOKALIKES
        or (sign.isalpha() and not unicodedata.name(sign, "").startswith("LATIN"))
        for sign in text
    )


def _strange(column):
    def rows_of(rows, on):
        read = rows.model.objects.order_by().values_list("pk", column)
        return _few(rows, {key for key, text in read if has_strange_letters(text)})

    return rows_of


WORRIES = (
    Worry("undated", _("Done without a day"), undated, FOLLOWED),
    Worry("due_before", _("Due before the session"), due_before_the_session, FOLLOWED),
    Worry(
        "alike",
        _("Like another item, at most one word apart"),
        like_another_item,
        FOLLOWED,
    ),
    Worry("unproven", _("No source"), without_source, PROVED),
    Worry("dead", _("Its source opens no more"), on_a_dead_source, PROVED),
    Worry("unquoted", _("No quotation"), unquoted, PROVED),
    Worry("paragraph", _("Paragraph without a quotation"), paragraph_unquoted, PROVED),
    Worry("inferred", _("Inferred"), inferred, PROVED),
    Worry("no_session", _("Public, its session is not"), under_no_session, SAID),
    Worry("twice", _("The same article twice"), like_another_source, (Source,)),
    Worry("dead", _("Opens no more"), dead, (Source,)),
    Worry("lying", _("Waiting for over 14 days"), lying, RECORDS),
    Worry("untitled", _("Without any title"), untitled, (Official,)),
    Worry("alike", _("Like another person"), like_another_person, (Official,)),
    Worry("alike", _("Like another body"), like_another_body, (Organization,)),
    Worry("letters", _("Letters of another script"), _strange("full_name"), (Official,)),
    Worry("letters", _("Letters of another script"), _strange("name"), (Organization,)),
)


def worries_of(model):
    """Its worries, by name."""
    return {one.name: one for one in WORRIES if model in one.models}
