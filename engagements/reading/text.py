"""Paragraphs, sentences and quotations of a document, each with its place in it.

Places are offsets in a paragraph. Rules match on a copy of the same length, in which tone marks
stand where one spelling puts them (uỷ as ủy), so that a place in the copy is one in the original.
"""

import re
import unicodedata
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from engagements.models.base import QUOTE_WORDS
from provinces.vietnamese import cleaned, comparable

from .wordlists import either, lazily

LONGEST_WORD = 60  # characters; what is longer is no word, and is refused as cut
LONGEST_SENTENCE = 1_600  # characters

UPPER = "A-ZÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
LOWER = UPPER.lower()


def paragraphs_of(text):
    """The lines of a text that hold something, as quotations are compared with them."""
    lines = (comparable(line) for line in cleaned(text).splitlines())
    return [line for line in lines if line]


_ADDRESS_LINE = re.compile(r"\s*URL:[ \t]*(?P<address>\S*)[^\n]*(?:\n|\Z)")


def parted_address(text):
    """(address, the text below it) where a first line “URL: …” gives one; else ("", text)."""
    line = _ADDRESS_LINE.match(text)
    return (line["address"], text[line.end() :]) if line else ("", text)


def decimal_of(number):
    """Decimal of digits as Vietnamese writes them: 1.234,5."""
    return Decimal(number.replace(".", "").replace(",", "."))


# -- one placement of the tone mark


def _tone_table():
    table = {}
    for base, vowels in (("oa", "oa"), ("oe", "oe"), ("uy", "uy")):
        for tone in "\u0300\u0301\u0303\u0309\u0323":
            late = unicodedata.normalize("NFC", base[0] + base[1] + tone)
            early = unicodedata.normalize("NFC", vowels[0] + tone + vowels[1])
            for cased in (str, str.capitalize, str.upper):
                table[cased(late)] = cased(early)
    return table


_TONES = _tone_table()
_LATE_TONE = re.compile(r"(?<![qQ])(?:" + "|".join(_TONES) + r")(?!\w)")


def tone(text):
    """The text with each tone mark where the older spelling has it: ủy, hòa. Of the same length."""
    return _LATE_TONE.sub(lambda found: _TONES[found[0]], text)


# -- sentences


class Sentence(NamedTuple):
    """A sentence of a paragraph: its number, its bounds there, and its words for matching."""

    paragraph: int
    start: int
    end: int
    text: str


class Document:
    """The paragraphs of a document, with a copy for matching, its sentences and its address."""

    def __init__(self, paragraphs, address=""):
        self.paragraphs = list(paragraphs)
        self.address = address
        self.toned = [tone(paragraph) for paragraph in self.paragraphs]

    @cached_property
    def sentences(self):
        """{number of a paragraph: its sentences}."""
        return {
            number: [
                Sentence(number, start, end, paragraph[start:end])
                for start, end in sentence_bounds(paragraph)
            ]
            for number, paragraph in enumerate(self.toned, start=1)
        }

    def quote(self, paragraph, start, end):
        return self.paragraphs[paragraph - 1][start:end]

    def quotation(self, paragraph, start, end):
        """(start, end) of at most 20 whole words within these bounds, without outer marks."""
        return quotation(self.paragraphs[paragraph - 1], start, end)


_END = re.compile(r"(?:[!?]+|\.{1,3}|…)[”\"’'»)]?(?=\s|$)")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(“\"/.&-])(?:TP|Tp|TS|ThS|PGS|GS|BS|Th|KTS|LS|ThSĐ|Mr|Dr|St|[A-ZĐ]|vv|v\.v|ĐT|"
    r"Đ/c|đ/c)\.$"
)
_ENUMERATOR = re.compile(r"(?:\d{1,2}|[IVX]{1,4}|[a-h])\.")
_NEXT = re.compile(rf"\s+[“\"‘'(«{UPPER}0-9+*•–-]")


def sentence_bounds(paragraph):
    """[(start, end)] of the sentences of a paragraph."""
    bounds, start = [], 0
    for mark in _END.finditer(paragraph):
        if mark.start() < start:
            continue
        end = mark.end()
        if end < len(paragraph):
            if not _NEXT.match(paragraph, end):
                continue
            is_number = _ENUMERATOR.fullmatch(paragraph, start, end)
            if is_number or _ABBREVIATION.search(paragraph[max(start, end - 8) : end]):
                continue
        bounds.append((start, end))
        start = end
        while start < len(paragraph) and paragraph[start] == " ":
            start += 1
    if start < len(paragraph):
        bounds.append((start, len(paragraph)))
    return [part for start, end in bounds for part in _at_most(paragraph, start, end)]


def _at_most(paragraph, start, end):
    """A sentence, or its parts where it is longer than any that is one.

    Rules look back to a sentence's beginning at each verb: its length squared is what they cost.
    """
    while end - start > LONGEST_SENTENCE:
        cut = paragraph.rfind(" ", start + LONGEST_SENTENCE // 2, start + LONGEST_SENTENCE) + 1
        cut = cut or start + LONGEST_SENTENCE
        yield start, cut
        start = cut
    yield start, end


# -- quotations

_WORD = re.compile(r"\S+")
_LEADING = ",;:.…–- ”’')»•+“‘\"(«"
_TRAILING = ",;:.…–- “‘'(«•+"


def quotation(paragraph, start, end, most=QUOTE_WORDS):
    """(start, end) of at most `most` whole words within these bounds, without outer marks."""
    floor, ceiling = max(0, start - LONGEST_WORD), min(len(paragraph), end + LONGEST_WORD)
    while floor < start < end and paragraph[start - 1 : start + 1].isalnum():
        start -= 1  # a word is quoted whole
    while end < ceiling and start < end and paragraph[end - 1 : end + 1].isalnum():
        end += 1
    place = start
    for number, word in enumerate(_WORD.finditer(paragraph, start, end), start=1):
        place = word.end()
        if number == most:
            break
    end = place
    while start < end and paragraph[start] in _LEADING:
        start += 1
    while end > start and (
        paragraph[end - 1] in _TRAILING or _closes_nothing(paragraph[start:end])
    ):
        end -= 1
    return start, end


def _closes_nothing(text):
    """Whether it ends in a mark that closes what was opened before it began."""
    last, inside = text[-1:], text[:-1]
    if last == '"':
        return inside.count('"') % 2 == 0
    opening = {"”": "“", "’": "‘", ")": "(", "»": "«"}.get(last)
    return opening is not None and inside.count(opening) <= inside.count(last)


# -- paragraphs that say nothing of the session


_ANYWHERE = lazily(lambda: re.compile(either("noise.anywhere")))
_BEGINNING = lazily(lambda: re.compile(r"[\s>»•*–-]*" + either("noise.beginning")))
_RELATED = lazily(lambda: re.compile(r"[\s>»•*–-]*" + either("noise.related") + r"\s*(?:[:.…]|$)"))


def noise(paragraphs):
    """{number of a paragraph: why it is left out}: menus, cookie texts, related news, footers."""
    found, after_heading = {}, ""
    for number, paragraph in enumerate(paragraphs, start=1):
        folded = tone(paragraph).casefold()
        count = paragraph.count(" ") + 1
        if after_heading and (count >= 30 and paragraph.rstrip("”\"’')").endswith((".", "…"))):
            after_heading = ""
        reason = after_heading
        if _ANYWHERE.search(folded) and count < 80:
            reason = "cookie"
        elif count < 40 and (_BEGINNING.match(folded) or _is_menu(paragraph, count)):
            reason = "menu"
        heading = _RELATED.match(folded)
        if heading and count < 40:
            reason = "related"
            if count <= 8:
                after_heading = "related"
        if reason:
            found[number] = reason
    return found


def _is_menu(paragraph, count):
    """Headings of sections between bars, breadcrumbs."""
    if paragraph.endswith((".", "…", "?", "!", ":", ";")):
        return False
    bars = sum(paragraph.count(mark) for mark in ("|", " > ", " » ", " / ", " • ", " › "))
    return bars >= 2 and count < 12 * (bars + 1)
