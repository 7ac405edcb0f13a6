"""Searching all that is public: words with or without accents, old names and abbreviations.

The database finds (folded words in `Edition.search`, newest first, never more than a window of
rows); Python ranks that window, counts its facets and marks what was found in the page's text.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from difflib import get_close_matches
from functools import lru_cache
from itertools import islice, pairwise, product
from typing import NamedTuple
from urllib.parse import urlencode

from django import forms
from django.core.paginator import InvalidPage, Paginator
from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import escape, format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from engagements.pages.base import Page
from engagements.reference import Topic
from engagements.words import FOLLOW_UPS, Kind
from provinces.models import Province
from provinces.vietnamese import TONES, fold, nfc

from .filters import Q_CHARACTERS, StrictForm, check_query
from .models import Edition, EditionLink
from .reading import public_officials, public_organizations

WINDOW = 1_000  # editions that one search looks at, newest first
PER_PAGE = 20
VARIANTS = 24  # ways of writing one query
GO_TO = 6  # places, bodies, people and topics offered by name, of each
NAMES_COMPARED = 2_000
SNIPPET, BEFORE = 240, 70

# Abbreviations that people write and the register spells out, or the reverse. The one list.
ABBREVIATIONS = {
    "AI": "trí tuệ nhân tạo",
    "ATTT": "an toàn thông tin",
    "BCVT": "bưu chính viễn thông",
    "CĐS": "chuyển đổi số",
    "CNTT": "công nghệ thông tin",
    "CNTT&TT": "công nghệ thông tin và truyền thông",
    "CSDL": "cơ sở dữ liệu",
    "DN": "doanh nghiệp",
    "DNNVV": "doanh nghiệp nhỏ và vừa",
    "DVC": "dịch vụ công",
    "DVCTT": "dịch vụ công trực tuyến",
    "ĐMST": "đổi mới sáng tạo",
    "HĐND": "hội đồng nhân dân",
    "KCN": "khu công nghiệp",
    "KCNC": "khu công nghệ cao",
    "KHCN": "khoa học công nghệ",
    "KH&CN": "khoa học và công nghệ",
    "KT-XH": "kinh tế xã hội",
    "NSNN": "ngân sách nhà nước",
    "TMĐT": "thương mại điện tử",
    "TP": "thành phố",
    "TTHC": "thủ tục hành chính",
    "TT&TT": "thông tin và truyền thông",
    "TTTT": "thông tin và truyền thông",
    "TW": "trung ương",
    "UBND": "ủy ban nhân dân",
}


# -- words as they stand in a text


class Word(NamedTuple):
    """A word of a text as `fold` sees it, and where it stands in the text as it is."""

    folded: str
    start: int
    end: int


def words_in(text):
    """The words of a text, whatever its Unicode form: `fold(text)`, each with its place."""
    folded, places = [], []
    for place, sign in enumerate(text):
        plain = unicodedata.normalize("NFD", sign.casefold().replace("đ", "d"))
        for one in plain:
            if unicodedata.category(one) != "Mn":
                folded.append(one)
                places.append(place)
    found = []
    for match in re.finditer(r"[^\W_]+", "".join(folded)):
        end = places[match.end() - 1] + 1
        while end < len(text) and unicodedata.category(text[end]) == "Mn":
            end += 1  # marks that stand after their letter belong to it
        found.append(Word(match[0], places[match.start()], end))
    return found


@lru_cache(maxsize=20_000)
def accented(word):
    """A word with its marks, wherever the tone is written: `hoà` and `hòa` are one word."""
    parts = unicodedata.normalize("NFD", word.casefold())
    tones = "".join(sorted(sign for sign in parts if sign in TONES))
    return "".join(sign for sign in parts if sign not in TONES) + tones


def accented_words(text):
    return [accented(word) for word in re.findall(r"[^\W_]+", nfc(text).casefold())]


def marked(text, spans):
    """The text as HTML with these spans marked; everything else escaped as it is."""
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    parts = [text[start:end] for start, end in pairwise(edges)]
    pairs = zip(parts[:-1:2], parts[1::2], strict=True)
    return format_html_join("", "{}<mark>{}</mark>", pairs) + escape(parts[-1])


def merged(text, spans):
    """Spans in order; those with nothing but space between them made one."""
    found = []
    for start, end in sorted(spans):
        if found and not text[found[-1][1] : start].strip():
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


# -- other names


class Names:
    """By folded phrase: the other names of what it names, and the topics it belongs to.

    Provinces and topics are public lists; of bodies, only those that the public reads of.
    """

    def __init__(self, atlas):
        self.others, self.topics = defaultdict(set), defaultdict(set)
        groups = list(ABBREVIATIONS.items())
        groups += [
            (unit.name, unit.full_name, unit.name_en, *unit.aliases.splitlines())
            for unit in atlas.units.values()
        ]
        bodies = public_organizations().values_list("name", "name_en", "short_name", "aliases")
        self.bodies = list(bodies)
        groups += [(*names, *aliases.splitlines()) for *names, aliases in self.bodies]
        for group in groups:
            phrases = {fold(name) for name in group} - {""}
            for phrase in phrases:
                # What holds the phrase whole is found with it.
                self.others[phrase] |= {o for o in phrases if f" {phrase} " not in f" {o} "}
        self.all_topics = list(Topic.objects.all())
        for topic in self.all_topics:
            for name in (topic.name, topic.name_en, *topic.aliases.splitlines()):
                self.topics[fold(name)].add(topic.slug)


class Part(NamedTuple):
    """A stretch of a query: a word, or several that are a name together."""

    words: tuple
    typed: tuple  # the same with their marks
    others: tuple  # other names, folded
    topics: tuple  # slugs of the topics that bear this name
    is_short_form: bool  # TT-Huế, TP.HCM: its syllables mean nothing apart

    @property
    def phrase(self):
        return " ".join(self.words)

    @property
    def needed(self):
        """The folded words or phrases that a record must hold, unless it has another name."""
        return (self.phrase,) if self.is_short_form else self.words

    def is_in(self, search):
        return all(f" {one} " in search for one in self.needed) or self.is_renamed_in(search)

    def is_renamed_in(self, search):
        return any(f" {other} " in search for other in self.others)


def has(phrase):
    return Q(search__contains=f" {phrase} ")


class Query:
    """What was typed, with the other names of its parts."""

    def __init__(self, text, names):
        self.text = nfc(text)
        self.places = words_in(self.text)
        self.words = [word.folded for word in self.places]
        self.typed = [accented(self.text[word.start : word.end]) for word in self.places]
        self.is_accented = self.typed != self.words
        self.parts = list(self._parts(names))
        choices = ([part.phrase, *part.others] for part in self.parts)
        self.variants = [" ".join(way) for way in islice(product(*choices), VARIANTS)]

    def _parts(self, names):
        start = 0
        while start < len(self.words):
            for end in range(len(self.words), start, -1):
                phrase = " ".join(self.words[start:end])
                is_name = phrase in names.others or phrase in names.topics
                if is_name or end == start + 1:
                    words, others = self.words[start:end], sorted(names.others.get(phrase, ()))
                    longer = [other for other in others if len(other) > len(phrase)]
                    spelt_out = {word for other in longer for word in other.split()}
                    # A syllable that no longer form has, and that is no abbreviation by itself.
                    is_short = len(words) > 1 and any(
                        longer and word not in spelt_out and word not in names.others
                        for word in words
                    )
                    yield Part(
                        tuple(words),
                        tuple(self.typed[start:end]),
                        tuple(others),
                        tuple(sorted(names.topics.get(phrase, ()))),
                        is_short,
                    )
                    start = end
                    break

    # -- finding

    def as_phrase(self):
        """The whole query in one of its ways of writing."""
        rule = Q()
        for variant in self.variants:
            rule |= has(variant)
        return rule

    def as_words(self, topics=False):
        """All words anywhere in the record, or another name of what they name."""
        rule = Q()
        for part in self.parts:
            one = Q()
            for needed in part.needed:
                one &= has(needed)
            for other in part.others:
                one |= has(other)
            if topics:
                for slug in part.topics:
                    one |= Q(topics__contains=f"|{slug}|")
            rule &= one
        return rule

    def stages(self):
        """Rules from the narrow to the wide, each holding those before it."""
        rules = [self.as_phrase(), self.as_words()]
        if any(part.topics for part in self.parts):
            rules.append(self.as_words(topics=True))
        return [rule for place, rule in enumerate(rules) if rule not in rules[:place]]

    def within(self, editions):
        """The newest editions that match at all, no more than a window."""
        return editions.filter(self.stages()[-1]).order_by("-day", "first_sequence")[:WINDOW]

    def find(self, editions):
        """Editions of the window, best first; each knows whether its marks match (`fits`)."""
        found = {}
        for rule in self.stages() if self.words else []:
            if len(found) < WINDOW:
                newest = editions.filter(rule).order_by("-day", "first_sequence").defer("refs")
                for one in newest[:WINDOW]:
                    found.setdefault(one.pk, one)
        rows = list(found.values())[:WINDOW]
        for one in rows:
            one.rank = self.rank(one)
        return sorted(rows, key=lambda one: (one.rank, -one.day.toordinal(), one.first_sequence))

    def rank(self, edition):
        """Smaller is better: what was meant, with its marks, in one piece, in the title."""
        title, passages = said_in(edition)
        is_phrase = any(f" {variant} " in edition.search for variant in self.variants)
        is_meant = all(part.is_in(edition.search) for part in self.parts)
        edition.fits = is_exact = False
        if self.is_accented:
            words = accented_words(" ".join((title, *passages)))
            known = set(words)
            edition.fits = all(self.fits(part, known, edition.search) for part in self.parts)
            is_exact = f" {' '.join(self.typed)} " in f" {' '.join(words)} "
        folded_title = f" {fold(title)} "
        in_title = all(part.is_in(folded_title) for part in self.parts)
        return (not is_meant, not edition.fits, not is_exact, not is_phrase, not in_title)

    @staticmethod
    def fits(part, known, search):
        """Whether each word typed with marks stands there with them, or another name does."""
        pairs = zip(part.words, part.typed, strict=True)
        return part.is_renamed_in(search) or (
            part.is_in(search) and all(typed == word or typed in known for word, typed in pairs)
        )

    # -- marking

    def spans(self, text, strictly=False):
        """Where the query stands in a text: whole if it does, else part by part, word by word."""
        words = words_in(text)
        folded = [word.folded for word in words]
        said = [accented(nfc(text[word.start : word.end])) for word in words] if strictly else None

        def at(phrase, typed=None):
            wanted = phrase.split()
            for place in range(len(words) - len(wanted) + 1):
                if folded[place : place + len(wanted)] != wanted:
                    continue
                pairs = zip(wanted, typed or wanted, said[place:] if said else (), strict=False)
                if all(one in (word, here) for word, one, here in pairs):
                    yield words[place].start, words[place + len(wanted) - 1].end

        whole = " ".join(self.words)
        found = list(at(whole, self.typed)) if whole else []
        found += [span for variant in self.variants if variant != whole for span in at(variant)]
        if not found:
            for part in self.parts:
                here = list(at(part.phrase, part.typed))
                here += [span for other in part.others for span in at(other)]
                if not here and not part.is_short_form:
                    for word, typed in zip(part.words, part.typed, strict=True):
                        here += at(word, (typed,))
                found += here
        return merged(text, found)


# -- what a record says


def title_of(edition):
    data = edition.data
    if edition.kind == Kind.UPDATE:
        return data["follow_up"]["title"]
    if edition.kind == Kind.FIGURE:
        return ", ".join(part for part in (data["indicator"]["name"], data["period"]) if part)
    return data["title"] if "title" in data else data["text"]


def said_in(edition):
    """The words of a record as a reader meets them: its title, then its passages."""
    data, title = edition.data, title_of(edition)
    passages = [data.get(key) or "" for key in ("detail", "text", "summary")]
    passages.append((data.get("evidence") or {}).get("quote", ""))
    passages.append(", ".join(one["official"]["name"] for one in data.get("attendances", ())))
    for key in ("raised_by", "said_by", "addressed_to", "lead", "ministry"):
        passages.append((data.get(key) or {}).get("name", ""))
    passages += [data.get(key) or "" for key in ("raised_by_text", "said_by_text", "place")]
    passages += [data.get(key) or "" for key in ("publisher", "number", "note")]
    return title, [one for one in passages if one and one != title]


def address_of(edition):
    """Where a reader finds the record, in the language of the page."""
    data = edition.data
    if edition.kind == Kind.UPDATE:
        target = data["follow_up"]
        return f"{reverse(target['kind'], args=[target['code']])}#{edition.code}"
    if edition.kind in (Kind.REMARK, Kind.FIGURE):
        if data["meeting"]:
            return f"{reverse('meeting', args=[data['meeting']['slug']])}#{edition.code}"
        return None
    return reverse(edition.kind, args=[edition.code])


def snippet(passages, query, strictly):
    """The stretch of the passages where most of the query stands, marked; a beginning if none."""
    best, where = "", []
    for passage in passages:
        spans = query.spans(passage, strictly)
        if len({fold(passage[start:end]) for start, end in spans}) > len(
            {fold(best[start:end]) for start, end in where}
        ):
            best, where = passage, spans
    best = best or next(iter(passages), "")
    if len(best) <= SNIPPET:
        return marked(best, where)
    first = max(0, where[0][0] - BEFORE) if where else 0
    first = best.rfind(" ", 0, first) + 1 if first else 0
    last = best.rfind(" ", first, first + SNIPPET) if len(best) > first + SNIPPET else len(best)
    last = max(last, where[0][1] if where else first + 1)
    inside = [
        (start - first, end - first) for start, end in where if start >= first and end <= last
    ]
    before, after = "… " if first else "", " …" if last < len(best) else ""
    return format_html("{}{}{}", before, marked(best[first:last], inside), after)


# -- the page


class SearchForm(StrictForm):
    q = forms.CharField(
        label=_("Search"), required=False, max_length=Q_CHARACTERS, validators=[check_query]
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=Kind.choices)
    province = forms.ModelChoiceField(
        Province.objects.all(), label=_("Province"), required=False, to_field_name="slug"
    )
    topic = forms.ModelChoiceField(
        Topic.objects.all(), label=_("Topic"), required=False, to_field_name="slug"
    )


class Search(Page, TemplateView):
    """Everything that is public, ranked; the places, bodies, people and topics of that name."""

    template_name = "engagements/search.html"

    @cached_property
    def form(self):
        return SearchForm(self.request.GET or None)

    @cached_property
    def names(self):
        return Names(self.atlas)

    @cached_property
    def chosen(self):
        """The filters in force: name → value."""
        given = self.form.cleaned_data if self.form.is_bound else {}
        return {name: given[name] for name in ("kind", "province", "topic") if given.get(name)}

    def render_to_response(self, context, **kwargs):
        status = 400 if context["is_wrong"] else 200
        return super().render_to_response(context, status=status, **kwargs)

    def get_context_data(self, **kwargs):
        form = self.form
        is_wrong = form.is_bound and not form.is_valid()
        asked = form.cleaned_data.get("q", "") if form.is_bound and not is_wrong else ""
        context = super().get_context_data(
            form=form, form_fields=list(form), is_wrong=is_wrong, asked=asked, **kwargs
        )
        if not asked:
            return context | {"typed": self.request.GET.get("q", "")}
        query = Query(asked, self.names)
        found = query.find(self.narrowed())
        return context | {
            "typed": asked,
            "go_to": self.go_to(query),
            "number": len(found),
            "is_capped": len(found) == WINDOW,
            "kept": [(name, code) for name, code in self.codes().items()],
            "chips": self.chips(asked),
            "facets": self.facets(query, found),
            **self.page(query, found),
            **({} if found else self.ways_out(query)),
        }

    # -- filters

    def narrowed(self, *, but=None):
        """Public editions under the filters in force, leaving one out."""
        editions = Edition.objects.public()
        if "kind" in self.chosen and but != "kind":
            editions = editions.of_kind(self.chosen["kind"])
        if "province" in self.chosen and but != "province":
            editions = editions.in_place(self.chosen["province"], self.atlas)
        if "topic" in self.chosen and but != "topic":
            editions = editions.with_topic(self.chosen["topic"].slug)
        return editions

    def codes(self):
        return {name: getattr(value, "slug", value) for name, value in self.chosen.items()}

    def href(self, q, **changes):
        """The address of a search under the filters in force, with these changed."""
        asked = {"q": q} | self.codes() | changes
        return f"?{urlencode({name: value for name, value in asked.items() if value})}"

    def said(self, name, code):
        if name == "kind":
            return Kind(code).label
        return self.atlas.slugs[code].name if name == "province" else self.topics[code]

    def chips(self, q):
        labels = {name: field.label for name, field in self.form.fields.items()}
        return [
            {
                "label": labels[name],
                "value": self.said(name, code),
                "href": self.href(q, **{name: ""}),
            }
            for name, code in self.codes().items()
        ]

    def facets(self, query, found):
        """Counted links that narrow what was found by kind, province of today and topic."""
        titles = (("kind", _("Kind")), ("province", _("Province")), ("topic", _("Topic")))
        facets = []
        for name, title in titles:
            rows = found
            if name in self.chosen:  # what else it could be, everything else staying as it is
                rows = query.within(self.narrowed(but=name)).only("kind", "heir", "topics")
            counts = self.counted(name, list(rows))
            current = self.codes().get(name)
            if current:
                counts.setdefault(current, 0)
            options = [
                {
                    "label": self.said(name, code),
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
            return Counter(one.kind for one in editions)
        if name == "topic":
            slugs = [slug for one in editions for slug in one.topics.split("|") if slug]
            return Counter(slug for slug in slugs if slug in self.topics)
        counts = Counter(one.heir_id for one in editions if one.heir_id)
        # A session may have several provinces: its links say which.
        sessions = [one.pk for one in editions if one.kind == Kind.MEETING]
        links = EditionLink.objects.filter(edition__in=sessions).exclude(province=None)
        held = set()
        for edition, key in links.values_list("edition", "province"):
            heir = self.atlas.heir(self.atlas.units[key]) or self.atlas.units[key]
            held.add((edition, heir.pk))
        counts.update(heir for _edition, heir in held)
        return Counter({self.atlas.units[key].slug: number for key, number in counts.items()})

    # -- rows

    def page(self, query, found):
        pages = Paginator(found, PER_PAGE)
        try:
            shown = pages.page(self.request.GET.get("page") or 1)
        except InvalidPage:
            raise Http404 from None
        places = defaultdict(list)
        links = EditionLink.objects.filter(
            edition__in=[one.pk for one in shown if one.kind == Kind.MEETING]
        ).exclude(province=None)
        for edition, key in links.order_by("pk").values_list("edition", "province"):
            places[edition].append(key)
        hits = []
        for edition in shown:
            title, passages = said_in(edition)
            hits.append(
                {
                    "edition": edition,
                    "data": edition.data,
                    "href": address_of(edition),
                    "title": marked(title, query.spans(title, edition.fits)),
                    "snippet": snippet(passages, query, edition.fits),
                    "places": places[edition.pk]
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
        heirs = [self.atlas.heir(unit) for unit in units if not unit.is_living()]
        units = list(dict.fromkeys([*units, *(heir for heir in heirs if heir)]))
        units.sort(key=lambda one: (not fits(one.name), not one.is_living(), one.sort_key))
        topics = [
            topic
            for topic in self.names.all_topics
            if bears(topic.name, topic.name_en, *topic.aliases.splitlines())
        ]
        topics.sort(key=lambda one: (not fits(one.name), one.sort_key))
        every = Q()
        for word in query.words:
            every &= has(word)
        people = list(public_officials().filter(every)[: GO_TO * 5]) if query.words else []
        people.sort(key=lambda one: (not fits(one.full_name), one.sort_key))
        bodies = []
        if query.words:
            bodies = list(public_organizations().filter(every | query.as_phrase())[:GO_TO])
        groups = [
            ("province", _("Provinces"), units),
            ("official", _("Officials"), people),
            ("organization", _("Organizations"), bodies),
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
        if self.chosen and public.filter(query.stages()[-1]).exists():
            return ways | {"unfiltered": f"?{urlencode({'q': query.text})}"}
        ways["closest"] = [(name, f"?{urlencode({'q': name})}") for name in self.closest(query)]
        if len(query.words) > 1:
            apart = [[word] for word in query.places]
            fewer = [[one for one in query.places if one is not word] for word in query.places]
            ways["fewer"] = self.found_with(query, fewer) or self.found_with(query, apart)
        return ways

    def found_with(self, query, choices):
        """Those choices of the query's words that find something: (text, address)."""
        texts = [" ".join(query.text[one.start : one.end] for one in words) for words in choices]
        return [(text, f"?{urlencode({'q': text})}") for text in texts if self.finds(text)]

    def finds(self, text):
        rule = Query(text, self.names).as_words(topics=True)
        return Edition.objects.public().filter(rule).exists()

    def closest(self, query):
        """Names of places, topics, bodies and people that are written nearly so."""
        names = [unit.name for unit in self.atlas.units.values()]
        names += [topic.name for topic in self.names.all_topics]
        names += [name for body in self.names.bodies for name in (body[0], body[2]) if name]
        names += public_officials().values_list("full_name", flat=True)[:NAMES_COMPARED]
        squeezed = {fold(name).replace(" ", ""): name for name in names}
        near = get_close_matches("".join(query.words), list(squeezed), n=3, cutoff=0.75)
        if near:
            return [squeezed[name] for name in near]
        # No name as a whole: put right the words that no name has.
        known = {one.folded: name[one.start : one.end] for name in names for one in words_in(name)}
        known |= squeezed
        said, changed = [], []
        for word in query.places:
            typed = query.text[word.start : word.end]
            near = [word.folded] if word.folded in known else []
            near = near or get_close_matches(word.folded, known, 1, 0.75)
            right = known[near[0]] if near else typed
            if fold(right) == word.folded:
                right = typed
            else:
                changed.append(right)
            said.append(right)
        texts = [" ".join(said), *changed] if changed else []
        return [text for text in dict.fromkeys(texts) if self.finds(text)][:3]
