"""Selections: the editions that a page shows, asked again for feeds, calendars, files and alerts.

Each is a function of the request (its query is all that counts) and of what the address names; it
gives a title in parts and editions. It raises Refused where the page would answer 400, Moved where
it would redirect, Http404 where there is no such page.
"""

from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engagements.reference import Topic, names
from engagements.words import FOLLOW_UPS, Kind
from provinces.models import Atlas, Official, Province

from .filter_forms import chosen, made_for_pages
from .filters import (
    FILTERS,
    NEWS,
    PAGE_PARAMETERS,
    TRACKING,
    EditionFilter,
    LatestFilter,
    ProvinceItemFilter,
    instant_asked,
)
from .kinds import KINDS
from .models import Edition
from .reading import public_officials
from .search import SearchRequest


class Refused(Exception):
    """What is asked cannot be understood; its argument is the form that says why."""


class Moved(Exception):
    """The row has another slug now."""


def asked_for(query):
    """A query without what asks nothing: tracking, the page's number, empty values."""
    return [
        (name, value)
        for name, values in query.lists()
        for value in values
        if value and name not in PAGE_PARAMETERS and not TRACKING.fullmatch(name)
    ]


def address_of(path, query):
    asked = asked_for(query)
    return f"{path}?{urlencode(asked)}" if asked else path


def ask(filterset_class, request, editions, **given):
    """The filter of a page, put to these editions: (what it finds, what was asked in words)."""
    data = request.GET if asked_for(request.GET) else None
    filterset = filterset_class(data, queryset=editions, request=request, **given)
    if data is None:
        return editions, []
    form = made_for_pages(filterset.form, names(Topic))
    if not filterset.is_valid():
        raise Refused(form)
    return filterset.qs, [str(one["value"]) for one in chosen(form, request.GET)]


def of_list(kind):
    """What the list of one kind shows."""

    def shown(request):
        public = Edition.objects.public(instant_asked(request.GET)).of_kind(kind)
        found, words = ask(FILTERS[kind], request, public.newest_first())
        return [str(KINDS[kind].heading), *words], found

    return shown


LATEST = gettext_lazy("Latest updates")


def latest():
    """What readers follow, newest first: each record where it first appeared."""
    kinds = (*FOLLOW_UPS, *NEWS)
    found = Edition.objects.public().of_kind(*kinds).order_by("-first_sequence")
    return found.defer("search", "refs")


def of_latest(request):
    """What the list of all news shows."""
    found, words = ask(LatestFilter, request, latest())
    return [str(LATEST), *words], found


def unit_at(atlas, slug):
    """The unit of that address; Moved where it was renamed."""
    if slug in atlas.slugs:
        return atlas.slugs[slug]
    moved = Province.objects.formerly(slug)
    raise Moved(moved.slug) if moved else Http404


def of_province(request, slug):
    """Items and sessions of a unit and its predecessors; of a filter, the items it finds."""
    atlas = Atlas()
    unit = unit_at(atlas, slug)
    public = Edition.objects.public()
    found, words = ask(
        ProvinceItemFilter, request, public.of_kind(*FOLLOW_UPS), place=unit, atlas=atlas
    )
    if not asked_for(request.GET):
        items = found.about(unit, atlas)
        sessions = public.of_kind(Kind.MEETING).in_place(unit, atlas)
        found = public.filter(Q(pk__in=items.values("pk")) | Q(pk__in=sessions.values("pk")))
    return [unit.name, *words], found


class Unfiltered(EditionFilter):
    """Pages that take no filter: whatever is asked of them is refused."""

    q = None


def of_topic(request, slug):
    """Items and sessions of a topic."""
    topics = names(Topic)
    if slug not in topics:
        raise Http404
    public = Edition.objects.public().of_kind(*FOLLOW_UPS, Kind.MEETING)
    found, _words = ask(Unfiltered, request, public.with_topic(slug))
    return [topics[slug]], found


def of_official(request, slug):
    """What names a person: sessions, items and remarks."""
    person = public_officials().filter(slug=slug).first()
    if person is None:
        moved = Official.objects.formerly(slug)
        if moved is None or not public_officials().filter(pk=moved.pk).exists():
            raise Http404
        raise Moved(moved.slug)
    found, _words = ask(Unfiltered, request, Edition.objects.public().naming(person))
    return [person.full_name], found


def of_search(request):
    """All that a search finds; the page ranks it, a feed has what was published last."""
    search = SearchRequest(request.GET, Atlas())
    if search.is_wrong:
        raise Refused(search.form)
    query = search.query
    found = Edition.objects.none()
    if query.words:
        found = search.narrowed().filter(query.stages()[-1])
    words = [search.said(name, code) for name, code in search.codes().items()]
    return [_("Search"), search.asked, *words], found


# By the name of the page's address.
SELECTIONS = {
    "latest-list": of_latest,
    "request-list": of_list(Kind.REQUEST),
    "commitment-list": of_list(Kind.COMMITMENT),
    "recommendation-list": of_list(Kind.RECOMMENDATION),
    "meeting-list": of_list(Kind.MEETING),
    "source-list": of_list(Kind.SOURCE),
    "province": of_province,
    "topic": of_topic,
    "official": of_official,
    "search": of_search,
}
