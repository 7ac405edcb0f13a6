"""Matching: the open items of the register against what a passage speaks of.

By code, by the session or paper that is cited, by words. Words are folded and weighted by how few
items have them (inverse document frequency), single and in pairs, since Vietnamese syllables are
shared by many words. What fits several items is left to a person: an item is named only where it is
clearly ahead of the next.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from itertools import pairwise
from typing import NamedTuple

from engagements.edition.search import ABBREVIATIONS
from engagements.reading.text import UPPER
from engagements.reading.wordlists import any_of, lazily
from provinces.vietnamese import fold

from .lists import listed

FITS = 0.5  # score from which an item fits
# An item is taken by its words alone where next to all of its title is said, or next to all of the
# subject is its own and about half of its title is said: else one word may stand for another
# (“an toàn lao động” for “an toàn thông tin”), and a person is asked.
WHOLE, HALF = 0.82, 0.45
UNSURE = 0.49
MAY_FIT = 0.34  # score from which a person is asked
AHEAD = 0.14  # by how much the first must lead the second
CONTEXT = 0.85  # what words in a heading above weigh
MOST = 5  # items from which a person chooses
PAIR = 0.5  # what two words in a row weigh beside each alone
FOREIGN = 0.12  # score under which a code stands beside words that are not the item's


@dataclass(frozen=True)
class OpenItem:
    """What of a follow-up the matching knows. `units` and `ministries` are names of the province of
    that day and the session's ministry, and of all that carry them on today.
    """

    code: str
    kind: str  # of words.FOLLOW_UPS
    title: str
    detail: str = ""
    quote: str = ""
    units: frozenset = frozenset()
    ministries: frozenset = frozenset()
    lead: str = ""
    session: str = ""
    held_on: date | None = None
    papers: tuple = ()  # (number, day) of the papers that prove it or its session
    due_on: date | None = None
    own_papers: tuple = ()  # numbers of the papers that say it itself
    is_open: bool = True  # a closed one is found by its code alone
    is_withdrawn: bool = False  # its code is known, and nothing is recorded of it any more
    key: object = None  # of its row, where it has one

    def __str__(self):
        return f"{self.code} {self.title}"


class Match(NamedTuple):
    """What a passage is about: one item, several to choose from, or none; `how` is a rule's key."""

    items: tuple
    how: str
    words: str = ""
    score: float = 0.0

    @property
    def item(self):
        """The one item; None where a person chooses, or where there is none."""
        return self.items[0] if len(self.items) == 1 and self.how not in ASKED else None


CODE, CITED, WORDS = "code", "cited", "words"
UNKNOWN_CODE, OF_ANOTHER, SEVERAL, PERHAPS, NONE, WITHDRAWN = (
    "unknown_code", "of_another", "several", "perhaps", "none", "withdrawn",
)  # fmt: skip
ASKED = (UNKNOWN_CODE, OF_ANOTHER, SEVERAL, PERHAPS)

CODES = re.compile(
    r"(?<![\w/])(KN|CK|KH)\s?[-–._]?\s?0*([1-9]\d{0,6})(?![\w/]|[.,]\d)", re.IGNORECASE
)
PAPER = re.compile(
    r"(?<![\w/])(\d{1,6}\s?/\s?(?:\d{4}\s?/\s?)?[A-ZĐ][A-ZĐ0-9&]*(?:\s?[-–]\s?[A-ZĐ0-9&]+)*)"
)


class Code(NamedTuple):
    start: int
    end: int
    code: str


def codes_in(text):
    """[Code] of the items that a text names, however they are typed: KN-11, KN 11, kn11."""
    return [Code(*found.span(), f"{found[1].upper()}-{found[2]}") for found in CODES.finditer(text)]


def paper_numbers_in(text):
    """Numbers of the papers that a text cites: 92/TB-BTTTT."""
    return {plain_number(found[1]) for found in PAPER.finditer(text)}


def plain_number(number):
    return re.sub(r"\s", "", number).replace("–", "-").upper()


# -- words


def tokens(text):
    """The telling words of a text, folded, and their pairs."""
    words = [word for word in _without_stopwords(text) if word]
    pairs = [f"{first} {second}" for first, second in pairwise(words)]
    return [*words, *pairs]


# what a name or number stands behind, so that two of them are two things: cầu Đồng Lạc, quốc lộ 55
NAMED = lazily(
    lambda: re.compile(
        rf"(?<!\w)({any_of(*listed('named_things'))})\s"
        rf"((?:[{UPPER}][\w']*|\d+\w*)(?:\s[{UPPER}][\w']*)*)"
    )
)


def named_things(text):
    """{head: names} of the things that a text names: {"cầu": {"dong lac"}}."""
    things = {}
    for head, name in NAMED.findall(text):
        things.setdefault(head, set()).add(fold(name))
    return things


def is_another(title, text):
    """Whether a text names another bridge, road or place than the title does."""
    ours, theirs = named_things(title), named_things(text)
    words = f" {fold(text)} "
    return any(
        head in theirs
        and not names & theirs[head]
        and not any(f" {name} " in words for name in names)
        for head, names in ours.items()
    )


def spelled_out(text):
    """The text with its abbreviations in full: CĐS as chuyển đổi số, QL28B as quốc lộ 28B."""
    text = _ROADS.sub(lambda found: f"{listed('roads')[found[1].upper()]} {found[2]}", text)
    return _SHORT.sub(lambda found: _LONG.get(found[0], found[0]), text)


_ROADS = re.compile(r"(?<!\w)(QL|ĐT|TL)\.?\s?(\d+\w*)", re.IGNORECASE)
_LONG = lazily(lambda: ABBREVIATIONS | listed("abbreviations"))
_SHORT = lazily(lambda: re.compile(rf"(?<![\w&/-]){any_of(*_LONG)}(?![\w&/-])"))


def _without_stopwords(text):
    folded = f" {fold(spelled_out(text))} "
    for phrase in _stopwords():
        folded = folded.replace(phrase, " | ")
        folded = folded.replace(phrase, " | ")  # two in a row share a space
    return [word for word in folded.split() if word != "|"]


@cache
def _stopwords():
    """Folded, between spaces, the longest first."""
    folded = {f" {fold(word)} " for word in listed("stopwords")}
    return sorted(folded, key=lambda word: (-len(word), word))


class OpenItems:
    """The open items of a body and province, indexed by code, paper, session and words."""

    def __init__(self, items, elsewhere=()):
        every = tuple(items)
        self.items = tuple(item for item in every if item.is_open)
        self.by_code = {item.code: item for item in every}
        self.elsewhere = {item.code: item for item in elsewhere if item.code not in self.by_code}

    @cached_property
    def _titles(self):
        return {item: set(tokens(item.title)) for item in self.items}

    @cached_property
    def _words(self):
        return {
            item: self._titles[item] | set(tokens(item.detail)) | set(tokens(item.quote))
            for item in self.items
        }

    @cached_property
    def _counts(self):
        return Counter(word for words in self._words.values() for word in words)

    def weight(self, words):
        """The weight of a set of words: the fewer items have one, the more it weighs."""
        most = len(self.items) + 1
        return sum(
            (PAIR if " " in word else 1) * math.log(1 + most / self._counts.get(word, 1))
            for word in words
        )

    def scores(self, text, subject=""):
        """[(score, item)], best first: how much of an item's title the text has, and of the
        subject the item.
        """
        said, named = set(tokens(text)), set(tokens(subject))
        all_named = self.weight(named)
        rows = []
        for item in self.items:
            title = self._titles[item]
            score = self.weight(title & (said | named)) / (self.weight(title) or 1)
            is_sure = score >= WHOLE
            if all_named:
                share = self.weight(named & self._words[item]) / all_named
                is_sure = is_sure or (share >= WHOLE and score >= HALF)
                score = 0.6 * score + 0.4 * share
            if score >= MAY_FIT and is_another(item.title, spelled_out(f"{subject} {text}")):
                score = MAY_FIT if score >= FITS else 0.0
            if not is_sure:
                score = min(score, UNSURE)
            rows.append((score, item))
        return sorted(rows, key=lambda row: (-row[0], row[1].code))

    def shared(self, text, item):
        """The words that a text and an item share, as the item's title has them."""
        said = set(tokens(text))
        return " ".join(
            word for word in item.title.split() if fold(word) and said & set(fold(word).split())
        )

    # -- the match

    def match(self, text, subject="", *, codes=(), cited=frozenset(), context=""):
        """[Match] of a passage: one for each code, else one. `cited` are numbers of papers cited
        around it, which decide between items; `context` are headings above it.
        """
        own = paper_numbers_in(text)
        if codes:
            return [self._by_code(code, text, subject) for code in dict.fromkeys(codes)]
        return [self._by_words(text, subject, own, cited, context)]

    def _by_code(self, code, text, subject):
        item, other = self.by_code.get(code), self.elsewhere.get(code)
        if any(known is not None and known.is_withdrawn for known in (item, other)):
            return Match((), WITHDRAWN, code)
        if item is None:
            if other is not None:
                return Match((other,), OF_ANOTHER, code)
            return self._instead(code, text, subject)
        scores = self.scores(text, subject)
        own = next((score for score, other in scores if other is item), FOREIGN)
        best, other = scores[0] if scores else (0.0, item)
        if other is not item and own < FOREIGN and best >= FITS:
            return Match((item, other), SEVERAL, code, own)  # a slip of the pen, or of the words
        return Match((item,), CODE, code, 1.0)

    def _instead(self, code, text, subject):
        """A code that no open item has: what its words fit is asked, never taken."""
        fitting = tuple(item for score, item in self.scores(text, subject)[:3] if score >= FITS)
        return Match(fitting, UNKNOWN_CODE, code) if fitting else Match((), NONE, code)

    def _by_words(self, text, subject, own, cited, context):
        scores = dict(self._scored(text, subject))
        if context:
            inherited = self._scored(f"{context} {text}", subject)
            scores = {item: max(scores[item], CONTEXT * score) for item, score in inherited}
        rows = [(score + self._cited(item, own, cited), item) for item, score in scores.items()]
        rows.sort(key=lambda row: (-row[0], row[1].code))
        if not rows or rows[0][0] < MAY_FIT:
            return Match((), NONE)
        best, item = rows[0]
        words = self.shared(f"{subject} {text}", item)
        near = tuple(other for score, other in rows if score > max(best - AHEAD, MAY_FIT))[:MOST]
        if len(near) > 1:
            return Match(near, SEVERAL, words, best)
        if best < FITS:
            return Match((item,), PERHAPS, words, best)
        is_cited = (own | cited) & {plain_number(number) for number, _day in item.papers}
        return Match((item,), CITED if is_cited else WORDS, words, best)

    def _scored(self, text, subject):
        return [(item, score) for score, item in self.scores(text, subject)]

    def _cited(self, item, own, cited):
        """What a cited paper adds: a passage's own more than one that the title names."""
        numbers = {plain_number(number) for number, _day in item.papers}
        return 0.1 * bool(numbers & own) + 0.05 * bool(numbers & cited)
