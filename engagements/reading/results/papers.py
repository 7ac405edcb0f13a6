"""Papers of results: which paper says what became of earlier items, who speaks in it, and to whom.

A letter of reply, a report on conclusions carried out, a notice, an annex table. The gate tells
them from papers of a session and from everything else, so that nothing is drafted of those.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from engagements.reading.letterhead import COMMITTEE, letterhead_of
from engagements.reading.text import tone
from engagements.reading.wordlists import any_of, lazily
from engagements.words import Side

from .items import codes_in, paper_numbers_in
from .kinds import NewsKind
from .lists import begun, listed, said
from .passages import columns_of

TOLD_IN_CELLS = (
    NewsKind.DONE,
    NewsKind.IN_PROGRESS,
    NewsKind.NOT_STARTED,
    NewsKind.NOT_TAKEN_UP,
    NewsKind.HOLDING,
)
HEAD = 16  # paragraphs in which number, day and addressee stand
NUMBER = re.compile(
    r"^(?:Số|SỐ)\s*[:.]?\s*(?P<number>\d{1,6}\s?/\s?[A-ZĐ][\wĐ&/-]*(?:\s?-\s?[A-ZĐ][\w&]*)*)"
)
DAY = re.compile(r"ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})", re.IGNORECASE)
_SENDER = lazily(
    lambda: rf"(?P<body>{any_of(*listed('senders'))}\b[^,.:;]{{3,90}}?)\s(?:trân trọng\s)?"
)
_SENDING = lazily(lambda: any_of(*listed("sending")))
SENDER = lazily(lambda: re.compile(rf"^{_SENDER}{_SENDING}"))
WRITER = lazily(lambda: re.compile(rf"{_SENDER}{_SENDING}\b[^.]*(?:như sau|:)"))
UNIT = re.compile(r"^(?:CỤC|VỤ|VIỆN|TỔNG CỤC|HỌC VIỆN|THANH TRA|VĂN PHÒNG|BAN)\b", re.IGNORECASE)
DEPARTMENT = re.compile(r"^SỞ\b", re.IGNORECASE)
TITLES = ("BÁO CÁO", "PHỤ LỤC", "THÔNG BÁO", "TỜ TRÌNH", "CÔNG VĂN", "BIÊN BẢN", "BIỂU")
AS_OF = re.compile(
    r"(?:cập nhật|số liệu|tính|chốt)\s(?:(?:đến|hết)\s)*ngày\s(\d{1,2})/(\d{1,2})/(\d{4})"
)
COUNCIL = re.compile(r"(?:tỉnh|thành phố|hđnd|hội đồng)\b", re.IGNORECASE)


@dataclass(frozen=True)
class PaperOfResults:
    """What a paper says of itself; `is_of_results` with `why`, a rule's key and the words."""

    is_of_results: bool = False
    why: str = "nothing"
    words: str = ""
    body: str = ""  # the organization that speaks, as the paper has it
    side: str = ""  # of words.Side
    ministry: str = ""  # slug: its own, or the one it is sent to
    ministries: frozenset = frozenset()  # slugs of all that head, title and addressee name
    provinces: tuple = ()  # names: its own, else those it is sent to
    to: str = ""
    number: str = ""
    issued_on: date | None = None
    as_of: date | None = None  # the day up to which it reports
    first: int = 1  # the paragraphs between head and signature
    last: int = 0
    subject: str = ""  # subject line, title
    preamble: tuple = field(default=())
    cited: frozenset = frozenset()


def paper_of(document, names, rows=(), known_codes=()):
    """The PaperOfResults that a document is. `names` is a Names; `rows` are its rows of tables."""
    return PaperReader(document, names, rows, known_codes).read()


class PaperReader:
    """Reads head, title, addressee and frame of a paper."""

    def __init__(self, document, names, rows, known_codes):
        self.document, self.names, self.rows = document, names, rows
        self.known_codes = set(known_codes)
        self.texts = document.toned
        self.head = self.texts[:HEAD]
        self.tables = [number for number in rows if columns_of(self._cells(number))]  # headings

    def read(self):
        number, number_at = self._number()
        issued_on = self._day()
        to, to_end = self._addressee()
        subject, first = self._subject(max(to_end, number_at))
        first = max(first, to_end + 1, number_at + 1)
        last = self._last(first)
        opening = self.texts[first - 1 : first + 2]
        body, side, own_ministry, own_province = self._sender(opening, to)
        said_of = " ".join([subject, to, *opening[:2]])
        named = [mention.key for mention in self.names.ministries_in(said_of)]
        ministries = frozenset([own_ministry, *named] if own_ministry else named)
        provinces = [own_province] if own_province else self._provinces(to, subject, opening)
        is_of_results, why, words = self._gate(subject, opening, number, issued_on, to, body)
        return PaperOfResults(
            is_of_results=is_of_results, why=why, words=words, body=body, side=side,
            ministry=own_ministry or (named[0] if named else ""), ministries=ministries,
            provinces=tuple(dict.fromkeys(provinces)), to=to, number=number, issued_on=issued_on,
            as_of=self._as_of(first, issued_on), first=first, last=last, subject=subject,
            preamble=tuple(opening),
            cited=frozenset(paper_numbers_in(f"{subject} {opening[0] if opening else ''}")),
        )  # fmt: skip

    # -- head

    def _number(self):
        for place, text in enumerate(self.head, start=1):
            if found := NUMBER.match(text):
                return re.sub(r"\s", "", found["number"]).rstrip("-/"), place
        return "", 0

    def _day(self):
        """The day in the head, else that of the last lines."""
        for text in (*self.head, *reversed(self.texts[-8:])):
            found = DAY.search(text)
            if found and len(text) < 90:
                return _date(found[3], found[2], found[1])
        return None

    def _as_of(self, first, issued_on):
        for text in self.texts[: first + 3]:
            if found := AS_OF.search(text):
                day = _date(found[3], found[2], found[1])
                return day if day and (issued_on is None or day <= issued_on) else None
        return None

    def _addressee(self):
        """(whom it is sent to, the last paragraph that says so)."""
        for place, text in enumerate(self.texts[: HEAD + 6], start=1):
            if not begun("addressees").match(text.lower()):
                continue
            own = text.split(":", 1)[1].strip() if ":" in text else text[9:].strip()
            lines = [own] if own else []
            end = place
            for following in self.texts[place : place + 8]:
                if not re.match(r"[-–+•]\s*\S", following) or len(following) > 120 or own:
                    break
                lines.append(following.lstrip("-–+• "))
                end += 1
            return " ".join(lines).strip(" .;/"), end
        return "", 0

    def _subject(self, after):
        """(subject line and title, the first paragraph below them)."""
        parts, first = [], after + 1
        for text in self.head:
            if re.match(r"V/v\b|Về việc\b", text, re.IGNORECASE) and len(text) < 260:
                parts.append(text)
        for place, text in enumerate(self.texts[: HEAD + 4], start=1):
            if text.strip(" .:").upper().startswith(TITLES) and text.isupper() and len(text) < 40:
                has_title = place < len(self.texts) and place + 1 not in self.rows
                title = self.texts[place] if has_title else ""
                parts += [text, title]
                first = max(first, place + 2 if title and len(title) < 300 else place + 1)
                break
            if text.isupper() and text.startswith(TITLES):
                parts.append(text)
                first = max(first, place + 1)
                break
        return " ".join(parts), first

    def _last(self, first):
        """The last paragraph before copies and signature; tables may go on behind them."""
        last_row = max(self.rows, default=0)
        for place in range(max(first, last_row + 1), len(self.texts) + 1):
            low = self.texts[place - 1].lower()
            if begun("copies").match(low) or self._signs(low):
                return place - 1
        return len(self.texts)

    def _signs(self, low):
        return len(low) < 60 and any(
            low.startswith(word) and (word.endswith(".") or low.strip() == word)
            for word in listed("signatures")
        )

    # -- who speaks

    def _sender(self, opening, to):
        """(body, side, slug of its ministry, name of its province)."""
        lines = letterhead_of(self.texts[: self.tables[0] - 1] if self.tables else self.texts)
        if not lines:
            lines = self._from_text(opening)
        if not lines:
            return "", "", "", ""
        whole = " ".join(lines)
        spelled = whole.title() if whole.isupper() else whole
        provinces = [m.key for m in self.names.provinces_in(whole)]
        body = lines[-1]
        ministries = self._ministries_of(whole)
        if DEPARTMENT.match(body) or COMMITTEE.search(whole) or COUNCIL.match(body):
            province = provinces[0] if provinces else self._province_of_text(opening)
            return self._named(lines, province), Side.PROVINCE, "", province
        if ministries:
            name = self._unit_name(body) if UNIT.match(body) and len(lines) > 1 else ""
            known = self.names.body(ministries[0])
            return name or (known.name if known else spelled), Side.MINISTRY, ministries[0], ""
        if unit := self._known_unit(body):
            return unit.name, Side.MINISTRY, self._ministry_above(unit), ""
        return spelled, Side.OTHER, "", provinces[0] if provinces else ""

    def _ministries_of(self, whole):
        """Slugs of the ministries that a letterhead names, in capitals or not."""
        capitals = tone(whole).upper()
        spelled = [b.slug for b in self.names.ministries if tone(b.name).upper() in capitals]
        return spelled or [mention.key for mention in self.names.ministries_in(whole)]

    def _from_text(self, opening):
        """The body that the first sentences name as the one who writes; else the one that signs."""
        for text in (*self.texts[:4], *opening):
            found = SENDER.match(text) or WRITER.search(text)
            if found:
                return [found["body"]]
        for text in reversed(self.texts[-8:]):
            low = text.lower()
            if low.startswith(("tm. ủy ban", "tm.ủy ban")):
                return [text[3:].strip()]
        return []

    def _named(self, lines, province):
        """A provincial body by its full name."""
        body = lines[-1]
        spelled = _sentence_case(body, self.names) if body.isupper() else body
        if COMMITTEE.match(body):
            unit = self.names.unit(province)
            kind = "thành phố" if unit is not None and unit.kind == "city" else "tỉnh"
            return f"UBND {kind} {province}" if province else spelled
        if province and province not in spelled and province.upper() not in body:
            return f"{spelled} tỉnh {province}"
        return spelled

    def _unit_name(self, body):
        known = self._known_unit(body)
        return known.name if known else self._as_in_text(body)

    def _as_in_text(self, body):
        """A name in capitals as the paper spells it elsewhere."""
        pattern = re.compile(rf"(?<!\w){re.escape(body)}(?!\w)", re.IGNORECASE)
        for text in self.texts:
            if (found := pattern.search(text)) and not found[0].isupper():
                return found[0]
        return _sentence_case(body, self.names)

    def _known_unit(self, body):
        low = body.lower().strip()
        for known in self.names.bodies:
            if known.parent and low in {n.lower() for n in (known.name, known.short_name) if n}:
                return known
        return None

    def _ministry_above(self, unit):
        while unit is not None and unit.kind != "ministry" and unit.parent:
            unit = self.names.body(unit.parent)
        return unit.slug if unit is not None and unit.kind == "ministry" else ""

    def _province_of_text(self, opening):
        for text in (*opening, *self.head):
            if found := self.names.provinces_in(text):
                return found[0].key
        return ""

    def _provinces(self, to, subject, opening):
        for text in (to, subject, " ".join(opening)):
            if found := self.names.provinces_in(text):
                return [mention.key for mention in found]
        return []

    # -- the gate

    def _gate(self, subject, opening, number, issued_on, to, body):
        """(whether it tells of results, the rule, its words)."""
        said_first = f"{subject}. {' '.join(opening)}".lower()
        about_session = said("session_titles").search(said_first)
        told = said("results_papers").search(said_first)
        codes = {code.code for text in self.texts for code in codes_in(text)} & self.known_codes
        official = bool(number or to) + bool(issued_on) + bool(body)
        if codes:
            return True, "names_items", ", ".join(sorted(codes)[:3])
        if about_session:
            if takes_up := said("takes_up").search(" ".join(self.texts).lower()):
                return True, "takes_up", takes_up[0]
            return False, "session", about_session[0]
        if self.tables and (told or official):
            return True, "table", self.texts[self.tables[0] - 1][:80]
        if heading := next(filter(self._heads_results, self.tables), 0):
            return True, "table", self.texts[heading - 1][:80]
        if told and official >= 2:
            return True, "says_so", told[0]
        return False, "nothing", ""

    def _heads_results(self, heading):
        """Whether its column is one of results, and a row below it says what became of something:
        then an annex needs no letterhead.
        """
        cells = self._cells(heading)
        column = columns_of(cells)["result"]
        name = cells[column].lower()
        if not begun("tells_results").match(name) or said("expected").search(name):
            return False
        below = (self._cells(number) for number in self.rows if number > heading)
        told = (cells[column].lower() for cells in below if column < len(cells))
        return any(said(f"news.{kind}").search(cell) for cell in told for kind in TOLD_IN_CELLS)

    def _cells(self, number):
        text = self.texts[number - 1]
        return [text[cell.start : cell.end] for cell in self.rows[number].cells]


def _date(year, month, day):
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _sentence_case(text, names):
    """SỞ KHOA HỌC VÀ CÔNG NGHỆ as “Sở Khoa học và Công nghệ”: the field as a ministry spells it."""
    low = text.lower()
    for body in names.bodies:
        field_name = body.name.removeprefix("Bộ ")
        if field_name.lower() in low:
            start = low.index(field_name.lower())
            return (text[:start].capitalize() + field_name + low[start + len(field_name) :]).strip()
    return text.capitalize()
