"""Targets of subscriptions: the address of a public page, resolved back into its editions."""

from types import SimpleNamespace
from urllib.parse import urlencode, urlsplit

from django.core.exceptions import ValidationError
from django.http import Http404, QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.translation import gettext as _

from engagements.edition.entries import headline_of
from engagements.edition.kinds import KINDS
from engagements.edition.models import Edition, EditionLink
from engagements.edition.reading import public_organizations
from engagements.edition.selections import (
    SELECTIONS,
    InvalidQuery,
    SlugChanged,
    Unfiltered,
    apply_filter,
    asked_for,
)
from engagements.words import FOLLOW_UPS, Kind
from provinces.models import Organization
from provinces.vietnamese import cleaned

from .models import TARGET_CHARACTERS

# Modules whose views are public pages: neither the API nor the desk.
PAGE_MODULES = ("engagements.pages.", "engagements.open_data.", "engagements.readers.")
RECORD_ROUTES = {read.singular: kind for kind, read in KINDS.items() if read.has_page}


def refuse(message=None):
    raise ValidationError(message or _("This address cannot be followed."), code="target")


# -- what a page shows: (its title in parts, its editions), as the feeds ask it


def organization_editions(request, slug):
    """What names an organization: sessions, items, remarks."""
    public = public_organizations()
    organization = public.filter(slug=slug).first()
    if organization is None:
        moved = Organization.objects.formerly(slug)
        if moved is None or not public.filter(pk=moved.pk).exists():
            raise Http404
        raise SlugChanged(moved.slug)
    links = EditionLink.objects.filter(organization=organization).values("edition")
    naming = Edition.objects.public().filter(pk__in=links)
    editions, _words = apply_filter(Unfiltered, request, naming)
    return [organization.name], editions


def record_editions(kind):
    """One record; of a session also what was asked, promised and advised there."""

    def editions(request, code):
        item = Edition.objects.public().filter(kind=kind, code=code).first()
        if item is None:
            raise Http404
        public, _words = apply_filter(Unfiltered, request, Edition.objects.public())
        shown = public.filter(kind=kind, record=item.record)
        if kind == Kind.MEETING:
            shown |= public.filter(kind__in=FOLLOW_UPS, meeting=code)
        return [headline_of(item)], shown

    return editions


FOLLOWABLE = {
    "organization": organization_editions,
    **SELECTIONS,
    **{name: record_editions(kind) for name, kind in RECORD_ROUTES.items()},
}


# -- addresses


def without_language(address):
    """(path, query) of an address of ours, as under the root."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return refuse()
    if parts.scheme or parts.netloc or not parts.path.startswith("/"):
        return refuse()
    path = parts.path.removeprefix("/en") if parts.path.startswith("/en/") else parts.path
    return path, parts.query


def route_of(path):
    """The route that a path without language leads to."""
    try:
        with translation.override("vi"):
            return resolve(path)
    except Resolver404:
        return refuse()


class Target:
    """A public page that can be followed; `address` is its one spelling.

    Raises ValidationError where the page would answer 400 or 404.
    """

    def __init__(self, address):
        address = cleaned(address).strip()
        if len(address) > TARGET_CHARACTERS:
            refuse(_("The address is too long to be followed."))
        self.path, query = without_language(address)
        route = route_of(self.path)
        if route.url_name not in FOLLOWABLE:
            refuse()
        arguments = dict(route.kwargs)
        if route.url_name in RECORD_ROUTES and KINDS[RECORD_ROUTES[route.url_name]].prefix:
            arguments["code"] = arguments["code"].upper()
        asked = [(name, cleaned(value).strip()) for name, value in asked_for(QueryDict(query))]
        self.query = urlencode(sorted({pair for pair in asked if pair[1]}))
        if route.url_name == "search" and not any(name == "q" for name, _value in asked):
            refuse(_("Search for something first; what is found can then be followed."))
        self.titles, self.editions = self._titles_and_editions(route.url_name, arguments)
        if len(self.address) > TARGET_CHARACTERS:
            refuse(_("The address is too long to be followed."))

    def _titles_and_editions(self, name, arguments):
        with translation.override("vi"):
            self.path = reverse(name, kwargs=arguments)
        try:
            return FOLLOWABLE[name](SimpleNamespace(GET=QueryDict(self.query)), **arguments)
        except SlugChanged as moved:
            return self._titles_and_editions(name, {"slug": moved.args[0]})
        except InvalidQuery as refused:
            errors = refused.args[0].errors.values()
            return refuse(" ".join(str(error) for messages in errors for error in messages))
        except Http404:
            return refuse(_("There is nothing at this address."))

    @property
    def address(self):
        return f"{self.path}?{self.query}" if self.query else self.path

    def href(self):
        """The page in the language of the moment."""
        return reverse("home").rstrip("/") + self.address

    def title(self):
        """The page in words, on one line, in the language of the moment."""
        return " ".join(" · ".join(str(part) for part in self.titles).split())


def page_or_code(text):
    """What a reader speaks of: a code, or the address of a page that is public.

    Returns its one spelling; raises ValidationError if there is no such thing.
    """
    text = cleaned(text).strip()
    if "/" not in text:
        edition = Edition.objects.public().filter(code__in=[text, text.upper()]).first()
        return edition.code if edition else refuse(_("There is no such code."))
    try:
        return Target(text).address
    except ValidationError:
        path, _query = without_language(text)
        route = route_of(path)
        if not route.func.__module__.startswith(PAGE_MODULES):
            refuse(_("There is nothing at this address."))
        if route.kwargs:  # a page under one that can be followed: a briefing, a record's editions
            Target(f"{path.rstrip('/').rpartition('/')[0]}/")
        return path
