"""Selections: querysets of pages, asked again for their feeds, calendars, files and alerts.

Each is a function of the request (its query is all that counts) and of what the address names; it
gives a title in parts and editions. It raises InvalidQuery where the page would answer 400,
SlugChanged where it would redirect, Http404 where there is no such page.
"""

from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engagements.reference import Topic, names
from engagements.words import FOLLOW_UPS, Kind
from provinces.models import Atlas, Official, Province

from .filter_forms import active_filters, made_for_pages
from .filters import (
    FILTERS,
    NEWS_KINDS,
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


class InvalidQuery(Exception):
    """What is asked cannot be understood; its argument is the form that says why."""


class SlugChanged(Exception):
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


def apply_filter(filterset_class, request, editions, **options):
    """The filter of a page, put to these editions: (what it finds, what was asked in words)."""
    data = request.GET if asked_for(request.GET) else None
    filterset = filterset_class(data, queryset=editions, request=request, **options)
    if data is None:
        return editions, []
    form = made_for_pages(filterset.form, names(Topic.objects.all()))
    if not filterset.is_valid():
        raise InvalidQuery(form)
    return filterset.qs, [str(active["value"]) for active in active_filters(form, request.GET)]


def select_list(kind):
    """What the list of one kind shows."""

    def shown(request):
        public = Edition.objects.public(instant_asked(request.GET)).of_kind(kind)
        editions, words = apply_filter(FILTERS[kind], request, public.newest_first())
        return [str(KINDS[kind].heading), *words], editions

    return shown


LATEST = gettext_lazy("Latest updates")


def latest():
    """What readers follow, newest first: each record where it first appeared."""
    kinds = (*FOLLOW_UPS, *NEWS_KINDS)
    editions = Edition.objects.public().of_kind(*kinds).order_by("-first_sequence")
    return editions.defer("search", "refs")


def select_latest(request):
    """What the list of all news shows."""
    editions, words = apply_filter(LatestFilter, request, latest())
    return [str(LATEST), *words], editions


def unit_at(atlas, slug):
    """The unit of that address; SlugChanged where it was renamed."""
    if slug in atlas.slugs:
        return atlas.slugs[slug]
    moved = Province.objects.formerly(slug)
    raise SlugChanged(moved.slug) if moved else Http404


def select_province(request, slug):
    """Items and sessions of a unit and its predecessors; of a filter, the items it finds."""
    atlas = Atlas()
    unit = unit_at(atlas, slug)
    public = Edition.objects.public()
    editions, words = apply_filter(
        ProvinceItemFilter, request, public.of_kind(*FOLLOW_UPS), place=unit, atlas=atlas
    )
    if not asked_for(request.GET):
        items = editions.about(unit, atlas)
        sessions = public.of_kind(Kind.MEETING).in_place(unit, atlas)
        editions = public.filter(Q(pk__in=items.values("pk")) | Q(pk__in=sessions.values("pk")))
    return [unit.name, *words], editions


class Unfiltered(EditionFilter):
    """Pages that take no filter: whatever is asked of them is refused."""

    q = None


def select_topic(request, slug):
    """Items and sessions of a topic."""
    topics = names(Topic.objects.all())
    if slug not in topics:
        raise Http404
    public = Edition.objects.public().of_kind(*FOLLOW_UPS, Kind.MEETING)
    editions, _words = apply_filter(Unfiltered, request, public.with_topic(slug))
    return [topics[slug]], editions


def select_official(request, slug):
    """What names a person: sessions, items and remarks."""
    person = public_officials().filter(slug=slug).first()
    if person is None:
        moved = Official.objects.formerly(slug)
        if moved is None or not public_officials().filter(pk=moved.pk).exists():
            raise Http404
        raise SlugChanged(moved.slug)
    editions, _words = apply_filter(Unfiltered, request, Edition.objects.public().naming(person))
    return [person.full_name], editions


def select_search(request):
    """All that a search finds; the page ranks it, a feed has what was published last."""
    search = SearchRequest(request.GET, Atlas())
    if search.is_wrong:
        raise InvalidQuery(search.form)
    query = search.query
    editions = Edition.objects.none()
    if query.words:
        editions = search.narrowed().filter(query.stages()[-1])
    words = [search.label_of(name, code) for name, code in search.codes().items()]
    return [_("Search"), search.asked, *words], editions


# By the name of the page's address.
SELECTIONS = {
    "latest-list": select_latest,
    "request-list": select_list(Kind.REQUEST),
    "commitment-list": select_list(Kind.COMMITMENT),
    "recommendation-list": select_list(Kind.RECOMMENDATION),
    "meeting-list": select_list(Kind.MEETING),
    "source-list": select_list(Kind.SOURCE),
    "province": select_province,
    "topic": select_topic,
    "official": select_official,
    "search": select_search,
}
