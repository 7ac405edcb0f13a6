"""Atom of what a page shows: under each list, province, topic, official and the search.

What a page shows is asked here once, for feeds and calendars alike: a function of the request that
gives a title and editions, and raises Refused where the page would answer 400.
"""

import json
from datetime import UTC, datetime
from io import BytesIO
from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.formats import date_format, number_format
from django.utils.http import http_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator
from django.views import View

from engagements.deadlines import midnight
from engagements.edition import licence
from engagements.edition.cells import UNFIT
from engagements.edition.filters import PAGE_PARAMETERS, TRACKING, EditionFilter, ProvinceItemFilter
from engagements.edition.models import Edition
from engagements.edition.reading import Reader, public_officials
from engagements.edition.search import Query, Search
from engagements.reference import Topic
from engagements.words import FOLLOW_UPS, Kind, MeetingState, RemarkKind, SourceKind
from provinces.models import Atlas, Official, Province
from provinces.vietnamese import INVISIBLE

from .base import names
from .lists import chosen, made_for_pages

NEWEST = 50
TAGGED = "tag:satcanh,2026:"  # names of ours that no change of host moves (RFC 4151)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def plain(text):
    """The text without signs that hide, reorder or break what carries it."""
    text = str(text).replace("\r\n", "\n").replace("\r", "\n")
    return INVISIBLE.sub("", UNFIT.sub("", text))


def line(text):
    """The same on one line."""
    return " ".join(plain(text).split())


# -- what a page shows


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


def of_list(page):
    """What a list shows."""

    def shown(request):
        found, words = ask(page.filterset_class, request, page(request=request).get_queryset())
        return [str(page.title), *words], found

    return shown


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
    page = Search()
    page.setup(request)
    if page.form.is_bound and not page.form.is_valid():
        raise Refused(page.form)
    asked = page.form.cleaned_data["q"] if page.form.is_bound else ""
    query = Query(asked, page.names)
    found = page.narrowed().filter(query.stages()[-1]) if query.words else Edition.objects.none()
    words = [page.said(name, code) for name, code in page.codes().items()]
    return [_("Search"), asked, *words], found


# -- one edition in words


def path_of(edition, atlas):
    """Its page in the language of the address.

    A remark or a figure stands on its session's; a figure of no session on its province's.
    """
    if edition.data["path"]:
        return reverse("home").rstrip("/") + edition.data["path"]
    return atlas.units[edition.province_id].get_absolute_url()


def title_of(edition):
    data = edition.data
    if edition.kind == Kind.FIGURE:
        value = number_format(data["value"], use_l10n=True, force_grouping=True)
        words = (data["qualifier"], value, data["unit"])
        title = f"{data['indicator']['name']}: {' '.join(word for word in words if word)}"
    else:
        title = data.get("title") or data["text"]
    return line(title if edition.kind == Kind.MEETING else f"{edition.code} · {title}")


def places_of(edition, atlas):
    """The unit of that day, or those of a session; none of a source."""
    if edition.province_id:
        return [atlas.units[edition.province_id]]
    return [atlas.units[key] for key in json.loads(edition.refs).get("provinces", [])]


def place_words(unit):
    if unit.is_living():
        return unit.name
    day = {"name": unit.name, "day": date_format(unit.last_day)}
    return _("%(name)s, until %(day)s") % day


def when(data):
    """The day of a session, or the window planned for it."""
    if data["held_on"]:
        return date_format(datetime.fromisoformat(data["held_on"]))
    window = (data["planned_from"], data["planned_to"])
    return "–".join(date_format(datetime.fromisoformat(day)) for day in window if day)


def facts_of(edition, atlas):
    """What stands about it, in the language of the page."""
    data, facts = edition.data, [edition.get_kind_display()]
    if edition.is_follow_up:
        facts.append(_("Status: %(status)s") % {"status": edition.get_status_display()})
        facts += [edition.get_answer_display()] if edition.answer else []
        facts += [edition.get_strength_display()] if edition.strength else []
        if edition.due_on:
            facts.append(_("due %(day)s") % {"day": date_format(edition.due_on)})
    elif edition.kind == Kind.MEETING:
        facts += [MeetingState(edition.type).label, when(data), data["ministry"]["name"]]
    elif edition.kind == Kind.REMARK:
        facts.append(RemarkKind(edition.type).label)
    elif edition.kind == Kind.UPDATE:
        facts.append(edition.get_status_display())
    elif edition.kind == Kind.SOURCE:
        facts += [SourceKind(edition.type).label, data["publisher"]]
    facts += [place_words(unit) for unit in places_of(edition, atlas)]
    return line(" · ".join(str(fact) for fact in facts if fact))


def text_of(edition):
    """The register's own words on it, with its last news."""
    data = edition.data
    parts = [data.get("detail"), data.get("summary")]
    parts += [one["text"] for one in data.get("updates", [])[-1:]]
    return plain("\n\n".join(part for part in parts if part))


# -- Atom


class Shown(View):
    """What a page shows, in a form for programs; 304 while nothing was published since.

    `shown` gives a title and editions; `written(title, editions)` of a class gives the bytes.
    """

    shown = None
    content_type = ""

    def get(self, request, **kwargs):
        try:
            titles, editions = self.shown(request, **kwargs)
        except Refused as refused:
            return self.refuse(refused.args[0])
        except Moved as moved:
            name = request.resolver_match.view_name
            return redirect(name, slug=moved.args[0], permanent=True)
        newest = Edition.objects.last_act()
        today = timezone.localdate()  # what is overdue today was not yesterday
        etag = f'"{newest["sequence"] if newest else 0}-{today:%Y%m%d}"'
        modified = int(
            max(newest["published_at"] if newest else NEVER, midnight(today)).timestamp()
        )
        response = get_conditional_response(request, etag=etag, last_modified=modified)
        if response is None:
            title = line(" · ".join(str(one) for one in ("Sát Cánh", *titles) if one))
            body = self.written(title, editions.defer(None).defer("search"))
            response = HttpResponse(body, content_type=self.content_type)
        response["ETag"], response["Last-Modified"] = etag, http_date(modified)
        response["Cache-Control"] = "max-age=60"
        return response

    def refuse(self, form):
        said = [
            f"{form.fields[name].label}: {error}" if name in form.fields else str(error)
            for name, errors in form.errors.items()
            for error in errors
        ]
        return render(self.request, "400.html", {"reason": " ".join(said)}, status=400)

    def absolute(self, path):
        return self.request.build_absolute_uri(path)

    def page_path(self):
        return self.request.path.rpartition("/")[0] + "/"


class Feed(Shown):
    """The editions published last; each is named by its record's code, whatever its edition."""

    content_type = "application/atom+xml; charset=utf-8"

    def written(self, title, editions):
        rows = list(map(Reader().kept, editions.order_by("-sequence")[:NEWEST]))
        query, path = self.request.GET, self.request.path
        out = BytesIO()
        xml = SimplerXMLGenerator(out, "utf-8", short_empty_elements=True)
        xml.startDocument()
        xml.startElement(
            "feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": get_language()}
        )
        xml.addQuickElement("title", title)
        xml.addQuickElement("id", TAGGED + address_of(path, query))
        updated = max((one.published_at for one in rows), default=NEVER)
        xml.addQuickElement("updated", instant(updated))
        page = self.absolute(address_of(self.page_path(), query))
        xml.addQuickElement("link", None, {"rel": "alternate", "type": "text/html", "href": page})
        own = {"rel": "self", "type": "application/atom+xml"}
        own["href"] = self.absolute(address_of(path, query))
        xml.addQuickElement("link", None, own)
        xml.addQuickElement("link", None, {"rel": "license", "href": licence.URL})
        xml.startElement("author", {})
        xml.addQuickElement("name", "Sát Cánh")
        xml.endElement("author")
        xml.addQuickElement("rights", licence.NAME)
        atlas, topics = Atlas(), names(Topic)
        for edition in rows:
            self.write_entry(xml, edition, atlas, topics)
        xml.endElement("feed")
        xml.endDocument()
        return out.getvalue()

    def write_entry(self, xml, edition, atlas, topics):
        data = edition.data
        xml.startElement("entry", {})
        xml.addQuickElement("title", title_of(edition), {"xml:lang": "vi"})
        xml.addQuickElement("id", TAGGED + edition.code)
        href = self.absolute(path_of(edition, atlas))
        xml.addQuickElement("link", None, {"rel": "alternate", "type": "text/html", "href": href})
        first = datetime.fromisoformat(data["first_published_at"])
        xml.addQuickElement("published", instant(first))
        xml.addQuickElement("updated", instant(edition.published_at))
        kind = {"term": edition.kind, "label": line(edition.get_kind_display())}
        xml.addQuickElement("category", None, kind)
        for slug in data.get("topics", []):
            label = line(topics.get(slug, slug))
            xml.addQuickElement("category", None, {"term": slug, "label": label})
        xml.addQuickElement("summary", facts_of(edition, atlas))
        if text := text_of(edition):
            xml.addQuickElement("content", text, {"type": "text", "xml:lang": "vi"})
        xml.endElement("entry")


def instant(moment):
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
