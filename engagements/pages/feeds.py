"""Atom feeds of what a page shows: under each list, province, topic, official and the search."""

from datetime import UTC, datetime

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.views import View

from engagements.edition import licence
from engagements.edition.entries import facts_of, headline_of, href_of, summary_of
from engagements.edition.http import ConditionalGetMixin
from engagements.edition.reading import Reader
from engagements.edition.selections import InvalidQuery, SlugChanged, address_of
from engagements.edition.text import plain_line
from engagements.reference import Topic, names
from provinces.models import Atlas

ENTRIES_MOST = 50
TAGGED = "tag:satcanh,2026:"  # names of ours that no change of host moves (RFC 4151)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class PageExport(ConditionalGetMixin, View):
    """What a page shows, in a form for programs; 304 while nothing was published since.

    `shown` gives a title and editions; `content_of(title, editions)` of a class gives the content.
    """

    shown = None
    content_type = ""

    def get(self, request, **kwargs):
        try:
            titles, editions = self.shown(request, **kwargs)
        except InvalidQuery as refused:
            return self.refuse(refused.args[0])
        except SlugChanged as moved:
            name = request.resolver_match.view_name
            return redirect(name, slug=moved.args[0], permanent=True)
        title = plain_line(" · ".join(str(part) for part in ("Sát Cánh", *titles) if part))
        content = self.content_of(title, editions.defer(None).defer("search"))
        return HttpResponse(content, content_type=self.content_type)

    def refuse(self, form):
        reasons = [
            f"{form.fields[name].label}: {error}" if name in form.fields else str(error)
            for name, errors in form.errors.items()
            for error in errors
        ]
        return render(self.request, "400.html", {"reason": " ".join(reasons)}, status=400)

    def absolute(self, path):
        return self.request.build_absolute_uri(path)

    def page_path(self):
        return self.request.path.rpartition("/")[0] + "/"


class RegisterFeed(Atom1Feed):
    """Django's Atom with our licence; entries are Vietnamese, what stands about them is not.

    The generator calls a summary HTML: ours is plain text, so it and the categories, which have
    labels in the language of the page, are written here.
    """

    def latest_post_date(self):
        return max((item["updateddate"] for item in self.items), default=NEVER)

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        handler.addQuickElement("link", None, {"rel": "license", "href": licence.URL})

    def item_attributes(self, item):
        return {"xml:lang": "vi"}

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        language = {"xml:lang": self.feed["language"]}
        for term, label in item["labels"]:
            handler.addQuickElement("category", None, {"term": term, "label": label, **language})
        handler.addQuickElement("summary", item["facts"], language)
        if item["text"]:
            handler.addQuickElement("content", item["text"], {"type": "text"})


class Feed(PageExport):
    """The editions published last; each is named by its record's code, whatever its edition."""

    content_type = RegisterFeed.content_type

    def content_of(self, title, editions):
        query, path = self.request.GET, self.request.path
        feed = RegisterFeed(
            title,
            link=self.absolute(address_of(self.page_path(), query)),
            description=None,
            language=get_language(),
            author_name="Sát Cánh",
            feed_url=self.absolute(address_of(path, query)),
            feed_guid=TAGGED + address_of(path, query),
            feed_copyright=licence.NAME,
        )
        atlas, topics = Atlas(), names(Topic.objects.all())
        newest = editions.order_by("-changed_at", "-sequence")[:ENTRIES_MOST]
        for edition in map(Reader().without_withdrawn, newest):
            data = edition.data
            labels = [(edition.kind, edition.get_kind_display())]
            labels += [(slug, topics.get(slug, slug)) for slug in data.get("topics", [])]
            feed.add_item(
                headline_of(edition),
                link=self.absolute(href_of(edition, atlas)),
                description=None,
                unique_id=TAGGED + edition.code,
                pubdate=_utc_second(datetime.fromisoformat(data["first_published_at"])),
                updateddate=_utc_second(edition.changed_at),
                labels=[(term, plain_line(label)) for term, label in labels],
                facts=facts_of(edition, atlas),
                text=summary_of(edition),
            )
        return feed.writeString("utf-8")


def _utc_second(instant):
    """In UTC, to the second: an instant of Atom as most programs write it."""
    return instant.astimezone(UTC).replace(microsecond=0)
