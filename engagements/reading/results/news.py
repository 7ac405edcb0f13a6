"""News in a passage: its kind, its day, the deadline it moves, the number reached, its quotation.

Decided by the phrases of words.yaml, clause by clause; the kinds that close a matter go before
those that report on it. What no phrase tells is `told`: a person says what it is.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from engagements.models.base import QUOTE_WORDS
from engagements.reading.text import UPPER, quotation
from engagements.reading.wordlists import any_of, lazily

from .days import FIRST_MONTHS_LEAD, cited_in, phrases_in, words_of
from .items import CODES
from .kinds import NewsKind
from .lists import before, listed, said
from .numbers import Reached, goal_in, reached_in

CLAUSE = re.compile(r"[^;.]*(?:\.(?=\w)[^;.]*)*[;.]?\s*")
COMMA = re.compile(r"[,:]\s+")
LEADING_CODE = re.compile(rf"[\s\[(]*{CODES.pattern}[\s\])]*[:.]?\s*", re.IGNORECASE)
UP_TO = re.compile(r"đến|tính|hết|cập nhật")
YEAR_ALONE = re.compile(r"(?:trong |vào )?năm \d{4}")
# where the name of an organization ends; “Bộ Văn hóa, Thể thao và Du lịch” goes on
NAME_ENDS = lazily(
    lambda: re.compile(
        rf"[;.:(]|,\s(?![{UPPER}])|,\s(?=(?:Bộ|Sở|Cục|Vụ|Ủy|UBND|Ban)\s)"
        rf"|\s{any_of(*listed('of_name'))}(?!\w)"
    )
)
SHORT_REASON = 3

REPORTED = (
    NewsKind.DONE,
    NewsKind.PARTLY_DONE,
    NewsKind.IN_PROGRESS,
    NewsKind.NOT_STARTED,
)
# in this order, before what reports on the work, which is weighed together (`_reported`)
CLOSING = (
    NewsKind.TAKEN_BACK,
    NewsKind.ALREADY_ANSWERED,
    NewsKind.NOT_OURS,
    NewsKind.HOLDING,
    NewsKind.NOT_TAKEN_UP,
)
WITH_REASON = (
    NewsKind.NOT_TAKEN_UP,
    NewsKind.NOT_STARTED,
    NewsKind.IN_PROGRESS,
    NewsKind.TAKEN_BACK,
)


@dataclass(frozen=True)
class News:
    """What a passage says of its item; bounds are those of its quotation in the paragraph."""

    kind: str
    start: int
    end: int
    cue: str = ""  # the words that told the kind
    happened_on: date | None = None
    day_words: str = ""  # empty: the paper's day
    due_on: date | None = None  # another deadline than the item's
    due_words: str = ""
    until: date | None = None  # of an answer that is promised
    reached: Reached | None = None
    passed_to: str = ""
    is_passed_on: bool = False  # the paper says that it was handed on, not only whose it is
    cited_number: str = ""
    cited_on: date | None = None
    reason: str = ""
    is_taken_up: bool = False


class Clause(NamedTuple):
    """A clause of a passage, with its place in the paragraph."""

    text: str
    start: int

    @property
    def end(self):
        return self.start + len(self.text)

    @property
    def low(self):
        return self.text.lower()


class Told(NamedTuple):
    """A kind, the clause that tells it, and the match of its words there."""

    kind: str
    clause: Clause
    cue: re.Match | None


def news_of(passage, paragraph, paper, item=None):
    """The News of a passage. `paragraph` is its paragraph's own text; `item` an OpenItem, if one is
    known: its deadline and number are what the passage's are held against.
    """
    return NewsReader(passage, paragraph, paper, item).read()


class NewsReader:
    """Reads one passage."""

    def __init__(self, passage, paragraph, paper, item):
        self.passage, self.paragraph = passage, paragraph
        self.paper, self.item = paper, item
        self.title = item.title if item else ""
        self.clauses = self._clauses()
        self.low = " ".join(clause.low for clause in self.clauses)

    def _clauses(self):
        """Clauses behind code and subject, between full stops and semicolons."""
        text, subject = self.passage.text, self.passage.subject
        start = text.find(subject) + len(subject) if subject and subject in text else 0
        if leading := LEADING_CODE.match(text):
            start = max(start, leading.end())
        clauses = [
            Clause(found[0], self.passage.start + found.start())
            for found in CLAUSE.finditer(text, start)
            if found[0].strip(" .,:;[]()")
        ]
        return clauses or [Clause(text, self.passage.start)]

    def read(self):
        told = self._kind()
        start, end = self._quotation(told)
        values = {"cue": told.cue[0].strip() if told.cue else ""}
        if told.kind in REPORTED:
            values["reached"] = self._number(told)
        values |= self._days(told)
        if told.kind == NewsKind.NOT_OURS:
            values["passed_to"] = self._passed_to()
            values["is_passed_on"] = bool(said("handed_on").search(self.low))
        values["reason"] = self._reason(told.kind)
        values["is_taken_up"] = told.kind in REPORTED and bool(said("taken_up").search(self.low))
        return News(told.kind, start, end, **values)

    # -- the kind

    def _kind(self):
        for kind in CLOSING:
            for clause in self.clauses:
                cue = said(f"news.{kind}").search(clause.low)
                if cue and self._counts(kind, clause, cue):
                    return Told(kind, clause, cue)
        if reported := self._reported():
            return reported
        for kind in (NewsKind.EXPLAINED, NewsKind.ASKS):
            for clause in self.clauses:
                if cue := said(f"news.{kind}").search(clause.low):
                    return Told(kind, clause, cue)
        return Told(NewsKind.TOLD, self.clauses[0], None)

    def _counts(self, kind, clause, cue):
        if kind == NewsKind.NOT_OURS:  # “thuộc thẩm quyền của UBND tỉnh”, says that committee
            to = self._name_after(clause, cue.end(), own_too=True)
            return not to or to.lower() != self.paper.body.lower()
        if kind == NewsKind.HOLDING:  # “đã hoàn thành; sẽ báo cáo …” is done
            earlier = [other for other in self.clauses if other.start < clause.start]
            return not any(self._cue(NewsKind.DONE, other) for other in earlier)
        return True

    def _reported(self):
        """Done, in part, in progress or not started, by what all clauses say together."""
        for clause in self.clauses:
            if cue := said("partly").search(clause.low):
                return Told(NewsKind.PARTLY_DONE, clause, cue)
        if numbered := self._by_number():
            return numbered
        done = self._first(NewsKind.DONE)
        not_started = self._first(NewsKind.NOT_STARTED)
        progress = self._first(NewsKind.IN_PROGRESS)
        if done and not (not_started and not_started.clause.start < done.clause.start):
            return self._unless_something_is_left(done)
        if not_started and not self._is_of_the_rest(not_started, progress):
            return not_started
        if progress and progress.cue[0] in ("đã", "được", "hiện", "mới") and self._explains():
            return None
        return progress

    def _first(self, kind):
        for clause in self.clauses:
            if cue := self._cue(kind, clause):
                return Told(kind, clause, cue)
        return None

    def _cue(self, kind, clause):
        """The first words of a clause that report this, and are not merely wished or planned."""
        cues = said(f"news.{kind}").finditer(clause.low)
        return next((cue for cue in cues if self._reports(kind, clause, cue)), None)

    def _reports(self, kind, clause, cue):
        earlier = clause.low[: cue.start()]
        is_wished = bool(re.search(rf"{said('wished').pattern}\s[^,;.]*$", earlier))
        if kind == NewsKind.DONE:
            if is_wished or before("not_yet", words=3).search(earlier):
                return False
            is_bare = cue[0] == "hoàn thành"  # “hoàn thành trong quý II” is a plan
            if is_bare and re.match(r"\s(?:trong|trước|vào)\s", clause.low[cue.end() :]):
                return bool(re.search(r"đã\s[^,;]*$", earlier))
            return True
        if kind == NewsKind.IN_PROGRESS:
            is_adjective = cue[0] == "mới" and before("new_things").search(earlier)
            return not (is_wished or is_adjective)
        return True

    def _explains(self):
        has_ground = any(said("news.explained").search(clause.low) for clause in self.clauses)
        return has_ground and reached_in(self.low) is None

    def _unless_something_is_left(self, done):
        """What is done, unless the passage itself says that a part of it is left."""
        later = [clause.low for clause in self.clauses if clause.start > done.clause.start]
        rest = " ".join([done.clause.low[done.cue.end() :], *later])
        left = next(
            (
                found
                for found in said("left").finditer(rest)
                if not (found[0] == "đang" and said("works").match(rest, found.end() + 1))
            ),
            None,
        )
        if left and not said("wholly").search(done.clause.low):
            return done._replace(kind=NewsKind.IN_PROGRESS)
        return done

    def _is_of_the_rest(self, not_started, progress):
        """“…, các khu khác chưa triển khai”: some is on the way."""
        if progress is None:
            return False
        earlier = not_started.clause.low[: not_started.cue.start()]
        places = [told.clause.start + told.cue.start() for told in (progress, not_started)]
        return places[0] < places[1] and bool(before("the_rest", words=3).search(earlier))

    def _by_number(self):
        """A part of a total, or of what the item sets, is on the way; the whole is done."""
        for clause in self.clauses:
            if said("news.not_started").search(clause.low[:24]) or self._only_plans(clause):
                continue
            number = reached_in(clause.low, self.title)
            if number is None:
                continue
            cue = re.search(re.escape(number.words), clause.low)
            goal = goal_in(self.title, number.unit)
            if number.total is not None:
                kind = NewsKind.DONE if number.is_whole else NewsKind.IN_PROGRESS
                return Told(kind, clause, cue)
            if goal is not None and number.unit != "%":
                if number.value < goal:
                    return Told(NewsKind.IN_PROGRESS, clause, cue)
                return Told(NewsKind.DONE, clause, cue) if " đã " in f" {clause.low}" else None
            if number.is_part and not self._is_beside_what_is_done(clause, cue):
                return Told(NewsKind.IN_PROGRESS, clause, cue)
            if number.is_whole:
                return Told(NewsKind.DONE, clause, cue)
        return None

    def _only_plans(self, clause):
        return bool(re.match(r"\W*(?:đề nghị|phấn đấu|dự kiến)", clause.low))

    def _is_beside_what_is_done(self, clause, cue):
        """A share of something else: “đã đưa toàn bộ …; tỷ lệ hồ sơ đạt 81%”."""
        first = self.clauses[0]
        if clause != first and self._cue(NewsKind.DONE, first):
            return True
        is_done = said("news.done").search(clause.low[: cue.start()])
        return bool(is_done) and bool(said("wholly").search(clause.low[: cue.start()]))

    # -- its details

    def _number(self, told):
        number = reached_in(told.clause.low, self.title)
        if number is None and told.kind == NewsKind.IN_PROGRESS:
            numbers = (reached_in(clause.low, self.title) for clause in self.clauses)
            number = next((found for found in numbers if found), None)
        return number

    def _days(self, told):
        """When it happened, and what lies ahead, by the kind of news."""
        written_on = self.paper.issued_on
        values = {"happened_on": written_on}
        if told.kind in (NewsKind.ALREADY_ANSWERED, NewsKind.TAKEN_BACK):
            papers = (paper for clause in self.clauses for paper in cited_in(clause.low))
            if cited := next(papers, None):
                values |= {"cited_number": cited.number, "cited_on": cited.day}
                if cited.day and told.kind == NewsKind.ALREADY_ANSWERED:
                    values |= {"happened_on": cited.day, "day_words": cited.number}
        elif told.kind == NewsKind.HOLDING:
            values |= self._until(written_on)
        elif told.kind in REPORTED:
            values |= self._happened(told, written_on) | self._moved(written_on)
        return values

    def _happened(self, told, written_on):
        """The day that the clause tells; else that up to which the paper reports, else its own."""
        past = self._past(told, told.clause.low, written_on)
        if not past and self.passage.more and told.kind == NewsKind.DONE:
            past = self._past(told, self.passage.more.lower(), written_on)
        if past:
            last = max(past, key=lambda phrase: (phrase.day, phrase.start))
            return {"happened_on": last.day, "day_words": last.words}
        return {"happened_on": self.paper.as_of} if self.paper.as_of else {}

    def _past(self, told, low, written_on):
        """Phrases of days that are over; of what goes on, those alone up to which it is told."""
        phrases = []
        for phrase in phrases_in(low, written_on):
            if (written_on and phrase.day > written_on) or YEAR_ALONE.fullmatch(phrase.words):
                continue
            is_up_to = phrase.lead == FIRST_MONTHS_LEAD or UP_TO.search(phrase.lead)
            of_a_promise = re.search(rf"{said('promised').pattern}[^,;]*$", low[: phrase.start])
            if told.kind == NewsKind.DONE or (is_up_to and not of_a_promise):
                phrases.append(phrase)
        return phrases

    def _until(self, written_on):
        texts = [*(clause.low for clause in self.clauses), self.passage.due.lower()]
        phrases = [phrase for text in texts for phrase in phrases_in(text, written_on)]
        ahead = [phrase for phrase in phrases if written_on is None or phrase.day > written_on]
        return {"until": ahead[-1].day} if ahead else {}

    def _moved(self, written_on):
        """A day ahead by which it is to be done now, where the item has another or none."""
        texts = [clause.text for clause in self.clauses]
        if self.passage.due:
            texts = [f"trước {self.passage.due}"]
        for text in texts:
            low = text.lower()
            for phrase in phrases_in(low, written_on):
                if written_on is not None and phrase.day <= written_on:
                    continue
                is_plan = said("plans").search(low[max(0, phrase.start - 24) : phrase.start])
                is_due = said("ahead").search(low[max(0, phrase.start - 60) : phrase.end])
                if is_due and not is_plan and phrase.day != (self.item and self.item.due_on):
                    words = self.passage.due or words_of(text, phrase)
                    return {"due_on": phrase.day, "due_words": words}
        return {}

    def _passed_to(self):
        """The organization that it is passed to: named behind the words, else anywhere."""
        for clause in self.clauses:
            cue = said(f"news.{NewsKind.NOT_OURS}").search(clause.low)
            if cue and (to := self._name_after(clause, cue.start())):
                return to
        return next((to for clause in self.clauses if (to := self._name_after(clause, 0))), "")

    def _name_after(self, clause, place, *, own_too=False):
        """The first organization named behind a place; not who writes, nor “Bộ” alone."""
        pattern = re.compile(rf"(?<!\w){any_of(*listed('bodies'))}(?!\w)", re.IGNORECASE)
        for found in pattern.finditer(clause.text, place):
            if not clause.text[found.start()].isupper():
                continue
            name = NAME_ENDS.split(clause.text[found.start() :])[0].strip(" ,.-()")
            is_bare = name.lower() in listed("bare_bodies")
            is_own = name.lower() == self.paper.body.lower()
            if not is_bare and (own_too or not is_own):
                return name
        return ""

    def _reason(self, kind):
        if self.passage.reason.strip():
            return self.passage.reason.strip()
        if kind not in WITH_REASON:
            return ""
        for clause in self.clauses:
            cue = said("reasons").search(clause.low)
            if cue and len(clause.text[cue.end() :].split()) >= SHORT_REASON:
                return clause.text[cue.end() :].strip(" :.;,")[:300]
        return ""

    # -- the quotation

    def _quotation(self, told):
        """At most 20 words: the clause, or of a long one the part around the words that told."""
        clause, cue = told.clause, told.cue
        start = clause.start
        if cue is not None and len(clause.text.split()) > QUOTE_WORDS:
            begins = [0, *(found.end() for found in COMMA.finditer(clause.text))]
            near = [begin for begin in begins if begin <= cue.start()]
            start += next(
                (at for at in near if len(clause.text[at:].split()) <= QUOTE_WORDS),
                next(
                    (
                        at
                        for at in near
                        if len(clause.text[at : cue.end()].split()) <= QUOTE_WORDS - 2
                    ),
                    near[-1],
                ),
            )
        return quotation(self.paragraph, start, clause.end)
