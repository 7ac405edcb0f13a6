"""What a reader may follow: the address of a public page, read back into what it lists."""

from urllib.parse import urlencode, urlsplit

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from engagements.edition.filters import (
    FILTERS,
    PAGE_PARAMETERS,
    TRACKING,
    AnyFollowUpFilter,
    MeetingFilter,
)
from engagements.edition.models import Edition
from engagements.edition.views import LISTS, chosen, made_for_pages, names
from engagements.edition.words import FOLLOW_UPS, PATHS, Kind
from engagements.models.base import Topic
from provinces.models import Official, Organization, Province
from provinces.vietnamese import nfc

from .models import TARGET_CHARACTERS

LIST_KINDS = {f"{kind.value}-list": kind for kind in PATHS}
DETAIL_KINDS = {kind.value: kind for kind in PATHS}
# Pages of a place, a field or a person: the same as a filter of follow-ups, and of sessions.
SUBJECTS = {
    "province": (Province, "province", "province"),
    "topic": (Topic, "topic", "topic"),
    "official": (Official, "official", "official"),
    "organization": (Organization, "lead", "ministry"),
}
SEARCH = "search"


def refuse(message=None):
    raise ValidationError(message or _("This address cannot be followed."), code="target")


def route_of(path):
    """The route that a path without language leads to; raises ValidationError if to none."""
    try:
        with translation.override("vi"):
            return resolve(path)
    except Resolver404:
        return refuse()


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


class Target:
    """A public page that can be followed; `address` is its one spelling."""

    def __init__(self, address):
        address = nfc(address).strip()
        if len(address) > TARGET_CHARACTERS:
            refuse(_("The address is too long to be followed."))
        path, query = without_language(address)
        route = route_of(path)
        self.path, self.name = path, route.url_name or ""
        self.key = next(iter(route.kwargs.values()), "")
        self.query = self._asked(query)
        if self.name in DETAIL_KINDS:
            self._read_item()
        elif self.name in LIST_KINDS or self.name in SUBJECTS or self.name == SEARCH:
            self._read_list()
        else:
            refuse()
        if len(self.address) > TARGET_CHARACTERS:
            refuse(_("The address is too long to be followed."))

    def _asked(self, query):
        """What the query asks, without page numbers and what trackers add."""
        asked = QueryDict(query, mutable=True)
        for name in list(asked):
            values = [nfc(value).strip() for value in asked.getlist(name)]
            values = sorted({value for value in values if value})
            if name in PAGE_PARAMETERS or TRACKING.fullmatch(name) or not values:
                del asked[name]
            else:
                asked.setlist(name, values)
        return asked

    def _read_item(self):
        if self.query:
            refuse(_("Unknown parameter: %(name)s") % {"name": next(iter(self.query))[:40]})
        kind = DETAIL_KINDS[self.name]
        if kind != Kind.MEETING:
            self.key = self.key.upper()
            self.path = f"{PATHS[kind]}{self.key}/"
        self.item = Edition.objects.public().filter(kind=kind, code=self.key).first()
        if self.item is None:
            refuse(_("There is nothing at this address."))

    def _read_list(self):
        self.item = None
        fixed = SUBJECTS[self.name][1] if self.name in SUBJECTS else None
        if fixed in self.query:
            refuse(_("Unknown parameter: %(name)s") % {"name": fixed})
        if self.name == SEARCH and not self.query:
            refuse(_("Search for something first; what is found can then be followed."))
        if not self.filterset.is_valid():
            said = [str(one) for errors in self.filterset.errors.values() for one in errors]
            refuse(" ".join(said))
        order = list(self.filterset.form.fields)
        self.query = {name: self.query.getlist(name) for name in order if name in self.query}

    @cached_property
    def filterset(self):
        data = self.query.copy()
        if self.name in SUBJECTS:
            data[SUBJECTS[self.name][1]] = self.key
        kind = LIST_KINDS.get(self.name)
        rows = Edition.objects.public().of_kind(*([kind] if kind else FOLLOW_UPS))
        return (FILTERS[kind] if kind else AnyFollowUpFilter)(data, queryset=rows, beside=())

    @property
    def address(self):
        query = urlencode(self.query, doseq=True) if self.query else ""
        return f"{self.path}?{query}" if query else self.path

    def href(self):
        """The page in the language of the moment."""
        prefix = reverse("home").rstrip("/")
        return f"{prefix}{self.address}"

    def editions(self):
        """Querysets of the current editions that the page shows."""
        if self.item is None:
            found = [self.filterset.qs.order_by()]
            if self.name in SUBJECTS and not self.query:
                data = {SUBJECTS[self.name][2]: self.key}
                sessions = Edition.objects.public().of_kind(Kind.MEETING)
                found.append(MeetingFilter(data, queryset=sessions, beside=()).qs.order_by())
            return found
        public = Edition.objects.public()
        found = [public.filter(kind=self.item.kind, record=self.item.record)]
        if self.item.kind == Kind.MEETING:
            found.append(public.of_kind(*FOLLOW_UPS).filter(meeting=self.key))
        return found

    def title(self):
        """The page in words, on one line, in the language of the moment."""
        if self.item is not None:
            data = self.item.data
            named = data["title"] if self.item.kind == Kind.MEETING else self._coded(data)
            return " ".join(named.split())
        form = made_for_pages(self.filterset.form, names(Topic))
        asked = QueryDict(urlencode(self.query, doseq=True))
        own = SUBJECTS[self.name][1] if self.name in SUBJECTS else None
        label = own and form.fields[own].label
        words = [f"{one['label']}: {one['value']}" for one in chosen(form, asked)]
        if own:
            first = next(one for one in words if one.startswith(f"{label}: "))
            words.remove(first)
            words.insert(0, first)
        else:
            words.insert(0, str(self._list_title()))
        return " ".join(" · ".join(words).split())

    def _coded(self, data):
        return f"{data['code']} · {data['title']}"

    def _list_title(self):
        if self.name == SEARCH:
            return _("Search")
        kind = LIST_KINDS[self.name]
        return {**LISTS, Kind.MEETING: _("Meetings"), Kind.SOURCE: _("Sources")}[kind]


def page_or_code(text):
    """What a reader speaks of: a code, or the address of a page that is public.

    Returns its one spelling; raises ValidationError if there is no such thing.
    """
    text = nfc(text).strip()
    if "/" not in text:
        found = Edition.objects.public().filter(code__in=[text, text.upper()]).first()
        return found.code if found else refuse(_("There is no such code."))
    try:
        return Target(text).address
    except ValidationError:
        path, _query = without_language(text)
        route = route_of(path)
        if not route.func.__module__.startswith("engagements.") or path.startswith("/api/"):
            refuse(_("There is nothing at this address."))
        if route.kwargs:  # a page under one that can be followed: a briefing, a record's editions
            Target(f"{path.rstrip('/').rpartition('/')[0]}/")
        return path
