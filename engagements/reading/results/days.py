"""Days in papers of results: when something happened, until when an answer waits, what moved.

Phrases are found here and read by `engagements.deadlines`, so that “quý I/2027” is the same day as
on a form.
"""

import re
from datetime import date
from typing import NamedTuple

from engagements.deadlines import read_deadline

_DAY = r"\d{1,2}\s?[/.-]\s?\d{1,2}(?:\s?[/.-]\s?\d{4})?(?![\d/])"
_PART = r"(?:(?:hết|cuối|đầu|giữa)\s)?"
_TIME = (
    rf"{_PART}(?:ngày\s)?{_DAY}"
    r"|ngày\s\d{1,2}\stháng\s\d{1,2}(?:\snăm\s\d{4})?"
    rf"|{_PART}(?:tháng\s\d{{1,2}}|quý\s(?:iv|i{{1,3}}|[1-4]))"
    r"(?:\s?/\s?\d{4}|\snăm\s(?:\d{4}|nay|sau|tới))?"
    rf"|{_PART}năm\s(?:\d{{4}}|nay|sau|tới)"
)
_LEAD = "trước|trong|vào|từ|đến|tới|chậm nhất|muộn nhất|là|hết|cho đến|sang|mốc|tính|khoảng"
PHRASE = re.compile(rf"(?<!\w)(?P<lead>(?:(?:{_LEAD})\s)*)(?P<time>{_TIME})(?!\w)")
FIRST_MONTHS = re.compile(
    r"(?<!\w)(?P<number>\d{1,2})\stháng(?:\sđầu\snăm)?(?:\s(?P<year>\d{4}))?(?!\w)"
)
FIRST_MONTHS_LEAD = "first months"  # of a Phrase
_PAPERS = "công văn|văn bản|báo cáo|thông báo|quyết định|tờ trình|nghị định|thông tư|kết luận"
CITED = re.compile(
    rf"(?<!\w)(?:{_PAPERS})\b[^;.]{{0,60}}?số\s(?P<number>[^\s,;]+)"
    r"(?:,?\sngày\s(?P<day>\d{1,2}[/.-]\d{1,2}[/.-]\d{4}))?"
)
YEAR = re.compile(r"\d{4}|năm (?:nay|sau|tới)")


class Phrase(NamedTuple):
    """A phrase of time in a text: its bounds, its words and the day they give."""

    start: int
    end: int
    words: str
    day: date
    lead: str  # the words before it: “đến”, “trước”


class CitedPaper(NamedTuple):
    """A paper that a text names by its number."""

    start: int
    number: str
    day: date | None


def phrases_in(text, written_on):
    """[Phrase] of a text in lower case; a year that is not given is that of `written_on`."""
    phrases = []
    for found in PHRASE.finditer(text):
        day = _day_of(found["time"], written_on)
        if day is not None:
            phrases.append(Phrase(*found.span(), found[0].strip(), day, found["lead"].strip()))
    for found in FIRST_MONTHS.finditer(text):
        year = found["year"] or (written_on and written_on.year)
        is_period = "đầu năm" in found[0] or re.search(r"(?:trong|qua)\s$", text[: found.start()])
        day = read_deadline(f"tháng {found['number']}/{year}").due_on if year else None
        if is_period and day is not None:
            phrases.append(Phrase(*found.span(), found[0], day, FIRST_MONTHS_LEAD))
    return sorted(phrases)


def _day_of(words, written_on):
    """The last day that the words allow."""
    phrase = re.sub(r"^(?:hết\s)?(?:ngày\s)?", "", " ".join(words.split()))
    if YEAR.search(phrase) or written_on is None:
        held_on = None if re.search(r"\d{4}$", phrase) else written_on
        return read_deadline(phrase, held_on).due_on
    return read_deadline(f"{phrase}/{written_on.year}").due_on


def cited_in(text):
    """[CitedPaper] of a text in lower case."""
    papers = []
    for found in CITED.finditer(text):
        day = read_deadline(found["day"]).due_on if found["day"] else None
        papers.append(CitedPaper(found.start(), found["number"].strip(".,").upper(), day))
    return papers


def words_of(text, phrase):
    """The words of a phrase as the paper has them, for the field that keeps them."""
    return " ".join(text[phrase.start : phrase.end].split())[:120]
