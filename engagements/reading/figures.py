"""Figures of a document: numbers with qualifier, unit and period."""

import re
from itertools import islice

from .proposals import Proposal, ProposalKind, Why
from .text import decimal_of
from .wordlists import any_of, either, lazily, listed

_NUMBER = r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?"
_POWERS = lazily(lambda: f"(?:{either('figures.powers')}\\s+)?")
_UNITS = lazily(lambda: any_of(*listed("figures.units")))
_UNIT = lazily(
    lambda: (
        rf"(?:{_POWERS}{_UNITS}(?:\s?/\s?(?:{_UNITS}|vạn dân|một vạn dân|đêm|ngày đêm))*"
        rf"|{either('figures.powers')})(?![\w])"
    )
)
_FIGURE = lazily(
    lambda: re.compile(
        rf"(?:(?<!\w)(?P<qualifier>{either('figures.qualifiers')})\s+)?"
        rf"(?<![\w.,/])(?P<number>{_NUMBER})(?:\s?(?:-|–|đến|"
        rf"tới)\s?(?P<to>{_NUMBER}))?(?:\s?/\s?(?P<of>{_NUMBER}))?"
        rf"\s?(?P<unit>{_UNIT})",
        re.IGNORECASE,
    )
)
_OF_ALL = re.compile(
    r"(?<![\w.,/])(?P<number>\d{1,4})\s?/\s?(?P<of>\d{1,4})\s(?P<unit>[^\W\d]+(?:\s[^\W\d]+)?)"
)
_BARE = lazily(
    lambda: re.compile(
        rf"(?:(?<!\w)(?P<qualifier>{either('figures.qualifiers')})\s+)?(?<![\w.,/])"
        r"(?P<number>\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+,\d+|\d{2,3})\s(?P<unit>[^\W\d_A-ZĐ]+)(?!\w)"
    )
)
_RANK = re.compile(
    r"(?:(?:xếp|đứng)(?: hạng)?(?: ở)?(?: vị trí)?(?: thứ| số| hạng)+|vị trí (?:thứ|số)?|"
    r"(?:thứ )?hạng|đứng thứ)\s(?P<number>\d{1,3})(?:/\d{1,3})?(?![\d.,]\d)"
)
_PERIOD = re.compile(
    r"(?:giai đoạn|thời kỳ|nhiệm kỳ) (20\d\d) ?[-–] ?(20\d\d)|quý (?:I{1,3}|IV|"
    r"[1-4])(?:/20\d\d| năm 20\d\d)?"
    r"|(?:\d+|ba|bốn|sáu|bảy|tám|chín|mười) tháng(?: đầu)?(?: năm(?: 20\d\d| nay)?)?|năm "
    r"(?:học )?20\d\d(?:, 20\d\d)*|tháng \d{1,2}(?:/20\d\d)?|năm (?:ngoái|trước|nay)",
    re.IGNORECASE,
)
_NAME_BEFORE = lazily(
    lambda: re.compile(rf"(?<!\w){either('figures.not_before')}\s*$", re.IGNORECASE)
)
_TARGET = lazily(lambda: re.compile(rf"(?<!\w){either('figures.targets')}(?!\w)", re.IGNORECASE))
_GIFT = re.compile(
    r"(?<!\w)(?:tặng|trao|suất quà|phần quà|ủng hộ quỹ|suất học bổng|lượt xem|lượt đọc|chia "
    r"sẻ:)(?!\w)",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(?:giờ|phút|ngày|tháng|năm)$", re.IGNORECASE)
_NO_UNIT = lazily(lambda: frozenset(listed("figures.no_unit")))
MOST_IN_A_SENTENCE = 40
_SMALL = lazily(lambda: frozenset(listed("figures.small")))


def is_heading(paragraph):
    """Whether a short line ends in no mark: the title, a heading of a part."""
    return (
        len(paragraph) < 120 and paragraph[-1].isalnum() and not re.match(r"[-–+•*(\d]", paragraph)
    )


def figures_of(document, left_out=()):
    """[Proposal] of the figures, each once where it stands."""
    found = []
    for number in range(1, len(document.toned) + 1):
        if number in left_out:
            continue
        if is_heading(document.toned[number - 1]):
            continue
        for sentence in document.sentences[number]:
            if not _GIFT.search(sentence.text):
                found += _figures_in(sentence, document)
    return found


def _figures_in(sentence, document):
    text = sentence.text
    hits = {}
    for match in islice(_FIGURE.finditer(text), MOST_IN_A_SENTENCE):
        if _is_figure(match, text):
            hits[match.start("number")] = (
                match,
                match["number"],
                match["unit"].strip(),
                match["qualifier"],
                match["to"],
            )
    for match in _RANK.finditer(text):
        hits[match.start("number")] = (match, match["number"], "hạng", None, None)
    for match in islice(_OF_ALL.finditer(text), MOST_IN_A_SENTENCE):
        if (
            match.start("number") not in hits
            and int(match["of"]) < 1900
            and not _is_a_day(match, text)
        ):
            hits[match.start("number")] = (match, match["number"], match["unit"], None, None)
    for match in islice(_BARE.finditer(text), MOST_IN_A_SENTENCE):
        start = match.start("number")
        inside = any(m.start() <= start < m.end() for m, *_rest in hits.values())
        is_unit = not _CLOCK.match(match["unit"]) and match["unit"].casefold() not in _NO_UNIT
        if is_unit and not inside and _is_figure(match, text):
            hits[start] = (match, match["number"], match["unit"], match["qualifier"], None)
    periods = [(m.start(), m.end(), m[0]) for m in _PERIOD.finditer(text)]
    proposals = []
    for place in sorted(hits)[:MOST_IN_A_SENTENCE]:
        match, number, unit, qualifier, upper = hits[place]
        payload = {
            "value": str(decimal_of(number)),
            "unit": unit,
            "qualifier": (qualifier or "").casefold(),
            "period": _period_of(text, match.start(), match.end(), periods),
            "is_target": bool(_TARGET.search(text, 0, match.start())),
            "name": _name_of(text, match.start()),
        }
        start, end = _bounds(text, match)
        bounds = document.quotation(
            sentence.paragraph, sentence.start + start, sentence.start + end
        )
        for value in (number, upper):
            if value is None:
                continue
            if value is upper:
                payload = payload | {"value": str(decimal_of(upper)), "is_upper": True}
            proposals.append(
                Proposal(
                    ProposalKind.FIGURE,
                    sentence.paragraph,
                    *bounds,
                    document.quote(sentence.paragraph, *bounds),
                    Why("figure.number", match[0].strip()),
                    payload,
                )
            )
    return proposals


def _is_a_day(match, text):
    return int(match["of"]) <= 12 and bool(
        re.search(
            r"(?:ngày|sáng|chiều|tối|từ|đến|trước|\()\s*$", text[: match.start()], re.IGNORECASE
        )
    )


def _is_figure(match, text):
    """Whether a number with its unit counts something, and is no day, hour or part of a name."""
    unit, number = match["unit"].strip().casefold(), decimal_of(match["number"])
    before, after = text[: match.start("number")], text[match.end() :]
    bare = before.rstrip()
    if _NAME_BEFORE.search(bare):
        return False
    if unit in ("giờ", "phút", "ngày", "tháng", "năm", "tuổi"):
        if re.match(r"\s*(?:\d|đầu năm|năm 20|/|cùng ngày)", after) or re.search(
            r"(?:lúc|hồi|từ|đến|sáng|chiều)\s*$", bare
        ):
            return False
        if unit in ("ngày", "tháng", "giờ", "phút", "năm", "tuổi") and not match["qualifier"]:
            return False
    if unit == "m" and number < 1:
        return False
    if unit in _SMALL and number < 10:
        return False
    if number == 1 and not match["qualifier"] and unit not in ("%",):
        return False
    if (
        1945 <= number <= 2100
        and "." not in match["number"]
        and "," not in match["number"]
        and unit not in ("tỷ đồng", "%", "ha")
    ):
        return False
    return not re.search(r"(?:[Ss]ố|[Nn]gày|\d[/-])\s*$", bare)


def _period_of(text, start, end, periods):
    """The period that is told nearest before the number in its clause, or right after it."""
    clause = max(text.rfind(";", 0, start), text.rfind(": ", 0, start), 0)
    before = [p for p in periods if clause <= p[0] < start]
    after = [p for p in periods if end <= p[0] < end + 14]
    if after and (not before or start - before[-1][0] > 60):
        return after[0][2]
    if before:
        return before[-1][2]
    earlier = [p for p in periods if p[0] < start]
    return earlier[-1][2] if earlier else ""


def _name_of(text, start):
    """The words before a number in its clause: what it measures, as the document calls it."""
    clause = re.search(r"[^,;:.()]*$", text[:start])[0].strip()
    return clause[-120:]


def _bounds(text, match):
    """Bounds of the quotation: the clause around the number, 18 words before it at most."""
    start = max(text.rfind(mark, 0, match.start()) for mark in (", ", "; ", ": ", "(")) + 1
    if len(text[start : match.end()].split()) < 5 and text[start - 1 : start] == ",":
        start = max(text.rfind(mark, 0, max(start - 2, 0)) for mark in (", ", "; ", ": ", "(")) + 1
    start = max(start, 0)
    while len(text[start : match.end()].split()) > 16:
        start = text.index(" ", start + 1) + 1
    rest = re.match(r"[^,;.()]{0,40}", text[match.end() :])[0]
    if len(rest) == 40:
        rest = rest.rpartition(" ")[0]
    return start, match.end() + len(rest)
