"""Search page: ranked results with facets, pages of that name, suggestions where none is found."""

from collections import Counter, defaultdict
from difflib import get_close_matches
from urllib.parse import urlencode

from django.core.paginator import InvalidPage, Paginator
from django.db.models import Q
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from engagements.edition import search as engine
from engagements.edition.entries import href_of
from engagements.edition.models import Edition, EditionLink
from engagements.edition.reading import public_officials, public_organizations
from engagements.edition.search import (
    GO_TO,
    NAMES_COMPARED,
    PER_PAGE,
    Query,
    SearchRequest,
    accented_words,
    has,
    marked,
    snippet,
    words_in,
    words_of,
)
from engagements.words import FOLLOW_UPS, Kind
from provinces.vietnamese import fold

from .base import PageMixin


class SearchPage(PageMixin, TemplateView):
    """Everything public, ranked; provinces, organizations, people and topics of that name."""

    template_name = "engagements/search.html"

    def render_to_response(self, context, **kwargs):
        status = 400 if context["is_wrong"] else 200
        return super().render_to_response(context, status=status, **kwargs)

    @cached_property
    def search(self):
        return SearchRequest(self.request.GET, self.atlas)

    def get_context_data(self, **kwargs):
        search = self.search
        context = super().get_context_data(
            form=search.form,
            form_fields=list(search.form),
            is_wrong=search.is_wrong,
            asked=search.asked,
            **kwargs,
        )
        if not search.asked:
            return context | {"typed": self.request.GET.get("q", "")}
        query = search.query
        editions = query.find(search.narrowed())
        return context | {
            "typed": search.asked,
            "go_to": self.go_to(query),
            "number": len(editions),
            "is_capped": len(editions) == engine.WINDOW,
            "kept": list(search.codes().items()),
            "chips": self.chips(search.asked),
            "facets": self.facets(query, editions),
            **self.page(query, editions),
            **({} if editions else self.ways_out(query)),
        }

    # -- filters

    def href(self, q, **changes):
        """The address of a search under the filters in force, with these changed."""
        asked = {"q": q} | self.search.codes() | changes
        return f"?{urlencode({name: value for name, value in asked.items() if value})}"

    def chips(self, q):
        labels = {name: field.label for name, field in self.search.form.fields.items()}
        return [
            {
                "label": labels[name],
                "value": self.search.label_of(name, code),
                "href": self.href(q, **{name: ""}),
            }
            for name, code in self.search.codes().items()
        ]

    def facets(self, query, editions):
        """Counted links that narrow the results by kind, province of today and topic."""
        titles = (("kind", _("Kind")), ("province", _("Province")), ("topic", _("Topic")))
        facets = []
        for name, title in titles:
            rows = editions
            if name in self.search.chosen:  # what else it could be, the other filters as they are
                rows = query.within(self.search.narrowed(but=name)).only("kind", "heir", "topics")
            counts = self.counted(name, list(rows))
            current = self.search.codes().get(name)
            if current:
                counts.setdefault(current, 0)
            options = [
                {
                    "label": self.search.label_of(name, code),
                    "number": number,
                    "is_current": code == current,
                    "href": self.href(query.text, **{name: "" if code == current else code}),
                }
                for code, number in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
            ]
            if len(options) > 1 or current:
                facets.append({"name": name, "title": title, "options": options})
        return facets

    def counted(self, name, editions):
        if name == "kind":
            return Counter(edition.kind for edition in editions)
        if name == "topic":
            slugs = [slug for edition in editions for slug in edition.topics.split("|") if slug]
            return Counter(slug for slug in slugs if slug in self.topics)
        counts = Counter(edition.heir_id for edition in editions if edition.heir_id)
        # A session may have several provinces: its links say which.
        sessions = [edition.pk for edition in editions if edition.kind == Kind.MEETING]
        links = EditionLink.objects.filter(edition__in=sessions).exclude(province=None)
        pairs = set()
        for edition, key in links.values_list("edition", "province"):
            pairs.add((edition, self.atlas.counted_under(self.atlas.units[key]).pk))
        counts.update(heir for _edition, heir in pairs)
        return Counter({self.atlas.units[key].slug: number for key, number in counts.items()})

    # -- rows

    def page(self, query, editions):
        pages = Paginator(editions, PER_PAGE)
        try:
            shown = pages.page(self.request.GET.get("page") or 1)
        except InvalidPage:
            raise Http404 from None
        provinces = defaultdict(list)
        links = EditionLink.objects.filter(
            edition__in=[edition.pk for edition in shown if edition.kind == Kind.MEETING]
        ).exclude(province=None)
        for edition, key in links.order_by("pk").values_list("edition", "province"):
            provinces[edition].append(key)
        hits = []
        for edition in shown:
            title, passages = words_of(edition)
            hits.append(
                {
                    "edition": edition,
                    "data": edition.data,
                    "href": href_of(edition, self.atlas),
                    "title": marked(title, query.spans(title, edition.fits)),
                    "snippet": snippet(passages, query, edition.fits),
                    "places": provinces[edition.pk]
                    or [edition.province_id] * bool(edition.province_id),
                    "is_dated": edition.kind != Kind.SOURCE or edition.data["issued_on"],
                    "is_follow_up": edition.kind in FOLLOW_UPS,
                }
            )
        return {
            "hits": hits,
            "page_obj": shown,
            "paginator": pages,
            "is_paginated": shown.has_other_pages(),
        }

    # -- by name

    def go_to(self, query):
        """Pages of what bears that name: [(title, rows of (address, name, remark))]."""
        phrases = {phrase for part in query.parts for phrase in (part.phrase, *part.others)}

        def bears(*names):
            folded = [fold(name) for name in names]
            text = f" {' '.join(folded)} "
            return (
                any(f" {variant} " in text for variant in query.variants)
                or all(f" {word} " in text for word in query.words)
                or bool(phrases & set(folded))
            )

        def fits(name):
            known = set(accented_words(name))
            return all(
                typed == word or typed in known
                for word, typed in zip(query.words, query.typed, strict=True)
            )

        units = [
            unit
            for unit in self.atlas.units.values()
            if bears(unit.name, unit.full_name, unit.name_en, *unit.aliases.splitlines())
        ]
        heirs = [heir for unit in units for heir in self.atlas.successors(unit)]
        units = list(dict.fromkeys([*units, *heirs]))
        units.sort(key=lambda unit: (not fits(unit.name), not unit.is_living(), unit.sort_key))
        topics = [
            topic
            for topic in self.search.names.all_topics
            if bears(topic.name, topic.name_en, *topic.aliases.splitlines())
        ]
        topics.sort(key=lambda topic: (not fits(topic.name), topic.sort_key))
        every = Q()
        for word in query.words:
            every &= has(word)
        people = list(public_officials().filter(every)[: GO_TO * 5]) if query.words else []
        people.sort(key=lambda official: (not fits(official.full_name), official.sort_key))
        organizations = []
        if query.words:
            matching = public_organizations().filter(every | query.as_phrase())
            organizations = list(matching[: GO_TO * 5])
            as_typed = [f" {word} " for word in query.words]
            organizations.sort(
                key=lambda row: (
                    not all(word in row.search for word in as_typed),
                    row.ceased_on is not None,
                )
            )
        groups = [
            ("province", _("Provinces"), units),
            ("official", _("Officials"), people),
            ("organization", _("Organizations"), organizations),
            ("topic", _("Topics"), topics),
        ]
        return [(kind, title, list(rows[:GO_TO])) for kind, title, rows in groups if rows]

    # -- when nothing is found

    def ways_out(self, query):
        """What else to ask: without the filters, a name that is close, one word fewer."""
        public = Edition.objects.public()
        ways = {"closest": [], "fewer": []}
        if not query.words:
            return ways
        if self.search.chosen and public.filter(query.stages()[-1]).exists():
            return ways | {"unfiltered": f"?{urlencode({'q': query.text})}"}
        ways["closest"] = [(name, f"?{urlencode({'q': name})}") for name in self.closest(query)]
        if len(query.words) > 1:
            words = query.places
            apart = [[word] for word in words]
            fewer = [[other for other in words if other is not word] for word in words]
            ways["fewer"] = self.with_results(query, fewer) or self.with_results(query, apart)
        return ways

    def with_results(self, query, choices):
        """Those choices of the query's words that find something: (text, address)."""
        texts = [" ".join(query.text[word.start : word.end] for word in words) for words in choices]
        return [(text, f"?{urlencode({'q': text})}") for text in texts if self.finds(text)]

    def finds(self, text):
        rule = Query(text, self.search.names).as_words(topics=True)
        return Edition.objects.public().filter(rule).exists()

    def closest(self, query):
        """Names of provinces, topics, organizations and people that are written nearly so."""
        names = [unit.name for unit in self.atlas.units.values()]
        names += [topic.name for topic in self.search.names.all_topics]
        names += [
            name for body in self.search.names.organizations for name in (body[0], body[2]) if name
        ]
        names += public_officials().values_list("full_name", flat=True)[:NAMES_COMPARED]
        squeezed = {fold(name).replace(" ", ""): name for name in names}
        near = get_close_matches("".join(query.words), list(squeezed), n=3, cutoff=0.75)
        if near:
            return [squeezed[name] for name in near]
        # No name as a whole: put right the words that no name has.
        known = {
            word.folded: name[word.start : word.end] for name in names for word in words_in(name)
        }
        known |= squeezed
        corrected, changed = [], []
        for word in query.places:
            typed = query.text[word.start : word.end]
            near = [word.folded] if word.folded in known else []
            near = near or get_close_matches(word.folded, known, 1, 0.75)
            right = known[near[0]] if near else typed
            if fold(right) == word.folded:
                right = typed
            else:
                changed.append(right)
            corrected.append(right)
        texts = [" ".join(corrected), *changed] if changed else []
        return [text for text in dict.fromkeys(texts) if self.finds(text)][:3]
