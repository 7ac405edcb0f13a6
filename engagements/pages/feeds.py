"""Atom feeds of what a page shows: under each list, province, topic, official and the search."""

from datetime import UTC, datetime
from io import BytesIO

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import get_language
from django.utils.xmlutils import SimplerXMLGenerator
from django.views import View

from engagements.deadlines import midnight
from engagements.edition import licence
from engagements.edition.entries import facts_of, href_of, text_of, title_of
from engagements.edition.models import Edition
from engagements.edition.reading import Reader
from engagements.edition.selections import Moved, Refused, address_of
from engagements.edition.text import line
from engagements.reference import Topic, names
from provinces.models import Atlas

NEWEST = 50
TAGGED = "tag:satcanh,2026:"  # names of ours that no change of host moves (RFC 4151)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


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
        href = self.absolute(href_of(edition, atlas))
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
