"""Data-quality checks: rows that may not fit, each a filter of its list in the admin.

Nothing here is wrong for certain: staff look it through from time to time. What SQL can say is a
condition; likeness is worked out here, over columns read in one query.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from engagements.edition.filters import TRACKING
from engagements.publication.kinds import RECORDS, SESSION_ITEMS
from provinces.models import Official, Organization
from provinces.vietnamese import fold

from .models import Attendance, Source, State
from .models.followups import FOLLOW_UP_MODELS
from .needs import EVIDENCED
from .words import FollowUpStatus

LYING = timedelta(days=14)
MAX_ALIKE = 1000  # rows that one list of likeness shows
MIN_WORDS = 5  # a title of fewer words is like another only if it is the same
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


def before_it_was_held(rows, on):
    """The public reads it as said at a session that has no day on which it was held."""
    return rows.published().exclude(meeting=None).filter(meeting__held_on=None)


def lying(rows, on):
    return rows.lying_since(on - LYING)


def dead(rows, on):
    return rows.out_of_reach()


def untitled(rows, on):
    """Nothing says which office they hold or held."""
    with_title = Attendance.objects.filter(official=OuterRef("pk")).exclude(title="")
    return rows.not_merged().filter(posts=None).exclude(Exists(with_title))


# -- what is like another


def _limited(rows, keys):
    return rows.filter(pk__in=sorted(keys)[:MAX_ALIKE])


def _shared(pairs):
    """Keys of the rows that share a signature with another; `pairs` gives (signature, key)."""
    bearing = defaultdict(set)
    for signature, key in pairs:
        bearing[signature].add(key)
    return set().union(*(keys for keys in bearing.values() if len(keys) > 1))


def one_left_out(parts):
    """The parts, and the parts but one: two that share such a signature differ in one at most.

    One that is added, missing, changed, or stands elsewhere.
    """
    yield parts
    for index in range(len(parts)):
        yield parts[:index] + parts[index + 1 :]


def like_another_item(rows, on):
    """Items about one province: with one title, or at two sessions and one word apart.

    What is said at one session is listed side by side, and often differs in one word on purpose.
    """
    columns = ("province", "pk", "meeting", "title")
    items = rows.model.objects.exclude(state=State.WITHDRAWN).order_by("province")
    alike = set()
    for _province, block in groupby(items.values_list(*columns).iterator(), itemgetter(0)):
        meetings = defaultdict(dict)  # signature → key → session
        titles = defaultdict(set)
        for _same, key, meeting, title in block:
            words = tuple(fold(title).split())
            titles[words].add(key)
            for signature in one_left_out(words) if len(words) >= MIN_WORDS else (words,):
                meetings[hash(signature)][key] = meeting
        for sharing in meetings.values():
            if len(sharing) > 1 and len(set(sharing.values())) > 1:
                alike.update(sharing)
        alike.update(*(keys for keys in titles.values() if len(keys) > 1))
    return _limited(rows, alike)


def like_another_person(rows, on):
    """The same name without accents, its words in another order, or one letter apart."""

    def signatures():
        for key, name in Official.objects.not_merged().order_by().values_list("pk", "full_name"):
            words = fold(name).split()
            yield ("words", tuple(sorted(words))), key
            for letters in one_left_out("".join(words)):
                yield ("letters", letters), key

    return _limited(rows, _shared(signatures()))


def like_another_organization(rows, on):
    """The same name without accents."""
    names = Organization.objects.not_merged().order_by().values_list("name", "pk")
    return _limited(rows, _shared((fold(name), key) for name, key in names))


def canonical_url(url):
    """A web address without what leads to the same page with or without it."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    except ValueError:
        return url
    parameters = sorted(parse_qsl(parts.query, keep_blank_values=True))
    query = urlencode([pair for pair in parameters if not TRACKING.fullmatch(pair[0])])
    return f"{host}{unquote(parts.path).rstrip('/')}?{query}"


def like_another_source(rows, on):
    """The same article twice: an address, its fingerprint, its title or number and its day."""

    def signatures():
        sources = Source.objects.exclude(state=State.WITHDRAWN).order_by()
        for key, url, copy, sha256, title, number, day in sources.values_list(
            "pk", "url", "archived_url", "sha256", "title", "number", "issued_on"
        ):
            for address in filter(None, (url, copy)):
                yield ("address", canonical_url(address)), key
            if sha256:
                yield ("text", sha256.lower()), key
            if day:
                yield ("title", fold(title), day), key
            if day and number:
                yield ("number", fold(number), day), key

    return _limited(rows, _shared(signatures()))


# -- letters


def has_strange_letters(text):
    """Whether a letter is of another script, or only looks like one of ours."""
    return any(
        character in LOOKALIKES
        or (character.isalpha() and not unicodedata.name(character, "").startswith("LATIN"))
        for character in text
    )


def _strange(column):
    def rows_of(rows, on):
        texts = rows.model.objects.order_by().values_list("pk", column)
        return _limited(rows, {key for key, text in texts if has_strange_letters(text)})

    return rows_of


WORRIES = (
    Worry("undated", _("Done without a day"), undated, FOLLOW_UP_MODELS),
    Worry("due_before", _("Due before the session"), due_before_the_session, FOLLOW_UP_MODELS),
    Worry(
        "alike",
        _("Like another item, at most one word apart"),
        like_another_item,
        FOLLOW_UP_MODELS,
    ),
    Worry("unproven", _("No source"), without_source, EVIDENCED),
    Worry("dead", _("Its source opens no more"), on_a_dead_source, EVIDENCED),
    Worry("unquoted", _("No quotation"), unquoted, EVIDENCED),
    Worry("paragraph", _("Paragraph without a quotation"), paragraph_unquoted, EVIDENCED),
    Worry("inferred", _("Inferred"), inferred, EVIDENCED),
    Worry("no_session", _("Public, its session is not"), under_no_session, SESSION_ITEMS),
    Worry("not_held", _("Public, its session was not held"), before_it_was_held, SESSION_ITEMS),
    Worry("twice", _("The same article twice"), like_another_source, (Source,)),
    Worry("dead", _("Opens no more"), dead, (Source,)),
    Worry("lying", _("Waiting for over 14 days"), lying, RECORDS),
    Worry("untitled", _("Without any title"), untitled, (Official,)),
    Worry("alike", _("Like another person"), like_another_person, (Official,)),
    Worry("alike", _("Like another body"), like_another_organization, (Organization,)),
    Worry("letters", _("Letters of another script"), _strange("full_name"), (Official,)),
    Worry("letters", _("Letters of another script"), _strange("name"), (Organization,)),
)


def worries_of(model):
    """Its worries, by name."""
    return {worry.name: worry for worry in WORRIES if model in worry.models}
