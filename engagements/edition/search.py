"""Full-text search of what is public: with or without accents, by old names, by abbreviations.

The database finds (folded words in `Edition.search`, newest first, never more than a window of
rows); Python ranks that window, counts its facets and marks what was found in the page's text.
"""

import re
import unicodedata
from collections import defaultdict
from functools import lru_cache
from itertools import islice, pairwise, product
from typing import NamedTuple

from django import forms
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.html import escape, format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from engagements.reference import Topic, names
from engagements.words import Kind
from provinces.models import Province
from provinces.vietnamese import TONES, cleaned, fold, hidden_in, nfc, shown, small

from .filters import QueryField, StrictForm
from .kinds import KINDS
from .models import Edition
from .reading import public_organizations

WINDOW = 1_000  # editions that one search looks at, newest first
PER_PAGE = 20
VARIANTS = 24  # ways of writing one query
GO_TO = 6  # provinces, organizations, people and topics offered by name, of each
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
    """The words of a text, whatever its Unicode form: `fold(text)`, each with its index."""
    folded, starts, hidden = [], [], hidden_in(text)
    for index, character in enumerate(text):
        plain = hidden.get(index, character)
        plain = unicodedata.normalize("NFD", small(plain).replace("đ", "d"))
        for letter in plain:
            if unicodedata.category(letter) != "Mn":
                folded.append(letter)
                starts.append(index)
    words = []
    for match in re.finditer(r"[^\W_]+", "".join(folded)):
        end = starts[match.end() - 1] + 1
        while end < len(text) and unicodedata.category(text[end]) == "Mn":
            end += 1  # marks that stand after their letter belong to it
        words.append(Word(match[0], starts[match.start()], end))
    return words


@lru_cache(maxsize=20_000)
def accented(word):
    """A word with its marks, wherever the tone is written: `hoà` and `hòa` are one word."""
    parts = unicodedata.normalize("NFD", small(shown(word)))
    tones = "".join(sorted(mark for mark in parts if mark in TONES))
    return "".join(mark for mark in parts if mark not in TONES) + tones


def accented_words(text):
    return [accented(word) for word in re.findall(r"[^\W_]+", nfc(shown(text)).casefold())]


def marked(text, spans):
    """The text as HTML with these spans marked; everything else escaped as it is."""
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    parts = [text[start:end] for start, end in pairwise(edges)]
    pairs = zip(parts[:-1:2], parts[1::2], strict=True)
    return format_html_join("", "{}<mark>{}</mark>", pairs) + escape(parts[-1])


def joined_spans(text, spans):
    """Spans in order; those with nothing but space between them made one."""
    joined = []
    for start, end in sorted(spans):
        if joined and not text[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


# -- other names


class Names:
    """By folded phrase: the other names of what it names, and the topics it belongs to.

    Provinces and topics are public lists; of organizations, only those that the public reads of.
    """

    def __init__(self, atlas):
        self.others, self.topics = defaultdict(set), defaultdict(set)
        groups = list(ABBREVIATIONS.items())
        groups += [
            (unit.name, unit.full_name, unit.name_en, *unit.aliases.splitlines())
            for unit in atlas.units.values()
        ]
        columns = ("name", "name_en", "short_name", "aliases")
        self.organizations = list(public_organizations().values_list(*columns))
        groups += [(*names, *aliases.splitlines()) for *names, aliases in self.organizations]
        for group in groups:
            phrases = {fold(name) for name in group} - {""}
            for phrase in phrases:
                # What holds the phrase whole is found with it.
                self.others[phrase] |= {o for o in phrases if f" {phrase} " not in f" {o} "}
        self.all_topics = list(Topic.objects.all())
        for topic in self.all_topics:
            for name in (topic.name, topic.name_en, *topic.aliases.splitlines()):
                self.topics[fold(name)].add(topic.slug)


class QueryPart(NamedTuple):
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
        return all(f" {phrase} " in search for phrase in self.needed) or self.is_renamed_in(search)

    def is_renamed_in(self, search):
        return any(f" {other} " in search for other in self.others)


def has(phrase):
    return Q(search__contains=f" {phrase} ")


class Query:
    """What was typed, with the other names of its parts."""

    def __init__(self, text, names):
        self.text = cleaned(text)
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
                    yield QueryPart(
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
            wanted = Q()
            for needed in part.needed:
                wanted &= has(needed)
            for other in part.others:
                wanted |= has(other)
            if topics:
                for slug in part.topics:
                    wanted |= Q(topics__contains=f"|{slug}|")
            rule &= wanted
        return rule

    def stages(self):
        """Rules from the narrow to the wide, each holding those before it."""
        rules = [self.as_phrase(), self.as_words()]
        if any(part.topics for part in self.parts):
            rules.append(self.as_words(topics=True))
        return [rule for index, rule in enumerate(rules) if rule not in rules[:index]]

    def within(self, editions):
        """The newest editions that match at all, no more than a window."""
        return editions.filter(self.stages()[-1]).order_by("-day", "first_sequence")[:WINDOW]

    def find(self, editions):
        """Editions of the window, best first; each knows whether its marks match (`fits`)."""
        by_key = {}
        for rule in self.stages() if self.words else []:
            if len(by_key) < WINDOW:
                newest = editions.filter(rule).order_by("-day", "first_sequence").defer("refs")
                for edition in newest[:WINDOW]:
                    by_key.setdefault(edition.pk, edition)
        rows = list(by_key.values())[:WINDOW]
        for edition in rows:
            edition.rank = self.rank(edition)
        return sorted(rows, key=lambda row: (row.rank, -row.day.toordinal(), row.first_sequence))

    def rank(self, edition):
        """Smaller is better: what was meant, with its marks, in one piece, in the title."""
        title, passages = words_of(edition)
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
        marks = [accented(nfc(text[word.start : word.end])) for word in words] if strictly else None

        def at(phrase, typed=None):
            wanted = phrase.split()
            for index in range(len(words) - len(wanted) + 1):
                if folded[index : index + len(wanted)] != wanted:
                    continue
                pairs = zip(wanted, typed or wanted, marks[index:] if marks else (), strict=False)
                if all(typed_word in (word, here) for word, typed_word, here in pairs):
                    yield words[index].start, words[index + len(wanted) - 1].end

        whole = " ".join(self.words)
        spans = list(at(whole, self.typed)) if whole else []
        spans += [span for variant in self.variants if variant != whole for span in at(variant)]
        if not spans:
            for part in self.parts:
                here = list(at(part.phrase, part.typed))
                here += [span for other in part.others for span in at(other)]
                if not here and not part.is_short_form:
                    for word, typed in zip(part.words, part.typed, strict=True):
                        here += at(word, (typed,))
                spans += here
        return joined_spans(text, spans)


# -- what a record says


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
    q = QueryField(label=_("Search"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=Kind.choices)
    province = forms.ModelChoiceField(
        Province.objects.all(), label=_("Province"), required=False, to_field_name="slug"
    )
    topic = forms.ModelChoiceField(
        Topic.objects.all(), label=_("Topic"), required=False, to_field_name="slug"
    )


def words_of(edition):
    """The words of a record as a reader meets them: its title, then its passages."""
    read = KINDS[edition.kind]
    return read.title(edition.data), read.shown_words(edition.data)


class SearchRequest:
    """What a visitor asks of the search: words, and filters in force."""

    def __init__(self, data, atlas):
        self.form, self.atlas = SearchForm(data or None), atlas
        self.is_wrong = self.form.is_bound and not self.form.is_valid()
        is_asked = self.form.is_bound and not self.is_wrong
        self.asked = self.form.cleaned_data.get("q", "") if is_asked else ""

    @cached_property
    def names(self):
        return Names(self.atlas)

    @cached_property
    def topics(self):
        return names(Topic.objects.all())

    @cached_property
    def query(self):
        return Query(self.asked, self.names)

    @cached_property
    def chosen(self):
        """The filters in force: name → value."""
        cleaned = self.form.cleaned_data if self.form.is_bound else {}
        return {name: cleaned[name] for name in ("kind", "province", "topic") if cleaned.get(name)}

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

    def label_of(self, name, code):
        if name == "kind":
            return Kind(code).label
        return self.atlas.slugs[code].name if name == "province" else self.topics[code]
